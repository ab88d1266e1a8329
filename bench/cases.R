# What is timed: named functions, each of which makes x (matrix) and y of one problem.

# n x p columns, all pairs correlated by rho; `support` of them matter, noise as strong as signal.
equicorrelated <- function(n, p, rho, support, seed) {
  set.seed(seed)
  x <- sqrt(1 - rho) * matrix(stats::rnorm(n * p), n, p) + sqrt(rho) * stats::rnorm(n)
  colnames(x) <- paste0("x", seq_len(p))
  signal <- drop(x[, seq_len(support), drop = FALSE] %*% rep(c(1, -1), length.out = support))
  list(x = x, y = signal + stats::rnorm(n, sd = stats::sd(signal)))
}

# The diabetes data with all products and squares: 442 x 64, correlated, real.
diabetes_quadratic <- function() {
  baseline <- sparsepath::diabetes[names(sparsepath::diabetes) != "y"]
  products <- stats::model.matrix(~ .^2 - 1, baseline)
  squares <- as.matrix(baseline[names(baseline) != "sex"])^2
  colnames(squares) <- paste0(colnames(squares), "^2")
  list(x = cbind(products, squares), y = sparsepath::diabetes$y)
}

cases <- list(
  "442 x 64, real, correlated" = diabetes_quadratic,
  "200 x 5000, correlation 0.5" = function() equicorrelated(200, 5000, 0.5, 10, seed = 1),
  "20000 x 100, correlation 0.5" = function() equicorrelated(20000, 100, 0.5, 20, seed = 2)
)
