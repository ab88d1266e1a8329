# The relaxed fit: the variables that are in the model at each lambda, without a penalty, and
# mixtures of it with the penalised one.

# For each lambda of `path` the unpenalised fit of its nonzero columns, in the rows of positive
# weight. Each support is fitted once, from its own columns alone. Where there is no such fit (as
# many coefficients as rows, dependent columns, or a response that they separate), the coefficients
# are NA.
relax_path <- function(path, problem, weights) {
  beta <- path$beta
  columns <- rep(seq_len(ncol(beta)), diff(beta@p))
  support <- split(beta@i[beta@x != 0] + 1L, factor(columns[beta@x != 0], seq_len(ncol(beta))))
  key <- vapply(support, paste, "", collapse = " ")
  fits <- lapply(support[!duplicated(key)], relax_support, problem, weights)
  at <- match(key, key[!duplicated(key)])
  fitted <- fits[at]
  list(
    lambda = path$lambda, intercept = vapply(unname(fitted), `[[`, 0, "intercept"),
    beta = Matrix::sparseMatrix(
      i = unlist(support), p = c(0L, cumsum(lengths(support))),
      x = as.double(unlist(lapply(fitted, `[[`, "beta"))), dims = dim(beta),
      dimnames = dimnames(beta)
    )
  )
}

relax_support <- function(columns, problem, weights) {
  n_used <- sum(weights > 0)
  none <- list(intercept = NA_real_, beta = rep(NA_real_, length(columns)))
  if (length(columns) + problem$intercept >= n_used) {
    return(none)
  }
  small <- problem
  # An empty model keeps one column, which is excluded.
  kept <- if (length(columns)) columns else 1L
  small$x <- problem$x[, kept, drop = FALSE]
  small$penalty_factor <- stats::setNames(
    rep(if (length(columns)) 0 else Inf, length(kept)), colnames(small$x)
  )
  small[c("lower", "upper")] <- list(problem$lower[kept], problem$upper[kept])
  small$weights <- weights
  small$alpha <- 1
  small$lambda <- 1
  small$control$progress <- FALSE
  fit <- tryCatch(
    muffle_constant(fit_problem(small)), sparsepath_error_no_null_model = function(e) NULL
  )
  if (is.null(fit) || !fit$converged[1]) {
    return(none)
  }
  list(intercept = fit$intercept[1], beta = as.vector(fit$beta[seq_along(columns), 1]))
}

relaxed_path <- function(fit, problem) {
  problem$lambda <- fit$lambda
  relax_path(fit, problem, problem_weights(problem))[c("intercept", "beta")]
}

# gamma times the penalised plus 1 - gamma times the relaxed coefficients.
mix_paths <- function(path, relaxed, gamma) {
  if (gamma < 1) {
    path$intercept <- gamma * path$intercept + (1 - gamma) * relaxed$intercept
    path$beta <- gamma * path$beta + (1 - gamma) * relaxed$beta
  }
  path
}

# A list of n_k x L means, one for each gamma; without relaxation a list of one.
mixed_means <- function(path, problem, rows, weights, gamma) {
  if (is.null(gamma)) {
    return(list(predicted_means(path, problem, rows)))
  }
  relaxed <- relax_path(path, problem, weights)
  lapply(gamma, function(share) predicted_means(mix_paths(path, relaxed, share), problem, rows))
}

# The fit of a cross-validated path at one gamma. It remembers the penalised fit, by which its data
# are recognised.
mixed_fit <- function(cv, gamma) {
  if (is.null(gamma) || gamma == 1) {
    return(cv$fit)
  }
  mixed <- mix_paths(cv$fit, cv$relaxed, gamma)
  mixed$penalised_fit <- cv$fit
  mixed
}
