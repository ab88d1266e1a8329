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
#'   offset is evaluated in `newdata` like its other variables, and `newoffset` replaces the result.
#'   Without `newdata` it is an error.
#' @param new_levels what to do with factor levels that the fit has not seen: `"error"`, or
#'   `"zero"` to set all columns of that factor to 0.
#' @param ... not used: any other argument is an error.
#'
#' @return For `type = "response"` and `"link"` a matrix with one row for each new observation and
#'   one column for each lambda, also if there is only one of them. Rows are named as in `newdata`,
#'   columns by lambda as in [coef.sparsereg()]. A row with a missing value in a variable of the
#'   model is `NA`, whether or not its coefficient is zero.
#'
#'   For `type = "terms"` a matrix with one column for each term, as by [stats::predict.lm()]: the
#'   columns of x that belong to the term times their coefficients, less the mean of that over the
#'   rows of the fit (not weighted; nothing is taken off without an intercept). With the attribute
#'   `"constant"`, the intercept at these means, the rows add up to the linear predictor less the
#'   offset: an offset belongs to no term.
#'
#' @section Errors: Missing columns, new levels (unless `new_levels = "zero"`), a wrong number of
#'   columns and a missing `newoffset` are errors that name the variable.
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
                              new_levels = c("error", "zero"), terms = NULL, data = NULL, ...) {
  check_dots(..., fun = "predict()", known = names(formals()), elsewhere = glmnet_names())
  type <- match_choice(type, predict_types, "type")
  check_class_type(object, type)
  check_terms_type(object, type)
  new_levels <- match_choice(new_levels, c("error", "zero"), "new_levels")
  envir <- parent.frame()
  delayedAssign("problem", recover_problem(object, data, envir))
  path <- path_at(object, lambda, exact, df, problem)
  switch(type,
    coefficients = return(coef_matrix(path)),
    nonzero = return(nonzero_names(path))
  )
  if (missing(newdata)) {
    reject_newoffset(newoffset)
    return(fitted_path(object, path, problem, type, terms))
  }
  new <- forge(object$blueprint, newdata, new_levels = new_levels)
  offset <- if (type != "terms") total_offset(object, new, newoffset)
  predicted <- predicted_values(object, path, new$x, offset, type, terms)
  predicted[new$incomplete, ] <- NA
  rownames(predicted) <- new_row_names(new$x, newdata)
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

new_row_names <- function(x, newdata) {
  same_rows <- length(dim(newdata)) == 2 && nrow(newdata) == nrow(x)
  if (is.null(rownames(x)) && same_rows) rownames(newdata) else rownames(x)
}

# A formula says where the offset of new data is found; a matrix does not.
total_offset <- function(object, new, newoffset) {
  n <- nrow(new$x)
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
  rep_len(as.vector(newoffset), n)
}

# The fitted values have the offset of the fit.
reject_newoffset <- function(newoffset) {
  if (!is.null(newoffset)) {
    abort_input("newoffset", "is for new observations, and there is no `newdata`.",
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
