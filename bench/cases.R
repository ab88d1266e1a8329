# What is timed: named functions, each of which makes one problem: a list of x (dense or dgCMatrix),
# y and alpha, 1 but for the elastic net; and the family where that is not gaussian. Everything
# simulated is seeded.

# ---- Columns ------------------------------------------------------------------------------------

# All pairs of columns correlated by rho.
equicorrelated <- function(n, p, rho) {
  x <- matrix(stats::rnorm(n * p, sd = sqrt(1 - rho)), n, p)
  if (rho > 0) x + sqrt(rho) * stats::rnorm(n) else x
}

# Columns j and k correlated by rho^|j - k|.
autoregressive <- function(n, p, rho) {
  x <- matrix(stats::rnorm(n * p), n, p)
  for (j in seq_len(p)[-1]) {
    x[, j] <- rho * x[, j - 1] + sqrt(1 - rho^2) * x[, j]
  }
  x
}

# The same number of nonzero values in every column, so that none is constant.
sparse_columns <- function(n, p, density) {
  count <- round(n * density)
  rows <- replicate(p, sort.int(sample.int(n, count)))
  Matrix::sparseMatrix(
    i = as.vector(rows), p = seq(0, by = count, length.out = p + 1), dims = c(n, p),
    x = stats::rnorm(p * count)
  )
}

# ---- Responses ----------------------------------------------------------------------------------

# `support` columns spread evenly over x have effects of either sign, between 0.5 and 2 in units
# of their standard deviation; the noise has `noise` times the standard deviation of the signal.
respond <- function(x, support, noise = 1) {
  columns <- round(seq(1, ncol(x), length.out = support))
  some <- x[, columns, drop = FALSE]
  size <- sqrt(Matrix::colMeans(some^2))
  effect <- stats::runif(support, 0.5, 2) * rep(c(1, -1), length.out = support)
  signal <- as.vector(some %*% (effect / size))
  signal + stats::rnorm(nrow(x), sd = noise * stats::sd(signal))
}

# `columns` is an expression that draws x: it is evaluated after the seed is set.
simulated <- function(columns, support, noise = 1, alpha = 1, seed) {
  set.seed(seed)
  x <- columns
  list(x = x, y = respond(x, support, noise), alpha = alpha)
}

# The linear predictor has the standard deviation 2 for a binary y, 1 for counts.
simulated_glm <- function(columns, family, support = 20, seed) {
  set.seed(seed)
  x <- columns
  eta <- respond(x, support, noise = 0)
  eta <- eta / stats::sd(eta)
  y <- switch(family,
    binomial = stats::rbinom(nrow(x), 1, stats::plogis(2 * eta)),
    poisson = stats::rpois(nrow(x), exp(eta))
  )
  list(x = x, y = y, alpha = 1, family = family)
}

# ---- Real data ----------------------------------------------------------------------------------

# The diabetes data with all products and squares: correlated columns of very different sizes.
diabetes_quadratic <- function() {
  baseline <- sparsepath::diabetes[names(sparsepath::diabetes) != "y"]
  products <- stats::model.matrix(~ .^2 - 1, baseline)
  squares <- as.matrix(baseline[names(baseline) != "sex"])^2
  list(x = unname(cbind(products, squares)), y = sparsepath::diabetes$y, alpha = 1)
}

# Gene expressions and riboflavin production of Bacillus subtilis (Buehlmann, Kalisch and Meier
# 2014). Of the packages that carry the data one is downloaded for them; it is not installed.
riboflavin_file <- function() {
  file <- file.path(".build", "bench", "riboflavin.RData")
  if (!file.exists(file)) {
    try(silent = TRUE, expr = suppressWarnings({
      archive <- utils::download.packages("ScaleSpikeSlab", tempdir(), quiet = TRUE)[1, 2]
      utils::untar(archive, "ScaleSpikeSlab/data/riboflavin.RData", exdir = tempdir())
      file.copy(file.path(tempdir(), "ScaleSpikeSlab", "data", "riboflavin.RData"), file)
    }))
  }
  if (file.exists(file)) file
}

riboflavin <- function(file) {
  data <- new.env()
  load(file, envir = data)
  x <- unclass(as.matrix(data$riboflavin$x))
  list(x = unname(x), y = as.vector(data$riboflavin$y), alpha = 1)
}

riboflavin_case <- function() {
  file <- riboflavin_file()
  if (!is.null(file)) {
    return(list("riboflavin, 71 x 4088" = function() riboflavin(file)))
  }
  list("like riboflavin, 71 x 4088, simulated" = function() {
    simulated(equicorrelated(71, 4088, 0.3), 30, noise = 0.5, seed = 2)
  })
}

# ---- All of them --------------------------------------------------------------------------------

cases <- c(
  list("diabetes, quadratic, 442 x 64" = diabetes_quadratic),
  riboflavin_case(),
  list(
    "200 x 20000, independent" = function() {
      simulated(equicorrelated(200, 20000, 0), 20, seed = 3)
    },
    "200 x 20000, correlation 0.5" = function() {
      simulated(equicorrelated(200, 20000, 0.5), 20, seed = 4)
    },
    "200 x 20000, correlation 0.9" = function() {
      simulated(equicorrelated(200, 20000, 0.9), 20, seed = 5)
    },
    "500 x 20000, AR 0.95" = function() {
      simulated(autoregressive(500, 20000, 0.95), 50, seed = 6)
    },
    "1000 x 50000, correlation 0.3" = function() {
      simulated(equicorrelated(1000, 50000, 0.3), 50, seed = 7)
    },
    "2000 x 2000, correlation 0.3" = function() {
      simulated(equicorrelated(2000, 2000, 0.3), 100, seed = 8)
    },
    "10000 x 500, AR 0.7" = function() {
      simulated(autoregressive(10000, 500, 0.7), 50, seed = 9)
    },
    "100000 x 100, correlation 0.5" = function() {
      simulated(equicorrelated(100000, 100, 0.5), 20, seed = 10)
    },
    "1000000 x 20, correlation 0.5" = function() {
      simulated(equicorrelated(1000000, 20, 0.5), 10, seed = 11)
    },
    "sparse 10000 x 50000, density 0.001" = function() {
      simulated(sparse_columns(10000, 50000, 0.001), 100, seed = 12)
    },
    "sparse 50000 x 2000, density 0.01" = function() {
      simulated(sparse_columns(50000, 2000, 0.01), 50, seed = 13)
    },
    "200 x 20000, correlation 0.5, elastic net" = function() {
      simulated(equicorrelated(200, 20000, 0.5), 20, alpha = 0.5, seed = 4)
    },
    "10000 x 500, AR 0.7, elastic net" = function() {
      simulated(autoregressive(10000, 500, 0.7), 50, alpha = 0.5, seed = 9)
    },
    "sparse 10000 x 50000, density 0.001, elastic net" = function() {
      simulated(sparse_columns(10000, 50000, 0.001), 100, alpha = 0.5, seed = 12)
    },
    "binomial 72 x 7129, correlation 0.3" = function() {
      simulated_glm(equicorrelated(72, 7129, 0.3), "binomial", seed = 21)
    },
    "binomial 400 x 10000, correlation 0.5" = function() {
      simulated_glm(equicorrelated(400, 10000, 0.5), "binomial", seed = 22)
    },
    "binomial 50000 x 100, correlation 0.5" = function() {
      simulated_glm(equicorrelated(50000, 100, 0.5), "binomial", seed = 23)
    },
    "binomial sparse 10000 x 50000, density 0.001" = function() {
      simulated_glm(sparse_columns(10000, 50000, 0.001), "binomial", 100, seed = 24)
    },
    "poisson 5000 x 200, correlation 0.3" = function() {
      simulated_glm(equicorrelated(5000, 200, 0.3), "poisson", seed = 25)
    },
    "poisson 500 x 5000, correlation 0.3" = function() {
      simulated_glm(equicorrelated(500, 5000, 0.3), "poisson", seed = 26)
    }
  )
)
