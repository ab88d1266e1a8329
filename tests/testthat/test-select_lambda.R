cv <- cv_sparsereg(lpsa ~ . - train, prostate, seed = 1, measure = c("mse", "mae"))
fit <- cv$fit
best <- which.min(cv$error)

test_that("rules for a cross-validated path do what they say", {
  expect_identical(select_lambda(cv, "min"), cv$lambda[best])
  expect_identical(select_lambda(cv), cv$lambda_1se)
  half <- max(cv$lambda[cv$error <= cv$error[best] + 0.5 * cv$se[best]])
  expect_identical(select_lambda(cv, "1se", times = 0.5), half)
  expect_identical(
    select_lambda(cv, "percent", percent = 3), max(cv$lambda[cv$error <= 1.03 * cv$error[best]])
  )
  small <- which(cv$df <= 3)
  expect_identical(select_lambda(cv, "df", df = 3), cv$lambda[small[which.min(cv$error[small])]])
  mae <- cv$measures$mae$error
  expect_identical(select_lambda(cv, "min", measure = "mae"), cv$lambda[which.min(mae)])
})

test_that("rules for a fit take the smallest criterion", {
  for (rule in c("aic", "aicc", "bic", "ebic", "gcv")) {
    expect_identical(select_lambda(fit, rule), fit$lambda[which.min(criteria(fit)[[rule]])])
  }
  expect_identical(select_lambda(fit, "loo"), fit$lambda[which.min(loo(fit)$error)])
})

test_that("choices that cannot be made are errors", {
  expect_condition_snapshot({
    select_lambda(cv, "best")
    select_lambda(cv, measure = "auc")
    select_lambda(cv, "df")
    select_lambda(cv, "df", df = -1)
    select_lambda(cv, "1se", width = 2)
    select_lambda(fit, "1se")
  })
})

test_that("criteria may be written in capitals, and a measure must be a name", {
  fit <- sparsereg(mpg ~ ., mtcars)
  expect_identical(select_lambda(fit, "AICc"), select_lambda(fit, "aicc"))
  cv <- cv_sparsereg(mpg ~ ., mtcars, nfolds = 3, seed = 1)
  for (measure in list(mean, quote(x), NA, c("mse", "mse"))) {
    expect_error(
      select_lambda(cv, measure = measure), "^`measure` must be one of \"mse\"",
      class = "sparsepath_error_input"
    )
  }
})

test_that("capitals are those of the English alphabet, also where another has two kinds of I", {
  old <- Sys.getlocale("LC_CTYPE")
  on.exit(Sys.setlocale("LC_CTYPE", old))
  suppressWarnings(Sys.setlocale("LC_CTYPE", "tr_TR.UTF-8"))
  fit <- sparsereg(mpg ~ wt + hp, mtcars, penalty = "RIDGE", nlambda = 5)
  expect_identical(select_lambda(fit, "AIC"), select_lambda(fit, "aic"))
})

test_that("an argument of another rule would do nothing and is an error", {
  expect_error(
    select_lambda(cv, df = 3), "^`df` is for `rule = \"df\"`", class = "sparsepath_error_input"
  )
  expect_error(select_lambda(cv, "min", times = 2), "^`times` is for `rule = \"1se\"`")
  expect_error(select_lambda(cv, percent = 2), "^`percent` is for `rule = \"percent\"`")
  fit <- cv$fit
  expect_error(select_lambda(fit, "bic", ebic_gamma = 1), "^`ebic_gamma` is for `rule = \"ebic\"`")
  expect_error(select_lambda(fit, "bic", data = prostate), "^`data` is for `rule = \"loo\"`")
  expect_identical(select_lambda(cv, df = NULL), select_lambda(cv))
})

test_that("a rule of the other kind of object is told where it belongs", {
  cv <- cv_sparsereg(mpg ~ wt + hp, mtcars, nfolds = 3, seed = 1)
  expect_input_error(select_lambda(cv, "BIC"), "sparsepath_error_input", c(
    "`rule` must be \"1se\", \"min\", \"percent\" or \"df\".",
    "\"bic\" is a rule for a fit: give the element `fit`."
  ))
  expect_input_error(select_lambda(cv$fit, "1se"), "sparsepath_error_input", c(
    "`rule` must be \"bic\", \"aic\", \"aicc\", \"ebic\", \"gcv\" or \"loo\".",
    "\"1se\" is a rule for a path by cv_sparsereg()."
  ))
  expect_input_error(
    select_lambda(cv, "best"), "sparsepath_error_input",
    "`rule` must be \"1se\", \"min\", \"percent\" or \"df\"."
  )
})
