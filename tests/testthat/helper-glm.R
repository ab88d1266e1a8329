# Oracles for generalised linear models, from the definitions: losses are minus log-likelihoods
# without constants, conjugates are written out, nothing is shared with the package.

# loss, its derivative and mean; `conjugate` is loss*(-theta) as a function of theta.
xlogx <- function(x) ifelse(x <= 0, 0, x * log(pmax(x, 1e-300)))

glm_losses <- list(
  binomial = list(
    family = "binomial", stats = stats::binomial(),
    draw = function(eta) stats::rbinom(length(eta), 1, stats::plogis(eta)),
    value = function(y, eta) pmax(eta, 0) + log1p(exp(-abs(eta))) - y * eta,
    # Where eta is large, what the functions of the family leave of it is rounding.
    residual = function(y, eta) ifelse(y == 1, stats::plogis(-eta), y - stats::plogis(eta)),
    conjugate = function(y, theta) xlogx(y - theta) + xlogx(1 - y + theta),
    shift = 0
  ),
  poisson = list(
    family = "poisson", stats = stats::poisson(),
    draw = function(eta) stats::rpois(length(eta), exp(eta)),
    value = function(y, eta) exp(eta) - y * eta,
    conjugate = function(y, theta) xlogx(y - theta) - (y - theta),
    shift = 0
  ),
  Gamma = list(
    family = "Gamma", stats = stats::Gamma("log"),
    draw = function(eta) stats::rgamma(length(eta), 2, rate = 2 / exp(eta)),
    value = function(y, eta) y * exp(-eta) + eta,
    conjugate = function(y, theta) -(1 + theta) * log(y / (1 + theta)) - (1 + theta),
    shift = 0
  ),
  negative_binomial = list(
    family = family_negative_binomial(2), stats = family_negative_binomial(2)$stats,
    draw = function(eta) stats::rnbinom(length(eta), size = 2, mu = exp(eta)),
    value = function(y, eta) (y + 2) * log1p(exp(eta)) - y * eta,
    conjugate = function(y, theta) {
      share <- (y - theta) / (y + 2)
      (y + 2) * (xlogx(share) + xlogx(1 - share))
    },
    shift = -log(2)
  ),
  gaussian_log = list(
    family = stats::gaussian("log"), stats = stats::gaussian("log"),
    draw = function(eta) pmax(exp(eta) + stats::rnorm(length(eta), sd = 0.2), 0.01)
  ),
  probit = list(
    family = stats::binomial("probit"), stats = stats::binomial("probit"),
    draw = function(eta) stats::rbinom(length(eta), 1, stats::pnorm(eta / 2))
  )
)

# One problem for a loss; `kind` of matrix, with weights and an offset.
glm_problem <- function(loss, kind = "dense", seed = 1, n = 60, p = 8) {
  with_seed(seed, {
    x <- matrix(stats::rnorm(n * p), n, p)
    if (kind == "sparse") x[stats::runif(n * p) < 0.6] <- 0
    eta <- drop(0.3 + 0.7 * x[, 1] - 0.5 * x[, 2])
    weights <- stats::runif(n, 0.5, 2)
    offset <- 0.2 * stats::rnorm(n)
    y <- loss$draw(eta + offset)
    y[1:2] <- if (inherits(loss$stats, "family") && loss$stats$family == "binomial") 0:1 else y[1:2]
    if (kind == "sparse") x <- methods::as(Matrix::Matrix(x, sparse = TRUE), "CsparseMatrix")
    list(x = x, y = y, weights = weights, offset = offset)
  })
}

# Worst relative gap and worst violation of stationarity over a path. Both are relative: to half the
# null deviance over the weights, and to lambda.
glm_certificates <- function(loss, problem, fit, factor = rep(1, ncol(problem$x))) {
  x <- as.matrix(problem$x)
  v <- problem$weights / sum(problem$weights)
  s <- sqrt(colSums(v * sweep(x, 2, colSums(v * x))^2))
  z <- sweep(sweep(x, 2, colSums(v * x)), 2, s, "/")
  vapply(seq_along(fit$lambda), function(l) {
    lambda <- fit$lambda[l]
    b <- as.vector(fit$beta[, l])
    eta <- problem$offset + fit$intercept[l] + drop(x %*% b)
    mu <- loss$stats$linkinv(eta)
    r <- if (is.null(loss$residual)) {
      (problem$y - mu) * loss$stats$mu.eta(eta) / loss$stats$variance(mu)
    } else {
      loss$residual(problem$y, eta)
    }
    c <- drop(crossprod(z, v * r))
    l1 <- lambda * fit$alpha * factor
    l2 <- lambda * (1 - fit$alpha) * factor
    g <- c - l2 * s * b
    violation <- ifelse(b == 0, pmax(abs(g) - l1, 0), abs(g - sign(b) * l1))
    out <- c(gap = NA, kkt = max(violation) / lambda, sum = abs(sum(v * r)))
    if (!is.null(loss$conjugate)) {
      scale <- if (fit$alpha < 1) 1 else min(1, l1 / abs(c))
      theta <- scale * (r - sum(v * r))
      u <- drop(crossprod(z, v * theta))
      excess <- pmax(abs(u) - l1, 0)
      conjugate <- if (fit$alpha < 1) sum(excess^2 / (2 * l2)) else 0
      primal <- sum(v * loss$value(problem$y, eta + loss$shift)) +
        sum(l1 * abs(s * b) + l2 / 2 * (s * b)^2)
      dual <- -sum(v * theta * (problem$offset + loss$shift)) -
        sum(v * loss$conjugate(problem$y, theta)) - conjugate
      null <- fit$null_deviance / 2 / sum(problem$weights)
      out["gap"] <- (primal - dual) / null
    }
    out
  }, numeric(3))
}
