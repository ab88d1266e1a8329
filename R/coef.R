#' Coefficients of a path
#'
#' The coefficients of a [sparsereg()] fit: at all its values of lambda, at any others, or at the
#' value that gives a model of the size wanted.
#'
#' @section Which lambda:
#' - `lambda = NULL` and `df = NULL`: the whole path, in the order of `object$lambda`.
#' - Values on the grid of the fit (up to a relative difference of 1e-9) are returned as fitted.
#' - Between two grid values the coefficients are interpolated linearly in lambda. For
#'   `penalty = "l1"` and the gaussian family that is exact if no variable enters, leaves or reaches
#'   a bound between the two.
#' - Beyond the ends of the grid the nearest end is used, with a warning of class
#'   `sparsepath_warning_lambda_range`, and the column carries the lambda that was used. At and
#'   above `object$lambda_max` no warning is needed: all penalised coefficients are zero there.
#' - `exact = TRUE` refits at every value that is not on the grid. The data are found by evaluating
#'   the fit's call again, first where its formula was written, then where `coef()` was called;
#'   the settings (`alpha`, `penalty_factor`, ...) are those of the fit, whatever the variables in
#'   its call are by now.
#'   If they cannot be found (class `sparsepath_error_data_missing`) or are no longer the same
#'   (`sparsepath_error_data_changed`: dimensions, column names and column means are compared), that
#'   is an error, and `data` is the remedy.
#'
#' @section Model size: For `penalty = "l1"` and `"elasticnet"`, `df = k` takes the first fit on the
#'   path, from large lambda to small, that has k nonzero coefficients. If none has exactly k, the
#'   smallest larger model is taken, and a message of class `sparsepath_message_df` says so. `exact`
#'   makes no difference there. For `penalty = "l2"`, where no coefficient is zero, `df` means
#'   effective degrees of freedom, the trace of the hat matrix without the intercept: the lambda
#'   that has them is found by monotone interpolation of log(lambda) in `object$df`, or, with
#'   `exact = TRUE`, by refitting until they agree to 1e-6.
#'
#' @param object a fit by [sparsereg()] or [cv_sparsereg()].
#' @param lambda values of lambda, in any order, or `NULL` for the whole path. For a
#'   cross-validated fit also `"lambda_1se"` (the default) or `"lambda_min"`.
#' @param exact refit at values of lambda that are not on the grid, instead of interpolating?
#' @param df the number of nonzero coefficients wanted (ridge: effective degrees of freedom), one or
#'   several. The intercept does not count. Not together with `lambda`.
#' @param standardized return coefficients per standard deviation? If `TRUE` each coefficient is
#'   multiplied by `object$scale`, and the intercept is the one that belongs to centred variables.
#'   Nothing is multiplied if the model was fitted with `standardize = FALSE`.
#' @param data the data of the fit, if its call can no longer find them: the data frame for a fit by
#'   formula, `list(x = x, y = y)` for the others, with `weights` and `offset` if the fit had them.
#'   Used only where data are needed.
#' @param ... not used: any other argument is an error.
#'
#' @return A sparse matrix of class `dgCMatrix` with one row for the intercept, `"(Intercept)"`,
#'   and one for each column of x (p + 1 rows), on the original scale of the variables, and one
#'   column for each lambda, named by its lambda to four significant digits (more where needed to
#'   tell neighbours apart). The intercept is 0 if the model has none.
#'
#' @seealso [predict.sparsereg()], [tidy.sparsereg()] for a data frame of the nonzero ones.
#' @examples
#' fit <- sparsereg(mpg ~ ., data = mtcars, penalty = "l1")
#' coef(fit, lambda = 1)
#' coef(fit, df = 3)
#' coef(fit, lambda = c(2, 0.5), standardized = TRUE)
#' coef(fit, lambda = 0, exact = TRUE)
#' @export
coef.sparsereg <- function(object, lambda = NULL, exact = FALSE, df = NULL, ...,
                           standardized = FALSE, data = NULL) {
  check_dots(..., fun = "coef()", known = names(formals()), elsewhere = glmnet_names())
  check_flag(standardized, "standardized")
  envir <- parent.frame()
  path <- path_at(object, lambda, exact, df, recover_problem(object, data, envir))
  coef_matrix(if (standardized) standardize_path(path, object) else path)
}

coef_matrix <- function(path) {
  n_lambda <- length(path$lambda)
  intercept <- Matrix::sparseMatrix(
    i = rep(1L, n_lambda), j = seq_len(n_lambda), x = path$intercept, dims = c(1L, n_lambda)
  )
  coefficients <- methods::as(rbind(intercept, path$beta), "CsparseMatrix")
  dimnames(coefficients) <- list(
    c("(Intercept)", rownames(path$beta)), lambda_labels(path$lambda)
  )
  coefficients
}

# Four significant digits, or as many as it takes to give different lambdas different names. A name
# by which a column is picked has a point, whatever numbers are printed with.
lambda_labels <- function(lambda, mark = ".") {
  for (digits in 4:15) {
    labels <- formatC(lambda, digits = digits, format = "g", width = 1, decimal.mark = mark)
    if (length(unique(labels)) == length(unique(lambda))) {
      break
    }
  }
  labels
}

format_number <- function(x, digits = 3) {
  spell_out(x, formatC(x, digits = digits, format = "g", width = 1))
}

# As in print(): no exponent where the digits before the point take no more room.
spell_out <- function(x, text) {
  whole <- formatC(x, digits = 0, format = "f", width = 1)
  ifelse(grepl("e+", text, fixed = TRUE) & nchar(whole) <= nchar(text), whole, text)
}
