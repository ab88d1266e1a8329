# What must not change the answer, or change it in a known way.

tight <- function() sparsereg_control(tol = 1e-12)

invariance_data <- function() {
  with_seed(11, {
    n <- 40
    x <- matrix(stats::rnorm(n * 9), n, 9, dimnames = list(NULL, letters[1:9]))
    x[, 3] <- x[, 2] + 0.3 * x[, 3]
    x[stats::runif(n * 9) < 0.3] <- 0
    list(
      x = x, y = drop(x[, 1:4] %*% c(2, -1, 1, 0.5)) + stats::rnorm(n),
      weights = sample(1:4, n, replace = TRUE)
    )
  })
}

# Intercept and coefficients, (p + 1) x L.
path_matrix <- function(fit) rbind(fit$intercept, as.matrix(fit$beta))

expect_same_path <- function(fit, other, tolerance = 1e-7, label = "path") {
  expect_close(fit$lambda, other$lambda, 1e-9, paste("lambda,", label))
  expect_close(path_matrix(fit), path_matrix(other), tolerance, label)
}

each_penalty <- function(check) {
  for (alpha in c(1, 0.5, 0)) {
    for (standardize in c(TRUE, FALSE)) {
      fit <- function(...) {
        fit_case(
          utils::modifyList(list(alpha = alpha, standardize = standardize), list(...)),
          control = tight()
        )
      }
      check(fit, paste("alpha", alpha, "standardize", standardize))
    }
  }
}

test_that("the order of rows does not matter", {
  data <- invariance_data()
  order <- with_seed(2, sample(40))
  each_penalty(function(fit, label) {
    expect_same_path(
      fit(x = data$x[order, ], y = data$y[order], weights = data$weights[order]),
      fit(x = data$x, y = data$y, weights = data$weights),
      label = label
    )
  })
})

test_that("the order of columns does not matter", {
  data <- invariance_data()
  order <- with_seed(3, sample(9))
  each_penalty(function(fit, label) {
    straight <- fit(x = data$x, y = data$y)
    permuted <- fit(x = data$x[, order], y = data$y)
    permuted$beta <- permuted$beta[letters[1:9], ]
    expect_same_path(permuted, straight, label = label)
  })
})

test_that("rescaled columns have rescaled coefficients", {
  data <- invariance_data()
  unit <- 10^c(-8, 3, 0, 8, -2, 1, 5, -5, 0)
  for (alpha in c(1, 0.5, 0)) {
    fit <- fit_case(list(x = data$x, y = data$y, alpha = alpha), control = tight())
    scaled <- fit_case(
      list(x = sweep(data$x, 2, unit, "*"), y = data$y, alpha = alpha), control = tight()
    )
    scaled$beta <- scaled$beta * unit
    expect_same_path(scaled, fit, label = paste("alpha", alpha))
  }
})

test_that("shifted columns change the intercept alone", {
  data <- invariance_data()
  shift <- c(1, -5, 0, 100, 1e4, 2, 3, -1e3, 7)
  each_penalty(function(fit, label) {
    here <- fit(x = data$x, y = data$y)
    moved <- fit(x = sweep(data$x, 2, shift, "+"), y = data$y)
    moved$intercept <- moved$intercept + drop(shift %*% as.matrix(here$beta))
    expect_same_path(moved, here, label = label)
  })
})

# The ridge part is quadratic like the loss, the L1 part is not: its lambda goes with the unit of y,
# and a mixture has no equivalent but for the sign.
test_that("a changed sign, unit or level of the response carries over", {
  data <- invariance_data()
  each_penalty(function(fit, label) {
    here <- fit(x = data$x, y = data$y)
    changed_by <- function(unit, lambda) {
      changed <- fit(x = data$x, y = 50 + unit * data$y, lambda = lambda)
      expect_close(changed$beta, unit * here$beta, 1e-7, label)
      expect_close(changed$intercept, 50 + unit * here$intercept, 1e-7, label)
    }
    changed_by(-1, here$lambda)
    if (here$alpha == 1) changed_by(1e3, 1e3 * here$lambda)
    if (here$alpha == 0) changed_by(1e3, here$lambda)
  })
})

test_that("weights are replication", {
  data <- invariance_data()
  rows <- rep(seq_len(40), data$weights)
  each_penalty(function(fit, label) {
    expect_same_path(
      fit(x = data$x, y = data$y, weights = data$weights),
      fit(x = data$x[rows, ], y = data$y[rows]),
      label = label
    )
  })
})

test_that("the unit of the weights does not matter", {
  data <- invariance_data()
  each_penalty(function(fit, label) {
    straight <- fit(x = data$x, y = data$y, weights = data$weights)
    for (unit in c(1e-6, 37, 1e9)) {
      expect_same_path(
        fit(x = data$x, y = data$y, weights = unit * data$weights), straight,
        label = paste(label, "unit", unit)
      )
    }
    expect_same_path(
      fit(x = data$x, y = data$y, weights = rep(0.3, 40)), fit(x = data$x, y = data$y),
      label = label
    )
  })
})

test_that("weight zero is a row less", {
  data <- invariance_data()
  out <- c(3, 17, 40)
  # What stands in those rows must not matter either.
  x <- data$x
  x[out, ] <- 1e6
  y <- replace(data$y, out, -1e9)
  each_penalty(function(fit, label) {
    expect_same_path(
      fit(x = x, y = y, weights = replace(data$weights, out, 0)),
      fit(x = data$x[-out, ], y = data$y[-out], weights = data$weights[-out]),
      label = label
    )
  })
})

test_that("an offset is a shifted response", {
  data <- invariance_data()
  offset <- with_seed(5, stats::rnorm(40, 3))
  each_penalty(function(fit, label) {
    expect_same_path(
      fit(x = data$x, y = data$y + offset, offset = offset), fit(x = data$x, y = data$y),
      label = label
    )
  })
})

test_that("sparse is dense", {
  data <- invariance_data()
  sparse <- methods::as(data$x, "dgCMatrix")
  each_penalty(function(fit, label) {
    for (intercept in c(TRUE, FALSE)) {
      arguments <- list(y = data$y, weights = data$weights, intercept = intercept)
      expect_same_path(
        do.call(fit, c(list(x = sparse), arguments)),
        do.call(fit, c(list(x = data$x), arguments)),
        label = label
      )
    }
  })
})

test_that("nasty problems have the same answer sparse and dense", {
  for (seed in test_seeds(100)) {
    case <- nasty_problem(seed)
    if (is.matrix(case$x)) next
    dense <- utils::modifyList(case, list(x = as.matrix(case$x)))
    # Shuffled rows of the sparse matrix are stored anew; the grid is taken over.
    fit <- fit_case(case)
    case$lambda <- dense$lambda <- fit$lambda
    o <- oracle(case)
    if (o$null == 0) next
    value <- function(fit) {
      vapply(seq_along(fit$lambda), function(l) {
        objective(o, fit$intercept[l], as.matrix(fit$beta)[, l], fit$lambda[l])
      }, 0)
    }
    expect_lte(
      max(abs(value(fit) - value(fit_case(dense)))) / o$null, 2e-7,
      label = describe_case(case)
    )
  }
})

test_that("formula is matrix", {
  data <- invariance_data()
  frame <- data.frame(data$x, y = data$y)
  weights <- data$weights
  each_penalty(function(fit, label) {
    matrix_fit <- fit(x = data$x, y = data$y, weights = weights)
    penalty <- matrix_fit$penalty
    arguments <- list(
      y ~ ., frame, penalty = penalty, weights = weights, standardize = matrix_fit$standardize,
      control = tight()
    )
    if (penalty == "elasticnet") arguments$alpha <- matrix_fit$alpha
    expect_same_path(do.call(sparsereg, arguments), matrix_fit, label = label)
  })
})

test_that("a grid may come in any order and any company", {
  data <- invariance_data()
  each_penalty(function(fit, label) {
    grid <- c(0.5, 0.01, 2, 0.1, 0.5)
    together <- fit(x = data$x, y = data$y, lambda = grid)
    expect_identical(together$lambda, grid, label = label)
    for (l in seq_along(grid)) {
      alone <- fit(x = data$x, y = data$y, lambda = grid[l])
      expect_close(path_matrix(together)[, l], path_matrix(alone), 1e-7, label)
    }
  })
})

test_that("nearly equal columns and small units cost no certificate", {
  data <- with_seed(1, list(x = matrix(rnorm(200 * 10), 200), noise = matrix(rnorm(200 * 10), 200)))
  signal <- drop(data$x %*% seq(-0.04, 0.05, by = 0.01))
  y <- with_seed(2, list(
    gaussian = signal + rnorm(200), binomial = rbinom(200, 1, plogis(4 * signal)),
    poisson = rpois(200, exp(signal))
  ))
  for (family in names(y)) {
    for (size in 10^c(-12, -10, -8, -7)) {
      fit <- sparsereg(cbind(data$x, data$x + size * data$noise), y[[family]],
        penalty = "l1", family = family, lambda = 10^seq(-1, -5, length.out = 20),
        control = sparsereg_control(tol = 1e-9)
      )
      expect_true(all(fit$converged), label = paste(family, size))
    }
    fit <- sparsereg(1e-120 * data$x, y[[family]],
      penalty = "l1", family = family, nlambda = 30, standardize = FALSE
    )
    expect_true(all(fit$converged), label = family)
    expect_gt(max(fit$df), 8)
  }
})

test_that("equal and nearly equal columns are known where X is not read again", {
  data <- with_seed(1, list(x = matrix(rnorm(3000 * 5), 3000), y = rnorm(3000)))
  x <- cbind(data$x, -2 * data$x, data$x + 1e-8 * data$x[, 5:1])
  y <- data$y + drop(data$x %*% (1:5))
  cv <- with_seed(1, cv_sparsereg(x, y, penalty = "l1"))
  expect_true(all(cv$fit$converged) && all(cv$converged))
  ever <- rowSums(as.matrix(cv$fit$beta[1:10, ]) != 0) > 0
  expect_false(any(ever[1:5] & ever[6:10]))
})

expect_one_of_equals <- function(x, response) {
  copies <- cbind(x, -2.3 * x, 7 * x[, 1:3])
  colnames(copies) <- paste0("v", seq_len(ncol(copies)))
  original <- c(1:9, 1:9, 1:3)
  y <- list(
    gaussian = response, binomial = as.integer(response > 0),
    poisson = round(exp(response / 4))
  )
  for (family in names(y)) {
    fit <- sparsereg(copies, y[[family]], penalty = "l1", family = family, control = tight())
    alone <- sparsereg(x, y[[family]],
      penalty = "l1", family = family, lambda = fit$lambda, control = tight()
    )
    taken <- rowsum(as.matrix(fit$beta != 0) + 0, original)
    expect_lte(max(taken), 1)
    expect_gt(sum(taken), 100)
    expect_close(fit$dev_ratio, alone$dev_ratio, 1e-9, family)
  }
}

test_that("of equal columns the lasso takes one, whatever the loss", {
  data <- invariance_data()
  for (far in c(0, 1000)) expect_one_of_equals(data$x + far, data$y)
})
