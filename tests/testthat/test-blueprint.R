# Full one-hot coding by stats::model.matrix(): identity contrasts for all factors. Logicals are
# turned into 0/1 numbers, named as lm() names them.
reference <- function(formula, data) {
  data[] <- lapply(data, function(v) if (is.character(v)) factor(v) else v)
  terms <- stats::terms(formula, data = data)
  attr(terms, "intercept") <- 1L
  factors <- names(data)[vapply(data, is.factor, NA)]
  factors <- intersect(factors, all.vars(attr(terms, "variables")))
  full <- lapply(data[factors], stats::contrasts, contrasts = FALSE)
  x <- stats::model.matrix(terms, data, contrasts.arg = full)[, -1, drop = FALSE]
  matrix(x, nrow(x), dimnames = list(NULL, colnames(x)))
}

n <- 60
training <- with_seed(1, data.frame(
  y = rnorm(n), a = rnorm(n), b = runif(n), g = factor(sample(c("u", "v", "w"), n, TRUE)),
  h = sample(c("p", "q"), n, TRUE), o = factor(sample(1:3, n, TRUE), ordered = TRUE)
))
training$m <- cbind(training$a^2, training$b^2)
training$k <- cbind(left = training$a, right = training$b)

design_of <- function(formula, data = training, ...) {
  sparsereg(formula, data, ..., control = no_fit())$x
}

test_that("columns and values agree with model.matrix() in full one-hot coding", {
  formulas <- list(
    y ~ a + g, y ~ g + h + o, y ~ g * h, y ~ a * g, y ~ g:h, y ~ g:a, y ~ m + g, y ~ k * g, y ~ m:k,
    y ~ a:g:m, y ~ g - 1, y ~ 0 + h + a, y ~ I(a^2) + log(b), y ~ scale(a), y ~ poly(a, 1),
    y ~ poly(a, 2) * h + splines::ns(b, 3), y ~ splines::bs(a, df = 4), y ~ ., y ~ .^2, y ~ g / a,
    y ~ g * h * o
  )
  for (formula in formulas) {
    expect_equal(
      as.matrix(design_of(formula)), reference(formula, training),
      info = deparse(formula), tolerance = 1e-14
    )
  }
})

test_that("ordered factors have no polynomial contrasts", {
  expect_identical(colnames(design_of(y ~ o)), c("o1", "o2", "o3"))
})

test_that("a logical is one column, with or without its margin", {
  data <- transform(training, z = b > 0.5)
  x <- design_of(y ~ z + a, data)
  expect_identical(colnames(x), c("zTRUE", "a"))
  expect_identical(x[, "zTRUE"], as.double(data$z))
  x <- design_of(y ~ g:z, data)
  expect_identical(colnames(x), c("gu:zTRUE", "gv:zTRUE", "gw:zTRUE"))
  expect_identical(x[, 2], (data$g == "v" & data$z) * 1)
  expect_identical(colnames(design_of(y ~ I(a > 0), data)), "I(a > 0)TRUE")
})

test_that("contrasts replace the coding of the factors they name", {
  lm_design <- function(formula, ...) {
    x <- stats::model.matrix(formula, training, ...)[, -1, drop = FALSE]
    matrix(x, nrow(x), dimnames = list(NULL, colnames(x)))
  }
  expect_equal(
    design_of(y ~ g + a, contrasts = list(g = "contr.treatment")), lm_design(y ~ g + a)
  )
  sums <- list(g = stats::contr.sum)
  expect_equal(
    design_of(y ~ g * a, contrasts = sums), lm_design(y ~ g * a, contrasts.arg = sums)
  )
  own <- matrix(c(1, 0, -1), dimnames = list(NULL, "uw"))
  x <- design_of(y ~ g + h, contrasts = list(g = own))
  expect_identical(colnames(x), c("guw", "hp", "hq"))
  expect_identical(x[, "guw"], c(1, 0, -1)[as.integer(training$g)])
  expect_identical(
    colnames(design_of(y ~ C(g, contr.helmert))), paste0("C(g, contr.helmert)", 1:2)
  )
  x <- design_of(y ~ a + a:g, contrasts = list(g = "contr.treatment"))
  expect_identical(colnames(x), c("a", "a:gv", "a:gw"))
})

test_that("contrasts that do not fit are errors", {
  class <- "sparsepath_error_contrasts"
  expect_input_error(design_of(y ~ g, contrasts = list(gg = "contr.sum")), class, c(
    "`contrasts` names no factor of the formula: `gg`.", "Did you mean `g`?"
  ))
  expect_input_error(
    design_of(y ~ a, contrasts = list(a = "contr.sum")), class,
    "`contrasts` names no factor of the formula: `a`."
  )
  expect_input_error(design_of(y ~ g, contrasts = "contr.sum"), class, c(
    "`contrasts` must be a named list, not \"contr.sum\".",
    "For instance: contrasts = list(region = \"contr.treatment\")."
  ))
  expect_error(
    design_of(y ~ g, contrasts = list(g = "no_such_contrast")),
    "^`contrasts` for `g` cannot be used: ",
    class = class
  )
})

test_that("levels without rows are dropped, characters are coded in sorted order", {
  data <- training[training$g != "v", ]
  expect_identical(colnames(design_of(y ~ g, data)), c("gu", "gw"))
  problem <- sparsereg(y ~ g, training, subset = g != "v", control = no_fit())
  expect_identical(colnames(problem$x), c("gu", "gw"))
  expect_identical(colnames(sparsereg(data["g"], data$y, control = no_fit())$x), c("gu", "gw"))
  data$h <- rep_len(c("q", "p", "A"), nrow(data))
  expect_identical(colnames(design_of(y ~ h, data)), paste0("h", sort(unique(data$h))))
})

test_that("dates count as numbers, other types are errors", {
  data <- data.frame(y = c(1, 3, 2), day = as.Date("2020-01-01") + 0:2, c = 1i * 1:3)
  expect_identical(design_of(y ~ day, data), cbind(day = 18262 + c(0, 1, 2)))
  expect_input_error(
    design_of(y ~ c, data), "sparsepath_error_variable",
    "`c` must be numeric, a factor, character or logical, not complex."
  )
})

test_that("names that are not syntactic get no backticks", {
  data <- stats::setNames(training[c("y", "a", "g")], c("y", "my var", "my g"))
  expect_identical(
    colnames(design_of(y ~ `my var` * `my g`, data)),
    c("my var", paste0("my g", c("u", "v", "w")), paste0("my var:my g", c("u", "v", "w")))
  )
  expect_identical(
    sparsereg(y ~ ., data, penalty_factor = c("my g" = 0), control = no_fit())$penalty_factor,
    c("my var" = 1, "my gu" = 0, "my gv" = 0, "my gw" = 0)
  )
})

test_that("columns that cannot be told apart are an error", {
  data <- data.frame(y = c(1, 3, 2), a = factor(c("b", "c", "b")), ab = 1:3)
  expect_input_error(design_of(y ~ a + ab, data), "sparsepath_error_duplicate_columns", c(
    "`formula` must not give two columns the same name: `ab` occurs more than once.",
    "Rename a variable or a level, so that all columns can be told apart."
  ))
})

test_that("the blueprint knows which term a column came from", {
  problem <- sparsereg(y ~ a * g + poly(b, 2), training, control = no_fit())
  expect_identical(
    problem$blueprint$terms_of, rep(c("a", "g", "poly(b, 2)", "a:g"), c(1, 3, 2, 3))
  )
})

test_that("the pattern of very many terms is not kept", {
  wide <- as.data.frame(matrix(0, 2, 1001))
  wide$y <- 1:2
  blueprint <- sparsereg(y ~ ., wide, control = no_fit())$blueprint
  expect_null(attr(blueprint$terms, "factors"))
  expect_identical(colnames(forge(blueprint, wide)$x), paste0("V", 1:1001))
})
