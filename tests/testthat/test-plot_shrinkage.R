soft <- function(z, lambda, alpha) {
  sign(z) * pmax(abs(z) - lambda * alpha, 0) / (1 + lambda * (1 - alpha))
}

test_that("orthonormal designs: the points are at plain least squares, on the curve", {
  x <- with_seed(4, {
    q <- qr.Q(qr(cbind(1, matrix(rnorm(100), 20))))[, -1] * sqrt(20)
    colnames(q) <- letters[1:5]
    q
  })
  y <- with_seed(5, x %*% c(3, -2, 0.5, 0, 0) + rnorm(20))[, 1]
  ls <- unname(coef(lm(y ~ x))[-1])
  for (alpha in c(1, 0.3, 0)) {
    fit <- sparsereg(x, y, alpha = alpha, lambda = 0.6)
    shown <- plot_shrinkage(fit, draw = FALSE)
    expect_true(shown$orthonormal)
    expect_equal(shown$points$least_squares, ls, tolerance = 1e-9)
    expect_equal(shown$points$estimate, soft(ls, 0.6, alpha), tolerance = 1e-7)
  }
})

test_that("in any design each is least squares given the others", {
  fit <- sparsereg(lpsa ~ . - train, prostate, alpha = 0.5, penalty_factor = c(svi = 2))
  shown <- plot_shrinkage(fit, lambda = 0.1, draw = FALSE)
  expect_false(shown$orthonormal)
  expect_false("svi" %in% shown$points$variable)
  z <- scale(as.matrix(prostate[1:8])) * sqrt(97 / 96)
  t <- as.vector(coef(fit, 0.1, exact = TRUE, standardized = TRUE))[-1]
  for (k in seq_len(nrow(shown$points))) {
    j <- match(shown$points$variable[k], colnames(z))
    rest <- prostate$lpsa - drop(z[, -j] %*% t[-j])
    expect_equal(shown$points$least_squares[k], unname(coef(lm(rest ~ z[, j]))[2]),
      tolerance = 1e-7)
  }
  expect_equal(shown$points$estimate, soft(shown$points$least_squares, 0.1, 0.5), tolerance = 1e-7)
})

test_that("bounded coefficients are left out, other families have curves alone", {
  fit <- sparsereg(lpsa ~ . - train, prostate, lambda = 0.05, lower = 0, upper = c(lcavol = 0.2))
  points <- plot_shrinkage(fit, draw = FALSE)$points
  expect_false("lcavol" %in% points$variable)
  expect_equal(points$estimate, soft(points$least_squares, 0.05, 1), tolerance = 1e-7)
  logit <- sparsereg(am ~ wt, mtcars, family = "binomial", lambda = 0.1)
  expect_message(
    shown <- plot_shrinkage(logit, draw = FALSE), class = "sparsepath_message_no_points"
  )
  expect_identical(nrow(shown$points), 0L)
  raw <- sparsereg(lpsa ~ . - train, prostate, lambda = 0.05, standardize = FALSE)
  expect_message(plot_shrinkage(raw, draw = FALSE), class = "sparsepath_message_no_points")
})

test_that("curves without a fit, drawn both ways", {
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  mar <- graphics::par("mar")
  shown <- plot_shrinkage(lambda = 2, alpha = 0.25)
  expect_identical(graphics::par("mar"), mar)
  expect_identical(unique(shown$curves$penalty), c("L1", "elastic net, alpha = 0.25", "L2"))
  l1 <- shown$curves[shown$curves$penalty == "L1", ]
  expect_equal(l1$estimate, soft(l1$least_squares, 2, 1))
  expect_error(plot_shrinkage(1:3), class = "sparsepath_error_input")
  fit <- sparsereg(lpsa ~ . - train, prostate)
  expect_error(plot_shrinkage(fit), class = "sparsepath_error_input")
  skip_if_not_installed("ggplot2")
  shown <- plot_shrinkage(fit, 0.1)
  built <- ggplot2::ggplot_build(ggplot2::autoplot(shown))
  expect_equal(built$data[[3]]$y, shown$points$estimate)
})

test_that("autoplot() writes names beside their points, however short they are", {
  skip_if_not_installed("ggplot2")
  shown <- plot_shrinkage(sparsereg(cbind(a = mtcars$wt, b = mtcars$gear), mtcars$mpg), 0.5,
    draw = FALSE)
  p <- ggplot2::autoplot(shown)
  labels <- ggplot2::ggplot_build(p)$data[[4]]
  at <- shown$points$least_squares[match(labels$label, shown$points$variable)]
  expect_gt(min(abs(labels$x) - abs(at)), 0.01 * max(abs(shown$curves$least_squares)))
})
