cv <- cv_sparsereg(mpg ~ ., data = mtcars, nfolds = 4, seed = 1)

test_that("coef() follows the rule", {
  expect_identical(coef(cv), coef(cv$fit, lambda = cv$lambda_1se))
  expect_identical(coef(cv, "lambda_min"), coef(cv$fit, lambda = cv$lambda_min))
  expect_identical(coef(cv, c(2, 1)), coef(cv$fit, lambda = c(2, 1)))
  expect_identical(coef(cv, NULL), coef(cv$fit))
  expect_identical(coef(cv, df = 3), coef(cv$fit, df = 3))
  expect_identical(coef(cv, standardized = TRUE), coef(cv$fit, cv$lambda_1se, standardized = TRUE))
})

test_that("predict() gives a named vector at one lambda and a matrix at several", {
  new <- mtcars[c(4, 8), ]
  expect_identical(predict(cv, new), predict(cv$fit, new, lambda = cv$lambda_1se)[, 1])
  expect_identical(names(predict(cv, new)), rownames(new))
  expect_identical(
    predict(cv, new, lambda = "lambda_min"), predict(cv$fit, new, lambda = cv$lambda_min)[, 1]
  )
  expect_identical(predict(cv, new, lambda = c(1, 2)), predict(cv$fit, new, lambda = c(1, 2)))
  expect_identical(predict(cv, new[1, ]), predict(cv, new)[1])
  expect_identical(predict(cv, type = "coefficients"), coef(cv))
  expect_identical(
    predict(cv, type = "nonzero"), predict(cv$fit, lambda = cv$lambda_1se, type = "nonzero")[[1]]
  )
})

test_that("fitted values and residuals are vectors", {
  expect_identical(fitted(cv), fitted(cv$fit, lambda = cv$lambda_1se)[, 1])
  expect_identical(predict(cv), fitted(cv))
  expect_equal(unname(fitted(cv) + residuals(cv)), mtcars$mpg, tolerance = 1e-13)
})

test_that("the data are found where the method is called", {
  local({
    some_x <- as.matrix(mtcars[c("wt", "hp")])
    some_y <- mtcars$mpg
    inner <- cv_sparsereg(some_x, some_y, nfolds = 3, seed = 1)
    expect_length(residuals(inner), 32)
    refit <- sparsereg(some_x, some_y, lambda = 0.001)
    expect_equal(coef(inner, 0.001, exact = TRUE), coef(refit), tolerance = 1e-9)
  })
})

test_that("facts are those of the fit inside", {
  expect_identical(deviance(cv), deviance(cv$fit))
  expect_identical(nobs(cv), 32L)
  expect_identical(formula(cv), formula(cv$fit))
  expect_identical(terms(cv), terms(cv$fit))
  expect_identical(family(cv)$family, "gaussian")
  expect_identical(variable.names(cv), names(mtcars)[-1])
})

test_that("update() changes the formula, the folds and the settings", {
  changed <- update(cv, . ~ wt + hp, nfolds = 3)
  expect_identical(changed$nfolds, 3L)
  expect_equal(changed$error, cv_sparsereg(mpg ~ wt + hp, mtcars, nfolds = 3, seed = 1)$error)
})

test_that("other words and arguments are errors", {
  expect_condition_snapshot({
    coef(cv, "lambda.min")
    predict(cv, mtcars, "best")
    predict(cv, newx = mtcars)
    coef(cv, lamda = 1)
    deviance(cv, 1)
  })
})

test_that("classes are predicted at the chosen lambda", {
  event <- factor(ifelse(prostate$lpsa > 2.5, "yes", "no"))
  x <- as.matrix(prostate[1:8])
  cv <- cv_sparsereg(x, event, family = "binomial", seed = 1)
  expect_identical(
    predict(cv, x, type = "class"), predict(cv$fit, x, type = "class", lambda = cv$lambda_1se)[, 1]
  )
  expect_equal(
    residuals(cv, type = "working"),
    residuals(cv$fit, type = "working", lambda = cv$lambda_1se)[, 1]
  )
})

test_that("no lambda at all is an error", {
  cv <- cv_sparsereg(mpg ~ wt + hp, mtcars, nfolds = 3, seed = 1)
  expect_error(coef(cv, character()), "^`lambda` must be", class = "sparsepath_error_input")
  expect_error(
    coef(cv, "lambda.min"), "Did you mean \"lambda_min\"", class = "sparsepath_error_input"
  )
  expect_error(predict(cv$fit, mtcars, lambda = "a"), "for all lambdas of the fit")
})

test_that("a lambda that is missing is told apart from a misspelt rule", {
  expect_error(coef(cv, NA_character_), "^`lambda` must be", class = "sparsepath_error_input")
  expect_error(predict(cv, lambda = NA_character_), class = "sparsepath_error_input")
})

test_that("a lambda beside a model size is an error, as for a fit", {
  cv <- cv_sparsereg(mpg ~ wt + hp, mtcars, nfolds = 3, seed = 1)
  text <- c("`df` and `lambda` were both given.", "Give one of the two.")
  for (lambda in list(0.1, "lambda_min")) {
    for (method in list(coef, predict, fitted, residuals)) {
      expect_input_error(method(cv, lambda = lambda, df = 1), "sparsepath_error_input", text)
    }
  }
})

test_that("exact = TRUE does no harm to a relaxed fit at the lambda of a rule", {
  cv <- cv_sparsereg(mpg ~ ., mtcars, relax = TRUE, gamma = 0, nfolds = 5, seed = 1)
  expect_identical(coef(cv, gamma = 0.5, exact = TRUE), coef(cv, gamma = 0.5))
  expect_identical(
    coef(cv, gamma = 0.5, df = 3, exact = TRUE), coef(cv, gamma = 0.5, df = 3)
  )
  expect_input_error(coef(cv, 1, gamma = 0.5, exact = TRUE), "sparsepath_error_input", c(
    "`exact` must be FALSE for a relaxed fit, which is not refitted.",
    "Leave it out, or give gamma = 1."
  ))
})
