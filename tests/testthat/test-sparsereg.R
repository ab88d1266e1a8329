x <- as.matrix(prostate[, 1:8])
y <- prostate$lpsa

# What was fitted, without what depends on how the data were given.
same_path <- function(a, b) {
  fields <- c("lambda", "intercept", "beta", "df", "dev_ratio", "gap", "penalty_factor")
  expect_equal(a[fields], b[fields], tolerance = 1e-10)
}

test_that("formula, matrix, data frame and sparse matrix give the same path", {
  fit <- sparsereg(x, y)
  expect_s3_class(fit, "sparsereg")
  expect_identical(rownames(fit$beta), colnames(x))
  same_path(sparsereg(lpsa ~ . - train, prostate), fit)
  same_path(sparsereg(prostate[, 1:8], y), fit)
  sparse <- methods::as(methods::as(x, "CsparseMatrix"), "generalMatrix")
  same_path(sparsereg(sparse, y), fit)
})

test_that("arguments reach the method whatever their order", {
  a <- sparsereg(lpsa ~ lcavol + age, prostate, lambda = 0.1)
  expect_identical(sparsereg(data = prostate, lpsa ~ lcavol + age, lambda = 0.1)$beta, a$beta)
  expect_identical(
    sparsereg(lambda = 0.1, data = prostate, formula = lpsa ~ lcavol + age)$beta, a$beta
  )
  b <- sparsereg(x, y, lambda = 0.1)
  expect_identical(sparsereg(y = y, x = x, lambda = 0.1)$beta, b$beta)
  expect_identical(sparsereg(lambda = 0.1, y = y, x = x)$beta, b$beta)
})

test_that("the call names the generic and can be evaluated again", {
  fit <- sparsereg(x, y, lambda = 0.1)
  expect_identical(fit$call, quote(sparsereg(x = x, y = y, lambda = 0.1)))
  expect_identical(eval(fit$call)$beta, fit$beta)
  fit <- sparsereg(lpsa ~ age, prostate, subset = train)
  expect_identical(
    fit$call, quote(sparsereg(formula = lpsa ~ age, data = prostate, subset = train))
  )
  expect_identical(eval(fit$call)$beta, fit$beta)
})

test_that("a formula that is computed stands in the call with its value", {
  wrapper <- function(response) {
    f <- stats::reformulate(c("lcavol", "age"), response)
    sparsereg(f, prostate, lambda = 0.1)
  }
  fit <- wrapper("lpsa")
  expect_identical(deparse(fit$call$formula), "lpsa ~ lcavol + age")
  expect_identical(eval(fit$call)$beta, fit$beta)
})

test_that("alpha decides where no penalty is given, and is checked against one", {
  expect_identical(sparsereg(x, y, alpha = 0.5, lambda = 1)$penalty, "elasticnet")
  expect_identical(sparsereg(lpsa ~ age, prostate, alpha = 0, lambda = 1)$penalty, "l2")
  expect_identical(sparsereg(x, y, lambda = 1)$penalty, "l1")
  expect_identical(sparsereg(x, y, "rid", lambda = 1)$alpha, 0)
  expect_error(sparsereg(x, y, "l1", alpha = 0.5), class = "sparsepath_error_input")
})

test_that("penalty factors, bounds and exclusions work by column and by term", {
  fit <- sparsereg(lpsa ~ lcavol + age + factor(gleason), prostate,
    lambda = c(0.3, 0.1), exclude = "factor(gleason)", penalty_factor = c(age = 0),
    lower = c(age = -0.001), upper = c(lcavol = 0.4)
  )
  beta <- as.matrix(fit$beta)
  expect_identical(unname(fit$penalty_factor), c(1, 0, Inf, Inf, Inf, Inf))
  expect_identical(unname(beta[3:6, ]), matrix(0, 4, 2))
  expect_true(all(beta["age", ] != 0 & beta["age", ] >= -0.001))
  expect_identical(beta[["lcavol", 2]], 0.4)
})

test_that("weights are replication, an offset is subtracted", {
  weights <- rep_len(c(1, 2, 0), 97)
  rows <- rep(seq_len(97), weights)
  lambda <- c(0.3, 0.01)
  weighted <- sparsereg(x, y, weights = weights, lambda = lambda)
  expect_equal(weighted$beta, sparsereg(x[rows, ], y[rows], lambda = lambda)$beta)
  expect_identical(weighted$nobs, sum(weights > 0))
  shifted <- sparsereg(x, y, offset = x[, "age"] / 10, lambda = lambda)
  expect_equal(shifted$beta, sparsereg(x, y - x[, "age"] / 10, lambda = lambda)$beta)
})

test_that("one row, one column and one lambda work", {
  expect_warning(
    fit <- sparsereg(x[, "lcavol", drop = FALSE], y, lambda = 0), NA
  )
  expect_equal(
    unname(c(fit$intercept, as.matrix(fit$beta))),
    unname(stats::coef(stats::lm(y ~ x[, "lcavol"]))),
    tolerance = 1e-8
  )
  fit <- suppressWarnings(sparsereg(x[1, , drop = FALSE], y[1]))
  expect_identical(fit$intercept, y[1])
  expect_identical(sum(fit$beta != 0), 0L)
})

test_that("a constant response gives the constant, with a warning", {
  expect_warning(fit <- sparsereg(x, rep(2, 97)), class = "sparsepath_warning_constant_y")
  expect_identical(fit$lambda_max, 0)
  expect_true(all(fit$intercept == 2))
  expect_identical(sum(fit$beta != 0), 0L)
  expect_warning(
    fit <- sparsereg(x, rep(2, 97), lambda = c(1, 0.1)), class = "sparsepath_warning_constant_y"
  )
  expect_identical(as.matrix(fit$beta), matrix(0, 8, 2, dimnames = list(colnames(x), NULL)))
})

test_that("a constant column is named in a warning and has coefficient 0", {
  constant <- cbind(x, one = 1)
  expect_warning(
    fit <- sparsereg(constant, y, lambda = 0.1), "`one`", class = "sparsepath_warning_constant"
  )
  expect_identical(unname(fit$beta["one", 1]), 0)
  expect_identical(fit$constant, "one")
})

test_that("a formula is found by its name behind data that come first", {
  piped <- sparsereg(prostate, formula = lpsa ~ age, lambda = 0.1)
  expect_identical(piped$beta, sparsereg(lpsa ~ age, prostate, lambda = 0.1)$beta)
})

test_that("text is not a formula, and the error says how to make it one", {
  expect_input_error(
    sparsereg("lpsa ~ age", prostate), "sparsepath_error_x",
    c(
      "`x` must be a numeric matrix, not \"lpsa ~ age\".",
      "If it is meant as a formula, write as.formula(x)."
    )
  )
})
