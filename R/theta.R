# The parameter of the negative binomial, estimated in turn with the path.

# theta of the fitted means at the lambda with the smallest BIC; the family with the theta at which
# that no longer changes.
estimate_theta <- function(problem) {
  family <- problem$family
  for (round in seq_len(50)) {
    problem$family <- family
    path <- engine_fit(problem)
    theta <- theta_of(problem, path, best_bic(problem, path))
    change <- abs(log(theta / family$theta))
    family <- with_theta(family, theta)
    if (change <= 1e-8) break
  }
  family$estimate <- FALSE
  family$estimated <- TRUE
  family
}

best_bic <- function(problem, path) {
  deviance <- (1 - path$dev_ratio) * path$null_deviance
  which.min(deviance + log(sum(problem_weights(problem))) * path$df)
}

# Maximum likelihood over log(theta), between nearly all variance and nearly none beyond Poisson's.
theta_of <- function(problem, path, best) {
  mu <- exp(linear_predictor(path_places(path, best), problem$x, problem$offset))[, 1]
  weights <- problem_weights(problem)
  loss <- function(log_theta) {
    -sum(weights * stats::dnbinom(problem$y, size = exp(log_theta), mu = mu, log = TRUE))
  }
  near <- stats::optimize(loss, log(c(1e-4, 1e7)), tol = 1e-10)$minimum
  # Values of the likelihood tell half the digits, its slope tells the others.
  slope <- function(log_theta) {
    theta <- exp(log_theta)
    used <- weights > 0
    y <- problem$y[used]
    sum(weights[used] * (digamma(y + theta) - digamma(theta) - log1p(mu[used] / theta) +
      (mu[used] - y) / (theta + mu[used])))
  }
  bracket <- near + c(-1e-4, 1e-4)
  if (slope(bracket[1]) > 0 && slope(bracket[2]) < 0) {
    near <- stats::uniroot(slope, bracket, tol = 1e-15)$root
  }
  exp(near)
}
