test_that("bounds that hold nothing leave the degrees of freedom of a ridge fit alone", {
  same <- function(..., tolerance = 1e-8) {
    expect_equal(
      sparsereg(..., penalty = "l2", upper = 1e6)$df, sparsereg(..., penalty = "l2")$df,
      tolerance = tolerance
    )
  }
  lambda <- c(3, 0.3, 1e-6, 0)
  same(mpg ~ ., mtcars, lambda = lambda)
  same(mtcars[-1], mtcars$mpg,
    lambda = lambda, weights = mtcars$hp, penalty_factor = c(wt = 0, hp = 3)
  )
  same(mpg ~ . - 1, mtcars, lambda = lambda, standardize = FALSE)
  same(mpg ~ wt + factor(cyl) + factor(gear), mtcars, lambda = lambda, exclude = "wt")
  same(mpg ~ ., mtcars, penalty_factor = 0, lambda = 1)
  x <- as.matrix(mtcars[-1])
  wide <- cbind(x, x^2, log(1 + x), x^3)
  expect_gt(ncol(wide), nrow(wide))
  colnames(wide) <- NULL
  same(wide, mtcars$mpg, lambda = c(3, 0.3))
  same(Matrix::Matrix(x, sparse = TRUE), mtcars$mpg, lambda = c(3, 0.3), weights = mtcars$wt)
  same(Matrix::Matrix(wide, sparse = TRUE), mtcars$mpg, lambda = c(3, 0.3))
})

test_that("columns that a bound holds at zero have no part in the degrees of freedom", {
  x <- as.matrix(mtcars[c("wt", "hp", "drat", "am")])
  fit <- sparsereg(x, mtcars$mpg, penalty = "l2", lambda = 0.5, lower = 0)
  left <- which(fit$beta[, 1] > 0)
  expect_identical(names(left), c("drat", "am"))
  alone <- sparsereg(x[, left], mtcars$mpg, penalty = "l2", lambda = 0.5)
  expect_equal(fit$df, alone$df, tolerance = 1e-8)
  expect_equal(sigma(fit), sigma(alone), tolerance = 1e-6)
  none <- sparsereg(-x[, left], mtcars$mpg, penalty = "l2", lambda = 0.5, lower = 0)
  expect_identical(none$df, 0)
})

test_that("a model of some degrees of freedom is found between bounds, too", {
  fit <- sparsereg(mpg ~ ., mtcars, penalty = "l2", upper = 1e6)
  free <- sparsereg(mpg ~ ., mtcars, penalty = "l2")
  expect_equal(coef(fit, df = 3), coef(free, df = 3), tolerance = 1e-4)
})

test_that("they are not asked for where they would take far longer than the fit", {
  set.seed(4)
  x <- matrix(rnorm(1001^2), 1001)
  y <- x[, 1] + rnorm(1001)
  many <- sparsereg(x, y, penalty = "l2", lower = -1, lambda = 10)
  expect_identical(many$df, NA_real_)
  expect_error(coef(many, df = 2), "NA for a large ridge fit", class = "sparsepath_error_input")
  few <- sparsereg(x[, -1], y, penalty = "l2", lower = -1, lambda = 10)
  free <- sparsereg(x[, -1], y, penalty = "l2", lambda = 10)
  expect_equal(few$df, free$df)
})
