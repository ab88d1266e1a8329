# The relative duality gap of a path of answers, from the definition and in plain R: no code of any
# solver is used.
#
# Let s_j be the standard deviation of column j with divisor n, z_j = (x_j - mean) / s_j, r the
# residual of (b0, b). The primal objective is
#   P = |r|^2 / (2 n) + lambda sum_j [ alpha |s_j b_j| + (1 - alpha) (s_j b_j)^2 / 2 ].
# By Fenchel's duality every theta with sum 0 gives a lower bound of P at its minimum,
#   D = y'theta / n - |theta|^2 / (2 n) - sum_j h(z_j'theta / n),
# where h(c) = max(|c| - lambda alpha, 0)^2 / (2 lambda (1 - alpha)) for alpha < 1. For alpha = 1
# h is 0 up to |c| = lambda and infinite beyond. theta is r with its mean removed, for alpha = 1
# shrunk by min(1, lambda / max_j |z_j'r / n|). The gap is P - D, relative to P at b = 0.

# For the other families |r|^2 / 2 is replaced by the sum of b(eta) - y eta, r is y - b'(eta) at the
# best intercept, and the terms of theta in D by -b*(y - theta), the conjugate of b. What P is
# relative to is half the null deviance.

# Standard deviations with divisor n. Dense columns one by one, so that x is not copied.
column_sds <- function(x) {
  if (!is.matrix(x)) {
    return(sqrt(Matrix::colMeans(x^2) - Matrix::colMeans(x)^2))
  }
  vapply(seq_len(ncol(x)), function(j) sqrt(mean((x[, j] - mean(x[, j]))^2)), 0)
}

# The smallest lambda at which all coefficients are zero.
lambda_max <- function(problem) {
  y <- problem$y - mean(problem$y)
  max(abs(as.vector(Matrix::crossprod(problem$x, y))) / (length(y) * problem$sd)) / problem$alpha
}

# One gap per lambda of answer, a list(lambda, intercept, beta). Some lambdas at a time, so that
# what is made of dense columns stays below 20 million numbers.
relative_gap <- function(problem, answer) {
  width <- max(1, floor(2e7 / max(dim(problem$x))))
  blocks <- split(seq_along(answer$lambda), (seq_along(answer$lambda) - 1) %/% width)
  unlist(lapply(blocks, function(block) {
    beta <- answer$beta[, block, drop = FALSE]
    gap_block(problem, answer$lambda[block], answer$intercept[block], beta)
  }), use.names = FALSE)
}

gap_block <- function(problem, lambda, intercept, beta) {
  if (problem$family != "gaussian") return(gap_block_glm(problem, lambda, intercept, beta))
  n <- length(problem$y)
  alpha <- problem$alpha
  active <- which(Matrix::rowSums(abs(beta)) > 0)
  beta <- as.matrix(beta[active, , drop = FALSE])
  scaled <- beta * problem$sd[active]
  residual <- problem$y - as.matrix(problem$x[, active, drop = FALSE] %*% beta)
  residual <- residual - rep(intercept, each = n)
  penalty <- alpha * colSums(abs(scaled)) + (1 - alpha) * colSums(scaled^2) / 2
  primal <- colSums(residual^2) / (2 * n) + lambda * penalty

  theta <- residual - rep(colMeans(residual), each = n)
  correlation <- abs(as.matrix(Matrix::crossprod(problem$x, theta))) / (n * problem$sd)
  conjugate <- 0
  if (alpha < 1) {
    excess <- pmax(correlation - rep(lambda * alpha, each = nrow(correlation)), 0)
    conjugate <- colSums(excess^2) / (2 * lambda * (1 - alpha))
  } else {
    theta <- theta * rep(pmin(1, lambda / apply(correlation, 2, max)), each = n)
  }
  dual <- drop(crossprod(theta, problem$y)) / n - colSums(theta^2) / (2 * n) - conjugate

  (primal - dual) / (mean((problem$y - mean(problem$y))^2) / 2)
}

# ---- Generalised linear models, for alpha = 1 ----------------------------------------------------

xlogx <- function(x) ifelse(x == 0, 0, x * log(x))

# b, its first two derivatives and its conjugate.
cumulants <- list(
  binomial = list(
    value = function(eta) pmax(eta, 0) + log1p(exp(-abs(eta))), mean = stats::plogis,
    variance = stats::dlogis, conjugate = function(m) xlogx(m) + xlogx(1 - m)
  ),
  poisson = list(
    value = exp, mean = exp, variance = exp, conjugate = function(m) xlogx(m) - m
  )
)

# What the intercept of one lambda lacks to residuals with sum zero, by Newton's method.
missing_intercept <- function(b, y, eta) {
  shift <- 0
  for (round in 1:50) {
    step <- sum(y - b$mean(eta + shift)) / sum(b$variance(eta + shift))
    shift <- shift + step
    if (abs(step) <= 1e-15 * (1 + abs(shift))) break
  }
  shift
}

gap_block_glm <- function(problem, lambda, intercept, beta) {
  b <- cumulants[[problem$family]]
  y <- problem$y
  n <- length(y)
  active <- which(Matrix::rowSums(abs(beta)) > 0)
  beta <- as.matrix(beta[active, , drop = FALSE])
  eta <- as.matrix(problem$x[, active, drop = FALSE] %*% beta) + rep(intercept, each = n)
  penalty <- colSums(abs(beta * problem$sd[active]))
  primal <- colMeans(b$value(eta) - y * eta) + lambda * penalty

  shift <- apply(eta, 2, function(column) missing_intercept(b, y, column))
  theta <- y - b$mean(eta + rep(shift, each = n))
  correlation <- abs(as.matrix(Matrix::crossprod(problem$x, theta))) / (n * problem$sd)
  theta <- theta * rep(pmin(1, lambda / apply(correlation, 2, max)), each = n)
  dual <- -colMeans(b$conjugate(y - theta))

  (primal - dual) / (mean(b$conjugate(y)) - b$conjugate(mean(y)))
}
