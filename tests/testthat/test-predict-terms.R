cars <- transform(mtcars, cyl = factor(cyl))

test_that("without a penalty terms are those of lm(), with weights as well", {
  weights <- seq(0.5, 2, length.out = 32)
  for (w in list(NULL, weights)) {
    cars$w <- w
    fit <- sparsereg(mpg ~ cyl + poly(hp, 2) + wt, cars, weights = w, lambda = 0)
    model <- stats::lm(mpg ~ cyl + poly(hp, 2) + wt, cars, weights = w)
    expected <- stats::predict(model, type = "terms")
    expect_equal(unclass(predict(fit, type = "terms")), unclass(expected), tolerance = 1e-5,
      ignore_attr = "constant")
    expect_equal(attr(predict(fit, type = "terms"), "constant"), attr(expected, "constant"),
      tolerance = 1e-6)
    new <- cars[c(3, 8), ]
    expect_equal(
      predict(fit, new, type = "terms"), stats::predict(model, new, type = "terms"),
      tolerance = 1e-5
    )
  }
})

test_that("terms of a penalised fit add up to the linear predictor, less the offset", {
  fit <- sparsereg(am ~ wt * qsec + cyl + offset(hp / 100), cars, family = "binomial", nlambda = 20)
  lambda <- fit$lambda[8]
  parts <- predict(fit, type = "terms", lambda = lambda)
  expect_identical(colnames(parts), c("wt", "qsec", "cyl", "wt:qsec"))
  total <- rowSums(parts) + attr(parts, "constant") + cars$hp / 100
  expect_equal(total, predict(fit, type = "link", lambda = lambda)[, 1], tolerance = 1e-12)
  expect_equal(unname(colMeans(parts)), rep(0, 4), tolerance = 1e-12)
  expect_equal(
    predict(fit, cars, type = "terms", lambda = lambda, terms = c("cyl", "wt")),
    structure(parts[, c("cyl", "wt")], constant = attr(parts, "constant"))
  )
})

test_that("GLM terms at lambda = 0 are those of glm()", {
  fit <- sparsereg(carb ~ wt + hp, cars, family = "poisson", lambda = 0)
  model <- stats::glm(carb ~ wt + hp, stats::poisson(), cars, control = list(epsilon = 1e-14))
  expect_equal(predict(fit, cars, type = "terms"), stats::predict(model, cars, type = "terms"),
    tolerance = 1e-6)
})

test_that("without an intercept nothing is centred", {
  fit <- sparsereg(mpg ~ wt + hp - 1, cars, lambda = 0)
  expect_equal(predict(fit, type = "terms"),
    stats::predict(stats::lm(mpg ~ wt + hp - 1, cars), type = "terms"), tolerance = 1e-6)
})

test_that("rows left out and incomplete ones are NA", {
  cars$wt[2] <- NA
  fit <- sparsereg(mpg ~ wt + hp, cars, lambda = 0, na.action = stats::na.exclude)
  parts <- predict(fit, type = "terms")
  expect_identical(dim(parts), c(32L, 2L))
  expect_true(all(is.na(parts[2, ])))
  expect_identical(which(is.na(predict(fit, cars, type = "terms")[, 2])), c("Mazda RX4 Wag" = 2L))
})

test_that("a sparse design, a data frame and a cross-validated fit have terms too", {
  many <- data.frame(g = factor(rep(1:60, 5)), z = rep(c(1, 3, 2), 100))
  many$y <- with_seed(1, stats::rnorm(300))
  fit <- sparsereg(y ~ g + z, many, lambda = 0.05)
  parts <- predict(fit, type = "terms")
  expect_equal(rowSums(parts) + attr(parts, "constant"), predict(fit)[, 1], ignore_attr = TRUE)
  frame <- sparsereg(cars[c("cyl", "wt")], cars$mpg, lambda = 0.1)
  expect_identical(colnames(predict(frame, type = "terms")), c("cyl", "wt"))
  cv <- cv_sparsereg(mpg ~ wt, cars, nfolds = 4, seed = 1)
  expect_identical(dim(predict(cv, type = "terms")), c(32L, 1L))
})

test_that("what has no terms says so", {
  class <- "sparsepath_error_input"
  expect_error(predict(sparsereg(as.matrix(mtcars[-1]), mtcars$mpg), type = "terms"), class = class)
  fit <- sparsereg(mpg ~ wt + hp, cars)
  expect_error(predict(fit, type = "terms"), "must be one value", class = class)
  expect_error(predict(fit, type = "terms", lambda = 1, terms = "wgt"), "wt", class = class)
  expect_error(predict(fit, type = "terms", lambda = 1, terms = 1), class = class)
})
