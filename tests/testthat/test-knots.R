# Knots of lars on the scale of the fit: it has columns of length 1 when it normalises.
lars_knots <- function(x, y, ...) {
  path <- lars::lars(as.matrix(x), y, use.Gram = FALSE, ...)
  path$lambda / sqrt(nrow(x))
}

test_that("knots are those of lars to 1e-8, n > p and p > n", {
  skip_if_not_installed("lars")
  x <- model.matrix(y ~ ., diabetes)[, -1]
  fit <- sparsereg(x, diabetes$y, lambda = 0)
  expect_equal(knots(fit), lars_knots(x, diabetes$y), tolerance = 1e-10)
  x <- as.matrix(prostate[1:8])
  expect_equal(
    knots(sparsereg(x, prostate$lpsa, lambda = 0)), lars_knots(x, prostate$lpsa), tolerance = 1e-10
  )
  wide <- with_seed(1, {
    x <- matrix(rnorm(40 * 100), 40) + rnorm(40)
    list(x = x, y = drop(x[, 1:5] %*% 5:1) + rnorm(40))
  })
  ours <- knots(sparsereg(wide$x, wide$y, lambda = 0.002))
  theirs <- lars_knots(wide$x, wide$y)
  theirs <- theirs[theirs > 0.002]
  expect_gt(length(ours), 50)
  expect_length(ours, length(theirs))
  expect_lt(max(abs(ours - theirs) / theirs), 1e-8)
})

test_that("orthonormal columns enter at 2 |x'y| of the residual sum of squares", {
  x <- with_seed(2, qr.Q(qr(matrix(rnorm(120), 20))))
  y <- with_seed(3, rnorm(20))
  fit <- sparsereg(x, y, standardize = FALSE, intercept = FALSE, lambda = 0)
  bound <- 2 * abs(drop(crossprod(x, y)))
  found <- thresholds(fit, scale = "rss")
  expect_equal(found$enters, sort(bound, decreasing = TRUE), tolerance = 1e-12)
  expect_equal(knots(fit, scale = "rss"), sort(bound, decreasing = TRUE), tolerance = 1e-12)
})

# Brute force: every subset of columns with every choice of signs is solved by the normal equations;
# at each lambda the one that meets all conditions is the solution. Between two lambdas where it is
# another one, halving finds the knot.
brute_pattern <- function(x, y, lambda) {
  n <- length(y)
  p <- ncol(x)
  for (code in 0:(3^p - 1)) {
    s <- (code %/% 3^(0:(p - 1))) %% 3 - 1
    a <- which(s != 0)
    b <- numeric(p)
    if (length(a)) {
      z <- x[, a, drop = FALSE]
      b[a] <- solve(crossprod(z) / n, crossprod(z, y) / n - lambda * s[a])
    }
    slope <- drop(crossprod(x, y - x %*% b)) / n
    # At a knot itself rounding may deny either of the two patterns that meet there.
    if (all(b[a] * s[a] > 0) && all(abs(slope[s == 0]) <= lambda * (1 + 1e-12))) return(s)
  }
  stop("no pattern")
}

brute_knots <- function(x, y, from, to, grid = 200) {
  lambda <- exp(seq(log(from), log(to), length.out = grid))
  pattern <- vapply(lambda, function(l) brute_pattern(x, y, l), numeric(ncol(x)))
  changed <- which(colSums(pattern[, -1] != pattern[, -grid]) > 0)
  vapply(changed, function(k) {
    ends <- lambda[c(k, k + 1)]
    for (step in 1:40) {
      middle <- mean(ends)
      same <- identical(brute_pattern(x, y, middle), pattern[, k])
      ends[if (same) 1 else 2] <- middle
    }
    ends[1]
  }, 0)
}

test_that("knots are those of all patterns tried, where a variable leaves as well", {
  data <- with_seed(25, {
    x <- matrix(rnorm(60), 15) + rnorm(15)
    list(x = x, y = drop(x %*% c(2, -2, 1, 0)) + rnorm(15))
  })
  fit <- sparsereg(data$x, data$y, lambda = 0.002)
  found <- thresholds(fit)
  expect_identical(attr(found, "method"), "exact")
  events <- attr(found, "events")
  z <- scale(data$x) * sqrt(15 / 14)
  y <- data$y - mean(data$y)
  brute <- brute_knots(z, y, 1.01 * fit$lambda_max, 0.002)
  expect_equal(unique(events$lambda), brute, tolerance = 1e-9)
  expect_true("leaves" %in% events$event)
})

test_that("with weights, offset, factors and bounds a refit changes at every event", {
  seen <- character()
  for (seed in 1:60) {
    case <- nasty_problem(seed)
    case$alpha <- 1
    case$lambda <- NULL
    if (any(grepl("units|huge|tiny|large|small|equal", case$tags))) next
    fit <- fit_case(case)
    problem <- recover_problem(fit, envir = environment())
    events <- walk_knots(fit, problem, max(min(fit$lambda), 1e-3 * fit$lambda_max))
    if (is.null(events) || nrow(events) == 0) next
    seen <- c(seen, events$event)
    problem$control$tol <- 1e-14
    lone <- vapply(events$lambda, function(l) sum(abs(events$lambda - l) < 1e-4 * l) == 1, NA)
    for (k in which(lone)) {
      event <- events[k, ]
      around <- refit_at(problem, event$lambda * c(1 + 1e-5, 1 - 1e-5))
      b <- around$beta[event$column, ]
      held <- b <= fit$lower[event$column] | b >= fit$upper[event$column]
      label <- paste(describe_case(case), event$event)
      switch(event$event,
        enters = expect_identical(sign(b), c(0, event$sign), label = label),
        leaves = expect_identical(sign(b) != 0, c(TRUE, FALSE), label = label),
        "changes sign" = expect_identical(sign(b), c(-1, 1) * event$sign, label = label),
        "reaches bound" = expect_identical(held, c(FALSE, TRUE), label = label),
        "leaves bound" = expect_identical(held, c(TRUE, FALSE), label = label)
      )
    }
  }
  expect_setequal(
    seen, c("enters", "leaves", "changes sign", "reaches bound", "leaves bound")
  )
})

test_that("dependent columns are left to root finding", {
  x <- cbind(as.matrix(prostate[1:3]), copy = prostate$lcavol)
  fit <- sparsereg(x, prostate$lpsa)
  found <- thresholds(fit)
  alone <- thresholds(sparsereg(x[, 1:3], prostate$lpsa))
  entered <- found[found$variable %in% c("lcavol", "copy"), "enters"]
  expect_equal(max(entered, na.rm = TRUE), alone$enters[1], tolerance = 1e-8)
  expect_equal(
    found$enters[found$variable == "lweight"], alone$enters[alone$variable == "lweight"],
    tolerance = 1e-8
  )
})
