x <- as.matrix(prostate[1:8])
y <- prostate$lpsa
w <- rep(c(1, 2, 0.5), length.out = 97)
lambda <- c(2, 0.5, 0.2, 0.05)

# Least squares on the support at each lambda, mixed.
mixed_means_by_hand <- function(train, test, gamma) {
  fit <- sparsereg(x[train, ], y[train], lambda = lambda, weights = w[train])
  vapply(seq_along(lambda), function(l) {
    b <- fit$beta[, l]
    use <- which(b != 0)
    ls <- lm.wfit(cbind(1, x[train, use, drop = FALSE]), y[train], w[train])$coefficients
    penalised <- fit$intercept[l] + drop(x[test, ] %*% b)
    gamma * penalised + (1 - gamma) * drop(cbind(1, x[test, use, drop = FALSE]) %*% ls)
  }, numeric(length(test)))
}

cv <- cv_sparsereg(x, y,
  weights = w, lambda = lambda, relax = TRUE, gamma = c(0, 0.5), nfolds = 5, seed = 1
)

test_that("errors are those of least squares on each fold's supports", {
  expect_identical(cv$relaxed$gamma, c(1, 0.5, 0))
  errors <- vapply(1:5, function(k) {
    test <- which(cv$foldid == k)
    vapply(c(1, 0.5, 0), function(gamma) {
      mu <- mixed_means_by_hand(which(cv$foldid != k), test, gamma)
      colSums(w[test] * (y[test] - mu)^2) / sum(w[test])
    }, lambda)
  }, matrix(0, 4, 3))
  expected <- apply(errors, 1:2, weighted.mean, cv$weights)
  expect_equal(cv$relaxed$errors, t(expected), tolerance = 1e-6)
  expect_null(names(cv$relaxed$intercept))
  expect_equal(cv$error, apply(cv$relaxed$errors, 2, min))
  expect_equal(cv$relaxed$gamma_at, c(1, 0.5, 0)[apply(cv$relaxed$errors, 2, which.min)])
})

test_that("coef() and predict() mix as the rule chose, or as told", {
  use <- which(cv$fit$beta[, 3] != 0)
  ls <- lm(y ~ x[, use], weights = w)
  at_zero <- coef(cv, 0.2, gamma = 0)[, 1]
  expect_equal(unname(at_zero[c(1, use + 1)]), unname(coef(ls)), tolerance = 1e-7)
  expect_equal(
    as.matrix(coef(cv, 0.2, gamma = 0.3)),
    0.3 * as.matrix(coef(cv$fit, 0.2)) + 0.7 * as.matrix(coef(cv, 0.2, gamma = 0))
  )
  expect_equal(coef(cv), coef(cv, cv$lambda_1se, gamma = cv$gamma_1se))
  expect_equal(predict(cv, x), fitted(cv), ignore_attr = TRUE)
  at_zero <- augment(cv, lambda = 0.2, gamma = 0)
  expect_equal(at_zero$.fitted, unname(fitted(ls)), tolerance = 1e-7)
  expect_equal(at_zero$.resid, unname(y - fitted(ls)), tolerance = 1e-7)
  expect_equal(augment(cv)$.fitted, unname(fitted(cv)))
  expect_error(coef(cv, 0.1234, gamma = 0, exact = TRUE), "relaxed fit")
  expect_error(coef(cv_sparsereg(x, y, lambda = 0.1, seed = 1), gamma = 0), "without relaxation")
})

test_that("a saturated model is never taken for relaxed", {
  set.seed(1)
  wide <- matrix(rnorm(20 * 50), 20)
  z <- wide[, 1] + rnorm(20)
  wide_cv <- cv_sparsereg(wide, z, relax = TRUE, nfolds = 4, seed = 1)
  expect_true(all(wide_cv$relaxed$gamma_at[wide_cv$fit$df >= 19] == 1))
  expect_true(is.finite(wide_cv$error[wide_cv$index_min]))
})

test_that("where variables separate the classes only gamma = 1 counts", {
  set.seed(1)
  z <- matrix(rnorm(360), 60)
  for (class in list(z[, 1] > 0, z[, 1] + 0.3 * z[, 2] > 0)) {
    cv <- cv_sparsereg(z, class, family = "binomial", relax = TRUE, seed = 1, nlambda = 20)
    plain <- cv_sparsereg(z, class, family = "binomial", seed = 1, nlambda = 20)
    expect_length(cv$failed, 0)
    expect_equal(cv$relaxed$errors[1, ], plain$error, tolerance = 1e-6)
    apart <- is.na(cv$relaxed$intercept)
    expect_true(any(apart))
    expect_true(all(cv$relaxed$gamma_at[apart] == 1))
    expect_equal(cv$error[apart], plain$error[apart], tolerance = 1e-6)
  }
  zeros <- cbind(z, z[, 1] > 0)
  count <- rpois(60, 2) * zeros[, 7]
  cv <- cv_sparsereg(zeros, count, family = "poisson", relax = TRUE, seed = 1, nlambda = 20)
  expect_length(cv$failed, 0)
})

test_that("a model size stands in for lambda, and is not relaxed unless told", {
  first <- cv_sparsereg(x, y, relax = TRUE, gamma = 0, nfolds = 5, seed = 1)
  expect_identical(first$gamma_1se, 0)
  expect_identical(coef(first, df = 3), coef(first$fit, df = 3))
  size3 <- coef(first$fit, df = 3)
  relaxed <- coef(first, df = 3, gamma = 0)
  expect_identical(rowSums(as.matrix(relaxed) != 0), rowSums(as.matrix(size3) != 0))
  expect_gt(max(abs(relaxed - size3)), 0.01)
})

test_that("ridge leaves out no variable and is not relaxed", {
  x <- as.matrix(mtcars[-1])
  expect_error(
    cv_sparsereg(x, mtcars$mpg, penalty = "ridge", relax = TRUE),
    "^`relax` must be FALSE for ridge", class = "sparsepath_error_input"
  )
  cv <- cv_sparsereg(x, mtcars$mpg, alpha = c(0, 1), relax = TRUE, nlambda = 10, seed = 1)
  expect_identical(unique(cv$grid[[1]]$relaxed$gamma_at), 1)
  plain <- cv_sparsereg(x, mtcars$mpg, alpha = 0, nlambda = 10, seed = 1)
  expect_equal(cv$grid[[1]]$error, plain$error)
  expect_identical(cv$grid[[2]]$relaxed$gamma, c(1, 0.75, 0.5, 0.25, 0))
})
