# Effective degrees of freedom of a gaussian ridge fit with bounds: the core knows them only where
# it has the closed form.

# One for each set of columns, which beyond this order takes far longer than the fit.
largest_spectrum <- 1000

# The trace of the hat matrix of the columns that are not held at zero, less the intercept. Columns
# held at other bounds count, as they do among the nonzero coefficients of a lasso.
bounded_ridge_df <- function(fit, problem) {
  used <- which(problem_weights(problem) > 0)
  open <- is_fitted(fit)
  if (min(length(used), sum(open)) > largest_spectrum) {
    return(rep(NA_real_, length(fit$lambda)))
  }
  inside <- open & fit$lower < 0 & fit$upper > 0
  known <- list()
  vapply(seq_along(fit$lambda), function(l) {
    columns <- which(inside | (open & fit$beta[, l] != 0))
    key <- paste(c("at", columns), collapse = " ")
    if (is.null(known[[key]])) known[[key]] <<- ridge_spectrum(fit, problem, used, columns)
    shrunken <- known[[key]]$values
    known[[key]]$rank + sum(shrunken / (shrunken + fit$lambda[l]))
  }, 0)
}

# What the hat matrix is made of: the rank of the columns without penalty, and the eigenvalues of
# the others in the metric of the penalty, less those that are zero but for rounding.
ridge_spectrum <- function(fit, problem, used, columns) {
  if (!is.matrix(problem$x) && all(fit$penalty_factor[columns] > 0)) {
    return(list(rank = 0, values = gram_values(sparse_gram(fit, problem, used, columns))))
  }
  white <- whitened(fit, problem, used, columns)
  base <- orthonormal(white$base)
  z <- white$z - base %*% crossprod(base, white$z)
  gram <- if (nrow(z) < ncol(z)) tcrossprod(z) else crossprod(z)
  list(rank = ncol(base) - fit$has_intercept, values = gram_values(gram))
}

# Centred without a dense copy of x.
sparse_gram <- function(fit, problem, used, columns) {
  v <- problem_weights(problem)[used]
  root <- sqrt(v / sum(v))
  size <- sqrt(fit$penalty_factor[columns]) * if (fit$standardize) fit$scale[columns] else 1
  z <- root * (problem$x[used, columns, drop = FALSE] %*% Matrix::Diagonal(x = 1 / unname(size)))
  shift <- if (fit$has_intercept) fit$center[columns] / size else 0 * size
  if (nrow(z) >= ncol(z)) {
    return(as.matrix(Matrix::crossprod(z)) - tcrossprod(shift))
  }
  across <- as.vector(z %*% shift)
  as.matrix(Matrix::tcrossprod(z)) - outer(across, root) - outer(root, across) +
    sum(shift^2) * outer(root, root)
}

gram_values <- function(gram) {
  if (ncol(gram) == 0) {
    return(numeric())
  }
  values <- eigen(gram, symmetric = TRUE, only.values = TRUE)$values
  values[values > 1e-12 * max(values)]
}
