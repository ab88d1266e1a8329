#' sparsepath: certified regularisation paths for penalised regression
#'
#' Start with [sparsereg()], which fits a whole path, and [cv_sparsereg()], which chooses a point on
#' it. `vignette("getting-started", package = "sparsepath")` walks through an analysis.
#'
#' @keywords internal
#' @useDynLib sparsepath, .registration = TRUE
#' @importFrom Matrix t
#' @importFrom generics augment glance tidy
#' @importFrom stats coef deviance family fitted formula nobs predict residuals terms variable.names
"_PACKAGE"

#' @export
generics::tidy

#' @export
generics::glance

#' @export
generics::augment
