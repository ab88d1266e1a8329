x <- as.matrix(prostate[1:8])
y <- prostate$lpsa

# The definition: a separate fit on the training rows (repeated as often as they are there).
split_error <- function(test, train, lambda) {
  fit <- sparsereg(x[train, ], y[train], lambda = lambda)
  eta <- rep(fit$intercept, each = length(test)) + as.matrix(x[test, ] %*% fit$beta)
  colMeans((y[test] - eta)^2)
}

test_that("rolling folds train on the past alone", {
  f <- folds(97, 3, time = 97:1)
  cv <- cv_sparsereg(x, y, foldid = f, lambda = c(0.3, 0.1))
  expected <- do.call(rbind, Map(split_error, f$test, f$train, list(c(0.3, 0.1))))
  expect_equal(cv$fold_error, expected, tolerance = 1e-8)
})

test_that("resamples of rsample are understood", {
  skip_if_not_installed("rsample")
  set.seed(1)
  numbered <- data.frame(row = seq_along(y))
  resamples <- list(
    rsample::vfold_cv(numbered, v = 4, repeats = 2), rsample::bootstraps(numbered, times = 3),
    rsample::rolling_origin(numbered, initial = 60, assess = 9, skip = 8)
  )
  for (rset in resamples) {
    cv <- cv_sparsereg(x, y, foldid = rset, lambda = c(0.3, 0.1))
    expected <- do.call(rbind, lapply(rset$splits, function(split) {
      split_error(rsample::assessment(split)$row, rsample::analysis(split)$row, c(0.3, 0.1))
    }))
    expect_equal(cv$fold_error, expected, tolerance = 1e-7)
  }
  expect_identical(folds_from_rset(resamples[[1]])$repeats, 2L)
})

test_that("the standard error of repeated folds is that of one repeat", {
  f <- folds(97, 5, repeats = 3, seed = 1)
  cv <- cv_sparsereg(x, y, foldid = f, lambda = 0.1)
  single <- vapply(1:3, function(r) {
    id <- replace(integer(97), unlist(f$test[f$repeat_of == r]), rep(1:5, lengths(f$test)[1:5]))
    one <- cv_sparsereg(x, y, foldid = id, lambda = 0.1)
    c(one$error, one$se)
  }, c(0, 0))
  expect_equal(cv$error, mean(single[1, ]), tolerance = 1e-9)
  expect_equal(cv$se, sqrt(mean(single[2, ]^2)), tolerance = 1e-9)
})

test_that("folds of all rows of the data follow the rows that are used", {
  data <- prostate
  data$lcavol[c(5, 50)] <- NA
  f <- folds(97, 5, seed = 1)
  cv <- suppressMessages(cv_sparsereg(lpsa ~ . - train, data = data, foldid = f, lambda = 0.1))
  expect_identical(cv$foldid, f$foldid[-c(5, 50)])
  expect_error(cv_sparsereg(x, y, foldid = folds(96, 5)), "folds of 96 observations")
})

test_that("a row that is not used needs no label", {
  data <- prostate
  data$lcavol[c(5, 50)] <- NA
  label <- replace(rep(c("a", "b", "c"), length.out = 97), 5, NA)
  cv <- suppressMessages(cv_sparsereg(lpsa ~ . - train, data, foldid = label, lambda = 0.1))
  expect_identical(cv$foldid, rep_len(1:3, 97)[-c(5, 50)])
})

test_that("the apparent split of rsample, which is predicted from itself, is no fold", {
  skip_if_not_installed("rsample")
  set.seed(1)
  with_apparent <- rsample::bootstraps(prostate, times = 3, apparent = TRUE)
  cv <- cv_sparsereg(x, y, foldid = with_apparent, lambda = 0.1)
  expect_identical(cv$nfolds, 3L)
  without <- rsample::manual_rset(with_apparent$splits[1:3], letters[1:3])
  expect_identical(cv$error, cv_sparsereg(x, y, foldid = without, lambda = 0.1)$error)
  expect_identical(cv$folds$kind, "3 splits by bootstraps()")
})

test_that("by default classes and counts are stratified, and no other response", {
  kind <- function(y, family) {
    cv_sparsereg(x, y, family = family, nfolds = 4, seed = 1, lambda = 1)$folds$kind
  }
  z <- exp(y)
  for (family in list(gaussian(), Gamma("log"), inverse.gaussian("log"), quasi("log", "mu^2"))) {
    expect_identical(kind(z, family), "4-fold, at random")
  }
  expect_identical(kind(y > 2, quasibinomial()), "4-fold, stratified (2 strata)")
  expect_identical(kind(pmin(round(z), 3), poisson()), "4-fold, stratified (3 strata)")
})

test_that("what can be no folds is told what can", {
  x <- as.matrix(mtcars[-1])
  for (wrong in list(as.list(1:32), mtcars, mean)) {
    expect_error(
      cv_sparsereg(x, mtcars$mpg, foldid = wrong),
      "^`foldid` must be labels, folds by folds\\(\\) or resamples of rsample, not a ",
      class = "sparsepath_error_input"
    )
  }
})

test_that("what draws folds is an error beside folds that are given", {
  id <- rep(1:4, 8)
  refused <- function(code, argument) {
    expect_input_error(code, "sparsepath_error_input", c(
      paste0("`", argument, "` draws folds, and `foldid` has them already."),
      paste0("Leave out `", argument, "` or `foldid`.")
    ))
  }
  refused(cv_sparsereg(mpg ~ wt, mtcars, foldid = id, nfolds = 4, lambda = 1), "nfolds")
  refused(cv_sparsereg(mpg ~ wt, mtcars, foldid = id, seed = 1, lambda = 1), "seed")
  refused(cv_nested(mpg ~ wt, mtcars, foldid = id, outer = 4, lambda = 1), "outer")
  # NULL is as good as nothing, and inner folds are drawn.
  wrapper <- function(nfolds, seed = NULL, foldid = NULL) {
    cv_sparsereg(mpg ~ wt, mtcars, nfolds = nfolds, seed = seed, foldid = foldid, lambda = 1)
  }
  expect_identical(wrapper(foldid = id)$foldid, id)
  expect_identical(wrapper(nfolds = 5)$nfolds, 5L)
  nested <- cv_nested(mpg ~ wt, mtcars, foldid = id, nfolds = 3, seed = 1, lambda = 1)
  expect_identical(nested$folds$foldid, id)
})

test_that("foldid and groups are looked up in the data, then where the function was called", {
  data <- transform(prostate, fold = rep(c("a", "b", "c", "d"), length.out = 97))
  expected <- rep(1:4, length.out = 97)
  for (place in list(data, as.list(data), list2env(data))) {
    cv <- cv_sparsereg(lpsa ~ lcavol + svi, place, foldid = fold, lambda = 0.1)
    expect_identical(cv$foldid, expected)
    expect_identical(cv$call$foldid, quote(fold))
    elsewhere <- rev(expected)
    cv <- cv_sparsereg(lpsa ~ lcavol + svi, place, foldid = rev(elsewhere), lambda = 0.1)
    expect_identical(cv$foldid, expected)
  }
  wrapper <- function(formula, data, id) cv_sparsereg(formula, data, foldid = id, lambda = 0.1)
  expect_identical(wrapper(lpsa ~ lcavol, data, data$fold)$foldid, expected)
  cv <- cv_sparsereg(lpsa ~ lcavol, data, foldid = folds(lpsa, 4, groups = age, seed = 1))
  expect_identical(cv$folds, folds(97, 4, groups = data$age, seed = 1))
  nested <- cv_nested(lpsa ~ lcavol, data, groups = age, outer = 4, nfolds = 3, seed = 1)
  again <- cv_nested(lpsa ~ lcavol, data, groups = data$age, outer = 4, nfolds = 3, seed = 1)
  expect_identical(nested$predictions, again$predictions)
})

test_that("labels of all rows of the data follow the rows that are used", {
  data <- transform(prostate, fold = rep(1:4, length.out = 97))
  data$lcavol[c(5, 50)] <- NA
  used <- data$train & !is.na(data$lcavol)
  run <- function(foldid) {
    suppressMessages(
      cv_sparsereg(lpsa ~ lcavol + svi, data, subset = train, lambda = 0.1, foldid = foldid)
    )
  }
  expect_identical(run(data$fold)$foldid, data$fold[used])
  expect_identical(run(data$fold[data$train])$foldid, data$fold[used])
  expect_identical(run(folds(97, 4, seed = 1))$foldid, folds(97, 4, seed = 1)$foldid[used])
  nested <- suppressMessages(cv_nested(
    lpsa ~ lcavol + svi, data, subset = train, groups = age, outer = 4, nfolds = 3, seed = 1
  ))
  expect_true(all(rowSums(table(data$age[used], nested$folds$foldid) > 0) == 1))
  expect_error(run(data$fold[1:96]), "each of the 66 observations: it has 96.")
})

test_that("folds that cannot be evaluated are told where they were looked for", {
  text <- "`foldid` cannot be evaluated: object 'nowhere' not found."
  expect_input_error(cv_sparsereg(mpg ~ wt, mtcars, foldid = nowhere), "sparsepath_error_input", c(
    text, "It is looked up in `data`, then where the function was called."
  ))
  x <- as.matrix(mtcars[-1])
  expect_input_error(
    cv_sparsereg(x, mtcars$mpg, foldid = nowhere), "sparsepath_error_input", text
  )
  expect_error(
    cv_sparsereg(mpg ~ wt, mtcars, foldid = folds(mpg, k = 1)), "^`k` must be a whole number"
  )
})

test_that("labels that the dots of another function hand on are those where they were written", {
  hand_on <- function(...) cv_sparsereg(..., lambda = 1)
  hand_on_nested <- function(...) cv_nested(..., lambda = 1)
  environment(hand_on) <- environment(hand_on_nested) <- list2env(list(id = rep(1:2, 16)))
  called <- function() {
    id <- rep(1:4, each = 8)
    x <- as.matrix(mtcars[-1])
    expect_identical(hand_on(x, mtcars$mpg, foldid = id)$foldid, id)
    expect_identical(hand_on(mpg ~ wt, mtcars, foldid = id)$foldid, id)
    expect_identical(hand_on_nested(mpg ~ wt, mtcars, foldid = id, nfolds = 3)$folds$foldid, id)
    grouped <- hand_on_nested(mpg ~ wt, mtcars, groups = id, outer = 4, nfolds = 3, seed = 1)
    expect_true(all(rowSums(table(id, grouped$folds$foldid) > 0) == 1))
    expect_input_error(
      hand_on(mpg ~ wt, mtcars, foldid = id + 0 * gear), "sparsepath_error_input",
      c(
        paste(
          "`foldid` cannot be passed on in the `...` of another function with variables of `data`",
          "(`gear`) and others (`id`)."
        ),
        "Make it a variable of `data`, or an argument of that function and use do.call()."
      )
    )
  }
  called()
  expect_identical(hand_on(mpg ~ wt, mtcars, foldid = gear)$foldid, as.integer(mtcars$gear - 2))
})

test_that("labels follow a subset that takes rows in another order or more than once", {
  data <- transform(prostate, fold = rep(1:4, length.out = 97))
  data$lcavol[5] <- NA
  run <- function(data, rows) {
    suppressMessages(cv_sparsereg(
      lpsa ~ lcavol + age, data, subset = rows, foldid = fold, lambda = 0.1
    ))$foldid
  }
  rows <- c(40:1, 1:3)
  for (place in list(data, as.list(data))) {
    expect_identical(run(place, rows), data$fold[setdiff(40:1, 5)][c(1:39, 39:37)])
    for (other in list(97:1, c(1:90, 10:16))) {
      expect_input_error(run(place, other), "sparsepath_error_input", c(
        paste(
          "`foldid` may be for the 97 rows of the data, or for as many that `subset` takes",
          "in another order or more than once."
        ),
        "Take these rows of `data` first, and leave out `subset`."
      ))
    }
    expect_identical(run(place, 1:97), data$fold[-5])
  }
  # A repeated row gets the name that another has.
  data <- data[1:20, ]
  rownames(data) <- c("a", "a.1", 3:20)
  data$lcavol[5] <- 0
  expect_identical(run(data, c(1, 1, 3:19)), data$fold[c(1, 1, 3:19)])
  expect_error(
    cv_nested(lpsa ~ lcavol, data, subset = 20:1, groups = age), "`groups` may be for the 20 rows"
  )
  expect_error(
    cv_sparsereg(lpsa ~ lcavol, data, subset = 20:1, foldid = folds(20, 4)), "`foldid` may be for"
  )
})

test_that("labels follow a rule on missing values that does not say what it left out", {
  data <- transform(prostate, fold = rep(1:4, length.out = 97))
  data$lcavol[c(5, 50)] <- NA
  rule <- function(frame) frame[stats::complete.cases(frame), ]
  cv <- cv_sparsereg(lpsa ~ lcavol, data, subset = 60:1, foldid = fold, na.action = rule)
  expect_identical(cv$foldid, rev(data$fold[setdiff(1:60, c(5, 50))]))
})

test_that("the name of a variable in quotes is told from the variable", {
  expect_input_error(
    cv_sparsereg(mpg ~ wt, mtcars, foldid = "cyl"), "sparsepath_error_input", c(
      "`foldid` must be a vector with one element for each of the 32 observations: it has 1.",
      "A variable of the data has no quotes: foldid = cyl."
    )
  )
})
