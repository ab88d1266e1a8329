test_that("df takes the first fit of that size", {
  fit <- sparsereg(lpsa ~ . - train, data = prostate)
  first <- which(fit$df == 3)[1]
  expect_identical(coef(fit, df = 3)[, 1], coef(fit)[, first])
  sets <- predict(fit, df = c(5, 1), type = "nonzero")
  expect_identical(lengths(sets), c(`0.1196` = 5L, `0.7685` = 1L))
})

test_that("the order of the user's grid makes no difference", {
  fit <- sparsereg(lpsa ~ . - train, data = prostate, lambda = c(0.02, 0.2, 0.4, 0.15, 0.3))
  largest <- max(fit$lambda[fit$df == 3])
  expect_identical(colnames(coef(fit, df = 3)), lambda_labels(largest))
})

test_that("a size that the path jumps over gives the next larger model and a message", {
  fit <- sparsereg(lpsa ~ . - train, data = prostate, lambda = c(0.7, 0.1, 0.001))
  expect_identical(fit$df, c(1, 5, 8))
  expect_message(b <- coef(fit, df = 3), class = "sparsepath_message_df")
  expect_identical(b[, 1], coef(fit)[, 2])
  expect_condition_snapshot(b <- coef(fit, df = 3))
})

test_that("a size beyond the path is an error", {
  fit <- sparsereg(lpsa ~ . - train, data = prostate, lambda = c(0.7, 0.1))
  expect_condition_snapshot({
    coef(fit, df = 6)
    coef(fit, df = -1)
    coef(fit, df = NA)
  })
})

# The trace of the hat matrix of standardised columns, from the singular values.
ridge_df <- function(x, lambda) {
  z <- scale(x) * sqrt(nrow(x) / (nrow(x) - 1))
  d <- svd(z)$d^2 / nrow(x)
  sum(d / (d + lambda))
}

test_that("ridge: lambda is found from the effective degrees of freedom", {
  x <- as.matrix(prostate[1:8])
  fit <- sparsereg(x, prostate$lpsa, penalty = "l2")
  close <- tidy(fit, df = 5)$lambda[1]
  expect_equal(ridge_df(x, close), 5, tolerance = 1e-3)
  exact <- tidy(fit, df = c(5, 2.5), exact = TRUE)$lambda
  expect_equal(ridge_df(x, exact[1]), 5, tolerance = 1e-6)
  expect_equal(ridge_df(x, exact[length(exact)]), 2.5, tolerance = 1e-6)
})

test_that("ridge: exact = TRUE looks beyond the grid", {
  x <- as.matrix(prostate[1:8])
  fit <- sparsereg(x, prostate$lpsa, penalty = "l2", lambda = 1)
  expect_error(coef(fit, df = 5), class = "sparsepath_error_input")
  for (df in c(0.01, 5, 7.99)) {
    lambda <- tidy(fit, df = df, exact = TRUE)$lambda[1]
    expect_equal(ridge_df(x, lambda), df, tolerance = 1e-5)
  }
  expect_condition_snapshot({
    coef(fit, df = 5)
    coef(fit, df = 9, exact = TRUE)
  })
})

test_that("ridge: a grid value with that df is returned as fitted", {
  fit <- sparsereg(lpsa ~ . - train, data = prostate, penalty = "l2", lambda = c(1, 0))
  expect_identical(coef(fit, df = 8)[, 1], coef(fit)[, 2])
})
