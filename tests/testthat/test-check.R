gaussian_family <- as_family("gaussian")

test_that("values are described in few words", {
  expect_identical(describe(NULL), "NULL")
  expect_identical(describe(2), "2")
  expect_identical(describe("a"), "\"a\"")
  expect_identical(describe(1:3), "a vector of 3 integer values")
  expect_identical(describe(c(1, 2)), "a vector of 2 numeric values")
  expect_identical(describe(matrix("a")), "a matrix of character values")
  expect_identical(describe(factor("a")), "a factor")
  expect_identical(describe(mtcars), "a data frame")
  expect_identical(describe(list(1)), "a list")
  expect_identical(describe(mean), "a function")
  expect_identical(describe(Sys.Date()), "an object of class \"Date\"")
})

test_that("numbers, counts and flags are checked at the ends of their range", {
  expect_silent(check_number(0, "a", min = 0, max = 1))
  expect_silent(check_number(1L, "a", min = 0, max = 1))
  class <- "sparsepath_error_input"
  expect_input_error(check_number("a", "a"), class, "`a` must be a number, not \"a\".")
  expect_input_error(
    check_number(-1, "a", min = 0), class, "`a` must be a number that is at least 0, not -1."
  )
  expect_input_error(
    check_count(0, "k", min = 1), class, "`k` must be a whole number that is at least 1, not 0."
  )
  expect_input_error(
    check_count(11, "k", max = 10), class, "`k` must be a whole number between 1 and 10, not 11."
  )
  expect_input_error(check_flag("TRUE", "f"), class, "`f` must be TRUE or FALSE, not \"TRUE\".")
})

test_that("dots catch misspelt arguments without evaluating them", {
  f <- function(newdata = 1, ...) {
    check_dots(..., fun = "f()", known = names(formals()), elsewhere = list(s = "Use lambda."))
  }
  expect_silent(f(newdata = 2))
  class <- "sparsepath_error_unknown_argument"
  error <- expect_input_error(
    f(newdta = stop("evaluated")), class,
    c("`newdta` is not an argument of f().", "Did you mean `newdata`?")
  )
  expect_identical(error$argument, "newdta")
  expect_input_error(f(s = 1), class, c("`s` is not an argument of f().", "Use lambda."))
  expect_input_error(f(zzzz = 1), class, "`zzzz` is not an argument of f().")
  expect_input_error(
    f(1, x + y), class, c("`x + y` is not an argument of f().", "Give arguments by their names.")
  )
})

test_that("a response is numbers, one for each row", {
  check <- function(y, n = length(y)) check_response(y, n, gaussian_family)$y
  expect_identical(check(c(a = 1L, b = 2L)), c(1, 2))
  expect_identical(check(matrix(1:3), 3), c(1, 2, 3))
  expect_identical(check(data.frame(y = 1:3), 3), c(1, 2, 3))
  expect_identical(check(Matrix::Matrix(c(0, 0, 2), sparse = TRUE), 3), c(0, 0, 2))
  expect_input_error(
    check(1:3, 4), "sparsepath_error_length",
    "`y` must have one value per row of the predictors: it has 3, and there are 4 rows."
  )
  expect_input_error(check(matrix(1:4, 2), 2), "sparsepath_error_length", c(
    "`y` must be a vector or have one column, not 2 columns.", "Fit one model for each column."
  ))
  expect_input_error(check(c(1, NA, Inf)), "sparsepath_error_nonfinite", c(
    "`y` must not be missing or infinite: 2 of 3 values are, the first in row 2.",
    "Remove those rows."
  ))
})

test_that("weights are finite, not negative and not all zero", {
  check <- function(weights, n = length(weights)) check_weights(weights, n)
  expect_null(check(NULL, 3))
  expect_identical(check(c(0L, 2L)), c(0, 2))
  expect_identical(check(matrix(1:2), 2), c(1, 2))
  class <- "sparsepath_error_input"
  expect_input_error(check(c(1, -1, -2)), class, c(
    "`weights` must not be negative: 2 of 3 values are, the first in row 2.",
    "Remove those rows or set their weights to 0."
  ))
  expect_input_error(check(c(1, 1, -2)), class, c(
    "`weights` must not be negative: 1 of 3 values is, in row 3.",
    "Remove those rows or set their weights to 0."
  ))
  expect_input_error(check(c(0, 0)), class, c(
    "`weights` must not all be zero: no row would count.",
    "Leave `weights` out to count all rows equally."
  ))
  expect_input_error(check(c(1, NaN)), "sparsepath_error_nonfinite", c(
    "`weights` must not be missing or infinite: 1 of 2 values is, in row 2.",
    "Remove those rows from the data."
  ))
  expect_input_error(check("1"), class, "`weights` must be numeric, not \"1\".")
  expect_input_error(
    check(1:3, 2), "sparsepath_error_length",
    "`weights` must have one value per row: it has 3, and there are 2 rows."
  )
})

test_that("an offset is finite", {
  expect_null(check_offset(NULL, 3))
  expect_identical(check_offset(1:3, 3), c(1, 2, 3))
  expect_input_error(check_offset(c(-Inf, 1), 2, c("Ann", "Bob")), "sparsepath_error_nonfinite", c(
    "`offset` must not be missing or infinite: 1 of 2 values is, in row Ann.",
    "Remove those rows from the data."
  ))
  expect_input_error(
    check_offset(1, 2), "sparsepath_error_length",
    "`offset` must have one value per row: it has 1, and there are 2 rows."
  )
})

test_that("lambda is finite and not negative, in any order", {
  expect_null(check_lambda(NULL))
  expect_identical(check_lambda(c(0L, 2L, 2L, 1L)), c(0, 2, 2, 1))
  class <- "sparsepath_error_input"
  expect_input_error(
    check_lambda(-1), class, "`lambda` must be finite and not negative, not -1."
  )
  for (bad in c(NA, NaN, Inf, -Inf, -1)) {
    expect_input_error(
      check_lambda(c(1, bad, bad)), class,
      paste0("`lambda` must be finite and not negative: value 2 of 3 is ", bad, ".")
    )
  }
  grid <- "Leave `lambda` out to have a grid chosen."
  expect_input_error(check_lambda("a"), class, c(
    "`lambda` must be one or more numbers, not \"a\".", grid
  ))
  expect_input_error(check_lambda(numeric()), class, c(
    "`lambda` must be one or more numbers, not a vector of 0 numeric values.", grid
  ))
})

test_that("a constant response is warned of over the rows that count", {
  class <- "sparsepath_warning_constant_y"
  tail <- "all penalised coefficients are zero for every lambda."
  expect_warning(
    check_spread(c(2, 2), NULL, NULL, TRUE, "y"), class = class,
    regexp = paste("^The response is the same in all rows:", tail)
  )
  expect_warning(check_spread(c(2, 2, 5), c(1, 1, 0), NULL, TRUE, "y"), class = class)
  expect_warning(
    check_spread(c(1, 2), NULL, c(0, 1), TRUE, "y"), class = class,
    regexp = "^The response less the offset is the same in all rows:"
  )
  expect_warning(
    check_spread(c(0, 0), NULL, NULL, FALSE, "y"), class = class,
    regexp = "^The response is zero in all rows:"
  )
  expect_silent(check_spread(c(2, 2), NULL, NULL, FALSE, "y"))
  expect_silent(check_spread(c(2, 2), NULL, c(0, 1), TRUE, "y"))
  expect_silent(check_spread(c(2, 2, 5), NULL, NULL, TRUE, "y"))
})

test_that("an array is not called a vector", {
  expect_identical(describe(array(1, c(2, 2, 2))), "an array of 3 dimensions")
  expect_error(as_one_column(array(1, c(4, 1, 1)), "y"), "not an array of 3 dimensions")
})

test_that("what is no fit is refused by the package's own generics", {
  generics <- list(
    stationarity, thresholds, select_lambda, function(...) explain(..., variable = "wt")
  )
  text <- "`object` must be a fit by sparsereg() or cv_sparsereg(), not "
  class <- "sparsepath_error_input"
  nested <- cv_nested(mpg ~ wt, mtcars, outer = 3, nfolds = 3, lambda = 1, seed = 1)
  for (generic in generics) {
    expect_input_error(generic(1), class, paste0(text, "1."))
    expect_input_error(generic(NULL), class, paste0(text, "NULL."))
    expect_input_error(
      generic(lm(mpg ~ wt, mtcars)), class, paste0(text, "an object of class \"lm\".")
    )
    expect_input_error(generic(nested), class, c(
      paste0(text, "an object of class \"cv_nested_sparsereg\"."),
      "Nested cross-validation judges a procedure and has no model of its own."
    ))
    expect_input_error(generic(), class, c(
      "`object` is missing.", "Give a fit by sparsereg() or cv_sparsereg()."
    ))
  }
  expect_input_error(plot_shrinkage(1), class, paste0(text, "1."))
})
