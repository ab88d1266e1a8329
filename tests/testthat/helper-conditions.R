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

# Snapshot of the error, warning or message that each expression of `code` comes to: class and whole
# text. How expect_snapshot() shows conditions depends on the version of testthat.
expect_condition_snapshot <- function(code) {
  code <- substitute(code)
  expressions <- if (inherits(code, "{")) as.list(code)[-1] else list(code)
  frame <- parent.frame()
  shown <- vapply(expressions, function(expression) {
    condition <- tryCatch(
      eval(expression, frame), error = identity, warning = identity, message = identity
    )
    testthat::expect_s3_class(condition, "condition")
    paste0(
      "> ", deparse1(expression, "\n"), "\n", class(condition)[1], ": ",
      trimws(conditionMessage(condition), "right"), "\n"
    )
  }, "")
  testthat::expect_snapshot(writeLines(shown))
}
