test_that("defaults are those of the help page", {
  expect_identical(unclass(sparsereg_control()), list(
    tol = 1e-7, max_iter = 10000, dev_ratio_max = 0.999, dev_ratio_change = 1e-5, fit = TRUE,
    progress = FALSE
  ))
  expect_s3_class(sparsereg_control(), "sparsepath_control")
})

test_that("values at the ends of a range are allowed", {
  control <- sparsereg_control(dev_ratio_max = 1, dev_ratio_change = 0, max_iter = 1L)
  expect_identical(control$dev_ratio_max, 1)
  expect_identical(control$dev_ratio_change, 0)
  expect_identical(control$max_iter, 1)
})

test_that("every setting is checked", {
  tol <- "`tol` must be a number that is greater than 0 and less than 1, not "
  count <- "`max_iter` must be a whole number between 1 and 2147483647, not "
  share <- "`dev_ratio_max` must be a number that is greater than 0 and at most 1, not "
  change <- "`dev_ratio_change` must be a number that is at least 0 and less than 1, not "
  class <- "sparsepath_error_input"
  expect_input_error(sparsereg_control(tol = 0), class, paste0(tol, "0."))
  expect_input_error(sparsereg_control(tol = 1), class, paste0(tol, "1."))
  expect_input_error(sparsereg_control(tol = NA), class, paste0(tol, "NA."))
  expect_input_error(sparsereg_control(tol = "1e-7"), class, paste0(tol, "\"1e-7\"."))
  expect_input_error(
    sparsereg_control(tol = c(0.1, 0.2)), class, paste0(tol, "a vector of 2 numeric values.")
  )
  expect_input_error(sparsereg_control(max_iter = 0), class, paste0(count, "0."))
  expect_input_error(sparsereg_control(max_iter = 1.5), class, paste0(count, "1.5."))
  expect_input_error(sparsereg_control(max_iter = Inf), class, paste0(count, "Inf."))
  expect_input_error(sparsereg_control(dev_ratio_max = 0), class, paste0(share, "0."))
  expect_input_error(sparsereg_control(dev_ratio_max = 1.1), class, paste0(share, "1.1."))
  expect_input_error(sparsereg_control(dev_ratio_change = -1), class, paste0(change, "-1."))
  expect_input_error(sparsereg_control(dev_ratio_change = 1), class, paste0(change, "1."))
  expect_input_error(
    sparsereg_control(fit = NA), class, "`fit` must be TRUE or FALSE, not NA."
  )
  expect_input_error(
    sparsereg_control(progress = 1), class, "`progress` must be TRUE or FALSE, not 1."
  )
})

test_that("only a control object is a control", {
  expect_input_error(check_control(list(tol = 1e-9)), "sparsepath_error_input", c(
    "`control` must be made by sparsereg_control(), not a list.",
    "For instance: control = sparsereg_control(tol = 1e-9)."
  ))
})
