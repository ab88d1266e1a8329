test_that("deviance is the weighted residual sum of squares", {
  w <- rep(c(0, 1, 3, 2), 8)
  fit <- sparsereg(mpg ~ wt + hp, data = mtcars, weights = w, lambda = c(1, 0.1, 0))
  expected <- colSums(w * residuals(fit)^2)
  expect_equal(deviance(fit), unname(expected), tolerance = 1e-12)
  reference <- lm(mpg ~ wt + hp, data = mtcars, weights = w)
  expect_equal(deviance(fit)[3], deviance(reference), tolerance = 1e-8)
  expect_identical(nobs(fit), 24L)
})

test_that("formula, terms, family and variable names are those of the fit", {
  fit <- sparsereg(mpg ~ ., data = mtcars[c("mpg", "wt", "hp")], lambda = 1)
  expect_equal(formula(fit), mpg ~ wt + hp, ignore_formula_env = TRUE)
  expect_s3_class(terms(fit), "terms")
  expect_identical(family(fit)$family, "gaussian")
  expect_identical(family(fit)$link, "identity")
  expect_identical(variable.names(fit), c("wt", "hp"))
})

test_that("a fit without formula says so", {
  fit <- sparsereg(as.matrix(mtcars[-1]), mtcars$mpg, lambda = 1)
  expect_error(formula(fit), class = "sparsepath_error_no_formula")
  expect_error(terms(fit), class = "sparsepath_error_no_formula")
  by_frame <- sparsereg(mtcars[-1], mtcars$mpg, lambda = 1)
  expect_condition_snapshot(formula(by_frame))
})

test_that("a call by the package's name keeps it, for update() where nothing is attached", {
  x <- as.matrix(mtcars[c("wt", "hp")])
  made <- list(
    sparsereg = sparsepath::sparsereg(mpg ~ wt, mtcars),
    sparsereg = sparsepath::sparsereg(x, mtcars$mpg),
    cv_sparsereg = sparsepath::cv_sparsereg(mpg ~ wt + hp, mtcars, nfolds = 3),
    cv_nested = sparsepath::cv_nested(x, mtcars$mpg, outer = 3, nfolds = 3)
  )
  for (k in seq_along(made)) {
    expect_identical(
      made[[k]]$call[[1]], call("::", quote(sparsepath), as.name(names(made)[k]))
    )
    expect_identical(class(update(made[[k]], lambda = c(2, 1))), class(made[[k]]))
  }
  expect_identical(lapply(list(mtcars), sparsereg, formula = mpg ~ wt)[[1]]$call[[1]],
    quote(sparsereg)
  )
})

test_that("update() changes the formula and the arguments", {
  fit <- sparsereg(mpg ~ ., data = mtcars, lambda = c(1, 0.5))
  smaller <- update(fit, . ~ wt + hp)
  expect_equal(coef(smaller), coef(sparsereg(mpg ~ wt + hp, data = mtcars, lambda = c(1, 0.5))))
  without <- update(fit, . ~ . - wt, penalty = "l2")
  expect_identical(without$penalty, "l2")
  expect_identical(variable.names(without), setdiff(names(mtcars), c("mpg", "wt")))
  matrix_fit <- sparsereg(as.matrix(mtcars[-1]), mtcars$mpg, lambda = 1)
  expect_identical(update(matrix_fit, lambda = 2)$lambda, 2)
})

test_that("unknown arguments are errors", {
  fit <- sparsereg(mpg ~ wt, data = mtcars, lambda = 1)
  expect_error(deviance(fit, lambda = 1), class = "sparsepath_error_unknown_argument")
  expect_error(nobs(fit, TRUE), class = "sparsepath_error_unknown_argument")
})

test_that("functions of package stats find formula and number of observations", {
  fit <- sparsereg(mpg ~ wt, mtcars, lambda = 1)
  expect_identical(as.formula(fit), formula(fit))
  expect_identical(nobs(fit, use.fallback = TRUE), 32L)
  expect_identical(nrow(get_all_vars(fit, mtcars)), 32L)
  cv <- cv_sparsereg(mpg ~ wt, mtcars, nfolds = 3, seed = 1)
  expect_identical(as.formula(cv), formula(fit))
})

test_that("labels are those of the terms, and rows that were left out are known", {
  data <- mtcars
  data$hp[3] <- NA
  expect_message(fit <- sparsereg(mpg ~ wt * hp + factor(cyl), data, lambda = 1))
  expect_identical(labels(fit), c("wt", "hp", "factor(cyl)", "wt:hp"))
  expect_identical(na.action(fit), na.action(lm(mpg ~ hp, data)))
  by_frame <- sparsereg(data.frame(a = factor(mtcars$cyl), b = mtcars$wt), mtcars$mpg, lambda = 1)
  expect_identical(labels(by_frame), c("a", "b"))
  by_matrix <- sparsereg(as.matrix(mtcars[2:3]), mtcars$mpg, lambda = 1)
  expect_identical(labels(by_matrix), c("cyl", "disp"))
  expect_null(na.action(by_matrix))
  expect_message(cv <- cv_sparsereg(mpg ~ hp, data, nfolds = 3, seed = 1))
  expect_identical(labels(cv), "hp")
  expect_identical(na.action(cv), na.action(fit))
})
