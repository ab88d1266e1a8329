# Who is timed: named functions of x, y and a decreasing lambda that fit the lasso with standardised
# columns at each package's default accuracy. They return list(lambda, intercept, beta): beta is
# p x L on the scale of x, and lambda what was fitted of the values asked for.

solvers <- list(
  sparsepath = function(x, y, lambda) {
    fit <- sparsepath::sparsereg(x, y, penalty = "l1", lambda = lambda)
    list(lambda = fit$lambda, intercept = fit$intercept, beta = as.matrix(fit$beta))
  },
  glmnet = function(x, y, lambda) {
    fit <- glmnet::glmnet(x, y, lambda = lambda)
    list(lambda = fit$lambda, intercept = fit$a0, beta = as.matrix(fit$beta))
  },
  ncvreg = function(x, y, lambda) {
    fit <- ncvreg::ncvreg(x, y, penalty = "lasso", lambda = lambda)
    list(lambda = fit$lambda, intercept = fit$beta[1, ], beta = fit$beta[-1, ])
  },
  # lars computes the knots of the whole path; its columns have length 1 instead of sqrt(n).
  lars = function(x, y, lambda) {
    fit <- lars::lars(x, y, type = "lasso", use.Gram = nrow(x) > ncol(x))
    beta <- t(stats::coef(fit, s = lambda * sqrt(nrow(x)), mode = "lambda"))
    list(lambda = lambda, intercept = fit$mu - drop(fit$meanx %*% beta), beta = beta)
  }
)

solvers <- solvers[vapply(names(solvers), requireNamespace, NA, quietly = TRUE)]
