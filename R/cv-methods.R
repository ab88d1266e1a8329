#' Coefficients and predictions of a cross-validated path
#'
#' The methods of [sparsereg()] fits, at the lambda that cross-validation has chosen.
#'
#' @inheritParams predict.sparsereg
#' @param object,x a cross-validated path by [cv_sparsereg()].
#' @param lambda `"lambda_1se"` (the default), `"lambda_min"`, or numbers, for instance by
#'   [select_lambda()]. After a choice among several values of alpha, all are about the one chosen.
#' @param gamma after `relax = TRUE`, the share of the penalised fit: a number between 0 and 1. By
#'   default the one that goes with the rule; 1 where `lambda` is a number or `df` is given. With
#'   less than 1, coefficients between two lambdas of the grid are interpolated, never refitted.
#' @param type as in [predict.sparsereg()] and in [residuals.sparsereg()].
#' @param ... `coef()`, `predict()`, `fitted()`, `residuals()`: further arguments of the method for
#'   [sparsereg()] fits: `exact`, `df` (in place of `lambda`), `standardized`,
#'   `newoffset`, `new_levels`, `na.action`, `data`. Others: not used, any other argument is an
#'   error.
#'
#' @return `coef()`: a sparse matrix with p + 1 rows as from [coef.sparsereg()]. `predict()`,
#'   `fitted()` and `residuals()`: for a single lambda a vector, named like the rows of `newdata`;
#'   for several, a matrix as from [predict.sparsereg()]. The others as for [sparsereg()] fits.
#' @examples
#' cv <- cv_sparsereg(mpg ~ ., data = mtcars, penalty = "l1", nfolds = 5, seed = 1)
#' coef(cv)
#' predict(cv, mtcars[1:3, ])
#' predict(cv, mtcars[1:3, ], lambda = "lambda_min")
#' @name coef.cv_sparsereg
#' @export
coef.cv_sparsereg <- function(object, lambda = "lambda_1se", ..., gamma = NULL) {
  at_chosen(object, stats::coef, lambda, parent.frame(), gamma, ...)
}

#' @rdname coef.cv_sparsereg
#' @export
predict.cv_sparsereg <- function(
    object, newdata, lambda = "lambda_1se",
    type = c("response", "link", "class", "coefficients", "nonzero", "terms"), ...,
    gamma = NULL) {
  type <- match_choice(type, predict_types, "type")
  predicted <- if (missing(newdata)) {
    at_chosen(object, stats::predict, lambda, parent.frame(), gamma, type = type, ...)
  } else {
    at_chosen(
      object, stats::predict, lambda, parent.frame(), gamma,
      newdata = newdata, type = type, ...
    )
  }
  if (type %in% c("coefficients", "terms")) predicted else drop_single(predicted)
}

#' @rdname coef.cv_sparsereg
#' @export
fitted.cv_sparsereg <- function(object, lambda = "lambda_1se", ..., gamma = NULL) {
  drop_single(at_chosen(object, stats::fitted, lambda, parent.frame(), gamma, ...))
}

#' @rdname coef.cv_sparsereg
#' @export
residuals.cv_sparsereg <- function(
    object, type = c("response", "deviance", "pearson", "working"), lambda = "lambda_1se", ...,
    gamma = NULL) {
  drop_single(
    at_chosen(object, stats::residuals, lambda, parent.frame(), gamma, type = type, ...)
  )
}

# Calls the method for the fit inside as if the user had, so that it finds the user's data.
at_chosen <- function(object, generic, lambda, envir, gamma, ...) {
  by_size <- !is.null(list(...)[["df"]])
  fit <- mixed_fit(object, chosen_gamma(object, if (!by_size) lambda, gamma))
  arguments <- list(fit, ...)
  # The lambdas of the rules are on the grid, where there is nothing to refit.
  if (!is.null(fit$penalised_fit) && isTRUE(arguments[["exact"]]) && !is.character(lambda)) {
    abort_input("exact", "must be FALSE for a relaxed fit, which is not refitted.",
      remedy = "Leave it out, or give gamma = 1."
    )
  }
  # Beside another than the default, `df` is an error of the method for fits.
  if (!by_size || !identical(lambda, "lambda_1se")) {
    arguments$lambda <- chosen_lambda(object, lambda)
  }
  do.call(generic, arguments, envir = envir)
}

# The same for what is known of the fit inside without relaxation.
at_rule <- function(object, generic, lambda, envir, ...) {
  do.call(generic, list(object$fit, lambda = chosen_lambda(object, lambda), ...), envir = envir)
}

chosen_gamma <- function(object, lambda, gamma) {
  if (is.null(gamma)) {
    named <- is.character(lambda) && length(lambda) == 1
    return(if (named) object[[sub("lambda", "gamma", lambda, fixed = TRUE)]])
  }
  check_number(gamma, "gamma", min = 0, max = 1)
  if (is.null(object$relaxed) && gamma < 1) {
    abort_input("gamma", "must be 1: this path was made without relaxation.",
      remedy = "Use cv_sparsereg(relax = TRUE)."
    )
  }
  gamma
}

chosen_lambda <- function(object, lambda) {
  if (!is.character(lambda)) {
    return(lambda)
  }
  rules <- c("lambda_1se", "lambda_min")
  if (length(lambda) != 1 || !lambda %in% rules) {
    abort_input(
      "lambda", "must be \"lambda_1se\" or \"lambda_min\", or numbers.",
      remedy = if (length(lambda) == 1 && !is.na(lambda)) {
        suggest_name(gsub(".", "_", lambda, fixed = TRUE), rules, quote = "\"")
      }
    )
  }
  object[[lambda]]
}

# One lambda: a vector, as from a method for lm.
drop_single <- function(values) {
  if (is.list(values)) {
    return(if (length(values) == 1) values[[1]] else values)
  }
  if (ncol(values) == 1) stats::setNames(values[, 1], rownames(values)) else values
}

#' @rdname coef.cv_sparsereg
#' @export
deviance.cv_sparsereg <- function(object, ...) {
  stats::deviance(object$fit, ...)
}

#' @rdname coef.cv_sparsereg
#' @export
nobs.cv_sparsereg <- function(object, ...) {
  stats::nobs(object$fit, ...)
}

#' @rdname coef.cv_sparsereg
#' @export
formula.cv_sparsereg <- function(x, ...) {
  stats::formula(x$fit, ...)
}

#' @rdname coef.cv_sparsereg
#' @export
terms.cv_sparsereg <- function(x, ...) {
  stats::terms(x$fit, ...)
}

#' @rdname coef.cv_sparsereg
#' @export
family.cv_sparsereg <- function(object, ...) {
  stats::family(object$fit, ...)
}

#' @rdname coef.cv_sparsereg
#' @export
variable.names.cv_sparsereg <- function(object, ...) {
  stats::variable.names(object$fit, ...)
}

#' @rdname coef.cv_sparsereg
#' @export
labels.cv_sparsereg <- function(object, ...) {
  labels(object$fit, ...)
}

#' @rdname coef.cv_sparsereg
#' @export
na.action.cv_sparsereg <- function(object, ...) {
  stats::na.action(object$fit, ...)
}
