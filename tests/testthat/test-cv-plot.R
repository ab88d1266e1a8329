with_device <- function(code) {
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  force(code)
}

cv <- cv_sparsereg(lpsa ~ . - train, data = prostate, nfolds = 5, seed = 1)

test_that("plot() returns the curve that it draws", {
  drawn <- with_device(plot(cv))
  expect_identical(drawn$lambda, cv$lambda)
  expect_identical(drawn$x, -log10(cv$lambda))
  expect_identical(drawn$error, cv$error)
  expect_equal(drawn$upper - drawn$error, cv$se)
  expect_equal(drawn$error - drawn$lower, cv$se)
})

test_that("one lambda, a lambda of 0 and ridge are drawn", {
  draw <- function(...) {
    with_device(plot(cv_sparsereg(lpsa ~ . - train, prostate, nfolds = 3, seed = 1, ...)))
  }
  expect_identical(nrow(draw(lambda = 0.1)), 1L)
  expect_true(all(is.finite(draw(lambda = c(0.1, 0))$x)))
  expect_identical(nrow(draw(penalty = "ridge", nlambda = 20)), 20L)
})

test_that("graphical parameters are in force for the plot only", {
  with_device({
    before <- par(no.readonly = TRUE)[c("mar", "mai", "las", "new", "xpd", "cex")]
    plot(cv, las = 1, cex = 0.8)
    expect_identical(par(no.readonly = TRUE)[names(before)], before)
  })
})

test_that("xlim takes a part of the path", {
  drawn <- with_device(plot(cv, xlim = c(0.05, 0.5)))
  expect_identical(drawn$lambda, cv$lambda[cv$lambda >= 0.05 & cv$lambda <= 0.5])
  expect_error(with_device(plot(cv, xlim = c(20, 10))), "^`xlim` leaves nothing")
})

test_that("a misspelt argument is an error", {
  expect_error(
    with_device(plot(cv, bar_colour = 2)), "Did you mean `bar_col`?",
    fixed = TRUE, class = "sparsepath_error_unknown_argument"
  )
})

test_that("a lambda whose error is missing or infinite leaves room for the others", {
  x <- as.matrix(mtcars[-1])
  for (none in c(NA, Inf)) {
    measure <- cv_measure(function(y, mu, weights) if (all(mu == mu[1])) none else mean((y - mu)^2))
    cv <- cv_sparsereg(x, mtcars$mpg, measure = measure, nlambda = 10, seed = 1)
    expect_error(with_device(plot(cv)), NA)
    grid <- cv_sparsereg(x, mtcars$mpg,
      measure = measure, nlambda = 10, seed = 1, alpha = c(0.5, 1)
    )
    expect_error(with_device(plot(grid)), NA)
  }
})
