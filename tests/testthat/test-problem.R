x <- matrix(c(1, 2, 4, 3, 0, 1), 3, dimnames = list(NULL, c("a", "b")))
y <- c(1, 3, 2)

test_that("a problem holds everything that was given, in one form", {
  problem <- sparsereg(x, y, "enet",
    weights = 1:3, offset = c(0, 0, 1), lambda = c(0.1, 1), nlambda = 7, lambda_min_ratio = 0.1,
    standardize = FALSE, intercept = FALSE, penalty_factor = c(b = 2), lower = 0, upper = c(1, 2),
    exclude = "a", control = no_fit()
  )
  expect_s3_class(problem, "sparsepath_problem")
  expect_setequal(names(problem), c(
    "x", "y", "weights", "offset", "intercept", "standardize", "penalty", "alpha", "family",
    "lambda", "nlambda", "lambda_min_ratio", "penalty_factor", "lower", "upper", "control",
    "blueprint", "na_action", "rows", "all_rows", "data", "y_name", "call", "classes", "trials"
  ))
  expect_identical(problem$x, x)
  expect_identical(problem$y, y)
  expect_identical(problem$weights, c(1, 2, 3))
  expect_identical(problem$offset, c(0, 0, 1))
  expect_false(problem$intercept)
  expect_false(problem$standardize)
  expect_identical(problem[c("penalty", "alpha")], list(penalty = "elasticnet", alpha = 0.5))
  expect_identical(problem$family$name, "gaussian")
  expect_identical(problem$lambda, c(0.1, 1))
  expect_identical(problem$penalty_factor, c(a = Inf, b = 2))
  expect_identical(problem$lower, c(a = 0, b = 0))
  expect_identical(problem$upper, c(a = 1, b = 2))
  expect_identical(problem$y_name, "y")
})

test_that("what was not given is NULL or a default", {
  problem <- sparsereg(x, y, control = no_fit())
  for (field in c("weights", "offset", "lambda", "lambda_min_ratio", "na_action", "rows", "data")) {
    expect_null(problem[[field]])
  }
  expect_true(problem$intercept)
  expect_true(problem$standardize)
  expect_identical(problem$nlambda, 100)
})

test_that("a response that do.call() hands over by value is not spelt out", {
  problem <- do.call(sparsereg, list(cbind(c(1, 3, 2)), c(1, 2, 4), control = no_fit()))
  expect_identical(problem$y_name, "y")
  expect_identical(sparsereg(cbind(1:3), c(1, 2, 4), control = no_fit())$y_name, "c(1, 2, 4)")
})

test_that("kinds of matrices become a double matrix or a dgCMatrix", {
  dense <- matrix(c(1, 0, 0, 0, 2, 0, 0, 3, 1), 3)
  sparse <- Matrix::Matrix(dense, sparse = TRUE)
  symmetric <- Matrix::crossprod(sparse)
  as_class <- function(class) methods::as(sparse, class)
  kinds <- list(
    sparse, as_class("TsparseMatrix"), as_class("RsparseMatrix"), as_class("lMatrix"),
    as_class("nMatrix"), symmetric, Matrix::Diagonal(3), Matrix::Diagonal(3) != 0,
    methods::as(3:1, "pMatrix"), Matrix::triu(sparse)
  )
  for (kind in kinds) {
    got <- sparsereg(kind, y, control = no_fit())$x
    expect_s4_class(got, "dgCMatrix")
    expect_identical(unname(as.matrix(got)), unname(as.matrix(kind)) * 1)
    expect_identical(colnames(got), c("V1", "V2", "V3"))
  }
  dense_kinds <- list(
    methods::as(sparse, "unpackedMatrix"), methods::as(symmetric, "unpackedMatrix"),
    dense != 0, matrix(1:9, 3)
  )
  for (kind in dense_kinds) {
    got <- sparsereg(kind, y, control = no_fit())$x
    expect_type(got, "double")
    expect_identical(unname(got), unname(as.matrix(kind)) * 1)
  }
})

test_that("a dgCMatrix is used as it is, and gets names without touching the user's", {
  sparse <- methods::as(methods::as(x, "CsparseMatrix"), "generalMatrix")
  expect_identical(sparsereg(sparse, y, control = no_fit())$x, sparse)
  colnames(sparse) <- NULL
  expect_identical(colnames(sparsereg(sparse, y, control = no_fit())$x), c("V1", "V2"))
  expect_null(colnames(sparse))
})

test_that("names made up for a matrix do not touch the user's", {
  unnamed <- matrix(as.double(1:300), 3)
  columns <- colnames(sparsereg(unnamed, y, control = no_fit())$x)
  expect_identical(columns, paste0("V", 1:100))
  expect_null(colnames(unnamed))
})

test_that("a vector is one column", {
  problem <- sparsereg(c(3L, 1L, 2L), y, control = no_fit())
  expect_identical(problem$x, matrix(c(3, 1, 2), dimnames = list(NULL, "V1")))
})

test_that("columns without name are called by their position", {
  unnamed <- cbind(a = 1:3, 4:6, 7:9)
  colnames(unnamed)[3] <- NA
  expect_identical(
    colnames(sparsereg(unnamed, y, control = no_fit())$x), c("a", "V2", "V3")
  )
})

test_that("sizes beyond 2^31 elements do not overflow", {
  n <- 100000
  wide <- Matrix::sparseMatrix(i = seq_len(n), j = rev(seq_len(n)), x = 1, dims = c(n, n))
  expect_gt(prod(as.double(dim(wide))), 2^31)
  problem <- sparsereg(wide, rep_len(c(0, 1), n), exclude = 7, control = no_fit())
  expect_identical(dim(problem$x), c(100000L, 100000L))
  expect_identical(problem$penalty_factor[["V7"]], Inf)
})

test_that("data frames are coded like formulas", {
  data <- data.frame(
    a = c(1, 2, 4), g = factor(c("u", "v", "u"), levels = c("u", "v", "w")),
    h = c("p", "q", "q"), z = c(TRUE, FALSE, TRUE)
  )
  data$m <- cbind(k = 1:3, l = 3:1)
  problem <- sparsereg(data, y, control = no_fit())
  expect_identical(problem$x, cbind(
    a = c(1, 2, 4), gu = c(1, 0, 1), gv = c(0, 1, 0), hp = c(1, 0, 0), hq = c(0, 1, 1),
    zTRUE = c(1, 0, 1), mk = c(1, 2, 3), ml = c(3, 2, 1)
  ))
  data$y <- y
  expect_identical(sparsereg(y ~ ., data, control = no_fit())$x, problem$x)
  expect_identical(
    sparsereg(data[c("a", "g")], y, penalty_factor = c(g = 0), control = no_fit())$penalty_factor,
    c(a = 1, gu = 0, gv = 0)
  )
})

test_that("rows are labelled as in the data", {
  problem <- sparsereg(mpg ~ hp, mtcars, subset = cyl == 8, control = no_fit())
  expect_identical(problem$rows, rownames(mtcars)[mtcars$cyl == 8])
  problem <- sparsereg(mtcars["hp"], mtcars$mpg, control = no_fit())
  expect_identical(problem$rows, rownames(mtcars))
})

test_that("without_fit() leaves the rest of the control alone", {
  control <- sparsereg_control(tol = 1e-9)
  expect_identical(without_fit(control, stop("never evaluated"))$tol, 1e-9)
  expect_false(without_fit(control)$fit)
})

test_that("a problem prints in a few lines", {
  expect_snapshot({
    sparsereg(x, y, control = no_fit())
    sparsereg(lpsa ~ . - 1, prostate, "ridge", standardize = FALSE, control = no_fit())
    sparsereg(lpsa ~ ., prostate, control = no_fit())$blueprint
  })
})

test_that("names that are made up are whole numbers", {
  expect_identical(made_up_names(1e5)[c(1, 1e5)], c("V1", "V100000"))
})

test_that("numbers are finite although their sum is not", {
  expect_true(are_finite(rep(1.7e308, 20)))
  expect_false(are_finite(c(1, NA, 2)))
  expect_false(are_finite(c(Inf, -Inf)))
  expect_true(are_finite(rep(.Machine$integer.max, 3)))
  expect_false(are_finite(NA_integer_))
})
