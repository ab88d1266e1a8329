# glm() of the same model to high accuracy.
reference <- function(formula, data, family, weights = NULL) {
  data$.weights <- if (is.null(weights)) 1 else weights
  environment(formula) <- environment()
  stats::glm(formula, family, data, .weights, control = list(epsilon = 1e-14, maxit = 100))
}

agrees <- function(fit, model, label) {
  expect_equal(as.numeric(logLik(fit)), as.numeric(stats::logLik(model)), tolerance = 1e-9,
    label = label)
  expect_equal(attr(logLik(fit), "df"), attr(stats::logLik(model), "df"), label = label)
  expect_equal(attr(logLik(fit), "nobs"), stats::nobs(model), label = label)
  expect_equal(stats::AIC(fit), stats::AIC(model), tolerance = 1e-8, label = label)
  # BIC() of a glm counts rows of weight zero.
  expect_equal(stats::BIC(fit), stats::AIC(model, k = log(stats::nobs(model))), tolerance = 1e-8,
    label = label)
}

draws <- with_seed(7, {
  a <- rnorm(60)
  b <- runif(60)
  data.frame(
    a = a, b = b, w = runif(60, 0.5, 2), trials = sample(1:6, 60, replace = TRUE),
    normal = a + b + rnorm(60), positive = exp(a / 2) * rgamma(60, 3), count = rpois(60, exp(a)),
    class = as.numeric(a + rnorm(60) > 0)
  )
})
draws$hits <- with_seed(8, rbinom(60, draws$trials, plogis(draws$a)))

test_that("without a penalty log-likelihood, AIC and BIC are those of glm()", {
  families <- list(
    normal = stats::gaussian(), positive = stats::Gamma("log"), positive = stats::gaussian("log"),
    positive = stats::inverse.gaussian("log"), count = stats::poisson(),
    count = stats::poisson("sqrt"), class = stats::binomial(), class = stats::binomial("probit"),
    count = family_negative_binomial(2)$stats
  )
  for (k in seq_along(families)) {
    formula <- stats::reformulate(c("a", "b"), names(families)[k])
    family <- families[[k]]
    ours <- if (grepl("Negative", family$family)) family_negative_binomial(2) else family
    label <- paste(family$family, family$link)
    fit <- sparsereg(formula, draws, family = ours, lambda = 0)
    agrees(fit, reference(formula, draws, family), label)
  }
})

test_that("one level of a factor does not count among the degrees of freedom", {
  data <- cbind(draws, level = rep(c("p", "q", "r", "s"), 15))
  for (response in c("normal", "class", "count")) {
    family <- c(normal = "gaussian", class = "binomial", count = "poisson")[[response]]
    formula <- stats::reformulate(c("a", "level"), response)
    glm <- reference(formula, data, get(family, asNamespace("stats"))())
    for (penalty in c("l1", "l2")) {
      fit <- sparsereg(formula, data, penalty = penalty, family = family, lambda = 0)
      agrees(fit, glm, paste(penalty, family))
    }
    free <- sparsereg(formula, data, family = family, penalty_factor = c(level = 0))
    expect_equal(free$df[c(1, length(free$df))], c(3, 4))
  }
})

test_that("weights enter as in glm()", {
  for (family in list(stats::gaussian(), stats::Gamma("log"), stats::inverse.gaussian("log"))) {
    fit <- sparsereg(positive ~ a + b, draws, family = family, weights = w, lambda = 0)
    agrees(fit, reference(positive ~ a + b, draws, family, weights = draws$w), family$family)
  }
  some <- replace(draws$trials, 3, 0)
  for (family in list(stats::poisson(), stats::binomial())) {
    draws$y <- if (family$family == "poisson") draws$count else draws$class
    fit <- sparsereg(y ~ a + b, draws, family = family, weights = some, lambda = 0)
    agrees(fit, reference(y ~ a + b, draws, family, some), family$family)
  }
})

test_that("counts of successes and shares have the likelihood of their trials", {
  fit <- sparsereg(cbind(hits, trials - hits) ~ a + b, draws, family = "binomial", lambda = 0)
  agrees(fit, reference(cbind(hits, trials - hits) ~ a + b, draws, "binomial"), "counts")
  shares <- sparsereg(hits / trials ~ a + b, draws, family = "binomial", weights = trials,
    lambda = 0)
  expect_equal(logLik(shares), logLik(fit))
  double <- sparsereg(cbind(hits, trials - hits) ~ a + b, draws, family = "binomial",
    weights = rep(2, 60), lambda = 0)
  agrees(double, reference(cbind(hits, trials - hits) ~ a + b, draws, "binomial", rep(2, 60)),
    "counts with weights")
})

test_that("an estimated theta counts as a parameter", {
  skip_if_not_installed("MASS")
  fit <- sparsereg(count ~ a, draws, family = family_negative_binomial(), lambda = 0)
  model <- MASS::glm.nb(count ~ a, draws, control = stats::glm.control(1e-12, 100))
  expect_equal(stats::AIC(fit), stats::AIC(model), tolerance = 1e-7)
  expect_equal(attr(logLik(fit), "df"), 3)
})

test_that("a path has one log-likelihood for each lambda, those of criteria()", {
  fit <- sparsereg(count ~ a + b, draws, family = "poisson", nlambda = 10)
  table <- criteria(fit)
  expect_identical(length(logLik(fit)), length(fit$lambda))
  expect_equal(stats::AIC(fit), table$aic)
  expect_equal(stats::BIC(fit), table$bic)
  mu <- fitted(fit)
  expect_equal(as.numeric(logLik(fit)), unname(colSums(dpois(draws$count, mu, log = TRUE))))
  expect_equal(stats::AIC(fit, k = 5) - stats::AIC(fit, k = 0), 5 * (fit$df + 1))
})

test_that("lambda is taken from the grid, or fitted anew", {
  fit <- sparsereg(count ~ a + b, draws, family = "poisson", lambda = c(0.3, 0.1))
  expect_equal(as.numeric(logLik(fit, lambda = 0.1)), as.numeric(logLik(fit))[2])
  other <- sparsereg(count ~ a + b, draws, family = "poisson", lambda = 0.2)
  expect_equal(logLik(fit, lambda = c(0.2, 0.3))[1], as.numeric(logLik(other)), tolerance = 1e-7)
  cv <- cv_sparsereg(count ~ a + b, draws, family = "poisson", seed = 1, nfolds = 5)
  expect_equal(logLik(cv, lambda = "lambda_min"), logLik(cv$fit, lambda = cv$lambda_min))
  expect_equal(stats::AIC(cv), stats::AIC(logLik(cv$fit, lambda = cv$lambda_1se)))
  expect_error(logLik(fit, lambda = -1), class = "sparsepath_error_input")
  expect_error(logLik(fit, lamda = 1), class = "sparsepath_error_input")
})

test_that("the theta of a fit is kept when it is fitted anew", {
  fit <- sparsereg(count ~ a + b, draws, family = family_negative_binomial(), nlambda = 10)
  lambda <- mean(fit$lambda[4:5])
  same <- sparsereg(count ~ a + b, draws, lambda = lambda,
    family = family_negative_binomial(fit$loss$theta))
  expect_equal(coef(fit, lambda = lambda, exact = TRUE)[, 1], coef(same)[, 1], tolerance = 1e-6)
})

test_that("where there is no likelihood it is NA, and criteria take the deviance", {
  fit <- sparsereg(count ~ a + b, draws, family = "quasipoisson", nlambda = 5)
  expect_true(all(is.na(logLik(fit))))
  expect_equal(criteria(fit)$aic, deviance(fit) + 2 * (fit$df + 1))
})

test_that("a table of several models has one row for each, and no place for a path", {
  small <- sparsereg(mpg ~ wt, mtcars, lambda = 0.1)
  large <- sparsereg(mpg ~ wt + hp, mtcars, lambda = 0.1)
  table <- AIC(small, large)
  expect_identical(rownames(table), c("small", "large"))
  expect_equal(table$AIC, c(AIC(small), AIC(large)))
  expect_equal(BIC(small, large)$BIC, c(BIC(small), BIC(large)))
  path <- sparsereg(mpg ~ wt + hp, mtcars, lambda = c(1, 0.5, 0.1))
  expect_error(AIC(path, path), class = "sparsepath_error_input")
  expect_error(BIC(small, path), class = "sparsepath_error_input")
  expect_equal(
    AIC(small, logLik(path, lambda = 0.1))$AIC, c(AIC(small), AIC(large)), tolerance = 1e-8
  )
  expect_equal(AIC(path, k = 3), AIC(path) + attr(logLik(path), "df"))
  expect_condition_snapshot(AIC(path, small))
  cv <- cv_sparsereg(mpg ~ wt + hp, mtcars, seed = 1)
  expect_equal(AIC(cv, small)$AIC, c(AIC(cv), AIC(small)))
  expect_error(AIC(cv, path), class = "sparsepath_error_input")
  for (fit in list(path, small, cv)) {
    expect_input_error(BIC(fit, lambda = 0.1), "sparsepath_error_unknown_argument", c(
      "`lambda` is not an argument of BIC().", "Write BIC(logLik(fit, lambda = ...))."
    ))
  }
  expect_error(BIC(cv, path), class = "sparsepath_error_input")
})
