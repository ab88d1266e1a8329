test_that("an amount is told step by step, none twice", {
  shown <- capture.output({
    tell <- amount_progress(TRUE, 4)
    for (amount in c(0.5, 1, 1, 3.2, 9)) tell(amount)
    tell(NULL)
  })
  steps <- regmatches(paste(shown, collapse = ""), gregexpr("[0-9]+%", paste(shown, collapse = "")))
  expect_identical(steps[[1]], c("0%", "25%", "50%", "75%", "100%"))
  expect_identical(capture.output(amount_progress(FALSE, 4)(3)), character())
})

test_that("thresholds show progress if the fit does, and are the same", {
  for (alpha in c(1, 0.5)) {
    quiet <- sparsereg(y ~ ., diabetes, alpha = alpha)
    loud <- quiet
    loud$control$progress <- TRUE
    shown <- capture.output(found <- thresholds(loud))
    expect_match(paste(shown, collapse = ""), "100%", fixed = TRUE)
    expect_identical(knots(found), knots(quiet))
    expect_identical(capture.output(again <- thresholds(quiet)), character())
  }
})
