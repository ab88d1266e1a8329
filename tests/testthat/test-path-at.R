fit_mtcars <- function(...) sparsereg(mpg ~ ., data = mtcars, ...)

test_that("values on the grid are as fitted, in any order", {
  fit <- fit_mtcars()
  pick <- c(20, 3, 11)
  b <- coef(fit, lambda = fit$lambda[pick])
  expect_identical(as.matrix(b), as.matrix(coef(fit))[, pick])
  nearly <- fit$lambda[pick] * (1 + 5e-10)
  expect_identical(unname(as.matrix(coef(fit, lambda = nearly))), unname(as.matrix(b)))
})

test_that("a user's grid may be in any order", {
  fit <- fit_mtcars(lambda = c(0.5, 2, 0.1, 1))
  expect_identical(coef(fit, lambda = 2)[, 1], coef(fit)[, 2])
  b <- as.matrix(coef(fit))
  expect_equal(
    coef(fit, lambda = 0.7)[, 1], 0.6 * b[, 1] + 0.4 * b[, 4],
    tolerance = 1e-14
  )
})

test_that("between grid values the coefficients are linear in lambda", {
  fit <- fit_mtcars(lambda = c(4, 3, 1))
  b <- as.matrix(coef(fit))
  between <- as.matrix(coef(fit, lambda = c(3.25, 1.5)))
  expect_equal(between[, 1], 0.25 * b[, 1] + 0.75 * b[, 2], tolerance = 1e-14)
  expect_equal(between[, 2], 0.25 * b[, 2] + 0.75 * b[, 3], tolerance = 1e-14)
  expect_identical(colnames(between), c("3.25", "1.5"))
})

test_that("interpolation is exact for L1 while no variable enters or leaves", {
  fit <- fit_mtcars(lambda = c(3, 2.9))
  expect_identical(unname(fit$df), c(2, 2))
  expect_equal(
    coef(fit, lambda = 2.95), coef(fit, lambda = 2.95, exact = TRUE),
    tolerance = 1e-9
  )
})

test_that("outside the grid the nearest end is used, with a warning", {
  fit <- fit_mtcars(lambda = c(2, 1))
  expect_warning(b <- coef(fit, lambda = c(0.5, 1.5, 3)), class = "sparsepath_warning_lambda_range")
  expect_identical(colnames(b), c("1", "1.5", "2"))
  expect_identical(unname(b[, 1]), unname(coef(fit)[, 2]))
  expect_identical(unname(b[, 3]), unname(coef(fit)[, 1]))
  expect_condition_snapshot(b <- coef(fit, lambda = c(0.5, 3)))
})

test_that("above lambda_max all penalised coefficients are zero, and no warning is needed", {
  fit <- fit_mtcars()
  expect_silent(b <- coef(fit, lambda = 10 * fit$lambda_max))
  expect_identical(unname(b[-1, 1]), rep(0, 10))
  expect_equal(b[1, 1], mean(mtcars$mpg), tolerance = 1e-12)
  expect_identical(colnames(b), lambda_labels(10 * fit$lambda_max))
  ridge <- fit_mtcars(penalty = "l2")
  expect_warning(
    coef(ridge, lambda = 10 * max(ridge$lambda)),
    class = "sparsepath_warning_lambda_range"
  )
})

test_that("exact = TRUE refits what is not on the grid", {
  fit <- fit_mtcars(lambda = c(2, 1))
  wanted <- c(0.03, 1, 1.7, 5)
  expect_silent(b <- coef(fit, lambda = wanted, exact = TRUE))
  expect_equal(b, coef(fit_mtcars(lambda = wanted)), tolerance = 1e-10)
  expect_identical(b[, 2], coef(fit)[, 2])
  least_squares <- coef(fit, lambda = 0, exact = TRUE)[, 1]
  expect_equal(least_squares, coef(lm(mpg ~ ., mtcars)), tolerance = 1e-6)
})

test_that("a refit does not repeat the warning about constant columns", {
  data <- cbind(mtcars[c("mpg", "wt")], one = 1)
  expect_warning(
    fit <- sparsereg(mpg ~ ., data = data, lambda = 1),
    class = "sparsepath_warning_constant"
  )
  expect_silent(coef(fit, lambda = 0.5, exact = TRUE))
})

test_that("lambda and exact are checked", {
  fit <- fit_mtcars(lambda = c(2, 1))
  for (bad in list(-1, NA_real_, Inf, "a", numeric())) {
    expect_error(coef(fit, lambda = bad), class = "sparsepath_error_input")
  }
  expect_error(coef(fit, lambda = 1, exact = 2), class = "sparsepath_error_input")
  expect_error(coef(fit, lambda = 1, df = 1), class = "sparsepath_error_input")
})
