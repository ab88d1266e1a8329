# Numbers that others have printed.

# Predictors standardised over all 97 men, then the 67 of the training set, as in section 3.2.1 of
# The Elements of Statistical Learning (2nd edition).
prostate_training <- function() {
  list(
    x = scale(as.matrix(prostate[, 1:8]))[prostate$train, ],
    y = prostate$lpsa[prostate$train]
  )
}

# Columns of table 3.3: intercept, then the predictors in the order of the data.
table_3_3 <- list(
  ls = c(2.465, 0.680, 0.263, -0.141, 0.210, 0.305, -0.288, -0.021, 0.267),
  ridge = c(2.452, 0.420, 0.238, -0.046, 0.162, 0.227, 0.000, 0.040, 0.133),
  lasso = c(2.468, 0.533, 0.169, 0, 0.002, 0.094, 0, 0, 0)
)

test_that("table 3.3: least squares", {
  data <- prostate_training()
  fit <- sparsereg(data$x, data$y, lambda = 0)
  expect_equal(round(c(fit$intercept, fit$beta[, 1]), 3), table_3_3$ls, ignore_attr = TRUE)
})

# The printed digits come out when the columns are left as they are, without centring them again
# on the training set (which would give 0.421, 0.239, -0.048, ...), and the intercept is the mean
# of the training response. The effective degrees of freedom then do not count the intercept.
test_that("table 3.3: ridge at 5.0 degrees of freedom", {
  data <- prostate_training()
  squares <- svd(data$x)$d^2
  n_lambda <- stats::uniroot(
    function(k) sum(squares / (squares + k)) - 5, c(1, 100),
    tol = 1e-10
  )$root
  lambda <- convert_lambda(n_lambda, from = "rss", to = "sparsepath", penalty = "l2", n = 67)
  fit <- sparsereg(
    data$x, data$y - mean(data$y),
    penalty = "l2", lambda = lambda, standardize = FALSE, intercept = FALSE
  )
  expect_equal(fit$df, 5, tolerance = 1e-8)
  expect_equal(
    round(c(mean(data$y), fit$beta[, 1]), 3), table_3_3$ridge,
    ignore_attr = TRUE
  )
})

# The lasso column was made with columns standardised once more over the training set, and the
# coefficients converted back. Its shrinkage factor, sum |beta_j| over its value for least squares
# on that scale, is 3/8: the digits fix it to 0.3748 - 0.3750, a point of a grid of nine. The book
# prints it as 0.36; that value would give 0.526, 0.158, 0, 0, 0.082.
test_that("table 3.3: lasso", {
  data <- prostate_training()
  size <- function(lambda) {
    fit <- sparsereg(data$x, data$y, lambda = lambda)
    sum(abs(fit$scale * fit$beta[, 1]))
  }
  least_squares <- size(0)
  lambda <- stats::uniroot(
    function(lambda) size(lambda) / least_squares - 0.375, c(0.01, 0.8),
    tol = 1e-10
  )$root
  fit <- sparsereg(data$x, data$y, lambda = lambda)
  expect_equal(round(c(fit$intercept, fit$beta[, 1]), 3), table_3_3$lasso, ignore_attr = TRUE)
  expect_equal(fit$df, 4)
})

# Efron et al. (2004), figure 1 and section 3: the variables by their number in the paper, in the
# order in which they enter; in the lasso hdl (7) leaves once and comes back.
lars_events <- c(3, 9, 4, 7, 2, 10, 5, 8, 6, 1, -7, 7)

# The values of lambda at which that happens, from lars 1.3 on the data shipped here.
lars_knots <- c(
  949.435260, 889.313785, 452.895701, 316.073379, 130.129537, 88.784299, 68.964790, 19.981165,
  5.477536, 5.088236, 2.182267, 1.310441
)

diabetes_fit <- function(lars_lambda) {
  sparsereg(
    y ~ ., diabetes,
    lambda = convert_lambda(lars_lambda, from = "lars", to = "sparsepath", n = 442),
    control = sparsereg_control(tol = 1e-10)
  )
}

test_that("variables enter and leave on diabetes in the order of the LARS paper", {
  fit <- diabetes_fit(exp(seq(log(1000), log(1), length.out = 3000)))
  active <- unname(as.matrix(fit$beta) != 0)
  change <- cbind(active, FALSE) - cbind(FALSE, active)
  change <- change[, seq_len(ncol(active))]
  events <- which(change != 0, arr.ind = TRUE)
  expect_identical(rownames(fit$beta), names(diabetes)[1:10])
  expect_equal(unname(events[, "row"] * change[events]), lars_events)
})

test_that("they do so at the lambdas of lars", {
  active <- function(fit) as.matrix(fit$beta) != 0
  before <- active(diabetes_fit(lars_knots * (1 + 1e-6)))
  after <- active(diabetes_fit(lars_knots * (1 - 1e-6)))
  for (k in seq_along(lars_knots)) {
    expect_equal(
      unname(which(before[, k] != after[, k])), abs(lars_events[k]), label = paste("knot", k)
    )
  }
})
