#' Print and summarise a cross-validated path
#'
#' `print()` shows what each of the two rules chooses; `summary()` adds the error at every lambda.
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
  print_call(x$call)
  cat(describe_cv(x), "\n\n", sep = "")
  chosen <- c(lambda_min = x$index_min, lambda_1se = x$index_1se)
  table <- cv_table(x)[chosen, c("lambda", "error", "se", "df")]
  table <- format_columns(table, digits)
  names(table)[4] <- size_name(x$fit)
  print(`rownames<-`(table, names(chosen)))
  cat("\ncoef() and predict() use lambda_1se unless told otherwise.\n")
  cat(describe_cv_certificate(x), "\n", sep = "")
  invisible(x)
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
  cat("\nError at every lambda:\n")
  table <- format_columns(x$table, digits)
  table$rule <- x$table$rule
  names(table)[4] <- size_name(x$cv$fit)
  names(table)[5] <- ""
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
  wrap(paste0(
    cv$nfolds, "-fold cross-validation (mean squared error), ", describe_size(cv$fit), "."
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
