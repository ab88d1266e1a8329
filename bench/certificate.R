# The relative duality gap of lasso solutions, from the definition and in plain R: no code of any
# solver is used.
#
# With z_j = (x_j - mean) / s_j and b on that scale, the primal objective at (b0, b) is
#   P = |y - b0 - X b|^2 / (2 n) + lambda sum_j |s_j b_j|
# and for the residual r with its mean removed, theta = r min(1, lambda / max_j |z_j'r / n|) gives
#   D = y'theta / n - |theta|^2 / (2 n) <= min P.
# The gap is P - D, relative to P at b = 0.
relative_gap <- function(x, y, solution) {
  lambda <- solution$lambda
  n <- length(y)
  mean_x <- colMeans(x)
  scale_x <- sqrt(colMeans(x^2) - mean_x^2)
  residual <- y - x %*% solution$beta - rep(solution$intercept, each = n)
  primal <- colSums(residual^2) / (2 * n) + lambda * colSums(abs(solution$beta * scale_x))

  residual <- sweep(residual, 2, colMeans(residual))
  largest <- apply(abs(crossprod(x, residual)) / (n * scale_x), 2, max)
  theta <- sweep(residual, 2, pmin(1, lambda / largest), "*")
  dual <- drop(crossprod(theta, y)) / n - colSums(theta^2) / (2 * n)

  (primal - dual) / (mean((y - mean(y))^2) / 2)
}
