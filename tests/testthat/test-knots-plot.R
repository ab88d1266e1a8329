fit <- sparsereg(y ~ ., diabetes)

test_that("the path goes through the knots of lars, and is straight between them", {
  skip_if_not_installed("lars")
  x <- model.matrix(y ~ ., diabetes)[, -1]
  full <- sparsereg(x, diabetes$y, lambda = c(50, 0))
  drawn <- with_device(plot(full, xvar = "norm", knots = TRUE))
  theirs <- lars::lars(x, diabetes$y, use.Gram = FALSE)
  knots <- theirs$lambda / sqrt(nrow(x))
  expect_identical(length(unique(attr(drawn, "knots")$x)), length(knots))
  for (variable in colnames(x)) {
    line <- drawn[drawn$variable == variable, ]
    at <- vapply(knots, function(k) which.min(abs(line$lambda - k)), 1L)
    expect_equal(line$coefficient[at], unname(theirs$beta[seq_along(knots), variable]),
      tolerance = 1e-8)
    straight <- stats::approx(line$x[at], line$coefficient[at], line$x)$y
    inside <- !is.na(straight)
    expect_equal(line$coefficient[inside], straight[inside], tolerance = 1e-7)
  }
})

test_that("every event of thresholds() has its mark", {
  drawn <- with_device(plot(fit, knots = TRUE, standardized = TRUE))
  marks <- attr(drawn, "knots")
  events <- attr(thresholds(fit), "events")
  expect_identical(as.character(marks$event), events$event)
  expect_identical(marks$variable, events$variable)
  expect_equal(marks$x, -log10(events$lambda), tolerance = 1e-12)
  expect_identical(marks$coefficient, numeric(nrow(events)))
  expect_null(attr(with_device(plot(fit)), "knots"))
  # The labels stay those of the plain plot.
  plain <- with_device(plot(fit, standardized = TRUE, label = 3))
  knotted <- with_device(plot(fit, standardized = TRUE, label = 3, knots = TRUE))
  expect_setequal(unique(knotted$variable[knotted$labelled]),
    unique(plain$variable[plain$labelled]))
})

test_that("marks of bounds lie on them; those outside the limits are not drawn", {
  bounded <- sparsereg(y ~ ., diabetes, upper = c(bmi = 3), lower = c(hdl = -0.4))
  marks <- attr(with_device(plot(bounded, knots = TRUE)), "knots")
  reached <- marks[marks$event == "reaches bound", ]
  expect_equal(
    reached$coefficient[match(c("bmi", "hdl"), reached$variable)], c(3, -0.4), tolerance = 1e-12
  )
  some <- attr(with_device(plot(bounded, knots = TRUE, xlim = c(1, 5))), "knots")
  expect_true(nrow(some) > 0 && all(10^-some$x >= 1 & 10^-some$x <= 5))
})

test_that("other families and the elastic net have knots, too", {
  logit <- sparsereg(am ~ wt + qsec + gear, mtcars, family = "binomial", lambda = c(0.3, 0.02))
  marks <- attr(with_device(plot(logit, knots = TRUE)), "knots")
  expect_equal(10^-marks$x, attr(thresholds(logit), "events")$lambda, tolerance = 1e-9)
  ridge <- sparsereg(am ~ wt + qsec, mtcars, penalty = "l2")
  expect_identical(nrow(attr(with_device(plot(ridge, knots = TRUE)), "knots")), 0L)
})

test_that("autoplot() has the same marks", {
  skip_if_not_installed("ggplot2")
  marks <- attr(with_device(plot(fit, knots = TRUE)), "knots")
  built <- with_device(ggplot2::ggplot_build(ggplot2::autoplot(fit, knots = TRUE, label = 4)))
  points <- do.call(rbind, lapply(built$data, function(layer) {
    if ("shape" %in% names(layer)) layer[c("x", "y", "shape")]
  }))
  expect_equal(sort(points$x), sort(marks$x))
  expect_equal(sum(points$shape == 21), sum(marks$event == "leaves"))
})

test_that("the data are asked for where they are gone", {
  lost <- local({
    hidden <- diabetes
    sparsereg(hidden[, 1:4], hidden$y)
  })
  expect_error(with_device(plot(lost, knots = TRUE)), class = "sparsepath_error_data_missing")
  drawn <- with_device(plot(lost, knots = TRUE, data = list(x = diabetes[, 1:4], y = diabetes$y)))
  expect_gt(nrow(attr(drawn, "knots")), 2)
  expect_error(with_device(plot(fit, knots = "yes")), class = "sparsepath_error_input")
})

test_that("the key of a narrow plot stays within the figure", {
  with_device({
    par(mfrow = c(2, 3))
    plot.new()
    plot.window(c(0, 1), c(0, 1))
    key <- draw_key_below(c("6 knots", names(knot_shapes)), pch = c(NA, knot_shapes))
    edge <- grconvertX(1, "nfc", "user")
    expect_lte(key$rect$left + key$rect$w, edge * (1 + 1e-8))
    key <- draw_key_below("enters", pch = 19)
    expect_gt(key$rect$w, 1.2 * strwidth("enters", cex = label_cex))
  })
})
