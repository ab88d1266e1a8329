with_gaps <- function() {
  data <- mtcars
  data$wt[c(2, 9)] <- NA
  data
}

test_that("fitted values and residuals add up to the response", {
  fit <- sparsereg(mpg ~ wt + hp, data = mtcars, lambda = c(1, 0.1))
  mu <- fitted(fit)
  expect_identical(dim(mu), c(32L, 2L))
  expect_equal(mu, predict(fit, mtcars), tolerance = 1e-13)
  expect_equal(unname(residuals(fit) + mu), matrix(mtcars$mpg, 32, 2), tolerance = 1e-13)
  expect_identical(rownames(residuals(fit)), rownames(mtcars))
})

test_that("they follow lm() at lambda = 0, also with weights", {
  w <- rep(c(0, 1, 2, 5), 8)
  fit <- sparsereg(mpg ~ wt + hp, data = mtcars, weights = w, lambda = 0)
  reference <- lm(mpg ~ wt + hp, data = mtcars, weights = w)
  for (type in c("response", "deviance", "pearson")) {
    expect_equal(
      residuals(fit, type = type)[, 1], residuals(reference, type = type),
      tolerance = 1e-6
    )
  }
  expect_equal(fitted(fit)[, 1], fitted(reference), tolerance = 1e-6)
})

test_that("na.exclude pads and na.omit drops", {
  data <- with_gaps()
  suppressMessages({
    excluded <- sparsereg(mpg ~ wt + hp, data = data, lambda = 0, na.action = na.exclude)
    omitted <- sparsereg(mpg ~ wt + hp, data = data, lambda = 0, na.action = na.omit)
  })
  reference <- lm(mpg ~ wt + hp, data = data, na.action = na.exclude)
  expect_equal(fitted(excluded)[, 1], fitted(reference), tolerance = 1e-6)
  expect_equal(residuals(excluded)[, 1], residuals(reference), tolerance = 1e-6)
  expect_identical(unname(which(is.na(residuals(excluded)[, 1]))), c(2L, 9L))
  expect_identical(nrow(fitted(omitted)), 30L)
})

test_that("offsets are part of the fitted values", {
  x <- as.matrix(mtcars[c("wt", "hp")])
  fit <- sparsereg(x, mtcars$mpg, offset = mtcars$qsec, lambda = 0)
  reference <- lm(mpg ~ wt + hp, data = mtcars, offset = qsec)
  expect_equal(unname(fitted(fit)[, 1]), unname(fitted(reference)), tolerance = 1e-6)
  expect_identical(rownames(fitted(fit)), rownames(mtcars))
})

test_that("rows are named as in a data frame without formula", {
  predictors <- mtcars[c("wt", "hp")]
  fit <- sparsereg(predictors, mtcars$mpg, lambda = 0.1)
  expect_identical(rownames(fitted(fit)), rownames(mtcars))
})

test_that("so are predictions for observations that were left out", {
  omitted <- function(fitter, ...) {
    fitter(mpg ~ wt + hp, data = with_gaps(), na.action = na.omit, ...)
  }
  used <- rownames(mtcars)[-c(2, 9)]
  cv <- omitted(cv_sparsereg, keep = TRUE, seed = 1)
  expect_identical(rownames(cv$predictions), used)
  expect_identical(rownames(loo(cv$fit)$predictions), used)
  expect_identical(names(omitted(cv_nested, nfolds = 4, seed = 1)$predictions), used)
  x <- unname(as.matrix(mtcars[c("wt", "hp")]))
  bare <- cv_sparsereg(x, mtcars$mpg, keep = TRUE, seed = 1)
  expect_null(rownames(bare$predictions))
})

test_that("lambda, exact and df choose the columns", {
  fit <- sparsereg(mpg ~ ., data = mtcars, lambda = c(4, 1))
  exact <- sparsereg(mpg ~ ., data = mtcars, lambda = 0.4)
  expect_equal(fitted(fit, lambda = 0.4, exact = TRUE), fitted(exact), tolerance = 1e-9)
  expect_equal(residuals(fit, lambda = 0.4, exact = TRUE), residuals(exact), tolerance = 1e-9)
  expect_equal(fitted(fit, df = fit$df[2]), fitted(fit)[, 2, drop = FALSE], tolerance = 1e-13)
})

test_that("unknown types and arguments are errors", {
  fit <- sparsereg(mpg ~ wt, data = mtcars, lambda = 1)
  expect_error(residuals(fit, type = "partial"), class = "sparsepath_error_input")
  expect_error(residuals(fit, typ = "response", lamda = 1), class = "sparsepath_error_input")
  expect_error(fitted(fit, newdata = mtcars), class = "sparsepath_error_input")
})

test_that("rows that were left out are padded where the data have them now", {
  data <- mtcars
  data$wt[c(2, 9)] <- NA
  fit <- suppressMessages(
    sparsereg(mpg ~ wt, data, weights = hp, lambda = 1, na.action = na.exclude)
  )
  before <- list(fitted(fit)[, 1], residuals(fit)[, 1], weights(fit))
  data <- data[32:1, ]
  expect_identical(list(fitted(fit)[, 1], residuals(fit)[, 1], weights(fit)), lapply(before, rev))
})
