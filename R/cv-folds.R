# Fits without each fold. This is the one place where folds are fitted: what comes out for a fold is
# a path on the grid of `fit` (lambda, intercept, beta, converged), or the reason why there is none.

# `visit(path, k)` is called with the path of fold k as soon as it is there and returns what is kept
# of it. The result is a list with one element for each fold: what visit() returned, NULL for a
# fold without weight, or an object of class "fold_failure".
fit_folds <- function(problem, fit, folds, visit, threads = 1, sums = NULL) {
  n_folds <- length(folds$test)
  problem$lambda <- fit$lambda
  tick <- fold_progress(problem$control$progress, n_folds)
  on.exit(tick(NULL))
  size <- folds_per_batch(n_folds, threads, problem$control$progress)
  if (!is.null(sums)) size <- n_folds
  problem$control$progress <- FALSE
  results <- vector("list", n_folds)
  for (some in batches(which(fold_weights(problem$weights, folds) > 0), size)) {
    paths <- fold_paths(problem, folds, some, threads, sums)
    for (k in some) {
      results[[k]] <- attempt_fold(visit(complete_path(paths[[match(k, some)]](), fit$lambda), k))
      tick(k)
    }
  }
  results
}

# So many paths are held at once. Who watches sees something happen now and then: folds that are
# fitted together end together.
folds_per_batch <- function(n_folds, threads, progress) {
  watched <- isTRUE(progress) || isNamespaceLoaded("progressr")
  if (watched) max(threads, ceiling(n_folds / 5)) else 64
}

batches <- function(x, size) split(x, (seq_along(x) - 1) %/% size)

# For each fold a function that returns its path or raises an error: see engine_fit_folds(). A
# family of R functions, or with a parameter to be estimated, is fitted fold by fold.
fold_paths <- function(problem, folds, some, threads, sums) {
  trainable <- are_trainable(folds, some, problem$weights)
  paths <- rep(list(abort_untrainable), length(some))
  if (problem$family$estimate || problem$family$loss == "host") {
    weights <- problem_weights(problem)
    paths[trainable] <- lapply(some[trainable], function(k) {
      force(k)
      function() fit_fold(problem, train_weights(folds, k, weights))
    })
  } else if (any(trainable)) {
    paths[trainable] <- engine_fit_folds(
      problem, folds$test[some[trainable]], folds$train[some[trainable]], threads,
      if (sum(trainable) == length(folds$test)) sums
    )
  }
  paths
}

# Is an observation of positive weight left to fit? Looks at each once, not at all for every fold.
# weights: NULL for all ones.
are_trainable <- function(folds, some, weights) {
  count <- function(rows) as.double(if (is.null(weights)) length(rows) else sum(weights[rows] > 0))
  if (!is.null(folds$train)) return(vapply(folds$train[some], count, 0) > 0)
  vapply(folds$test[some], count, 0) < count(seq_len(folds$n))
}

abort_untrainable <- function() {
  abort("No observation of positive weight is left to fit.", class = "sparsepath_error_fold")
}

# What is wrong with the input is no matter of one fold.
attempt_fold <- function(expr) {
  tryCatch(expr, error = function(e) {
    if (inherits(pass_time_limit(e), "sparsepath_error_input")) stop(e)
    structure(list(reason = conditionMessage(e)), class = "fold_failure")
  })
}

fit_fold <- function(problem, weights) {
  problem$weights <- weights
  muffle_constant(fit_problem(problem))
}

# A path that ends early, for instance because classes separate, has NA for the lambdas it did not
# reach.
complete_path <- function(path, wanted) {
  kept <- c("lambda", "intercept", "beta", "converged", "deviance")
  path <- path[intersect(kept, names(path))]
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

# weights: NULL for all ones.
fold_weights <- function(weights, folds) {
  if (is.null(weights)) return(as.double(lengths(folds$test)))
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
