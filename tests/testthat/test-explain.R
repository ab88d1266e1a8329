fit <- sparsereg(lpsa ~ . - train, prostate)
z <- scale(as.matrix(prostate[1:8])) * sqrt(97 / 96)
y <- prostate$lpsa - mean(prostate$lpsa)

test_that("the slope splits exactly into what the others took", {
  for (name in colnames(z)) {
    why <- explain(fit, name, lambda = 0.1)
    t <- as.vector(coef(fit, 0.1, exact = TRUE, standardized = TRUE))[-1]
    # From the definition.
    expect_equal(why$slope, sum(z[, name] * (y - z %*% t)) / 97, tolerance = 1e-8)
    expect_equal(why$null_slope, sum(z[, name] * y) / 97, tolerance = 1e-10)
    own <- why$standardized
    expect_equal(
      why$slope, why$null_slope - sign(why$null_slope) * sum(why$taken$taken) - own,
      tolerance = 1e-8
    )
    expect_equal(
      why$taken$correlation, unname(cor(z)[name, why$taken$variable]), tolerance = 1e-10
    )
  }
})

test_that("unpenalised columns belong to the null model", {
  held <- sparsereg(lpsa ~ . - train, prostate, penalty_factor = c(svi = 0))
  why <- explain(held, "lcp", lambda = 0.1)
  r <- residuals(lm(lpsa ~ svi, prostate))
  expect_equal(why$null_slope, sum(z[, "lcp"] * r) / 97, tolerance = 1e-9)
  expect_equal(why$slope, why$null_slope - sum(why$taken$taken), tolerance = 1e-8)
})

test_that("at the lambda it names the variable is about to enter", {
  why <- explain(fit, "lcp", lambda = 0.1)
  expect_identical(why$case, "zero")
  near <- coef(fit, why$enters * c(1 + 1e-6, 1 - 1e-6), exact = TRUE)["lcp", ]
  expect_identical(unname(near != 0), c(FALSE, TRUE))
  # Its slope meets the limit there.
  at <- stationarity(fit, why$enters * (1 + 1e-10))
  expect_lt(abs(at$slack[at$variable == "lcp"]), 1e-9)
})

test_that("the path of the slope is that of the residuals", {
  why <- explain(fit, "lcp", lambda = 0.1)
  expect_equal(
    why$path$slope, unname(drop(crossprod(residuals(fit), z[, "lcp"]))) / 97, tolerance = 1e-8
  )
  expect_identical(why$path$limit, fit$lambda)
})

test_that("explanations read well", {
  expect_snapshot({
    explain(fit, "lcp", lambda = 0.1)
    explain(fit, "svi", lambda = 0.1)
    explain(fit, "lcavol", lambda = 0.5)
    explain(sparsereg(y ~ ., diabetes), "hdl", lambda = 0.08)
    explain(sparsereg(am ~ wt + hp + qsec, mtcars, family = "binomial"), "hp", lambda = 0.05)
    explain(sparsereg(lpsa ~ . - train, prostate, penalty = "l2"), "lcp", lambda = 0.1)
    explain(sparsereg(lpsa ~ . - train, prostate, exclude = "lcp"), "lcp", lambda = 0.1)
    explain(sparsereg(lpsa ~ . - train, prostate, penalty_factor = c(svi = 0)), "svi", lambda = 0.1)
  })
  expect_condition_snapshot({
    explain(fit, "lpc", 0.1)
    explain(fit, 3, 0.1)
    explain(fit, "lcp")
  })
})

test_that("it draws, and so does autoplot()", {
  why <- explain(fit, "lcp", lambda = 0.1)
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  mar <- graphics::par("mar")
  expect_identical(plot(why), why)
  expect_identical(graphics::par("mar"), mar)
  one <- explain(sparsereg(lpsa ~ . - train, prostate, lambda = 0.1), "lcp")
  expect_identical(plot(one), one)
  skip_if_not_installed("ggplot2")
  built <- ggplot2::ggplot_build(ggplot2::autoplot(why))
  expect_equal(built$data[[2]]$y[seq_along(fit$lambda)], abs(why$path$slope))
})

test_that("a cross-validated path explains its choice", {
  cv <- cv_sparsereg(lpsa ~ . - train, prostate, nfolds = 3, seed = 1)
  expect_equal(explain(cv, "lcp")$lambda, cv$lambda_1se)
})

test_that("correlations are correlations, whatever the fit centres and scales", {
  x <- as.matrix(mtcars[c("wt", "hp", "qsec")])
  for (standardize in c(TRUE, FALSE)) {
    for (intercept in c(TRUE, FALSE)) {
      model <- sparsereg(x, mtcars$mpg, standardize = standardize, intercept = intercept)
      taken <- explain(model, "wt", min(model$lambda))$taken
      expect_equal(taken$correlation, unname(cor(x)["wt", taken$variable]), tolerance = 1e-10)
    }
  }
})

test_that("a variable that comes and goes has its visits told", {
  model <- sparsereg(y ~ ., diabetes)
  events <- attr(thresholds(model), "events")
  hdl <- events$lambda[events$variable == "hdl"]
  expect_length(hdl, 3)
  told <- function(lambda) words_thresholds(explain(model, "hdl", lambda))
  number <- function(k) format_number(hdl[k], 4)
  expect_identical(told(hdl[1] * 1.1),
    paste0("It would enter at lambda = ", number(1), ", and leave at ", number(2), "."))
  expect_identical(told(hdl[2] * 1.1),
    paste0("It entered at lambda = ", number(1), ", and will leave at ", number(2), "."))
  expect_identical(told((hdl[2] + hdl[3]) / 2), c(
    paste0("It entered at lambda = ", number(1), " and left at ", number(2), "."),
    paste0("It would enter again at lambda = ", number(3), ".")
  ))
  expect_identical(told(hdl[3] * 0.9), paste0("It entered again at lambda = ", number(3), "."))
  short <- sparsereg(y ~ ., diabetes, lambda = c(50, (hdl[2] + hdl[3]) / 2))
  expect_match(words_thresholds(explain(short, "hdl", min(short$lambda)))[2],
    "It does not enter again down to lambda", fixed = TRUE)
})

test_that("one variable has the thresholds that it has among all", {
  for (model in list(
    sparsereg(y ~ ., diabetes), sparsereg(y ~ ., diabetes, alpha = 0.5),
    sparsereg(am ~ wt + qsec + gear, mtcars, family = "binomial")
  )) {
    found <- thresholds(model)
    for (variable in found$variable) {
      why <- explain(model, variable, model$lambda[20])
      row <- found[found$variable == variable, ]
      expect_equal(c(why$enters, why$leaves), c(row$enters, row$leaves), tolerance = 1e-9)
    }
  }
})

test_that("what others took is no part of less than that", {
  q <- qr.Q(qr(scale(with_seed(1, matrix(rnorm(80), 40)), scale = FALSE))) * sqrt(40)
  x <- cbind(hidden = q[, 1] + 0.5 * q[, 2], other = q[, 1])
  # The covariances are 0.05 and -0.2 before one of the two enters.
  e <- explain(sparsereg(x, x[, 1] - 1.2 * x[, 2], standardize = FALSE), "hidden", lambda = 0.1)
  expect_equal(c(e$null_slope, e$taken$taken), c(0.05, -0.3))
  text <- gsub(" +", " ", paste(capture.output(print(e)), collapse = " "))
  expect_match(text, "it was 0.05. It is changed most by `other` (by 0.3, correlation 0.89).",
    fixed = TRUE
  )
})

test_that("here and enters are both named, however close they are", {
  fit <- sparsereg(lpsa ~ . - train, prostate)
  e <- explain(fit, "svi", lambda = 0.45)
  expect_identical(marks_of(e, explanation_frame(e))$label, c("here", "enters"))
})

test_that("a variable must be given", {
  expect_error(
    explain(sparsereg(mpg ~ wt + hp, mtcars)), "`variable` is missing.*`wt` and `hp`",
    class = "sparsepath_error_input"
  )
})

test_that("a fit of few lambdas shows the slope in between, from the null model on", {
  whole <- sparsereg(lpsa ~ . - train, prostate)
  for (lambda in list(0.1, c(0.5, 0.1), 0)) {
    why <- explain(sparsereg(lpsa ~ . - train, prostate, lambda = lambda), "lcp", min(lambda))
    path <- why$path
    expect_equal(path$lambda[1], whole$lambda_max)
    expect_true(all(lambda %in% path$lambda))
    expect_equal(path$limit, path$lambda)
    k <- which.min(abs(path$lambda - 0.3))
    expect_equal(path$slope[k], explain(whole, "lcp", path$lambda[k])$slope, tolerance = 1e-6)
  }
  far <- explain(sparsereg(lpsa ~ . - train, prostate, lambda = 5), "lcp")
  expect_equal(explanation_frame(far)$limit, c(50, 5))
})

test_that("autoplot() writes its marks within the panel, and reaches up to the limit there", {
  skip_if_not_installed("ggplot2")
  p <- ggplot2::autoplot(explain(fit, "lcavol", 0.5))
  marks <- ggplot2::ggplot_build(p)$data[[3]]
  expect_identical(marks$label, c("here", "enters"))
  expect_lt(marks$hjust[2], 0)
  expect_gt(diff(-marks$y), 0)
  out <- explain(sparsereg(lpsa ~ . - train, prostate, lambda = 5), "lcp")
  expect_gte(ggplot2::autoplot(out)$coordinates$limits$y[2], 5)
})

test_that("a variable that is not given is asked for, of a cross-validated path as well", {
  fit <- sparsereg(mpg ~ wt + hp, mtcars, lambda = 1)
  cv <- cv_sparsereg(mpg ~ wt + hp, mtcars, lambda = 1, nfolds = 3)
  text <- c("`variable` is missing: which one is to be explained?", "There are `wt` and `hp`.")
  for (object in list(fit, cv)) {
    expect_input_error(explain(object), "sparsepath_error_input", text)
  }
})
