test_that("names and abbreviations of penalties", {
  of <- function(name) resolve_penalty(name)[["penalty"]]
  for (name in c("l1", "L1", "lasso", "las", "Lasso")) expect_identical(of(name), "l1")
  for (name in c("l2", "L2", "ridge", "r", "Ridge")) expect_identical(of(name), "l2")
  enet <- c("elasticnet", "elastic net", "elastic-net", "Elastic_Net", "enet", "el", "e")
  for (name in enet) expect_identical(of(name), "elasticnet")
})

test_that("alpha follows from the penalty, or the penalty from alpha", {
  expect_identical(resolve_penalty(), list(penalty = "l1", alpha = 1))
  expect_identical(resolve_penalty(NULL, 1), list(penalty = "l1", alpha = 1))
  expect_identical(resolve_penalty(NULL, 0), list(penalty = "l2", alpha = 0))
  expect_identical(resolve_penalty(NULL, 0.3), list(penalty = "elasticnet", alpha = 0.3))
  expect_identical(resolve_penalty("lasso"), list(penalty = "l1", alpha = 1))
  expect_identical(resolve_penalty("ridge"), list(penalty = "l2", alpha = 0))
  expect_identical(resolve_penalty("enet"), list(penalty = "elasticnet", alpha = 0.5))
  expect_identical(resolve_penalty("l1", 1L), list(penalty = "l1", alpha = 1))
  expect_identical(resolve_penalty("l2", 0), list(penalty = "l2", alpha = 0))
  expect_identical(resolve_penalty("enet", 0.1), list(penalty = "elasticnet", alpha = 0.1))
  expect_identical(resolve_penalty("enet", 1), list(penalty = "l1", alpha = 1))
})

test_that("contradictions and unknown penalties are errors with a remedy", {
  class <- "sparsepath_error_input"
  mix <- "Leave `alpha` out, or use penalty = \"elasticnet\" to mix both penalties."
  expect_input_error(resolve_penalty("l1", 0.5), class, c(
    "`alpha` must be 1 for penalty = \"l1\", not 0.5.", mix
  ))
  expect_input_error(resolve_penalty("ridge", 0.5), class, c(
    "`alpha` must be 0 for penalty = \"l2\", not 0.5.", mix
  ))
  expect_input_error(resolve_penalty("lasoo"), class, c(
    "`penalty` = \"lasoo\" is unknown.", "Did you mean \"lasso\"?", penalty_remedy()
  ))
  expect_input_error(
    resolve_penalty("l"), class, c("`penalty` = \"l\" is ambiguous.", penalty_remedy())
  )
  expect_input_error(
    resolve_penalty(""), class, c("`penalty` = \"\" is ambiguous.", penalty_remedy())
  )
  expect_input_error(
    resolve_penalty(1), class, c("`penalty` must be one name, not 1.", penalty_remedy())
  )
  for (alpha in list(-0.1, 1.1, NA, Inf)) {
    expect_input_error(
      resolve_penalty("enet", alpha), class,
      paste0("`alpha` must be a number between 0 and 1, not ", alpha, ".")
    )
  }
})

columns <- c("age", "regionN", "regionS", "poly(x, 2)1", "poly(x, 2)2")
terms <- c("age", "region", "region", "poly(x, 2)", "poly(x, 2)")
expand <- function(values, default = 1) {
  expand_values(values, "penalty_factor", default, columns, terms)
}

test_that("values for columns come as one, as all, or by name of column or term", {
  named <- function(...) stats::setNames(c(...), columns)
  expect_identical(expand(2L), named(2, 2, 2, 2, 2))
  expect_identical(expand(1:5), named(1, 2, 3, 4, 5))
  expect_identical(expand(c(age = 0)), named(0, 1, 1, 1, 1))
  expect_identical(expand(c(region = 3)), named(1, 3, 3, 1, 1))
  expect_identical(expand(c(regionN = 5, region = 3)), named(1, 5, 3, 1, 1))
  expect_identical(expand(c(region = 3, regionN = 5)), named(1, 5, 3, 1, 1))
  expect_identical(expand(c("poly(x, 2)" = 0), -Inf), named(-Inf, -Inf, -Inf, 0, 0))
  expect_identical(expand(rev(named(1, 2, 3, 4, 5))), named(1, 2, 3, 4, 5))
})

test_that("a term and a column of the same name are told apart", {
  values <- expand_values(c("`my var`" = 0), "lower", -Inf, c("my var", "b"), c("my var", "b"))
  expect_identical(values, c("my var" = 0, b = -Inf))
})

test_that("values that fit no column are errors", {
  expect_input_error(expand(1:4), "sparsepath_error_length", c(
    "`penalty_factor` must have one value, one for each of 5 columns, or names: it has 4 values.",
    "For instance: penalty_factor = c(age = 1)."
  ))
  expect_input_error(expand(c(regio = 1)), "sparsepath_error_unknown_column", c(
    "`penalty_factor` names an unknown column: `regio`.", "Did you mean `region`?"
  ))
  expect_input_error(expand(c(wibble = 1, wobble = 2)), "sparsepath_error_unknown_column", c(
    "`penalty_factor` names unknown columns: `wibble` and `wobble`.",
    "There are `age`, `regionN`, `regionS`, `poly(x, 2)1`, `poly(x, 2)2` and 2 more."
  ))
  class <- "sparsepath_error_input"
  expect_input_error(
    expand(c(age = 1, 2)), class,
    "`penalty_factor` must have names for all of its values, or for none."
  )
  expect_input_error(
    expand(c(age = 1, age = 2)), class, "`penalty_factor` must not name a column twice: `age`."
  )
  expect_input_error(expand("a"), class, "`penalty_factor` must be numeric, not \"a\".")
  expect_input_error(expand(NULL), class, "`penalty_factor` must be numeric, not NULL.")
  expect_input_error(expand(c(1, 1, NA, 1, 1)), class, c(
    "`penalty_factor` must not be missing: the value for column 3 is NA.",
    "Inf excludes a column, 0 leaves it unpenalised."
  ))
  expect_input_error(expand(c(region = NA_real_)), class, c(
    "`penalty_factor` must not be missing: the value for column `region` is NA.",
    "Inf excludes a column, 0 leaves it unpenalised."
  ))
})

resolve <- function(penalty_factor = 1, lower = -Inf, upper = Inf, exclude = NULL) {
  settings <- list(
    penalty_factor = penalty_factor, lower = lower, upper = upper, exclude = exclude
  )
  resolve_columns(settings, columns, terms)
}

test_that("factors, bounds and exclusions are resolved together", {
  expect_identical(unname(resolve()$penalty_factor), rep(1, 5))
  expect_identical(unname(resolve()$lower), rep(-Inf, 5))
  expect_identical(unname(resolve()$upper), rep(Inf, 5))
  expect_identical(unname(resolve(lower = 0)$lower), rep(0, 5))
  expect_identical(resolve(upper = c(age = 0.5))$upper[["age"]], 0.5)
  excluded <- function(exclude) which(unname(resolve(exclude = exclude)$penalty_factor) == Inf)
  expect_identical(excluded("region"), 2:3)
  expect_identical(excluded(c("age", "region")), 1:3)
  expect_identical(excluded(c(5, 1, 1)), c(1L, 5L))
  expect_identical(which(unname(resolve(c(region = Inf))$penalty_factor) == Inf), 2:3)
})

test_that("wrong factors, bounds and exclusions name the column", {
  class <- "sparsepath_error_input"
  bounds <- "Bounds must allow a coefficient of 0."
  expect_input_error(
    resolve(penalty_factor = c(age = -1)), class,
    "`penalty_factor` must not be negative: it is -1 for `age`."
  )
  expect_input_error(resolve(lower = c(region = 1)), class, c(
    "`lower` must not be greater than 0: it is 1 for `regionN` and wrong for 1 other column.",
    bounds
  ))
  expect_input_error(resolve(upper = -2), class, c(
    "`upper` must not be less than 0: it is -2 for `age` and wrong for 4 other columns.", bounds
  ))
  range <- "`exclude` must be names of columns or whole numbers from 1 to 5."
  for (exclude in list(0, 6, -1, 1.5, NA, TRUE)) {
    expect_input_error(resolve(exclude = exclude), class, range)
  }
  expect_input_error(resolve(exclude = "agee"), "sparsepath_error_unknown_column", c(
    "`exclude` names an unknown column: `agee`.", "Did you mean `age`?"
  ))
})

test_that("no value at all is told as such", {
  expect_error(
    sparsereg(mpg ~ wt, mtcars, penalty_factor = numeric()),
    "`penalty_factor` must be numeric, not empty", class = "sparsepath_error_input"
  )
})

test_that("a variable is met with what the formula makes of it", {
  expect_input_error(
    sparsereg(mpg ~ factor(cyl) * wt, mtcars, penalty_factor = c(cyl = 0)),
    "sparsepath_error_unknown_column", c(
      "`penalty_factor` names an unknown column: `cyl`.",
      paste0("Did you mean one of `factor(cyl)`, `factor(cyl)4`, `factor(cyl)6`, `factor(cyl)8`, ",
        "`factor(cyl):wt` and 3 more?")
    )
  )
  expect_identical(suggest_or_list("age", c("percentage", "log(age)", "stage_of")),
    "Did you mean `log(age)`?")
  expect_identical(suggest_or_list("a(b", c("xyz", "I(a(b))1", "I(a(b))2")),
    "Did you mean one of `I(a(b))1` and `I(a(b))2`?")
  expect_identical(suggest_or_list("speed", c("wt", "hp")), "There are `wt` and `hp`.")
})

test_that("several alphas are told of cross-validation", {
  expect_input_error(
    sparsereg(mpg ~ wt, mtcars, alpha = c(0, 1)), "sparsepath_error_input", c(
      "`alpha` must be a number between 0 and 1, not a vector of 2 numeric values.",
      "cv_sparsereg() takes several to choose from."
    )
  )
  expect_input_error(
    sparsereg(mpg ~ wt, mtcars, alpha = 2), "sparsepath_error_input",
    "`alpha` must be a number between 0 and 1, not 2."
  )
})
