n <- 60
training <- with_seed(2, data.frame(
  y = rnorm(n), a = rnorm(n), g = factor(sample(letters[1:4], n, TRUE)),
  h = factor(sample(1:3, n, TRUE))
))
training$k <- cbind(left = training$a^2, right = pmax(training$a, 0))

test_that("sparse and dense designs agree", {
  formulas <- list(y ~ a + g, y ~ g * h, y ~ k:g + h, y ~ a:k, y ~ g:h:a)
  contrasts <- list(NULL, list(h = "contr.helmert"), NULL, NULL, list(h = "contr.sum"))
  for (i in seq_along(formulas)) {
    blueprint <- sparsereg(
      formulas[[i]], training, contrasts = contrasts[[i]], control = no_fit()
    )$blueprint
    blueprint$sparse <- FALSE
    dense <- forge(blueprint, training)$x
    blueprint$sparse <- TRUE
    sparse <- forge(blueprint, training)$x
    expect_true(is.matrix(dense))
    expect_s4_class(sparse, "dgCMatrix")
    expect_true(methods::validObject(sparse))
    expect_identical(as.matrix(sparse), dense)
    expect_false(any(sparse@x == 0))
  }
})

test_that("the design is sparse when one-hot columns are many and nearly empty", {
  is_sparse <- function(levels, numbers) {
    data <- as.data.frame(matrix(1, 2 * levels, numbers))
    data$g <- factor(rep(seq_len(levels), 2))
    !is.matrix(sparsereg(data, seq_len(2 * levels), control = no_fit())$x)
  }
  expect_false(is_sparse(30, 0))
  expect_true(is_sparse(31, 0))
  expect_true(is_sparse(40, 11))
  expect_false(is_sparse(40, 12))
})

test_that("a factor of many levels never becomes a dense matrix", {
  rows <- 50000
  ids <- data.frame(id = rep(seq_len(rows / 2), 2), a = seq_len(rows) / rows)
  ids$id <- factor(ids$id)
  problem <- sparsereg(a^2 ~ id + id:a, ids, control = no_fit())
  expect_s4_class(problem$x, "dgCMatrix")
  expect_identical(dim(problem$x), c(50000L, 50000L))
  expect_identical(length(problem$x@x), 100000L)
  expect_identical(unname(problem$x[7, c("id7", "id7:a")]), c(1, 7 / rows))
})

test_that("no rows give a matrix without rows", {
  for (formula in list(y ~ a * g + k, y ~ a:k)) {
    blueprint <- sparsereg(formula, training, control = no_fit())$blueprint
    for (sparse in c(TRUE, FALSE)) {
      blueprint$sparse <- sparse
      empty <- forge(blueprint, training[0, ])$x
      expect_identical(dim(empty), c(0L, length(blueprint$columns)))
      expect_identical(colnames(empty), blueprint$columns)
    }
  }
})
