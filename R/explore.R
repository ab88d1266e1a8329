#' Explore a fit in the browser
#'
#' A small application in which lambda and alpha are dragged: the path, the coefficients, the
#' geometry of two of them ([plot_geometry()]) and the error of cross-validation follow. It needs
#' package shiny.
#'
#' @param fit a fit by [sparsereg()], or a cross-validated path by [cv_sparsereg()], whose folds
#'   are then used for every alpha.
#' @param nfolds number of folds for the error curve of a fit by [sparsereg()].
#' @param seed of the random folds of a fit by [sparsereg()]; the same folds serve for every alpha.
#'   Beside a cross-validated path, which has its folds, both are errors.
#' @param data as in [coef.sparsereg()].
#'
#' @details Path and error are computed anew for each alpha that is chosen, on its own default grid
#'   of lambdas, and kept until the application ends. Penalty factors,
#'   bounds, weights and offset stay those of the fit.
#' @return A shiny application, which runs when it is printed, or by [shiny::runApp()].
#' @section Errors: `sparsepath_error_package` when shiny is not installed;
#'   `sparsepath_error_input` for what is no fit, or a fit of fewer than two variables.
#' @examplesIf interactive() && requireNamespace("shiny", quietly = TRUE)
#' fit <- sparsereg(lpsa ~ . - train, data = prostate, penalty = "l1")
#' explore(fit)
#' @export
explore <- function(fit, nfolds = 5, seed = 1, data = NULL) {
  if (!requireNamespace("shiny", quietly = TRUE)) {
    abort(
      "explore() needs package shiny.\nInstall it: install.packages(\"shiny\").",
      class = "sparsepath_error_package"
    )
  }
  folds <- NULL
  if (inherits(fit, "cv_sparsereg")) {
    folds <- fit$folds
    drawn <- list(nfolds = if (!missing(nfolds)) nfolds, seed = if (!missing(seed)) seed)
    check_not_drawn(folds, drawn, "fit")
    fit <- fit$fit
  }
  check_fit(fit)
  problem <- recover_problem(fit, data, parent.frame())
  if (is.null(folds)) folds <- resolve_folds(problem, nfolds, NULL, seed)
  model <- new_explorer(fit, problem, folds)
  file <- system.file("explore", "app.R", package = "sparsepath", mustWork = TRUE)
  source(file, local = list2env(list(model = model), parent = globalenv()))$value
}

# What the application asks for, as functions of lambda and alpha: it knows nothing of problems.
new_explorer <- function(fit, problem, folds) {
  problem$family <- fit$loss
  problem["lambda"] <- list(NULL)
  remembered <- function(compute) {
    known <- list()
    function(alpha) {
      key <- format(alpha, digits = 15)
      if (is.null(known[[key]])) known[[key]] <<- compute(at_alpha(problem, alpha))
      known[[key]]
    }
  }
  path <- remembered(function(problem) muffle_constant(fit_problem(problem)))
  cv <- remembered(function(problem) {
    muffle_constant(cv_path(problem, folds, cv_plan(problem), problem$call))
  })
  list(
    response = fit$y_name, alpha = fit$alpha, columns = rownames(fit$beta), path = path, cv = cv,
    pair = function() two_variables(fit, NULL, path_interpolate(fit, halfway_lambda(fit))),
    start = function() halfway_lambda(fit),
    coefficients = function(lambda, alpha) {
      explored_coefficients(path(alpha), at_alpha(problem, alpha), lambda)
    },
    geometry = function(view, variables, lambda, alpha) {
      geometry_of(path(alpha), at_alpha(problem, alpha), view, variables, lambda, alpha, NULL)
    },
    position = lambda_position
  )
}

# The nonzero ones, largest per standard deviation first.
explored_coefficients <- function(fit, problem, lambda) {
  at <- path_at(fit, lambda, exact = TRUE, problem = problem)
  standardised <- standardize_path(at, fit)$beta[, 1]
  shown <- order(-abs(standardised))
  shown <- shown[standardised[shown] != 0]
  data.frame(
    variable = rownames(at$beta)[shown], coefficient = at$beta[shown, 1],
    standardised = unname(standardised[shown]), row.names = NULL
  )
}
