#' Fits as data frames
#'
#' Methods for the generics of package generics (and broom).
#'
#' @param x a fit by [sparsereg()] or [cv_sparsereg()], or a nested cross-validation by
#'   [cv_nested()], of which there is no `augment()`.
#' @param return_zeros include coefficients that are zero?
#' @param lambda,exact,df,standardized as in [coef.sparsereg()]. `augment()` needs one lambda.
#' @param data `tidy()`: see [coef.sparsereg()]. `augment()`: the data of the fit, a data frame; if
#'   `NULL`, only the response is returned with the fitted values. A fit from `x` and `y` takes the
#'   list that [coef.sparsereg()] describes, and returns the response: to have the columns of x,
#'   too, give them as `newdata`.
#' @param newdata,newoffset,new_levels new observations as in [predict.sparsereg()], a data frame or
#'   a matrix, their offset, and what to do with levels that the fit has not seen.
#' @param gamma after `relax = TRUE`, the share of the penalised fit, as in [coef.cv_sparsereg()].
#' @param ... `augment()` for a cross-validated path: further arguments of the method for fits.
#'   Others: not used, any other argument is an error.
#'
#' @return A data frame.
#' - `tidy()` for a fit: one row for each nonzero coefficient at each lambda, with `term`, `step`
#'   (the place of lambda), `lambda` and `estimate`.
#' - `tidy()` for a cross-validated path: one row for each lambda, with `lambda`, `estimate` (the
#'   error), `std.error`, `conf.low`, `conf.high` (one standard error away) and `nzero` (ridge:
#'   effective degrees of freedom).
#' - `tidy()` for a nested cross-validation: one row for each outer fold that counts, with `fold`,
#'   `estimate` (the error there, by the first measure), `promised` (by the cross-validation
#'   inside), and the choice made without it: `lambda`, `alpha`, `gamma` (if relaxed) and `nzero`
#'   (as above).
#' - `glance()`: one row: `penalty`, `alpha`, `family`, `nobs`, `nvars`, `nlambda`, `null.deviance`,
#'   `dev.ratio` (the largest of the path), `gap` and `kkt` (the worst) and `converged` (all); for a
#'   cross-validated path also `lambda.min`, `lambda.1se`, `error.min` and `error.1se`.
#'   For a nested cross-validation: `measure`, `estimate` and `std.error` by the first measure,
#'   `promised` by the cross-validations inside, `rule`, `nfolds` and `nobs`.
#' - `augment()`: the data with `.fitted` at one lambda and, without `newdata`, `.resid`. Rows of
#'   the data that the fit did not use are left out.
#' @examples
#' fit <- sparsereg(mpg ~ ., data = mtcars, penalty = "l1")
#' tidy(fit, lambda = 1)
#' glance(fit)
#' head(augment(fit, data = mtcars, lambda = 1))
#' @name tidy.sparsereg
#' @export
tidy.sparsereg <- function(x, lambda = NULL, exact = FALSE, df = NULL, standardized = FALSE,
                           return_zeros = FALSE, data = NULL, ...) {
  check_dots(..., fun = "tidy()", known = names(formals()))
  check_flag(standardized, "standardized")
  check_flag(return_zeros, "return_zeros")
  envir <- parent.frame()
  path <- path_at(x, lambda, exact, df, recover_problem(x, data, envir))
  tidy_path(if (standardized) standardize_path(path, x) else path, x$has_intercept, return_zeros)
}

tidy_path <- function(path, has_intercept, return_zeros) {
  estimates <- coef_matrix(path)
  cell <- if (return_zeros) {
    as.matrix(expand.grid(row = seq_len(nrow(estimates)), col = seq_len(ncol(estimates))))
  } else {
    Matrix::which(estimates != 0, arr.ind = TRUE)
  }
  cell <- cell[has_intercept | cell[, 1] > 1, , drop = FALSE]
  data.frame(
    term = rownames(estimates)[cell[, 1]], step = unname(cell[, 2]),
    lambda = path$lambda[cell[, 2]], estimate = estimates[cell]
  )
}

#' @rdname tidy.sparsereg
#' @export
tidy.cv_sparsereg <- function(x, ...) {
  check_dots(..., fun = "tidy()", known = names(formals()))
  data.frame(
    lambda = x$lambda, estimate = x$error, std.error = x$se,
    conf.low = x$error - x$se, conf.high = x$error + x$se, nzero = x$df
  )
}

#' @rdname tidy.sparsereg
#' @export
glance.sparsereg <- function(x, ...) {
  check_dots(..., fun = "glance()", known = names(formals()))
  data.frame(
    penalty = x$penalty, alpha = x$alpha, family = x$family,
    nobs = x$nobs, nvars = x$dim[2], nlambda = length(x$lambda),
    null.deviance = x$null_deviance, dev.ratio = max(x$dev_ratio),
    gap = worst(x$gap), kkt = worst(x$kkt), converged = all(x$converged)
  )
}

#' @rdname tidy.sparsereg
#' @export
glance.cv_sparsereg <- function(x, ...) {
  chosen <- data.frame(
    lambda.min = x$lambda_min, lambda.1se = x$lambda_1se,
    error.min = x$error[x$index_min], error.1se = x$error[x$index_1se]
  )
  cbind(generics::glance(x$fit, ...), chosen)
}

#' @rdname tidy.sparsereg
#' @export
tidy.cv_nested_sparsereg <- function(x, ...) {
  check_dots(..., fun = "tidy()", known = names(formals()))
  table <- nested_table(x)
  names(table)[match(c("df", "inner", "error"), names(table))] <- c("nzero", "promised", "estimate")
  first <- c("fold", "estimate", "promised")
  table[c(first, setdiff(names(table), first))]
}

#' @rdname tidy.sparsereg
#' @export
glance.cv_nested_sparsereg <- function(x, ...) {
  check_dots(..., fun = "glance()", known = names(formals()))
  data.frame(
    measure = names(x$labels)[1], estimate = x$error[[1]], std.error = x$se[[1]],
    promised = promised_error(x), rule = x$rule, nfolds = nrow(x$fold_error), nobs = x$nobs
  )
}

#' @rdname tidy.sparsereg
#' @export
augment.sparsereg <- function(x, data = NULL, newdata = NULL, lambda = NULL, exact = FALSE,
                              df = NULL, newoffset = NULL, new_levels = c("error", "zero"), ...) {
  check_dots(..., fun = "augment()", known = names(formals()))
  lambda <- if (is.null(df)) one_lambda(x, lambda) else lambda
  envir <- parent.frame()
  if (!is.null(newdata)) {
    arguments <- list(
      x, newdata,
      lambda = lambda, exact = exact, df = df, newoffset = newoffset, new_levels = new_levels
    )
    fitted <- do.call(stats::predict, arguments, envir = envir)
    return(bind_fitted(newdata, fitted))
  }
  reject_without_newdata(
    c("newoffset"[!is.null(newoffset)], "new_levels"[!missing(new_levels)])
  )
  problem <- recover_problem(x, data, envir)
  path <- path_at(x, lambda, exact, df, problem)
  fitted <- fitted_rows(x, path, problem)
  bind_fitted(used_rows(x, data, problem), fitted, problem$y - fitted)
}

#' @rdname tidy.sparsereg
#' @export
augment.cv_sparsereg <- function(x, data = NULL, newdata = NULL, lambda = "lambda_1se", ...,
                                 gamma = NULL) {
  at_chosen(
    x, generics::augment, lambda, parent.frame(), gamma,
    data = data, newdata = newdata, ...
  )
}

one_lambda <- function(fit, lambda) {
  lambda <- if (is.null(lambda)) fit$lambda else lambda
  if (length(lambda) != 1) {
    abort_input(
      "lambda", paste0("must be one number for augment(): there are ", length(lambda), "."),
      remedy = "Choose one, or augment a fit by cv_sparsereg(), which does."
    )
  }
  lambda
}

# The rows of `data` that the fit used, or the response alone.
used_rows <- function(fit, data, problem) {
  if (!is.data.frame(data) || is.null(problem$rows)) {
    return(stats::setNames(data.frame(problem$y), fit$y_name))
  }
  all_rows <- problem$all_rows
  known <- !is.null(all_rows) && all_rows$n == nrow(data) && !anyNA(all_rows$places)
  places <- if (known) all_rows$places else match(problem$rows, attr(data, "row.names"))
  data[places, , drop = FALSE]
}

bind_fitted <- function(data, fitted, residual = NULL) {
  if (ncol(fitted) != 1) {
    abort_input("df", "must be one number for augment().")
  }
  if (!is.data.frame(data)) {
    data <- as.data.frame(if (is.list(data)) data else as.matrix(data))
  }
  data$.fitted <- unname(fitted[, 1])
  if (!is.null(residual)) {
    data$.resid <- unname(residual[, 1])
  }
  data
}
