#' Fitted values and residuals of a path
#'
#' A fit holds no copy of its data, so these methods find them by evaluating the fit's call again:
#' first where its formula was written, then where the method was called. Data that cannot be found
#' (class `sparsepath_error_data_missing`) or have changed since (`sparsepath_error_data_changed`)
#' are errors; `data` then supplies the data of the fit.
#'
#' @inheritParams coef.sparsereg
#' @param object a fit by [sparsereg()] or [cv_sparsereg()].
#' @param type `"response"`: the observed value minus the fitted one; `"deviance"`, `"pearson"` and
#'   `"working"` as for [glm()]. For the gaussian family the first two of these are the response
#'   residual times the square root of the weight, as for [lm()].
#' @param data the data of the fit, if its call can no longer find them: the data frame for a fit by
#'   formula, `list(x = x, y = y)` for the others, with `weights` and `offset` if the fit had them.
#'
#' @return A matrix with one row for each observation and one column for each lambda, named as in
#'   [predict.sparsereg()]; for a cross-validated fit at a single lambda, a named vector.
#'   Observations that `na.action = na.exclude` left out are rows of `NA`; `na.omit` drops them.
#'   Observations of weight zero are there.
#' @examples
#' fit <- sparsereg(mpg ~ ., data = mtcars, penalty = "l1")
#' head(fitted(fit, lambda = 1))
#' colSums(residuals(fit, lambda = c(1, 0.1))^2)
#' @export
fitted.sparsereg <- function(object, lambda = NULL, exact = FALSE, df = NULL, data = NULL, ...) {
  check_dots(..., fun = "fitted()", known = names(formals()))
  problem <- recover_problem(object, data, parent.frame())
  path <- path_at(object, lambda, exact, df, problem)
  fitted_path(object, path, problem)
}

fitted_path <- function(object, path, problem, type = "response", terms = NULL) {
  values <- fitted_rows(object, path, problem, type, terms)
  structure(stats::napredict(problem$na_action, values), constant = attr(values, "constant"))
}

# The observations that were used, named as in the data.
fitted_rows <- function(object, path, problem, type = "response", terms = NULL) {
  values <- predicted_values(object, path, problem$x, problem$offset, type, terms)
  if (is.null(rownames(values)) && !is.null(problem$rows)) {
    rownames(values) <- problem$rows
  }
  values
}

#' @rdname fitted.sparsereg
#' @export
residuals.sparsereg <- function(object, type = c("response", "deviance", "pearson", "working"),
                                lambda = NULL, exact = FALSE, df = NULL, data = NULL, ...) {
  check_dots(..., fun = "residuals()", known = names(formals()))
  type <- match_choice(type, c("response", "deviance", "pearson", "working"), "type")
  problem <- recover_problem(object, data, parent.frame())
  path <- path_at(object, lambda, exact, df, problem)
  eta <- fitted_rows(object, path, problem, "link")
  residuals <- family_residuals(object$loss, problem$y, eta, problem_weights(problem), type)
  stats::naresid(problem$na_action, residuals)
}
