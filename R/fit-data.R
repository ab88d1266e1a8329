#' The data of a fit
#'
#' Model frame, model matrix, weights and names of the observations. A fit holds no copy of its
#' data: they are found as by [fitted.sparsereg()], and `data` is the remedy if they are gone.
#'
#' @inheritParams fitted.sparsereg
#' @param formula,object a fit by [sparsereg()] or [cv_sparsereg()].
#' @param full name the observations of weight zero, too?
#'
#' @return
#' - `model.frame()`: the data frame of the variables of the formula, with the rows that were used,
#'   as from [stats::model.frame()] of an `lm()` fit. A fit without a formula has none (class
#'   `sparsepath_error_no_formula`).
#' - `model.matrix()`: the columns of x, in front of them a column of ones, `"(Intercept)"`, if the
#'   model has an intercept: so its product with `coef()`, or without an intercept with
#'   `coef()[-1, ]`, is the linear predictor less the offset.
#'   Sparse if x is. Factors have a column for each level, as in the fit.
#' - `weights()`: the weights as they were given (times the number of trials, if the response has
#'   two columns), 1 if there were none. Rows are padded as by `fitted()`.
#' - `case.names()`: the names of the observations, their numbers if they have none.
#' @examples
#' fit <- sparsereg(mpg ~ wt + factor(cyl), data = mtcars, lambda = 0.1)
#' head(model.frame(fit))
#' all.equal(model.matrix(fit) %*% coef(fit), predict(fit), check.attributes = FALSE)
#' @name model.frame.sparsereg
#' @export
model.frame.sparsereg <- function(formula, data = NULL, ...) {
  check_dots(..., fun = "model.frame()", known = names(formals()))
  terms <- terms_for_frame(formula)
  problem <- recover_problem(formula, data, parent.frame())
  call <- problem$call
  value <- function(name, default = NULL) {
    if (name %in% names(call)) eval(call[[name]], problem$place) else default
  }
  extras <- list(subset = call$subset, weights = call$weights, offset = call$offset)
  quietly(
    formula_frame(terms, value("data"), extras, value("na.action", rule_of_fit(formula)))
  )
}

terms_for_frame <- function(object) {
  if (is.null(formula_of(object))) {
    abort(
      "This model was fitted without a formula: it has no model frame.\nmodel.matrix() has its x.",
      class = "sparsepath_error_no_formula"
    )
  }
  stats::terms(object)
}

#' @rdname model.frame.sparsereg
#' @export
model.matrix.sparsereg <- function(object, data = NULL, ...) {
  check_dots(..., fun = "model.matrix()", known = names(formals()))
  problem <- recover_problem(object, data, parent.frame())
  x <- if (object$has_intercept) cbind(1, problem$x) else problem$x
  dimnames(x) <- list(
    row_labels(problem), c(if (object$has_intercept) "(Intercept)", variable.names(object))
  )
  x
}

row_labels <- function(problem) {
  labels <- if (is.null(rownames(problem$x))) problem$rows else rownames(problem$x)
  if (!is.null(labels)) as.character(labels)
}

#' @rdname model.frame.sparsereg
#' @export
weights.sparsereg <- function(object, data = NULL, ...) {
  check_dots(..., fun = "weights()", known = names(formals()))
  problem <- recover_problem(object, data, parent.frame())
  weights <- stats::setNames(problem_weights(problem), row_labels(problem))
  stats::naresid(problem$na_action, weights)
}

#' @rdname model.frame.sparsereg
#' @export
case.names.sparsereg <- function(object, full = FALSE, data = NULL, ...) {
  check_dots(..., fun = "case.names()", known = names(formals()))
  check_flag(full, "full")
  problem <- recover_problem(object, data, parent.frame())
  labels <- row_labels(problem)
  if (is.null(labels)) labels <- as.character(seq_len(nrow(problem$x)))
  labels[full | problem_weights(problem) > 0]
}

#' @rdname model.frame.sparsereg
#' @export
model.frame.cv_sparsereg <- function(formula, ...) {
  do.call(stats::model.frame, list(formula$fit, ...), envir = parent.frame())
}

#' @rdname model.frame.sparsereg
#' @export
model.matrix.cv_sparsereg <- function(object, ...) {
  do.call(stats::model.matrix, list(object$fit, ...), envir = parent.frame())
}

#' @rdname model.frame.sparsereg
#' @export
weights.cv_sparsereg <- function(object, ...) {
  do.call(stats::weights, list(object$fit, ...), envir = parent.frame())
}

#' @rdname model.frame.sparsereg
#' @export
case.names.cv_sparsereg <- function(object, ...) {
  do.call(stats::case.names, list(object$fit, ...), envir = parent.frame())
}
