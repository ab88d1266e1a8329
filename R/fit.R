# The fit object: solving a problem, and what is kept of it.

#' Solve a prepared problem and make the fit object
#' @noRd
fit_problem <- function(problem, sums = NULL) {
  if (problem$family$estimate) problem$family <- estimate_theta(problem)
  numbers <- engine_fit(problem, sums)
  warn_constant(numbers$constant, problem)
  fit <- new_sparsereg(numbers, problem)
  if (fit$alpha == 0 && fit$solver == "coordinate descent") fit$df <- bounded_ridge_df(fit, problem)
  fit
}

#' Constructor: trusts its arguments. `x` and `y` are not kept.
#' @noRd
new_sparsereg <- function(numbers, problem) {
  kept <- c("alpha", "standardize", "penalty", "penalty_factor", "lower", "upper", "blueprint",
            "classes", "na_action", "call", "control")
  weights <- problem$weights
  fields <- c(numbers, problem[intersect(kept, names(problem))], list(
    family = problem$family$name,
    link = problem$family$link,
    loss = problem$family,
    has_intercept = problem$intercept,
    nobs = if (is.null(weights)) nrow(problem$x) else sum(weights > 0),
    total_weight = if (is.null(weights)) nrow(problem$x) else sum(weights),
    log_lik_constant = log_lik_constant(problem),
    dim = dim(problem$x),
    y_name = problem$y_name,
    version = getNamespaceVersion("sparsepath")[["version"]]
  ))
  structure(fields[fit_fields(names(fields))], class = "sparsereg")
}

# The path first, then the model, then how it came about.
fit_fields <- function(available) {
  first <- c("call", "penalty", "alpha", "family", "lambda", "intercept", "beta", "df",
             "dev_ratio", "null_deviance", "gap", "kkt", "iterations", "converged", "stopped")
  c(first, setdiff(available, first))
}

# For each column: neither excluded nor constant.
is_fitted <- function(fit) {
  is.finite(fit$penalty_factor) & !rownames(fit$beta) %in% fit$constant
}

# Columns that the user excluded anyway deserve no warning.
warn_constant <- function(constant, problem) {
  constant <- constant[is.finite(problem$penalty_factor[match(constant, colnames(problem$x))])]
  if (length(constant) == 0) return(invisible())
  warn(
    sprintf(
      "%s not vary over the rows used and %s coefficient 0: %s.",
      if (length(constant) == 1) "One column of `x` does" else
        paste(length(constant), "columns of `x` do"),
      if (length(constant) == 1) "gets" else "get", quote_names(constant)
    ),
    class = "sparsepath_warning_constant"
  )
}
