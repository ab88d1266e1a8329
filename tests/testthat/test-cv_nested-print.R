nested <- cv_nested(lpsa ~ . - train, prostate,
  foldid = rep(1:4, length.out = 97), nfolds = 5, rule = "min", seed = 1, measure = c("mse", "mae")
)

test_that("print() shows the error and what was promised", {
  expect_snapshot(nested)
  capture.output(shown <- withVisible(print(nested)))
  expect_false(shown$visible)
  expect_error(print(nested, digits = 0), class = "sparsepath_error_input")
})

test_that("summary() adds the choice and the error of each outer fold", {
  s <- summary(nested)
  expect_s3_class(s, "summary.cv_nested_sparsereg")
  expect_named(s$table, c("fold", "lambda", "alpha", "df", "inner", "error"))
  expect_identical(s$table$lambda, nested$chosen$lambda)
  by_hand <- vapply(1:4, function(k) {
    rows <- nested$folds$test[[k]]
    mean((prostate$lpsa[rows] - nested$predictions[rows])^2)
  }, 0)
  expect_equal(s$table$error, by_hand)
  expect_identical(s$nested, nested)
  expect_snapshot(s)
  expect_error(summary(nested, digts = 3), class = "sparsepath_error_unknown_argument")
})

test_that("sizes are named after what they are, and gamma is shown if it was chosen", {
  run <- function(...) {
    nested <- cv_nested(mpg ~ wt + hp + qsec, mtcars, outer = 3, nfolds = 3, seed = 1, ...)
    paste(capture.output(summary(nested)), collapse = "\n")
  }
  expect_match(run(penalty = "ridge", lambda = c(1, 0.1)), "effective df promised")
  expect_match(run(alpha = c(0.5, 1), relax = TRUE, lambda = c(1, 0.1)), "alpha gamma nonzero")
})

test_that("a lambda that all choose is told once", {
  nested <- cv_nested(mpg ~ wt, mtcars, outer = 3, nfolds = 3, seed = 1, lambda = 0.5)
  expect_output(print(nested), "chose, all of them 0.5\\.")
})
