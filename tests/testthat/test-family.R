test_that("a family is found by name, function or object", {
  for (family in list("gaussian", "gauss", stats::gaussian, stats::gaussian())) {
    expect_identical(as_family(family)$name, "gaussian")
    expect_identical(as_family(family)$link, "identity")
  }
  expect_s3_class(as_family("gaussian"), "sparsepath_family")
  expect_identical(as_family(as_family("gaussian"))$name, "gaussian")
})

test_that("other families are errors that say what is there", {
  class <- "sparsepath_error_family"
  available <- "Available: \"gaussian\"."
  binomial <- c("`family` must not be \"binomial\": it is not available.", available)
  expect_input_error(as_family("binomial"), class, binomial)
  expect_input_error(as_family(stats::binomial), class, binomial)
  expect_input_error(as_family(stats::binomial()), class, binomial)
  expect_input_error(as_family(stats::gaussian("log")), class, c(
    "`family` must have the identity link, not the log link, when it is gaussian.", available
  ))
  nothing <- c("`family` must be the name of a family.", available)
  expect_input_error(as_family(1), class, nothing)
  expect_input_error(as_family(NULL), class, nothing)
  expect_input_error(as_family(mean), class, nothing)
  expect_input_error(as_family(c("gaussian", "binomial")), class, nothing)
})

test_that("the gaussian family wants numbers", {
  check <- as_family("gaussian")$check_y
  expect_identical(check(c(a = 1L, b = 2L), "y"), c(1, 2))
  convert <- "If its values are numbers, write as.numeric(as.character(y))."
  class <- "sparsepath_error_response"
  expect_input_error(check(factor(1:3), "y"), class, c(
    "`y` must be numeric for family \"gaussian\", not a factor.", convert
  ))
  expect_input_error(check("1", "y"), class, c(
    "`y` must be numeric for family \"gaussian\", not character.", convert
  ))
  expect_input_error(check(TRUE, "y"), class, c(
    "`y` must be numeric for family \"gaussian\", not logical.",
    "Write as.numeric(y) to fit the share of TRUE by least squares."
  ))
})
