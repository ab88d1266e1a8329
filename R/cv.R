#' Choose lambda by cross-validation
#'
#' Fits the path on all observations, then once without each fold, and measures how well every
#' lambda of the path predicts the observations that were left out.
#'
#' @details Fold k is left out by setting the weights of its rows to zero: x is never copied, and
#'   the standard deviations used to standardise are those of the remaining rows. A column that is
#'   constant there has coefficient 0 in that fold, without a further warning.
#'
#' With weights w, the error of fold k at one lambda is
#' \eqn{e_k = \sum_{i \in k} w_i (y_i - \hat y_i)^2 / W_k} with \eqn{W_k = \sum_{i \in k} w_i}, the
#' reported error is \eqn{\bar e = \sum_k W_k e_k / \sum_k W_k}, and its standard error over the K
#' folds is \deqn{\sqrt{\frac{1}{K - 1} \, \frac{\sum_k W_k (e_k - \bar e)^2}{\sum_k W_k}}.} Folds
#' in which all observations have weight zero do not count.
#'
#' Two rules choose lambda. `lambda_min` has the smallest error. `lambda_1se` is the largest lambda
#' whose error is at most one standard error above the smallest: the simplest model that cannot be
#' told from the best one (Breiman et al., 1984; Hastie, Tibshirani and Friedman, 2009, section
#' 7.10).
#'
#' @param x,... the arguments of [sparsereg()]: a formula and data, or x and y.
#' @param nfolds number of folds, between 2 and the number of observations with positive weight
#'   (leave one out). Ignored if `foldid` is given.
#' @param foldid the fold of each observation: a vector of any labels, without missing values. If
#'   observations with missing values were left out of the fit, it may have one element for each
#'   observation before or after that.
#' @param seed an integer for folds that can be made again. It leaves the user's random number
#'   stream as it was. `NULL` draws the folds from that stream, so that [set.seed()] works as usual.
#'
#' @return An object of class `cv_sparsereg`, a list of
#' - `lambda`: the values of lambda (L), those of `fit`;
#' - `error`, `se`: mean error and its standard error over folds (L);
#' - `fold_error`: the error in each fold (K x L, `NA` for a fold without weight);
#' - `df`: the number of nonzero coefficients of `fit` (L; ridge: effective degrees of freedom);
#' - `lambda_min`, `lambda_1se`: the lambda chosen by each rule; `index_min`, `index_1se`: their
#'   places in `lambda`;
#' - `nfolds` (K), `foldid` (integer, one for each observation used), `weights` (K): the total
#'   weight of each fold;
#' - `converged`: did all fits, that of all observations and those of the folds, meet the
#'   tolerance at each lambda (L)?
#' - `measure`: `"mse"`;
#' - `fit`: the [sparsereg()] fit of all observations;
#' - `call`, `version`.
#'
#' @references Breiman L, Friedman J, Olshen R, Stone C (1984). *Classification and Regression
#'   Trees*. Wadsworth.
#'
#' Hastie T, Tibshirani R, Friedman J (2009). *The Elements of Statistical Learning*, 2nd edition.
#' Springer.
#'
#' @seealso [coef.cv_sparsereg()], [predict.cv_sparsereg()], [plot.cv_sparsereg()], [make_folds()].
#' @examples
#' cv <- cv_sparsereg(mpg ~ ., data = mtcars, penalty = "l1", nfolds = 5, seed = 1)
#' cv
#' plot(cv)
#' coef(cv)
#' predict(cv, mtcars[1:3, ], lambda = "lambda_min")
#' @export
cv_sparsereg <- function(x, ..., nfolds = 10, foldid = NULL, seed = NULL) {
  call <- match.call()
  check_cv_arguments(names(call))
  own <- as.list(call)[names(call) %in% cv_arguments]
  problem <- evaluate_problem(path_call(call), parent.frame(), mentioned = own)
  foldid <- resolve_folds(problem, nfolds, foldid, seed)
  fit <- fit_problem(problem)
  folds <- fit_folds(problem, fit, foldid)
  new_cv_sparsereg(fit, folds, foldid, cv_call(fit$call, own))
}

cv_arguments <- c("nfolds", "foldid", "seed")

# What is neither an argument here nor of sparsereg() is left to the latter, unless it was meant for
# this function.
check_cv_arguments <- function(names) {
  path_arguments <- union(names(formals(sparsereg.formula)), names(formals(sparsereg.default)))
  known <- c(cv_arguments, path_arguments)
  for (name in setdiff(names, c("", known))) {
    if (isTRUE(nearest_name(name, known) %in% cv_arguments)) {
      abort_input(
        name, "is not an argument of cv_sparsereg().",
        remedy = suggest_name(name, known), class = "sparsepath_error_unknown_argument"
      )
    }
  }
}

# The call of the path inside. x goes by position: it has another name in each method.
path_call <- function(call) {
  path <- as.list(call)
  path <- path[!names(path) %in% cv_arguments]
  names(path)[names(path) == "x"] <- ""
  path[[1]] <- quote(sparsereg)
  as.call(path)
}

# With the function's name, of which do.call() leaves nothing, and the names that the method of
# sparsereg() gave to the arguments: update() needs both.
cv_call <- function(fit_call, own) {
  as.call(c(quote(cv_sparsereg), as.list(fit_call)[-1], own))
}

# Folds 1, ..., K for the rows that are used. Rows without weight are spread over the folds last,
# so that the others are balanced.
resolve_folds <- function(problem, nfolds, foldid, seed) {
  weighted <- problem_weights(problem) > 0
  if (!is.null(foldid)) {
    return(check_foldid(foldid, weighted, problem$na_action))
  }
  folds <- integer(length(weighted))
  folds[weighted] <- make_folds(sum(weighted), nfolds, seed)
  folds[!weighted] <- rep_len(seq_len(nfolds), sum(!weighted))
  folds
}

check_foldid <- function(foldid, weighted, na_action) {
  n <- length(weighted)
  if (length(na_action) > 0 && length(foldid) == n + length(na_action)) {
    foldid <- foldid[-na_action]
  }
  if (!is.atomic(foldid) || length(foldid) != n) {
    abort_input("foldid", paste0(
      "must be a vector with one element for each of the ", count_of(n, "observation"),
      ": it has ", length(foldid), "."
    ))
  }
  if (anyNA(foldid)) {
    abort_input("foldid", paste0(
      "must not have missing values: ", sum(is.na(foldid)), " of ", n, " are, the first in row ",
      which(is.na(foldid))[1], "."
    ))
  }
  folds <- match(foldid, sort(unique(foldid)))
  if (length(unique(folds[weighted])) < 2) {
    abort_input("foldid", "must put the observations of positive weight in two folds or more.")
  }
  folds
}

fit_folds <- function(problem, fit, foldid) {
  n_folds <- max(foldid)
  weights <- problem_weights(problem)
  problem$lambda <- fit$lambda
  tick <- fold_progress(problem$control$progress, n_folds)
  on.exit(tick(NULL))
  problem$control$progress <- FALSE
  error <- matrix(NA_real_, n_folds, length(fit$lambda))
  converged <- fit$converged
  for (k in which(fold_weights(weights, foldid) > 0)) {
    held_out <- which(foldid == k)
    problem$weights <- replace(weights, held_out, 0)
    fold_fit <- muffle_constant(fit_problem(problem))
    error[k, ] <- held_out_error(fold_fit, problem, held_out, weights[held_out])
    converged <- converged & fold_fit$converged
    tick(k)
  }
  list(error = error, converged = converged, weights = fold_weights(weights, foldid))
}

fold_weights <- function(weights, foldid) {
  as.vector(rowsum(weights, foldid))
}

held_out_error <- function(fit, problem, rows, weights) {
  mean <- linear_predictor(fit, problem$x, problem$offset, rows)
  colSums(weights * (problem$y[rows] - mean)^2) / sum(weights)
}

# A function of the fold that is done; NULL closes the bar, also after an interrupt.
fold_progress <- function(progress, n_folds) {
  if (!isTRUE(progress)) {
    return(function(k) NULL)
  }
  bar <- utils::txtProgressBar(max = n_folds, style = 3)
  function(k) if (is.null(k)) close(bar) else utils::setTxtProgressBar(bar, k)
}

new_cv_sparsereg <- function(fit, folds, foldid, call) {
  summary <- summarise_folds(folds$error, folds$weights)
  index_min <- first_largest(fit$lambda, summary$error <= min(summary$error))
  limit <- summary$error[index_min] + summary$se[index_min]
  index_1se <- first_largest(fit$lambda, summary$error <= limit)
  structure(
    list(
      lambda = fit$lambda, error = summary$error, se = summary$se, fold_error = folds$error,
      df = fit$df, lambda_min = fit$lambda[index_min], lambda_1se = fit$lambda[index_1se],
      index_min = index_min, index_1se = index_1se,
      nfolds = nrow(folds$error), foldid = foldid, weights = folds$weights,
      converged = folds$converged, measure = "mse", fit = fit, call = call, version = fit$version
    ),
    class = "cv_sparsereg"
  )
}

# Weighted mean over folds and its standard error (see the help page for the formula).
summarise_folds <- function(fold_error, weights) {
  used <- weights > 0
  share <- weights[used] / sum(weights)
  fold_error <- fold_error[used, , drop = FALSE]
  error <- colSums(share * fold_error)
  deviation <- fold_error - rep(error, each = nrow(fold_error))
  list(error = error, se = sqrt(colSums(share * deviation^2) / (sum(used) - 1)))
}

# Place of the largest lambda among those that qualify; the values may be in any order.
first_largest <- function(lambda, qualifies) {
  candidates <- which(qualifies)
  candidates[which.max(lambda[candidates])]
}
