#' Log-likelihood along a path
#'
#' The log-likelihood of each fit of a path, with which [stats::AIC()] and [stats::BIC()] work as
#' for [lm()] and [glm()]. [criteria()] has the same numbers, and more, in a table.
#'
#' @details The value is that of [stats::logLik()] for a `glm()` fit with the same coefficients: the
#' penalty has no part in it, and the dispersion of the families gaussian, Gamma and
#' inverse.gaussian is the maximum-likelihood estimate or, for Gamma, the mean deviance, as there.
#' With weights that are no numbers of trials, the binomial log-likelihood is the weighted sum of
#' those of the rows. It needs no data: it follows from the deviance and from a constant that the
#' fit keeps.
#'
#' Families without a likelihood (quasi families, families of your own, and counts that are no whole
#' numbers) have the value `NA`, as for `glm()`.
#'
#' @inheritParams coef.sparsereg
#' @param object a fit by [sparsereg()] or [cv_sparsereg()].
#' @param lambda values of lambda, or `NULL` for all those of the fit, in its order; for a
#'   cross-validated fit also `"lambda_1se"` (the default) or `"lambda_min"`, of the fit without
#'   relaxation. Values that are not on the grid are fitted anew, which takes the data.
#' @return An object of class `logLik`: one number for each lambda, with the attributes `df` (one
#'   for each lambda: the nonzero coefficients, for ridge the effective degrees of freedom, the
#'   intercept if there is one, the dispersion if it is estimated, and theta if it was) and `nobs`.
#'   So `AIC()` and `BIC()` return one number for each lambda.
#' @examples
#' fit <- sparsereg(lpsa ~ . - train, prostate, lambda = c(0.1, 0))
#' logLik(fit, lambda = 0)
#' logLik(lm(lpsa ~ . - train, prostate))
#' AIC(fit)
#' @export
logLik.sparsereg <- function(object, lambda = NULL, data = NULL, ...) {
  check_dots(..., fun = "logLik()", known = names(formals()), elsewhere = glmnet_names())
  check_lambda(lambda, absent = "for all lambdas of the fit")
  if (is.null(lambda)) {
    return(new_log_lik(log_likelihood(object), count_parameters(object), object$nobs))
  }
  on_grid <- match_lambda(lambda, object$lambda)
  new <- is.na(on_grid)
  values <- log_likelihood(object)
  df <- count_parameters(object)
  if (any(new)) {
    refit <- refit_at(recover_problem(object, data, parent.frame()), lambda[new], object)
    values <- c(values, log_likelihood(refit))
    df <- c(df, count_parameters(refit))
    on_grid[new] <- length(object$lambda) + seq_len(sum(new))
  }
  new_log_lik(values[on_grid], df[on_grid], object$nobs)
}

#' @rdname logLik.sparsereg
#' @export
logLik.cv_sparsereg <- function(object, lambda = "lambda_1se", ...) {
  stats::logLik(object$fit, lambda = chosen_lambda(object, lambda), ...)
}

new_log_lik <- function(value, df, nobs) {
  structure(value, df = df, nobs = nobs, class = "logLik")
}

# The log-likelihood is a function of the deviance D, the sum of weights W, the number n of
# observations, and a constant that is found when the model is fitted.
log_likelihood <- function(object) {
  deviance <- stats::deviance(object)
  total <- object$total_weight
  object$log_lik_constant + switch(object$loss$stats$family,
    gaussian = -object$nobs / 2 * (log(2 * pi * deviance / object$nobs) + 1),
    Gamma = {
      shape <- total / deviance
      total * (shape * log(shape) - lgamma(shape) - shape - 1 / 2)
    },
    inverse.gaussian = -total / 2 * (log(2 * pi * deviance / total) + 1),
    -deviance / 2
  )
}

log_lik_constant <- function(problem) {
  if (problem$family$loss == "gaussian" && is.null(problem$weights)) return(0)
  weights <- problem_weights(problem)
  used <- weights > 0
  y <- problem$y[used]
  weights <- weights[used]
  stats <- problem$family$stats
  constant <- switch(sub("^Negative Binomial.*", "poisson", stats$family),
    gaussian = sum(log(weights)) / 2,
    Gamma = -sum(weights * log(y)),
    inverse.gaussian = -1.5 * sum(weights * log(y)),
    binomial = saturated_binomial(y, weights, problem$trials[used]),
    # A count of zero has the mean zero there, nearly.
    poisson = -suppressWarnings(stats$aic(y, 1, pmax(y, 1e-300), weights, 0)) / 2,
    NA_real_
  )
  if (is.finite(constant)) constant else NA_real_
}

# Shares are of so many trials; weights beyond the trials count rows.
saturated_binomial <- function(y, weights, trials) {
  if (all(y == 0 | y == 1)) {
    return(0)
  }
  m <- if (is.null(trials)) weights else trials
  hits <- m * y
  misses <- m - hits
  times_log <- function(a, b) ifelse(a > 0, a * log(b), 0)
  unit <- lgamma(m + 1) - lgamma(hits + 1) - lgamma(misses + 1) +
    times_log(hits, y) + times_log(misses, 1 - y)
  sum(weights / m * unit)
}

has_dispersion <- function(object) {
  object$loss$stats$family %in% c("gaussian", "Gamma", "inverse.gaussian")
}

count_parameters <- function(object) {
  object$df + object$has_intercept + has_dispersion(object) + isTRUE(object$loss$estimated)
}
