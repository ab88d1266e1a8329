sizes <- function(f) lengths(f$test)

test_that("random folds are balanced and hold each row once", {
  for (n in c(3, 10, 97)) {
    for (k in unique(c(2, min(n, 7), n))) {
      f <- folds(n, k, seed = 3)
      expect_identical(sort(unlist(f$test)), seq_len(n))
      expect_lte(diff(range(sizes(f))), 1)
      expect_identical(split(seq_len(n), f$foldid), stats::setNames(f$test, seq_len(k)))
    }
  }
})

test_that("a seed gives the same folds and leaves the user's stream alone", {
  set.seed(42)
  before <- .Random.seed
  first <- folds(50, 5, seed = 1)
  expect_identical(.Random.seed, before)
  expect_identical(folds(50, 5, seed = 1), first)
  expect_false(identical(folds(50, 5, seed = 2), first))
})

test_that("a seed means the same under every kind of generator, which is put back", {
  first <- folds(50, 5, seed = 1)
  old <- RNGkind("L'Ecuyer-CMRG", "Box-Muller", "Rejection")
  on.exit(RNGkind(old[1], old[2], old[3]))
  set.seed(7)
  expect_identical(folds(50, 5, seed = 1), first)
  expect_identical(RNGkind(), c("L'Ecuyer-CMRG", "Box-Muller", "Rejection"))
})

test_that("a seed means the same whatever the language sorts by", {
  old <- Sys.getlocale("LC_COLLATE")
  on.exit(Sys.setlocale("LC_COLLATE", old))
  labels <- rep(c("b", "A", "a", "B", "C", "c", "D"), c(5, 4, 3, 4, 3, 4, 4))
  fit <- sparsereg(mpg ~ wt + hp, mtcars[1:27, ], control = no_fit())
  drawn <- lapply(c("C", "C.UTF-8", "en_US.UTF-8"), function(locale) {
    suppressWarnings(Sys.setlocale("LC_COLLATE", locale))
    list(
      folds(labels, 3, seed = 1), folds(27, 3, groups = labels, seed = 1),
      resolve_folds(fit, 10, labels, NULL)
    )
  })
  expect_length(unique(drawn), 1)
})

test_that("labels may be of any atomic type", {
  id <- rep(1:3, 4)
  for (labels in list(as.raw(id), as.complex(id), factor(id), as.Date("2024-01-01") + id)) {
    expect_identical(folds(12, 3, groups = labels, seed = 1), folds(12, 3, groups = id, seed = 1))
  }
})

test_that("a session without a stream is left without one", {
  set.seed(1)
  old <- .Random.seed
  on.exit(assign(".Random.seed", old, envir = globalenv()))
  rm(".Random.seed", envir = globalenv())
  folds(20, 5, seed = 1)
  expect_false(exists(".Random.seed", globalenv(), inherits = FALSE))
})

test_that("without a seed set.seed() decides", {
  set.seed(9)
  first <- folds(30, 3)
  expect_false(identical(folds(30, 3), first))
  set.seed(9)
  expect_identical(folds(30, 3), first)
})

test_that("classes and counts are spread evenly", {
  y <- rep(c("a", "b", "c"), c(50, 13, 4))
  f <- folds(y, 5, seed = 1)
  expect_lte(max(apply(table(y, f$foldid), 1, function(n) diff(range(n)))), 1)
  expect_lte(diff(range(sizes(f))), 1)
  events <- rep(0:3, c(40, 20, 10, 5))
  expect_lte(max(apply(table(events, folds(events, 5, seed = 1)$foldid), 1, function(n) {
    diff(range(n))
  })), 1)
  expect_match(folds(prostate$lpsa, 5, seed = 1)$kind, "at random")
  expect_match(folds(y, 5, strata = FALSE, seed = 1)$kind, "at random")
})

test_that("numeric strata are cut at their deciles", {
  f <- folds(97, 5, strata = prostate$lpsa, seed = 1)
  expect_identical(f$kind, "5-fold, stratified (10 strata)")
  expect_lt(diff(range(tapply(prostate$lpsa, f$foldid, mean))), 0.4)
})

test_that("a group is never in both parts, and folds are of like size", {
  f <- folds(97, 5, groups = prostate$age, seed = 1)
  for (rows in f$test) {
    expect_length(intersect(prostate$age[rows], prostate$age[-rows]), 0)
  }
  expect_lte(diff(range(sizes(f))), 2)
})

test_that("blocks are runs of neighbours, ties kept together", {
  f <- folds(97, 5, blocks = TRUE)
  expect_true(all(vapply(f$test, function(rows) all(diff(rows) == 1), NA)))
  f <- folds(97, 4, blocks = prostate$age)
  ends <- vapply(f$test, function(rows) range(prostate$age[rows]), c(0, 0))
  expect_true(all(ends[1, -1] > ends[2, -4]))
})

test_that("rolling origin predicts from the past only, in the order of time", {
  time <- rev(seq_len(50))
  f <- folds(50, 4, time = time)
  for (i in 1:4) {
    expect_lt(max(time[f$train[[i]]]), min(time[f$test[[i]]]))
  }
  expect_identical(sizes(f), rep(10L, 4))
  expect_identical(lengths(f$train), 10L * 1:4)
  expect_null(f$foldid)
})

test_that("repeats draw again", {
  f <- folds(30, 3, repeats = 4, seed = 1)
  expect_length(f$test, 12)
  expect_identical(f$repeat_of, rep(1:4, each = 3))
  for (r in 1:4) expect_identical(sort(unlist(f$test[f$repeat_of == r])), 1:30)
  expect_false(identical(f$test[1:3], f$test[4:6]))
})

test_that("folds print what they are", {
  expect_snapshot({
    folds(97, 10, seed = 1)
    folds(iris$Species, 7, repeats = 2, seed = 1)
    folds(97, 5, groups = prostate$age, seed = 1)
    folds(97, 4, blocks = TRUE)
    folds(97, 4, time = 1:97)
    folds(97, "loo")
  })
})

test_that("folds that cannot be are errors", {
  expect_condition_snapshot({
    folds(5, 6)
    folds(5, 1)
    folds(5, 2.5)
    folds(5, 2, seed = "a")
    folds(5, 2, groups = 1:5, time = 1:5)
    folds(5, 2, groups = 1:4)
    folds(5, 2, groups = c(1, NA, 2, 2, 1))
    folds(6, 4, groups = c(1, 1, 2, 2, 3, 3))
    folds(6, 2, time = rep(1, 6))
    folds(6, 3, time = 1:6, repeats = 2)
    folds(list(1))
  })
})

test_that("levels that no observation has are no groups", {
  groups <- factor(rep(1:3, each = 4), levels = 1:9)
  expect_identical(folds(12, 3, groups = groups, seed = 1)$kind, "3-fold, grouped (3 groups)")
  expect_identical(sizes(folds(12, 3, groups = groups, seed = 1)), c(4L, 4L, 4L))
  expect_error(folds(12, 4, groups = groups), "more than the number of groups, 3")
})

test_that("nothing is put in an order that it does not have", {
  days <- c("1/2/2020", "10/2/2020", "2/2/2020", "3/2/2020")
  expect_input_error(folds(4, 2, time = days), "sparsepath_error_input", c(
    "`time` must be numbers, dates or times, not a vector of 4 character values.",
    "Convert it, for instance by as.Date()."
  ))
  expect_error(folds(4, 2, blocks = factor(days)), "must be numbers, dates or times, not a factor")
  clock <- as.POSIXlt(as.Date("2020-02-01") + c(3, 1, 2, 0))
  expect_identical(folds(4, 2, blocks = clock)$foldid, c(2L, 1L, 2L, 1L))
})

test_that("a table is no response", {
  expect_error(folds(cbind(1:5, 5:1), 2), "not a matrix of integer values")
  expect_identical(folds(cbind(prostate$lpsa), 5, seed = 1), folds(prostate$lpsa, 5, seed = 1))
})

test_that("a seed is a whole number, which set.seed() would otherwise make of it", {
  for (seed in list(1.5, 1e12, NA, 1:2)) {
    expect_error(folds(5, 2, seed = seed), "`seed` must be a whole number")
  }
  expect_length(folds(5, 2, seed = -3)$test, 2)
})

test_that("more observations than can be counted are an error", {
  expect_error(folds(1e10), "`y` must be a whole number", class = "sparsepath_error_input")
})

test_that("any labels make groups, those that are empty texts or a level for NA as well", {
  label <- c("", "", "a", "a", "b", "b")
  for (groups in list(label, addNA(factor(label, exclude = "")))) {
    id <- folds(6, 3, groups = groups, seed = 1)$foldid
    expect_identical(id[c(1, 3, 5)], id[c(2, 4, 6)])
    expect_setequal(id, 1:3)
  }
})

test_that("a stream with the old way of rounding is put back without a further warning", {
  old <- RNGkind()
  on.exit(suppressWarnings(RNGkind(old[1], old[2], old[3])))
  suppressWarnings(RNGkind(sample.kind = "Rounding"))
  set.seed(1)
  before <- .Random.seed
  expect_silent(folds(10, 2, seed = 1))
  expect_identical(.Random.seed, before)
})

test_that("what is no vector is told from a vector of the wrong length", {
  expect_error(folds(4, 2, groups = as.list(1:4)), "^`groups` must be a vector .*, not a list")
  expect_error(folds(4, 2, time = mtcars[1:4, ]), "^`time` must be a vector .*, not a data frame")
  expect_error(folds(4, 2, blocks = matrix(1:8, 4)), "^`blocks` must be .*: it has 8")
})

test_that("the number of folds is that which was asked for", {
  expect_error(folds(20, 20, time = 1:20), "^`k` = 20 folds need 21 pieces")
  expect_error(folds(20, "loo", time = 1:20), "^`k` = \"loo\" is for .* `time`")
  expect_error(folds(20, "loo", groups = rep(1:10, 2)), "^`k` = \"loo\" is for .* `groups`")
  expect_error(folds(4, 4, blocks = c(1, 1, 2, 3)), "^`k` = 4 folds need 4 pieces")
})

test_that("counts of which some are missing are no less counts", {
  expect_error(
    folds(c(0, 1, NA, 2, 1), 2), "^`y` must not have missing values",
    class = "sparsepath_error_input"
  )
  expect_identical(folds(c(0.5, 1, NA, 2, 1), 2, seed = 1)$kind, "2-fold, at random")
  expect_identical(folds(c(0, 1, NA, 2, 1), 2, strata = FALSE, seed = 1)$kind, "2-fold, at random")
})
