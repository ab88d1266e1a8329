n <- 40
training <- with_seed(3, data.frame(
  y = rnorm(n), a = rnorm(n), b = runif(n, 1, 2), g = factor(sample(letters[1:3], n, TRUE)),
  h = sample(c("p", "q"), n, TRUE), w = runif(n)
))
training$z <- training$a > 0
training$k <- cbind(left = training$a^2, right = training$b^2)

problem_of <- function(...) sparsereg(..., control = no_fit())

test_that("training data come back as they were, in any order of columns", {
  formulas <- list(
    y ~ ., y ~ poly(a, 2) * g + h, y ~ splines::ns(b, 3) + scale(a), y ~ splines::bs(b, df = 4),
    y ~ k + z, y ~ log(b) + I(a^2) - 1, y ~ factor(round(b, 1))
  )
  for (formula in formulas) {
    problem <- problem_of(formula, training)
    expect_equal(forge(problem$blueprint, rev(training))$x, problem$x, tolerance = 1e-13)
  }
})

test_that("basis parameters, levels and contrasts are those of the training data", {
  some <- training[c(3, 1, 7), ]
  formula <- y ~ poly(a, 2) + splines::ns(b, 3) + scale(b) + g + h
  for (contrasts in list(NULL, list(g = "contr.sum", h = "contr.treatment"))) {
    problem <- problem_of(formula, training, contrasts = contrasts)
    expect_equal(forge(problem$blueprint, some)$x, problem$x[c(3, 1, 7), ], tolerance = 1e-14)
  }
})

test_that("a matrix variable is found in a data frame and in a list", {
  problem <- problem_of(y ~ k, training)
  expect_identical(forge(problem$blueprint, list(k = training$k[1:2, ]))$x, problem$x[1:2, ])
  expect_identical(forge(problem$blueprint, training[1:2, ])$x, problem$x[1:2, ])
  expect_input_error(
    forge(problem$blueprint, list(k = training$k[, 1])), "sparsepath_error_variable",
    "`newdata` must have `k` with 2 columns, as in the fit, not 1."
  )
})

test_that("a formula without data replays from its environment", {
  y <- c(3, 1, 2, 5, 4)
  X <- matrix(as.double(1:10), 5)
  degree <- 2
  problem <- problem_of(y ~ X + poly(X[, 1], degree))
  expect_identical(problem$blueprint$needed, "X")
  expect_equal(forge(problem$blueprint, list(X = X[2:3, ]))$x, problem$x[2:3, ])
  expect_error(
    forge(problem$blueprint, data.frame(degree = 1)), class = "sparsepath_error_missing_columns"
  )
})

test_that("missing columns are named, with a suggestion", {
  problem <- problem_of(y ~ a + g + k, training)
  expect_input_error(forge(problem$blueprint, training["h"]), "sparsepath_error_missing_columns",
    "`newdata` lacks variables of the fit: `a`, `g` and `k`."
  )
  spelt <- stats::setNames(training, sub("^k$", "K", names(training)))
  error <- expect_input_error(
    forge(problem$blueprint, spelt), "sparsepath_error_missing_columns",
    c("`newdata` lacks variables of the fit: `k`.", "Did you mean `K`?")
  )
  expect_identical(error$variable, "k")
  from_frame <- problem_of(training[c("a", "g")], training$y)
  expect_input_error(
    forge(from_frame$blueprint, training["a"]), "sparsepath_error_missing_columns",
    "`newdata` lacks variables of the fit: `g`."
  )
})

test_that("new levels are an error that names variable, levels, rows and remedy", {
  problem <- problem_of(y ~ g + h, training)
  new <- data.frame(g = c("a", "x", NA, "y", "x"), h = "p", row.names = c("r", "s", "t", "u", "v"))
  error <- expect_input_error(forge(problem$blueprint, new), "sparsepath_error_new_levels", c(
    paste(
      "`newdata` has levels of `g` that the data of the fit did not have: \"x\" and \"y\"",
      "(3 rows, the first is row s)."
    ),
    "Use new_levels = \"zero\" to predict as if they had no effect, or leave out those rows."
  ))
  expect_identical(error[c("variable", "levels", "rows")], list(
    variable = "g", levels = c("x", "y"), rows = c(2L, 4L, 5L)
  ))
  expect_input_error(
    forge(problem$blueprint, new[1:2, ]), "sparsepath_error_new_levels", c(
      "`newdata` has a level of `g` that the data of the fit did not have: \"x\" (row s).",
      "Use new_levels = \"zero\" to predict as if it had no effect, or leave out those rows."
    )
  )
  x <- forge(problem$blueprint, new, new_levels = "zero")$x
  expect_identical(x[c(1, 2, 4, 5), "ga"], c(1, 0, 0, 0))
  expect_identical(sum(x[c(2, 4, 5), c("ga", "gb", "gc")]), 0)
  expect_identical(x[, "hp"], rep(1, 5))
  sums <- problem_of(y ~ g, training, contrasts = list(g = "contr.sum"))
  x <- forge(sums$blueprint, new[c(1, 2, 4), ], new_levels = "zero")$x
  expect_identical(unname(x), rbind(c(1, 0), c(0, 0), c(0, 0)))
})

test_that("unused new levels of a factor do no harm", {
  problem <- problem_of(y ~ g, training)
  new <- data.frame(g = factor("b", levels = c("z", "b")))
  expect_identical(unname(forge(problem$blueprint, new)$x), cbind(0, 1, 0))
})

test_that("a variable of another type is an error", {
  problem <- problem_of(y ~ a + g + z, training)
  new <- training[1:2, ]
  class <- "sparsepath_error_variable"
  expect_input_error(
    forge(problem$blueprint, transform(new, a = "1")), class,
    "`newdata` must have `a` as in the fit: numeric, not character."
  )
  expect_input_error(
    forge(problem$blueprint, transform(new, g = 1)), class,
    "`newdata` must have `g` as in the fit: a factor or character, not numeric."
  )
  expect_input_error(
    forge(problem$blueprint, transform(new, z = factor("TRUE"))), class,
    "`newdata` must have `z` as in the fit: logical, not a factor."
  )
  expect_identical(
    forge(problem$blueprint, transform(new, g = as.character(g), a = as.integer(1)))$x[, "a"],
    c(1, 1)
  )
})

test_that("rows with missing values are known, in dense and sparse designs", {
  problem <- problem_of(y ~ a + g + k, training)
  new <- training[1:5, ]
  new$a[2] <- NA
  new$g[3] <- NA
  new$k[5, 1] <- NA
  for (sparse in c(TRUE, FALSE)) {
    blueprint <- problem$blueprint
    blueprint$sparse <- sparse
    made <- forge(blueprint, new)
    expect_identical(made$incomplete, c(2L, 3L, 5L))
    expect_identical(which(is.na(Matrix::rowSums(made$x))), c(2L, 3L, 5L))
    expect_identical(as.matrix(made$x)[c(1, 4), ], problem$x[c(1, 4), ])
    kept <- forge(blueprint, new, na_action = stats::na.exclude)
    expect_identical(as.matrix(kept$x), problem$x[c(1, 4), ])
    expect_s3_class(kept$na_action, "exclude")
    expect_identical(kept$incomplete, integer())
  }
  all_missing <- forge(problem$blueprint, transform(new, a = NA, g = NA))
  expect_identical(all_missing$incomplete, 1:5)
})

test_that("offsets of the formula and of the argument are evaluated in the new data", {
  problem <- sparsereg(y ~ a + offset(log(b)), training, offset = 2 * w, control = no_fit())
  expect_identical(problem$blueprint$needed, c("a", "b", "w"))
  new <- training[4:6, ]
  expect_identical(forge(problem$blueprint, new)$offset, log(new$b) + 2 * new$w)
  expect_input_error(
    forge(problem$blueprint, new[c("a", "b")]), "sparsepath_error_missing_columns",
    c("`newdata` lacks variables of the fit: `w`.", newoffset_remedy)
  )
  expect_null(forge(problem_of(y ~ a, training)$blueprint, new)$offset)
  constant <- sparsereg(y ~ a, training, offset = rep(1, 40), control = no_fit())
  expect_error(
    forge(constant$blueprint, new), "^`newdata` cannot be used: variable lengths differ",
    class = "sparsepath_error_input"
  )
})

test_that("predictions agree with those of lm() on new data", {
  formula <- y ~ poly(a, 2) + splines::ns(b, 3) + g + offset(w)
  fit <- sparsereg(formula, training, lambda = 0, offset = w^2)
  expected <- stats::predict(stats::lm(formula, training, offset = w^2), training[5:9, ])
  expect_equal(unname(predict(fit, training[5:9, ])[, 1]), unname(expected), tolerance = 1e-6)
})

# ---- Matrices ----

x <- as.matrix(training[c("a", "b", "w")])
y <- training$y

test_that("columns of a matrix are matched by name", {
  blueprint <- problem_of(x, y)$blueprint
  expect_identical(forge(blueprint, x[1:3, c(3, 1, 2)])$x, x[1:3, ])
  expect_identical(forge(blueprint, cbind(x[1:3, 3:1], more = 0))$x, x[1:3, ])
  expect_identical(unname(forge(blueprint, training[1:3, ])$x), unname(x[1:3, ]))
  sparse <- methods::as(x[1:3, 3:1], "CsparseMatrix")
  expect_identical(as.matrix(forge(blueprint, sparse)$x), x[1:3, ])
  expect_s4_class(forge(blueprint, sparse)$x, "dgCMatrix")
  expect_input_error(
    forge(blueprint, x[, c("a", "w")]), "sparsepath_error_missing_columns",
    "`newdata` lacks variables of the fit: `b`."
  )
})

test_that("columns without names are matched by position", {
  named <- problem_of(x, y)$blueprint
  expect_identical(unname(forge(named, unname(x)[1:3, ])$x), unname(x[1:3, ]))
  unnamed <- problem_of(unname(x), y)$blueprint
  expect_identical(unname(forge(unnamed, x[1:3, ])$x), unname(x[1:3, ]))
  expect_identical(colnames(forge(unnamed, x)$x), c("V1", "V2", "V3"))
  for (blueprint in list(named, unnamed)) {
    expect_input_error(
      forge(blueprint, unname(x[, 1:2])), "sparsepath_error_missing_columns",
      "`newdata` must have 3 columns, as in the fit, not 2."
    )
  }
})

test_that("a vector is a row, or a column of a fit with one", {
  blueprint <- problem_of(x, y)$blueprint
  expect_identical(unname(forge(blueprint, x[5, ])$x), unname(x[5, , drop = FALSE]))
  expect_identical(unname(forge(blueprint, x[5, 3:1])$x), unname(x[5, , drop = FALSE]))
  single <- problem_of(x[, "a"], y)$blueprint
  expect_identical(unname(forge(single, c(1, 2))$x), cbind(c(1, 2)))
})

test_that("whole numbers in the bits of doubles, as by package bit64, are read by their class", {
  if (!isNamespaceLoaded("bit64")) {
    read <- function(x, ...) unclass(x) * 2^1000 * 2^74
    registerS3method("as.double", "integer64", read, asNamespace("base"))
  }
  whole <- function(x) structure(x * 2^-1000 * 2^-74, class = "integer64")
  set.seed(1)
  x <- cbind(a = sample(9, 20, TRUE), b = sample(9, 20, TRUE))
  y <- x[, 1] + rnorm(20)
  fit <- sparsereg(x, y, lambda = 0.1, offset = x[, "b"])
  expected <- unname(predict(fit, x, newoffset = x[, "b"]))
  new <- data.frame(b = 0, a = x[, "a"])
  new[] <- list(whole(x[, "b"]), whole(x[, "a"]))
  expect_identical(unname(predict(fit, new, newoffset = whole(x[, "b"]))), expected)
  expect_identical(predict(fit, whole(x[1, ]), newoffset = x[1, "b"])[1], expected[1])
  expect_identical(unname(predict(fit, whole(x), newoffset = x[, "b"])), expected)
  expect_identical(sparsereg(whole(x), y)$beta, sparsereg(x, y)$beta)
  expect_identical(sparsereg(whole(x[, "a"]), y)$beta, sparsereg(unname(x[, "a"]), y)$beta)
})

test_that("missing values in a new matrix are known or left out", {
  blueprint <- problem_of(x, y)$blueprint
  new <- x[1:3, ]
  new[2, 2] <- NA
  for (newdata in list(new, methods::as(new, "CsparseMatrix"))) {
    expect_identical(forge(blueprint, newdata)$incomplete, 2L)
    kept <- forge(blueprint, newdata, na_action = stats::na.omit)
    expect_identical(as.matrix(kept$x), x[c(1, 3), ])
    expect_identical(as.integer(kept$na_action), 2L)
  }
})

test_that("what is not a matrix of numbers is an error", {
  blueprint <- problem_of(x, y)$blueprint
  expect_input_error(
    forge(blueprint, list(1)), "sparsepath_error_input",
    "`newdata` must be a matrix or a data frame, not a list."
  )
  expect_input_error(
    forge(blueprint, transform(training, b = h)), "sparsepath_error_variable",
    "`newdata` must have only numeric columns, as in the fit: `b` is character."
  )
  formula <- problem_of(y ~ a, training)$blueprint
  expect_input_error(forge(formula, 1:3), "sparsepath_error_input", c(
    "`newdata` must be a data frame, not a vector of 3 integer values.",
    "Give a data frame with the variables of the fit."
  ))
  expect_identical(forge(formula, x[1:3, ])$x, x[1:3, "a", drop = FALSE])
})

test_that("a term that new data do not allow is named, with their types", {
  fit <- sparsereg(mpg ~ poly(wt, 2) + hp, mtcars)
  error <- expect_input_error(
    predict(fit, transform(mtcars[1:2, ], wt = as.character(wt))), "sparsepath_error_variable",
    c(
      "`newdata` cannot be used for `poly(wt, 2)`: non-numeric argument to binary operator.",
      "It must be as in the fit; `wt` is character, with 2 rows."
    )
  )
  expect_identical(error$variable, "wt")
})

test_that("what was around the formula of a fit, and is gone, is named", {
  size <- 2
  twice <- function(x) 2 * x
  fits <- list(
    sparsereg(mpg ~ wt + I(hp^size), mtcars), sparsereg(mpg ~ splines::ns(twice(wt), 2), mtcars),
    sparsereg(mpg ~ wt + offset(rep(size, 2)), mtcars[3:4, ])
  )
  rm(size, twice)
  for (k in 1:3) {
    error <- expect_error(predict(fits[[k]], mtcars[1:2, ]), class = "sparsepath_error_variable")
    lost <- c("size", "twice", "size")[k]
    expect_identical(error$variable, lost)
    expect_match(conditionMessage(error), paste0(
      "`", lost, "` was found around the formula of the fit, and is not there any more."
    ), fixed = TRUE)
  }
})

test_that("a rule of one's own that fills gaps is followed, whatever the new data are", {
  fill <- function(frame) {
    frame[] <- lapply(frame, function(value) ifelse(is.na(value), 3, value))
    frame
  }
  gappy <- mtcars[1:4, c("wt", "hp")]
  gappy$hp[2] <- NA
  filled <- transform(gappy, hp = ifelse(is.na(hp), 3, hp))
  x <- as.matrix(mtcars[c("wt", "hp")])
  by_matrix <- sparsereg(x, mtcars$mpg, lambda = 1)
  by_formula <- sparsereg(mpg ~ wt + hp, mtcars, lambda = 1)
  expected <- predict(by_formula, filled)
  expect_identical(predict(by_formula, gappy, na.action = fill), expected)
  sparse <- methods::as(as.matrix(gappy), "CsparseMatrix")
  for (new in list(as.matrix(gappy), sparse)) {
    expect_equal(predict(by_matrix, new, na.action = fill), expected, tolerance = 1e-14)
  }
  made <- forge(by_matrix$blueprint, sparse, na_action = fill)
  expect_s4_class(made$x, "dgCMatrix")
  expect_identical(made$incomplete, integer())
})

test_that("times of new data are counted as in the fit", {
  start <- as.POSIXct("2020-01-01", tz = "UTC")
  data <- data.frame(y = c(2, 1, 4, 3, 6, 5), at = start + 3600 * (1:6))
  data$day <- as.Date("2020-01-01") + c(1, 5, 2, 8, 3, 9)
  data$wait <- data$at - start
  fit <- sparsereg(y ~ wait + day, data, lambda = 0.01)
  minutes <- data
  units(minutes$wait) <- "mins"
  expect_identical(predict(fit, minutes), predict(fit, data))
  # The unit of a difference depends on the data: here hours, for the first row minutes.
  since <- sparsereg(y ~ I(at - as.POSIXct("2020-01-01 00:30:00", tz = "UTC")), data, lambda = 0.01)
  expect_equal(predict(since, data[1, ]), predict(since, data)[1, , drop = FALSE])
  by_frame <- sparsereg(data[c("wait", "day")], data$y, lambda = 0.01)
  expect_identical(predict(by_frame, minutes), predict(fit, data))
  expect_input_error(
    predict(fit, transform(data, day = as.POSIXct(day))), "sparsepath_error_variable", paste(
      "`newdata` must have `day` as in the fit: an object of class \"Date\", not an object",
      "of class \"POSIXct\"."
    )
  )
  expect_input_error(
    predict(fit, transform(data, wait = as.numeric(wait))), "sparsepath_error_variable",
    "`newdata` must have `wait` as in the fit: an object of class \"difftime\", not numeric."
  )
  expect_input_error(
    predict(sparsereg(y ~ as.numeric(day) + wait, data), transform(data, wait = day)),
    "sparsepath_error_variable", paste(
      "`newdata` must have `wait` as in the fit: an object of class \"difftime\", not an object",
      "of class \"Date\"."
    )
  )
  expect_identical(unname(predict(fit, transform(data[1:2, ], day = NA))[, 1]), c(NA_real_, NA))
})
