#' Print and summarise a cross-validated path
#'
#' `print()` shows what each of the two rules chooses, by every measure, and which of them `coef()`
#' and `predict()` use; for several values of alpha also what each of them comes to. `summary()`
#' adds the error at every lambda.
#'
#' @param x,object a cross-validated path by [cv_sparsereg()], or its summary.
#' @param digits number of significant digits.
#' @param ... not used.
#' @return `print()`: its argument, invisibly. `summary()`: a list of class `summary.cv_sparsereg`
#'   with `table`, a data frame with one row for each lambda (`lambda`, `error`, `se`, `df`,
#'   `rule`), and `cv`, the object itself.
#' @examples
#' cv <- cv_sparsereg(mpg ~ ., data = mtcars, penalty = "l1", nfolds = 5, seed = 1)
#' cv
#' summary(cv)
#' @name print.cv_sparsereg
#' @method print cv_sparsereg
#' @export
print.cv_sparsereg <- function(x, digits = 3, ...) {
  check_digits(digits)
  print_call(x$call)
  cat(describe_cv(x), "\n\n", sep = "")
  print(rule_table(x, digits))
  print_other_measures(x, digits)
  if (!is.null(x$grid)) {
    cat("\n", wrap(paste0(
      "alpha = ", format_number(x$fit$alpha), " has the ",
      if (x$measures[[x$measure]]$maximize) "largest value" else "smallest error",
      " at its lambda_min:"
    )), "\n", sep = "")
    print(alpha_table(x, digits), row.names = FALSE)
  }
  cat("\n", wrap("coef() and predict() use lambda_1se unless told otherwise."), "\n", sep = "")
  print_left_out(x$failed, x$measures, x$weights)
  cat(describe_cv_certificate(x), "\n", sep = "")
  invisible(x)
}

# The folds that do not count, by their numbers, and why: they could not be fitted, or have no value
# of a measure. measures: a list of `label` and `fold_error`, a matrix with a row for each fold.
print_left_out <- function(failed, measures, weights) {
  print_folds(
    failed, "could not be fitted and is left out of the error.",
    "could not be fitted and are left out of the error."
  )
  for (measure in measures) {
    empty <- which(rowSums(!is.na(measure$fold_error)) == 0 & weights > 0)
    value <- paste0("no value of \"", measure$label, "\" and")
    print_folds(
      setdiff(empty, failed), paste("has", value, "does not count for it."),
      paste("have", value, "do not count for it.")
    )
  }
}

print_folds <- function(folds, one, several) {
  if (length(folds) == 1) cat(wrap(paste("Fold", folds, one)), "\n", sep = "")
  if (length(folds) > 1) cat(wrap(paste("Folds", join_words(folds, 10), several)), "\n", sep = "")
}

rule_table <- function(cv, digits) {
  chosen <- c(lambda_min = cv$index_min, lambda_1se = cv$index_1se)
  table <- cv_table(cv)[chosen, c("lambda", "error", "se", "df")]
  table <- format_columns(table, digits)
  names(table)[c(2, 4)] <- c(value_name(cv$measures[[cv$measure]]), size_name(cv$fit))
  if (!is.null(cv$relaxed)) table$gamma <- format_number(cv$relaxed$gamma_at[chosen])
  `rownames<-`(table, names(chosen))
}

# No error where more of it is better.
value_name <- function(measure) {
  if (isTRUE(measure$maximize)) "value" else "error"
}

# What the other measures would choose, and their error there.
print_other_measures <- function(cv, digits) {
  for (name in setdiff(names(cv$measures), cv$measure)) {
    if (all(signed_error(cv, name) == Inf)) {
      cat("\nBy ", cv$measures[[name]]$label, ": no lambda has a value in every fold.\n", sep = "")
      next
    }
    index <- c(rule_index(cv, "min", name), rule_index(cv, "1se", name))
    measure <- cv$measures[[name]]
    table <- data.frame(
      lambda = cv$lambda[index], error = measure$error[index], se = measure$se[index],
      df = cv$df[index], row.names = c("lambda_min", "lambda_1se")
    )
    cat("\nBy ", measure$label, ":\n", sep = "")
    table <- format_columns(table, digits)
    names(table)[c(2, 4)] <- c(value_name(measure), size_name(cv$fit))
    print(table)
  }
}

alpha_table <- function(cv, digits) {
  at <- function(field) vapply(cv$grid, function(one) one[[field]][one$index_min], 0)
  table <- data.frame(
    alpha = format_number(vapply(cv$grid, function(one) one$fit$alpha, 0)),
    lambda_min = at("lambda"), error = at("error"), se = at("se"), df = at("df")
  )
  table <- format_columns(table, digits)
  if (any(vapply(cv$grid, function(one) one$fit$alpha == 0, NA))) {
    names(table)[5] <- "size"
  } else {
    names(table)[5] <- "nonzero"
  }
  names(table)[3] <- value_name(cv$measures[[cv$measure]])
  table
}

#' @rdname print.cv_sparsereg
#' @method summary cv_sparsereg
#' @export
summary.cv_sparsereg <- function(object, ...) {
  check_dots(..., fun = "summary()", known = names(formals()))
  structure(list(table = cv_table(object), cv = object), class = "summary.cv_sparsereg")
}

#' @rdname print.cv_sparsereg
#' @method print summary.cv_sparsereg
#' @export
print.summary.cv_sparsereg <- function(x, digits = 3, ...) {
  print(x$cv, digits = digits, ...)
  value <- value_name(x$cv$measures[[x$cv$measure]])
  cat("\n", if (value == "error") "Error" else "Value", " at every lambda:\n", sep = "")
  table <- format_columns(x$table, digits)
  table$rule <- x$table$rule
  names(table)[c(2, 4, 5)] <- c(value, size_name(x$cv$fit), "")
  print(table, row.names = FALSE)
  invisible(x)
}

cv_table <- function(cv) {
  rule <- rep("", length(cv$lambda))
  rule[cv$index_1se] <- "lambda_1se"
  rule[cv$index_min] <- trimws(paste(rule[cv$index_min], "lambda_min"))
  data.frame(lambda = cv$lambda, error = cv$error, se = cv$se, df = cv$df, rule = rule)
}

describe_cv <- function(cv) {
  folds <- cv$folds
  kind <- if (grepl("^[0-9]+-fold", folds$kind)) {
    sub("-fold(, at random)?", "-fold cross-validation", folds$kind)
  } else {
    paste("Cross-validation,", folds$kind)
  }
  repeats <- if (folds$repeats > 1) paste0(", repeated ", folds$repeats, " times")
  wrap(paste0(
    kind, repeats, " (", cv$measures[[cv$measure]]$label, "), ", describe_size(cv$fit), "."
  ))
}

describe_cv_certificate <- function(cv) {
  open <- which(!cv$converged)
  if (length(open) == 0) {
    return(wrap(paste0(
      "Certificate: the fits of all observations and of all folds meet the tolerance (",
      format_number(cv$fit$control$tol), ") at ", all_lambdas(length(cv$lambda)), "."
    )))
  }
  wrap(paste0(
    "NOT CERTIFIED: at ", length(open), " of ", count_of(length(cv$lambda), "lambda"),
    " a fit of all observations or of a fold misses the tolerance (",
    format_number(cv$fit$control$tol), "): ", list_lambdas(cv$lambda[open]), "."
  ))
}
