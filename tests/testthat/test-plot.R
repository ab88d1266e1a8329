fit <- sparsereg(lpsa ~ . - train, data = prostate)

test_that("plot() returns what it draws", {
  drawn <- with_device(plot(fit))
  ever <- rowSums(as.matrix(fit$beta) != 0) > 0
  expect_identical(nrow(drawn), sum(ever) * length(fit$lambda))
  expect_identical(names(drawn), c("variable", "lambda", "x", "coefficient", "labelled"))
  lcavol <- drawn[drawn$variable == "lcavol", ]
  expect_identical(lcavol$coefficient, unname(as.matrix(fit$beta)["lcavol", ]))
  expect_identical(lcavol$x, -log10(fit$lambda))
  expect_identical(drawn$labelled, rep(TRUE, nrow(drawn)))
})

test_that("the horizontal axis is the norm or the deviance if asked for", {
  norm <- with_device(plot(fit, xvar = "norm", standardized = TRUE))
  b <- as.matrix(coef(fit, standardized = TRUE))[-1, ]
  expect_equal(unique(norm$x), unname(colSums(abs(b))), tolerance = 1e-12)
  dev <- with_device(plot(fit, "dev"))
  expect_identical(dev$x[dev$variable == "svi"], fit$dev_ratio)
  expect_error(with_device(plot(fit, "time")), class = "sparsepath_error_input")
})

test_that("lambdas go from large to small, and 0 has a place on the right", {
  mixed <- sparsereg(lpsa ~ . - train, data = prostate, lambda = c(0.1, 0, 1))
  drawn <- with_device(plot(mixed))
  expect_identical(unique(drawn$lambda), c(1, 0.1, 0))
  expect_identical(order(unique(drawn$x)), 1:3)
  expect_true(all(is.finite(drawn$x)))
})

test_that("the largest final coefficients are labelled, as many as asked for", {
  drawn <- with_device(plot(fit, label = 3))
  final <- abs(as.matrix(fit$beta)[, length(fit$lambda)])
  expect_setequal(
    unique(drawn$variable[drawn$labelled]), names(sort(final, decreasing = TRUE))[1:3]
  )
  expect_false(any(with_device(plot(fit, label = FALSE))$labelled))
  expect_error(with_device(plot(fit, label = -1)), class = "sparsepath_error_input")
})

test_that("labels keep their distance at the least cost", {
  target <- c(5, 4.9, 4.8, 1, 0.95)
  at <- spread_labels(target, gap = 0.5, lo = 0, hi = 6)
  expect_gte(min(-diff(at)), 0.5 - 1e-12)
  # The conditions for the projection on { z_i - z_(i+1) >= gap }: no block of upper labels wants to
  # move up, and none wants to move down where there is room.
  pull <- cumsum(target - at)
  expect_lt(max(pull), 1e-12)
  room <- c(-diff(at) > 0.5 + 1e-9, TRUE)
  expect_equal(pull[room], numeric(sum(room)), tolerance = 1e-12)
})

test_that("labels stay between the bounds, also where all crowd at an end", {
  at <- spread_labels(c(1, 1, 1), gap = 0.3, lo = 0, hi = 1)
  expect_equal(at, c(1, 0.7, 0.4))
  at <- spread_labels(c(0, 0, 0, 0), gap = 0.25, lo = 0, hi = 1)
  expect_equal(at, c(0.75, 0.5, 0.25, 0))
  expect_identical(spread_labels(numeric(), 1, 0, 1), numeric())
  expect_equal(spread_labels(0.4, gap = 0.3, lo = 0, hi = 1), 0.4)
})

test_that("a small device takes fewer labels, and none is no failure", {
  grDevices::pdf(NULL, width = 4, height = 2.2)
  on.exit(grDevices::dev.off())
  drawn <- plot(fit)
  expect_lt(length(unique(drawn$variable[drawn$labelled])), 8)
})

test_that("graphical parameters are in force for the plot only", {
  with_device({
    par(mar = c(3, 3, 2, 1), las = 0)
    before <- par(no.readonly = TRUE)[c("mar", "mai", "las", "new", "xpd", "cex")]
    plot(fit, las = 1, cex = 0.8, main = "title")
    expect_identical(par(no.readonly = TRUE)[names(before)], before)
  })
})

test_that("paths of one lambda, of nothing and of thousands of variables are drawn", {
  one <- with_device(plot(sparsereg(lpsa ~ . - train, data = prostate, lambda = 0.1)))
  expect_identical(nrow(one), 5L)
  nothing <- with_device(plot(sparsereg(lpsa ~ . - train, data = prostate, lambda = 2)))
  expect_identical(nrow(nothing), 0L)
  x <- matrix(sin(seq_len(40 * 3000)^1.5), 40)
  many <- with_device(plot(sparsereg(x, x[, 1] + x[, 2], penalty = "ridge", nlambda = 10)))
  expect_identical(length(unique(many$variable[many$labelled])), 12L)
  expect_identical(length(unique(many$variable)), 3000L)
})

test_that("zeros are drawn only next to a coefficient that is not zero", {
  zero <- cbind(c(TRUE, TRUE, FALSE, TRUE, TRUE), c(TRUE, TRUE, TRUE, TRUE, FALSE))
  expect_identical(
    within_zeros(zero),
    cbind(c(TRUE, FALSE, FALSE, FALSE, TRUE), c(TRUE, TRUE, TRUE, FALSE, FALSE))
  )
})

test_that("long names are shortened", {
  expect_identical(
    shorten(c("0123456789", "0123456789X", "a_long_name:other"), 10),
    c("0123456789", "0123..789X", "a_lo..ther")
  )
  # Latin-1 of a file that was read as UTF-8 has no number of characters.
  expect_identical(shorten(c("caf\xe9", "0123456789X"), 10), c("caf\xe9", "0123..789X"))
})

test_that("xlim takes a part of the path, and the labels are those of its end", {
  drawn <- with_device(plot(fit, label = 2, xlim = c(1, 0.2)))
  inside <- fit$lambda >= 0.2
  expect_identical(unique(drawn$lambda), fit$lambda[inside])
  end <- abs(as.matrix(fit$beta)[, sum(inside)])
  expect_setequal(unique(drawn$variable[drawn$labelled]), names(sort(end, decreasing = TRUE))[1:2])
  dev <- with_device(plot(fit, "dev", xlim = c(0.2, 0.5)))
  expect_true(all(dev$x >= 0.2 & dev$x <= 0.5))
  expect_input_error(
    with_device(plot(fit, xlim = c(20, 10))), "sparsepath_error_input",
    "`xlim` leaves nothing of the path to draw."
  )
})

test_that("a misspelt argument is an error", {
  expect_input_error(
    with_device(plot(fit, standardised = TRUE)), "sparsepath_error_unknown_argument",
    c("`standardised` is not an argument of plot() or par().", "Did you mean `standardized`?")
  )
})

test_that("ridge is drawn smoothly, as it is between the values of its grid", {
  ridge <- sparsereg(y ~ ., diabetes, penalty = "l2")
  for (xvar in c("lambda", "norm", "dev")) {
    curve <- path_lines(ridge, xvar, TRUE)$curve
    between <- sparsereg(y ~ ., diabetes, penalty = "l2", lambda = curve$lambda)
    truth <- path_lines(between, xvar, TRUE)
    size <- max(abs(truth$beta))
    expect_lt(max(abs(curve$beta - truth$beta)), 2e-3 * size)
    expect_lt(max(abs(curve$x - truth$x)), 2e-3 * diff(range(truth$x)))
  }
  drawn <- with_device(plot(ridge))
  expect_identical(unique(drawn$lambda), ridge$lambda)

  part <- path_lines(ridge, "lambda", FALSE, c(0.001, 0.01))
  expect_equal(range(part$curve$lambda), range(part$lambda))
  expect_gt(length(part$curve$x), 100)
  with_zero <- path_lines(update(ridge, lambda = c(ridge$lambda, 0)), "lambda", FALSE)
  expect_identical(tail(with_zero$curve$lambda, 1), 0)
  expect_equal(with_zero$curve$beta[, 201], with_zero$beta[, 101])
})

test_that("what has corners is drawn with them", {
  for (one in list(fit, update(fit, penalty = "l2", lower = 0), update(fit, lambda = c(1, 0.1)))) {
    lines <- path_lines(one, "lambda", FALSE)
    expect_identical(lines$curve, lines[c("x", "lambda", "beta")])
  }
})

test_that("what is drawn has the same columns where no coefficient ever differs from zero", {
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  drawn <- plot(sparsereg(mpg ~ hp, mtcars, lambda = 100))
  expect_named(drawn, c("variable", "lambda", "x", "coefficient", "labelled"))
  expect_identical(nrow(drawn), 0L)
})

test_that("limits that are no limits are errors", {
  fit <- sparsereg(mpg ~ wt + hp, mtcars)
  cv <- cv_sparsereg(mpg ~ wt + hp, mtcars, nfolds = 3, seed = 1)
  for (xlim in list(c(NA, 1), 3, "a", c("a", "b"), 1:3)) {
    for (object in list(fit, cv)) {
      expect_error(plot(object, xlim = xlim), "^`xlim` must be two numbers, not ",
        class = "sparsepath_error_input"
      )
    }
  }
})

test_that("labels of axes shrink no more than the figure asks for", {
  with_device({
    par(pty = "s", mar = c(4, 9, 9, 9))
    plot.new()
    wide <- strrep("m", floor(0.9 * par("fin")[1] / strwidth("m", "inches")))
    expect_gt(strwidth(wide, "inches"), 1.1 * par("pin")[1])
    expect_equal(fitting_labels(wide, "y"), 1)
    longer <- strrep(wide, 2)
    expect_lte(fitting_labels(longer, "y") * strwidth(longer, "inches"), par("fin")[1])
  })
})

# What title() was told: labels of axes with the factor of their size.
drawn_titles <- function(code, width, height) {
  grDevices::pdf(NULL, width, height)
  on.exit(grDevices::dev.off())
  grDevices::dev.control("enable")
  force(code)
  calls <- lapply(grDevices::recordPlot()[[1]], function(call) as.list(call[[2]]))
  titles <- Filter(function(call) identical(call[[1]]$name, "C_title"), calls)
  lapply(titles, function(call) {
    list(xlab = call[[4]], ylab = call[[5]], cex = c(call$cex.lab, 1)[1])
  })
}

test_that("labels of axes fit into small figures, in plots of all kinds", {
  fit <- sparsereg(lpsa ~ . - train, prostate)
  far <- cv_measure(function(y, mu, weights) mean(abs(y - mu) > 1), strrep("a long label ", 5))
  cv <- cv_sparsereg(lpsa ~ . - train, prostate, nfolds = 3, seed = 1, measure = far)
  nested <- cv_nested(lpsa ~ . - train, prostate, outer = 3, nfolds = 3, seed = 1, measure = far)
  shown <- plot_shrinkage(fit, 0.1, draw = FALSE)
  why <- explain(fit, "lcp", 0.1)
  for (drawn in list(fit, cv, nested, shown, why)) {
    titles <- drawn_titles(plot(drawn, ylab = if (inherits(drawn, "sparsereg")) far$label), 3, 2.6)
    labelled <- Filter(function(title) !is.null(title$ylab), titles)
    expect_length(labelled, 1)
    grDevices::pdf(NULL, 3, 2.6)
    wide <- function(label) graphics::strwidth(label, "inches") * labelled[[1]]$cex
    expect_lte(wide(labelled[[1]]$xlab), 3)
    expect_lte(wide(labelled[[1]]$ylab), 2.6)
    grDevices::dev.off()
  }
})
