# Measures of prediction error. A measure is a list of class "sparsepath_measure" with
#   label      in words
#   maximize   is more better?
#   deviance   is it the mean deviance of the family?
#   fun        function(y, mu, weights): a number for y (n) and one column mu (n) of predicted means
#   unit       instead of fun: the loss of each observation, for the whole matrix mu (n x L) at
#              once; the measure is its weighted mean

# The measures of a family, by name: the first is its default.
family_measures <- function(family) {
  squared <- unit_measure("mean squared error", function(y, mu) (y - mu)^2)
  absolute <- unit_measure("mean absolute error", function(y, mu) abs(y - mu))
  deviance <- unit_measure(
    paste("mean", family$name, "deviance"), function(y, mu) edge_deviance(family, y, mu),
    deviance = TRUE
  )
  if (family$name == "gaussian") {
    squared$deviance <- TRUE
    return(list(mse = squared, mae = absolute, deviance = deviance))
  }
  general <- list(deviance = deviance, mse = squared, mae = absolute)
  if (family$name != "binomial") {
    return(general)
  }
  classes <- list(
    class = unit_measure("misclassification rate", function(y, mu) ifelse(mu > 0.5, 1 - y, y)),
    auc = new_measure("area under the ROC curve", weighted_auc, maximize = TRUE),
    brier = unit_measure("Brier score", function(y, mu) y * (1 - mu)^2 + (1 - y) * mu^2)
  )
  c(general[1], classes, general[-1])
}

new_measure <- function(label, fun = NULL, unit = NULL, maximize = FALSE, deviance = FALSE) {
  structure(
    list(label = label, fun = fun, unit = unit, maximize = maximize, deviance = deviance),
    class = "sparsepath_measure"
  )
}

unit_measure <- function(label, unit, deviance = FALSE) {
  new_measure(label, unit = unit, deviance = deviance)
}

# A mean at the edge of its range costs nothing if it is right, and else more than any number: it is
# kept 1e-15 away.
edge_deviance <- function(family, y, mu) {
  edge <- 1e-15
  if (family$name == "binomial") {
    mu[] <- pmin(pmax(mu, edge), 1 - edge)
  } else if (family$name != "gaussian" && all(y >= 0)) {
    mu[] <- pmax(mu, edge)
  }
  family_unit_deviance(family, y, mu)
}

# The chance that a positive is predicted higher than a negative, ties counting one half, with
# weights (Hanley and McNeil, 1982). NA without both classes. y may be a share of positives.
weighted_auc <- function(y, mu, weights) {
  value <- sort(unique(mu))
  at <- factor(match(mu, value), seq_along(value))
  positive <- as.vector(stats::xtabs(weights * y ~ at))
  negative <- as.vector(stats::xtabs(weights * (1 - y) ~ at))
  below <- cumsum(negative) - negative / 2
  total <- sum(positive) * sum(negative)
  if (total > 0) sum(positive * below) / total else NA_real_
}

#' A measure of prediction error of one's own
#'
#' For the argument `measure` of [cv_sparsereg()]. A plain function does as well, if less is better.
#'
#' @param fun a function of `y` (the observed values of one fold), `mu` (the predicted means at one
#'   lambda, as many) and `weights` (their weights, all positive) that returns one number, `NA` if
#'   the measure does not exist for that fold.
#' @param label what it measures, for print and plots; `NULL` for its name in a list of measures.
#' @param maximize is more better?
#' @return An object of class `sparsepath_measure`.
#' @examples
#' worst <- cv_measure(function(y, mu, weights) max(abs(y - mu)), "largest absolute error")
#' cv_sparsereg(mpg ~ ., mtcars, seed = 1, measure = list("mse", worst = worst))
#' @export
cv_measure <- function(fun, label = NULL, maximize = FALSE) {
  if (!is.function(fun)) {
    abort_input("fun", paste0("must be a function, not ", describe(fun), "."))
  }
  if (!is.null(label) && (!is.character(label) || length(label) != 1 || is.na(label))) {
    abort_input("label", paste0("must be one text, not ", describe(label), "."))
  }
  check_flag(maximize, "maximize")
  new_measure(label, fun = fun, maximize = maximize)
}

# A named list of measures: the first is the one that chooses lambda.
resolve_measures <- function(measure, family) {
  known <- family_measures(family)
  if (is.null(measure)) {
    return(known[1])
  }
  if (is.function(measure) || inherits(measure, "sparsepath_measure")) {
    measure <- list(custom = measure)
  }
  if (!length(measure) || !(is.character(measure) || is.list(measure))) {
    abort_input("measure", paste0("must be names or functions, not ", describe(measure), "."))
  }
  names <- if (is.null(names(measure))) rep("", length(measure)) else names(measure)
  measures <- Map(resolve_measure, as.list(measure), names, list(known), family$name)
  plain <- vapply(as.list(measure), is.character, NA)
  names[plain] <- vapply(as.list(measure)[plain], identity, "")
  names[names == ""] <- paste0("custom", seq_along(names))[names == ""]
  stats::setNames(measures, make.unique(names))
}

resolve_measure <- function(measure, name, known, family) {
  if (is.function(measure)) {
    measure <- cv_measure(measure)
  }
  if (inherits(measure, "sparsepath_measure")) {
    unnamed <- if (measure$maximize) "custom measure" else "custom error"
    if (is.null(measure$label)) {
      measure$label <- if (name %in% c("", "custom")) unnamed else name
    }
    return(measure)
  }
  if (!is.character(measure) || length(measure) != 1 || !measure %in% names(known)) {
    abort_input("measure", paste0(
      "must be a measure for family ", quote_values(family), ", not ", describe(measure), "."
    ), remedy = paste0("Available: ", quote_values(names(known), 10), ", or a function."))
  }
  known[[measure]]
}

# One number for each lambda; mu is n x L, observations of weight zero do not count.
evaluate_measure <- function(measure, y, mu, weights) {
  used <- weights > 0
  y <- y[used]
  mu <- mu[used, , drop = FALSE]
  weights <- weights[used]
  if (!is.null(measure$unit)) {
    return(colSums(weights * measure$unit(y, mu)) / sum(weights))
  }
  reached <- !is.na(colSums(mu))
  values <- rep(NA_real_, ncol(mu))
  values[reached] <- apply(mu[, reached, drop = FALSE], 2, function(column) {
    check_measured(tryCatch(measure$fun(y, column, weights), error = abort_measure))
  })
  values
}

abort_measure <- function(error) {
  pass_time_limit(error)
  abort_input("measure", paste0(
    "is a function that fails: ", sub("[.]$", "", conditionMessage(error)), "."
  ), remedy = "It is called with y, mu and weights: see ?cv_measure.")
}

check_measured <- function(value) {
  if (length(value) != 1 || !(is.numeric(value) || is.na(value))) {
    abort_input("measure", paste0("must return one number, not ", describe(value), "."))
  }
  as.double(value)
}
