# Every number that a fit reports about its own accuracy is computed again from the definition, for
# a few hundred nasty problems (SPARSEPATH_TEST_SEEDS=5000 for more).

# The oracle's certificates for all lambdas of a fit.
certificates <- function(fit, o) {
  beta <- as.matrix(fit$beta)
  lapply(seq_along(fit$lambda), function(l) {
    certificate(o, fit$intercept[l], beta[, l], fit$lambda[l])
  })
}

pick <- function(proofs, field) vapply(proofs, function(proof) max(proof[[field]]), 0)

# A column without penalty and bounds has its gradient at rounding level instead of a limit; the
# package adds what that may cost to its gap, the oracle projects.
has_free_column <- function(case) {
  any(case$penalty_factor == 0) || any(case$lambda == 0)
}

# By how much each promise is broken, at its worst over the lambdas: positive is a failure. A gap
# beyond 1e-3 is flagged as not converged; where it comes from rounding (no intercept, a mean of 1e6
# and a standard deviation of 1), rounding the coefficients once more changes it again.
broken_promises <- function(case, fit) {
  o <- oracle(case)
  proofs <- certificates(fit, o)
  gap <- pick(proofs, "gap")
  rounding <- 1e-9 + 1e-6 * gap + 10 * pick(proofs, "rounding")
  kkt_noise <- pick(proofs, "rounding_gradient") / vapply(fit$lambda, kkt_unit, 0, o = o)
  kkt_error <- abs(pick(proofs, "kkt") - fit$kkt)
  c(
    "bounds and exclusions hold exactly" = 0.5 - min(pick(proofs, "feasible")),
    "the gap is below tol where converged" = max((gap - 1e-7 - rounding)[fit$converged], -1),
    "the gap is no larger than reported" = max((gap - fit$gap - rounding)[fit$gap < 1e-3], -1),
    "the gap is as reported" = if (has_free_column(case)) -1 else max(fit$gap - gap - rounding),
    "kkt is as reported" = max(kkt_error - 1e-10 - 100 * kkt_noise),
    "residuals sum to zero" =
      if (case$intercept) max(pick(proofs, "intercept") - 10 * pick(proofs, "slip")) else -1
  )
}

expect_promises <- function(case, fit = fit_case(case)) {
  excess <- broken_promises(case, fit)
  for (promise in names(excess)) {
    expect_lte(excess[[promise]], 0, label = paste0(promise, ", ", describe_case(case), ": by"))
  }
}

test_that("every certificate holds when recomputed, and nearly every nasty problem converges", {
  seeds <- test_seeds()
  converged <- vapply(seeds, function(seed) {
    case <- nasty_problem(seed)
    fit <- fit_case(case)
    expect_promises(case, fit)
    all(fit$converged)
  }, NA)
  expect_gte(mean(converged), 0.99, label = paste(
    "share of converged problems; not so:", paste(utils::head(seeds[!converged]), collapse = ", ")
  ))
})

# So many entries that X is rounded to bytes for verification (src/core/design/coarse.h): with
# columns of all sorts, outliers and weights, which make the bounds on the rounding wide.
wide_problem <- function(seed, alpha) {
  n <- 120
  p <- 10000
  with_seed(seed, {
    x <- matrix(stats::rnorm(n * p), n, p)
    x[, 1:2000] <- x[, 1:2000] > 1
    x[, 2001:3000] <- x[, 2001:3000]^7
    x[, 3001:4000] <- 1e5 + x[, 3001:4000] + x[, 1]
    y <- drop(x[, c(5, 4005, 9000)] %*% c(2, 1, -1)) + stats::rnorm(n)
    list(
      seed = seed, tags = "wide", x = x, y = y, alpha = alpha, standardize = TRUE, intercept = TRUE,
      weights = stats::rexp(n)^2 * (stats::runif(n) > 0.1)
    )
  })
}

test_that("every certificate holds where a wide X was rounded to bytes", {
  for (seed in 1:2) {
    case <- wide_problem(seed, alpha = c(1, 0.5)[seed])
    case$lambda <- oracle_lambda_max(case) * 0.9^(0:40)
    expect_promises(case)
  }
})

# The last penalised members settle while the factor still has the ridge part of another lambda:
# what is left is a system of columns without penalty.
settling_problem <- function(seed) {
  with_seed(seed, {
    n <- 60
    free <- sample(1:4, 1)
    other <- sample(1:2, 1)
    x <- matrix(stats::rnorm(n * (free + other)), n) + 0.5 * stats::rnorm(n)
    list(
      seed = seed, tags = "settling", x = x, alpha = 0.5, standardize = FALSE, intercept = TRUE,
      y = drop(x %*% stats::rnorm(free + other)) + stats::rnorm(n),
      penalty_factor = rep(0:1, c(free, other)),
      upper = c(rep(Inf, free), if (seed %% 2) rep(Inf, other) else stats::runif(other, 0, 0.5)),
      lambda = 0.02 * 1.4^(0:14)
    )
  })
}

test_that("every certificate holds where all penalised columns settle beside columns without", {
  for (seed in 1:60) {
    case <- settling_problem(seed)
    case$lower <- -case$upper
    for (lambda in list(case$lambda, rev(case$lambda))) {
      case$lambda <- lambda
      expect_promises(case)
    }
  }
})

test_that("dependent columns without a penalty do not run away", {
  for (seed in c(1:40, 45, 93, 170, 210)) {
    x <- with_seed(seed, {
      n <- sample(10:60, 1)
      p <- n + sample(-3:10, 1)
      matrix(stats::rnorm(n * p), n) + stats::rnorm(n) * sample(c(0, 3), 1)
    })
    x[, 2] <- x[, 1]
    x[, 3] <- x[, 1] + x[, 4]
    y <- x[, 1] + with_seed(seed, stats::rnorm(nrow(x)))
    fit <- sparsereg(x, y, lambda = c(1, 0.5, 0.1, 0), standardize = FALSE)
    expect_true(all(is.finite(fit$beta@x)), label = paste("finite coefficients, seed", seed))
    gradient <- crossprod(x, y - predict(fit, x)[, 4]) / length(y)
    expect_lte(max(abs(gradient)), 1e-6, label = paste("gradient at lambda = 0, seed", seed))
  }
})

test_that("a broken promise would be noticed", {
  case <- with_seed(4, list(
    seed = "by hand", tags = "plain", x = matrix(stats::rnorm(200), 40, 5), alpha = 1,
    standardize = TRUE, intercept = TRUE
  ))
  case$y <- case$x[, 1] + sin(seq_len(40))
  case$lambda <- oracle_lambda_max(case) * c(0.5, 0.1)
  fit <- fit_case(case)
  expect_lte(max(broken_promises(case, fit)), 0)
  noticed <- function(change) {
    names(which(broken_promises(case, utils::modifyList(unclass(fit), change)) > 0))
  }
  expect_in <- function(name, noticed) expect_true(name %in% noticed, label = name)
  expect_in("the gap is below tol where converged", noticed(list(beta = 0.9 * fit$beta)))
  expect_in("kkt is as reported", noticed(list(beta = 0.9 * fit$beta)))
  expect_in("residuals sum to zero", noticed(list(intercept = fit$intercept + 1e-6)))
  expect_in("the gap is as reported", noticed(list(gap = fit$gap + 1e-8)))
  expect_in("the gap is no larger than reported", noticed(list(gap = fit$gap - 1e-8)))
  case$upper <- c(0, Inf, Inf, Inf, Inf)
  expect_in("bounds and exclusions hold exactly", noticed(list()))
})

test_that("fits agree with the reference solver where the solution is unique", {
  for (seed in test_seeds(150)) {
    case <- nasty_problem(seed)
    top <- oracle_lambda_max(case)
    if (top == 0) next
    case$lambda <- 0.1 * top
    fit <- fit_case(case)
    reference <- reference_solve(case, case$lambda)
    o <- oracle(case)
    if (o$null == 0 || !fit$converged) next
    b <- as.matrix(fit$beta)[, 1]
    reached <- objective(o, fit$intercept, b, case$lambda)
    best <- objective(o, reference$intercept, reference$beta, case$lambda)
    slack <- 1e-11 + 10 * certificate(o, fit$intercept, b, case$lambda)$rounding
    expect_lte((reached - best) / o$null, 1e-7 + slack, label = describe_case(case))
    expect_gte((reached - best) / o$null, -slack, label = describe_case(case))
  }
})

test_that("the lambda grid starts at the smallest lambda with all penalised coefficients zero", {
  for (seed in c(test_seeds(150), 1978)) {
    case <- nasty_problem(seed)
    case$lambda <- NULL
    if (case$alpha == 0) case$alpha <- 1
    top <- oracle_lambda_max(case)
    o <- oracle(case)
    if (top == 0 || o$null == 0) next
    fit <- fit_case(case)
    # The gradient of the null model is a difference of numbers as large as y times the column.
    noise <- max(o$norm[!o$shut]) * 1e-14 * max(abs(o$y)) / min(case$alpha, 1)
    expect_lte(abs(fit$lambda_max - top), 1e-9 * top + noise, label = describe_case(case))
    penalised <- if (is.null(case$penalty_factor)) TRUE else case$penalty_factor > 0
    expect_identical(sum(fit$beta[penalised, 1] != 0), 0L, label = describe_case(case))
  }
})
