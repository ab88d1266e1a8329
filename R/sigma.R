#' Residual degrees of freedom and standard deviation
#'
#' What the errors are estimated to be along a path: `sigma()` is the square root of `deviance()`
#' over `df.residual()`, which is the number of observations less `df` and the intercept.
#'
#' @details At `lambda = 0` both are those of [lm()]. Along the path `df` counts the nonzero
#' coefficients, for ridge the effective degrees of freedom. Reid, Tibshirani and Friedman (2016)
#' study this estimate for the lasso at the lambda of cross-validation.
#'
#' @inheritParams logLik.sparsereg
#' @param ... not used: any other argument is an error.
#' @return One number for each lambda. `sigma()` is `NA` where no degree of freedom is left. Only
#'   gaussian fits have one: for the others it is an error (class `sparsepath_error_no_sigma`).
#' @references Reid S, Tibshirani R, Friedman J (2016). A study of error variance estimation in
#' lasso regression. *Statistica Sinica* 26, 35-67.
#' @examples
#' sigma(cv_sparsereg(lpsa ~ . - train, prostate, seed = 1))
#' sigma(lm(lpsa ~ . - train, prostate))
#' @export
sigma.sparsereg <- function(object, lambda = NULL, data = NULL, ...) {
  check_dots(..., fun = "sigma()", known = names(formals()), elsewhere = glmnet_names())
  if (object$loss$stats$family != "gaussian") {
    abort(
      paste0(
        "sigma() is the standard deviation of gaussian errors: family ", object$family,
        " has none.\nUse deviance() and df.residual()."
      ),
      class = "sparsepath_error_no_sigma"
    )
  }
  envir <- parent.frame()
  fit <- fit_at(object, lambda, recover_problem(object, data, envir))
  left <- stats::df.residual(fit)
  sqrt(stats::deviance(fit) / ifelse(left > 1e-6, left, NA))
}

#' @rdname sigma.sparsereg
#' @export
df.residual.sparsereg <- function(object, lambda = NULL, data = NULL, ...) {
  check_dots(..., fun = "df.residual()", known = names(formals()), elsewhere = glmnet_names())
  envir <- parent.frame()
  fit <- fit_at(object, lambda, recover_problem(object, data, envir))
  fit$nobs - fit$df - fit$has_intercept
}

#' @rdname sigma.sparsereg
#' @export
sigma.cv_sparsereg <- function(object, lambda = "lambda_1se", ...) {
  at_rule(object, stats::sigma, lambda, parent.frame(), ...)
}

#' @rdname sigma.sparsereg
#' @export
df.residual.cv_sparsereg <- function(object, lambda = "lambda_1se", ...) {
  at_rule(object, stats::df.residual, lambda, parent.frame(), ...)
}
