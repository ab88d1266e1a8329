# The definition, with subsets of the rows instead of weights.
explicit_cv <- function(x, y, foldid, lambda, w = rep(1, length(y)), offset = NULL, ...) {
  error <- do.call(rbind, lapply(sort(unique(foldid)), function(k) {
    train <- foldid != k & w > 0
    fit <- sparsereg(
      x[train, ], y[train],
      weights = w[train], offset = offset[train], lambda = lambda, ...
    )
    hold <- foldid == k
    eta <- rep(fit$intercept, each = sum(hold)) + as.matrix(x[hold, ] %*% fit$beta)
    if (!is.null(offset)) eta <- eta + offset[hold]
    colSums(w[hold] * (y[hold] - eta)^2) / sum(w[hold])
  }))
  mass <- as.vector(tapply(w, foldid, sum))
  mean <- apply(error, 2, weighted.mean, mass)
  spread <- apply(sweep(error, 2, mean)^2, 2, weighted.mean, mass)
  list(fold_error = error, error = mean, se = sqrt(spread / (nrow(error) - 1)))
}

x <- as.matrix(prostate[1:8])
y <- prostate$lpsa

test_that("the error is that of an explicit loop over subsets", {
  for (penalty in c("l1", "l2")) {
    cv <- cv_sparsereg(x, y, penalty = penalty, nfolds = 5, seed = 1)
    expected <- explicit_cv(x, y, cv$foldid, cv$lambda, penalty = penalty)
    expect_equal(unname(cv$fold_error), unname(expected$fold_error), tolerance = 1e-7)
    expect_equal(cv$error, expected$error, tolerance = 1e-7)
    expect_equal(cv$se, expected$se, tolerance = 1e-6)
  }
})

test_that("weights, also of zero, and offsets count as defined", {
  w <- rep(c(1, 0, 2, 3), length.out = 97)
  offset <- prostate$age / 20
  foldid <- folds(97, 4, seed = 2)$foldid
  cv <- cv_sparsereg(x, y, weights = w, offset = offset, foldid = foldid)
  expected <- explicit_cv(x, y, foldid, cv$lambda, w, offset)
  expect_equal(cv$error, expected$error, tolerance = 1e-7)
  expect_equal(cv$se, expected$se, tolerance = 1e-6)
  expect_equal(cv$weights, as.vector(tapply(w, foldid, sum)))
})

test_that("sparse x gives the same as dense x", {
  dense <- cv_sparsereg(x, y, nfolds = 4, seed = 3)
  sparse <- cv_sparsereg(Matrix::Matrix(x, sparse = TRUE), y, nfolds = 4, seed = 3)
  expect_equal(sparse$error, dense$error, tolerance = 1e-8)
})

test_that("the full fit is that of sparsereg() and holds its call", {
  cv <- cv_sparsereg(lpsa ~ . - train, data = prostate, nfolds = 3, seed = 1)
  fit <- sparsereg(lpsa ~ . - train, data = prostate)
  expect_equal(cv$fit, fit, ignore_formula_env = TRUE)
  expect_equal(cv$lambda, fit$lambda, tolerance = 1e-14)
  expect_identical(cv$df, fit$df)
  expect_equal(coef(cv$fit, lambda = 0.2, exact = TRUE), coef(fit, lambda = 0.2, exact = TRUE))
  expect_identical(as.list(cv$call)[c("nfolds", "seed")], list(nfolds = 3, seed = 1))
})

test_that("the rules choose the smallest error and the largest lambda within one se of it", {
  cv <- cv_sparsereg(x, y, seed = 1)
  best <- which.min(cv$error)
  expect_identical(cv$index_min, best)
  expect_identical(cv$lambda_min, cv$lambda[best])
  expect_identical(
    cv$lambda_1se, max(cv$lambda[cv$error <= cv$error[best] + cv$se[best]])
  )
  expect_identical(cv$lambda[cv$index_1se], cv$lambda_1se)
})

test_that("the order of the user's grid makes no difference", {
  lambda <- c(0.5, 0.2, 0.1, 0.02)
  sorted <- cv_sparsereg(x, y, lambda = lambda, seed = 1)
  mixed <- cv_sparsereg(x, y, lambda = lambda[c(3, 1, 4, 2)], seed = 1)
  expect_equal(mixed$error, sorted$error[c(3, 1, 4, 2)], tolerance = 1e-9)
  expect_identical(mixed$lambda_min, sorted$lambda_min)
  expect_identical(mixed$lambda_1se, sorted$lambda_1se)
})

test_that("ties go to the larger lambda", {
  expect_identical(first_largest(c(1, 3, 2), c(TRUE, FALSE, TRUE)), 3L)
  expect_identical(first_largest(c(3, 2, 1), c(TRUE, TRUE, TRUE)), 1L)
})

test_that("one lambda is enough", {
  cv <- cv_sparsereg(x, y, lambda = 0.1, seed = 1, nfolds = 4)
  expected <- explicit_cv(x, y, cv$foldid, 0.1)
  expect_identical(c(cv$lambda_1se, cv$lambda_min), c(0.1, 0.1))
  expect_equal(cv$error, expected$error, tolerance = 1e-7)
})

test_that("leave-one-out ridge has the closed form", {
  cv <- cv_sparsereg(x, y, penalty = "l2", standardize = FALSE, lambda = c(2, 0.5), nfolds = 97)
  press <- vapply(c(2, 0.5), function(lambda) {
    loss <- vapply(1:97, function(i) {
      z <- scale(x[-i, ], scale = FALSE)
      b <- solve(crossprod(z) / 96 + lambda * diag(8), crossprod(z, y[-i]) / 96)
      (y[i] - mean(y[-i]) - sum((x[i, ] - attr(z, "scaled:center")) * b))^2
    }, 0)
    mean(loss)
  }, 0)
  expect_equal(cv$error, press, tolerance = 1e-9)
})

test_that("foldid may hold any labels", {
  foldid <- rep(1:4, length.out = 97)
  expected <- cv_sparsereg(x, y, foldid = foldid)
  labels <- factor(c("n", "e", "s", "w")[foldid], levels = c("n", "e", "s", "w", "none"))
  cv <- cv_sparsereg(x, y, foldid = labels)
  expect_identical(cv$foldid, foldid)
  expect_identical(cv$error, expected$error)
  expect_identical(cv_sparsereg(x, y, foldid = foldid * 10)$error, expected$error)
})

test_that("foldid may be given before or after rows are left out", {
  data <- prostate
  data$lcavol[c(5, 50)] <- NA
  foldid <- rep(1:5, length.out = 97)
  before <- suppressMessages(cv_sparsereg(lpsa ~ . - train, data = data, foldid = foldid))
  after <- suppressMessages(
    cv_sparsereg(lpsa ~ . - train, data = data, foldid = foldid[-c(5, 50)])
  )
  expect_identical(before$foldid, foldid[-c(5, 50)])
  expect_identical(before$error, after$error)
})

test_that("rows without weight are spread over balanced folds", {
  w <- rep(c(1, 0), length.out = 97)
  cv <- cv_sparsereg(x, y, weights = w, nfolds = 7, seed = 1)
  expect_identical(cv$weights, as.numeric(tabulate(cv$foldid[w > 0])))
  expect_lte(diff(range(cv$weights)), 1)
})

test_that("a fold without weight does not count", {
  w <- rep(1, 97)
  foldid <- rep(1:4, length.out = 97)
  w[foldid == 3] <- 0
  cv <- cv_sparsereg(x, y, weights = w, foldid = foldid)
  expect_true(all(is.na(cv$fold_error[3, ])))
  keep <- foldid != 3
  without <- cv_sparsereg(x[keep, ], y[keep], foldid = foldid[keep])
  expect_equal(cv$error, without$error, tolerance = 1e-7)
  expect_equal(cv$se, without$se, tolerance = 1e-6)
})

test_that("a column that is constant within a fold is no cause for a warning", {
  z <- cbind(x, rare = rep(c(1, 0), c(1, 96)))
  expect_silent(cv <- cv_sparsereg(z, y, nfolds = 10, seed = 1))
  expect_identical(cv$converged, rep(TRUE, length(cv$lambda)))
})

test_that("variables that stand in the call are not taken for a dot", {
  response <- y
  volume <- prostate$lcavol
  my_folds <- rep(1:5, length.out = 97)
  cv <- suppressMessages(cv_sparsereg(response ~ ., foldid = my_folds))
  expect_identical(setdiff(c("volume", "my_folds"), variable.names(cv)), "my_folds")
})

test_that("the data are those of the caller, also through the dots of another function", {
  wrapper <- function(...) cv_sparsereg(..., seed = 1, nfolds = 3)
  local_x <- x
  expect_identical(
    wrapper(local_x, y, lambda = 0.1)$error,
    cv_sparsereg(x, y, lambda = 0.1, seed = 1, nfolds = 3)$error
  )
})

test_that("a seed gives the same folds, and without one set.seed() does", {
  one <- cv_sparsereg(x, y, seed = 5)
  expect_identical(cv_sparsereg(x, y, seed = 5)$foldid, one$foldid)
  expect_identical(one$foldid, folds(97, 10, seed = 5)$foldid)
  set.seed(1)
  first <- cv_sparsereg(x, y, lambda = 0.1)$foldid
  set.seed(1)
  expect_identical(cv_sparsereg(x, y, lambda = 0.1)$foldid, first)
})

test_that("nothing of the size of x travels in the object", {
  wide <- matrix(rnorm(200 * 500), 200)
  z <- wide[, 1] + rnorm(200)
  cv <- cv_sparsereg(wide, z, lambda = c(0.5, 0.2), nfolds = 3, seed = 1)
  expect_lt(length(serialize(cv, NULL)), length(serialize(wide, NULL)) / 4)
})

test_that("progress is shown fold by fold and the bar is closed", {
  out <- capture.output(
    cv_sparsereg(
      x, y,
      nfolds = 3, seed = 1, lambda = 0.1, control = sparsereg_control(progress = TRUE)
    )$nfolds
  )
  expect_match(paste(out, collapse = "\n"), "100%")
})

test_that("folds that cannot be are errors", {
  expect_condition_snapshot({
    cv_sparsereg(x, y, nfolds = 98)
    cv_sparsereg(x, y, nfolds = 1)
    cv_sparsereg(x, y, foldid = 1:5)
    cv_sparsereg(x, y, foldid = replace(rep(1:5, length.out = 97), c(3, 7), NA))
    cv_sparsereg(x, y, foldid = rep(1, 97))
    cv_sparsereg(x, y, foldid = list(1))
    cv_sparsereg(x, y, seed = NA)
    cv_sparsereg(x, y, lamda = 1)
  })
})

test_that("misspelt arguments of cross-validation are recognised as such", {
  expect_input_error(
    cv_sparsereg(mpg ~ wt, mtcars, nfold = 5), "sparsepath_error_unknown_argument",
    c("`nfold` is not an argument of cv_sparsereg().", "Did you mean `nfolds`?")
  )
  expect_input_error(
    cv_sparsereg(mpg ~ wt, mtcars, lamda = 5), "sparsepath_error_unknown_argument",
    c("`lamda` is not an argument of cv_sparsereg().", "Did you mean `lambda`?")
  )
  expect_error(cv_sparsereg(), "^`x` is missing", class = "sparsepath_error_input")
})

test_that("gamma without relax would do nothing and is an error", {
  expect_input_error(
    cv_sparsereg(mpg ~ wt, mtcars, gamma = 0.5), "sparsepath_error_input",
    c("`gamma` is for relaxed fits.", "Add `relax = TRUE`, or leave it out.")
  )
})

test_that("the call names the function, however it was called", {
  cv <- do.call(cv_sparsereg, list(quote(mpg ~ wt), quote(mtcars), lambda = 1, seed = 1))
  expect_identical(cv$call[[1]], quote(cv_sparsereg))
})

test_that("nothing needs the package to be attached", {
  elsewhere <- new.env(parent = baseenv())
  elsewhere$cars <- mtcars
  cv <- eval(
    quote(sparsepath::cv_sparsereg(mpg ~ wt + hp, cars, lambda = c(2, 1), seed = 1)), elsewhere
  )
  expect_identical(cv$error, cv_sparsereg(mpg ~ wt + hp, mtcars, lambda = c(2, 1), seed = 1)$error)
  elsewhere$fit <- eval(quote(sparsepath::sparsereg(mpg ~ wt, cars, lambda = 1)), elsewhere)
  expect_identical(dim(eval(quote(stats::residuals(fit)), elsewhere)), c(32L, 1L))
})

test_that("other families are judged by their deviance, on the scale of the response", {
  set.seed(1)
  x <- matrix(rnorm(600), 60)
  cases <- list(
    binomial = rbinom(60, 1, plogis(x[, 1])), poisson = rpois(60, exp(x[, 1])),
    Gamma = rgamma(60, 2, 2 / exp(x[, 1]))
  )
  for (name in names(cases)) {
    y <- cases[[name]]
    id <- rep(1:4, 15)
    cv <- cv_sparsereg(x, y, family = name, lambda = c(0.2, 0.05), foldid = id,
      measure = c("deviance", "mse"))
    left_out <- id == 2
    fit <- sparsereg(x[!left_out, ], y[!left_out],
      family = name, lambda = c(0.2, 0.05), control = sparsereg_control(tol = 1e-12))
    mu <- predict(fit, x[left_out, ], type = "response")
    unit <- apply(mu, 2, function(m) fit$loss$stats$dev.resids(y[left_out], m, rep(1, 15)))
    expect_equal(cv$fold_error[2, ], unname(colMeans(unit)), tolerance = 1e-6)
    expect_equal(unname(cv$measures$mse$fold_error[2, ]), unname(colMeans((y[left_out] - mu)^2)),
      tolerance = 1e-6)
  }
})

test_that("constant columns are named once, however many values of alpha there are", {
  d <- transform(mtcars, level = 1)
  warnings <- testthat::capture_warnings(
    cv_sparsereg(mpg ~ wt + hp + level, d, alpha = c(0, 0.5, 1), nfolds = 3, seed = 1)
  )
  expect_match(warnings, "does not vary.*`level`")
  expect_length(warnings, 1)
})

test_that("settings that would do nothing are errors", {
  z <- as.matrix(mtcars[-1])
  expect_error(
    cv_sparsereg(z, mtcars$mpg, relax = TRUE, gamma = numeric()), "^`gamma` must be numbers",
    class = "sparsepath_error_input"
  )
  control <- sparsereg_control(fit = FALSE)
  expect_error(
    cv_sparsereg(z, mtcars$mpg, control = control), "^`control` must not have fit = FALSE",
    class = "sparsepath_error_input"
  )
  expect_error(cv_nested(z, mtcars$mpg, control = control), "^`control` must not have fit = FALSE")
})

test_that("arguments that nobody has are those of the function that was called", {
  refused <- function(code, argument, remedy, fun = "cv_sparsereg()") {
    expect_input_error(
      code, "sparsepath_error_unknown_argument",
      c(paste0("`", argument, "` is not an argument of ", fun, "."), remedy)
    )
  }
  refused(cv_sparsereg(x, y, parallel = TRUE), "parallel", NULL)
  refused(cv_sparsereg(x, y, standardise = TRUE), "standardise", "Did you mean `standardize`?")
  refused(cv_sparsereg(x, y, type.measure = "mae"), "type.measure", "Did you mean `measure`?")
  refused(cv_sparsereg(x, y, k = 5), "k", "Did you mean `nfolds`?")
  refused(cv_sparsereg(x, y, folds = folds(97)), "folds", "Write foldid = folds(...).")
  refused(cv_sparsereg(x, y, groups = 1:97), "groups", "Write foldid = folds(..., groups = ...).")
  refused(cv_nested(x, y, tol = 1), "tol", "Write control = sparsereg_control(tol = ...).",
    "cv_nested()"
  )
})
