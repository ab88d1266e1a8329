# The same problems given to glmnet. How far its fitted values may be from ours follows from its own
# accuracy: the objective is strongly convex in them, so that a solution whose gap is g is within
# sqrt(2 g null) of the optimum, in the norm with weights v. 1e-8 is for the rounding of a gap.

peer_data <- function(n, p) {
  with_seed(n + p, {
    x <- matrix(stats::rnorm(n * p), n, p) + stats::rnorm(n)
    colnames(x) <- paste0("x", seq_len(p))
    y <- drop(x[, 1:3] %*% c(1, -1, 0.5)) + stats::rnorm(n)
    list(x = x, y = y, weights = stats::rexp(n) + 0.1, offset = stats::rnorm(n))
  })
}

# With its family object glmnet minimises the objective that is fitted here; with the string it
# rescales the response, which changes the ridge part.
glmnet_fit <- function(case, lambda) {
  family <- if (case$alpha == 1) "gaussian" else stats::gaussian()
  arguments <- case[intersect(names(case), c(
    "x", "y", "weights", "offset", "alpha", "standardize", "intercept"
  ))]
  names <- c(penalty_factor = "penalty.factor", lower = "lower.limits", upper = "upper.limits")
  for (name in intersect(names(names), names(case))) arguments[[names[[name]]]] <- case[[name]]
  do.call(glmnet::glmnet, c(arguments, list(
    family = family, lambda = lambda, thresh = 1e-14, maxit = 1e6
  )))
}

expect_peer <- function(case, label) {
  case$lambda <- oracle_lambda_max(case) * c(0.5, 0.1, 0.02)
  fit <- fit_case(case)
  peer <- glmnet_fit(case, case$lambda)
  o <- oracle(case)
  for (l in seq_along(case$lambda)) {
    ours <- list(b0 = fit$intercept[l], b = fit$beta[, l])
    theirs <- list(b0 = peer$a0[[l]], b = peer$beta[, l])
    gap <- max(certificate(o, theirs$b0, theirs$b, case$lambda[l])$gap, 0)
    radius <- sqrt(2 * o$null) * (sqrt(gap) + sqrt(fit$gap[l]) + 1e-8)
    moved <- theirs$b0 - ours$b0 + drop(o$x %*% (theirs$b - ours$b))
    place <- paste(label, "at", signif(case$lambda[l], 3))
    expect_lt(gap, 1e-5, label = paste("gap of glmnet,", place))
    expect_lt(sqrt(sum(o$v * moved^2)), radius, label = paste("distance of fitted values,", place))
  }
}

test_that("fits agree with glmnet", {
  skip_if_not_installed("glmnet")
  for (size in list(c(60, 8), c(25, 50))) {
    data <- peer_data(size[1], size[2])
    plain <- data[c("x", "y")]
    for (alpha in c(1, 0.5)) {
      for (standardize in c(TRUE, FALSE)) {
        case <- c(plain, alpha = alpha, standardize = standardize)
        label <- paste(size[1], "x", size[2], "alpha", alpha, "standardize", standardize)
        expect_peer(case, label)
        expect_peer(c(case, data["weights"]), paste(label, "weights"))
        expect_peer(c(case, data["offset"]), paste(label, "offset"))
        expect_peer(c(case, intercept = FALSE), paste(label, "no intercept"))
      }
    }
  }
})

test_that("penalty factors with mean 1 and bounds agree with glmnet", {
  skip_if_not_installed("glmnet")
  data <- peer_data(60, 8)
  f <- c(0, 0.5, 1.5, 2, 1, 1, 1, 1)
  case <- list(
    x = data$x, y = data$y, alpha = 1, penalty_factor = f, lower = rep(-0.3, 8),
    upper = c(Inf, rep(0.6, 7))
  )
  expect_peer(case, "factors and bounds")
})

test_that("lambda_max agrees with glmnet", {
  skip_if_not_installed("glmnet")
  data <- peer_data(60, 8)
  peer <- glmnet::glmnet(data$x, data$y, weights = data$weights)
  fit <- sparsereg(data$x, data$y, weights = data$weights)
  expect_equal(fit$lambda_max, peer$lambda[1], tolerance = 1e-10)
})
