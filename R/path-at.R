# Where on the path: every method that takes `lambda`, `exact` and `df` goes through path_at().
# A "path" here is a list of lambda (L), intercept (L) and beta (p x L dgCMatrix).

# `problem` is a promise: it re-evaluates the call of the fit, which may be slow or impossible, and
# is only forced when a refit is needed.
path_at <- function(object, lambda = NULL, exact = FALSE, df = NULL, problem) {
  check_flag(exact, "exact")
  if (!is.null(df)) {
    if (!is.null(lambda)) {
      abort_input("df", "and `lambda` were both given.", remedy = "Give one of the two.")
    }
    lambda <- lambda_at_df(object, df, exact, problem)
  }
  if (is.null(lambda)) {
    return(object[c("lambda", "intercept", "beta")])
  }
  check_lambda(lambda, absent = "for all lambdas of the fit")
  if (exact) path_refit(object, lambda, problem) else path_interpolate(object, lambda)
}

# The same at some of its lambdas, by their places.
path_places <- function(path, place) {
  list(
    lambda = path$lambda[place], intercept = path$intercept[place],
    beta = path$beta[, place, drop = FALSE]
  )
}

# Index of the grid value that equals each lambda up to rounding, NA where there is none.
match_lambda <- function(lambda, grid) {
  nearest <- vapply(lambda, function(value) which.min(abs(grid - value)), 1L)
  ifelse(abs(grid[nearest] - lambda) <= 1e-9 * grid[nearest], nearest, NA_integer_)
}

# Coefficients are interpolated linearly in lambda, which is exact for a gaussian L1 fit as long as
# no variable enters, leaves or reaches a bound in between. Values beyond the ends are moved to the
# nearest end.
path_interpolate <- function(object, lambda) {
  ends <- range(object$lambda)
  used <- pmin(pmax(lambda, ends[1]), ends[2])
  outside <- lambda < ends[1] * (1 - 1e-9) | lambda > ends[2] * (1 + 1e-9)
  if (null_above_grid(object)) {
    outside <- outside & lambda < ends[2]
  }
  if (any(outside)) {
    warn_lambda_range(lambda[outside], ends)
  }
  weights <- interpolation_weights(object$lambda, used)
  list(
    lambda = ifelse(outside, used, lambda),
    intercept = as.vector(Matrix::crossprod(weights, object$intercept)),
    beta = object$beta %*% weights
  )
}

# From lambda_max upwards the solution of a fit with an L1 part stays the same.
null_above_grid <- function(object) {
  object$alpha > 0 && max(object$lambda) >= object$lambda_max * (1 - 1e-9)
}

warn_lambda_range <- function(lambda, ends) {
  warn(
    paste0(
      "`lambda` = ", join_words(format_number(lambda), max = 5),
      if (length(lambda) == 1) " is" else " are", " outside the fitted range, ",
      format_number(ends[1]), " to ", format_number(ends[2]),
      ": the nearest end of the path is used.\n",
      "Use `exact = TRUE` to refit there."
    ),
    class = "sparsepath_warning_lambda_range"
  )
}

# The L x m matrix that turns values on the grid into values at m lambdas inside it.
interpolation_weights <- function(grid, lambda) {
  hit <- match_lambda(lambda, grid)
  on <- which(!is.na(hit))
  between <- which(is.na(hit))
  increasing <- order(grid)
  below <- increasing[findInterval(lambda[between], grid[increasing])]
  above <- increasing[findInterval(lambda[between], grid[increasing]) + 1L]
  share <- (lambda[between] - grid[below]) / (grid[above] - grid[below])
  Matrix::sparseMatrix(
    i = c(hit[on], below, above), j = c(on, between, between),
    x = c(rep(1, length(on)), 1 - share, share),
    dims = c(length(grid), length(lambda))
  )
}

# Values on the grid are taken as fitted; only the others are fitted anew, in one call.
path_refit <- function(object, lambda, problem) {
  on_grid <- match_lambda(lambda, object$lambda)
  new <- is.na(on_grid)
  if (!any(new)) {
    return(path_interpolate(object, lambda))
  }
  refit <- refit_at(problem, lambda[new], object)
  source <- replace(on_grid, new, length(object$lambda) + seq_len(sum(new)))
  list(
    lambda = lambda,
    intercept = c(object$intercept, refit$intercept)[source],
    beta = cbind(object$beta, refit$beta)[, source, drop = FALSE]
  )
}

# The constant columns were named when the model was first fitted, by which a parameter of the loss
# was estimated as well.
refit_at <- function(problem, lambda, fit = NULL) {
  problem$lambda <- lambda
  if (!is.null(fit)) problem$family <- fit$loss
  muffle_constant(fit_problem(problem))
}

muffle_constant <- function(expr) {
  withCallingHandlers(
    expr,
    sparsepath_warning_constant = function(w) invokeRestart("muffleWarning")
  )
}

# The same path with coefficients per standard deviation of the variables, and the intercept that
# belongs to centred variables.
standardize_path <- function(path, object) {
  if (object$has_intercept) {
    shift <- as.vector(Matrix::crossprod(path$beta, object$center))
    path$intercept <- path$intercept + shift
  }
  path$beta@x <- path$beta@x * object$scale[path$beta@i + 1L]
  path
}
