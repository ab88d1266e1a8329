test_that("folds are balanced", {
  for (n in c(2, 10, 97)) {
    for (k in unique(c(2, min(n, 7), n))) {
      size <- tabulate(make_folds(n, k, seed = 3), k)
      expect_identical(sum(size), as.integer(n))
      expect_lte(diff(range(size)), 1)
    }
  }
  expect_type(make_folds(10, 5), "integer")
})

test_that("a seed gives the same folds and leaves the user's stream alone", {
  set.seed(42)
  before <- .Random.seed
  first <- make_folds(50, 5, seed = 1)
  expect_identical(.Random.seed, before)
  expect_identical(make_folds(50, 5, seed = 1), first)
  expect_false(identical(make_folds(50, 5, seed = 2), first))
})

test_that("a seed means the same under every kind of generator, which is put back", {
  first <- make_folds(50, 5, seed = 1)
  old <- RNGkind("L'Ecuyer-CMRG", "Box-Muller", "Rejection")
  on.exit(RNGkind(old[1], old[2], old[3]))
  set.seed(7)
  expect_identical(make_folds(50, 5, seed = 1), first)
  expect_identical(RNGkind(), c("L'Ecuyer-CMRG", "Box-Muller", "Rejection"))
})

test_that("a session without a stream is left without one", {
  set.seed(1)
  old <- .Random.seed
  on.exit(assign(".Random.seed", old, envir = globalenv()))
  rm(".Random.seed", envir = globalenv())
  make_folds(20, 5, seed = 1)
  expect_false(exists(".Random.seed", globalenv(), inherits = FALSE))
})

test_that("without a seed set.seed() decides", {
  set.seed(9)
  first <- make_folds(30, 3)
  expect_false(identical(make_folds(30, 3), first))
  set.seed(9)
  expect_identical(make_folds(30, 3), first)
})

test_that("numbers of folds that cannot be are errors", {
  expect_snapshot(error = TRUE, {
    make_folds(5, 6)
    make_folds(5, 1)
    make_folds(5, 2.5)
    make_folds(5, 2, seed = "a")
  })
})
