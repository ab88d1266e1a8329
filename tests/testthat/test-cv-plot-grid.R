cv <- cv_sparsereg(lpsa ~ . - train, prostate, alpha = c(0.3, 0.7, 1), seed = 1, nlambda = 20)

test_that("alpha is chosen on the same folds by the smallest error", {
  for (one in cv$grid) {
    alone <- cv_sparsereg(lpsa ~ . - train, prostate,
      alpha = one$fit$alpha, seed = 1, nlambda = 20
    )
    expect_equal(one$error, alone$error)
    expect_identical(one$foldid, cv$foldid)
  }
  best <- which.min(vapply(cv$grid, function(one) min(one$error), 0))
  expect_identical(cv$fit$alpha, c(0.3, 0.7, 1)[best])
  expect_identical(residuals(cv), residuals(cv$grid[[best]]))
  expect_identical(cv$call$alpha, quote(c(0.3, 0.7, 1)))
  expect_snapshot(cv)
})

test_that("a grid of alphas has a panel for each", {
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  before <- par(no.readonly = TRUE)[c("mar", "oma", "mfrow", "cex")]
  drawn <- plot(cv)
  expect_identical(par(no.readonly = TRUE)[names(before)], before)
  expect_identical(unique(drawn$alpha), c(0.3, 0.7, 1))
  expect_identical(drawn$error, unlist(lapply(cv$grid, `[[`, "error")))
  expect_identical(plot(cv, which = "chosen")$error, cv$error)
})

test_that("labels shrink until they fit", {
  grDevices::pdf(NULL, width = 6, height = 4)
  on.exit(grDevices::dev.off())
  plot.new()
  for (text in c("short", strrep("a long label ", 15))) {
    width <- graphics::strwidth(text, "inches")
    expect_lte(fitting_cex(text, 2) * width, 2 + 1e-8)
    expect_lte(fitting_cex(text, 2), 1)
  }
  expect_identical(fitting_cex("short", 2), 1)
})

test_that("autoplot() has the same panels", {
  skip_if_not_installed("ggplot2")
  built <- ggplot2::ggplot_build(ggplot2::autoplot(cv))
  expect_identical(nrow(built$layout$layout), 3L)
  expect_equal(built$data[[2]]$y, unlist(lapply(cv$grid, `[[`, "error")))
})
