# Every loss with every penalty on every kind of matrix, judged from the definitions.

fit_glm <- function(loss, problem, ...) {
  sparsereg(problem$x, problem$y, family = loss$family, weights = problem$weights,
    offset = problem$offset, ...)
}

penalties <- list(l1 = 1, elasticnet = 0.4, l2 = 0)
with_dual <- names(Filter(function(loss) !is.null(loss$conjugate), glm_losses))

test_that("certificates hold when recomputed, for all losses, penalties and kinds of matrix", {
  grid <- expand.grid(
    name = names(glm_losses), penalty = names(penalties), kind = c("dense", "sparse"),
    stringsAsFactors = FALSE
  )
  for (row in seq_len(nrow(grid))) {
    name <- grid$name[row]
    penalty <- grid$penalty[row]
    kind <- grid$kind[row]
    loss <- glm_losses[[name]]
    problem <- glm_problem(loss, kind)
    fit <- fit_glm(loss, problem, penalty = penalty, alpha = penalties[[penalty]], nlambda = 30)
    proof <- glm_certificates(loss, problem, fit)
    label <- paste(name, penalty, kind)
    expect_true(all(fit$converged), label = label)
    expect_lte(max(proof["sum", ]), 1e-12, label = label)
    expect_lte(max(abs(proof["kkt", ] - fit$kkt)), 1e-8, label = label)
    if (is.null(loss$conjugate)) {
      expect_lte(max(proof["kkt", ]), 1e-6, label = label)
      expect_true(all(is.na(fit$gap)), label = label)
    } else {
      expect_lte(max(proof["gap", ]), 1.01e-7, label = label)
      expect_lte(max(abs(proof["gap", ] - fit$gap)), 1e-9, label = label)
    }
  }
})

test_that("a wrong answer would be noticed", {
  problem <- glm_problem(glm_losses$poisson)
  fit <- fit_glm(glm_losses$poisson, problem, lambda = c(0.1, 0.05))
  fit$beta <- 1.01 * fit$beta
  proof <- glm_certificates(glm_losses$poisson, problem, fit)
  expect_gt(min(proof["gap", ]), 1e-6)
  expect_gt(min(proof["kkt", ]), 1e-3)
})

test_that("wide problems are certified too", {
  for (name in with_dual) {
    loss <- glm_losses[[name]]
    problem <- glm_problem(loss, seed = 3, n = 40, p = 200)
    fit <- fit_glm(loss, problem)
    proof <- glm_certificates(loss, problem, fit)
    expect_true(all(fit$converged), label = name)
    expect_lte(max(proof["gap", ]), 1.01e-7, label = name)
  }
})

test_that("ridge with more columns than rows is certified, and what bounds far away give", {
  for (name in with_dual) {
    for (kind in c("dense", "sparse")) {
      loss <- glm_losses[[name]]
      problem <- glm_problem(loss, kind, seed = 3, n = 30, p = 70)
      fit <- fit_glm(loss, problem, penalty = "l2", nlambda = 12)
      proof <- glm_certificates(loss, problem, fit)
      expect_true(all(fit$converged), label = name)
      expect_lte(max(proof["gap", ]), 1.01e-7, label = name)
      expect_lte(max(abs(proof["kkt", ] - fit$kkt)), 1e-8, label = name)
      # Bounds take the route over all columns.
      bounded <- fit_glm(loss, problem, penalty = "l2", lambda = fit$lambda, lower = -1e3,
        control = sparsereg_control(tol = 1e-12))
      expect_lte(max(abs(fit$beta - bounded$beta)), 1e-3 * max(abs(bounded$beta)), label = name)
      expect_equal(fit$df, bounded$df, tolerance = 1e-4)
      expect_equal(fit$dev_ratio, bounded$dev_ratio, tolerance = 1e-4)
    }
  }
})

test_that("wide ridge knows penalty factors, excluded and unpenalised columns, and no intercept", {
  loss <- glm_losses$binomial
  problem <- glm_problem(loss, seed = 4, n = 30, p = 60)
  factor <- c(0, Inf, seq(0.5, 2, length.out = 58))
  for (intercept in c(TRUE, FALSE)) {
    a <- fit_glm(loss, problem, penalty = "l2", lambda = c(1, 0.1), penalty_factor = factor,
      intercept = intercept, control = sparsereg_control(tol = 1e-12))
    b <- fit_glm(loss, problem, penalty = "l2", lambda = c(1, 0.1), penalty_factor = factor,
      intercept = intercept, lower = -1e3, control = sparsereg_control(tol = 1e-12))
    expect_true(all(a$converged) && all(a$beta[1, ] != 0) && all(a$beta[2, ] == 0))
    expect_lte(max(abs(a$beta - b$beta)), 1e-5)
    expect_equal(a$intercept, b$intercept, tolerance = 1e-5)
    expect_equal(a$df, b$df, tolerance = 1e-6)
  }
})

test_that("without a penalty the answer is that of glm()", {
  for (name in names(glm_losses)) {
    loss <- glm_losses[[name]]
    problem <- glm_problem(loss, n = 200)
    fit <- fit_glm(loss, problem, lambda = 0)
    reference <- suppressWarnings(stats::glm(problem$y ~ problem$x,
      family = loss$stats, weights = problem$weights, offset = problem$offset,
      start = c(fit$intercept, as.vector(fit$beta)) * 0.99,
      control = stats::glm.control(epsilon = 1e-14, maxit = 200)
    ))
    estimate <- c(fit$intercept, as.vector(fit$beta))
    expect_lte(max(abs(estimate - stats::coef(reference))), 1e-6, label = name)
    expect_equal(deviance(fit), stats::deviance(reference), tolerance = 1e-9, label = name)
    expect_equal(fit$null_deviance, reference$null.deviance, tolerance = 1e-7, label = name)
  }
})

test_that("unpenalised, excluded and bounded columns keep their promises", {
  for (name in with_dual) {
    loss <- glm_losses[[name]]
    problem <- glm_problem(loss)
    fit <- fit_glm(loss, problem,
      penalty_factor = c(1, 0, Inf, rep(1, 5)), lower = c(0, rep(-Inf, 7)),
      upper = c(0.2, rep(Inf, 7))
    )
    expect_true(all(fit$converged), label = name)
    expect_true(all(fit$beta[2, ] != 0), label = name)
    expect_true(all(fit$beta[3, ] == 0), label = name)
    expect_gte(min(fit$beta[1, ]), 0)
    expect_lte(max(fit$beta[1, ]), 0.2)
  }
})

test_that("glmnet agrees", {
  skip_if_not_installed("glmnet")
  for (name in c("binomial", "poisson")) {
    problem <- glm_problem(glm_losses[[name]])
    fit <- fit_glm(glm_losses[[name]], problem,
      lambda = c(0.1, 0.03, 0.01), control = sparsereg_control(tol = 1e-10)
    )
    peer <- glmnet::glmnet(problem$x, problem$y, family = name, weights = problem$weights,
      offset = problem$offset, lambda = fit$lambda, thresh = 1e-14, maxit = 1e6)
    expect_lte(max(abs(fit$beta - peer$beta)), 1e-4)
    expect_lte(max(abs(fit$dev_ratio - peer$dev.ratio)), 1e-6)
  }
})

test_that("weights count rows", {
  problem <- glm_problem(glm_losses$binomial)
  times <- rep(1:3, 20)
  twice <- rep(seq_along(times), times)
  a <- sparsereg(problem$x, problem$y, family = "binomial", weights = times, lambda = 0.05)
  b <- sparsereg(problem$x[twice, ], problem$y[twice], family = "binomial", lambda = 0.05)
  expect_equal(as.matrix(a$beta), as.matrix(b$beta), tolerance = 1e-5)
  expect_equal(a$null_deviance, b$null_deviance)
})

test_that("a response that the null model explains is fitted, whatever its value", {
  x <- glm_problem(glm_losses$poisson)$x
  offset <- glm_problem(glm_losses$poisson)$offset
  families <- list(
    "poisson", "Gamma", family_negative_binomial(2), family_negative_binomial(100),
    family_negative_binomial(), stats::gaussian("log"), stats::Gamma("inverse"),
    stats::poisson("sqrt"), stats::inverse.gaussian()
  )
  expect_null_model <- function(fit, intercept) {
    expect_true(all(fit$converged))
    expect_identical(length(fit$beta@x), 0L)
    expect_equal(fit$intercept, rep(intercept, length(fit$lambda)), tolerance = 1e-9)
    expect_identical(fit$dev_ratio, 0 * fit$lambda)
    expect_lte(fit$null_deviance, 1e-12)
  }
  fit <- function(...) suppressWarnings(sparsereg(x, ...))
  for (value in 1:12) {
    for (family in families) {
      one <- fit(rep(value, 60), family = family)
      expect_null_model(one, one$loss$stats$linkfun(value))
    }
    share <- value / 13
    expect_null_model(fit(rep(share, 60), family = "binomial"), stats::qlogis(share))
    expect_null_model(fit(rep(share, 60), family = stats::binomial("probit")), stats::qnorm(share))
  }
  expect_null_model(fit(exp(offset + 1), family = "poisson", offset = offset, lambda = 0), 1)
  expect_null_model(fit(rep(7, 60), family = family_negative_binomial(9), lambda = c(1, 0),
    penalty = "l2", offset = rep(log(7), 60), intercept = FALSE), 0)
  # Nearly explained, which is something else.
  nearly <- fit(exp(offset + 1 + 1e-10 * x[, 1]), family = "Gamma", offset = offset, lambda = 0)
  expect_equal(nearly$beta@x[1], 1e-10, tolerance = 1e-4)
})

test_that("what has no finite answer ends with a reason", {
  x <- cbind(1:20, rep(1:2, 10))
  y <- as.numeric(1:20 > 10)
  expect_error(
    sparsereg(x, y, family = "binomial", lambda = 0),
    class = "sparsepath_error_saturated"
  )
  fit <- sparsereg(x, y, family = "binomial", lambda = c(0.1, 0, 0.01))
  expect_identical(fit$lambda, c(0.1, 0.01))
  expect_match(fit$stopped, "explained altogether")
  path <- sparsereg(x, y, family = "binomial", control = sparsereg_control(dev_ratio_max = 1))
  expect_true(all(path$converged) && all(is.finite(path$intercept)) && all(is.finite(path$beta@x)))
  for (link in c("logit", "probit", "cauchit", "cloglog")) {
    for (class in 0:1) {
      expect_error(sparsereg(x, rep(class, 20), family = stats::binomial(link)),
        "the same class in all rows", class = "sparsepath_error_one_class", label = link)
    }
  }
  for (family in list("poisson", stats::gaussian("inverse"))) {
    expect_error(sparsereg(x, rep(0, 20), family = family), "is 0 in all rows",
      class = "sparsepath_error_one_class")
  }
  expect_error(
    sparsereg(x, 1:20, family = "poisson", offset = c(1e5, rep(0, 19))),
    class = "sparsepath_error"
  )
  expect_error(
    sparsereg(x, y, family = "binomial", penalty_factor = c(0, 1)), "without penalty explain",
    class = "sparsepath_error_no_null_model"
  )
  # As for exposures that are not on the log scale.
  expect_error(sparsereg(x, 1:20, family = "poisson", offset = 100 * 1:20), "must not span",
    class = "sparsepath_error_input")
  far <- sparsereg(x, y[c(1, 11, 2:10, 12:20)], family = "binomial", offset = rep(1e3, 20))
  expect_true(all(is.finite(far$intercept)))
})

# Group "g" has one class, or zero counts, only.
quasi_separated <- function(name) {
  problem <- glm_problem(glm_losses[[name]], seed = 2)
  g <- rep(c(1, 0), c(9, 51))
  y <- problem$y
  y[g == 1] <- if (name %in% c("binomial", "probit")) 1 else 0
  list(x = cbind(problem$x, g = g), y = y, family = glm_losses[[name]]$family)
}

test_that("quasi-separation ends the path with the names of the columns", {
  for (name in setdiff(names(glm_losses), "Gamma")) {
    data <- quasi_separated(name)
    for (penalty in c("l1", "l2")) {
      fit <- function(...) sparsereg(data$x, data$y, family = data$family, penalty = penalty, ...)
      e <- expect_error(fit(lambda = 0), class = "sparsepath_error_endless", label = name)
      expect_identical(e$variable, "g", label = name)
      expect_match(conditionMessage(e), "coefficient of `g` runs to infinity", label = name)
      expect_match(conditionMessage(e), "positive lambda", label = name)
      path <- fit(lambda = c(0.1, 0.01, 1e-4, 0))
      expect_identical(path$lambda, c(0.1, 0.01, 1e-4), label = name)
      expect_true(all(path$converged), label = name)
      expect_match(path$stopped, "coefficient of `g` runs to infinity", label = name)
      e <- expect_error(
        fit(penalty_factor = c(g = 0)), class = "sparsepath_error_no_null_model", label = name
      )
      expect_identical(e$variable, "g", label = name)
    }
  }
})

test_that("quasi-separation by several columns names them all, and no others", {
  data <- quasi_separated("binomial")
  x <- cbind(data$x[, -9], g = data$x[, "g"] * rep(0:1, 30), h = data$x[, "g"] * rep(1:0, 30))
  e <- expect_error(
    sparsereg(x, data$y, family = "binomial", lambda = 0), class = "sparsepath_error_endless"
  )
  expect_identical(e$variable, c("g", "h"))
  bounded <- sparsereg(data$x, data$y, family = "binomial", lambda = 0, upper = c(g = 3))
  expect_true(bounded$converged)
  expect_equal(unname(bounded$beta["g", 1]), 3)
})

test_that("large coefficients that are finite are no quasi-separation", {
  data <- quasi_separated("binomial")
  y <- c(0, data$y[-1]) # one of the group is of the other class
  for (scale in c(1, 1e-6, 1e6)) {
    x <- data$x
    x[, "g"] <- scale * x[, "g"]
    fit <- sparsereg(x, y, family = "binomial", lambda = 0)
    reference <- stats::glm(y ~ x, stats::binomial(), control = list(epsilon = 1e-14))
    expect_true(fit$converged)
    expect_equal(unname(coef(fit)[, 1]), unname(stats::coef(reference)), tolerance = 1e-6)
  }
})

test_that("offsets with a standard deviation of 500 and more are certified, at lambda = 0 too", {
  for (seed in 1:6) {
    sd <- c(500, 1e4)[1 + seed %% 2]
    problem <- with_seed(seed, {
      x <- matrix(stats::rnorm(480), 80)
      eta <- 0.3 + 0.7 * x[, 1]
      y <- stats::rbinom(80, 1, stats::plogis(eta))
      list(x = x, y = y, weights = rep(1, 80), offset = stats::rnorm(80, sd = sd))
    })
    fit <- sparsereg(problem$x, problem$y, family = "binomial", offset = problem$offset)
    expect_true(all(fit$converged), label = seed)
    expect_lte(max(glm_certificates(glm_losses$binomial, problem, fit)["gap", ]), 1.01e-7)
    for (penalty in c("l1", if (sd == 500) "l2")) {
      zero <- sparsereg(problem$x, problem$y,
        family = "binomial", offset = problem$offset, lambda = 0, penalty = penalty
      )
      expect_true(zero$converged, label = seed)
      mu <- predict(zero, newdata = problem$x, newoffset = problem$offset, type = "response")
      expect_lte(max(abs(crossprod(cbind(1, problem$x), problem$y - mu))), 1e-9)
    }
  }
})

test_that("columns whose gradient is zero count in the degrees of freedom of a ridge GLM", {
  # The trace of the hat matrix of the last weighted least squares, less 1 for the intercept. Its
  # weights are the second derivatives of the loss: for Gamma, those at hand and not the expected.
  trace <- function(fit, x, factor, y) {
    s <- fit$scale
    vapply(seq_along(fit$lambda), function(l) {
      mu <- drop(predict(fit, newdata = x, lambda = fit$lambda[l], type = "response"))
      family <- fit$loss$stats
      w <- family$mu.eta(family$linkfun(mu))^2 / family$variance(mu)
      w <- if (family$family == "Gamma") y / mu else w
      z <- sqrt(w / nrow(x)) * cbind(1, x)
      ridge <- diag(c(0, fit$lambda[l] * factor * s^2))
      sum(diag(solve(crossprod(z) + ridge, crossprod(z)))) - 1
    }, 0)
  }
  signs <- as.matrix(expand.grid(a = c(-1, 1), b = c(-1, 1), c = c(-1, 1)))
  wide <- cbind(signs, signs[, 1:2] * signs[, 2:3], signs[, c(1, 1)] + 2 * signs[, 2:3],
    signs + 0.5 * signs[, c(2, 3, 1)])
  dimnames(wide) <- NULL
  lambda <- c(1, 0.1, 1e-3)
  # Nothing to explain; what only the first column explains; the first two, as weights vary.
  responses <- list(
    list(y = rep(2, 8), families = list("poisson", "Gamma", stats::gaussian("log"))),
    list(y = 2 + (signs[, 1] > 0), families = list("poisson", "Gamma")),
    list(y = c(0, 1, 1, 0, 0, 1, 1, 0), families = list("binomial", stats::binomial("probit")))
  )
  for (one in responses) {
    for (family in one$families) {
      ridge <- function(x, ...) {
        suppressWarnings(sparsereg(x, one$y, family = family, penalty = "l2", lambda = lambda, ...))
      }
      fit <- ridge(signs)
      expect_equal(fit$df, trace(fit, signs, rep(1, 3), one$y), tolerance = 1e-6)
      expect_equal(ridge(signs, lower = -9)$df, fit$df, tolerance = 1e-6)
      expect_equal(ridge(methods::as(signs, "CsparseMatrix"))$df, fit$df, tolerance = 1e-6)
      free <- ridge(signs, penalty_factor = c(1, 0, 3))
      expect_equal(free$df, trace(free, signs, c(1, 0, 3), one$y), tolerance = 1e-6)
      rows <- ridge(wide)
      expect_equal(rows$df, trace(rows, wide, rep(1, 10), one$y), tolerance = 1e-6)
      expect_equal(ridge(signs, exclude = 2)$df, ridge(signs[, -2])$df, tolerance = 1e-6)
    }
  }
  # No column that a bound holds at zero, as for least squares.
  held <- sparsereg(signs, responses[[2]]$y, family = "poisson", penalty = "l2", lambda = lambda,
    lower = c(0, 0, -1))
  expect_equal(held$df, sparsereg(signs[, -2], responses[[2]]$y, family = "poisson",
    penalty = "l2", lambda = lambda)$df, tolerance = 1e-6)
})

test_that("the default grid of a ridge path ends before nearly equal columns are told apart", {
  for (name in c("binomial", "poisson")) {
    problem <- glm_problem(glm_losses[[name]])
    x <- cbind(problem$x, problem$x[, 1] + 1e-6 * rev(problem$x[, 2]))
    fit <- sparsereg(x, problem$y, family = glm_losses[[name]]$family, penalty = "l2")
    expect_true(all(fit$converged), label = name)
    expect_gt(max(fit$df), 7)
  }
})

test_that("offsets that leave no curvature are solved all the same", {
  set.seed(6)
  x <- matrix(stats::rnorm(300), 60)
  offset <- stats::rnorm(60, sd = 100)
  y <- as.numeric(x[, 1] > 0)
  fit <- sparsereg(x, y, family = "binomial", offset = offset)
  expect_true(all(fit$converged))
  problem <- list(x = x, y = y, weights = rep(1, 60), offset = offset)
  expect_lte(max(glm_certificates(glm_losses$binomial, problem, fit)["kkt", ]), 1e-3)
  # A start that is far off: the null model of the Poisson distribution is known in closed form.
  wide <- sparsereg(x, rep(1:3, 20), family = "poisson", offset = offset / 3, lambda = 1e6)
  expect_equal(wide$intercept, log(120 / sum(exp(offset / 3))), tolerance = 1e-10)
})

test_that("large counts are certified: their residuals are large beside the loss", {
  for (mean in c(1e4, 1e5, 1e6)) {
    for (seed in 1:8) {
      problem <- with_seed(seed, {
        x <- matrix(stats::rnorm(240), 60)
        y <- stats::rpois(60, mean * exp(x[, 1] / sqrt(mean)))
        list(x = x, y = y, weights = rep(1, 60), offset = rep(0, 60))
      })
      fit <- sparsereg(problem$x, problem$y, family = "poisson")
      expect_true(all(fit$converged), label = paste(mean, seed))
      proof <- glm_certificates(glm_losses$poisson, problem, fit)
      expect_lte(max(proof["gap", ]), 1.2e-7, label = paste(mean, seed))
    }
  }
})

test_that("a link of square roots gives the answer of glm(), and ends where it allows no more", {
  set.seed(1)
  x <- matrix(stats::rnorm(1000), 100)
  y <- stats::rpois(100, (2 + 0.4 * x[, 1])^2)
  fit <- sparsereg(x, y, family = stats::poisson("sqrt"))
  expect_true(all(fit$converged))
  expect_lte(max(fit$kkt), 1e-6)
  zero <- sparsereg(x, y, family = stats::poisson("sqrt"), lambda = 0)
  reference <- stats::glm(y ~ x, stats::poisson("sqrt"), control = list(epsilon = 1e-14))
  expect_equal(unname(coef(zero)[, 1]), unname(stats::coef(reference)), tolerance = 1e-6)
  # The linear predictors of the zeros would be negative.
  eta <- 1 + x[, 1]
  y <- stats::rpois(100, eta^2 * (eta > 0))
  fit <- sparsereg(x, y, family = stats::poisson("sqrt"))
  expect_true(all(fit$converged))
  expect_match(fit$stopped, "beyond the linear predictors that the link allows")
  expect_lt(min(predict(fit, type = "link")), 0.3)
  expect_gt(min(predict(fit, type = "link")), 0)
  expect_error(
    sparsereg(x, y, family = stats::poisson("sqrt"), lambda = 0), "link \"sqrt\"",
    class = "sparsepath_error_edge"
  )
})

test_that("no unit of the response or of the penalty makes a wrong answer look right", {
  x <- as.matrix(prostate[, c("lcavol", "lweight", "svi")])
  cubic <- exp(prostate$lpsa)
  plain <- sparsereg(x, cubic, family = Gamma(), penalty = "l2", nlambda = 20)
  large <- sparsereg(x, cubic * 1e9, family = Gamma(), penalty = "l2", nlambda = 20)
  expect_identical(all(large$converged), TRUE)
  expect_equal(large$lambda, plain$lambda * 1e18, tolerance = 1e-6)
  expect_equal(large$dev_ratio, plain$dev_ratio, tolerance = 1e-4)
  expect_equal(as.matrix(large$beta) * 1e9, as.matrix(plain$beta), tolerance = 1e-3)

  plain <- sparsereg(x, prostate$svi, family = binomial("probit"), exclude = "svi", nlambda = 20)
  cheap <- sparsereg(x, prostate$svi, family = binomial("probit"), exclude = "svi", nlambda = 20,
    penalty_factor = 1e-9
  )
  expect_equal(cheap$lambda, plain$lambda * 1e9, tolerance = 1e-6)
  expect_equal(cheap$dev_ratio, plain$dev_ratio, tolerance = 1e-4)
})
