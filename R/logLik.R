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
#' @param k the price of a parameter, 2 for AIC.
#' @param ... `AIC()` and `BIC()`: more models, for a table; each must have a single lambda.
#'   Otherwise not used: any other argument is an error.
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
  envir <- parent.frame()
  fit <- fit_at(object, lambda, recover_problem(object, data, envir))
  structure(
    log_likelihood(fit), df = count_parameters(fit), nobs = fit$nobs, class = "logLik"
  )
}

# The fit with nothing but these values of lambda in `lambda`, `df` and `dev_ratio`: those that are
# not on its grid are fitted anew. `problem` is a promise, as for path_at().
fit_at <- function(object, lambda, problem) {
  if (is.null(lambda)) {
    return(object)
  }
  check_lambda(lambda, absent = "for all lambdas of the fit")
  place <- match_lambda(lambda, object$lambda)
  new <- is.na(place)
  refit <- if (any(new)) refit_at(problem, lambda[new], object)
  place[new] <- length(object$lambda) + seq_len(sum(new))
  fields <- c("lambda", "df", "dev_ratio")
  object[fields] <- lapply(fields, function(field) c(object[[field]], refit[[field]])[place])
  object
}

#' @rdname logLik.sparsereg
#' @export
logLik.cv_sparsereg <- function(object, lambda = "lambda_1se", ...) {
  at_rule(object, stats::logLik, lambda, parent.frame(), ...)
}

# Two models have one number each in a table; of two paths stats::AIC() would make one at random.

#' @rdname logLik.sparsereg
#' @export
AIC.sparsereg <- function(object, ..., k = 2) {
  check_comparable(object, ..., fun = "AIC")
  NextMethod()
}

#' @rdname logLik.sparsereg
#' @export
BIC.sparsereg <- function(object, ...) {
  check_comparable(object, ..., fun = "BIC")
  NextMethod()
}

#' @rdname logLik.sparsereg
#' @export
AIC.cv_sparsereg <- AIC.sparsereg

#' @rdname logLik.sparsereg
#' @export
BIC.cv_sparsereg <- BIC.sparsereg

check_comparable <- function(..., fun) {
  fits <- list(...)
  if ("lambda" %in% names(fits)) {
    abort_input("lambda", paste0("is not an argument of ", fun, "()."),
      remedy = paste0("Write ", fun, "(logLik(fit, lambda = ...))."),
      class = "sparsepath_error_unknown_argument"
    )
  }
  paths <- vapply(fits, function(fit) inherits(fit, "sparsereg") && length(fit$lambda) != 1, NA)
  if (length(fits) > 1 && any(paths)) {
    abort_input("object", paste0("must have one lambda for ", fun, "() to put it beside others."),
      remedy = paste0("For one lambda of a path: ", fun, "(logLik(fit, lambda = 0.1)).")
    )
  }
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
