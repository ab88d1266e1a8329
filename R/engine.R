# The only file that calls C. A problem goes in, the bare numbers of its path come out; what they
# are called and how they are shown is decided elsewhere.

stop_reasons <- c(
  "every lambda of the grid was fitted",
  "the explained deviance reached its limit (`dev_ratio_max`)",
  "the explained deviance no longer grows (`dev_ratio_change`)",
  "no penalised coefficient can enter",
  "the response is explained altogether: without a penalty no solution is finite",
  "solutions for smaller lambdas lie beyond the linear predictors that the link allows",
  "without a penalty no solution is finite"
)

#' Solve a prepared problem
#'
#' @param problem A list of class `sparsepath_problem`.
#' @param sums By engine_sums(), or `NULL`.
#' @return A list: the fields of a fit that come from the numbers alone.
#' @noRd
engine_fit <- function(problem, sums = NULL) {
  order <- if (!is.null(problem$lambda)) order(problem$lambda, decreasing = TRUE)
  answer <- .Call(sp_fit_path, engine_arguments(problem, problem$lambda[order]), sums)
  if (answer$status != 0L) engine_failure(answer, problem)
  if (length(answer$path$lambda) == 0) abort_no_solution(answer$path, problem)
  path <- engine_path(answer$path, problem, order)
  c(path, engine_description(answer, problem))
}

#' Solve a prepared problem without each of some folds
#'
#' @param problem A list of class `sparsepath_problem` with a grid, `lambda`.
#' @param test,train Lists of rows, one for each fold. `train = NULL`: all rows but those of `test`.
#' @param sums By engine_sums() of the same folds, or `NULL`.
#' @return A list with, for each fold, a function without arguments that returns the path, a list,
#'   or raises the error that prevented it. The path has `deviance`, the weighted mean over the rows
#'   of the fold for each lambda (`NA` where predictions are needed for it), or `NULL`.
#' @noRd
engine_fit_folds <- function(problem, test, train, threads, sums = NULL) {
  order <- order(problem$lambda, decreasing = TRUE)
  answer <- .Call(
    sp_fit_folds, engine_arguments(problem, problem$lambda[order]), lapply(test, sort_rows),
    if (!is.null(train)) lapply(train, as.integer), as.integer(threads), sums
  )
  if (!is.null(answer$status)) engine_failure(answer, problem)
  lapply(seq_along(answer), function(k) {
    function() {
      fold <- answer[[k]]
      if (fold$status != 0L) engine_failure(fold, problem)
      if (length(fold$path$lambda) == 0) abort_no_solution(fold$path, problem)
      path <- engine_path(fold$path, problem, order)
      path$deviance <- fold_deviance(fold$error_sum, problem, test[[k]], order)
      path
    }
  })
}

#' Read a tall x once, for the fit of all rows and those without each of some folds
#'
#' @return A pointer for engine_fit() and engine_fit_folds() with the same data, whatever the
#'   penalty, or `NULL` where that does not pay.
#' @noRd
engine_sums <- function(problem, folds, threads) {
  if (problem$family$loss != "gaussian" || !is.null(folds$train)) return(NULL)
  .Call(
    sp_sum_folds, engine_arguments(problem, problem$lambda), lapply(folds$test, sort_rows),
    as.integer(threads)
  )
}

sort_rows <- function(rows) {
  rows <- as.integer(rows)
  if (is.unsorted(rows)) sort(rows) else rows
}

# The core's weights sum to 1.
fold_deviance <- function(sum, problem, rows, order) {
  if (is.null(sum)) return(NULL)
  weights <- problem$weights
  share <- if (is.null(weights)) {
    length(rows) / nrow(problem$x)
  } else {
    sum(weights[rows]) / sum(weights)
  }
  (ifelse(is.nan(sum), NA, sum) / share)[engine_order(order, length(sum))]
}

# Back to the user's order, less those beyond the end of the path.
engine_order <- function(order, fitted) {
  if (is.null(order)) return(seq_len(fitted))
  back <- order(order)
  back[back <= fitted]
}

engine_arguments <- function(problem, lambda) {
  control <- problem$control
  list(
    x = problem$x, y = as.double(problem$y),
    weights = engine_weights(problem$weights), offset = as_double_or_null(problem$offset),
    loss = problem$family$loss, theta = problem$family$theta,
    evaluate = family_evaluator(problem$family, problem$y), start = engine_start(problem),
    alpha = problem$alpha,
    penalty_factor = problem$penalty_factor, lower = problem$lower, upper = problem$upper,
    intercept = problem$intercept, standardize = problem$standardize,
    lambda = as_double_or_null(lambda), nlambda = problem$nlambda,
    lambda_min_ratio = engine_ratio(problem),
    tol = control$tol, max_iter = control$max_iter,
    dev_ratio_max = control$dev_ratio_max, dev_ratio_change = control$dev_ratio_change,
    progress = isTRUE(control$progress)
  )
}

# Least squares need none.
engine_start <- function(problem) {
  if (problem$family$loss == "gaussian") return(0)
  family_start(problem$family, problem$y, problem$weights, problem$offset)
}

as_double_or_null <- function(x) if (!is.null(x)) as.double(x)

# Equal weights need not be read at all.
engine_weights <- function(weights) {
  if (is.null(weights) || all(weights == weights[1])) NULL else as.double(weights)
}

engine_ratio <- function(problem) {
  if (!is.null(problem$lambda_min_ratio)) return(problem$lambda_min_ratio)
  if (nrow(problem$x) >= ncol(problem$x)) 1e-4 else 1e-2
}

engine_path <- function(answer, problem, order) {
  order <- engine_order(order, length(answer$lambda))
  path <- lapply(
    answer[c("lambda", "intercept", "df", "dev_ratio", "gap", "kkt", "iterations", "converged")],
    function(values) values[order]
  )
  path$converged <- path$converged == 1L
  total_weight <- if (is.null(problem$weights)) nrow(problem$x) else sum(problem$weights)
  c(path, list(
    beta = engine_beta(answer, colnames(problem$x), order),
    null_deviance = total_weight * answer$null_deviance,
    stopped = paste0(
      stop_reasons[answer$stop + 1L],
      if (length(answer$endless) > 0) paste0(": ", describe_endless(answer, problem))
    ),
    lambda_max = answer$lambda_max
  ))
}

# Slot by slot: the core's answer is well formed, and to have that checked costs more than a fold.
engine_beta <- function(answer, columns, order) {
  beta <- empty_matrix()
  beta@p <- answer$beta_p
  beta@i <- answer$beta_i
  beta@x <- answer$beta_x
  beta@Dim <- c(length(columns), length(answer$lambda))
  beta@Dimnames <- list(columns, NULL)
  if (is.unsorted(order) || length(order) != ncol(beta)) beta[, order, drop = FALSE] else beta
}

# Made once in a session: new() takes as long as the path of a small fold.
empty_matrix <- local({
  empty <- NULL
  function() {
    if (is.null(empty)) empty <<- methods::new("dgCMatrix")
    empty
  }
})

engine_description <- function(answer, problem) {
  columns <- colnames(problem$x)
  list(
    center = stats::setNames(answer$center, columns),
    scale = stats::setNames(answer$scale, columns),
    constant = columns[answer$constant],
    solver = if (problem$family$loss != "gaussian") {
      "proximal Newton"
    } else if (answer$closed_form) {
      "closed form"
    } else {
      "coordinate descent"
    }
  )
}

# Codes of src/core/status.h.
engine_failure <- function(answer, problem) {
  switch(as.character(answer$status),
    "6" = abort_family_functions(problem),
    "7" = abort_no_fit(answer, problem),
    "4" = if (answer$column > 0) abort_nonfinite(problem$x, answer$column)
  )
  kind <- if (answer$status == 1L) "memory" else "numeric"
  abort(
    paste0("The path could not be computed: ", answer$message, "."),
    class = paste0("sparsepath_error_", kind)
  )
}

abort_family_functions <- function(problem) {
  reason <- tryCatch(
    {
      start <- rep(engine_start(problem), length(problem$y))
      value <- family_evaluator(problem$family, problem$y)(start)
      if (inherits(value, "error")) stop(value)
      "they do not return one number for each observation"
    },
    error = conditionMessage
  )
  abort_input("family", paste0("has functions that fail: ", sub("[.]$", "", reason), "."),
    class = "sparsepath_error_family"
  )
}

abort_no_fit <- function(answer, problem) {
  if (length(answer$endless) > 0) abort_no_finite_null(answer, problem)
  abort(
    paste0(
      "The model without any penalised column cannot be fitted: ", answer$message, ".\n",
      "Look at the response, the offset and the columns without penalty",
      if (problem$family$loss == "host") ", or choose another link for the family", "."
    ),
    class = "sparsepath_error_no_null_model"
  )
}

abort_no_solution <- function(answer, problem) {
  if (answer$stop == 4L) abort_saturated()
  if (answer$stop == 6L) abort_endless(answer, problem)
  abort_input(
    "lambda", paste0(
      "is too small: the solution lies beyond the linear predictors that the link ",
      quote_values(problem$family$link), " allows."
    ),
    remedy = "Give larger values, or choose another link.", class = "sparsepath_error_edge"
  )
}

abort_saturated <- function() {
  abort_input(
    "lambda", paste0(
      "must be positive here: the predictors explain the response altogether (a separated ",
      "response, or a saturated model), and without a penalty no solution is finite."
    ),
    class = "sparsepath_error_saturated"
  )
}

# Their columns may be unknown.
describe_endless <- function(answer, problem) {
  names <- colnames(problem$x)[sort(answer$endless)]
  which <- if (length(names) > 0) paste(" of", quote_names(names))
  paste0("the coefficient", if (length(names) != 1) "s", which, " run", if (length(names) == 1) "s",
    " to infinity (quasi-separation: ", if (length(names) == 1) "it predicts" else "they predict",
    " part of the response without error)")
}

abort_endless <- function(answer, problem) {
  abort_input(
    "lambda", paste0("must be positive here: ", describe_endless(answer, problem), "."),
    variable = colnames(problem$x)[answer$endless],
    remedy = "Any positive lambda has a finite solution, whatever `alpha`.",
    class = "sparsepath_error_endless"
  )
}

abort_no_finite_null <- function(answer, problem) {
  abort_input(
    "penalty_factor", paste0("must not be 0 here: ", describe_endless(answer, problem), "."),
    variable = colnames(problem$x)[answer$endless],
    remedy = "Penalise or leave out these columns.", class = "sparsepath_error_no_null_model"
  )
}

# Column by column, so that even now no copy of x is made.
abort_nonfinite <- function(x, first) {
  bad <- function(j) which(!is.finite(x[, j]))
  columns <- seq.int(first, ncol(x))
  columns <- columns[vapply(columns, function(j) length(bad(j)) > 0, NA)]
  if (!first %in% columns) abort_too_large(colnames(x)[first])
  rows <- bad(first)
  abort_input(
    "x",
    sprintf(
      "must be finite, but %s: %s has %s, the first in row %d.",
      if (length(columns) == 1) "one column is not" else paste(length(columns), "columns are not"),
      quote_names(colnames(x)[first]), count_of(length(rows), "such value"), rows[1]
    ),
    variable = colnames(x)[columns],
    remedy = "Remove or impute them; the formula interface drops incomplete rows and says so.",
    class = "sparsepath_error_nonfinite"
  )
}

abort_too_large <- function(column) {
  abort_input(
    "x", sprintf("has values in column %s whose squares overflow.", quote_names(column)),
    variable = column, remedy = "Divide the column by its size.",
    class = "sparsepath_error_nonfinite"
  )
}
