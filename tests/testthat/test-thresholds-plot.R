test_that("a line is drawn for every stretch in the model", {
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  found <- thresholds(sparsereg(y ~ ., diabetes, lambda = c(40, 0)))
  mar <- graphics::par("mar")
  drawn <- plot(found)
  expect_identical(graphics::par("mar"), mar)
  hdl <- drawn[drawn$variable == "hdl", ]
  row <- found[found$variable == "hdl", ]
  expect_identical(hdl$from[1], row$enters)
  expect_identical(hdl$to, c(row$leaves, 0))
  expect_identical(hdl$sign, c(-1, 1))
  expect_identical(nrow(plot(found, max_rows = 3)), 3L)
  expect_identical(unique(plot(found[1:3, ])$variable), c("bmi", "ltg", "map"))
  expect_error(plot(found[, 1:3]), class = "sparsepath_error_input")
  ridge <- plot(thresholds(sparsereg(y ~ ., diabetes, penalty = "l2")), main = "ridge")
  expect_identical(ridge$from[ridge$variable == "bmi"], Inf)
  skip_if_not_installed("ggplot2")
  built <- ggplot2::ggplot_build(ggplot2::autoplot(found))
  expect_identical(nrow(built$data[[2]]), nrow(drawn))
})

test_that("there is nothing to draw of an empty path", {
  empty <- thresholds(sparsereg(lpsa ~ . - train, prostate, lambda = 5))
  expect_error(plot(empty), class = "sparsepath_error_input")
})

test_that("the key has what is drawn", {
  shown <- character()
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  local_mocked("draw_key_below", function(labels, ...) shown <<- labels)
  plot(thresholds(sparsereg(mpg ~ wt + hp, mtcars, penalty = "l2")))
  expect_identical(shown, "negative")
  plot(thresholds(sparsereg(mpg ~ wt + hp, mtcars)))
  expect_identical(shown, c("negative", "enters"))
})

test_that("autoplot() draws variables that neither enter nor leave", {
  skip_if_not_installed("ggplot2")
  fit <- sparsereg(mpg ~ wt + hp, mtcars, lambda = c(0.03, 0.02), penalty_factor = c(0, 0))
  expect_no_warning(built <- ggplot2::ggplot_build(ggplot2::autoplot(thresholds(fit))))
  expect_identical(nrow(built$data[[2]]), 2L)
})
