over_square <- function(f, size) {
  at <- seq(-1, 2, length.out = size)
  outer(at, at, f)
}

test_that("a cubic is interpolated exactly", {
  cubic <- function(x, y) 1 + x - 2 * y + x^2 - 3 * x * y + x^3 - x^2 * y + 2 * y^3 + x * y^2
  dx <- function(x, y) 1 + 2 * x - 3 * y + 3 * x^2 - 2 * x * y + y^2
  dy <- function(x, y) -2 - 3 * x - x^2 + 6 * y^2 + 2 * x * y
  m <- 7
  h <- 3 / (m - 1)
  found <- hermite_heights(
    over_square(cubic, m), h * over_square(dx, m), h * over_square(dy, m), 41
  )
  expect_equal(found, over_square(cubic, 41), tolerance = 1e-12)
})

test_that("the error falls with the fourth power of the spacing", {
  wave <- function(x, y) exp(x / 2) * sin(2 * y + x)
  dx <- function(x, y) exp(x / 2) * (sin(2 * y + x) / 2 + cos(2 * y + x))
  dy <- function(x, y) 2 * exp(x / 2) * cos(2 * y + x)
  worst <- vapply(c(9, 17), function(m) {
    h <- 3 / (m - 1)
    found <- hermite_heights(
      over_square(wave, m), h * over_square(dx, m), h * over_square(dy, m), 61
    )
    max(abs(found - over_square(wave, 61)))
  }, 0)
  expect_lt(worst[1], 1e-2)
  expect_gt(log2(worst[1] / worst[2]), 3.5)
})

test_that("what is not finite stays where it is", {
  m <- 6
  value <- over_square(function(x, y) x + y, m)
  value[6, 6] <- Inf
  one <- matrix(3 / 5, m, m)
  found <- hermite_heights(value, one, one, 51)
  expect_true(all(is.na(found[42:51, 42:51])))
  expect_equal(found[1:40, ], over_square(function(x, y) x + y, 51)[1:40, ], tolerance = 1e-12)
})
