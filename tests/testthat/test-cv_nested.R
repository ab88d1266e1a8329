test_that("each outer fold is predicted by a cross-validation that never saw it", {
  outer <- rep(1:4, length.out = 97)
  nested <- cv_nested(lpsa ~ . - train, prostate,
    foldid = outer, nfolds = 5, rule = "min", seed = 1, measure = c("mse", "mae")
  )
  for (k in 1:4) {
    train <- prostate[outer != k, ]
    fit <- sparsereg(lpsa ~ . - train, train, lambda = nested$chosen$lambda[k])
    expect_equal(
      nested$predictions[outer == k], predict(fit, prostate[outer == k, ])[, 1],
      tolerance = 1e-6
    )
  }
  expect_equal(nested$error[["mse"]], mean((prostate$lpsa - nested$predictions)^2))
  expect_equal(nested$error[["mae"]], mean(abs(prostate$lpsa - nested$predictions)))
})

test_that("the outer response has no say in the inner choice", {
  changed <- transform(prostate, lpsa = ifelse(rep(1:4, length.out = 97) == 2, 100, lpsa))
  run <- function(data) {
    cv_nested(lpsa ~ . - train, data, foldid = rep(1:4, length.out = 97), nfolds = 5, seed = 1)
  }
  expect_identical(run(prostate)$chosen[2, ], run(changed)$chosen[2, ])
})

test_that("groups are kept whole inside and outside", {
  nested <- cv_nested(lpsa ~ . - train, prostate,
    outer = 4, nfolds = 3, groups = prostate$age, seed = 1, alpha = c(0.5, 1), relax = TRUE,
    lambda = c(0.5, 0.1)
  )
  for (rows in nested$folds$test) {
    expect_length(intersect(prostate$age[rows], prostate$age[-rows]), 0)
  }
  expect_named(nested$chosen, c("fold", "lambda", "alpha", "gamma", "df", "inner"))
  problem <- sparsereg(lpsa ~ . - train, prostate, control = no_fit())
  problem$weights <- replace(rep(1, 97), nested$folds$test[[1]], 0)
  id <- inner_groups(problem, prostate$age, 3)[problem$weights > 0]
  expect_true(all(rowSums(table(prostate$age[problem$weights > 0], id) > 0) == 1))
})

test_that("the user's stream is left alone", {
  set.seed(1)
  before <- .Random.seed
  cv_nested(mpg ~ wt, mtcars, outer = 3, nfolds = 3, lambda = 1, seed = 2)
  expect_identical(.Random.seed, before)
})

test_that("arguments that would do nothing are errors, and threads are passed on", {
  expect_error(
    cv_nested(mpg ~ wt, mtcars, keep = TRUE), "`keep`", class = "sparsepath_error_unknown_argument"
  )
  expect_error(cv_nested(mpg ~ wt, mtcars, outer = 1), "`outer` must be a whole number")
  expect_error(cv_nested(mpg ~ wt, mtcars, threads = 0), "`threads` must be a whole number")
  both <- lapply(1:2, function(threads) {
    cv_nested(mpg ~ ., mtcars, outer = 3, nfolds = 3, seed = 2, threads = threads)$predictions
  })
  expect_identical(both[[1]], both[[2]])
})

test_that("a procedure has no model of its own, and says so", {
  nested <- cv_nested(mpg ~ wt, mtcars, outer = 3, nfolds = 3, lambda = 1, seed = 1)
  for (generic in list(coef, predict, fitted, residuals)) {
    expect_error(generic(nested), "no model of its own", class = "sparsepath_error_no_model")
  }
})

test_that("too few groups are told of the argument that asked for more folds", {
  z <- as.matrix(mtcars[-1])
  groups <- rep(1:4, 8)
  expect_error(cv_nested(z, mtcars$mpg, groups = groups, outer = 5), "`outer` = 5 is more.*groups")
  expect_error(
    cv_nested(z, mtcars$mpg, groups = groups, outer = 4, nfolds = 4), "`nfolds` = 4 is more.*groups"
  )
})

test_that("a fold that fails is named, and so is the outer fold around it", {
  y <- replace(rep(0, 32), c(1:8, 9), 1)
  x <- as.matrix(mtcars[c("wt", "qsec", "hp")])
  outer <- c(rep(1, 8), rep(2:4, 8))
  warnings <- character()
  nested <- withCallingHandlers(
    cv_nested(x, y, family = "binomial", foldid = outer, nfolds = 3, seed = 1, nlambda = 10),
    sparsepath_warning_fold = function(w) {
      warnings <<- c(warnings, conditionMessage(w))
      invokeRestart("muffleWarning")
    }
  )
  expect_length(warnings, 1)
  expect_match(warnings, "^Without outer fold 1, inside: Fold [1-3] could not be fitted")
  alone <- replace(y, 9, 0)
  expect_warning(
    nested <- cv_nested(x, alone, family = "binomial", foldid = outer, nfolds = 3, seed = 1),
    "^Fold 1 could not be fitted", class = "sparsepath_warning_fold"
  )
  expect_identical(nested$failed, 1L)
  expect_output(print(nested), "Fold 1 could not be fitted and is left out of the error.")
  expect_identical(tidy(nested)$fold, 2:4)
})

test_that("columns that are constant without each outer fold are named once", {
  z <- cbind(as.matrix(mtcars[c("wt", "hp")]), level = 1, rare = rep(1:0, c(8, 24)))
  expect_warning(
    cv_nested(z, mtcars$mpg, foldid = rep(1:4, each = 8), nfolds = 3, seed = 1, lambda = 1),
    "^One column of `x` does not vary over the rows used and gets coefficient 0: `level`.$",
    class = "sparsepath_warning_constant"
  )
})

test_that("update() takes a formula, wherever the first one was written", {
  nested <- local({
    wide <- mpg ~ .
    cars <- mtcars[c("mpg", "wt", "hp", "qsec")]
    cv_nested(wide, cars, outer = 3, nfolds = 3, seed = 1)
  })
  expect_identical(formula(nested), mpg ~ wt + hp + qsec, ignore_formula_env = TRUE)
  smaller <- update(nested, . ~ . - hp, data = mtcars)
  expected <- cv_nested(mpg ~ wt + qsec, mtcars, outer = 3, nfolds = 3, seed = 1)
  expect_identical(smaller$error, expected$error)
  expect_identical(formula(smaller), mpg ~ wt + qsec, ignore_formula_env = TRUE)
  by_call <- do.call(cv_nested, list(mpg ~ wt, quote(mtcars), outer = 3, nfolds = 3, seed = 1))
  expect_identical(by_call$call[[1]], quote(cv_nested))
  matrix <- cv_nested(as.matrix(mtcars["wt"]), mtcars$mpg, outer = 3, nfolds = 3, seed = 1)
  expect_identical(update(matrix, rule = "min")$rule, "min")
  expect_identical(update(matrix, rule = "min")$call$y, quote(mtcars$mpg))
})
