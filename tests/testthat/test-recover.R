test_that("data are found where the formula was written", {
  fit_here <- function() {
    local_data <- mtcars
    sparsereg(mpg ~ wt + hp, data = local_data, lambda = 1)
  }
  fit <- fit_here()
  reference <- sparsereg(mpg ~ wt + hp, data = mtcars, lambda = 0.5)
  expect_equal(coef(fit, lambda = 0.5, exact = TRUE), coef(reference), tolerance = 1e-10)
})

test_that("data are found where the method is called", {
  local_x <- as.matrix(mtcars[c("wt", "hp")])
  local_y <- mtcars$mpg
  fit <- sparsereg(local_x, local_y, lambda = 1)
  expect_equal(
    coef(fit, lambda = 0.5, exact = TRUE), coef(sparsereg(local_x, local_y, lambda = 0.5)),
    tolerance = 1e-10
  )
})

test_that("data of another name in the formula's environment do not hide the right ones", {
  fit_here <- function(formula, training) sparsereg(formula, data = training, lambda = 1)
  training <- mtcars[1:20, ]
  fit <- fit_here(mpg ~ wt + hp, mtcars)
  expect_error(fitted(fit), class = "sparsepath_error_data_changed")
  called_from <- function(training) fitted(fit)
  expect_identical(dim(called_from(mtcars)), c(32L, 1L))
})

test_that("data that are gone are an error with a remedy, and `data` helps", {
  gone <- mtcars
  fit <- sparsereg(mpg ~ wt + hp, data = gone, lambda = 1)
  by_matrix <- local({
    x <- as.matrix(mtcars[c("wt", "hp")])
    z <- mtcars$mpg
    sparsereg(x, z, lambda = 1)
  })
  rm(gone)
  expect_error(fitted(fit), class = "sparsepath_error_data_missing")
  expect_condition_snapshot({
    fitted(fit)
    fitted(by_matrix)
    fitted(by_matrix, data = mtcars)
  })
  expected <- predict(fit, mtcars)
  expect_equal(unname(fitted(fit, data = mtcars)), unname(expected), tolerance = 1e-12)
  xy <- list(x = as.matrix(mtcars[c("wt", "hp")]), y = mtcars$mpg)
  expect_equal(unname(fitted(by_matrix, data = xy)), unname(expected), tolerance = 1e-12)
})

test_that("changed data are an error", {
  data <- mtcars
  fit <- sparsereg(mpg ~ wt + hp, data = data, lambda = 1)
  data$wt[3] <- data$wt[3] + 1
  expect_error(fitted(fit), class = "sparsepath_error_data_changed")
  expect_error(
    coef(fit, lambda = 0.5, exact = TRUE),
    class = "sparsepath_error_data_changed"
  )
  expect_condition_snapshot(fitted(fit))
  data <- mtcars[-1, ]
  expect_condition_snapshot(fitted(fit))
  x <- as.matrix(mtcars[c("wt", "hp")])
  y <- mtcars$mpg
  by_matrix <- sparsereg(x, y, lambda = 1)
  y[c(1, 3)] <- y[c(3, 1)]
  expect_error(fitted(by_matrix), class = "sparsepath_error_data_changed")
  y <- mtcars$mpg
  expect_silent(fitted(by_matrix))
  colnames(x)[2] <- "power"
  expect_condition_snapshot(fitted(by_matrix))
})

test_that("what the fit said is not said again", {
  y <- mtcars$mpg
  wt <- mtcars$wt
  hp <- mtcars$hp
  expect_message(fit <- sparsereg(y ~ ., lambda = 1))
  expect_silent(fitted(fit))
})

test_that("the problem of a call has its settings", {
  call <- quote(sparsereg(mpg ~ wt, mtcars, control = sparsereg_control(tol = 1e-9)))
  problem <- evaluate_problem(call, environment())
  expect_s3_class(problem, "sparsepath_problem")
  expect_identical(problem$control, sparsereg_control(tol = 1e-9))
  expect_identical(problem$call$control, quote(sparsereg_control(tol = 1e-9)))
})

test_that("the settings are those of the fit, whatever their variables are by now", {
  share <- 1
  bound <- 0
  factor <- c(wt = 0)
  measured <- TRUE
  fit <- sparsereg(mpg ~ ., mtcars,
    alpha = share, lower = bound, penalty_factor = factor, standardize = measured
  )
  expected <- sparsereg(mpg ~ ., mtcars, lambda = 0.5, lower = 0, penalty_factor = c(wt = 0))
  share <- 0
  bound <- -Inf
  factor <- 1
  measured <- FALSE
  expect_equal(coef(fit, lambda = 0.5, exact = TRUE), coef(expected), tolerance = 1e-6)
  factor <- c(nowhere = 1)
  expect_equal(coef(fit, lambda = 0.5, exact = TRUE), coef(expected), tolerance = 1e-6)
  count <- 10
  fit <- sparsereg(mpg ~ wt, mtcars, nlambda = count)
  count <- -3
  expect_identical(dim(fitted(fit)), c(32L, length(fit$lambda)))
})

test_that("fits by a function that took the settings as arguments find their data", {
  written <- mpg ~ wt + hp
  fit_with <- function(penalty, ratio, left_out) {
    sparsereg(written, mtcars, penalty = penalty, lambda_min_ratio = ratio, exclude = left_out)
  }
  fit <- fit_with("l2", 0.01, "hp")
  expected <- sparsereg(written, mtcars, penalty = "l2", lambda = 0.3, exclude = "hp")
  expect_equal(coef(fit, lambda = 0.3, exact = TRUE), coef(expected), tolerance = 1e-6)
  expect_identical(dim(fitted(fit, lambda = 1)), c(32L, 1L))
  by_matrix <- function(a, b, w, size) sparsereg(a, b, weights = w, lambda = size)
  x <- as.matrix(mtcars[c("wt", "hp")])
  fit <- by_matrix(x, mtcars$mpg, mtcars$cyl, 1)
  expect_error(
    fitted(fit), "Pass them as `data = list(x = x, y = y, weights = weights)`.",
    class = "sparsepath_error_data_missing", fixed = TRUE
  )
  data <- list(x = x, y = mtcars$mpg, weights = mtcars$cyl)
  expect_equal(fitted(fit, data = data), predict(fit, x), tolerance = 1e-12)
})

test_that("the rule on missing values is that of the fit, whatever options() say by now", {
  old <- options(na.action = "na.exclude")
  on.exit(options(old))
  d <- replace(mtcars, cbind(3, 6), NA)
  fit <- suppressMessages(sparsereg(mpg ~ wt + hp, d, lambda = 0.1))
  expected <- fitted(fit)
  for (rule in c("na.fail", "na.omit")) {
    options(na.action = rule)
    expect_identical(fitted(fit), expected)
    expect_identical(nrow(model.frame(fit)), 31L)
  }
})
