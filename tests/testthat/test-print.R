# The digits of certificates and the number of passes differ between machines.
with_fixed_certificate <- function(fit) {
  fit$gap[] <- 3e-15
  fit$kkt[] <- 2e-12
  fit$iterations[] <- 2L
  fit
}

lasso <- with_fixed_certificate(sparsereg(lpsa ~ . - train, data = prostate, nlambda = 30))

test_that("print() shows call, model, path and certificate", {
  expect_snapshot(lasso)
  expect_snapshot(print(lasso, digits = 5, max_rows = 4))
})

test_that("print() describes each penalty", {
  enet <- sparsereg(
    lpsa ~ . - train - 1, prostate, "elasticnet",
    alpha = 0.3, lambda = c(1, 0.1)
  )
  expect_snapshot(with_fixed_certificate(enet))
  ridge <- sparsereg(lpsa ~ . - train, prostate, "l2", lambda = c(1, 0.1))
  expect_snapshot(with_fixed_certificate(ridge))
})

test_that("print() of one lambda reads well", {
  expect_snapshot(with_fixed_certificate(sparsereg(lpsa ~ lcavol, prostate, lambda = 0.1)))
})

test_that("a miss of the tolerance is flagged, and where", {
  fit <- lasso
  fit$converged[c(3, 9)] <- FALSE
  fit$gap[c(3, 9)] <- c(1e-3, 2e-4)
  expect_snapshot(print(fit, max_rows = 30))
  fit$iterations[9] <- fit$control$max_iter
  expect_match(describe_certificate(fit), "Raise\\s+`max_iter`")
  fit$converged[] <- FALSE
  expect_match(describe_certificate(fit), "and\\s+22 more", all = FALSE)
  fit$gap[4] <- NaN
  expect_match(describe_certificate(fit), "gap\\s+NaN")
})

test_that("a call that holds data is cut short", {
  fit <- do.call(sparsereg, list(mpg ~ wt, data = mtcars, lambda = seq(1, 0.1, length.out = 20)))
  shown <- capture.output(print(fit))
  expect_lt(length(shown), 25)
  expect_match(shown[2], "data = <data.frame>", fixed = TRUE)
})

test_that("print() returns its argument invisibly", {
  capture.output(shown <- withVisible(print(lasso)))
  expect_false(shown$visible)
  expect_identical(shown$value, lasso)
})

test_that("summary() has the whole path and the special columns", {
  data <- cbind(prostate[c("lpsa", "lcavol", "svi", "age", "lbph")], one = 1)
  suppressWarnings(
    fit <- sparsereg(
      lpsa ~ ., data,
      lambda = c(0.5, 0.1, 0.01),
      penalty_factor = c(svi = 0), exclude = "age", upper = c(lcavol = 0.3)
    )
  )
  fit <- with_fixed_certificate(fit)
  s <- summary(fit, lambda = c(0.5, 0.05))
  expect_identical(s$path$lambda, fit$lambda)
  expect_identical(s$constant, "one")
  expect_identical(s$excluded, "age")
  expect_identical(s$unpenalised, "svi")
  expect_identical(s$at_bound$variable, "lcavol")
  expect_identical(s$at_bound$bound, 0.3)
  expect_identical(s$at_bound$lambdas, sum(as.matrix(fit$beta)["lcavol", ] == 0.3))
  expect_identical(s$coefficients, coef(fit, lambda = c(0.5, 0.05)))
  expect_snapshot(s)
})

test_that("what is not printed of the coefficients is counted", {
  fit <- sparsereg(mpg ~ wt + hp + cyl + qsec, mtcars, lambda = c(3, 1))
  expect_output(print(summary(fit, lambda = 3)), "(2 more are zero at it)", fixed = TRUE)
  expect_output(print(summary(fit, lambda = c(3, 1))), "(1 more is zero at all)", fixed = TRUE)
})

test_that("summary() without lambda has no coefficients", {
  expect_null(summary(lasso)$coefficients)
  expect_identical(nrow(summary(lasso)$path), length(lasso$lambda))
  expect_error(summary(lasso, lamda = 1), class = "sparsepath_error_unknown_argument")
})

test_that("max_rows is checked", {
  expect_error(print(lasso, max_rows = 0), class = "sparsepath_error_input")
})

test_that("data passed by value do not fill the screen", {
  fit <- do.call(sparsereg, list(mpg ~ wt, mtcars, family = gaussian(), weights = rep(1, 32)))
  call <- capture.output(print(fit))[2:3]
  expect_identical(gsub(" +", " ", paste(call, collapse = " ")), paste0(
    "sparsereg(formula = mpg ~ wt, data = <data.frame>, family = <family>, ",
    "weights = <numeric>)"
  ))
})

test_that("digits are checked", {
  fit <- sparsereg(mpg ~ wt, mtcars)
  for (digits in list(NA, "a", 0, c(3, 4), numeric())) {
    expect_error(print(fit, digits = digits), "^`digits` must be", class = "sparsepath_error_input")
  }
})

test_that("numbers of a thousand and more are written out where an exponent would be no shorter", {
  expect_identical(format_column(c(1349.6, 0.5), 3), c("1350", "0.500"))
  expect_identical(format_column(c(-134868.2, 10742.3), 3), c("-134868", "10742"))
  expect_identical(format_column(c(2.5e9, 0.5), 3), c("2.50e+09", "0.500"))
  expect_identical(
    format_number(c(1349.6, 999.6, 1e5, 134868, 2.5e9)),
    c("1350", "1000", "1e+05", "134868", "2.5e+09")
  )
})

test_that("text is no wider than the console", {
  local_reproducible_output(width = 45)
  cv <- cv_sparsereg(lpsa ~ . - train, prostate, nfolds = 3, seed = 1)
  shown <- c(capture.output(print(lasso)), capture.output(print(cv)))
  of_call <- grepl("^(cv_)?sparsereg\\(", shown)
  expect_lte(max(nchar(shown[!of_call])), 45)
})

test_that("names that are not syntactic keep their backticks in the call", {
  data <- stats::setNames(mtcars[c("mpg", "wt", "hp")], c("mpg", "the weight", "hp"))
  fit <- do.call(sparsereg, list(quote(mpg ~ `the weight` + hp), data, lambda = 1))
  call <- paste(utils::capture.output(print_call(fit$call)), collapse = " ")
  expect_match(call, "formula = mpg ~ `the weight` + hp, data = <data.frame>", fixed = TRUE)
})
