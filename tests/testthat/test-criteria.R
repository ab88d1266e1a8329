fit <- sparsereg(lpsa ~ . - train, prostate, lambda = c(0.5, 0.1, 0))
ls <- lm(lpsa ~ . - train, prostate)

test_that("criteria at lambda = 0 are those of lm()", {
  at_zero <- criteria(fit)[3, ]
  expect_equal(at_zero$aic, AIC(ls), tolerance = 1e-9)
  expect_equal(at_zero$bic, BIC(ls), tolerance = 1e-9)
  k <- 10
  expect_equal(at_zero$aicc, AIC(ls) + 2 * k * (k + 1) / (97 - k - 1), tolerance = 1e-9)
  expect_equal(at_zero$ebic, at_zero$bic)
  expect_equal(at_zero$gcv, mean(residuals(ls)^2) / (1 - 9 / 97)^2, tolerance = 1e-9)
})

test_that("EBIC counts the models of the size", {
  table <- criteria(fit, ebic_gamma = 1)
  expect_equal(table$ebic - table$bic, 2 * log(choose(8, fit$df)))
})

test_that("GCV of ridge is that of the hat matrix", {
  ridge <- sparsereg(lpsa ~ . - train, prostate, penalty = "l2", lambda = 0.3)
  z <- scale(as.matrix(prostate[1:8]), ridge$center, ridge$scale)
  hat <- 1 / 97 + z %*% solve(crossprod(z) + 97 * 0.3 * diag(8), t(z))
  r <- prostate$lpsa - hat %*% prostate$lpsa
  expect_equal(criteria(ridge)$gcv, mean(r^2) / (1 - sum(diag(hat)) / 97)^2, tolerance = 1e-9)
})

test_that("a fit that reproduces the response has no criterion", {
  z <- with_seed(1, matrix(rnorm(72), 9))
  exact <- sparsereg(z, prostate$lpsa[1:9], lambda = c(0.2, 0))
  expect_identical(is.na(criteria(exact)$bic), c(FALSE, TRUE))
})

test_that("a saturated fit has no criteria, and so is not chosen", {
  set.seed(1)
  x <- matrix(rnorm(600), 15)
  fit <- sparsereg(x, x[, 1] + rnorm(15), control = sparsereg_control(dev_ratio_max = 1))
  table <- criteria(fit)
  full <- 15 - fit$df - 1 < 2
  expect_true(any(full))
  expect_true(all(is.na(table$bic[full])) && all(is.finite(table$bic[!full])))
})

test_that("a cross-validated path is told where its fit is", {
  cv <- cv_sparsereg(lpsa ~ . - train, prostate, nfolds = 3, seed = 1)
  for (fun in list(criteria, loo)) {
    expect_error(fun(cv), "Give its element `fit`", class = "sparsepath_error_input")
  }
})

test_that("EBIC counts models that can be: free columns are in all, constant ones in none", {
  x <- cbind(as.matrix(prostate[1:8]), constant = 1)
  fit <- suppressWarnings(
    sparsereg(x, prostate$lpsa, penalty_factor = c(0, 0, 1, 1, 1, 1, 1, Inf, 1), nlambda = 10)
  )
  k <- criteria(fit, ebic_gamma = 1)
  models <- vapply(fit$df, function(df) choose(5, df - 2), 0)
  expect_equal(k$ebic - k$bic, 2 * log(models))
  expect_identical(range(fit$df), c(2, 7))
})

test_that("the deviance is there where no criterion is", {
  x <- with_seed(3, matrix(stats::rnorm(1000), 20))
  fit <- sparsereg(x, x[, 1] + cos(1:20), lambda = c(0.5, 1e-6))
  found <- criteria(fit)
  expect_identical(is.na(found$gcv), c(FALSE, TRUE))
  expect_identical(found$deviance, deviance(fit))
})
