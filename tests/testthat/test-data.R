test_that("prostate is the table of the book", {
  expect_identical(dim(prostate), c(97L, 10L))
  expect_named(prostate, c(
    "lcavol", "lweight", "age", "lbph", "svi", "lcp", "gleason", "pgg45", "lpsa", "train"
  ))
  expect_identical(sum(prostate$train), 67L)
  expect_false(anyNA(prostate))
  expect_equal(unlist(prostate[1, 1:9], use.names = FALSE), c(
    -0.579818495, 2.769459, 50, -1.38629436, 0, -1.38629436, 6, 0, -0.4307829
  ))
})

test_that("prostate has the corrected weight of man 32", {
  expect_identical(prostate$lweight[32], 3.804438)
  expect_equal(exp(prostate$lweight[32]), 44.9, tolerance = 1e-3)
  expect_lt(max(prostate$lweight), 5)
})

test_that("prostate gives the correlations of table 3.1 of the book", {
  # By columns, below the diagonal.
  book <- c(
    0.300, 0.286, 0.063, 0.593, 0.692, 0.426, 0.483,
    0.317, 0.437, 0.181, 0.157, 0.024, 0.074,
    0.287, 0.129, 0.173, 0.366, 0.276,
    -0.139, -0.089, 0.033, -0.030,
    0.671, 0.307, 0.481,
    0.476, 0.663,
    0.757
  )
  training <- stats::cor(prostate[prostate$train, 1:8])
  expect_equal(round(training[lower.tri(training)], 3), book)
})

test_that("diabetes is the table of the LARS paper", {
  expect_identical(dim(diabetes), c(442L, 11L))
  expect_named(diabetes, c(
    "age", "sex", "bmi", "map", "tc", "ldl", "hdl", "tch", "ltg", "glu", "y"
  ))
  expect_false(anyNA(diabetes))
  # Table 1 of the paper has these patients, with ltg to one decimal.
  expect_equal(diabetes[c(1, 2, 442), ], data.frame(
    age = c(59, 48, 36), sex = c(2, 1, 1), bmi = c(32.1, 21.6, 19.6), map = c(101, 87, 71),
    tc = c(157, 183, 250), ldl = c(93.2, 103.2, 133.2), hdl = c(38, 70, 97), tch = c(4, 3, 3),
    ltg = c(4.8598, 3.8918, 4.5951), glu = c(87, 69, 92), y = c(151, 75, 57)
  ), ignore_attr = TRUE)
})

test_that("diabetes standardised is what lars ships", {
  x <- scale(diabetes[, 1:10]) / sqrt(441)
  expect_equal(unname(x[1, 1:3]), c(0.0380759064, 0.0506801187, 0.0616962065), tolerance = 1e-8)
})
