fit <- sparsereg(mpg ~ ., data = mtcars, lambda = c(5, 2, 0.5))

test_that("tidy() has a row for each coefficient that is not zero", {
  out <- tidy(fit)
  b <- as.matrix(coef(fit))
  expect_identical(names(out), c("term", "step", "lambda", "estimate"))
  expect_identical(nrow(out), sum(b != 0))
  expect_identical(b[cbind(match(out$term, rownames(b)), out$step)], out$estimate)
  expect_identical(out$lambda, fit$lambda[out$step])
})

test_that("tidy() returns zeros if asked to", {
  out <- tidy(fit, lambda = c(5, 1), return_zeros = TRUE)
  expect_identical(nrow(out), 22L)
  expect_identical(out$estimate, as.vector(as.matrix(coef(fit, lambda = c(5, 1)))))
  expect_identical(out$lambda, rep(c(5, 1), each = 11))
})

test_that("tidy() leaves out the intercept of a model without one", {
  without <- sparsereg(mpg ~ wt + hp - 1, data = mtcars, lambda = c(1, 0.1))
  expect_identical(unique(tidy(without, return_zeros = TRUE)$term), c("wt", "hp"))
})

test_that("tidy() takes standardised coefficients, sizes and exact lambdas", {
  expect_identical(
    tidy(fit, lambda = 2, standardized = TRUE)$estimate,
    local({
      b <- coef(fit, lambda = 2, standardized = TRUE)[, 1]
      unname(b[b != 0])
    })
  )
  expect_identical(unique(tidy(fit, df = fit$df[2])$lambda), 2)
  expect_identical(unique(tidy(fit, lambda = 1.1, exact = TRUE)$lambda), 1.1)
})

test_that("glance() is one row", {
  out <- glance(fit)
  expect_identical(nrow(out), 1L)
  expect_identical(out$nobs, 32L)
  expect_identical(out$nvars, 10L)
  expect_identical(out$nlambda, 3L)
  expect_equal(out$null.deviance, sum((mtcars$mpg - mean(mtcars$mpg))^2))
  expect_identical(out$dev.ratio, max(fit$dev_ratio))
  expect_identical(out$gap, max(fit$gap))
  expect_identical(out$converged, TRUE)
})

test_that("the methods for cross-validation give errors and choices", {
  cv <- cv_sparsereg(mpg ~ ., data = mtcars, nfolds = 3, seed = 1)
  out <- tidy(cv)
  expect_identical(out$estimate, cv$error)
  expect_equal(out$conf.high - out$conf.low, 2 * cv$se)
  expect_identical(out$nzero, cv$df)
  expect_identical(glance(cv)$lambda.1se, cv$lambda_1se)
  expect_identical(glance(cv)$error.min, min(cv$error))
  expect_identical(augment(cv, mtcars)$.fitted, unname(fitted(cv)))
  expect_identical(
    augment(cv, newdata = mtcars[1:2, ], lambda = "lambda_min")$.fitted,
    unname(predict(cv, mtcars[1:2, ], lambda = "lambda_min"))
  )
})

test_that("augment() adds fitted values and residuals", {
  out <- augment(fit, data = mtcars, lambda = 2)
  expect_identical(out[names(mtcars)], mtcars)
  expect_identical(out$.fitted, unname(fitted(fit, lambda = 2)[, 1]))
  expect_equal(out$.resid, mtcars$mpg - out$.fitted)
  bare <- augment(fit, lambda = 2)
  expect_identical(names(bare), c("mpg", ".fitted", ".resid"))
  new <- augment(fit, newdata = mtcars[3:4, -1], lambda = 2)
  expect_identical(names(new), c(names(mtcars)[-1], ".fitted"))
})

test_that("augment() leaves out the rows that the fit left out", {
  data <- mtcars
  data$wt[2] <- NA
  suppressMessages(gaps <- sparsereg(mpg ~ wt + hp, data = data, lambda = 0.1))
  out <- augment(gaps, data = data)
  expect_identical(rownames(out), rownames(mtcars)[-2])
  expect_equal(out$.fitted, unname(predict(gaps, data[-2, ])[, 1]))
})

test_that("augment() needs one lambda and the rows of the fit", {
  expect_condition_snapshot({
    augment(fit)
    augment(fit, df = c(1, 3))
    augment(fit, data = mtcars[1:3, ], lambda = 2)
    tidy(fit, lamda = 2)
  })
})

test_that("augment() finds the rows that the fit used in the whole data", {
  some <- sparsereg(mpg ~ wt + hp, data = mtcars, subset = cyl > 4, lambda = 0.1)
  out <- augment(some, data = mtcars)
  expect_identical(out[names(mtcars)], mtcars[mtcars$cyl > 4, ])
  expect_equal(out$.fitted, unname(predict(some, mtcars[mtcars$cyl > 4, ])[, 1]))
})

test_that("augment() keeps the class of a data frame", {
  cars <- structure(mtcars, class = c("special", "data.frame"))
  expect_s3_class(augment(fit, data = cars, lambda = 2), "special", exact = FALSE)
  expect_s3_class(augment(fit, newdata = cars, lambda = 2), "special", exact = FALSE)
  x <- as.matrix(mtcars[-1])
  by_matrix <- sparsereg(x, mtcars$mpg, lambda = 1)
  expect_identical(names(augment(by_matrix, newdata = x)), c(colnames(x), ".fitted"))
})

test_that("augment() takes the offset and the new levels of new observations", {
  x <- as.matrix(mtcars[c("wt", "hp")])
  fit <- sparsereg(x, mtcars$mpg, offset = mtcars$qsec, lambda = 1)
  rows <- augment(fit, newdata = x[1:2, ], newoffset = mtcars$qsec[1:2])
  expect_equal(rows$.fitted, fitted(fit)[1:2, 1], ignore_attr = TRUE)
  by_factor <- sparsereg(mpg ~ wt + factor(cyl), mtcars, lambda = 0.1)
  new <- data.frame(wt = 3, cyl = 5)
  expect_error(augment(by_factor, newdata = new), class = "sparsepath_error_new_levels")
  rows <- augment(by_factor, newdata = new, new_levels = "zero")
  expect_equal(rows$.fitted, predict(by_factor, new, new_levels = "zero")[[1]])
  expect_equal(
    augment(cv_sparsereg(mpg ~ wt + factor(cyl), mtcars, seed = 1),
      newdata = new, new_levels = "zero", lambda = 0.1)$wt,
    3
  )
})

test_that("a nested cross-validation is tidied by outer fold and has a glance", {
  nested <- cv_nested(lpsa ~ . - train, prostate,
    outer = 3, nfolds = 3, seed = 1, relax = TRUE, measure = c("mae", "mse")
  )
  table <- tidy(nested)
  expect_named(table, c("fold", "estimate", "promised", "lambda", "alpha", "gamma", "nzero"))
  expect_identical(table$estimate, unname(nested$fold_error[, "mae"]))
  expect_identical(table$nzero, nested$chosen$df)
  expect_identical(glance(nested), data.frame(
    measure = "mae", estimate = nested$error[["mae"]], std.error = nested$se[["mae"]],
    promised = weighted.mean(nested$chosen$inner, nested$weights), rule = "1se", nfolds = 3L,
    nobs = 97L
  ))
  expect_error(tidy(nested, exact = TRUE), class = "sparsepath_error_unknown_argument")
})

test_that("augment() takes the rows of a subset that repeats some", {
  data <- prostate[1:20, ]
  rownames(data) <- c("a", "a.1", 3:20)
  rows <- c(1, 1, 3:20)
  fit <- sparsereg(lpsa ~ lcavol, data, subset = rows, lambda = 0.1)
  expect_identical(augment(fit, data)$lpsa, data$lpsa[rows])
})

test_that("augment() takes new observations in a list, as predict() does", {
  fit <- sparsereg(mpg ~ wt + hp, mtcars, lambda = 1)
  new <- mtcars[1:3, c("hp", "wt")]
  expect_equal(
    augment(fit, newdata = as.list(new)), augment(fit, newdata = new),
    ignore_attr = "row.names"
  )
})
