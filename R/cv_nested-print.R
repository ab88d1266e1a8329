#' Print and summarise a nested cross-validation
#'
#' `print()` shows the error of the whole procedure, by every measure, and what the
#' cross-validations inside had promised. `summary()` adds what was chosen in each outer fold, and
#' how it did there.
#'
#' @param x,object a nested cross-validation by [cv_nested()], or its summary.
#' @param digits number of significant digits.
#' @param ... not used: any other argument is an error.
#' @return `print()`: its argument, invisibly. `summary()`: a list of class
#'   `summary.cv_nested_sparsereg` with `table`, a data frame with one row for each outer fold that
#'   counts (`fold`, `lambda`, `alpha`, `gamma` if relaxed, `df`, `inner`, the error that was
#'   promised, and `error`, both by the first measure), and `nested`, the object itself.
#' @examples
#' nested <- cv_nested(mpg ~ ., data = mtcars, outer = 4, nfolds = 4, seed = 1)
#' nested
#' summary(nested)
#' @name summary.cv_nested_sparsereg
#' @method print cv_nested_sparsereg
#' @export
print.cv_nested_sparsereg <- function(x, digits = 3, ...) {
  check_digits(digits)
  print_call(x$call)
  cat(wrap(paste0(
    "Nested cross-validation: outside ", describe_folds(x$folds), "; inside each fold lambda by ",
    "the rule \"", x$rule, "\". ", count_of(x$nobs, "observation"), "."
  )), "\n\n", sep = "")
  table <- data.frame(mean = x$error, se = x$se, row.names = x$labels)
  print(format_columns(table, digits))
  cat("\n", wrap(paste0(
    "The cross-validations inside promised ", format_number(promised_error(x), digits), " (",
    x$labels[1], ") at the lambdas they chose, ", describe_chosen(x$chosen$lambda), "."
  )), "\n", sep = "")
  print_left_out(x$failed, lapply(seq_along(x$labels), function(m) {
    list(label = x$labels[[m]], fold_error = x$fold_error[, m, drop = FALSE])
  }), x$weights)
  invisible(x)
}

describe_chosen <- function(values) {
  ends <- unique(format_number(range(values)))
  if (length(ends) == 1) paste("all of them", ends) else paste("from", ends[1], "to", ends[2])
}

# What the choices inside would have us believe.
promised_error <- function(nested) {
  stats::weighted.mean(nested$chosen$inner, nested$weights[nested$chosen$fold])
}

# Whole numbers, which say "nonzero", unless some fit is ridge.
nested_size_name <- function(nested) {
  ridge <- nested$chosen$alpha == 0
  if (all(ridge)) "effective df" else if (any(ridge)) "size" else "nonzero"
}

nested_table <- function(nested) {
  chosen <- nested$chosen
  chosen$error <- unname(nested$fold_error[chosen$fold, 1])
  rownames(chosen) <- NULL
  chosen
}

#' @rdname summary.cv_nested_sparsereg
#' @method summary cv_nested_sparsereg
#' @export
summary.cv_nested_sparsereg <- function(object, ...) {
  check_dots(..., fun = "summary()", known = names(formals()))
  structure(
    list(table = nested_table(object), nested = object), class = "summary.cv_nested_sparsereg"
  )
}

#' @rdname summary.cv_nested_sparsereg
#' @method print summary.cv_nested_sparsereg
#' @export
print.summary.cv_nested_sparsereg <- function(x, digits = 3, ...) {
  print(x$nested, digits = digits, ...)
  cat("\n", wrap(paste0(
    "What was chosen without each outer fold, the ", x$nested$labels[1], " promised inside, and ",
    "that in the fold itself:"
  )), "\n", sep = "")
  table <- format_columns(x$table, digits)
  for (share in intersect(c("alpha", "gamma"), names(table))) {
    table[[share]] <- format_number(x$table[[share]])
  }
  renamed <- match(c("df", "inner", "error"), names(table))
  names(table)[renamed] <- c(nested_size_name(x$nested), "promised", "found")
  print(table, row.names = FALSE)
  invisible(x)
}
