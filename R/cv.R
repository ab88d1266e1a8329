#' Choose lambda by cross-validation
#'
#' Fits the path on all observations, then once without each fold, and measures how well every
#' lambda of the path predicts the observations that were left out. The share alpha of the L1
#' penalty and the amount of relaxation can be chosen on the same folds.
#'
#' @details The standard deviations used to standardise are those of the rows that a fold leaves
#'   in. A column that is constant there has coefficient 0 in that fold, without a further warning.
#'   x is never copied, and every fold's path is that of a separate fit to those rows: up to
#'   rounding for least squares, to the tolerance for other losses. (Folds of binomial and poisson
#'   models end a lambda with a step that is proved and not looked at again, far closer than that.)
#'   For least squares the folds share the work: tall dense data are read once for all of them and
#'   for the fit of all rows, as the cross-products of what a fold leaves in are those of all rows
#'   less its own (`fit` then is, up to rounding, that of [sparsereg()]), and other dense data are
#'   looked through for several folds at once.
#'
#' @section The error: With weights w, the error of fold k at one lambda is the weighted mean
#'   \eqn{e_k = \sum_{i \in k} w_i L(y_i, \hat\mu_i) / W_k} with \eqn{W_k = \sum_{i \in k} w_i} (or
#'   whatever the measure computes from \eqn{y}, \eqn{\hat\mu} and \eqn{w} of that fold), the
#'   reported error is \eqn{\bar e = \sum_k W_k e_k / \sum_k W_k}, and its standard error over the K
#'   folds is \deqn{\sqrt{\frac{1}{K - 1} \, \frac{\sum_k W_k (e_k - \bar e)^2}{\sum_k W_k}}.} This
#'   is unbiased for the variance of \eqn{\bar e} if the folds are independent with variances
#'   proportional to \eqn{1 / W_k}. Repeated folds look at the same observations again: their
#'   standard error is that of one repeat (the root of the mean over repeats of the square of the
#'   above), and only the error itself profits.
#'
#'   Folds in which all observations have weight zero do not count, nor do those for which a measure
#'   does not exist (the area under the ROC curve of a single class). A fold that cannot be fitted
#'   is left out with a warning of class `sparsepath_warning_fold` that has its number; an error of
#'   class `sparsepath_error_fold` follows only if fewer than two folds remain. A lambda that the
#'   path of one of the folds does not reach has the error of the others, and is not chosen.
#'
#' @section Measures: For the gaussian family `"mse"` (mean squared error, the default), `"mae"`
#'   (mean absolute error) and `"deviance"` (the same as `"mse"`). For others, where they are
#'   available: `"deviance"` (the default), `"mse"` and `"mae"` of the predicted mean; for binomial
#'   also `"class"` (misclassification, a mean above one half predicting a success), `"auc"` (the
#'   area under the ROC curve, of which more is better) and `"brier"` (squared error of the
#'   probability). Or functions: see [cv_measure()].
#'
#' @section Rules: Two rules choose lambda. `lambda_min` has the smallest error. `lambda_1se` is the
#'   largest lambda whose error is at most one standard error above the smallest: the simplest model
#'   that cannot be told from the best one (Breiman et al., 1984; Hastie, Tibshirani and Friedman,
#'   2009, section 7.10). [select_lambda()] has more rules. Where more of the measure is better,
#'   both look for the largest value. If there are several values of `alpha`, the one with the
#'   smallest error at its `lambda_min` is chosen first.
#'
#' @section Relaxation: With `relax = TRUE` the variables that are in the model at each lambda are
#'   also fitted without a penalty, in every fold anew, and the coefficients are mixed: `gamma`
#'   times the penalised and `1 - gamma` times the unpenalised ones (Meinshausen, 2007; Hastie,
#'   Tibshirani and Tibshirani, 2020). The error is then that of the best `gamma` at each lambda. A
#'   model with as many coefficients as observations has no unpenalised fit to speak of, nor has one
#'   whose variables separate the classes (or the counts of zero): there only `gamma = 1` counts.
#'   So it is for ridge among several values of `alpha`, as it leaves out no variable; ridge alone
#'   cannot be relaxed.
#'
#' @param x,... the arguments of [sparsereg()]: a formula and data, or x and y.
#' @param nfolds number of folds, between 2 and the number of observations with positive weight
#'   (leave one out). They are random; for classes and counts stratified.
#' @param foldid the fold of each observation: a vector of any labels, without missing values, or
#'   an object by [folds()], or resamples of package rsample. It is for the observations of the fit,
#'   or for those before missing values were left out, or for all rows of `data` before `subset`;
#'   where a `subset` in another order makes these as many, it is an error.
#'   With a formula it may name variables of `data`, as `weights` may: `foldid = site`, or
#'   `foldid = folds(y, groups = patient)`. (A `.` in the formula stands for these, too, unless they
#'   are taken out: `y ~ . - site`.) `nfolds` and `seed` would do nothing beside it, and are errors.
#' @param seed an integer for folds that can be made again. It leaves the user's random number
#'   stream as it was. `NULL` draws the folds from that stream, so that [set.seed()] works as usual.
#' @param measure one or several measures of the error, by name or as functions: see below. The
#'   first one chooses. `NULL` is the default of the family.
#' @param alpha as in [sparsereg()], or several values to choose from.
#' @param relax choose between the penalised fit and an unpenalised one of the same variables?
#' @param gamma shares of the penalised fit to try with `relax = TRUE`, between 0 and 1. 1 is always
#'   among them.
#' @param keep keep the predicted means of the observations that were left out?
#' @param threads number of threads among which the folds are divided, if R was built with OpenMP.
#'   The result is the same for any number. Families that are evaluated by R functions, or whose
#'   parameter is estimated, use one, and so do processes forked from that which loaded the package
#'   (`parallel::mclapply()`).
#'
#' @return An object of class `cv_sparsereg`, a list of
#' - `lambda`: the values of lambda (L), those of `fit`;
#' - `error`, `se`: mean error and its standard error over folds (L), of the first measure;
#' - `fold_error`: the error in each fold (K x L, `NA` for a fold that does not count);
#' - `measures`: the same three for every measure, a named list; `measure`: the name of the first;
#' - `df`: that of `fit` (L): the number of nonzero coefficients (ridge: effective degrees of
#'   freedom);
#' - `lambda_min`, `lambda_1se`: the lambda chosen by each rule; `index_min`, `index_1se`: their
#'   places in `lambda`; `gamma_min`, `gamma_1se`: the relaxation that goes with them, or `NULL`;
#' - `nfolds` (K), `folds`, the [folds()], `foldid` (integer, one for each observation used, `NULL`
#'   if the folds are no partition), `weights` (K): the total weight of each fold, `failed`: the
#'   numbers of folds that could not be fitted;
#' - `converged`: did all fits, that of all observations and those of the folds, meet the
#'   tolerance at each lambda (L)?
#' - `fit`: the [sparsereg()] fit of all observations;
#' - `grid`: for several values of alpha, a list of such objects, one for each, in `alpha`'s order;
#' - `relaxed`: with `relax = TRUE`, `gamma` (G), `errors` and `ses` (G x L), `gamma_at`, the best
#'   gamma at each lambda (L), and the unpenalised coefficients of all observations, `intercept` and
#'   `beta`;
#' - `predictions`: with `keep = TRUE` the means predicted for each observation when it was left out
#'   (n x L, the average over repeats, `NA` if it never was), rows named as those of `fitted()`;
#' - `call`, `version`.
#'
#' @references Breiman L, Friedman J, Olshen R, Stone C (1984). *Classification and Regression
#'   Trees*. Wadsworth.
#'
#' Hastie T, Tibshirani R, Friedman J (2009). *The Elements of Statistical Learning*, 2nd edition.
#' Springer.
#'
#' Hastie T, Tibshirani R, Tibshirani R (2020). Best subset, forward stepwise or lasso? *Statistical
#' Science* 35, 579-592.
#'
#' Meinshausen N (2007). Relaxed lasso. *Computational Statistics and Data Analysis* 52, 374-393.
#'
#' @seealso [coef.cv_sparsereg()], [predict.cv_sparsereg()], [plot.cv_sparsereg()], [folds()],
#'   [select_lambda()], [cv_nested()] for the error of the whole procedure, [loo()] for
#'   leave-one-out without refitting.
#' @examples
#' cv <- cv_sparsereg(mpg ~ ., data = mtcars, penalty = "l1", nfolds = 5, seed = 1)
#' cv
#' plot(cv)
#' coef(cv)
#' predict(cv, mtcars[1:3, ], lambda = "lambda_min")
#'
#' # Folds of the user's own, by variables of the data
#' cv_sparsereg(lpsa ~ . - train, data = prostate, foldid = folds(lpsa, 5, groups = age, seed = 1))
#'
#' # The share of the L1 penalty as well, on the same folds
#' cv_sparsereg(mpg ~ ., data = mtcars, alpha = c(0.1, 0.5, 1), nfolds = 5, seed = 1)
#'
#' # An unpenalised refit of the variables that are in the model
#' cv_sparsereg(mpg ~ ., data = mtcars, relax = TRUE, nfolds = 5, seed = 1)
#' @export
cv_sparsereg <- function(x, ..., nfolds = 10, foldid = NULL, seed = NULL, measure = NULL,
                         alpha = NULL, relax = FALSE, gamma = c(0, 0.25, 0.5, 0.75, 1),
                         keep = FALSE, threads = 1) {
  call <- match.call()
  check_cv_arguments(names(call), names(formals()))
  check_gamma_used(call, relax)
  own <- as.list(call)[names(call) %in% cv_arguments]
  problem <- evaluate_problem(path_call(call, alpha), parent.frame(), mentioned = own)
  foldid <- evaluate_in_data(
    substitute(foldid), foldid, call$foldid, "foldid", problem, parent.frame()
  )
  check_not_drawn(foldid, list(nfolds = if (!missing(nfolds)) nfolds, seed = seed))
  folds <- resolve_folds(problem, nfolds, foldid, seed)
  plan <- cv_plan(problem, measure, alpha, relax, gamma, keep, threads)
  cv_problem(
    problem, folds, plan,
    cv_call(called_name(call, quote(cv_sparsereg)), problem$call, own, call$alpha, alpha)
  )
}

cv_arguments <- c("nfolds", "foldid", "seed", "measure", "relax", "gamma", "keep",
                  "threads")

# What is neither an argument here nor, by the rules of R, one of sparsereg().
check_cv_arguments <- function(names, own, fun = "cv_sparsereg()") {
  of_path <- union(names(formals(sparsereg.formula)), names(formals(sparsereg.default)))
  unknown <- Filter(function(name) is.na(pmatch(name, of_path)), setdiff(names, c("", own)))
  if (length(unknown) > 0) {
    remedy <- cv_remedies()[[unknown[1]]]
    abort_input(
      unknown[1], paste0("is not an argument of ", fun, "."),
      remedy = if (is.null(remedy)) suggest_name(unknown[1], c(own, of_path)) else remedy,
      class = "sparsepath_error_unknown_argument"
    )
  }
}

# Remedies for arguments of folds(), of sparsereg_control() and of glmnet.
cv_remedies <- function() {
  drawn <- c("strata", "groups", "blocks", "time", "repeats")
  remedies <- paste0("Write foldid = folds(..., ", drawn, " = ...).")
  c(
    control_remedies(), as.list(stats::setNames(remedies, drawn)),
    k = "Did you mean `nfolds`?", folds = "Write foldid = folds(...).",
    type.measure = "Did you mean `measure`?"
  )
}

check_gamma_used <- function(call, relax) {
  if ("gamma" %in% names(call) && isFALSE(relax)) {
    abort_input("gamma", "is for relaxed fits.", remedy = "Add `relax = TRUE`, or leave it out.")
  }
}

# The call of the path inside, with the first alpha of several. x goes by position: it has another
# name in each method.
path_call <- function(call, alpha = NULL, own = cv_arguments) {
  path <- as.list(call)
  path <- path[!names(path) %in% own]
  if (length(alpha) > 1) {
    path$alpha <- alpha[[1]]
  }
  names(path)[names(path) == "x"] <- ""
  path[[1]] <- quote(sparsereg)
  as.call(path)
}

# With the name of the function, and the names that the method of sparsereg() gave to the arguments:
# update() needs both.
cv_call <- function(name, fit_call, own, alpha_expression = NULL, alpha = NULL) {
  if (length(alpha) > 1) {
    fit_call$alpha <- alpha_expression
  }
  as.call(c(name, as.list(fit_call)[-1], own))
}

# What is to be done on given folds, checked.
cv_plan <- function(problem, measure = NULL, alpha = NULL, relax = FALSE, gamma = 1,
                    keep = FALSE, threads = 1) {
  check_count(threads, "threads", max = .Machine$integer.max)
  check_flag(relax, "relax")
  check_flag(keep, "keep")
  if (!is.numeric(gamma) || !length(gamma) || anyNA(gamma) || any(gamma < 0 | gamma > 1)) {
    abort_input("gamma", paste0("must be numbers between 0 and 1, not ", describe(gamma), "."))
  }
  for (value in alpha) {
    check_number(value, "alpha", min = 0, max = 1)
  }
  if (relax && all((if (length(alpha)) unlist(alpha) else problem$alpha) == 0)) {
    abort_input("relax", "must be FALSE for ridge (alpha = 0), which leaves out no variable.",
      remedy = "Give `alpha` above 0, or leave `relax` out."
    )
  }
  list(
    measures = resolve_measures(measure, problem$family), keep = keep,
    threads = usable_threads(threads),
    alpha = if (length(alpha) > 1) unique(as.double(alpha)) else problem$alpha,
    gamma = if (relax) sort(unique(c(gamma, 1)), decreasing = TRUE)
  )
}

cv_problem <- function(problem, folds, plan, call) {
  sums <- engine_sums(problem, folds, plan$threads)
  grid <- lapply(seq_along(plan$alpha), function(a) {
    once <- if (a == 1) identity else muffle_constant
    once(cv_path(at_alpha(problem, plan$alpha[a]), folds, plan, call, sums))
  })
  if (length(grid) == 1) {
    return(grid[[1]])
  }
  best <- vapply(grid, function(cv) signed_error(cv)[cv$index_min], 0)
  chosen <- grid[[which.min(best)]]
  chosen$grid <- grid
  chosen
}

at_alpha <- function(problem, alpha) {
  if (alpha != problem$alpha) {
    problem$alpha <- alpha
    problem$penalty <- penalty_of(alpha)
    problem$call$alpha <- alpha
    problem$call$penalty <- NULL
  }
  problem
}

# One path: the fit of all observations, and what each fold says of it.
cv_path <- function(problem, folds, plan, call,
                    sums = engine_sums(problem, folds, plan$threads)) {
  if (problem$alpha == 0 && !is.null(plan$gamma)) plan$gamma <- 1
  fit <- fit_problem(problem, sums)
  results <- fit_folds(problem, fit, folds, function(path, k) {
    score_fold(path, problem, folds, k, plan)
  }, plan$threads, sums)
  warn_failed_folds(results)
  new_cv_sparsereg(fit, problem, folds, results, plan, call)
}

# G x L errors of each measure in fold k; without relaxation G is 1.
score_fold <- function(path, problem, folds, k, plan) {
  if (is_scored(path, plan)) {
    error <- lapply(plan$measures, function(measure) t(path$deviance))
    return(list(error = error, converged = path$converged))
  }
  rows <- folds$test[[k]]
  weights <- problem_weights(problem)
  mu <- mixed_means(path, problem, rows, train_weights(folds, k, weights), plan$gamma)
  error <- lapply(plan$measures, function(measure) {
    do.call(rbind, lapply(mu, function(mu) {
      evaluate_measure(measure, problem$y[rows], mu, weights[rows])
    }))
  })
  list(error = error, converged = path$converged, mu = if (plan$keep) mu)
}

# The deviance may have come with the path.
is_scored <- function(path, plan) {
  wanted <- vapply(plan$measures, function(measure) measure$deviance, NA)
  !is.null(path$deviance) && !anyNA(path$deviance) && all(wanted) && !plan$keep &&
    is.null(plan$gamma)
}

new_cv_sparsereg <- function(fit, problem, folds, results, plan, call) {
  weights <- fold_weights(problem$weights, folds)
  failed <- failed_folds(results)
  counted <- setdiff(which(weights > 0), failed)
  relaxed <- if (!is.null(plan$gamma)) relaxed_path(fit, problem)
  tables <- lapply(names(plan$measures), function(name) {
    summarise_measure(results, counted, weights, folds, name, plan, is.na(relaxed$intercept))
  })
  names(tables) <- names(plan$measures)
  converged <- Reduce(`&`, lapply(results[counted], `[[`, "converged"), fit$converged)
  measures <- lapply(tables, function(table) table[c("error", "se", "fold_error", "maximize")])
  for (name in names(measures)) measures[[name]]$label <- plan$measures[[name]]$label
  object <- c(
    list(lambda = fit$lambda), tables[[1]][c("error", "se", "fold_error")],
    list(
      df = fit$df, nfolds = length(folds$test), folds = folds, foldid = folds$foldid,
      weights = weights, failed = failed, converged = converged, measures = measures,
      measure = names(plan$measures)[1], fit = fit, call = call, version = fit$version
    )
  )
  object <- structure(object, class = "cv_sparsereg")
  if (!is.null(plan$gamma)) {
    object$relaxed <- c(
      list(gamma = plan$gamma), tables[[1]][c("errors", "ses", "gamma_at")], relaxed
    )
  }
  if (plan$keep) {
    object$predictions <- kept_predictions(
      results, counted, folds, row_labels(problem), tables[[1]]$gamma_row
    )
  }
  mark_rules(object)
}

# `fold_error` is that of the best gamma at each lambda, as are error and se. The relaxed fit stands
# for choice where it exists for all observations and in all folds; the first gamma is 1.
summarise_measure <- function(results, counted, weights, folds, name, plan, saturated) {
  maximize <- plan$measures[[name]]$maximize
  n_gamma <- max(1, length(plan$gamma))
  by_gamma <- lapply(seq_len(n_gamma), function(g) {
    rows <- lapply(results[counted], function(result) result$error[[name]][g, ])
    error <- matrix(NA_real_, length(weights), length(rows[[1]]))
    error[counted, ] <- do.call(rbind, rows)
    c(list(fold_error = error), summarise_folds(error, weights, folds$repeat_of))
  })
  errors <- do.call(rbind, lapply(by_gamma, `[[`, "error"))
  ses <- do.call(rbind, lapply(by_gamma, `[[`, "se"))
  loss <- if (maximize) -errors else errors
  gaps <- do.call(rbind, lapply(by_gamma, function(one) colSums(is.na(one$fold_error))))
  barred <- gaps > rep(gaps[1, ], each = n_gamma)
  barred[-1, saturated] <- TRUE
  loss[is.na(loss) | barred] <- Inf
  row <- max.col(-t(loss), "first")
  cell <- cbind(row, seq_along(row))
  fold_error <- by_gamma[[1]]$fold_error
  for (g in seq_len(n_gamma)[-1]) {
    fold_error[, row == g] <- by_gamma[[g]]$fold_error[, row == g]
  }
  list(
    error = errors[cell], se = ses[cell], fold_error = fold_error, maximize = maximize,
    errors = errors, ses = ses, gamma_row = row, gamma_at = plan$gamma[row]
  )
}

# Weighted mean over folds and its standard error (see the help page for the formula).
summarise_folds <- function(fold_error, weights, repeat_of = rep(1L, length(weights))) {
  used <- rowSums(!is.na(fold_error)) > 0
  if (!any(used)) {
    return(list(error = fold_error[1, ], se = fold_error[1, ]))
  }
  fold_error <- fold_error[used, , drop = FALSE]
  weights <- weights[used]
  mean_over <- function(values, rows = seq_along(weights)) {
    values <- values[rows, , drop = FALSE]
    mass <- weights[rows] * !is.na(values)
    colSums(ifelse(is.na(values), 0, values) * mass) / colSums(mass)
  }
  repeats <- split(seq_along(weights), repeat_of[used])
  variance <- lapply(repeats, function(rows) {
    deviation <- fold_error - rep(mean_over(fold_error, rows), each = nrow(fold_error))
    mean_over(deviation^2, rows) / pmax(colSums(!is.na(fold_error[rows, , drop = FALSE])) - 1, 0)
  })
  list(error = mean_over(fold_error), se = sqrt(Reduce(`+`, variance) / length(repeats)))
}

# Averages over the folds in which an observation was left out, at the best gamma of each lambda.
kept_predictions <- function(results, counted, folds, labels, gamma_row) {
  sum <- matrix(0, folds$n, length(gamma_row), dimnames = if (!is.null(labels)) list(labels, NULL))
  count <- integer(folds$n)
  for (k in counted) {
    rows <- folds$test[[k]]
    mu <- results[[k]]$mu
    for (l in seq_along(gamma_row)) {
      sum[rows, l] <- sum[rows, l] + mu[[gamma_row[l]]][, l]
    }
    count[rows] <- count[rows] + 1L
  }
  sum / ifelse(count == 0, NA, count)
}
