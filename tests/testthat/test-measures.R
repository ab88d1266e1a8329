set.seed(1)
y01 <- rbinom(40, 1, 0.4)
mu <- matrix(round(runif(80), 1) * 0.96 + 0.02, 40)
w <- rexp(40)
measure_at <- function(family, name, y, mu, w) {
  evaluate_measure(family_measures(as_family(family))[[name]], y, mu, w)
}

test_that("auc counts weighted pairs, ties one half", {
  brute <- apply(mu, 2, function(m) {
    pair <- outer(which(y01 == 1), which(y01 == 0), function(i, j) {
      w[i] * w[j] * ((m[i] > m[j]) + (m[i] == m[j]) / 2)
    })
    sum(pair) / sum(outer(w[y01 == 1], w[y01 == 0]))
  })
  expect_equal(measure_at("binomial", "auc", y01, mu, w), brute, tolerance = 1e-12)
  ranks <- stats::wilcox.test(mu[y01 == 1, 1], mu[y01 == 0, 1], exact = FALSE)$statistic
  expect_equal(
    measure_at("binomial", "auc", y01, mu[, 1, drop = FALSE], rep(1, 40)),
    unname(ranks) / (sum(y01) * sum(1 - y01))
  )
  expect_identical(measure_at("binomial", "auc", rep(1, 40), mu, w), c(NA_real_, NA_real_))
})

test_that("deviances are those of glm()", {
  z <- rnorm(40)
  cases <- list(
    binomial = list(y01, stats::binomial()), poisson = list(rpois(40, 2), stats::poisson()),
    Gamma = list(rgamma(40, 2), stats::Gamma("log"))
  )
  for (name in names(cases)) {
    y <- cases[[name]][[1]]
    fit <- suppressWarnings(stats::glm(y ~ z, family = cases[[name]][[2]], weights = w))
    expect_equal(
      measure_at(name, "deviance", y, matrix(fitted(fit)), w), deviance(fit) / sum(w),
      tolerance = 1e-10
    )
  }
})

test_that("a certain prediction costs nothing if right and much, not infinity, if wrong", {
  binomial <- as_family("binomial")
  expect_equal(edge_deviance(binomial, c(1, 0), c(1, 0)), c(0, 0), tolerance = 1e-14)
  expect_true(all(is.finite(edge_deviance(binomial, c(1, 0), c(0, 1)))))
  expect_gt(min(edge_deviance(binomial, c(1, 0), c(0, 1))), 50)
})

test_that("class and Brier score count trials, also for shares", {
  trials <- rbind(data.frame(y = 1, w = 3), data.frame(y = 0, w = 1))
  share <- matrix(c(0.7, 0.2), 1)
  both <- share[c(1, 1), ]
  for (name in c("class", "brier")) {
    expect_equal(
      measure_at("binomial", name, 0.75, share, 4),
      measure_at("binomial", name, trials$y, both, trials$w)
    )
  }
  expect_equal(measure_at("binomial", "class", y01, mu, w)[1],
    weighted.mean(y01 != (mu[, 1] > 0.5), w))
  expect_equal(measure_at("binomial", "brier", y01, mu, w)[2], weighted.mean((y01 - mu[, 2])^2, w))
})

test_that("observations without weight do not count", {
  w0 <- replace(w, 3, 0)
  for (name in names(family_measures(as_family("binomial")))) {
    expect_equal(
      measure_at("binomial", name, y01, mu, w0),
      measure_at("binomial", name, y01[-3], mu[-3, ], w0[-3])
    )
  }
})

test_that("several measures and functions come from one run", {
  worst <- cv_measure(function(y, mu, weights) max(abs(y - mu)), "largest error")
  cv <- cv_sparsereg(
    lpsa ~ . - train, prostate, seed = 1, keep = TRUE,
    measure = list("mae", worst = worst, function(y, mu, weights) mean((y - mu)^4))
  )
  expect_named(cv$measures, c("mae", "worst", "custom3"))
  residual <- abs(prostate$lpsa - cv$predictions)
  expected <- vapply(1:10, function(k) colMeans(residual[cv$foldid == k, ]), cv$lambda)
  expect_equal(cv$fold_error, t(expected), tolerance = 1e-12)
  size <- tabulate(cv$foldid)
  e <- cv$measures$mae$fold_error[, 5]
  expect_equal(cv$error[5], sum(size * e) / 97)
  expect_equal(cv$se[5], sqrt(sum(size * (e - cv$error[5])^2) / 97 / 9))
  worst_5 <- vapply(1:10, function(k) max(residual[cv$foldid == k, 5]), 0)
  expect_equal(cv$measures$worst$fold_error[, 5], worst_5, tolerance = 1e-12)
})

test_that("a measure of which more is better chooses its largest value", {
  r2 <- function(y, mu, weights) 1 - mean((y - mu)^2) / 1.3
  more <- cv_sparsereg(lpsa ~ . - train, prostate, seed = 1, measure = cv_measure(r2, "R2", TRUE))
  less <- cv_sparsereg(lpsa ~ . - train, prostate, seed = 1)
  expect_equal(more$error, 1 - less$error / 1.3, tolerance = 1e-12)
  expect_identical(
    more[c("lambda_min", "lambda_1se")], less[c("lambda_min", "lambda_1se")]
  )
})

test_that("a fold for which a measure does not exist is left out of that measure", {
  odd <- function(y, mu, weights) if (min(y) < 0) NA else mean((y - mu)^2)
  cv <- cv_sparsereg(lpsa ~ . - train, prostate, seed = 1, measure = list("mse", odd = odd))
  gone <- unique(cv$foldid[prostate$lpsa < 0])
  expect_true(all(is.na(cv$measures$odd$fold_error[gone, ])))
  e <- cv$fold_error[-gone, 3]
  expect_equal(cv$measures$odd$error[3], weighted.mean(e, tabulate(cv$foldid)[-gone]))
})

test_that("measures that cannot be are errors", {
  expect_condition_snapshot({
    cv_sparsereg(mpg ~ wt, mtcars, measure = "auc")
    cv_sparsereg(mpg ~ wt, mtcars, measure = 3)
    cv_sparsereg(mpg ~ wt, mtcars, measure = function(y, mu, weights) y)
    cv_measure("mse")
  })
})

test_that("a function that fails is an error of its own, not one of the fold", {
  expect_input_error(
    cv_sparsereg(mpg ~ wt, mtcars, measure = function(y, mu) mean((y - mu)^2)),
    "sparsepath_error_input",
    c("`measure` is a function that fails: unused argument (weights).",
      "It is called with y, mu and weights: see ?cv_measure.")
  )
})

test_that("a function is called what its list calls it", {
  root <- function(y, mu, weights) sqrt(weighted.mean((y - mu)^2, weights))
  cv <- cv_sparsereg(mpg ~ wt, mtcars, seed = 1, measure = list("mse", "root error" = root))
  expect_identical(cv$measures[["root error"]]$label, "root error")
  expect_identical(
    cv_sparsereg(mpg ~ wt, mtcars, seed = 1, measure = root)$measures$custom$label, "custom error"
  )
})

test_that("a measure that exists in no fold cannot choose, and is not shown", {
  none <- function(y, mu, weights) NA
  expect_error(
    cv_sparsereg(mpg ~ wt, mtcars, seed = 1, measure = none),
    "finite value of `measure`, custom error, in every fold", class = "sparsepath_error_fold"
  )
  cv <- cv_sparsereg(mpg ~ wt, mtcars, seed = 1, measure = list("mse", none = none))
  expect_true(all(is.na(cv$measures$none$error)))
  expect_match(
    paste(capture.output(print(cv)), collapse = " "), "By none: no lambda has a value in every fold"
  )
  expect_error(select_lambda(cv, measure = "none"), class = "sparsepath_error_fold")
})

test_that("a label is one text", {
  for (label in list(NA_character_, 1, c("a", "b"))) {
    expect_error(cv_measure(mean, label), "`label` must be", class = "sparsepath_error_input")
  }
})

test_that("a measure without a label goes by its name in the list", {
  hits <- cv_measure(function(y, mu, weights) mean((mu > 0.5) == y), maximize = TRUE)
  labels <- function(measure) {
    vapply(resolve_measures(measure, as_family("binomial")), `[[`, "", "label")
  }
  expect_identical(labels(list(hits = hits)), c(hits = "hits"))
  expect_identical(labels(hits), c(custom = "custom measure"))
  expect_identical(labels(list("auc", hits, mean))[2:3], c(
    custom2 = "custom measure", custom3 = "custom error"
  ))
  expect_identical(labels(list(a = cv_measure(mean, "the mean"))), c(a = "the mean"))
})
