#' sparsepath: certified regularisation paths for penalised regression
#'
#' Start with [sparsereg()], which fits a whole path, and [cv_sparsereg()], which chooses a point on
#' it. `vignette("getting-started", package = "sparsepath")` walks through an analysis.
#'
#' @keywords internal
#' @useDynLib sparsepath, .registration = TRUE
#' @importFrom Matrix t
#' @importFrom generics augment glance tidy
#' @importFrom stats AIC anova BIC case.names coef confint deviance df.residual extractAIC family
#' @importFrom stats fitted formula logLik model.frame model.matrix na.action nobs predict residuals
#' @importFrom stats sigma terms variable.names vcov weights
"_PACKAGE"

#' @export
generics::tidy

#' @export
generics::glance

#' @export
generics::augment
