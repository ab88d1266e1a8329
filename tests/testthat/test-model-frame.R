problem_columns <- function(...) colnames(sparsereg(..., control = no_fit())$x)

test_that("weights, offset and subset are evaluated in data, then around the formula", {
  outside <- seq_len(32)
  problem <- sparsereg(mpg ~ hp, mtcars,
    weights = wt * 2, offset = outside + qsec, subset = cyl > 4, control = no_fit()
  )
  rows <- mtcars$cyl > 4
  expect_identical(problem$weights, mtcars$wt[rows] * 2)
  expect_identical(problem$offset, (outside + mtcars$qsec)[rows])
  expect_identical(unname(problem$x[, "hp"]), mtcars$hp[rows])
  expect_identical(problem$y, mtcars$mpg[rows])
})

test_that("weights found around the formula, not around the function that made it", {
  make <- function() {
    w <- rep(2, 32)
    mpg ~ hp
  }
  w <- rep(3, 32)
  problem <- sparsereg(make(), mtcars, weights = w, control = no_fit())
  expect_identical(problem$weights, rep(2, 32))
})

test_that("offset terms and the argument add up", {
  problem <- sparsereg(mpg ~ hp + offset(wt), mtcars, offset = qsec, control = no_fit())
  expect_identical(problem$offset, mtcars$wt + mtcars$qsec)
  expect_identical(colnames(problem$x), "hp")
})

test_that("a formula without intercept changes nothing else", {
  with <- sparsereg(mpg ~ factor(cyl) + hp, mtcars, control = no_fit())
  for (formula in list(mpg ~ factor(cyl) + hp - 1, mpg ~ 0 + factor(cyl) + hp)) {
    without <- sparsereg(formula, mtcars, control = no_fit())
    expect_false(without$intercept)
    expect_identical(without$x, with$x)
  }
  expect_false(sparsereg(mpg ~ hp, mtcars, intercept = FALSE, control = no_fit())$intercept)
})

test_that("a variable taken away from the dot is not needed at all", {
  data <- mtcars
  data$wt[1:5] <- NA
  problem <- sparsereg(mpg ~ . - wt, data, control = no_fit())
  expect_identical(nrow(problem$x), 32L)
  expect_identical(colnames(problem$x), setdiff(names(mtcars), c("mpg", "wt")))
  expect_identical(problem$blueprint$needed, colnames(problem$x))
})

test_that("rows with missing values are left out with a message", {
  data <- mtcars
  data$wt[3:4] <- NA
  data$qsec[4] <- NA
  message <- expect_message(
    problem <- sparsereg(mpg ~ hp + wt, data, weights = qsec, control = no_fit()),
    "^2 of 32 rows were left out because of missing values in `wt` and `weights`\\.\n$",
    class = "sparsepath_message_omitted"
  )
  expect_identical(message$omitted, 2L)
  expect_identical(nrow(problem$x), 30L)
  expect_identical(as.integer(problem$na_action), 3:4)
  expect_s3_class(problem$na_action, "omit")
  expect_message(
    problem <- sparsereg(mpg ~ qsec, data, na.action = "na.exclude", control = no_fit()),
    "^1 of 32 rows was left out because of missing values in `qsec`\\.\n$"
  )
  expect_s3_class(problem$na_action, "exclude")
  expect_silent(sparsereg(mpg ~ hp, data, control = no_fit()))
})

test_that("na.action can forbid missing values or let them through to an error", {
  data <- mtcars
  data$wt[3:4] <- NA
  expect_input_error(
    sparsereg(mpg ~ wt, data, na.action = na.fail), "sparsepath_error_missing_values", c(
      "`data` has missing values in `wt`, and `na.action` does not allow them.",
      "Use na.action = na.omit to leave those rows out."
    )
  )
  for (na_action in list(NULL, stats::na.pass)) {
    expect_input_error(
      sparsereg(mpg ~ wt, data, na.action = na_action), "sparsepath_error_nonfinite", c(
        "`wt` must not be missing or infinite: 2 of 32 values are, the first in row Datsun 710.",
        "Transform the variable, or leave those rows out."
      )
    )
  }
  old <- options(na.action = "na.fail")
  on.exit(options(old))
  expect_error(sparsereg(mpg ~ wt, data), class = "sparsepath_error_missing_values")
})

test_that("infinite values in a formula are errors that name the term", {
  zero <- data.frame(y = c(1, 2, 3), a = c(0, 1, 2))
  expect_input_error(sparsereg(y ~ log(a), zero), "sparsepath_error_nonfinite", c(
    "`log(a)` must not be missing or infinite: 1 of 3 values is, in row 1.",
    "Transform the variable, or leave those rows out."
  ))
  expect_input_error(sparsereg(log(a) ~ y, zero), "sparsepath_error_nonfinite", c(
    "`log(a)` must not be missing or infinite: 1 of 3 values is, in row 1.", "Remove those rows."
  ))
  zero$m <- cbind(c(1, 2, 3), c(1, Inf, Inf))
  expect_error(
    sparsereg(y ~ m, zero), "^`m` .*: 2 of 3 values are, the first in row 2",
    class = "sparsepath_error_nonfinite"
  )
})

# ---- The dot without data ----

test_that("the dot takes numeric and factor variables and matrices of the frame", {
  outer <- function() {
    behind <- 1:5
    inner <- function(not_given) {
      y <- c(3, 1, 2, 5, 4)
      b <- 5:1
      a <- rnorm(5)
      g <- factor(c("u", "v", "u", "v", "u"))
      m <- matrix(1:10, 5)
      text <- letters[1:5]
      flag <- y > 2
      short <- 1:4
      .hidden <- 1:5
      sparsereg(y ~ ., penalty = "l1", control = no_fit())
    }
    inner()
  }
  message <- expect_message(problem <- outer(), class = "sparsepath_message_dot")
  expect_identical(
    conditionMessage(message),
    "No `data` given: `.` stands for `a`, `b`, `g` and `m` (matrix, 2 columns).\n"
  )
  expect_identical(message$variable, c("a", "b", "g", "m"))
  expect_identical(colnames(problem$x), c("a", "b", "gu", "gv", "m1", "m2"))
})

test_that("the dot leaves out what the response and other arguments use", {
  y <- c(3, 1, 2, 5, 4)
  a <- rnorm(5)
  b <- rnorm(5)
  w <- 1:5
  o <- 1:5
  s <- c(1, 1, 1, 1, 0)
  limits <- rep(1, 5)
  dot <- function(code) {
    message <- expect_message(problem <- code, class = "sparsepath_message_dot")
    expect_identical(colnames(problem$x), message$variable)
    message$variable
  }
  expect_identical(
    dot(sparsereg(log(y) ~ ., weights = w, offset = o, subset = s > 0, control = no_fit())),
    c("a", "b", "limits")
  )
  expect_identical(
    dot(sparsereg(y + a ~ ., upper = max(limits), control = no_fit())), c("b", "o", "s", "w")
  )
})

test_that("other terms go along with the dot", {
  y <- c(3, 1, 2, 5, 4)
  a <- c(1, 2, 3, 4, 6)
  b <- c(2, 1, 4, 3, 5)
  columns <- function(formula) suppressMessages(problem_columns(formula))
  expect_identical(columns(y ~ . - a), "b")
  expect_identical(columns(y ~ . + I(a^2)), c("a", "b", "I(a^2)"))
  expect_identical(columns(y ~ .^2), c("a", "b", "a:b"))
  expect_identical(columns(y ~ log(a)), "log(a)")
})

test_that("the call has the variables in place of the dot, and so stays true", {
  y <- c(3, 1, 2, 5, 4)
  a <- c(1, 2, 3, 4, 6)
  b <- c(2, 1, 4, 3, 5)
  suppressMessages(fit <- sparsereg(y ~ ., lambda = 0.1))
  expect_identical(deparse(fit$call), "sparsereg(formula = y ~ a + b, lambda = 0.1)")
  newcomer <- 1:5
  expect_silent(again <- eval(fit$call))
  expect_identical(again$beta, fit$beta)
  expect_equal(
    unname(predict(fit, data.frame(b = b, a = a), lambda = 0.1)), unname(fitted(fit, lambda = 0.1))
  )
})

test_that("the dot works inside with(), on lists and on environments", {
  columns <- setdiff(names(mtcars), "mpg")
  expect_message(problem <- with(mtcars, sparsereg(mpg ~ ., control = no_fit())), "`am`")
  expect_identical(colnames(problem$x), sort(columns))
  expect_message(problem <- sparsereg(mpg ~ ., as.list(mtcars), control = no_fit()), "`am`")
  expect_identical(colnames(problem$x), sort(columns))
  expect_message(problem <- sparsereg(mpg ~ ., list2env(mtcars), control = no_fit()), "`am`")
  expect_identical(colnames(problem$x), sort(columns))
  expect_silent(problem <- sparsereg(mpg ~ ., mtcars, control = no_fit()))
  expect_identical(colnames(problem$x), columns)
})

test_that("the dot works in the global environment", {
  assign("sparsepath_y", c(3, 1, 2, 5, 4), envir = globalenv())
  assign("sparsepath_a", c(1, 2, 3, 4, 6), envir = globalenv())
  on.exit(rm("sparsepath_y", "sparsepath_a", envir = globalenv()))
  formula <- stats::as.formula("sparsepath_y ~ .", env = globalenv())
  message <- expect_message(problem <- sparsereg(formula, control = no_fit()))
  expect_true("sparsepath_a" %in% message$variable)
  expect_false("sparsepath_y" %in% message$variable)
})

test_that("names that are not syntactic and long lists work in the dot", {
  y <- c(3, 1, 2, 5, 4)
  `my var` <- c(1, 2, 3, 4, 6)
  message <- expect_message(fit <- sparsereg(y ~ ., lambda = 0.1))
  expect_identical(rownames(fit$beta), "my var")
  expect_identical(deparse(fit$call$formula), "y ~ `my var`")
  many <- as.list(as.data.frame(matrix(1:150, 5)))
  many$y <- y
  expect_message(sparsereg(y ~ ., many, control = no_fit()), "`V26`.* and 10 more\\.\n$")
})

test_that("a dot that stands for nothing is an error", {
  alone <- function() {
    y <- 1:3
    text <- letters[1:3]
    sparsereg(y ~ ., penalty = "l1")
  }
  expect_input_error(alone(), "sparsepath_error_no_predictors", c(
    paste(
      "`formula` has a `.`, but its environment has no other numeric or factor variables or",
      "matrices with 3 rows, as many as y."
    ),
    "Give the data frame that holds the variables as `data`, or name the predictors."
  ))
  expect_input_error(
    local(sparsereg(no_such_response ~ .)), "sparsepath_error_missing_variable",
    "`formula` uses variables that were not found: `no_such_response`."
  )
})

test_that("the response does not explain itself", {
  expect_input_error(
    sparsereg(mpg ~ wt + mpg, mtcars), "sparsepath_error_formula",
    c("`formula` has its response on the right-hand side too: `mpg`.", "Leave it out there.")
  )
  expect_error(sparsereg(mpg ~ wt * mpg, mtcars), class = "sparsepath_error_formula")
  problem <- sparsereg(log(mpg) ~ mpg, mtcars, control = no_fit())
  expect_identical(colnames(problem$x), "mpg")
})

test_that("what has the wrong length is named, with both lengths", {
  short <- 1:3
  class <- "sparsepath_error_length"
  text <- "must have one value per row: it has 3, and there are 32 rows."
  expect_input_error(sparsereg(mpg ~ wt, mtcars, weights = short), class, paste("`weights`", text))
  expect_input_error(sparsereg(mpg ~ wt, mtcars, offset = short), class, paste("`offset`", text))
  expect_input_error(sparsereg(mpg ~ wt + short, mtcars), class, paste("`short`", text))
  expect_input_error(
    sparsereg(mpg ~ wt + log(short), mtcars), class, paste("`log(short)`", text)
  )
})

test_that("an unknown rule on missing values is an error that says so", {
  expect_input_error(
    sparsereg(mpg ~ wt, mtcars, na.action = "na.drop"), "sparsepath_error_input",
    c(
      "`na.action` must be a function or its name, not \"na.drop\".",
      "For instance: na.action = na.omit."
    )
  )
})

test_that("what weights use and cannot be found is not blamed on the formula", {
  d <- data.frame(y = c(1, 3, 2), x = 1:3)
  inside <- function(formula, own_weights) sparsereg(formula, d, weights = own_weights)
  expect_input_error(
    inside(y ~ x, 1:3), "sparsepath_error_missing_variable",
    c(
      "`weights` uses variables that were not found: `own_weights`.",
      "It is looked up in `data`, then in the environment of the formula."
    )
  )
  passes_on <- function(...) sparsereg(...)
  expect_input_error(
    passes_on(y ~ x, d, offset = y), "sparsepath_error_input",
    c(
      "`offset` cannot be passed on in the `...` of another function.",
      "Make it a variable of `data`, or an argument of that function and use do.call()."
    )
  )
})

test_that("a response that is nothing, and weights that are a list, are named", {
  d <- data.frame(y = c(1, 3, 2), x = 1:3)
  expect_input_error(
    sparsereg(NULL ~ x, d), "sparsepath_error_formula",
    c("`formula` must have a response on its left-hand side.", "For instance: y ~ x.")
  )
  expect_input_error(
    sparsereg(y ~ x, d, weights = list(1)), "sparsepath_error_input",
    "`weights` must be numeric, not of type list."
  )
  expect_error(sparsereg(1 ~ x, d), "it has 3, and there is 1 row[.]$")
})

test_that("a factor in I() is read as a factor, not as its codes", {
  data <- transform(mtcars, gear = factor(gear), am = factor(am, labels = c("auto", "manual")))
  expect_input_error(sparsereg(I(gear) ~ hp, data), "sparsepath_error_response", c(
    "`I(gear)` must be numeric for family \"gaussian\", not a factor.",
    "If its values are numbers, write as.numeric(as.character(I(gear)))."
  ))
  fit <- sparsereg(I(am) ~ hp, data, family = "binomial", lambda = 0.1)
  expect_identical(fit$classes, c("auto", "manual"))
})

test_that("an offset that is no number is an error that names it", {
  data <- transform(mtcars, gear = factor(gear))
  class <- "sparsepath_error_variable"
  expect_input_error(
    sparsereg(mpg ~ hp, data, offset = gear), class, "`offset` must be numeric, not a factor."
  )
  expect_input_error(
    sparsereg(mpg ~ hp + offset(gear), data), class,
    "`offset(gear)` must be numeric, not a factor."
  )
  expect_input_error(
    sparsereg(mpg ~ hp + offset(vs > 0) + offset(wt), data), class,
    "`offset(vs > 0)` must be numeric, not logical."
  )
  fit <- sparsereg(mpg ~ hp, mtcars, offset = gear, lambda = 1)
  expect_input_error(
    predict(fit, data), class,
    "`newdata` must have `offset` as in the fit: numeric, not a factor."
  )
})

test_that("a survival time as predictor is an error", {
  data <- mtcars
  data$time <- structure(cbind(time = data$wt, status = 1), class = "Surv")
  text <- paste(
    "`time` must be numeric, a factor, character or logical,",
    "not an object of class \"Surv\"."
  )
  expect_input_error(sparsereg(mpg ~ time, data), "sparsepath_error_variable", text)
})

test_that("weights in the dots of a function that writes the formula itself are an error", {
  wrapper <- function(data, ...) sparsereg(stats::reformulate("hp", "mpg"), data, ...)
  expect_input_error(wrapper(mtcars, lambda = 1, weights = wt), "sparsepath_error_input", c(
    "`weights` cannot be passed on in the `...` of another function.",
    "Make it a variable of `data`, or an argument of that function and use do.call()."
  ))
})

test_that("a subset of rows that are not there is an error", {
  fit <- function(subset) {
    call <- substitute(sparsereg(mpg ~ wt, mtcars, lambda = 1, subset = subset))
    eval(call)
  }
  class <- "sparsepath_error_length"
  text <- "`subset` has rows that are not among the 32: "
  expect_input_error(fit(30:34), class, paste0(text, "\"33\" and \"34\"."))
  expect_input_error(fit("Fiat"), class, paste0(text, "\"Fiat\"."))
  expect_input_error(
    fit(c(TRUE, FALSE)), class,
    "`subset` must have one value per row: it has 2, and there are 32 rows."
  )
  expect_identical(fit(c("Fiat 128", "Fiat X1-9", "Datsun 710"))$nobs, 3L)
  expect_identical(fit(-(1:20))$nobs, 12L)
  expect_identical(fit(c(1:5, 0))$nobs, 5L)
  set.seed(1)
  drawn <- sample(32, 20)
  set.seed(1)
  expect_equal(fit(sample(32, 20))$center[["wt"]], mean(mtcars$wt[drawn]))
  without_data <- with(mtcars, try(sparsereg(mpg ~ wt, subset = 33), silent = TRUE))
  expect_s3_class(attr(without_data, "condition"), class)
})

test_that("a subset by the codes of a factor is an error", {
  cars <- c("Fiat 128", "Fiat X1-9", "Datsun 710")
  expect_input_error(
    sparsereg(mpg ~ wt, mtcars, lambda = 1, subset = factor(cars)), "sparsepath_error_input",
    c(
      "`subset` must be logical, numbers or names of rows, not a factor.",
      "Write as.character() around it, if it holds names of rows."
    )
  )
})

test_that("rows of which a subset does not say whether they are wanted are said to be such", {
  data <- transform(mtcars, wanted = replace(hp > 100, 3:4, NA))
  data$wt[5] <- NA
  fit <- function(rows, rule = na.omit) {
    sparsereg(mpg ~ wt + qsec, data, lambda = 1, subset = rows, na.action = rule)
  }
  expect_message(
    fit(data$wanted),
    "^3 of [0-9]+ rows were left out because of missing values in `wt` and `subset`[.]"
  )
  expect_message(
    fit(c(1:4, NA)), "^1 of 5 rows was left out because of missing values in `subset`[.]"
  )
  expect_input_error(
    fit(c(1:4, NA), na.fail), "sparsepath_error_missing_values",
    c(
      "`data` has missing values in `subset`, and `na.action` does not allow them.",
      "Use na.action = na.omit to leave those rows out."
    )
  )
})
