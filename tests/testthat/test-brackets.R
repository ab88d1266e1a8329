fit <- sparsereg(y ~ ., diabetes)
data <- recover_problem(fit, envir = environment())

test_that("root finding agrees with the exact walk", {
  end <- min(fit$lambda)
  expect_equal(find_events(fit, data, end)$lambda, walk_knots(fit, data, end)$lambda,
    tolerance = 1e-10)
  # Also from a coarse grid, which is filled.
  coarse <- sparsereg(y ~ ., diabetes, lambda = c(30, 0.2))
  expect_equal(
    find_events(coarse, data, 0.2)$lambda, walk_knots(fit, data, 0.2)$lambda, tolerance = 1e-10
  )
})

# Minimises the elastic net by proximal gradient steps, far from how the package does.
proximal_net <- function(z, y, lambda, alpha, steps = 4000) {
  n <- length(y)
  g <- crossprod(z) / n
  c0 <- drop(crossprod(z, y)) / n
  step <- 1 / (max(eigen(g, TRUE, TRUE)$values) + lambda * (1 - alpha))
  b <- numeric(ncol(z))
  for (k in seq_len(steps)) {
    u <- b - step * (drop(g %*% b) - c0 + lambda * (1 - alpha) * b)
    b <- sign(u) * pmax(abs(u) - step * lambda * alpha, 0)
  }
  b
}

test_that("elastic net: signs just above and below every event are those of a plain minimiser", {
  net <- sparsereg(lpsa ~ . - train, prostate, alpha = 0.5)
  z <- scale(as.matrix(prostate[1:8])) * sqrt(97 / 96)
  y <- prostate$lpsa - mean(prostate$lpsa)
  events <- attr(thresholds(net), "events")
  events <- events[events$lambda > 0.01, ]
  expect_gte(nrow(events), 7)
  # The first in closed form.
  expect_equal(events$lambda[1], 2 * max(abs(crossprod(z, y))) / 97, tolerance = 1e-9)
  for (k in seq_len(nrow(events))) {
    j <- match(events$variable[k], colnames(z))
    above <- proximal_net(z, y, events$lambda[k] * (1 + 1e-6), 0.5)[[j]]
    below <- proximal_net(z, y, events$lambda[k] * (1 - 1e-6), 0.5)[[j]]
    expect_identical(sign(below), events$sign[k])
    expect_identical(above == 0, events$event[k] == "enters")
  }
})

test_that("logistic regression: at an entry the unpenalised score test value is lambda", {
  x <- scale(as.matrix(mtcars[c("wt", "qsec", "gear", "drat")])) * sqrt(32 / 31)
  logit <- sparsereg(x, mtcars$am, family = "binomial", lambda = c(0.3, 0.05))
  events <- attr(thresholds(logit), "events")
  # Newton's method on the support alone, without the entering variable.
  for (k in which(events$event == "enters")) {
    before <- events[seq_len(k - 1), ]
    last <- before[!duplicated(before$variable, fromLast = TRUE), ]
    a <- match(last$variable[last$sign != 0], colnames(x))
    s <- last$sign[last$sign != 0]
    design <- cbind(1, x[, a, drop = FALSE])
    b <- numeric(ncol(design))
    for (step in 1:50) {
      mu <- plogis(drop(design %*% b))
      gradient <- drop(crossprod(design, mtcars$am - mu)) / 32 - events$lambda[k] * c(0, s)
      b <- b + solve(crossprod(design, mu * (1 - mu) * design) / 32, gradient)
    }
    slope <- sum(x[, events$variable[k]] * (mtcars$am - plogis(drop(design %*% b)))) / 32
    expect_equal(slope, events$sign[k] * events$lambda[k], tolerance = 1e-8)
  }
  expect_gte(sum(events$event == "enters"), 3)
})

test_that("ridge coefficients change sign where the closed form does", {
  ridge <- sparsereg(lpsa ~ . - train, prostate, penalty = "l2")
  z <- scale(as.matrix(prostate[1:8])) * sqrt(97 / 96)
  g <- crossprod(z) / 97
  c0 <- drop(crossprod(z, prostate$lpsa)) / 97
  at <- function(lambda, j) solve(g + lambda * diag(8), c0)[j]
  events <- attr(thresholds(ridge), "events")
  expect_identical(unique(events$event), "changes sign")
  for (k in seq_len(nrow(events))) {
    j <- match(events$variable[k], colnames(z))
    root <- uniroot(at, events$lambda[k] * c(0.9, 1.1), j = j, tol = 1e-13)$root
    expect_equal(events$lambda[k], root, tolerance = 1e-9)
  }
  expect_identical(unique(thresholds(ridge)$enters), Inf)
})

# Proximal gradient steps with bounds, for half a mean squared residual or half a mean deviance:
# `mean` is the inverse link. The prox of a separable convex function on an interval is clipped.
proximal_bounded <- function(z, y, lambda, alpha, low, high, mean = identity, b, steps = 3000) {
  intercept <- 0
  n <- length(y)
  top <- max(eigen(crossprod(z) / n, TRUE, TRUE)$values)
  curvature <- if (identical(mean, identity)) 1 else 0.25
  step <- 1 / (curvature * top + lambda * (1 - alpha))
  for (k in seq_len(steps)) {
    r <- y - mean(intercept + drop(z %*% b))
    intercept <- intercept + sum(r) / n / curvature
    u <- b + step * (drop(crossprod(z, r)) / n - lambda * (1 - alpha) * b)
    new <- pmin(pmax(sign(u) * pmax(abs(u) - step * lambda * alpha, 0), low), high)
    if (max(abs(new - b)) < 1e-14 && abs(sum(r)) < 1e-13 * n) break
    b <- new
  }
  b
}

# Events between neighbours of a fine grid, by what the coefficients do there.
brute_bound_events <- function(z, y, lambda, alpha, low, high, mean = identity) {
  state <- matrix(0, length(lambda), ncol(z))
  b <- numeric(ncol(z))
  for (l in seq_along(lambda)) {
    b <- proximal_bounded(z, y, lambda[l], alpha, low, high, mean, b)
    state[l, ] <- (high > 0 & b == high) - (low < 0 & b == low)
  }
  changed <- which(diff(state) != 0, arr.ind = TRUE)
  data.frame(
    above = lambda[changed[, 1]], below = lambda[changed[, 1] + 1],
    variable = colnames(z)[changed[, 2]],
    event = ifelse(state[cbind(changed[, 1] + 1, changed[, 2])] != 0, "reaches bound",
      "leaves bound")
  )
}

expect_bound_events <- function(found, brute) {
  events <- attr(found, "events")
  ours <- events[grepl("bound", events$event) & events$lambda < max(brute$above), ]
  ours <- ours[order(-ours$lambda), ]
  brute <- brute[order(-brute$above), ]
  expect_identical(ours$variable, brute$variable)
  expect_identical(ours$event, brute$event)
  expect_true(all(ours$lambda <= brute$above & ours$lambda >= brute$below))
}

test_that("elastic net: bounds are met and left where a fine grid says", {
  z <- scale(as.matrix(prostate[1:8])) * sqrt(97 / 96)
  y <- prostate$lpsa - mean(prostate$lpsa)
  low <- rep(-0.1, 8)
  high <- rep(c(0.3, 0.12), 4)
  lambda <- exp(seq(log(1), log(0.002), length.out = 150))
  for (alpha in c(0.6, 0)) {
    net <- sparsereg(z, y, alpha = alpha, standardize = FALSE, intercept = FALSE, lower = -0.1,
      upper = high, lambda = c(1, 0.002))
    brute <- brute_bound_events(z, y, lambda, alpha, low, high)
    expect_gte(nrow(brute), 3)
    expect_bound_events(thresholds(net), brute)
  }
})

test_that("a bound may let go again, by root finding as by the walk", {
  net <- sparsereg(y ~ ., diabetes, upper = c(bmi = 3), lower = c(hdl = -0.4))
  problem <- recover_problem(net, envir = environment())
  exact <- walk_knots(net, problem, min(net$lambda))
  found <- find_events(net, problem, min(net$lambda))
  expect_identical(found[c("column", "event", "sign")], exact[c("column", "event", "sign")],
    ignore_attr = TRUE)
  expect_equal(found$lambda, exact$lambda, tolerance = 1e-9)
  expect_true(all(c("reaches bound", "leaves bound") %in% exact$event))
})

test_that("logistic regression: bounds are met where a fine grid says", {
  x <- scale(as.matrix(mtcars[c("wt", "qsec", "gear", "drat")])) * sqrt(32 / 31)
  high <- c(0.1, 0.5, 0.4, 0.3)
  logit <- sparsereg(x, mtcars$am, family = "binomial", lower = -0.8, upper = high,
    lambda = c(0.3, 0.01))
  lambda <- exp(seq(log(0.3), log(0.01), length.out = 80))
  brute <- brute_bound_events(x, mtcars$am, lambda, 1, rep(-0.8, 4), high, stats::plogis)
  expect_gte(nrow(brute), 3)
  expect_bound_events(thresholds(logit), brute)
})
