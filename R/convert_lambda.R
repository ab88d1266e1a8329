#' Translate the penalty parameter between packages and textbooks
#'
#' The same amount of shrinkage has another number in every package, because the loss is summed
#' here and averaged there, halved or not, and because the columns are scaled differently.
#' `convert_lambda()` translates. With the translated number, the other package's solution is the
#' same as that of [sparsereg()].
#'
#' @section The scales:
#' Write \eqn{RSS = \sum_i w_i (y_i - \eta_i)^2}{RSS = sum_i w_i (y_i - eta_i)^2}, \eqn{n} for the
#' sum of the weights (the number of observations when there are none) and \eqn{\beta_j} for the
#' coefficients on which the penalty acts. Each scale minimises:
#'
#' \describe{
#'   \item{`"sparsepath"`}{
#'     \eqn{RSS / (2n) + \lambda [\alpha |\beta|_1 + (1-\alpha) |\beta|_2^2 / 2]}{
#'       RSS / (2n) + lambda [alpha |beta|_1 + (1 - alpha) |beta|_2^2 / 2]},
#'     the objective of [sparsereg()].}
#'   \item{`"glmnet"`}{
#'     \eqn{RSS / (2n) + \lambda [\alpha |\beta|_1 + (1-\alpha) |\beta|_2^2 / (2 s_y)]}{
#'       RSS / (2n) + lambda [alpha |beta|_1 + (1 - alpha) |beta|_2^2 / (2 s_y)]},
#'     \eqn{s_y} being the standard deviation of y with divisor n, around zero where there is no
#'     intercept. This is what `glmnet(family = "gaussian")` minimises. The objective of its help
#'     page has no \eqn{s_y}, but the response is divided by \eqn{s_y} before the fit and lambda
#'     with it, which changes the balance between loss and ridge part. For `penalty = "l1"` the
#'     number is the same as here. With the family object, `family = gaussian()`, glmnet does not
#'     rescale y: use the scale `"sparsepath"`.}
#'   \item{`"sklearn"`}{
#'     `Lasso(alpha)` for `"l1"` and `ElasticNet(alpha, l1_ratio)` for `"elasticnet"`:
#'     \eqn{RSS / (2n) + \lambda [\alpha |\beta|_1 + (1-\alpha) |\beta|_2^2 / 2]}{
#'       RSS / (2n) + lambda [alpha |beta|_1 + (1 - alpha) |beta|_2^2 / 2]},
#'     where scikit-learn calls lambda `alpha`, and alpha `l1_ratio`. `Ridge(alpha)` for `"l2"`:
#'     \eqn{RSS + \lambda |\beta|_2^2}{RSS + lambda |beta|_2^2}.}
#'   \item{`"lars"`}{
#'     \eqn{RSS / 2 + \lambda |\beta|_1}{RSS / 2 + lambda |beta|_1}, where `lars(normalize = TRUE)`
#'     gives every column the sum of squares 1. Only `penalty = "l1"` exists there.}
#'   \item{`"rss"`}{
#'     \eqn{RSS + \lambda [\alpha |\beta|_1 + (1-\alpha) |\beta|_2^2]}{
#'       RSS + lambda [alpha |beta|_1 + (1 - alpha) |beta|_2^2]}, the textbook form. In it, with
#'     orthonormal columns, the lasso coefficient of column j is zero exactly when
#'     \eqn{\lambda \ge 2 |x_j'y|}{lambda >= 2 |x_j'y|}.}
#' }
#'
#' From these follow, dividing each objective by what stands before RSS / (2n), for the lasso
#' lambda(rss) = 2 n lambda(sparsepath), and for ridge lambda(rss) = lambda(sklearn) =
#' n lambda(sparsepath). In lars the coefficient of a column of sum of squares 1 is sqrt(n) times
#' the coefficient of the column with standard deviation 1, so lambda(lars) =
#' sqrt(n) lambda(sparsepath); without normalisation it is n lambda(sparsepath).
#'
#' @section The columns:
#' Translation is between numbers that act on the same coefficients. `"sparsepath"` and `"glmnet"`
#' have `standardize = TRUE` by default, scikit-learn and the textbook form never standardise: use
#' `standardize = FALSE` in [sparsereg()] there, or hand over columns that are standardised already.
#' Both sides are taken to have an unpenalised intercept or both to have none; for lars with
#' normalised columns only the former holds, as it measures columns from zero when it has none.
#' Penalty factors of glmnet are rescaled to an average of 1, those of [sparsereg()] are not.
#'
#' @param lambda Numeric vector of penalty parameters on the scale `from`, finite and not negative.
#' @param from,to Names of the scales: `"sparsepath"`, `"glmnet"`, `"sklearn"`, `"lars"` or `"rss"`.
#' @param penalty The penalty: `"l1"`, `"l2"` or `"elasticnet"`.
#' @param alpha For `penalty = "elasticnet"`, the share of the L1 part on the scale `from`, between
#'   0 and 1; 0.5 when it is not given.
#' @param n Number of observations, or the sum of the case weights. Needed for `"rss"`, `"lars"`
#'   and `"sklearn"` with `penalty = "l2"`.
#' @param sd_y Standard deviation of the response with divisor n (weighted like the fit, and after
#'   subtraction of the offset): `sqrt(mean((y - mean(y))^2))`, or `sqrt(mean(y^2))` for models
#'   without intercept. Needed for `"glmnet"` with a ridge part.
#' @param standardize For `"lars"`: does it normalise the columns, and [sparsereg()] standardise
#'   them (`TRUE`), or does neither (`FALSE`)?
#'
#' @return Numeric vector, as long as `lambda`, of the parameters on the scale `to`. For
#'   `penalty = "elasticnet"` it has an attribute `"alpha"`: the share of the L1 part on that scale,
#'   which differs from `alpha` when the two scales weigh the ridge part differently.
#' @references
#' Hastie, T., Tibshirani, R. and Friedman, J. (2009). *The Elements of Statistical Learning*, 2nd
#' edition. Springer. Section 3.4 has the textbook form.
#' @seealso [sparsereg()] for the objective on the scale `"sparsepath"`.
#' @export
#' @examples
#' # Lasso: the scale of lars, whose lambda is the correlation at which a variable enters.
#' convert_lambda(949.4353, from = "lars", to = "sparsepath", n = 442)
#'
#' # Ridge as in glmnet(x, y, family = "gaussian", alpha = 0, lambda = 0.5).
#' y <- diabetes$y
#' sd_y <- sqrt(mean((y - mean(y))^2))
#' convert_lambda(0.5, from = "glmnet", to = "sparsepath", penalty = "l2", sd_y = sd_y)
#'
#' # One column of length 1, textbook form: its coefficient is zero from lambda = 2 |x'y| on.
#' x <- cbind(x = c(0.6, 0.8))
#' y <- c(1, 2)
#' bound <- 2 * abs(drop(crossprod(x, y)))
#' lambda <- convert_lambda(c(1.01, 0.99) * bound, from = "rss", to = "sparsepath", n = 2)
#' sparsereg(x, y, lambda = lambda, standardize = FALSE, intercept = FALSE)$beta
convert_lambda <- function(lambda, from = "sparsepath", to = "glmnet", penalty = "l1",
                           alpha = NULL, n = NULL, sd_y = NULL, standardize = TRUE) {
  check_translatable(lambda)
  from <- match_scale(from, "from")
  to <- match_scale(to, "to")
  model <- resolve_penalty(penalty, alpha)
  if (from == to) {
    return(with_alpha(lambda, model))
  }
  source <- penalty_strength(from, model$penalty, n, sd_y, standardize)
  target <- penalty_strength(to, model$penalty, n, sd_y, standardize)
  l1 <- if (model$alpha > 0) model$alpha * source[["l1"]] / target[["l1"]] else 0
  l2 <- if (model$alpha < 1) (1 - model$alpha) * source[["l2"]] / target[["l2"]] else 0
  model$alpha <- l1 / (l1 + l2)
  with_alpha(lambda * (l1 + l2), model)
}

lambda_scales <- c("sparsepath", "glmnet", "sklearn", "lars", "rss")

check_translatable <- function(lambda) {
  if (!is.numeric(lambda) || !all(is.finite(lambda)) || any(lambda < 0)) {
    abort_input("lambda", "must be a numeric vector of finite values, none of them negative.")
  }
}

match_scale <- function(scale, argument) {
  if (!is.character(scale) || length(scale) != 1 || !scale %in% lambda_scales) {
    abort_input(argument, paste0(
      "must be ", join_words(paste0("\"", lambda_scales, "\""), last = " or "), ", not ",
      describe(scale), "."
    ))
  }
  scale
}

# What one unit of lambda on a scale weighs once its objective is divided so that the loss is
# RSS / (2n): `l1` multiplies |beta|_1 and `l2` multiplies |beta|_2^2 / 2.
penalty_strength <- function(scale, penalty, n, sd_y, standardize) {
  switch(scale,
    sparsepath = c(l1 = 1, l2 = 1),
    glmnet = c(l1 = 1, l2 = if (penalty == "l1") 1 else 1 / need_number(sd_y, "sd_y", scale)),
    sklearn = c(l1 = 1, l2 = if (penalty == "l2") 1 / need_number(n, "n", scale) else 1),
    lars = c(l1 = lars_strength(penalty, n, standardize), l2 = NA),
    rss = c(l1 = 1 / 2, l2 = 1) / need_number(n, "n", scale)
  )
}

lars_strength <- function(penalty, n, standardize) {
  if (penalty != "l1") {
    abort_input(
      "penalty", paste0("is \"", penalty, "\", but lars has no ridge part."),
      remedy = "Use penalty = \"l1\" with the scale \"lars\"."
    )
  }
  check_flag(standardize, "standardize")
  n <- need_number(n, "n", "lars")
  if (standardize) 1 / sqrt(n) else 1 / n
}

with_alpha <- function(lambda, model) {
  if (model$penalty == "elasticnet") {
    attr(lambda, "alpha") <- model$alpha
  }
  lambda
}

need_number <- function(value, argument, scale) {
  if (is.null(value)) {
    abort_input(
      argument, paste0("is needed for the scale \"", scale, "\"."),
      remedy = switch(argument,
        n = "Give the number of observations, or the sum of the weights.",
        sd_y = "Give the standard deviation of the response with divisor n."
      )
    )
  }
  check_number(value, argument, above = 0)
}
