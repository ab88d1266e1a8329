# The problem is what a fit solves: everything that sparsereg() was given, checked and in one form.
# It is a list of class "sparsepath_problem" with the fields
#   x, y, weights, offset      double matrix or dgCMatrix with column names; vectors or NULL
#   intercept, standardize     TRUE or FALSE
#   penalty, alpha, family     "l1", "l2" or "elasticnet"; a number; a "sparsepath_family"
#   lambda, nlambda, lambda_min_ratio   as the user gave them, NULL for a default
#   penalty_factor, lower, upper        one value for each column, with names
#   classes                    binomial: names of failure and success, or NULL
#   trials                     binomial: row totals of a response of two columns, or NULL
#   control, blueprint, na_action, y_name, call
#   rows                       labels of the rows in a data frame, or NULL
#   all_rows                   formula: the number n of all rows, and the places of those used; NULL
#                              where they cannot be told
#   data                       argument `data` of the formula interface, or NULL

# The arguments of sparsereg() that do not depend on how the data are given.
setting_names <- c(
  "penalty", "family", "alpha", "lambda", "nlambda", "lambda_min_ratio", "standardize",
  "intercept", "penalty_factor", "lower", "upper", "exclude", "control"
)

# Reads them from the frame of a method. A penalty that was not given leaves the word to alpha.
collect_settings <- function(frame) {
  settings <- mget(setting_names, envir = frame)
  if (eval(quote(missing(penalty)), frame)) {
    settings["penalty"] <- list(NULL)
  }
  check_settings(settings)
}

# What can be checked before the data are touched.
check_settings <- function(settings) {
  check_control(settings$control)
  resolved <- resolve_penalty(settings$penalty, settings$alpha)
  settings[names(resolved)] <- resolved
  settings$family <- as_family(settings$family)
  check_count(settings$nlambda, "nlambda")
  settings["lambda"] <- list(check_lambda(settings$lambda))
  if (!is.null(settings$lambda_min_ratio)) {
    check_number(settings$lambda_min_ratio, "lambda_min_ratio", above = 0, below = 1)
  }
  check_flag(settings$standardize, "standardize")
  check_flag(settings$intercept, "intercept")
  settings
}

# `design` is what design_from_formula() (R/model-frame.R) or design_from_xy() returns.
new_problem <- function(design, settings) {
  x <- design$x
  n <- nrow(x)
  response <- check_response(design$y, n, settings$family, design$y_argument, design$rows)
  y <- response$y
  weights <- check_weights(design$weights, n, design$rows)
  weights <- weigh_trials(weights, response$trials, design$y_argument)
  offset <- check_offset(design$offset, n, design$rows)
  intercept <- settings$intercept && design$intercept
  check_attainable(y, weights, intercept, settings$family, design$y_argument)
  check_offset_range(offset, weights, settings$family)
  if (intercept && settings$family$loss == "gaussian log") {
    check_positive_mean(y, weights, offset, design$y_argument)
  }
  if (settings$family$loss == "gaussian") {
    check_spread(y, weights, offset, intercept, design$y_argument)
  }
  design$blueprint <- remember_means(design$blueprint, x, weights)
  by_column <- resolve_columns(settings, colnames(x), design$blueprint$terms_of)
  taken <- c(
    "standardize", "penalty", "alpha", "family", "lambda", "nlambda", "lambda_min_ratio", "control"
  )
  structure(
    c(
      list(x = x, y = y, weights = weights, offset = offset, intercept = intercept),
      settings[taken], by_column,
      list(classes = response$classes, trials = response$trials),
      list(
        na_action = design$na_action, rows = design$rows, all_rows = design$all_rows,
        data = design$data
      ),
      design[c("blueprint", "y_name", "call")]
    ),
    class = "sparsepath_problem"
  )
}

# The fit itself only knows weighted means.
remember_means <- function(blueprint, x, weights) {
  if (!is.null(blueprint$terms_of) && !is.null(weights)) {
    blueprint$means <- Matrix::colMeans(x)
  }
  blueprint
}

check_size <- function(x) {
  if (nrow(x) == 0) {
    abort_input("x", "must have at least one row: no rows are left to fit.",
      class = "sparsepath_error_no_rows"
    )
  }
  if (ncol(x) == 0) {
    abort_input("x", "must have at least one column.", class = "sparsepath_error_no_predictors")
  }
}

# As they were given, 1 if there were none.
problem_weights <- function(problem) {
  if (is.null(problem$weights)) rep(1, nrow(problem$x)) else problem$weights
}

# The v_i of the objective, which sum to 1.
scaled_weights <- function(problem) {
  weights <- problem_weights(problem)
  weights / sum(weights)
}

solve_or_return <- function(problem) {
  if (problem$control$fit) fit_problem(problem) else problem
}

# For those who evaluate the call of a fit again to have its problem. The dots are never evaluated:
# variables that stand in them are not taken for a `.` (see expand_dot()).
without_fit <- function(control, ...) {
  check_control(control)
  if (!control$fit) {
    abort_input("control", "must not have fit = FALSE where a fit is needed.",
      remedy = "Give it to sparsereg()."
    )
  }
  control$fit <- FALSE
  control
}

#' @export
print.sparsepath_problem <- function(x, ...) {
  kind <- if (is.matrix(x$x)) "dense" else "sparse"
  cat(
    "<sparsepath_problem> ", count_of(nrow(x$x), "row"), ", ", count_of(ncol(x$x), "column"),
    " (", kind, ")\n",
    "response: ", x$y_name, ", family ", x$family$name, "\n",
    "penalty: ", x$penalty, ", alpha ", format(x$alpha),
    if (x$intercept) ", intercept" else ", no intercept",
    if (x$standardize) ", standardised" else ", not standardised", "\n",
    "columns: ", quote_names(colnames(x$x)), "\n",
    sep = ""
  )
  invisible(x)
}

# The function of a call as update() will find it: do.call() and lapply() leave no name that would
# do, sparsepath::sparsereg() one that is good also where the package is not attached.
called_name <- function(call, name) {
  full <- call("::", quote(sparsepath), name)
  if (identical(call[[1]], full)) full else name
}

# ---- Data given as x and y ----------------------------------------------------------------------

design_from_xy <- function(x, y, weights, offset, call) {
  if (missing(x)) {
    abort_input("x", "is missing.",
      remedy = "Give a formula, or predictors `x` and a response `y`."
    )
  }
  if (missing(y) || inherits(y, "formula")) {
    abort_input(
      "y", if (missing(y)) "is missing." else "must be a response, not a formula.",
      remedy = "Give the response as second argument, or write sparsereg(formula, data)."
    )
  }
  y_name <- if (is.language(call$y)) deparse1(call$y) else "y"
  y_name <- if (nchar(y_name) > 60) "y" else y_name
  prepare <- if (is.data.frame(x)) design_from_data_frame else design_from_matrix
  design <- prepare(x, y_name)
  design$blueprint$has_offset <- !is.null(offset)
  c(design, list(
    y = y, weights = weights, offset = offset, intercept = TRUE, y_argument = "y",
    y_name = y_name, call = call
  ))
}

design_from_matrix <- function(x, y_name) {
  x <- as_numeric_design(x)
  check_size(x)
  named <- !is.null(colnames(x))
  columns <- column_names(x)
  if (named) {
    check_unique_columns(columns, "x", "For instance: colnames(x) <- make.unique(colnames(x)).")
  }
  if (!identical(columns, colnames(x))) {
    x <- set_column_names(x, columns)
  }
  list(x = x, blueprint = new_blueprint_matrix(columns, named, y_name))
}

# Empty names are made up from the position, as when there are none.
column_names <- function(x) {
  names <- colnames(x)
  if (is.null(names)) {
    return(made_up_names(ncol(x)))
  }
  empty <- is.na(names) | !nzchar(names)
  if (any(empty)) names[empty] <- made_up_names(ncol(x))[empty]
  names
}

# V1, V2, ... Making them up takes a sizeable part of a fit: the last ones are kept.
made_up <- new.env(parent = emptyenv())
made_up$names <- character(0)

made_up_names <- function(count) {
  if (length(made_up$names) != count) made_up$names <- sprintf("V%d", seq_len(count))
  made_up$names
}

# Neither branch copies the numbers: for a matrix R makes a wrapper that shares them, and an S4
# object shares its slots.
set_column_names <- function(x, columns) {
  if (is.matrix(x)) {
    dimnames(x) <- list(rownames(x), columns)
  } else {
    x@Dimnames[[2]] <- columns
  }
  x
}

# A double matrix or a dgCMatrix. Dense double matrices and dgCMatrix objects are taken as they are;
# all other kinds of numbers become one of the two, and what is sparse stays sparse.
as_numeric_design <- function(x, argument = "x") {
  if (is.data.frame(x)) {
    return(data_frame_as_matrix(x, argument))
  }
  if (methods::is(x, "Matrix")) {
    return(as_known_matrix(x))
  }
  is_number <- is.numeric(x) || is.logical(x)
  if (!is_number || is.factor(x) || length(dim(x)) > 2) {
    abort_input(
      argument, paste0("must be a numeric matrix, not ", describe(x), "."),
      remedy = remedy_for_x(x, argument), class = "sparsepath_error_x"
    )
  }
  x <- read_integer64(x)
  if (!is.matrix(x)) {
    x <- matrix(x, ncol = 1)
  }
  if (!is.double(x)) {
    storage.mode(x) <- "double"
  }
  x
}

# Package bit64 keeps whole numbers in the bits of doubles; what forgets their class has others.
read_integer64 <- function(x) {
  if (!inherits(x, "integer64")) {
    return(x)
  }
  structure(as.double(x), dim = dim(x), dimnames = dimnames(x), names = names(x))
}

remedy_for_x <- function(x, argument) {
  if (length(dim(x)) > 2) {
    remedy_for_array(argument)
  } else if (is.character(x) && length(x) == 1 && grepl("~", x, fixed = TRUE)) {
    "If it is meant as a formula, write as.formula(x)."
  } else if (is.character(x)) {
    "Text belongs into a data frame, where it is coded like a factor."
  } else if (is.factor(x) || inherits(x, c("Date", "POSIXct", "difftime"))) {
    paste0("Write data.frame(", argument, "): the columns of a data frame are coded.")
  } else {
    "Give a matrix or a data frame with one row for each observation."
  }
}

as_known_matrix <- function(x) {
  if (methods::is(x, "dgCMatrix")) {
    return(x)
  }
  if (!methods::is(x, "sparseMatrix")) {
    return(as.matrix(methods::as(x, "dMatrix")))
  }
  methods::as(methods::as(methods::as(x, "dMatrix"), "generalMatrix"), "CsparseMatrix")
}

data_frame_as_matrix <- function(x, argument) {
  numeric <- vapply(x, function(value) is.numeric(value) || is.logical(value), NA)
  if (!all(numeric)) {
    name <- names(x)[!numeric]
    abort_input(
      argument, paste0("must have only numeric columns, as in the fit: ", quote_names(name[1]),
        " is ", describe_type(x[[which(!numeric)[1]]]), "."),
      variable = name, class = "sparsepath_error_variable"
    )
  }
  x[] <- lapply(x, read_integer64)
  x <- as.matrix(x)
  storage.mode(x) <- "double"
  x
}

design_from_data_frame <- function(x, y_name) {
  x <- as.data.frame(x)
  check_size(x)
  names(x) <- column_names(x)
  check_unique_columns(names(x), "x", "For instance: names(x) <- make.unique(names(x)).")
  Map(check_shape, x, names(x))
  x[] <- lapply(x, function(value) if (is.factor(value)) droplevels(value) else value)
  blueprint <- new_blueprint_data_frame(x, y_name)
  check_missing_categories(x)
  list(
    x = forge_frame(blueprint, x, "error")$x, blueprint = blueprint, rows = attr(x, "row.names")
  )
}

# Missing numbers are found where x is read for its means; a missing category has no column.
check_missing_categories <- function(x) {
  missing <- vapply(x, function(value) !is.numeric(value) && anyNA(value), NA)
  if (any(missing)) {
    name <- names(x)[missing]
    abort_input(
      "x", paste0("must not have missing values: ", quote_names(name), " has."),
      variable = name,
      remedy = "Remove those rows, make them a level with addNA(), or use the formula interface.",
      class = "sparsepath_error_nonfinite"
    )
  }
}
