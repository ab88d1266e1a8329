test_that("conditions carry the classes of the package and no call", {
  error <- expect_error(abort("Wrong.", "sparsepath_error_kind"), class = "sparsepath_error_kind")
  expect_identical(
    class(error), c("sparsepath_error_kind", "sparsepath_error", "error", "condition")
  )
  expect_null(conditionCall(error))
  warning <- expect_warning(warn("Beware.", "sparsepath_warning_kind"), "^Beware\\.$")
  expect_identical(
    class(warning), c("sparsepath_warning_kind", "sparsepath_warning", "warning", "condition")
  )
  message <- expect_message(inform("Note.", "sparsepath_message_kind"), "^Note\\.\n$")
  expect_identical(
    class(message), c("sparsepath_message_kind", "sparsepath_message", "message", "condition")
  )
})

test_that("input errors name argument, variable and remedy", {
  error <- expect_input_error(
    abort_input("weights", "must be finite.", variable = "w", remedy = "Remove them.", class = "k"),
    "k", c("`weights` must be finite.", "Remove them.")
  )
  expect_s3_class(error, "sparsepath_error_input")
  expect_identical(error[c("argument", "variable", "remedy")], list(
    argument = "weights", variable = "w", remedy = "Remove them."
  ))
})

test_that("lists of names are cut", {
  expect_identical(quote_names("a"), "`a`")
  expect_identical(quote_names(c("a", "b")), "`a` and `b`")
  expect_identical(quote_names(letters[1:5]), "`a`, `b`, `c`, `d` and `e`")
  expect_identical(quote_names(letters[1:7]), "`a`, `b`, `c`, `d`, `e` and 2 more")
  expect_identical(quote_values(c("North", "South")), "\"North\" and \"South\"")
})

test_that("counts agree with their noun", {
  expect_identical(count_of(1, "row"), "1 row")
  expect_identical(count_of(100000, "row"), "100000 rows")
  expect_identical(count_of(2, "entry", "entries"), "2 entries")
})

test_that("a suggestion is near or not made at all", {
  known <- c("lambda", "alpha", "penalty_factor")
  expect_identical(suggest_name("lamda", known), "Did you mean `lambda`?")
  expect_identical(suggest_name("penalty.factor", known), "Did you mean `penalty_factor`?")
  expect_identical(suggest_name("alp", known), "Did you mean `alpha`?")
  expect_null(suggest_name("wibble", known))
  expect_null(suggest_name("a", "b"))
  expect_identical(suggest_name("a", "A"), "Did you mean `A`?")
  expect_null(suggest_name("x", character()))
  expect_null(suggest_name(NA_character_, known))
  # Latin-1 of a file that was read as UTF-8.
  expect_identical(suggest_name("lamda", c("caf\xe9", known)), "Did you mean `lambda`?")
  expect_null(suggest_name("caf\xe9", known))
})
