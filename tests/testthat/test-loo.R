x <- as.matrix(prostate[1:8])
y <- prostate$lpsa
w <- rep(c(1, 2, 0.5), length.out = 97)
offset <- prostate$age / 20

# Row by row: ridge by solve() on the other rows, with the standard deviations `s` held fixed.
brute_ridge <- function(x, y, lambda, w, s, offset = 0 * y, factor = rep(1, ncol(x)), int = TRUE) {
  vapply(seq_along(y), function(i) {
    v <- w[-i] / sum(w[-i])
    design <- cbind(if (int) 1, x[-i, ])
    price <- diag(c(if (int) 0, lambda * factor * s^2))
    b <- solve(crossprod(design, v * design) + price, crossprod(design, v * (y - offset)[-i]))
    offset[i] + sum(c(if (int) 1, x[i, ]) * b)
  }, 0)
}

test_that("leave-one-out of ridge is exact with standard deviations held fixed", {
  for (standardize in c(TRUE, FALSE)) {
    for (int in c(TRUE, FALSE)) {
      factor <- c(1, 0, 1, 2, 1, 1, 1, 0.5)
      fit <- sparsereg(x, y,
        penalty = "l2", weights = w, offset = offset, standardize = standardize, intercept = int,
        penalty_factor = factor, lambda = c(2, 0.1, 0.003)
      )
      s <- if (standardize) fit$scale else rep(1, 8)
      out <- loo(fit)
      expect_identical(out$method, "exact")
      for (l in 1:3) {
        expected <- brute_ridge(x, y, fit$lambda[l], w, s, offset, factor, int)
        expect_equal(out$predictions[, l], expected, tolerance = 1e-8)
        expect_equal(out$error[l], weighted.mean((y - expected)^2, w), tolerance = 1e-8)
      }
    }
  }
})

test_that("without standardisation it is cross-validation with n folds, se included", {
  set.seed(1)
  wide <- matrix(rnorm(30 * 60), 30)
  z <- wide[, 1] + rnorm(30)
  weights <- replace(rexp(30), 4, 0)
  fit <- sparsereg(wide, z, penalty = "l2", standardize = FALSE, weights = weights)
  cv <- cv_sparsereg(wide, z,
    penalty = "l2", standardize = FALSE, weights = weights, foldid = 1:30, lambda = fit$lambda,
    keep = TRUE
  )
  out <- loo(fit)
  used <- weights > 0
  expect_equal(out$predictions[used, ], cv$predictions[used, ], tolerance = 1e-8)
  expect_true(all(is.na(out$predictions[4, ])))
  expect_equal(out$error, cv$error, tolerance = 1e-8)
  expect_equal(out$se, cv$se, tolerance = 1e-8)
})

test_that("approximate leave-one-out is close to brute force on real data", {
  # Measured: at most 2.3 % at any lambda and 0.2 % in the median.
  cases <- list(list(lpsa ~ . - train, prostate), list(y ~ ., diabetes))
  for (case in cases) {
    for (alpha in c(1, 0.5)) {
      fit <- sparsereg(case[[1]], case[[2]], alpha = alpha, nlambda = 25)
      brute <- cv_sparsereg(case[[1]], case[[2]],
        alpha = alpha, nlambda = 25, foldid = seq_len(fit$nobs)
      )
      difference <- abs(loo(fit)$error / brute$error - 1)
      expect_lt(max(difference), 0.025)
      expect_lt(stats::median(difference), 0.003)
    }
  }
})

test_that("without a penalty the approximation is the identity for least squares", {
  fit <- sparsereg(x, y, lambda = 0, weights = w, control = sparsereg_control(tol = 1e-12))
  ls <- lm(y ~ x, weights = w)
  expected <- y - residuals(ls) / (1 - hatvalues(ls))
  expect_equal(loo(fit)$predictions[, 1], unname(expected), tolerance = 1e-7)
})

test_that("the approximation for other families is close to refits by glm()", {
  z <- scale(x[, 1:3])
  event <- as.numeric(y > 2.5)
  path <- glm(event ~ z, family = binomial)
  fit <- sparsereg(z, event, lambda = 0, family = "binomial")
  problem <- sparsereg(z, event, lambda = 0, family = "binomial", control = no_fit())
  brute <- vapply(1:97, function(i) {
    one <- glm(event ~ z, family = binomial, subset = -i)
    plogis(sum(c(1, z[i, ]) * coef(one)))
  }, 0)
  expect_equal(alo(fit, problem, 1:97)[, 1], brute, tolerance = 0.01)
})

test_that("observations that the model reproduces leave no answer", {
  z <- with_seed(1, matrix(rnorm(72), 9))
  fit <- sparsereg(z, y[1:9], lambda = c(0.2, 0))
  expect_identical(is.na(loo(fit)$error), c(FALSE, TRUE))
})

test_that("loo() prints its best lambda", {
  expect_snapshot(loo(sparsereg(lpsa ~ . - train, prostate, lambda = c(0.5, 0.1, 0.02))))
  expect_error(loo(1), "must be a fit by sparsereg")
})

test_that("loo() takes one measure", {
  expect_input_error(
    loo(sparsereg(lpsa ~ lcavol, prostate, lambda = 0.1), measure = c("mse", "mae")),
    "sparsepath_error_input", "`measure` must be one measure, not 2."
  )
})

test_that("the area under the curve is printed with the largest, and has no standard error", {
  fit <- sparsereg(svi ~ lcavol + lweight + age, prostate, family = "binomial")
  one <- loo(fit, measure = "auc")
  expect_identical(one$maximize, TRUE)
  shown <- capture.output(print(one))
  row <- strsplit(trimws(shown[length(shown)]), " +")[[1]]
  expect_identical(row[1:2], c("largest", "value"))
  expect_equal(as.numeric(row[4]), max(one$error), tolerance = 1e-2)
  expect_identical(row[5], "NA")
})

test_that("ridge with bounds is approximated, also if coefficients of zero are on them", {
  set.seed(1)
  z <- matrix(rnorm(240), 40)
  y <- z[, 1] - z[, 2] + rnorm(40)
  fit <- sparsereg(z, y, penalty = "l2", standardize = FALSE, lower = 0, lambda = c(1, 0.1))
  out <- loo(fit)
  expect_identical(out$method, "alo")
  cv <- cv_sparsereg(z, y,
    penalty = "l2", standardize = FALSE, lower = 0, lambda = c(1, 0.1), foldid = 1:40
  )
  expect_equal(out$error, cv$error, tolerance = 0.03)
  # Bounds of columns that are excluded bind nothing.
  fit <- sparsereg(z, y, penalty = "l2", lower = c(0, rep(-Inf, 5)), exclude = 1)
  expect_identical(loo(fit)$method, "exact")
})

test_that("print() counts what any lambda has, and says so where none has a value", {
  set.seed(1)
  x5 <- matrix(rnorm(30), 5)
  saturated <- loo(sparsereg(x5, y[1:5], lambda = 0))
  expect_silent(text <- capture.output(print(saturated)))
  expect_match(paste(text, collapse = " "), "no lambda has a value", fixed = TRUE)
  some <- loo(sparsereg(x5, y[1:5], lambda = c(0, 0.5)))
  expect_output(print(some), "of 5 observations")
})

test_that("plot() and autoplot() draw the errors", {
  out <- loo(sparsereg(mpg ~ ., mtcars, penalty = "l1"))
  curve <- with_device(plot(out))
  expect_identical(curve$error, out$error)
  expect_identical(curve$lower, out$error - out$se)
  expect_identical(rule_marks(out), c(lambda_min = which.min(out$error)))
  part <- with_device(plot(out, xlim = c(0.1, 1)))
  expect_identical(part$lambda, out$lambda[out$lambda >= 0.1 & out$lambda <= 1])
  expect_error(with_device(plot(out, kol = 2)), class = "sparsepath_error_unknown_argument")
  wrong <- expect_error(with_device(plot(out, measure = "mae")), "`measure` is not an argument")
  expect_no_match(conditionMessage(wrong), "Did you mean")
  skip_if_not_installed("ggplot2")
  built <- ggplot2::ggplot_build(ggplot2::autoplot(out))
  expect_identical(built$data[[2]]$y, out$error)
  expect_identical(built$plot$labels$y, "mean squared error, leave-one-out")
  expect_error(ggplot2::autoplot(out, kol = 2), class = "sparsepath_error_unknown_argument")
})

test_that("what has no standard error is drawn", {
  fit <- sparsereg(am ~ wt + hp + qsec, mtcars, family = "binomial", penalty = "l1")
  out <- loo(fit, "auc")
  expect_true(all(is.na(with_device(plot(out))$lower)))
  skip_if_not_installed("ggplot2")
  expect_silent(with_device(print(ggplot2::autoplot(out))))
})

test_that("lambdas without an error are left out of a plot in silence", {
  z <- with_seed(1, matrix(rnorm(72), 9))
  out <- loo(sparsereg(z, y[1:9], lambda = c(0.5, 0)))
  expect_identical(is.na(out$error), c(FALSE, TRUE))
  expect_silent(with_device(plot(out)))
  skip_if_not_installed("ggplot2")
  expect_silent(with_device(print(ggplot2::autoplot(out))))
})

test_that("the largest value is marked where larger is better", {
  fit <- sparsereg(am ~ wt + hp + qsec, mtcars, family = "binomial", penalty = "l1")
  out <- loo(fit, "auc")
  expect_identical(out$error[rule_marks(out)], max(out$error, na.rm = TRUE))
})

test_that("errors that are not there cannot be drawn", {
  z <- with_seed(1, matrix(rnorm(72), 9))
  out <- loo(sparsereg(z, y[1:9], lambda = 0))
  expect_error(with_device(plot(out)), "leverage 1", class = "sparsepath_error_input")
})
