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

test_that("the labels of both rules stay within a small plot", {
  # A crowded plot: lambda_min is nearer to the left end than its label is wide.
  short <- cv_sparsereg(lpsa ~ . - train, prostate, nfolds = 5, seed = 1, lambda = 2^-(2:9))
  usr <- pin <- NULL
  local_mocked("draw_error_axes", function(...) {
    usr <<- graphics::par("usr")
    pin <<- graphics::par("pin")
  })
  for (shown in list(cv, short)) {
    for (width in c(2.6, 3, 5)) {
      grDevices::pdf(NULL, width, 2.4)
      grDevices::dev.control("enable")
      plot(shown)
      calls <- lapply(grDevices::recordPlot()[[1]], function(call) as.list(call[[2]]))
      text <- Filter(function(call) identical(call[[1]]$name, "C_text"), calls)[[1]]
      x <- text[[2]]$x
      wide <- graphics::strwidth(text[[3]], "inches") * text[[8]] / pin[1] * diff(usr[1:2])
      grDevices::dev.off()
      left <- text[[5]] == 2
      expect_gte(min(x - ifelse(left, wide, 0)), usr[1])
      expect_lte(max(x + ifelse(left, 0, wide)), usr[2])
    }
  }
})
