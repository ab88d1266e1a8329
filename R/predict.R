#' Predictions from a path
#'
#' @inheritParams coef.sparsereg
#' @param object a fit by [sparsereg()].
#' @param newdata new observations. For a fit by formula or from a data frame: a data frame with the
#'   variables of the model, in any order. Factor levels, contrasts and the parameters of terms such
#'   as `poly()` are those of the fit. For a fit from a matrix: a matrix (dense or sparse) whose
#'   columns are matched by name, or, if it has no column names, by position. If missing, the fitted
#'   values are returned (see [fitted.sparsereg()]).
#' @param type `"response"`: the predicted mean; `"link"`: the linear predictor (the same for the
#'   gaussian family); `"class"`, for a binomial fit: the more probable class, as text;
#'   `"coefficients"`: what [coef.sparsereg()] returns; `"nonzero"`: a list with
#'   the names of the variables that are in the model, one element for each lambda; `"terms"`, for
#'   one lambda of a fit by formula or from a data frame: what each term of the model adds to the
#'   linear predictor.
#' @param terms for `type = "terms"`, names of the terms wanted; by default all.
#' @param newoffset the offset of the new observations, one number or one for each. Required if
#'   the model was fitted from x and y with the argument `offset`. If it was fitted by formula, its
#'   offset is evaluated in `newdata` like its other variables, unless `newoffset` replaces it: then
#'   the variables of the offset need not be there.
#' @param new_levels what to do with factor levels that the fit has not seen: `"error"`, or
#'   `"zero"` to set all columns of that factor to 0.
#' @param na.action what to do with new observations that miss a variable of the model, as for
#'   [stats::predict.lm()]: by [stats::na.pass()] their prediction is `NA`; [stats::na.omit()]
#'   leaves them out, of which a message of class `sparsepath_message_omitted` tells;
#'   [stats::na.fail()] makes them an error. `NULL` stands for `na.pass`.
#' @param ... not used: any other argument is an error.
#'
#' @return For `type = "response"` and `"link"` a matrix with one row for each new observation and
#'   one column for each lambda, also if there is only one of them. Rows are named as in `newdata`,
#'   columns by lambda as in [coef.sparsereg()]. A row with a missing value in a variable of the
#'   model is `NA`, whether or not its coefficient is zero, unless `na.action` leaves it out.
#'
#'   For `type = "terms"` a matrix with one column for each term, as by [stats::predict.lm()]: the
#'   columns of x that belong to the term times their coefficients, less the mean of that over the
#'   rows of the fit (not weighted; nothing is taken off without an intercept). With the attribute
#'   `"constant"`, the intercept at these means, the rows add up to the linear predictor less the
#'   offset: an offset belongs to no term.
#'
#' @section Errors: Missing columns and a wrong number of them (class
#'   `sparsepath_error_missing_columns`), new levels (`sparsepath_error_new_levels`, unless
#'   `new_levels = "zero"`), variables of another kind than in the fit
#'   (`sparsepath_error_variable`) and a missing `newoffset` are errors that name the variable. What
#'   would do nothing is an error, too: `newoffset`, `new_levels` and `na.action` without `newdata`,
#'   `terms` and `newoffset` beside a `type` that has no use for them, and new data where
#'   coefficients are asked for.
#'
#' @seealso [predict.cv_sparsereg()], which chooses lambda by cross-validation.
#' @examples
#' fit <- sparsereg(mpg ~ ., data = mtcars, penalty = "l1")
#' predict(fit, mtcars[1:3, ], lambda = c(1, 0.1))
#' predict(fit, lambda = 1, type = "nonzero")
#' @export
predict.sparsereg <- function(object, newdata, lambda = NULL,
                              type = c(
                                "response", "link", "class", "coefficients", "nonzero", "terms"
                              ),
                              exact = FALSE, df = NULL, newoffset = NULL,
                              new_levels = c("error", "zero"), terms = NULL, data = NULL,
                              na.action = stats::na.pass, # nolint: object_name_linter.
                              ...) {
  check_dots(..., fun = "predict()", known = names(formals()), elsewhere = glmnet_names())
  type <- match_choice(type, predict_types, "type")
  given <- c(
    "newdata"[!missing(newdata)], "newoffset"[!is.null(newoffset)],
    "new_levels"[!missing(new_levels)], "na.action"[!missing(na.action)], "terms"[!is.null(terms)]
  )
  check_type_uses(type, given)
  check_class_type(object, type)
  check_terms_type(object, type)
  envir <- parent.frame()
  delayedAssign("problem", recover_problem(object, data, envir))
  path <- path_at(object, lambda, exact, df, problem)
  switch(type,
    coefficients = return(coef_matrix(path)),
    nonzero = return(nonzero_names(path))
  )
  if (missing(newdata)) {
    reject_without_newdata(setdiff(given, "terms"))
    return(fitted_path(object, path, problem, type, terms))
  }
  new_levels <- match_choice(new_levels, c("error", "zero"), "new_levels")
  new <- forge(object$blueprint, newdata, na.action, new_levels,
    use_offset = is.null(newoffset) && type != "terms"
  )
  offset <- if (type != "terms") total_offset(object, new, newoffset)
  predicted <- predicted_values(object, path, new$x, offset, type, terms)
  predicted[new$incomplete, ] <- NA
  rownames(predicted) <- new_row_names(new, newdata)
  predicted
}

predicted_values <- function(object, path, x, offset, type, terms = NULL) {
  if (type == "terms") {
    return(predicted_terms(object, path, x, terms))
  }
  mean_response(object, linear_predictor(path, x, offset), type)
}

predict_types <- c("response", "link", "class", "coefficients", "nonzero", "terms")

# What the arguments are called in glmnet.
glmnet_names <- function() {
  list(newx = "Did you mean `newdata`?", s = "Did you mean `lambda`?")
}

# eta = offset + intercept + x beta, n x L. Only columns with a nonzero coefficient are read, and x
# stays sparse if it is; `rows` takes a part of it without a copy of the rest.
linear_predictor <- function(path, x, offset = NULL, rows = NULL) {
  active <- sort(unique(path$beta@i)) + 1L
  if (!is.null(rows)) {
    x <- x[rows, active, drop = FALSE]
    offset <- offset[rows]
  } else if (length(active) < ncol(x)) {
    x <- x[, active, drop = FALSE]
  }
  beta <- path$beta[active, , drop = FALSE]
  eta <- if (is.matrix(x)) x %*% as.matrix(beta) else as.matrix(x %*% beta)
  eta <- eta + rep(path$intercept, each = nrow(eta))
  if (!is.null(offset)) {
    eta <- eta + offset
  }
  dimnames(eta) <- list(rownames(x), lambda_labels(path$lambda))
  eta
}

# Those of the new data; their numbers where some without names were left out.
new_row_names <- function(new, newdata) {
  if (!is.null(rownames(new$x))) {
    return(rownames(new$x))
  }
  omitted <- new$na_action
  n <- nrow(new$x) + length(omitted)
  names <- if (length(dim(newdata)) == 2 && nrow(newdata) == n) rownames(newdata)
  if (length(omitted) == 0) {
    return(names)
  }
  (if (is.null(names)) as.character(seq_len(n)) else names)[-omitted]
}

# A formula says where the offset of new data is found; a matrix does not.
total_offset <- function(object, new, newoffset) {
  n <- nrow(new$x) + length(new$na_action)
  if (is.null(newoffset)) {
    if (isTRUE(object$blueprint$has_offset)) {
      abort_input(
        "newoffset", "is needed: the model was fitted with the argument `offset`.",
        remedy = "Give one number for each row of `newdata`, or 0 to predict without it."
      )
    }
    return(new$offset)
  }
  if (!is.numeric(newoffset) || !length(newoffset) %in% c(1L, n)) {
    abort_input(
      "newoffset", paste0("must be one number or ", count_of(n, "number"), ", one for each row.")
    )
  }
  offset <- rep_len(as.double(newoffset), n)
  if (length(new$na_action) > 0) offset[-new$na_action] else offset
}

# Names of arguments that were given and would do nothing.
check_type_uses <- function(type, given) {
  unused <- switch(type,
    coefficients = , nonzero = given,
    terms = intersect(given, "newoffset"),
    intersect(given, "terms")
  )
  if (length(unused) > 0) {
    abort_input(unused[1], paste0("does nothing for type = ", quote_values(type), "."),
      remedy = "Leave it out."
    )
  }
}

# The fitted values have the offset, the levels and the observations of the fit.
reject_without_newdata <- function(given) {
  if (length(given) > 0) {
    abort_input(given[1], "is for new observations, and there is no `newdata`.",
      remedy = "Give the observations as `newdata`, if they are those of the fit, too."
    )
  }
}

mean_response <- function(object, eta, type) {
  if (type == "link") {
    return(eta)
  }
  mean <- family_mean(object$loss, eta)
  if (type == "class") predicted_classes(object, mean) else mean
}

# The class that is more likely than the other.
predicted_classes <- function(object, mean) {
  classes <- if (is.null(object$classes)) c("0", "1") else object$classes
  found <- mean
  found[] <- classes[1 + (mean > 0.5)]
  found
}

check_class_type <- function(object, type) {
  if (type == "class" && !grepl("binomial$", object$family)) {
    abort_input("type", paste0("= \"class\" is for family \"binomial\", not ", object$family, "."))
  }
}

nonzero_names <- function(path) {
  n_lambda <- length(path$lambda)
  column <- factor(rep(seq_len(n_lambda), diff(path$beta@p)), levels = seq_len(n_lambda))
  nonzero <- path$beta@x != 0
  sets <- split(rownames(path$beta)[path$beta@i + 1L][nonzero], column[nonzero])
  stats::setNames(sets, lambda_labels(path$lambda))
}
