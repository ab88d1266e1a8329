test_that("a large sparse support is solved by conjugate gradients and certified", {
  levels <- 1400
  rows <- with_seed(3, list(
    group = factor(sample(levels, 6 * levels, replace = TRUE), levels = seq_len(levels)),
    z = stats::rnorm(6 * levels), noise = stats::rnorm(6 * levels)
  ))
  effect <- sin(seq_len(levels))
  d <- data.frame(y = effect[rows$group] + rows$z + rows$noise, group = rows$group, z = rows$z)
  fit <- sparsereg(y ~ group + z, d, lambda = c(3e-3, 1e-3))
  expect_gt(min(fit$df), 1024) # beyond the Gram matrix that is kept for such thin columns
  expect_identical(fit$converged, c(TRUE, TRUE))

  # The stationarity conditions, through the rows of the sparse matrix and nothing else.
  x <- sparsereg(y ~ group + z, d, control = sparsereg_control(fit = FALSE))$x
  center <- Matrix::colMeans(x)
  scale <- sqrt(Matrix::colMeans(x^2) - center^2)
  for (l in 1:2) {
    beta <- fit$beta[, l] * scale
    r <- d$y - fit$intercept[l] - as.vector(x %*% fit$beta[, l])
    gradient <- (as.vector(Matrix::crossprod(x, r)) - center * sum(r)) / scale / nrow(x)
    distance <- ifelse(beta == 0, pmax(0, abs(gradient) - fit$lambda[l]),
      abs(gradient - fit$lambda[l] * sign(beta))
    )
    expect_lt(max(distance) / fit$lambda[l], 1e-3)
    expect_equal(max(distance) / fit$lambda[l], fit$kkt[l], tolerance = 1e-6)
    gap <- sum(fit$lambda[l] * abs(beta) - beta * gradient * min(1, fit$lambda[l] /
      max(abs(gradient))))
    expect_lt(gap / (mean((d$y - mean(d$y))^2) / 2), 1e-7)
  }
})

test_that("columns whose squares overflow are refused by name", {
  x <- cbind(a = c(1, 2, 4, 3), b = c(1, 3, 2, 5) * 1e200)
  y <- c(1, 2, 2, 4)
  for (standardize in c(TRUE, FALSE)) {
    expect_input_error(
      sparsereg(x, y, standardize = standardize),
      "sparsepath_error_nonfinite",
      c(
        "`x` has values in column `b` whose squares overflow.",
        "Divide the column by its size."
      )
    )
  }
})

test_that("columns of any size that is accepted give the path of their multiples", {
  x <- as.matrix(prostate[, 1:8])
  for (family in c("gaussian", "binomial")) {
    y <- if (family == "gaussian") prostate$lpsa else prostate$svi
    x <- x[, colnames(x) != "svi"]
    for (penalty in c("l1", "l2")) {
      plain <- sparsereg(x, y, penalty = penalty, family = family)
      for (size in c(1e145, 1e-145)) {
        fit <- sparsereg(x * size, y, penalty = penalty, family = family)
        expect_identical(all(fit$converged), TRUE)
        expect_equal(as.matrix(fit$beta) * size, as.matrix(plain$beta), tolerance = 1e-4)
      }
    }
  }
  expect_warning(sparsereg(x * 1e-160, y), "do not vary", class = "sparsepath_warning_constant")
})

test_that("a response whose squares are no numbers is refused", {
  x <- as.matrix(prostate[, 1:8])
  expect_input_error(
    sparsereg(x, prostate$lpsa * 1e155), "sparsepath_error_response",
    c("`y` has values whose squares overflow.", "Divide it by its size.")
  )
  expect_input_error(
    sparsereg(x, prostate$lpsa * 1e-155), "sparsepath_error_response",
    c("`y` has differences whose squares underflow.", "Divide it by its size.")
  )
})

test_that("every column with values that are not finite is named", {
  x <- cbind(a = c(1, NA, 3), b = 1:3, c = c(Inf, 1, NaN))
  condition <- tryCatch(sparsereg(x, 1:3), error = identity)
  expect_s3_class(condition, "sparsepath_error_nonfinite")
  expect_identical(condition$variable, c("a", "c"))
  expect_match(conditionMessage(condition), "2 columns are not: `a` has 1 such value, .* in row 2")
})

test_that("weights that are all equal are as good as none", {
  x <- as.matrix(prostate[, 1:8])
  plain <- sparsereg(x, prostate$lpsa)
  weighted <- sparsereg(x, prostate$lpsa, weights = rep(3, 97))
  expect_identical(weighted$beta, plain$beta)
  expect_equal(weighted$null_deviance, 3 * plain$null_deviance)
})

test_that("lambdas come back in the order they were given", {
  x <- as.matrix(prostate[, 1:8])
  given <- c(0.1, 0.5, 0.01, 0.5)
  fit <- sparsereg(x, prostate$lpsa, lambda = given)
  expect_identical(fit$lambda, given)
  one_by_one <- vapply(given, function(l) sparsereg(x, prostate$lpsa, lambda = l)$intercept, 0)
  expect_equal(fit$intercept, one_by_one, tolerance = 1e-10)
})

test_that("an interrupt while R evaluates a family is an interrupt, not a fault of the family", {
  skip_on_os("windows")
  calls <- 0
  stopping <- binomial("cauchit")
  linkinv <- stopping$linkinv
  stopping$linkinv <- function(eta) {
    calls <<- calls + 1
    if (calls == 20) {
      tools::pskill(Sys.getpid(), tools::SIGINT)
      Sys.sleep(0.2)
    }
    linkinv(eta)
  }
  y <- as.numeric(prostate$lpsa > 2.5)
  fit <- function() sparsereg(as.matrix(prostate[1:8]), y, family = stopping, nlambda = 5)
  expect_identical(tryCatch(fit(), interrupt = function(i) "stopped"), "stopped")
  calls <- 30
  expect_s3_class(fit(), "sparsereg")
})

test_that("a time limit of the user's is an error that can be caught, and the core is left tidy", {
  n <- 1500
  x <- with_seed(1, matrix(stats::rnorm(n * 900), n))
  y <- with_seed(2, stats::rbinom(n, 1, stats::plogis(drop(x[, 1:40] %*% sin(1:40)))))
  limited <- function(code) {
    setTimeLimit(elapsed = 0.05, transient = TRUE)
    on.exit(setTimeLimit())
    code
  }
  runs <- list(
    function() sparsereg(x, y, family = "binomial"),
    function() cv_sparsereg(x, y, family = "binomial", foldid = rep_len(1:4, n), threads = 2),
    function() cv_sparsereg(x, y, foldid = rep_len(1:4, n))
  )
  for (run in runs) expect_error(limited(run()), "reached elapsed time limit", fixed = TRUE)
  expect_s3_class(sparsereg(x[1:50, 1:5], y[1:50], family = "binomial"), "sparsereg")
})

test_that("a time limit while R evaluates a family is no fault of the family", {
  stopping <- binomial("cauchit")
  stopping$mu.eta <- function(eta) stop(gettext("reached CPU time limit", domain = "R"))
  y <- as.numeric(prostate$lpsa > 2.5)
  error <- tryCatch(sparsereg(as.matrix(prostate[1:8]), y, family = stopping), error = identity)
  expect_s3_class(error, "simpleError")
  expect_identical(conditionMessage(error), gettext("reached CPU time limit", domain = "R"))
})

test_that("a large dense support of a GLM is certified", {
  n <- 2400
  p <- 1300
  x <- with_seed(4, matrix(stats::rnorm(n * p), n))
  y <- with_seed(5, stats::rbinom(n, 1, stats::plogis(drop(x %*% sin(seq_len(p))) / 10)))
  fit <- sparsereg(x, y, family = "binomial", lambda = 0.05 * 0.55^(0:8), standardize = FALSE)
  expect_gt(fit$df[9], 1024)
  expect_true(all(fit$converged))
  for (l in c(5, 9)) {
    beta <- fit$beta[, l]
    r <- y - stats::plogis(drop(fit$intercept[l] + x %*% beta))
    gradient <- drop(crossprod(x, r)) / n
    distance <- ifelse(beta == 0, pmax(0, abs(gradient) - fit$lambda[l]),
      abs(gradient - fit$lambda[l] * sign(beta))
    )
    expect_equal(max(distance) / fit$lambda[l], fit$kkt[l], tolerance = 1e-6)
    expect_lt(fit$kkt[l], 1e-3)
  }
})
