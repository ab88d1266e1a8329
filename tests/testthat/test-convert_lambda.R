# Each objective is written out below as its package documents (or, for glmnet, computes) it. A fit
# with the translated lambda must minimise it: no small move of the intercept or of a coefficient
# makes it smaller, and with a lambda 2 % off some move does.

convert_data <- function() {
  with_seed(21, {
    n <- 30
    x <- matrix(stats::rnorm(n * 4), n, 4, dimnames = list(NULL, paste0("x", 1:4)))
    x <- sweep(x, 2, c(1, 2, 0.5, 3), "*")
    list(x = x, y = 3 * drop(x %*% c(1, -0.5, 0, 0.2)) + 2 * stats::rnorm(n))
  })
}

rss <- function(data, b) sum((data$y - b[1] - drop(data$x %*% b[-1]))^2)
sd_n <- function(x) sqrt(mean((x - mean(x))^2))

lowest_neighbour <- function(objective, b, by = 1e-4) {
  moves <- rbind(diag(by, length(b)), diag(-by, length(b)))
  min(apply(moves, 1, function(move) objective(b + move))) - objective(b)
}

expect_minimises <- function(objective, data, lambda, ...) {
  solution <- function(lambda) {
    fit <- sparsereg(data$x, data$y, lambda = lambda, ...)
    c(fit$intercept, fit$beta[, 1])
  }
  expect_gte(lowest_neighbour(objective, solution(lambda)), 0)
  for (factor in c(0.98, 1.02)) {
    expect_lt(lowest_neighbour(objective, solution(factor * lambda)), 0)
  }
}

test_that("the objective of glmnet has the same lasso", {
  data <- convert_data()
  s <- apply(data$x, 2, sd_n)
  sparsepath_lambda <- convert_lambda(0.4, from = "glmnet", to = "sparsepath")
  expect_identical(sparsepath_lambda, 0.4)
  expect_minimises(
    function(b) rss(data, b) / 60 + 0.4 * sum(abs(s * b[-1])), data, sparsepath_lambda
  )
})

# The response is divided by its standard deviation, lambda too, and the solution multiplied by it.
test_that("the ridge and elastic net of glmnet use a rescaled response", {
  data <- convert_data()
  s <- apply(data$x, 2, sd_n)
  sd_y <- sd_n(data$y)
  small <- list(x = data$x, y = data$y / sd_y)
  rescaled <- function(alpha, lambda) {
    function(b) {
      t <- s * b[-1] / sd_y
      penalty <- alpha * sum(abs(t)) + (1 - alpha) / 2 * sum(t^2)
      rss(small, b / sd_y) / 60 + lambda / sd_y * penalty
    }
  }
  lambda <- convert_lambda(2, from = "glmnet", to = "sparsepath", penalty = "l2", sd_y = sd_y)
  expect_equal(lambda, 2 / sd_y)
  expect_minimises(rescaled(0, 2), data, lambda, penalty = "l2")

  lambda <- convert_lambda(
    0.8, from = "glmnet", to = "sparsepath", penalty = "elasticnet", alpha = 0.3, sd_y = sd_y
  )
  expect_equal(as.numeric(lambda), 0.8 * (0.3 + 0.7 / sd_y))
  expect_equal(attr(lambda, "alpha"), 0.3 / (0.3 + 0.7 / sd_y))
  expect_minimises(
    rescaled(0.3, 0.8), data, as.numeric(lambda), penalty = "elasticnet",
    alpha = attr(lambda, "alpha")
  )
})

test_that("the objectives of scikit-learn are met", {
  data <- convert_data()
  lasso <- convert_lambda(0.5, from = "sklearn", to = "sparsepath")
  expect_minimises(
    function(b) rss(data, b) / 60 + 0.5 * sum(abs(b[-1])), data, lasso, standardize = FALSE
  )
  enet <- convert_lambda(
    0.5, from = "sklearn", to = "sparsepath", penalty = "elasticnet", alpha = 0.7
  )
  expect_identical(attr(enet, "alpha"), 0.7)
  expect_minimises(
    function(b) rss(data, b) / 60 + 0.5 * (0.7 * sum(abs(b[-1])) + 0.15 * sum(b[-1]^2)), data,
    as.numeric(enet), penalty = "elasticnet", alpha = 0.7, standardize = FALSE
  )
  ridge <- convert_lambda(20, from = "sklearn", to = "sparsepath", penalty = "l2", n = 30)
  expect_minimises(
    function(b) rss(data, b) + 20 * sum(b[-1]^2), data, ridge, penalty = "l2", standardize = FALSE
  )
})

test_that("the objective of lars is met, with normalised columns and without", {
  data <- convert_data()
  norm <- apply(data$x, 2, function(col) sqrt(sum((col - mean(col))^2)))
  lambda <- convert_lambda(6, from = "lars", to = "sparsepath", n = 30)
  expect_minimises(function(b) rss(data, b) / 2 + 6 * sum(abs(norm * b[-1])), data, lambda)
  lambda <- convert_lambda(6, from = "lars", to = "sparsepath", n = 30, standardize = FALSE)
  expect_minimises(
    function(b) rss(data, b) / 2 + 6 * sum(abs(b[-1])), data, lambda, standardize = FALSE
  )
})

test_that("the textbook objective is met", {
  data <- convert_data()
  lambda <- convert_lambda(25, from = "rss", to = "sparsepath", n = 30)
  expect_minimises(
    function(b) rss(data, b) + 25 * sum(abs(b[-1])), data, lambda, standardize = FALSE
  )
  lambda <- convert_lambda(25, from = "rss", to = "sparsepath", penalty = "l2", n = 30)
  expect_minimises(
    function(b) rss(data, b) + 25 * sum(b[-1]^2), data, lambda, penalty = "l2", standardize = FALSE
  )
  lambda <- convert_lambda(
    25, from = "rss", to = "sparsepath", penalty = "elasticnet", alpha = 0.4, n = 30
  )
  expect_minimises(
    function(b) rss(data, b) + 25 * (0.4 * sum(abs(b[-1])) + 0.6 * sum(b[-1]^2)), data,
    as.numeric(lambda), penalty = "elasticnet", alpha = attr(lambda, "alpha"), standardize = FALSE
  )
})

test_that("n is the sum of the weights where there are weights", {
  data <- convert_data()
  w <- with_seed(4, stats::rexp(30))
  weighted <- function(b) sum(w * (data$y - b[1] - drop(data$x %*% b[-1]))^2)
  lambda <- convert_lambda(25, from = "rss", to = "sparsepath", n = sum(w))
  expect_minimises(
    function(b) weighted(b) + 25 * sum(abs(b[-1])), data, lambda, weights = w, standardize = FALSE
  )
})

test_that("glmnet itself agrees, with family as a string", {
  skip_if_not_installed("glmnet")
  data <- convert_data()
  cases <- expand.grid(alpha = c(1, 0.3, 0), intercept = c(TRUE, FALSE))
  for (row in seq_len(nrow(cases))) {
    alpha <- cases$alpha[row]
    intercept <- cases$intercept[row]
    sd_y <- if (intercept) sd_n(data$y) else sqrt(mean(data$y^2))
    peer <- glmnet::glmnet(
      data$x, data$y, alpha = alpha, lambda = c(1, 0.3), thresh = 1e-14, family = "gaussian",
      intercept = intercept
    )
    penalty <- if (alpha == 1) "l1" else if (alpha == 0) "l2" else "elasticnet"
    lambda <- convert_lambda(
      peer$lambda, from = "glmnet", to = "sparsepath", penalty = penalty,
      alpha = if (penalty == "elasticnet") alpha, sd_y = sd_y
    )
    fit <- sparsereg(
      data$x, data$y, penalty = penalty, alpha = attr(lambda, "alpha"),
      lambda = as.numeric(lambda), intercept = intercept
    )
    expect_equal(
      as.matrix(fit$beta), as.matrix(peer$beta), tolerance = 1e-6, ignore_attr = TRUE,
      label = paste("alpha", alpha, "intercept", intercept)
    )
  }
})

test_that("lars enters the first variable of diabetes at its published lambda", {
  top <- sparsereg(y ~ ., diabetes, nlambda = 2)$lambda_max
  lars <- convert_lambda(top, from = "sparsepath", to = "lars", n = 442)
  expect_equal(lars, 949.43526, tolerance = 1e-8)
})

test_that("there and back is where one was, for every pair of scales", {
  scales <- c("sparsepath", "glmnet", "sklearn", "lars", "rss")
  lambda <- c(a = 0, b = 0.3, c = 5)
  for (from in scales) {
    for (to in scales) {
      for (penalty in c("l1", if (!"lars" %in% c(from, to)) c("l2", "elasticnet"))) {
        alpha <- if (penalty == "elasticnet") 0.3
        label <- paste(from, to, penalty)
        there <- convert_lambda(lambda, from, to, penalty, alpha, n = 30, sd_y = 4)
        back <- convert_lambda(
          c(there), to, from, penalty, attr(there, "alpha"), n = 30, sd_y = 4
        )
        expect_equal(c(back), lambda, ignore_attr = "alpha", label = label)
        expect_equal(attr(back, "alpha"), alpha, label = label)
      }
    }
  }
})

test_that("known factors between scales", {
  expect_equal(convert_lambda(1:3, to = "rss", n = 10), 20 * 1:3)
  expect_equal(convert_lambda(1:3, to = "rss", penalty = "l2", n = 10), 10 * 1:3)
  expect_equal(convert_lambda(1:3, to = "sklearn", penalty = "l2", n = 10), 10 * 1:3)
  expect_equal(convert_lambda(2, to = "lars", n = 9), 6)
  expect_equal(convert_lambda(2, to = "lars", n = 9, standardize = FALSE), 18)
  expect_equal(convert_lambda(2, to = "glmnet", penalty = "ridge", sd_y = 5), 10)
  expect_equal(convert_lambda(2), 2)
})

test_that("what is missing or wrong is named", {
  expect_condition_snapshot({
    convert_lambda(1, to = "rss")
    convert_lambda(1, to = "glmnet", penalty = "l2")
    convert_lambda(1, to = "lars", penalty = "l2", n = 10)
    convert_lambda(1, from = "matlab")
    convert_lambda(1, to = c("rss", "lars"))
    convert_lambda(-1, to = "glmnet")
    convert_lambda("1", to = "glmnet")
  })
  expect_input_error <- function(code, argument) {
    error <- expect_error(code, class = "sparsepath_error_input")
    expect_identical(error$argument, argument)
  }
  expect_input_error(convert_lambda(1, to = "lars", n = 0), "n")
  expect_input_error(convert_lambda(1, to = "lars", n = 10, standardize = NA), "standardize")
  expect_input_error(convert_lambda(1, to = "rss", alpha = 0.3, n = 10), "alpha")
  expect_input_error(convert_lambda(1, to = "rss", penalty = "enet", alpha = 2, n = 10), "alpha")
  expect_input_error(convert_lambda(1, to = "rss", penalty = "scad", n = 10), "penalty")
  expect_input_error(convert_lambda(NA_real_), "lambda")
})
