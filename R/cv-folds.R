# Fits without each fold. This is the one place where folds are fitted: what comes out for a fold is
# a path on the grid of `fit` (lambda, intercept, beta, converged), or the reason why there is none.

# `visit(path, k)` is called with the path of fold k as soon as it is there and returns what is kept
# of it. The result is a list with one element for each fold: what visit() returned, NULL for a
# fold without weight, or an object of class "fold_failure".
fit_folds <- function(problem, fit, folds, visit) {
  weights <- problem_weights(problem)
  n_folds <- length(folds$test)
  problem$lambda <- fit$lambda
  tick <- fold_progress(problem$control$progress, n_folds)
  on.exit(tick(NULL))
  problem$control$progress <- FALSE
  results <- vector("list", n_folds)
  for (k in which(fold_weights(weights, folds) > 0)) {
    results[[k]] <- attempt_fold(visit(fit_fold(problem, train_weights(folds, k, weights)), k))
    tick(k)
  }
  results
}

# What is wrong with the input is no matter of one fold.
attempt_fold <- function(expr) {
  tryCatch(expr, error = function(e) {
    if (inherits(e, "sparsepath_error_input")) stop(e)
    structure(list(reason = conditionMessage(e)), class = "fold_failure")
  })
}

# A path that ends early, for instance because classes separate, has NA for the lambdas it did not
# reach.
fit_fold <- function(problem, weights) {
  if (!any(weights > 0)) {
    abort("No observation of positive weight is left to fit.", class = "sparsepath_error_fold")
  }
  wanted <- problem$lambda
  problem$weights <- weights
  path <- muffle_constant(fit_problem(problem))[c("lambda", "intercept", "beta", "converged")]
  if (length(path$lambda) < length(wanted)) {
    at <- match_lambda(wanted, path$lambda)
    path <- list(
      lambda = wanted, intercept = path$intercept[at],
      beta = path$beta[, ifelse(is.na(at), 1L, at), drop = FALSE],
      converged = !is.na(at) & path$converged[at]
    )
  }
  path
}

fold_weights <- function(weights, folds) {
  vapply(folds$test, function(rows) sum(weights[rows]), 0)
}

# The predicted means of some rows, n_k x L.
predicted_means <- function(path, problem, rows) {
  mu <- family_mean(
    problem$family, linear_predictor(path, problem$x, problem$offset, rows)
  )
  dimnames(mu) <- NULL
  mu
}

failed_folds <- function(results) {
  which(vapply(results, inherits, NA, "fold_failure"))
}

# One fold that cannot be fitted costs that fold, not the run.
warn_failed_folds <- function(results) {
  failed <- failed_folds(results)
  if (length(failed) == 0) {
    return(invisible())
  }
  reasons <- vapply(results[failed], function(failure) failure$reason, "")
  text <- paste0(
    if (length(failed) == 1) "Fold " else "Folds ", join_words(failed, 10),
    " could not be fitted and ", if (length(failed) == 1) "is" else "are",
    " left out of the error: ", reasons[1]
  )
  if (sum(!vapply(results, is.null, NA)) - length(failed) < 2) {
    abort(paste0(text, "\nFewer than two folds are left."), class = "sparsepath_error_fold")
  }
  warn(text, class = "sparsepath_warning_fold", folds = failed, reasons = reasons)
}

# A function of the fold that is done; NULL closes the bar, also after an interrupt. Those who have
# switched on handlers of package progressr see its progress in any case.
fold_progress <- function(progress, n_folds) {
  signal <- if (isNamespaceLoaded("progressr")) progressr::progressor(n_folds, on_exit = FALSE)
  bar <- if (isTRUE(progress)) utils::txtProgressBar(max = n_folds, style = 3)
  function(k) {
    if (!is.null(k) && !is.null(signal)) signal()
    if (is.null(bar)) return(invisible())
    if (is.null(k)) close(bar) else utils::setTxtProgressBar(bar, k)
  }
}
