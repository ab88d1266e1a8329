# The oracles are checked before anything is checked with them.

# The optimum of a nasty problem at a lambda where some coefficients are nonzero.
solved_problem <- function(seed) {
  case <- nasty_problem(seed)
  top <- oracle_lambda_max(case)
  lambda <- if (top > 0) with_seed(seed, top * 10^stats::runif(1, -2, 0)) else 1
  list(
    case = case, oracle = oracle(case), lambda = lambda, fit = reference_solve(case, lambda),
    label = paste(describe_case(case), "at", lambda)
  )
}

problems <- lapply(test_seeds(100), solved_problem)

certificate_of <- function(problem, b = problem$fit$beta, b0 = problem$fit$intercept) {
  certificate(problem$oracle, b0, b, problem$lambda)
}

test_that("the reference solver's solutions are optimal by both forms of the gap", {
  for (problem in problems) {
    proof <- certificate_of(problem)
    o <- problem$oracle
    # Primal and dual value are sums as large as the response, and so is the rounding of their
    # difference.
    cancellation <- if (o$null > 0) 1e-14 * sum(o$v * o$y^2) / o$null else 1
    expect_true(proof$feasible, label = problem$label)
    expect_lte(proof$gap, 1e-10 + 10 * proof$rounding, label = problem$label)
    expect_lte(
      abs(proof$gap_textbook - proof$gap), 1e-12 + cancellation + proof$rounding,
      label = problem$label
    )
  }
})

test_that("both forms of the gap agree away from the optimum", {
  for (problem in problems) {
    o <- problem$oracle
    if (o$null == 0) next
    best <- problem$fit$beta
    b <- with_seed(problem$case$seed, best * stats::runif(length(best), 0.5, 1))
    b0 <- if (o$case$intercept) sum(o$v * (o$y - drop(o$x %*% b))) else 0
    proof <- certificate_of(problem, b, b0)
    cancellation <- 1e-14 * sum(o$v * o$y^2) / o$null
    expect_lte(
      abs(proof$gap_textbook - proof$gap), 1e-9 * proof$gap + 1e-12 + cancellation + proof$rounding,
      label = problem$label
    )
  }
})

test_that("the gap bounds the distance to the optimal objective", {
  for (problem in problems) {
    o <- problem$oracle
    if (o$null == 0) next
    b <- 0.7 * problem$fit$beta
    b0 <- if (o$case$intercept) sum(o$v * (o$y - drop(o$x %*% b))) else 0
    proof <- certificate_of(problem, b, b0)
    excess <- (proof$objective - certificate_of(problem)$objective) / o$null
    expect_gte(proof$gap, excess - 1e-10, label = problem$label)
    expect_gte(excess, -1e-10, label = problem$label)
  }
})

test_that("the conjugate is the largest value over a fine grid", {
  case <- list(
    x = diag(4), y = 1:4, alpha = 0.5, standardize = FALSE, penalty_factor = c(1, 2, 1, 0),
    lower = c(-1, 0, -Inf, -2), upper = c(2, 3, Inf, 0.5)
  )
  o <- oracle(case)
  grid <- seq(-8, 8, by = 1e-3)
  for (u in list(c(-1.5, -1, 0.2, 3), c(2.5, 2.5, -2.5, -0.1), c(1, 0.4, 3, 0))) {
    on_grid <- vapply(1:4, function(j) {
      t <- grid[grid >= o$low[j] & grid <= o$high[j]]
      f <- case$penalty_factor[j]
      max(u[j] * t - 0.8 * f * (0.5 * abs(t) + 0.25 * t^2))
    }, 0)
    expect_equal(h_conjugate(o, u, 0.8), on_grid, tolerance = 1e-6)
  }
})

test_that("a coefficient that is a little off is noticed, whichever case it is in", {
  x <- with_seed(1, matrix(stats::rnorm(300), 50, 6))
  y <- with_seed(2, drop(x %*% c(2, -2, 0, 1, 1, 1)) + stats::rnorm(50))
  case <- list(
    x = x, y = y, penalty_factor = c(1, 1, 1, 0, 1, Inf),
    upper = c(Inf, Inf, Inf, Inf, 0.3, Inf), lower = -Inf
  )
  problem <- list(case = case, oracle = oracle(case), lambda = 0.3)
  problem$fit <- reference_solve(case, 0.3)
  b <- problem$fit$beta
  expect_identical(b[c(3, 5, 6)], c(0, 0.3, 0))
  expect_identical(sign(b[c(1, 2, 4)]), c(1, -1, 1))
  clean <- certificate_of(problem)
  expect_lt(clean$kkt, 1e-12)
  expect_lt(clean$gap, 1e-14)
  for (j in c(1, 2, 3, 4, 5)) {
    for (by in c(-1e-4, if (j != 5) 1e-4)) {
      proof <- certificate_of(problem, replace(b, j, b[j] + by))
      expect_gt(proof$kkt, 1e-5, label = paste("kkt after moving coefficient", j, "by", by))
      expect_gt(proof$gap, 1e-10, label = paste("gap after moving coefficient", j, "by", by))
    }
  }
  expect_gt(proof$violation[5], 0.1)
  expect_false(certificate_of(problem, replace(b, 5, 0.3 + 1e-12))$feasible)
  expect_false(certificate_of(problem, replace(b, 6, 1e-12))$feasible)
  expect_equal(certificate_of(problem, b0 = problem$fit$intercept + 0.01)$intercept, 0.01)
})

test_that("the generator draws every kind of trouble", {
  drawn <- unlist(lapply(seq_len(300), function(seed) nasty_problem(seed)$tags))
  expect_setequal(unique(drawn), c(
    "n = 1", "n = 2", "p = 1", "n < p", "n > p", "n = p", names(column_troubles),
    names(extreme_units), "sparse", "offset", "penalty_factor", "bounds", "weights random",
    "weights counts", "weights some zero", "lambda none", "lambda one", "lambda shuffled",
    "lambda zero"
  ))
})

test_that("the generator leaves the random numbers of the session alone", {
  set.seed(1)
  before <- .Random.seed
  first <- nasty_problem(5)
  expect_identical(.Random.seed, before)
  expect_identical(nasty_problem(5), first)
})
