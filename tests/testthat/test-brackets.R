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
