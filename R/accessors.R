#' Facts about a fit
#'
#' The generics that a user of [lm()] tries, for fits by [sparsereg()] and [cv_sparsereg()].
#' [update()] works as for [lm()], formula updates included.
#'
#' @param object,x a fit by [sparsereg()] or [cv_sparsereg()].
#' @param env,use.fallback not used: other functions of package stats hand them over.
#' @param ... not used: any other argument is an error.
#'
#' @return
#' - `deviance()`: the deviance at each lambda of the fit as [glm()] defines it,
#'   `sum(w * (y - fitted)^2)` for the gaussian family, with the weights as they were given.
#' - `nobs()`: the number of observations with positive weight.
#' - `formula()`: the formula with the dot expanded, or an error for a fit without a formula.
#' - `terms()`: the terms of the fit.
#' - `family()`: a [family] object.
#' - `variable.names()`: the names of the columns of x, all of them.
#' - `labels()`: the names of the terms; for a fit from a matrix those of its columns.
#' - `na.action()`: the rows left out because of missing values, or `NULL`.
#' @examples
#' fit <- sparsereg(mpg ~ wt + hp, data = mtcars, penalty = "l1")
#' nobs(fit)
#' formula(fit)
#' formula(update(fit, . ~ . + qsec))
#' range(deviance(fit))
#' @name accessors
NULL

#' @rdname accessors
#' @export
deviance.sparsereg <- function(object, ...) {
  check_dots(..., fun = "deviance()", known = names(formals()))
  (1 - object$dev_ratio) * object$null_deviance
}

#' @rdname accessors
#' @export
nobs.sparsereg <- function(object, ..., use.fallback) { # nolint: object_name_linter.
  check_dots(..., fun = "nobs()", known = names(formals()))
  object$nobs
}

#' @rdname accessors
#' @export
formula.sparsereg <- function(x, ..., env) {
  check_dots(..., fun = "formula()", known = names(formals()))
  formula <- formula_of(x)
  if (is.null(formula)) {
    abort(
      "This model was fitted without a formula: it has no formula to return or to update.",
      class = "sparsepath_error_no_formula"
    )
  }
  formula
}

# NULL for a fit from a matrix.
formula_of <- function(object) {
  terms <- object$blueprint[["terms"]]
  if (!is.null(terms)) stats::formula(terms)
}

#' @rdname accessors
#' @export
terms.sparsereg <- function(x, ...) {
  check_dots(..., fun = "terms()", known = names(formals()))
  stats::formula(x)
  x$blueprint[["terms"]]
}

#' @rdname accessors
#' @export
family.sparsereg <- function(object, ...) {
  check_dots(..., fun = "family()", known = names(formals()))
  object$loss$stats
}

#' @rdname accessors
#' @export
variable.names.sparsereg <- function(object, ...) {
  check_dots(..., fun = "variable.names()", known = names(formals()))
  rownames(object$beta)
}

#' @rdname accessors
#' @export
labels.sparsereg <- function(object, ...) {
  check_dots(..., fun = "labels()", known = names(formals()))
  blueprint <- object$blueprint
  if (is.null(blueprint$terms_of)) blueprint$columns else unique(blueprint$terms_of)
}

#' @rdname accessors
#' @export
na.action.sparsereg <- function(object, ...) {
  check_dots(..., fun = "na.action()", known = names(formals()))
  object$na_action
}
