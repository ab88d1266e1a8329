test_that("a geometry prints what it shows", {
  fit <- sparsereg(lpsa ~ . - train, data = prostate)
  pair <- c("lcavol", "lcp")
  shown <- function(...) plot_geometry(fit, ..., variables = pair, lambda = 0.2, draw = FALSE)
  expect_snapshot({
    print(shown("constraint"))
    print(shown("constraint", alpha = 0), digits = 5)
    print(shown("flow"))
    print(shown("flow", start = rbind(c(0.5, 0.5), c(-0.2, -0.4))))
    print(shown("penalty"))
    print(plot_geometry(alpha = 0, draw = FALSE))
    print(plot_geometry(alpha = 1, start = rbind(c(1, 1), c(0, 1), c(2, 1)), draw = FALSE))
  })
})

test_that("the time at which a coefficient comes to zero is that of the flow", {
  # Under L1 alone a coefficient of 0.25 is zero after 0.25.
  alone <- plot_geometry(alpha = 1, start = c(1, 0.25), draw = FALSE)
  expect_equal(rest_since(alone$flow, "y_rests"), 0.25, tolerance = 1e-12)
  expect_equal(rest_since(alone$flow, "x_rests"), 1, tolerance = 1e-12)
})

test_that("two coefficients that are zero are spoken of as two", {
  null <- sparsereg(lpsa ~ . - train, data = prostate, lambda = 5)
  expect_output(print(plot_geometry(null, draw = FALSE)), "those of .* are\\s+exactly zero")
  expect_output(print(plot_geometry(null, "flow", draw = FALSE)), "Those\\s+of .* are\\s+held")
})

test_that("digits may be NULL, as for other prints", {
  geometry <- plot_geometry(sparsereg(mpg ~ wt + hp, mtcars), draw = FALSE)
  expect_output(print(geometry, digits = NULL), "solution")
})
