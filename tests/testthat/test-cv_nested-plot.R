nested <- cv_nested(lpsa ~ . - train, prostate,
  foldid = rep(1:4, length.out = 97), nfolds = 5, seed = 1, measure = c("mse", "mae")
)

test_that("plot() returns what it draws", {
  drawn <- with_device(plot(nested))
  expect_identical(drawn$fold, 1:4)
  expect_identical(drawn$error, unname(nested$fold_error[, "mse"]))
  expect_identical(drawn$promised, nested$chosen$inner)
})

test_that("another measure has no promise", {
  drawn <- with_device(plot(nested, measure = "mae"))
  expect_identical(drawn$error, unname(nested$fold_error[, "mae"]))
  expect_true(all(is.na(drawn$promised)))
  expect_error(
    with_device(plot(nested, measure = "auc")), "^`measure` must be one of \"mse\" and \"mae\"",
    class = "sparsepath_error_input"
  )
})

test_that("graphical parameters are in force for the plot only, and misspelt ones are errors", {
  with_device({
    before <- par(no.readonly = TRUE)[c("mar", "mai", "las", "cex")]
    plot(nested, las = 1, cex = 0.8)
    expect_identical(par(no.readonly = TRUE)[names(before)], before)
  })
  expect_error(
    with_device(plot(nested, colour = 2)), class = "sparsepath_error_unknown_argument"
  )
})

test_that("folds that do not count, and equal errors, are drawn without them", {
  nested$fold_error[2, ] <- NA
  nested$chosen <- nested$chosen[-2, ]
  expect_identical(with_device(plot(nested))$fold, c(1L, 3L, 4L))
  nested$fold_error[] <- 1
  nested$chosen$inner <- nested$error["mse"] <- 1
  nested$se["mse"] <- NA
  expect_error(with_device(plot(nested)), NA)
})

test_that("autoplot() draws the same points", {
  skip_if_not_installed("ggplot2")
  expect_no_message(built <- ggplot2::ggplot_build(ggplot2::autoplot(nested)))
  drawn <- with_device(plot(nested))
  expect_equal(built$data[[4]]$y, c(drawn$promised, drawn$error))
  expect_equal(built$data[[2]]$yintercept, nested$error[["mse"]])
  expect_equal(built$data[[1]]$ymax - built$data[[1]]$ymin, 2 * nested$se[["mse"]])
  other <- ggplot2::ggplot_build(ggplot2::autoplot(nested, measure = "mae"))
  expect_equal(other$data[[3]]$y, unname(nested$fold_error[, "mae"]))
  expect_error(
    ggplot2::autoplot(nested, mesure = "mae"), class = "sparsepath_error_unknown_argument"
  )
})
