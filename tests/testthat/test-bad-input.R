# One test for each kind of bad input that the package promises to handle, on what a user sees.
# The details of each check are tested with the file of the check.

x <- as.matrix(mtcars[, c("cyl", "hp", "wt")])
y <- mtcars$mpg
spoil <- function(values, at, what) replace(values, at, what)

test_that("a misspelt or foreign argument is an error with a suggestion", {
  class <- "sparsepath_error_unknown_argument"
  lamda <- c("`lamda` is not an argument of sparsereg().", "Did you mean `lambda`?")
  expect_input_error(sparsereg(x, y, lamda = 1), class, lamda)
  expect_input_error(sparsereg(mpg ~ hp, mtcars, lamda = 1), class, lamda)
  expect_input_error(sparsereg(x, y, penalty.factor = 1), class, c(
    "`penalty.factor` is not an argument of sparsereg().", "Did you mean `penalty_factor`?"
  ))
  expect_input_error(sparsereg(x, y, lower.limits = 0), class, c(
    "`lower.limits` is not an argument of sparsereg().", "Did you mean `lower`?"
  ))
  expect_input_error(sparsereg(x, y, tol = 1e-9), class, c(
    "`tol` is not an argument of sparsereg().", "Write control = sparsereg_control(tol = ...)."
  ))
  expect_input_error(sparsereg(x, y, subset = 1:3), class, c(
    "`subset` is not an argument of sparsereg().",
    "It belongs to the formula interface: sparsereg(formula, data)."
  ))
  expect_input_error(sparsereg(mpg ~ hp, mtcars, y = y), class, c(
    "`y` is not an argument of sparsereg().",
    "Give a formula and data, or `x` and `y`, but not a mixture."
  ))
})

test_that("NA, NaN and Inf in x name the column", {
  for (bad in c(NA, NaN, Inf, -Inf)) {
    error <- expect_error(
      sparsereg(spoil(x, c(33, 35), bad), y), "`hp` has 2 such values, the first in row 1",
      class = "sparsepath_error_nonfinite"
    )
    expect_identical(error$variable, "hp")
  }
  sparse <- methods::as(spoil(x, 66, NA), "CsparseMatrix")
  expect_error(sparsereg(sparse, y), "`wt`", class = "sparsepath_error_nonfinite")
  expect_error(
    sparsereg(as.data.frame(spoil(x, 66, NA)), y), "`wt`", class = "sparsepath_error_nonfinite"
  )
  text <- data.frame(a = spoil(rep_len(c("u", "v"), 32), 3, NA))
  expect_input_error(sparsereg(text, y), "sparsepath_error_nonfinite", c(
    "`x` must not have missing values: `a` has.",
    "Remove those rows, make them a level with addNA(), or use the formula interface."
  ))
})

test_that("NA, NaN and Inf in y, weights and offset count and name the row", {
  class <- "sparsepath_error_nonfinite"
  for (bad in c(NA, NaN, Inf, -Inf)) {
    expect_input_error(sparsereg(x, spoil(y, c(7, 9), bad)), class, c(
      "`y` must not be missing or infinite: 2 of 32 values are, the first in row 7.",
      "Remove those rows."
    ))
    expect_input_error(sparsereg(x, y, weights = spoil(y, 7, bad)), class, c(
      "`weights` must not be missing or infinite: 1 of 32 values is, in row 7.",
      "Remove those rows from the data."
    ))
    expect_input_error(sparsereg(x, y, offset = spoil(y, 7, bad)), class, c(
      "`offset` must not be missing or infinite: 1 of 32 values is, in row 7.",
      "Remove those rows from the data."
    ))
  }
  infinite <- transform(mtcars, mpg = spoil(mpg, 7, Inf), wt = spoil(wt, 2, Inf))
  expect_input_error(sparsereg(mpg ~ hp, infinite), class, c(
    "`mpg` must not be missing or infinite: 1 of 32 values is, in row Duster 360.",
    "Remove those rows."
  ))
  expect_input_error(sparsereg(hp ~ qsec, infinite, weights = wt), class, c(
    "`weights` must not be missing or infinite: 1 of 32 values is, in row Mazda RX4 Wag.",
    "Remove those rows from the data."
  ))
})

test_that("wrong lengths say what was expected", {
  class <- "sparsepath_error_length"
  expect_input_error(
    sparsereg(x, y[-1]), class,
    "`y` must have one value per row of the predictors: it has 31, and there are 32 rows."
  )
  expect_input_error(
    sparsereg(x, y, weights = 1:3), class,
    "`weights` must have one value per row: it has 3, and there are 32 rows."
  )
  expect_input_error(
    sparsereg(x, y, offset = 1), class,
    "`offset` must have one value per row: it has 1, and there are 32 rows."
  )
  expect_input_error(sparsereg(x, y, penalty_factor = 1:2), class, c(
    "`penalty_factor` must have one value, one for each of 3 columns, or names: it has 2 values.",
    "For instance: penalty_factor = c(cyl = 1)."
  ))
  expect_input_error(sparsereg(x, cbind(y, y)), class, c(
    "`y` must be a vector or have one column, not 2 columns.", "Fit one model for each column."
  ))
  expect_input_error(
    sparsereg(mpg ~ hp, mtcars, weights = 1:3), class,
    "`weights` must have one value per row: it has 3, and there are 32 rows."
  )
})

test_that("x that is no matrix of numbers is an error; characters in data frames are coded", {
  class <- "sparsepath_error_x"
  text <- "Text belongs into a data frame, where it is coded like a factor."
  expect_input_error(sparsereg(matrix("a", 32, 2), y), class, c(
    "`x` must be a numeric matrix, not a matrix of character values.", text
  ))
  rows <- "Give a matrix or a data frame with one row for each observation."
  expect_input_error(sparsereg(list(1), y), class, c(
    "`x` must be a numeric matrix, not a list.", rows
  ))
  expect_input_error(sparsereg(NULL, y), class, c("`x` must be a numeric matrix, not NULL.", rows))
  expect_input_error(sparsereg(factor(y), y), class, c(
    "`x` must be a numeric matrix, not a factor.",
    "Write data.frame(x): the columns of a data frame are coded."
  ))
  expect_input_error(sparsereg(array(1, c(32, 1, 1)), y), class, c(
    "`x` must be a numeric matrix, not an array of 3 dimensions.",
    "Write it with one row for each observation: matrix(x, nrow(x))."
  ))
  data <- data.frame(a = rep_len(c("u", "v"), 32))
  expect_identical(colnames(sparsereg(data, y, control = no_fit())$x), c("au", "av"))
})

test_that("a response that leaves the intercept without a value is an error that names it", {
  class <- "sparsepath_error_response"
  none <- c(
    "`y` has no trials in rows of positive weight: there is nothing to fit.",
    "Look at the numbers of successes and failures."
  )
  expect_input_error(sparsereg(x, matrix(0, 32, 2), family = "binomial"), class, none)
  trials <- cbind(1, 2)[rep(1, 32), ] * rep(0:1, 16)
  expect_input_error(
    sparsereg(x, trials, family = "binomial", weights = rep(1:0, 16)), class, none
  )
  expect_input_error(sparsereg(x, -y, family = stats::gaussian("log")), class, c(
    "`y` must have a positive mean with log link: the intercept has no finite value.",
    "Choose another link."
  ))
  far <- replace(rep(0, 32), 1, 100)
  expect_error(
    sparsereg(x, replace(y, 1, -1), family = stats::gaussian("log"), offset = far),
    "positive mean (weighted by exp(offset))", fixed = TRUE, class = class
  )
})

test_that("a variable of an impossible shape is an error that names it", {
  class <- "sparsepath_error_variable"
  data <- data.frame(z = y, first = x[, 1])
  data$a <- array(1:6, c(32, 3, 2))
  array <- c(
    "`a` must be a vector or a matrix, not an array of 3 dimensions.",
    "Write it with one row for each observation: matrix(a, nrow(a))."
  )
  for (rule in list(stats::na.omit, stats::na.pass, NULL)) {
    error <- expect_input_error(sparsereg(z ~ first + a, data, na.action = rule), class, array)
    expect_identical(error$variable, "a")
  }
  expect_input_error(sparsereg(data["a"], y), class, array)
  expect_input_error(sparsereg(a ~ first, data), "sparsepath_error_length", c(
    "`a` must be a vector or have one column, not an array of 3 dimensions.",
    "Fit one model for each column."
  ))
  expect_error(sparsereg(z ~ first, data, weights = a), "`weights` must be a vector", class = class)
  expect_error(sparsereg(z ~ first, data, offset = a), "`offset` must be a vector", class = class)
  # Of text in columns only the first would be read.
  text <- c("`a` must have one column, not 2.", "Make each column a variable of its own.")
  for (values in list(rep(c("u", "v"), 32), factor(rep(c("u", "v"), 32)))) {
    data$a <- structure(values, dim = c(32L, 2L))
    expect_input_error(sparsereg(z ~ a, data), class, text)
    expect_input_error(sparsereg(data["a"], y), class, text)
  }
  fit <- sparsereg(z ~ a, transform(data, a = rep(c("u", "v"), 16)), lambda = 0.1)
  data$a <- matrix("u", 32, 2)
  expect_input_error(predict(fit, data), class, paste(
    "`newdata` must have `a` as in the fit: a factor or character,",
    "not a matrix of character values."
  ))
})

test_that("integer, logical and integer-sparse matrices are converted to double", {
  whole <- round(x)
  expected <- sparsereg(whole, y)$beta
  storage.mode(whole) <- "integer"
  expect_identical(sparsereg(whole, y)$beta, expected)
  flags <- x > 3
  expected <- suppressWarnings(sparsereg(flags * 1, y)$beta)
  expect_identical(suppressWarnings(sparsereg(flags, y)$beta), expected)
  sparse <- methods::as(flags, "CsparseMatrix")
  expect_s4_class(sparse, "lMatrix")
  expect_equal(suppressWarnings(sparsereg(sparse, y)$beta), expected, tolerance = 1e-10)
})

test_that("a column of zero variance has coefficient 0 and is named", {
  for (value in c(0, 1, 1e8)) {
    constant <- cbind(x, flat = value)
    expect_warning(
      fit <- sparsereg(constant, y), "`flat`", class = "sparsepath_warning_constant"
    )
    expect_identical(sum(fit$beta["flat", ] != 0), 0L)
  }
  unweighted <- cbind(x, flat = c(5, rep(1, 31)))
  expect_warning(
    sparsereg(unweighted, y, weights = c(0, rep(1, 31))), "`flat`",
    class = "sparsepath_warning_constant"
  )
})

test_that("a response of equal values gives the constant, with a warning", {
  expect_warning(
    fit <- sparsereg(x, rep(3, 32)), "^The response is the same in all rows",
    class = "sparsepath_warning_constant_y"
  )
  expect_identical(sum(fit$beta != 0), 0L)
  expect_equal(fit$intercept, rep(3, length(fit$lambda)))
})

test_that("negative weights and weights of nothing but zeros are errors", {
  expect_input_error(sparsereg(x, y, weights = spoil(y, 5:6, -1)), "sparsepath_error_input", c(
    "`weights` must not be negative: 2 of 32 values are, the first in row 5.",
    "Remove those rows or set their weights to 0."
  ))
  expect_input_error(sparsereg(mpg ~ hp, mtcars, weights = 0 * hp), "sparsepath_error_input", c(
    "`weights` must not all be zero: no row would count.",
    "Leave `weights` out to count all rows equally."
  ))
})

test_that("alpha outside [0, 1] and lambda that is negative or not finite are errors", {
  class <- "sparsepath_error_input"
  expect_input_error(
    sparsereg(x, y, alpha = 1.5), class, "`alpha` must be a number between 0 and 1, not 1.5."
  )
  expect_input_error(sparsereg(x, y, penalty = "l1", alpha = 0.5), class, c(
    "`alpha` must be 1 for penalty = \"l1\", not 0.5.",
    "Leave `alpha` out, or use penalty = \"elasticnet\" to mix both penalties."
  ))
  expect_input_error(
    sparsereg(x, y, lambda = -1), class, "`lambda` must be finite and not negative, not -1."
  )
  expect_input_error(
    sparsereg(x, y, lambda = c(1, Inf)), class,
    "`lambda` must be finite and not negative: value 2 of 2 is Inf."
  )
  expect_input_error(
    sparsereg(x, y, nlambda = 0), class,
    "`nlambda` must be a whole number that is at least 1, not 0."
  )
  expect_input_error(
    sparsereg(x, y, lambda_min_ratio = 1), class,
    "`lambda_min_ratio` must be a number that is greater than 0 and less than 1, not 1."
  )
  expect_input_error(
    sparsereg(x, y, intercept = NA), class, "`intercept` must be TRUE or FALSE, not NA."
  )
})

test_that("x without rows or columns is an error", {
  expect_input_error(
    sparsereg(x[0, ], y[0]), "sparsepath_error_no_rows",
    "`x` must have at least one row: no rows are left to fit."
  )
  columns <- "`x` must have at least one column."
  class <- "sparsepath_error_no_predictors"
  expect_input_error(sparsereg(x[, 0], y), class, columns)
  expect_input_error(sparsereg(mtcars[, 0], y), class, columns)
  expect_input_error(sparsereg(methods::as(x[, 0], "CsparseMatrix"), y), class, columns)
  expect_input_error(sparsereg(mpg ~ hp, mtcars, subset = hp > 1e6), "sparsepath_error_no_rows", c(
    "`data` has no rows left to fit.", "Look at missing values and at `subset`."
  ))
})

test_that("formulas that cannot be fitted say why", {
  expect_input_error(sparsereg(mpg ~ 1, mtcars), "sparsepath_error_no_predictors", c(
    "`formula` names no predictors: mpg ~ 1.",
    "For a mean alone there is nothing to penalise: use lm()."
  ))
  expect_error(sparsereg(mpg ~ offset(wt), mtcars), class = "sparsepath_error_no_predictors")
  expect_input_error(sparsereg(~ hp, mtcars), "sparsepath_error_formula", c(
    "`formula` must have a response on its left-hand side.", "For instance: y ~ hp."
  ))
  expect_input_error(sparsereg(mpg ~ cyll, mtcars), "sparsepath_error_missing_variable", c(
    "`formula` uses variables that were not found: `cyll`.", "Did you mean `cyl`?"
  ))
  with_gap <- transform(mtcars, wt = spoil(wt, 1, NA))
  expect_input_error(sparsereg(mpg ~ poly(wt, 2), with_gap), "sparsepath_error_formula", c(
    "`formula` cannot be used: missing values are not allowed in 'poly'.",
    "Leave the rows with missing values out of `data` first."
  ))
  sparse <- Matrix::Diagonal(32)
  expect_input_error(sparsereg(y ~ sparse), "sparsepath_error_formula", c(
    "`formula` cannot be used: invalid type (S4) for variable 'sparse'.",
    "Give a sparse matrix as `x`: sparsereg(x, y)."
  ))
  expect_input_error(sparsereg(mpg ~ hp, x), "sparsepath_error_input", c(
    "`data` must be a data frame, not a matrix of numeric values.",
    "Use as.data.frame(), or give `x` and `y` instead of a formula."
  ))
})

test_that("a response that is missing, no number or a formula is an error", {
  remedy <- "Give the response as second argument, or write sparsereg(formula, data)."
  class <- "sparsepath_error_input"
  expect_input_error(sparsereg(x), class, c("`y` is missing.", remedy))
  expect_input_error(
    sparsereg(mtcars, mpg ~ hp), class, c("`y` must be a response, not a formula.", remedy)
  )
  missing_x <- c("`x` is missing.", "Give a formula, or predictors `x` and a response `y`.")
  expect_input_error(sparsereg(), class, missing_x)
  expect_input_error(sparsereg(y = y), class, missing_x)
  expect_input_error(sparsereg(x, factor(y)), "sparsepath_error_response", c(
    "`y` must be numeric for family \"gaussian\", not a factor.",
    "If its values are numbers, write as.numeric(as.character(y))."
  ))
  expect_input_error(sparsereg(vs > 0 ~ hp, mtcars), "sparsepath_error_response", c(
    "`vs > 0` must be numeric for family \"gaussian\", not logical.",
    "Two classes are for family = \"binomial\".",
    "Write as.numeric(vs > 0) to fit the share of TRUE by least squares."
  ))
})

test_that("duplicate column names are an error", {
  class <- "sparsepath_error_duplicate_columns"
  expect_input_error(sparsereg(cbind(x, x[, 1:2]), y), class, c(
    "`x` must not give two columns the same name: `cyl` and `hp` occur more than once.",
    "For instance: colnames(x) <- make.unique(colnames(x))."
  ))
  expect_input_error(sparsereg(cbind(mtcars["hp"], mtcars["hp"]), y), class, c(
    "`x` must not give two columns the same name: `hp` occurs more than once.",
    "For instance: names(x) <- make.unique(names(x))."
  ))
})

test_that("new levels and missing columns at prediction name variable and remedy", {
  data <- transform(mtcars, gear = factor(gear))
  fit <- sparsereg(mpg ~ hp + gear, data, lambda = 0.1)
  expect_input_error(
    predict(fit, data.frame(hp = 100, gear = c("4", "6"))), "sparsepath_error_new_levels", c(
      "`newdata` has a level of `gear` that the data of the fit did not have: \"6\" (row 2).",
      "Use new_levels = \"zero\" to predict as if it had no effect, or leave out those rows."
    )
  )
  expect_identical(
    dim(predict(fit, data.frame(hp = 100, gear = c("4", "6")), new_levels = "zero")), c(2L, 1L)
  )
  expect_input_error(predict(fit, data["hp"]), "sparsepath_error_missing_columns",
    "`newdata` lacks variables of the fit: `gear`."
  )
})
