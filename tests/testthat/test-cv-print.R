cv <- cv_sparsereg(
  lpsa ~ . - train,
  data = prostate, lambda = c(0.8, 0.4, 0.2, 0.1, 0.05, 0.02), nfolds = 5, seed = 1
)

test_that("print() shows both rules and the certificate", {
  expect_snapshot(cv)
})

test_that("print() flags fits that miss the tolerance", {
  cv$converged[c(2, 5)] <- FALSE
  expect_snapshot(print(cv))
})

test_that("print() of ridge shows effective degrees of freedom", {
  ridge <- cv_sparsereg(
    lpsa ~ . - train,
    data = prostate, penalty = "ridge", lambda = c(10, 1, 0.1), nfolds = 5, seed = 1
  )
  expect_snapshot(ridge)
})

test_that("summary() adds the table", {
  s <- summary(cv)
  expect_identical(s$table$error, cv$error)
  expect_identical(s$table$rule[c(cv$index_min, cv$index_1se)], c("lambda_min", "lambda_1se"))
  expect_snapshot(s)
})

test_that("both rules may choose the same lambda", {
  one <- cv_sparsereg(lpsa ~ . - train, data = prostate, lambda = 0.1, nfolds = 3, seed = 1)
  expect_identical(summary(one)$table$rule, "lambda_1se lambda_min")
})

test_that("print() returns its argument invisibly", {
  capture.output(shown <- withVisible(print(cv)))
  expect_false(shown$visible)
  expect_identical(shown$value, cv)
})

test_that("of measures of which more is better the largest value chooses alpha", {
  cv <- cv_sparsereg(am ~ wt + qsec, mtcars,
    family = "binomial", alpha = c(0.5, 1), measure = "auc", foldid = rep(1:4, 8)
  )
  text <- paste(capture.output(print(cv)), collapse = " ")
  expect_match(text, "has the largest value at its lambda_min", fixed = TRUE)
})

test_that("a fold that has no value of a measure is named", {
  cv <- cv_sparsereg(as.matrix(mtcars[c("wt", "qsec")]), mtcars$am,
    family = "binomial", measure = c("auc", "deviance"), lambda = 0.1,
    foldid = ifelse(mtcars$am == 1, rep(1:3, length.out = 32), rep(2:4, length.out = 32))
  )
  expect_identical(which(is.na(cv$fold_error[, 1])), c(1L, 4L))
  expect_output(
    print(cv), "Folds 1 and 4 have no value of \"area under the ROC curve\" and do not count for",
    fixed = TRUE
  )
})

test_that("a measure of which more is better is not called an error", {
  auc <- cv_sparsereg(vs ~ wt + hp, mtcars,
    family = "binomial", lambda = 0.1, measure = c("auc", "class"), nfolds = 3, seed = 1
  )
  expect_snapshot(auc)
  shown <- capture.output(print(summary(auc)))
  expect_match(shown[which(shown == "Value at every lambda:") + 1], "^ lambda value +se nonzero")
})
