#' The error of the whole procedure
#'
#' The smallest error of a cross-validation tends to be too good to be true, as lambda was
#' chosen to make it small. Nested cross-validation repeats the whole procedure, cross-validation
#' and choice included, without each of the outer folds, and predicts these.
#'
#' @param x,... the arguments of [cv_sparsereg()], among them `nfolds` for the inner folds. `foldid`
#'   are the outer folds, or else `outer` random ones are drawn.
#' @param outer number of outer folds; an error beside `foldid`, which has them.
#' @param rule `"1se"` or `"min"`: the rule that chooses lambda.
#' @param foldid the outer folds, as in [cv_sparsereg()].
#' @param groups labels, one for each observation as in `foldid`, that are kept whole in the inner
#'   folds, too; the outer folds are grouped by them if `foldid` is not given.
#' @param nfolds,measure,alpha,relax,gamma,threads as in [cv_sparsereg()].
#' @param seed an integer for inner and outer folds that can be made again, or `NULL`.
#'
#' @return An object of class `cv_nested_sparsereg`, a list of
#' - `error`, `se`: named vectors, one element for each measure, as in [cv_sparsereg()] over the
#'   outer folds;
#' - `fold_error`: K x measures;
#' - `chosen`: a data frame with the choice in each outer fold: `fold`, `lambda`, `alpha`, `gamma`
#'   (if relaxed), `df`, and `inner`, the error that the inner cross-validation promised;
#' - `predictions`: the predicted mean of each observation when it was left out, with its name;
#' - `folds`, `failed`, `weights` (of the outer folds), `rule`, `labels`, `nobs` (the observations
#'   of positive weight), `formula` (`NULL` without one), `call`. `update()` works as for
#'   [cv_sparsereg()].
#'
#' It judges a procedure, which chose another model in each outer fold: `coef()`, `predict()`,
#' `fitted()` and `residuals()` are errors of class `sparsepath_error_no_model` that say where to
#' find one.
#' @references Stone M (1974). Cross-validatory choice and assessment of statistical predictions.
#'   *Journal of the Royal Statistical Society B* 36, 111-147.
#'
#' Varma S, Simon R (2006). Bias in error estimation when using cross-validation for model
#' selection. *BMC Bioinformatics* 7, 91.
#' @seealso [summary.cv_nested_sparsereg()], [plot.cv_nested_sparsereg()], [tidy.sparsereg()].
#' @examples
#' cv_nested(mpg ~ ., data = mtcars, outer = 4, nfolds = 4, seed = 1)
#' @export
cv_nested <- function(x, ..., outer = 10, rule = c("1se", "min"), foldid = NULL, groups = NULL,
                      nfolds = 10, measure = NULL, alpha = NULL, relax = FALSE,
                      gamma = c(0, 0.25, 0.5, 0.75, 1), seed = NULL, threads = 1) {
  call <- match.call()
  rule <- match_choice(rule, c("1se", "min"), "rule")
  check_cv_arguments(names(call), names(formals()), "cv_nested()")
  check_gamma_used(call, relax)
  own <- as.list(call)[names(call) %in% nested_arguments()]
  problem <- evaluate_problem(
    path_call(call, alpha, nested_arguments()), parent.frame(), mentioned = own
  )
  plan <- cv_plan(problem, measure, alpha, relax, gamma, threads = threads)
  foldid <- evaluate_in_data(
    substitute(foldid), foldid, call$foldid, "foldid", problem, parent.frame()
  )
  groups <- evaluate_in_data(
    substitute(groups), groups, call$groups, "groups", problem, parent.frame()
  )
  check_not_drawn(foldid, list(outer = if (!missing(outer)) outer))
  groups <- used_groups(groups, problem)
  with_seed(seed, {
    if (is.null(foldid) && !is.null(groups)) {
      foldid <- grouped_folds(groups, outer, "outer")
    }
    folds <- resolve_folds(problem, outer, foldid, NULL, "outer")
    results <- nested_folds(problem, folds, plan, rule, nfolds, groups)
  })
  call <- cv_call(
    called_name(call, quote(cv_nested)), problem$call, own, call$alpha, alpha
  )
  new_cv_nested(problem, folds, results, plan, rule, call)
}

nested_arguments <- function() c(setdiff(cv_arguments, "keep"), "outer", "rule", "groups")

used_groups <- function(groups, problem) {
  place <- used_places(problem, length(groups), "groups")
  if (!is.null(place)) groups <- groups[place]
  if (!is.null(groups)) check_fold_values(groups, nrow(problem$x), "groups")
}

nested_folds <- function(problem, folds, plan, rule, nfolds, groups) {
  weights <- problem_weights(problem)
  tick <- fold_progress(problem$control$progress, length(folds$test))
  on.exit(tick(NULL))
  problem$control$progress <- FALSE
  results <- vector("list", length(folds$test))
  for (k in which(fold_weights(weights, folds) > 0)) {
    problem$weights <- train_weights(folds, k, weights)
    results[[k]] <- attempt_fold(name_outer_fold(
      k, nested_fold(problem, folds$test[[k]], weights, plan, rule, nfolds, groups)
    ))
    tick(k)
  }
  warn_failed_folds(results)
  fitted <- results[setdiff(which(lengths(results) > 0), failed_folds(results))]
  warn_constant(Reduce(intersect, lapply(fitted, `[[`, "constant")), problem)
  results
}

# The folds that warnings of a cross-validation inside are about are not those outside.
name_outer_fold <- function(k, expr) {
  withCallingHandlers(expr, sparsepath_warning_fold = function(w) {
    warn(paste0("Without outer fold ", k, ", inside: ", conditionMessage(w)),
      class = "sparsepath_warning_fold", outer = k, folds = w$folds, reasons = w$reasons
    )
    invokeRestart("muffleWarning")
  })
}

nested_fold <- function(problem, rows, weights, plan, rule, nfolds, groups) {
  inner <- resolve_folds(problem, nfolds, inner_groups(problem, groups, nfolds), NULL)
  cv <- muffle_constant(cv_problem(problem, inner, plan, problem$call))
  index <- cv[[paste0("index_", rule)]]
  gamma <- cv[[paste0("gamma_", rule)]]
  mu <- predicted_means(path_places(mixed_fit(cv, gamma), index), problem, rows)
  error <- vapply(plan$measures, function(measure) {
    evaluate_measure(measure, problem$y[rows], mu, weights[rows])
  }, 0)
  chosen <- data.frame(
    lambda = cv$lambda[index], alpha = cv$fit$alpha, gamma = if (is.null(gamma)) NA else gamma,
    df = cv$df[index], inner = cv$error[index]
  )
  list(error = error, mu = mu[, 1], chosen = chosen, constant = cv$fit$constant)
}

# Rows that the outer fold holds out have no weight: the inner folds are those of the others.
inner_groups <- function(problem, groups, nfolds) {
  if (is.null(groups)) {
    return(NULL)
  }
  weighted <- which(problem$weights > 0)
  id <- rep(1L, length(groups))
  id[weighted] <- grouped_folds(groups[weighted], nfolds, "nfolds")$foldid
  id
}

grouped_folds <- function(groups, k, argument) {
  check_nfolds(k, length(groups), argument)
  check_nfolds_of(k, length(unique(groups)), "group", argument)
  folds(length(groups), k, groups = groups)
}

new_cv_nested <- function(problem, folds, results, plan, rule, call) {
  failed <- failed_folds(results)
  weights <- fold_weights(problem$weights, folds)
  counted <- setdiff(which(weights > 0), failed)
  fold_error <- matrix(NA_real_, length(weights), length(plan$measures))
  fold_error[counted, ] <- do.call(rbind, lapply(results[counted], `[[`, "error"))
  colnames(fold_error) <- names(plan$measures)
  summary <- lapply(summarise_folds(fold_error, weights, folds$repeat_of), stats::setNames,
                    names(plan$measures))
  chosen <- do.call(rbind, lapply(results[counted], `[[`, "chosen"))
  if (is.null(plan$gamma)) chosen$gamma <- NULL
  chosen <- cbind(fold = counted, chosen)
  structure(
    c(summary, list(
      fold_error = fold_error, chosen = chosen,
      predictions = nested_predictions(results, counted, folds, row_labels(problem)),
      folds = folds, failed = failed, rule = rule, weights = weights,
      labels = vapply(plan$measures, `[[`, "", "label"), nobs = sum(problem_weights(problem) > 0),
      formula = formula_of(problem), call = call
    )),
    class = "cv_nested_sparsereg"
  )
}

nested_predictions <- function(results, counted, folds, labels) {
  results[counted] <- lapply(results[counted], function(result) {
    list(mu = list(matrix(result$mu)))
  })
  kept_predictions(results, counted, folds, labels, 1L)[, 1]
}

abort_no_model <- function(object, ...) {
  abort(
    paste0(
      "Nested cross-validation judges a procedure and has no model of its own.\n",
      "Fit with cv_sparsereg(); this object has the `predictions` of the outer folds and what was ",
      "`chosen` in each."
    ),
    class = "sparsepath_error_no_model"
  )
}

#' @export
coef.cv_nested_sparsereg <- abort_no_model

#' @export
predict.cv_nested_sparsereg <- abort_no_model

#' @export
fitted.cv_nested_sparsereg <- abort_no_model

#' @export
residuals.cv_nested_sparsereg <- abort_no_model
