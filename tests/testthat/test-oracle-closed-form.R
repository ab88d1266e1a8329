# Solutions that can be written down.

small_data <- function(seed, n, p) {
  with_seed(seed, {
    x <- matrix(stats::rnorm(n * p), n, p) %*% diag(10^seq(-1, 1, length.out = p), p) + 3
    colnames(x) <- paste0("x", seq_len(p))
    list(
      x = x, y = drop(x[, 1:2] %*% c(1, -0.5)) + stats::rnorm(n), weights = stats::rexp(n) + 0.1,
      offset = stats::rnorm(n), penalty_factor = c(0, 2, stats::rexp(p - 2) + 0.2)
    )
  })
}

# Ridge from the normal equations in the columns z, with the trace of the hat matrix.
ridge_solution <- function(case, lambda) {
  o <- oracle(case)
  y <- if (o$case$intercept) o$y - sum(o$v * o$y) else o$y
  gram <- crossprod(o$z * sqrt(o$v))
  system <- gram + lambda * diag(o$case$penalty_factor, ncol(gram))
  b <- drop(solve(system, crossprod(o$z, o$v * y))) / o$s
  list(
    intercept = if (o$case$intercept) sum(o$v * (o$y - drop(o$x %*% b))) else 0,
    beta = b, df = sum(diag(solve(system, gram)))
  )
}

test_that("ridge is solve(crossprod(x) + ...), in every combination of options", {
  options <- expand.grid(
    size = c("tall", "wide"), weights = c(FALSE, TRUE), offset = c(FALSE, TRUE),
    penalty_factor = c(FALSE, TRUE), intercept = c(TRUE, FALSE), standardize = c(TRUE, FALSE),
    stringsAsFactors = FALSE
  )
  lambda <- c(10, 0.3, 0.01)
  for (i in seq_len(nrow(options))) {
    option <- options[i, ]
    data <- if (option$size == "tall") small_data(i, 40, 7) else small_data(i, 12, 25)
    optional <- c("weights", "offset", "penalty_factor")
    case <- c(data[c("x", "y", optional[unlist(option[optional])])], list(
      alpha = 0, lambda = lambda, intercept = option$intercept, standardize = option$standardize
    ))
    fit <- fit_case(case)
    label <- paste(names(option), unlist(option), collapse = ", ")
    expect_identical(fit$solver, "closed form", label = label)
    for (l in seq_along(lambda)) {
      exact <- ridge_solution(case, lambda[l])
      expect_close(fit$beta[, l], exact$beta, 1e-10, paste("coefficients,", label))
      expect_close(fit$intercept[l], exact$intercept, 1e-10, paste("intercept,", label))
      expect_close(fit$df[l], exact$df, 1e-10, paste("df,", label))
    }
  }
})

test_that("the ridge grid is laid over the degrees of freedom", {
  for (size in list(c(40, 7), c(12, 25))) {
    case <- small_data(1, size[1], size[2])[c("x", "y")]
    case$alpha <- 0
    fit <- fit_case(case)
    o <- oracle(case)
    rank <- min(size[1] - 1, size[2])
    exact <- vapply(fit$lambda, function(lambda) ridge_solution(case, lambda)$df, 0)
    expect_equal(fit$df, exact, tolerance = 1e-9)
    expect_lt(fit$df[1], 0.1 * rank)
    expect_gt(fit$df[length(fit$df)], 0.9 * rank)
    expect_false(is.unsorted(fit$df))
  }
})

test_that("lambda = 0 is lm()", {
  data <- small_data(3, 50, 6)
  for (alpha in c(1, 0.5, 0)) {
    fit <- fit_case(list(x = data$x, y = data$y, alpha = alpha, lambda = 0))
    expect_equal(
      c(fit$intercept, fit$beta[, 1]), unname(stats::coef(stats::lm(data$y ~ data$x))),
      tolerance = 1e-9, ignore_attr = TRUE
    )
    fit <- fit_case(list(
      x = data$x, y = data$y, weights = data$weights, offset = data$offset, alpha = alpha,
      lambda = 0, standardize = FALSE
    ))
    exact <- stats::lm(data$y ~ data$x, weights = data$weights, offset = data$offset)
    expect_equal(
      c(fit$intercept, fit$beta[, 1]), unname(stats::coef(exact)),
      tolerance = 1e-9, ignore_attr = TRUE
    )
    fit <- fit_case(list(x = data$x, y = data$y, alpha = alpha, lambda = 0, intercept = FALSE))
    expect_identical(fit$intercept, 0)
    expect_equal(
      unname(fit$beta[, 1]), unname(stats::coef(stats::lm(data$y ~ 0 + data$x))), tolerance = 1e-9
    )
  }
})

test_that("all columns unpenalised is lm() whatever lambda", {
  data <- small_data(4, 50, 6)
  fit <- fit_case(list(
    x = data$x, y = data$y, alpha = 1, penalty_factor = rep(0, 6), lambda = c(5, 0.1)
  ))
  exact <- unname(stats::coef(stats::lm(data$y ~ data$x)))
  for (l in 1:2) {
    expect_equal(c(fit$intercept[l], fit$beta[, l]), exact, tolerance = 1e-9, ignore_attr = TRUE)
  }
})

# Columns with x_j'x_k / n = 0 and x_j'x_j / n = 1, orthogonal to the constant.
orthonormal_columns <- function(n, p) {
  basis <- qr.Q(qr(cbind(1, with_seed(n, matrix(stats::rnorm(n * p), n, p)))))
  x <- sqrt(n) * basis[, -1, drop = FALSE]
  colnames(x) <- paste0("x", seq_len(p))
  x
}

test_that("orthonormal columns give the soft threshold", {
  n <- 30
  x <- orthonormal_columns(n, 8)
  y <- with_seed(7, drop(x %*% c(3, -2, 1, -0.5, 0.1, 0, 0, 0)) + stats::rnorm(n, 5))
  f <- c(1, 1, 2, 0.5, 0, 1, 1, 3)
  upper <- c(1, rep(Inf, 7))
  lower <- c(rep(-Inf, 3), -0.1, rep(-Inf, 4))
  c_j <- as.vector(crossprod(x, y)) / n
  for (alpha in c(1, 0.6, 0.05)) {
    for (standardize in c(TRUE, FALSE)) {
      lambda <- c(2, 0.7, 0.2, 0.01)
      fit <- fit_case(list(
        x = x, y = y, alpha = alpha, penalty_factor = f, lower = lower, upper = upper,
        lambda = lambda, standardize = standardize
      ))
      for (l in seq_along(lambda)) {
        cut <- lambda[l] * alpha * f
        shrunk <- sign(c_j) * pmax(abs(c_j) - cut, 0) / (1 + lambda[l] * (1 - alpha) * f)
        exact <- pmin(pmax(shrunk, lower), upper)
        beta <- unname(fit$beta[, l])
        expect_equal(beta, exact, tolerance = 1e-10)
        expect_identical(beta == 0, exact == 0)
      }
      expect_equal(fit$intercept, rep(mean(y), length(lambda)), tolerance = 1e-10)
    }
  }
})

test_that("lambda_max gives zeros exactly, and a little less does not", {
  for (seed in 1:20) {
    data <- small_data(seed, 30, if (seed %% 2) 5 else 60)
    for (alpha in c(1, 0.3)) {
      case <- c(data, list(alpha = alpha))
      top <- fit_case(c(case, nlambda = 3))$lambda_max
      expect_equal(top, oracle_lambda_max(case), tolerance = 1e-10)
      case$lambda <- c(top, 0.999 * top)
      fit <- fit_case(case)
      penalised <- data$penalty_factor > 0
      expect_identical(sum(fit$beta[penalised, 1] != 0), 0L)
      expect_gte(sum(fit$beta[penalised, 2] != 0), 1L)
    }
  }
})

test_that("one column leaves at lambda = 2 |x'y| in the textbook form", {
  for (seed in 1:10) {
    n <- 4 + seed
    x <- with_seed(seed, cbind(x = stats::rnorm(n)))
    x <- x / sqrt(sum(x^2))
    y <- with_seed(seed + 100, stats::rnorm(n))
    bound <- 2 * abs(sum(x * y))
    lambda <- convert_lambda(
      c(1 + 1e-12, 0.5, 1 - 1e-9) * bound,
      from = "rss", to = "sparsepath", n = n
    )
    fit <- sparsereg(x, y, lambda = lambda, standardize = FALSE, intercept = FALSE)
    beta <- as.vector(fit$beta)
    expect_identical(beta[1], 0)
    expect_equal(beta[2], sum(x * y) / 2, tolerance = 1e-12)
    expect_false(beta[3] == 0)
  }
})
