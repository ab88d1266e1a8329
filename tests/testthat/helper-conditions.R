# Class and whole text of an error. The text names argument, variable and remedy.
expect_input_error <- function(code, class, text) {
  error <- testthat::expect_error(code, class = class)
  testthat::expect_s3_class(error, "sparsepath_error")
  testthat::expect_identical(conditionMessage(error), paste(text, collapse = "\n"))
  invisible(error)
}

# The problem instead of its solution.
no_fit <- function() {
  sparsereg_control(fit = FALSE)
}
