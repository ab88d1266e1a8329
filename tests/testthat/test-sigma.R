test_that("without a penalty sigma and degrees of freedom are those of lm()", {
  w <- rep(c(0, 1, 3, 2), 8)
  fit <- sparsereg(mpg ~ wt + hp, mtcars, weights = w, lambda = c(1, 0))
  reference <- lm(mpg ~ wt + hp, mtcars, weights = w)
  expect_equal(sigma(fit)[2], sigma(reference), tolerance = 1e-8)
  expect_equal(df.residual(fit)[2], df.residual(reference))
  expect_equal(sigma(fit, lambda = 0), sigma(reference), tolerance = 1e-8)
  expect_equal(
    sigma(fit, lambda = 0.5), sigma(sparsereg(mpg ~ wt + hp, mtcars, weights = w, lambda = 0.5))
  )
  no_intercept <- sparsereg(mpg ~ 0 + wt, mtcars, lambda = 0)
  expect_equal(sigma(no_intercept), sigma(lm(mpg ~ 0 + wt, mtcars)), tolerance = 1e-8)
})

test_that("ridge counts effective degrees of freedom", {
  x <- scale(as.matrix(mtcars[-1])) * sqrt(32 / 31)
  fit <- sparsereg(x, mtcars$mpg, penalty = "l2", lambda = 0.3)
  hat <- x %*% solve(crossprod(x) / 32 + 0.3 * diag(10), t(x)) / 32
  left <- 31 - sum(diag(hat))
  expect_equal(df.residual(fit), left, tolerance = 1e-8)
  expect_equal(sigma(fit), sqrt(sum(residuals(fit)^2) / left), tolerance = 1e-8)
})

test_that("where nothing is left, and for other families, there is no sigma", {
  saturated <- sparsereg(mpg ~ wt + hp, mtcars[1:3, ], lambda = c(1, 0))
  expect_identical(is.na(sigma(saturated)), c(FALSE, TRUE))
  counts <- sparsereg(carb ~ wt, mtcars, family = "poisson", lambda = 0.1)
  expect_identical(df.residual(counts), 30)
  expect_error(sigma(counts), class = "sparsepath_error_no_sigma")
  expect_condition_snapshot(sigma(counts))
})

test_that("a cross-validated fit has them at its lambda", {
  run <- function() {
    x <- as.matrix(mtcars[-1])
    y <- mtcars$mpg
    cv <- cv_sparsereg(x, y, nfolds = 3, seed = 1)
    expect_identical(sigma(cv), sigma(cv$fit)[cv$index_1se])
    expect_identical(df.residual(cv, "lambda_min"), df.residual(cv$fit)[cv$index_min])
    expect_equal(sigma(cv, lambda = 0.55), sigma(sparsereg(x, y, lambda = 0.55)))
    expect_equal(as.numeric(logLik(cv, lambda = 0.55)),
                 as.numeric(logLik(sparsereg(x, y, lambda = 0.55))))
  }
  run()
})
