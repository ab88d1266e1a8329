#' Information criteria and generalised cross-validation along a path
#'
#' What a fit alone says on the choice of lambda, without data and without refitting.
#'
#' @details With the log-likelihood log L of [logLik.sparsereg()], the deviance D, n observations of
#' positive weight, and k the number of parameters: df, the intercept if there is one, and the
#' dispersion of the families gaussian, Gamma and inverse.gaussian and the theta of the negative
#' binomial where they are estimated,
#' - `aic` = -2 log L + 2 k;
#' - `aicc` = `aic` + 2 k (k + 1) / (n - k - 1), `NA` if n - k - 1 is not positive;
#' - `bic` = -2 log L + k log(n);
#' - `ebic` = `bic` + 2 `ebic_gamma` log(number of models of that size), for p much larger than n;
#'   columns without penalty are in all of these models, excluded and constant ones in none;
#' - `gcv` = (D / n) / (1 - (df + intercept) / n)^2.
#'
#' So `aic` and `bic` are those of [stats::AIC()] and [stats::BIC()]. Where a family has no
#' likelihood, D stands for -2 log L.
#'
#' `df` is the rank of the columns with nonzero coefficients, which is their number unless columns
#' without penalty depend on one another. For the lasso it is unbiased for the degrees of freedom
#' (Zou, Hastie and Tibshirani, 2007; Tibshirani and Taylor, 2012), for the elastic net somewhat too
#' many; for ridge it is the effective degrees of freedom. Where D is practically 0 (less than 1e-10
#' of the null deviance), or with fewer than two degrees of freedom left, criteria with an estimated
#' dispersion mean nothing and are `NA`.
#'
#' @param object a fit by [sparsereg()].
#' @param ebic_gamma the gamma of EBIC, between 0 (BIC) and 1.
#' @return A data frame with one row for each lambda: `lambda`, `df`, `deviance`, `aic`, `aicc`,
#'   `bic`, `ebic`, `gcv`.
#' @references Akaike H (1974). A new look at the statistical model identification. *IEEE
#' Transactions on Automatic Control* 19, 716-723.
#'
#' Hurvich CM, Tsai CL (1989). Regression and time series model selection in small samples.
#' *Biometrika* 76, 297-307.
#'
#' Schwarz G (1978). Estimating the dimension of a model. *Annals of Statistics* 6, 461-464.
#'
#' Chen J, Chen Z (2008). Extended Bayesian information criteria for model selection with large
#' model spaces. *Biometrika* 95, 759-771.
#'
#' Golub GH, Heath M, Wahba G (1979). Generalized cross-validation as a method for choosing a good
#' ridge parameter. *Technometrics* 21, 215-223.
#'
#' Tibshirani RJ, Taylor J (2012). Degrees of freedom in lasso problems. *Annals of Statistics* 40,
#' 1198-1232.
#'
#' Zou H, Hastie T, Tibshirani R (2007). On the degrees of freedom of the lasso. *Annals of
#' Statistics* 35, 2173-2192.
#' @seealso [select_lambda()].
#' @examples
#' fit <- sparsereg(lpsa ~ . - train, prostate)
#' head(criteria(fit))
#' select_lambda(fit, "aicc")
#' @export
criteria <- function(object, ebic_gamma = 0.5) {
  if (!inherits(object, "sparsereg")) {
    abort_no_path(object)
  }
  check_number(ebic_gamma, "ebic_gamma", min = 0, max = 1)
  n <- object$nobs
  deviance <- stats::deviance(object)
  # Without two degrees of freedom left there is no variance to estimate.
  saturated <- n - object$df - object$has_intercept < 2 - 1e-6
  nothing <- has_dispersion(object) & (saturated | deviance <= 1e-10 * object$null_deviance)
  minus2 <- -2 * log_likelihood(object)
  if (is.na(object$log_lik_constant)) minus2 <- deviance
  minus2[nothing] <- NA
  k <- count_parameters(object)
  aic <- minus2 + 2 * k
  bic <- minus2 + k * log(n)
  room <- ifelse(n - k - 1 > 0, n - k - 1, NA)
  share <- 1 - (object$df + object$has_intercept) / n
  data.frame(
    lambda = object$lambda, df = object$df, deviance = deviance, aic = aic,
    aicc = aic + 2 * k * (k + 1) / room, bic = bic,
    ebic = bic + 2 * ebic_gamma * log_models(object),
    gcv = deviance / n / ifelse(share > 0 & !nothing, share, NA)^2
  )
}

# How many models of the size at each lambda the path could have come to, in logarithms.
log_models <- function(fit) {
  factor <- fit$penalty_factor[is_fitted(fit)]
  candidates <- sum(factor > 0)
  chosen <- if (fit$alpha > 0) {
    Matrix::colSums(fit$beta[fit$penalty_factor > 0, , drop = FALSE] != 0)
  } else {
    pmin(pmax(round(fit$df) - sum(factor == 0), 0), candidates)
  }
  lchoose(candidates, unname(chosen))
}
