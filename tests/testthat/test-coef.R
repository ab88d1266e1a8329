test_that("coef() is the intercept over beta, for the whole path by default", {
  fit <- sparsereg(mpg ~ ., data = mtcars, penalty = "l1")
  b <- coef(fit)
  expect_s4_class(b, "dgCMatrix")
  expect_identical(dim(b), c(11L, length(fit$lambda)))
  expect_identical(rownames(b), c("(Intercept)", names(mtcars)[-1]))
  expect_identical(unname(b[1, ]), fit$intercept)
  expect_identical(unname(as.matrix(b[-1, ])), unname(as.matrix(fit$beta)))
})

test_that("a model without intercept keeps a row of zeros for it", {
  fit <- sparsereg(mpg ~ wt + hp - 1, data = mtcars, lambda = c(1, 0.1))
  b <- coef(fit)
  expect_identical(unname(b["(Intercept)", ]), c(0, 0))
  expect_identical(dim(b), c(3L, 2L))
})

test_that("columns are named by lambda, with as many digits as tell neighbours apart", {
  expect_identical(lambda_labels(c(1, 0.1, 1 / 3)), c("1", "0.1", "0.3333"))
  expect_identical(lambda_labels(c(0.123456, 0.123457)), c("0.123456", "0.123457"))
  expect_identical(lambda_labels(c(2, 2)), c("2", "2"))
  old <- options(OutDec = ",")
  on.exit(options(old))
  expect_identical(lambda_labels(c(1, 0.1)), c("1", "0.1"))
})

test_that("standardised coefficients are per standard deviation, with centred variables", {
  x <- as.matrix(mtcars[c("wt", "hp", "qsec")])
  w <- rep(c(1, 2), 16)
  fit <- sparsereg(x, mtcars$mpg, weights = w)
  v <- w / sum(w)
  mean <- colSums(v * x)
  sd <- sqrt(colSums(v * sweep(x, 2, mean)^2))
  plain <- as.matrix(coef(fit))
  b <- as.matrix(coef(fit, standardized = TRUE))
  expect_equal(b[-1, ], plain[-1, ] * sd, tolerance = 1e-12)
  expect_equal(unname(b[1, ]), rep(sum(v * mtcars$mpg), length(fit$lambda)), tolerance = 1e-12)

  raw <- sparsereg(x, mtcars$mpg, standardize = FALSE)
  expect_identical(coef(raw, standardized = TRUE)[-1, ], coef(raw)[-1, ])
})

test_that("an intercept of a model without one stays 0 when standardised", {
  fit <- sparsereg(mpg ~ wt + hp - 1, data = mtcars, lambda = 0.1)
  expect_identical(coef(fit, standardized = TRUE)[1, 1], 0)
})

test_that("misspelt arguments and those of glmnet are errors", {
  fit <- sparsereg(mpg ~ wt + hp, data = mtcars)
  expect_condition_snapshot({
    coef(fit, lamda = 1)
    coef(fit, s = 1)
    coef(fit, standardized = NA)
  })
})
