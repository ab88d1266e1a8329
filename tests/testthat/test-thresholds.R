fit <- sparsereg(y ~ ., diabetes, lambda = c(40, 0))

test_that("the table sums up the events", {
  found <- thresholds(fit)
  events <- attr(found, "events")
  expect_identical(found$variable[1:2], c("bmi", "ltg"))
  expect_false(is.unsorted(-events$lambda))
  hdl <- found[found$variable == "hdl", ]
  mine <- events[events$variable == "hdl", ]
  expect_identical(mine$event, c("enters", "leaves", "enters"))
  expect_identical(hdl$enters, mine$lambda[1])
  expect_identical(hdl$leaves, mine$lambda[2])
  expect_identical(hdl$entries, 2L)
  expect_identical(hdl$sign_changes, 1L)
  expect_true(all(found$at_end))
  expect_identical(knots(found), knots(fit))
})

test_that("what is never in, or always, is said", {
  kept <- sparsereg(lpsa ~ . - train, prostate,
    lambda = c(0.5, 0.3), penalty_factor = c(svi = 0, pgg45 = Inf)
  )
  found <- thresholds(kept)
  expect_identical(found$enters[found$variable == "svi"], Inf)
  expect_true(is.na(found$enters[found$variable == "pgg45"]))
  expect_false(found$at_end[found$variable == "pgg45"])
})

test_that("knots of a cross-validated path are those of its fit, in any scale", {
  cv <- cv_sparsereg(lpsa ~ . - train, prostate, nfolds = 3, seed = 1)
  expect_identical(knots(cv), knots(cv$fit))
  expect_equal(knots(cv, scale = "rss"), 2 * 97 * knots(cv), tolerance = 1e-12)
})

test_that("thresholds print for reading", {
  expect_snapshot({
    thresholds(fit)
    print(thresholds(fit, scale = "rss"), max_rows = 2)
    thresholds(sparsereg(am ~ wt + hp + qsec, mtcars, family = "binomial", lambda = 0.05))
    head(thresholds(fit)[, 1:2], 2)
  })
  expect_error(thresholds(fit, scale = "lars"), class = "sparsepath_error_input")
  expect_error(thresholds(fit, lambda = 1), class = "sparsepath_error_unknown_argument")
})

test_that("a path on which nothing enters has one empty line, not two", {
  printed <- capture.output(print(thresholds(sparsereg(mpg ~ ., mtcars, lambda = 50))))
  expect_identical(sum(!nzchar(printed)), 1L)
})
