x <- as.matrix(prostate[1:8])
y <- prostate$lpsa

fold_paths <- function(...) {
  problem <- sparsereg(..., control = sparsereg_control(tol = 1e-12, fit = FALSE))
  fit <- fit_problem(problem)
  f <- folds(nrow(problem$x), 4, seed = 1)
  list(paths = fit_folds(problem, fit, f, function(path, k) path), folds = f, lambda = fit$lambda)
}

test_that("each fold's path is that of a separate fit on the training rows", {
  w <- rep(c(1, 0.5, 2), length.out = 97)
  offset <- prostate$age / 20
  set.seed(1)
  wide <- matrix(rnorm(60 * 150), 60)
  sparse <- Matrix::rsparsematrix(80, 120, 0.1)
  cases <- list(
    list(x = x, y = y), list(x = x, y = y, weights = w, offset = offset),
    list(x = x, y = y, alpha = 0.5, weights = w, intercept = FALSE),
    list(x = x, y = y, penalty = "l2", offset = offset), list(x = x, y = y, standardize = FALSE),
    list(x = wide, y = wide[, 1] + rnorm(60)), list(x = sparse, y = rnorm(80), weights = rexp(80)),
    list(x = wide, y = wide[, 1] + rnorm(60), penalty = "l2")
  )
  for (case in cases) {
    all <- do.call(fold_paths, case)
    for (k in 1:4) {
      train <- -all$folds$test[[k]]
      part <- case
      part$x <- case$x[train, ]
      for (name in c("y", "weights", "offset")) part[[name]] <- case[[name]][train]
      control <- sparsereg_control(tol = 1e-12)
      expected <- do.call(sparsereg, c(part, list(lambda = all$lambda, control = control)))
      path <- all$paths[[k]]
      unit <- max(abs(expected$beta), 1)
      expect_lt(max(abs(path$beta - expected$beta)) / unit, 1e-8)
      expect_equal(path$intercept, expected$intercept, tolerance = 1e-8)
    }
  }
})

test_that("the number of threads changes nothing", {
  set.seed(3)
  wide <- matrix(rnorm(50 * 400), 50)
  wider <- matrix(rnorm(60 * 6500), 60)
  long <- matrix(rnorm(40000 * 2), 40000)
  cases <- list(
    list(x = x, y = y), list(x = wide, y = wide[, 1] + rnorm(50)),
    list(x = wider, y = wider[, 1] + rnorm(60)), list(x = long, y = long[, 1] + rnorm(40000)),
    list(x = x, y = y, penalty = "l2"), list(x = x, y = y > 2.5, family = "binomial")
  )
  for (case in cases) {
    one <- do.call(cv_sparsereg, c(case, list(nfolds = 10, seed = 1)))
    four <- do.call(cv_sparsereg, c(case, list(nfolds = 10, seed = 1, threads = 4)))
    expect_identical(one$fold_error, four$fold_error)
  }
  expect_error(cv_sparsereg(x, y, threads = 0), "threads", class = "sparsepath_error_input")
})

test_that("the squared error that comes with a path is that of its predictions", {
  w <- rep(c(1, 0.5, 2), length.out = 97)
  for (alpha in c(0.4, 1)) {
    with <- cv_sparsereg(x, y, alpha = alpha, weights = w, offset = w, nfolds = 6, seed = 1)
    without <- cv_sparsereg(
      x, y, alpha = alpha, weights = w, offset = w, nfolds = 6, seed = 1, keep = TRUE
    )
    expect_equal(with$fold_error, without$fold_error, tolerance = 1e-12)
    expect_null(with$predictions)
  }
  exact <- cv_sparsereg(x, x[, 1] * 2, nfolds = 6, seed = 1, lambda = c(1, 1e-8))
  expect_true(all(exact$fold_error[, 2] > 0))
  expect_lt(max(exact$error[2]), 1e-14)
})

failing <- function(which) {
  real <- engine_fit_folds
  function(...) {
    paths <- real(...)
    paths[which] <- list(function() {
      abort("The classes are separated.", class = "sparsepath_error_numeric")
    })
    paths
  }
}

test_that("a fold that fails is named and left out", {
  local_mocked("engine_fit_folds", failing(3))
  expect_warning(
    cv <- cv_sparsereg(x, y, lambda = c(0.3, 0.1), nfolds = 5, seed = 1),
    "^Fold 3 could not be fitted and is left out of the error: The classes are separated.$",
    class = "sparsepath_warning_fold"
  )
  expect_identical(cv$failed, 3L)
  expect_true(all(is.na(cv$fold_error[3, ])))
  expect_equal(cv$error, apply(cv$fold_error[-3, ], 2, weighted.mean, cv$weights[-3]))
  expect_output(print(cv), "Fold 3 could not be fitted")
})

test_that("fewer than two folds that can be fitted are an error", {
  local_mocked("engine_fit_folds", failing(1:4))
  expect_error(
    cv_sparsereg(x, y, lambda = 0.1, nfolds = 5, seed = 1),
    "Fewer than two folds are left", class = "sparsepath_error_fold"
  )
})

test_that("an interrupt is none of the errors that cost a fold", {
  local_mocked("engine_fit_folds", function(...) {
    signalCondition(structure(class = c("interrupt", "condition"), list(message = "", call = NULL)))
    stop("not reached")
  })
  expect_condition(
    tryCatch(cv_sparsereg(x, y, lambda = 0.1, seed = 1), error = identity), class = "interrupt"
  )
})

test_that("nor is a time limit of the user's, which is no fault of a measure either", {
  limit <- gettext("reached elapsed time limit", domain = "R")
  error <- tryCatch(
    cv_sparsereg(x, y, lambda = 0.1, seed = 1, measure = function(y, mu, weights) stop(limit)),
    error = identity
  )
  expect_identical(conditionMessage(error), limit)
  expect_s3_class(error, "simpleError")
})

test_that("a lambda that a fold did not reach is not chosen", {
  real <- engine_fit_folds
  local_mocked("engine_fit_folds", function(problem, ...) {
    paths <- real(problem, ...)
    problem$lambda <- problem$lambda[1:2]
    paths[2] <- real(problem, ...)[2]
    paths
  })
  cv <- cv_sparsereg(x, y, lambda = c(0.5, 0.3, 0.05), nfolds = 5, seed = 1)
  expect_identical(is.na(cv$fold_error[2, ]), c(FALSE, FALSE, TRUE))
  expect_identical(cv$lambda_min, 0.3)
  expect_false(is.na(cv$error[3]))
})

test_that("progress is signalled to progressr", {
  skip_if_not_installed("progressr")
  seen <- 0
  withCallingHandlers(
    progressr::with_progress(
      cv_sparsereg(x, y, lambda = 0.1, nfolds = 4, seed = 1),
      enable = TRUE, handlers = progressr::handler_void()
    ),
    progression = function(p) seen <<- seen + (p$type == "update")
  )
  expect_identical(seen, 4)
})

test_that("the deviance that comes with the path is that of the predictions", {
  data <- with_seed(31, {
    x <- matrix(rnorm(60 * 8), 60)
    list(x = x, eta = drop(x[, 1:2] %*% c(1, -1)), weights = rexp(60), offset = rnorm(60) / 4)
  })
  responses <- with_seed(32, list(
    binomial = rbinom(60, 1, plogis(data$eta)), poisson = rpois(60, exp(data$eta / 2)),
    Gamma = rgamma(60, 3, 3 * exp(-data$eta / 2))
  ))
  fitted <- function(family, ...) {
    cv_sparsereg(
      data$x, responses[[family]], family = family, weights = data$weights, offset = data$offset,
      seed = 1, ...
    )
  }
  predicted <- lapply(names(responses), fitted, measure = c("deviance", "mse"))
  local_mocked("predicted_means", function(...) stop("predictions are not needed"))
  scored <- lapply(names(responses), fitted)
  for (k in seq_along(responses)) {
    expect_equal(scored[[k]]$fold_error, predicted[[k]]$fold_error, tolerance = 1e-9)
    expect_equal(scored[[k]]$se, predicted[[k]]$se, tolerance = 1e-9)
  }
})
