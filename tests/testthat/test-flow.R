# The oracle is forward-backward Euler with tiny steps, which goes over into the differential
# inclusion: b <- prox(b + h pull(b)), the prox being soft threshold and clipping.
euler_flow <- function(pull, l1, b, time, steps, lower = c(-Inf, -Inf), upper = c(Inf, Inf)) {
  h <- time / steps
  for (step in seq_len(steps)) {
    z <- b + h * pull(b)
    b <- sign(z) * pmax(abs(z) - h * l1, 0)
    b <- pmin(pmax(b, lower), upper)
  }
  b
}

quadratic <- function(curvature, target) {
  list(
    pull = function(b) target - drop(curvature %*% b), curvature = function(b) curvature,
    quadratic = TRUE
  )
}

penalty <- function(l1, lower = -Inf, upper = Inf) {
  list(l1 = rep_len(l1, 2), lower = rep_len(lower, 2), upper = rep_len(upper, 2))
}

test_that("under L1 alone a point runs at 45 degrees, meets an axis and slides into the origin", {
  nothing <- quadratic(matrix(0, 2, 2), c(0, 0))
  line <- flow(nothing, penalty(2), c(3, -1))
  hit <- which(line$y == 0)[1]
  expect_equal(line$time[hit], 1 / 2, tolerance = 1e-14)
  expect_equal(line$x[hit], 2, tolerance = 1e-14)
  free <- seq_len(hit)
  expect_equal(line$x[free] - 3, -line$y[free] - 1, tolerance = 1e-13)
  expect_true(all(line$y[-free] == 0) && all(line$y_rests[-free]))
  expect_equal(utils::tail(line$time, 1), 3 / 2, tolerance = 1e-14)
  expect_identical(unlist(utils::tail(line, 1)[c("x", "y")], use.names = FALSE), c(0, 0))
})

test_that("under L2 alone it runs straight into the origin and never meets an axis", {
  line <- flow(quadratic(diag(2), c(0, 0)), penalty(0), c(3, -1))
  expect_equal(line$y, -line$x / 3, tolerance = 1e-12)
  expect_equal(line$x, 3 * exp(-line$time), tolerance = 1e-11)
  expect_false(any(line$x_rests | line$y_rests))
})

test_that("under the elastic net each coefficient follows its closed form", {
  line <- flow(quadratic(diag(0.5, 2), c(0, 0)), penalty(1), c(3, 1))
  # b' = -b/2 - 1 from b0: (b0 + 2) exp(-t/2) - 2 until zero, at t = 2 log(1 + b0/2).
  expect_equal(line$x, pmax(5 * exp(-line$time / 2) - 2, 0), tolerance = 1e-12)
  expect_equal(line$y, pmax(3 * exp(-line$time / 2) - 2, 0), tolerance = 1e-12)
  expect_equal(utils::tail(line$time, 1), 2 * log(5 / 2), tolerance = 1e-12)
})

test_that("the flow of a full objective agrees with tiny steps, along the way and at the end", {
  for (seed in 1:12) {
    with_seed(seed, {
      a <- matrix(rnorm(6), 3)
      target <- rnorm(2, sd = 2)
      start <- rnorm(2, sd = 3)
      l1 <- runif(2, 0, 2)
    })
    curvature <- crossprod(a) / 2
    surface <- quadratic(curvature, target)
    line <- flow(surface, penalty(l1), start)
    for (time in c(0.3, 1, 2.5)) {
      seen <- max(which(line$time <= time))
      exact <- euler_flow(surface$pull, l1, start, line$time[seen], 4000)
      expect_close(unlist(line[seen, c("x", "y")]), exact, 5e-3, seed)
    }
    # The end satisfies the stationarity conditions.
    end <- unlist(utils::tail(line, 1)[c("x", "y")])
    pull <- surface$pull(end)
    violation <- ifelse(end == 0, pmax(abs(pull) - l1, 0), abs(pull - l1 * sign(end)))
    expect_lt(max(violation), 1e-10)
    # The objective never rises.
    value <- function(x, y) {
      b <- rbind(x, y)
      colSums(b * (curvature %*% b)) / 2 - colSums(target * b) + colSums(l1 * abs(b))
    }
    expect_lt(max(diff(value(line$x, line$y))), 1e-12)
  }
})

test_that("a coefficient that rests is let go again when the other one has moved", {
  curvature <- matrix(c(1, 0.9, 0.9, 1), 2)
  surface <- quadratic(curvature, drop(curvature %*% c(2, -1.2)))
  start <- c(0.65, 0.01)
  line <- flow(surface, penalty(0.05), start)
  rested <- which(line$y_rests)
  # While the second rests, its pull is 0.6 - 0.9 b_1: it leaves [-0.05, 0.05] at b_1 = 0.65 / 0.9.
  left <- max(rested) + 1
  expect_true(all(line$y[rested] == 0))
  expect_equal(line$x[left], 0.65 / 0.9, tolerance = 1e-13)
  expect_true(all(line$y[seq(left + 1, nrow(line))] < 0))
  end <- unlist(utils::tail(line, 1)[c("x", "y")], use.names = FALSE)
  expect_equal(end, drop(solve(curvature, curvature %*% c(2, -1.2) - 0.05 * c(1, -1))))
  for (row in c(rested[20], left + 30)) {
    exact <- euler_flow(surface$pull, 0.05, start, line$time[row], 5000)
    expect_close(unlist(line[row, c("x", "y")]), exact, 2e-3)
  }
})

test_that("bounds hold a coefficient like zero does", {
  curvature <- matrix(c(1, 0.5, 0.5, 1), 2)
  surface <- quadratic(curvature, c(2, -1))
  held <- penalty(0.1, lower = c(-1, 0), upper = c(0.7, 3))
  line <- flow(surface, held, c(-0.5, 2))
  end <- unlist(utils::tail(line, 1)[c("x", "y")], use.names = FALSE)
  expect_identical(end, c(0.7, 0))
  for (row in which(line$time > 0.2 & line$time < 3)[c(1, 20, 60)]) {
    exact <- euler_flow(
      surface$pull, 0.1, c(-0.5, 2), line$time[row], 5000, held$lower, held$upper
    )
    expect_close(unlist(line[row, c("x", "y")]), exact, 1e-3)
  }
})

test_that("where the curvature changes, the flow still agrees with tiny steps", {
  x <- cbind(sin(1:30), cos((1:30)^2))
  y <- as.numeric(sin(1:30) + cos((1:30) * 3) > 0)
  surface <- list(
    pull = function(b) drop(crossprod(x, y - plogis(x %*% b))) / 30,
    curvature = function(b) crossprod(x, x * as.vector(dlogis(x %*% b))) / 30, quadratic = FALSE
  )
  start <- c(-4, 3)
  line <- flow(surface, penalty(0.03), start)
  for (time in c(1, 10, 40)) {
    row <- max(which(line$time <= time))
    exact <- euler_flow(surface$pull, 0.03, start, line$time[row], 8000)
    expect_close(unlist(line[row, c("x", "y")]), exact, 2e-3)
  }
  end <- unlist(utils::tail(line, 1)[c("x", "y")])
  pull <- surface$pull(end)
  expect_lt(max(ifelse(end == 0, abs(pull) - 0.03, abs(pull - 0.03 * sign(end)))), 1e-9)
})
