test_that("a family is found by name, function or object", {
  for (family in list("gaussian", "gauss", stats::gaussian, stats::gaussian())) {
    expect_identical(as_family(family)$name, "gaussian")
    expect_identical(as_family(family)$link, "identity")
    expect_identical(as_family(family)$loss, "gaussian")
  }
  expect_identical(as_family(as_family("gaussian"))$name, "gaussian")
  loss_of <- function(family) as_family(family)$loss
  expect_identical(loss_of("binomial"), "binomial")
  expect_identical(loss_of(stats::quasibinomial()), "binomial")
  expect_identical(loss_of(stats::poisson), "poisson")
  expect_identical(loss_of("quasipoisson"), "poisson")
  expect_identical(loss_of("Gamma"), "Gamma")
  expect_identical(loss_of(stats::Gamma("log")), "Gamma")
  expect_identical(loss_of(stats::gaussian("log")), "gaussian log")
  expect_identical(loss_of(family_negative_binomial(3)), "negative binomial")
  expect_identical(loss_of(family_negative_binomial), "negative binomial")
  for (family in list(stats::Gamma(), stats::binomial("probit"), stats::inverse.gaussian)) {
    expect_identical(loss_of(family), "host")
  }
})

test_that("what is no family is an error that says what is there", {
  class <- "sparsepath_error_family"
  available <- paste0(
    "Available: \"gaussian\", \"binomial\", \"poisson\", \"Gamma\" and \"negative.binomial\", ",
    "and all families of glm()."
  )
  expect_input_error(as_family("cauchy"), class, c(
    "`family` must not be \"cauchy\": it is not available.", available
  ))
  nothing <- c("`family` must be the name of a family, or a family.", available)
  expect_input_error(as_family(1), class, nothing)
  expect_input_error(as_family(NULL), class, nothing)
  expect_input_error(as_family(mean), class, nothing)
  expect_input_error(as_family(c("gaussian", "binomial")), class, nothing)
  expect_error(family_negative_binomial(-1), class = "sparsepath_error_input")
})

test_that("the gaussian family wants numbers", {
  read <- as_family("gaussian")$read_y
  expect_identical(read(c(a = 1L, b = 2L), "y")$y, c(1, 2))
  convert <- "If its values are numbers, write as.numeric(as.character(y))."
  class <- "sparsepath_error_response"
  expect_input_error(read(factor(1:3), "y"), class, c(
    "`y` must be numeric for family \"gaussian\", not a factor.", convert
  ))
  expect_input_error(read("1", "y"), class, c(
    "`y` must be numeric for family \"gaussian\", not character.", convert
  ))
  expect_input_error(read(TRUE, "y"), class, c(
    "`y` must be numeric for family \"gaussian\", not logical.",
    "Write as.numeric(y) to fit the share of TRUE by least squares."
  ))
})

test_that("the binomial family reads classes, numbers, counts and shares", {
  read <- as_family("binomial")$read_y
  expect_identical(read(c(TRUE, FALSE), "y")$y, c(1, 0))
  expect_identical(read(factor(c("no", "yes")), "y"), list(y = c(0, 1), classes = c("no", "yes")))
  expect_identical(read(c("a", "b", "a"), "y")$y, c(0, 1, 0))
  expect_identical(read(cbind(c(1, 0), c(3, 0)), "y"), list(y = c(0.25, 0), trials = c(4, 0)))
  expect_identical(read(c(0.5, 1), "y")$y, c(0.5, 1))
  class <- "sparsepath_error_response"
  expect_input_error(read(factor(1:3), "y"), class, c(
    "`y` must have two levels for family \"binomial\", not 3: \"1\", \"2\" and \"3\".",
    "Merge levels, or compare one with all others: y == \"level\"."
  ))
  expect_error(read(c(0, 2), "y"), class = class)
  expect_error(read(cbind(-1, 2), "y"), class = class)
  expect_error(as_family("poisson")$read_y(-1, "y"), class = class)
  expect_error(as_family("Gamma")$read_y(0, "y"), class = class)
})

test_that("counts, shares with weights and rows for each trial are the same model", {
  set.seed(1)
  x <- matrix(stats::rnorm(90), 30, 3)
  trials <- sample(1:5, 30, replace = TRUE)
  hits <- stats::rbinom(30, trials, stats::plogis(x[, 1]))
  by_counts <- sparsereg(x, cbind(hits, trials - hits), family = "binomial", lambda = 0.05)
  by_share <- sparsereg(x, hits / trials, family = "binomial", weights = trials, lambda = 0.05)
  expect_equal(by_counts$beta, by_share$beta)
  expect_equal(by_counts$null_deviance, stats::glm(cbind(hits, trials - hits) ~ 1,
    family = "binomial")$deviance)
})

test_that("predictions and residuals are those of glm()", {
  data <- transform(mtcars, am = factor(am, labels = c("automatic", "manual")))
  fit <- sparsereg(am ~ wt + hp, data, family = "binomial", lambda = 0)
  reference <- stats::glm(am ~ wt + hp, data, family = "binomial",
    control = list(epsilon = 1e-14, maxit = 100))
  expect_equal(predict(fit, data, type = "link")[, 1], stats::predict(reference), tolerance = 1e-6)
  expect_equal(predict(fit, data)[, 1], stats::fitted(reference), tolerance = 1e-6)
  expect_identical(
    unname(predict(fit, data, type = "class")[, 1]),
    ifelse(unname(stats::fitted(reference)) > 0.5, "manual", "automatic")
  )
  for (type in c("response", "deviance", "pearson", "working")) {
    expect_equal(residuals(fit, type, data = data)[, 1], stats::residuals(reference, type),
      tolerance = 1e-5, label = type)
  }
  expect_identical(family(fit)$family, "binomial")
  linear <- sparsereg(mpg ~ wt, mtcars)
  expect_error(predict(linear, type = "class"), class = "sparsepath_error_input")
})

test_that("the classes of a logical response are FALSE and TRUE, those of numbers 0 and 1", {
  logical <- sparsereg(am == 1 ~ wt, mtcars, family = "binomial", lambda = 0.1)
  number <- sparsereg(am ~ wt, mtcars, family = "binomial", lambda = 0.1)
  expect_identical(logical$classes, c("FALSE", "TRUE"))
  new <- mtcars[c(1, 5), ]
  likely <- predict(number, new)[, 1] > 0.5
  expect_identical(predict(logical, new, type = "class")[, 1] == "TRUE", likely)
  expect_identical(predict(number, new, type = "class")[, 1] == "1", likely)
})

test_that("an offset in the formula is replayed from new data", {
  set.seed(2)
  data <- data.frame(a = stats::rnorm(50), time = stats::runif(50, 1, 9))
  data$y <- stats::rpois(50, data$time * exp(data$a / 2))
  fit <- sparsereg(y ~ a + offset(log(time)), data, family = "poisson", lambda = 0)
  reference <- stats::glm(y ~ a + offset(log(time)), data, family = "poisson")
  new <- data.frame(a = c(0, 1), time = c(1, 20))
  expect_equal(predict(fit, new)[, 1], stats::predict(reference, new, type = "response"),
    tolerance = 1e-6)
})

test_that("theta is estimated as by maximum likelihood", {
  skip_if_not_installed("MASS")
  set.seed(3)
  x <- matrix(stats::rnorm(600), 200, 3)
  y <- stats::rnbinom(200, size = 2, mu = exp(0.5 + x[, 1]))
  fit <- sparsereg(x, y, family = family_negative_binomial(), lambda = 0)
  reference <- MASS::glm.nb(y ~ x, control = stats::glm.control(epsilon = 1e-12, maxit = 100))
  expect_equal(fit$loss$theta, reference$theta, tolerance = 1e-5)
  expect_equal(c(fit$intercept, as.vector(fit$beta)), unname(stats::coef(reference)),
    tolerance = 1e-6)
})

test_that("functions of a family that fail are named", {
  broken <- stats::binomial("probit")
  broken$variance <- function(mu) stop("no variance here")
  expect_error(
    sparsereg(mtcars$wt, mtcars$am, family = broken), "no variance here",
    class = "sparsepath_error_family"
  )
})

test_that("families are printed by distribution and link", {
  fit <- sparsereg(am ~ wt + hp, mtcars, family = stats::binomial("probit"), lambda = c(0.1, 0.01))
  expect_snapshot(fit)
})

test_that("theta is the root of its score, the same with rows left out or without weight", {
  set.seed(1)
  x <- matrix(rnorm(900), 300, dimnames = list(NULL, c("a", "b", "c")))
  y <- stats::rnbinom(300, mu = exp(0.5 + 0.3 * x[, 1]), size = 2)
  train <- rep(c(TRUE, TRUE, FALSE), 100)
  lambda <- c(0.2, 0.05, 0.01)
  fit <- function(...) sparsereg(..., family = family_negative_binomial(), lambda = lambda)
  part <- fit(x[train, ], y[train])
  masked <- fit(x, y, weights = as.numeric(train))
  expect_equal(masked$loss$theta, part$loss$theta, tolerance = 1e-12)
  expect_lt(max(abs(masked$beta - part$beta)), 1e-10)
  theta <- part$loss$theta
  score <- function(mu) {
    mean(digamma(y[train] + theta) - digamma(theta) + log(theta / (theta + mu)) + 1 -
      (y[train] + theta) / (theta + mu))
  }
  expect_lt(min(abs(apply(predict(part, x[train, ]), 2, score))), 1e-9)
})

test_that("survival times are refused, whatever the family", {
  time <- structure(
    cbind(time = 1:4, status = c(1, 0, 1, 1)),
    class = "Surv", type = "right"
  )
  for (family in c("gaussian", "binomial", "poisson")) {
    expect_input_error(
      sparsereg(matrix(c(1, 3, 2, 4)), time, family = family), "sparsepath_error_response",
      "`y` is a survival time, for which there is no family."
    )
  }
})

test_that("names in another spelling are met with the right one", {
  expect_error(sparsereg(mpg ~ wt, mtcars, family = "gamma"), "Did you mean \"Gamma\"")
  expect_error(
    sparsereg(mpg ~ wt, mtcars, family = "negative_binomial"),
    "Did you mean \"negative.binomial\"", class = "sparsepath_error_family"
  )
})

test_that("more than two columns of classes are no response", {
  expect_input_error(
    sparsereg(matrix(1:4), diag(4)[, 1:3], family = "binomial"), "sparsepath_error_length",
    c(
      "`y` must be a vector or have two columns (successes and failures), not 3.",
      "Merge classes, or compare one with all others."
    )
  )
})

test_that("functions of a known family that were replaced are used, not those of its name", {
  softplus <- poisson()
  softplus$linkinv <- function(eta) log1p(exp(eta))
  softplus$mu.eta <- stats::plogis
  softplus$linkfun <- function(mu) log(expm1(mu))
  expect_identical(as_family(softplus)$loss, "host")
  fit <- sparsereg(carb ~ wt + hp, mtcars, family = softplus, lambda = 0)
  b <- stats::coef(stats::glm(carb ~ wt + hp, softplus, mtcars, control = list(epsilon = 1e-12)))
  expect_equal(coef(fit)[, 1], b, tolerance = 1e-6)
  for (plain in list(poisson(), quasipoisson(), binomial(), Gamma("log"), gaussian())) {
    expect_false(as_family(plain)$loss == "host")
  }
  short <- poisson()
  short$linkinv <- function(eta) exp(eta[1])
  expect_error(
    sparsereg(carb ~ wt, mtcars, family = short), "do not return one number for each observation",
    class = "sparsepath_error_family"
  )
  bare <- poisson()
  bare[c("variance", "mu.eta")] <- NULL
  expect_input_error(
    sparsereg(carb ~ wt, mtcars, family = bare), "sparsepath_error_family",
    c(
      "`family` lacks functions: `mu.eta` and `variance`.",
      "See ?family for what a family object holds."
    )
  )
  broken <- poisson()
  broken$variance <- function(mu) stop("no variance")
  expect_error(
    sparsereg(carb ~ wt, mtcars, family = broken), "functions that fail: no variance",
    class = "sparsepath_error_family"
  )
})

test_that("the remedy for a response that is no number depends on what it is", {
  days <- as.Date("2020-01-01") + seq_len(32)
  expect_input_error(
    sparsereg(as.matrix(mtcars["wt"]), days), "sparsepath_error_response", c(
      "`y` must be numeric for family \"gaussian\", not an object of class \"Date\".",
      "Write as.numeric(y) to fit it as a number."
    )
  )
  expect_input_error(
    sparsereg(as.matrix(mtcars["wt"]), as.list(mtcars$mpg)), "sparsepath_error_response",
    "`y` must be numeric for family \"gaussian\", not a list."
  )
})

test_that("values that no response of the family has are told from those that it has", {
  expect_input_error(
    sparsereg(I(am + 1) ~ wt, mtcars, family = "binomial"), "sparsepath_error_response", c(
      paste0("`I(am + 1)` must not be outside 0 to 1 for family \"binomial\": 13 of 32 values ",
        "are, the first in row 1."),
      "If its two values are classes, write factor(I(am + 1))."
    )
  )
  expect_input_error(
    sparsereg(carb ~ wt, mtcars, family = "binomial"), "sparsepath_error_response",
    paste0("`carb` must not be outside 0 to 1 for family \"binomial\": 25 of 32 values are, ",
      "the first in row 1.")
  )
  expect_input_error(
    sparsereg(vs ~ wt, mtcars, family = "Gamma"), "sparsepath_error_response",
    "`vs` must not be zero or negative for this family: 18 of 32 values are, the first in row 1."
  )
  expect_input_error(
    sparsereg(cbind(am, vs - 1) ~ wt, mtcars, family = "binomial"), "sparsepath_error_response",
    "`cbind(am, vs - 1)` must not be negative: 18 of 32 values are, the first in row 1."
  )
})

test_that("two classes without a family are told of the binomial one", {
  binomial <- "Two classes are for family = \"binomial\"."
  for (y in c("am == 1", "factor(am)", "as.character(am)")) {
    expect_error(
      sparsereg(stats::as.formula(paste(y, "~ wt")), mtcars), binomial, fixed = TRUE,
      class = "sparsepath_error_response"
    )
  }
  three <- expect_error(sparsereg(factor(gear) ~ wt, mtcars), class = "sparsepath_error_response")
  expect_false(grepl("Two classes", conditionMessage(three)))
  expect_error(sparsereg(factor(am) ~ wt, mtcars, family = "poisson"), "numbers, write [^\n]*$")
})

test_that("theta is printed, and whether it was estimated", {
  quine <- data.frame(y = c(0, 3, 1, 9, 2, 14, 5, 0, 7, 22), x = c(1, 2, 1, 3, 1, 4, 2, 1, 2, 4))
  first <- function(fit) paste(capture.output(print(fit))[4:5], collapse = "")
  given <- sparsereg(y ~ x, quine, family = family_negative_binomial(2.5), lambda = 1)
  expect_match(first(given), "negative binomial (theta = 2.5) regression", fixed = TRUE)
  fit <- sparsereg(y ~ x, quine, family = family_negative_binomial(), lambda = 1)
  expect_match(first(fit), fixed = TRUE, paste0(
    "negative binomial (theta = ", format_number(fit$loss$theta), ", estimated) regression"
  ))
  even <- sparsereg(c(3, 4, 3, 5, 4, 6) ~ I(1:6), family = family_negative_binomial(), lambda = 0.1)
  expect_match(first(even), "(theta > 1e6, estimated)", fixed = TRUE)
})
