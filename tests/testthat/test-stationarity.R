fit <- sparsereg(lpsa ~ . - train, prostate)

test_that("gradients and residuals are those of the certificate, on problems of all kinds", {
  for (seed in 1:40) {
    case <- nasty_problem(seed)
    fit <- fit_case(case)
    o <- oracle(case)
    l <- ceiling(length(fit$lambda) / 2)
    lambda <- fit$lambda[l]
    b <- fit$beta[, l]
    expected <- certificate(o, fit$intercept[l], b, lambda)
    table <- stationarity(fit, lambda)
    if (case$intercept) table <- table[-1, ]
    unit <- max(abs(drop(crossprod(o$z, o$v * o$y))), lambda)
    r <- o$y - fit$intercept[l] - drop(o$x %*% b)
    gradient <- -drop(crossprod(o$z, o$v * r))
    used <- !o$shut
    noise <- 1e-9 * unit + 10 * expected$rounding_gradient[used]
    label <- describe_case(case)
    expect_true(all(abs(table$gradient - gradient)[used] <= noise), label = label)
    expect_true(all(table$residual[used] <= expected$violation[used] + noise), label = label)
    expect_identical(table$case %in% c("excluded", "constant"), unname(o$shut), label = label)
  }
})

test_that("gradients of other families are slopes of half the mean deviance", {
  x <- scale(as.matrix(mtcars[c("wt", "qsec", "hp")]))
  x <- x * sqrt(32 / 31)
  y <- list(
    binomial = mtcars$am, poisson = mtcars$carb, Gamma = mtcars$mpg, negative.binomial = mtcars$carb
  )
  w <- with_seed(3, rexp(32))
  for (name in names(y)) {
    family <- if (name == "negative.binomial") family_negative_binomial(theta = 2) else name
    fit <- sparsereg(x, y[[name]], family = family, lambda = 0.03, weights = w,
      control = sparsereg_control(tol = 1e-10))
    loss <- function(b) {
      mu <- fit$loss$stats$linkinv(b[1] + drop(x %*% b[-1]))
      sum(fit$loss$stats$dev.resids(y[[name]], mu, w)) / sum(w) / 2
    }
    b <- c(fit$intercept, fit$beta[, 1])
    slope <- vapply(1:4, function(j) {
      step <- replace(numeric(4), j, 1e-5)
      (loss(b + step) - loss(b - step)) / 2e-5
    }, 0)
    table <- stationarity(fit)
    # Along the standardised coefficient.
    size <- c(1, fit$scale)
    expect_equal(table$gradient, unname(slope / size), tolerance = 1e-6, label = name)
    expect_lte(max(table$residual), 1e-6 * fit$lambda)
  }
})

test_that("cases are told apart, with what each says", {
  held <- sparsereg(lpsa ~ . - train, prostate,
    penalty = "elasticnet", alpha = 0.5, lambda = 0.1, lower = c(age = -0.001, lbph = 0),
    upper = c(lcavol = 0.3), penalty_factor = c(svi = 0, pgg45 = Inf, lcp = 3)
  )
  table <- stationarity(held)
  case <- stats::setNames(table$case, table$variable)
  expect_identical(case[["(Intercept)"]], "unpenalised")
  expect_identical(case[["svi"]], "unpenalised")
  expect_identical(case[["pgg45"]], "excluded")
  expect_identical(unname(case[c("lcavol", "age")]), c("at bound", "at bound"))
  expect_identical(case[["lcp"]], "zero")
  positive <- table[table$case == "positive", ]
  expect_equal(positive$gradient, -0.05 - 0.05 * positive$standardized, tolerance = 1e-8)
  zero <- table[table$case == "zero", ]
  expect_equal(zero$slack, zero$limit - abs(zero$gradient))
  expect_equal(zero$limit[zero$variable == "lcp"], 0.15)
  expect_true(all(zero$slack >= 0))
})

test_that("ridge in the textbook's scale is -df / (2 lambda), and L1 has |df| = lambda", {
  ridge <- sparsereg(lpsa ~ . - train, prostate, penalty = "l2", lambda = 0.5)
  table <- stationarity(ridge, scale = "rss")[-1, ]
  lambda <- attr(stationarity(ridge, scale = "rss"), "lambda")
  expect_equal(lambda, convert_lambda(0.5, to = "rss", penalty = "l2", n = 97))
  expect_equal(table$standardized, -table$gradient / (2 * lambda), tolerance = 1e-10)
  # From the definition of the residual sum of squares.
  z <- scale(as.matrix(prostate[1:8])) * sqrt(97 / 96)
  y <- prostate$lpsa - mean(prostate$lpsa)
  expect_equal(table$gradient, unname(-2 * drop(crossprod(z, y - z %*% table$standardized))))
  l1 <- stationarity(fit, fit$lambda[30], scale = "rss")
  active <- l1$case %in% c("positive", "negative")
  expect_equal(abs(l1$gradient[active]), rep(attr(l1, "lambda"), sum(active)), tolerance = 1e-9)
})

test_that("a lambda off the grid is refitted, and cross-validated paths have theirs", {
  between <- sqrt(prod(fit$lambda[20:21]))
  expect_lte(max(stationarity(fit, between)$residual), 1e-9)
  cv <- cv_sparsereg(lpsa ~ . - train, prostate, nfolds = 3, seed = 1)
  expect_equal(stationarity(cv), stationarity(cv$fit, cv$lambda_1se))
  expect_equal(attr(stationarity(cv, "lambda_min"), "lambda"), cv$lambda_min)
})

test_that("the table is a data frame, and its words are for reading", {
  table <- stationarity(fit, 0.2)
  expect_s3_class(table, "data.frame")
  expect_identical(nrow(table), 9L)
  # To the end, so that what is left does not depend on the route.
  logistic <- sparsereg(am ~ wt + hp + qsec, mtcars, family = "binomial", lambda = 0.05,
    control = sparsereg_control(tol = 1e-15)
  )
  expect_snapshot({
    table
    head(table[table$case == "zero", 1:2], 2)
    stationarity(sparsereg(lpsa ~ . - train, prostate, penalty = "l2", lambda = 0.5), scale = "rss")
    stationarity(logistic)
    print(stationarity(fit, 0.7), max_rows = 3)
  })
  expect_condition_snapshot({
    stationarity(fit)
    stationarity(fit, c(0.1, 0.2))
    stationarity(fit, 0.1, scale = "glmnet")
    stationarity(fit, 0.1, lamda = 2)
  })
})

test_that("a table of no rows prints without a warning", {
  fit <- sparsereg(mpg ~ wt + hp, data = mtcars, lambda = 0.1)
  table <- stationarity(fit)
  expect_no_warning(expect_output(print(table[table$case == "excluded", ]), "0 rows"))
})

test_that("tables of several lambdas print as one table", {
  fit <- sparsereg(mpg ~ wt + hp, mtcars)
  both <- rbind(stationarity(fit, 1), stationarity(fit, 0.1))
  expect_output(print(both), "6 .*hp")
})

test_that("rounding of a slope that is zero is printed as zero, whatever the unit", {
  x <- cbind(a = rep(c(-1, 1), 8), b = rep(c(-1, -1, 1, 1), 4), c = rep(c(-1, 1), each = 8))
  y <- 3 * x[, "a"] + sin(1:16)
  y <- y - x[, "c"] * mean(x[, "c"] * y)
  for (unit in c(1e-9, 1, 1e9)) {
    at <- stationarity(sparsereg(x, unit * y + 0.3 * unit), lambda = 0.5 * unit)
    printed <- capture.output(print(at))
    expect_match(grep("^c ", printed, value = TRUE), "^c +0 ")
    expect_match(grep("^\\(Intercept\\)", printed, value = TRUE), " 0$")
    expect_match(grep("^b ", printed, value = TRUE), "[1-9]")
  }
})

test_that("coefficients are called standardised where they are", {
  print_of <- function(...) {
    paste(capture.output(print(stationarity(sparsereg(mpg ~ wt, mtcars, lambda = 1, ...)))),
      collapse = " ")
  }
  expect_match(print_of(), "along a +standardised +coefficient +t")
  expect_match(print_of(standardize = FALSE), "along a +coefficient +t")
})

test_that("slack that is rounding is printed as none", {
  twins <- transform(mtcars, manual = factor(am))
  shown <- capture.output(print(stationarity(sparsereg(mpg ~ manual, twins), lambda = 0.1)))
  expect_match(grep("^manual1", shown, value = TRUE), "^manual1 +-0.100 +0$")
})
