#' Print and summarise a path
#'
#' `print()` shows the fit in short: what was fitted, a few rows of the path, and the certificate,
#' that is the largest duality gap and the largest violation of the optimality conditions of all
#' lambdas. A fit that misses the tolerance somewhere says so and where. `summary()` shows all
#' lambdas, and the columns that were constant, excluded, unpenalised or held by a bound.
#'
#' @param x,object a fit by [sparsereg()], or its summary.
#' @param digits number of significant digits.
#' @param max_rows the largest number of rows of the path to print.
#' @param lambda values of lambda whose coefficients are added to the summary, as in
#'   [coef.sparsereg()].
#' @param ... `summary()`: further arguments of [coef.sparsereg()], such as `exact`. `print()`: not
#'   used.
#' @return `print()`: its argument, invisibly. `summary()`: a list of class `summary.sparsereg`:
#'   - `path`: a data frame with one row for each lambda: `lambda`, `df`, `dev_ratio`, `gap`, `kkt`,
#'     `iterations`, `converged`;
#'   - `constant`, `excluded`, `unpenalised`: names of columns;
#'   - `at_bound`: a data frame of the coefficients that end on a bound other than 0 at some lambda:
#'     `variable`, `bound`, `lambdas` (how many);
#'   - `coefficients`: a sparse matrix, or `NULL` if no `lambda` was asked for;
#'   - `fit`: the fit itself.
#' @examples
#' fit <- sparsereg(mpg ~ ., data = mtcars, penalty = "l1")
#' fit
#' summary(fit, lambda = 1)
#' @method print sparsereg
#' @export
print.sparsereg <- function(x, digits = 3, max_rows = 10, ...) {
  print_fit(x, rows_to_show(length(x$lambda), max_rows), digits)
  invisible(x)
}

#' @rdname print.sparsereg
#' @method summary sparsereg
#' @export
summary.sparsereg <- function(object, lambda = NULL, ...) {
  coefficients <- if (!is.null(lambda) || ...length() > 0) {
    do.call(stats::coef, list(object, lambda, ...), envir = parent.frame())
  }
  variables <- rownames(object$beta)
  structure(
    list(
      path = path_table(object),
      constant = object$constant,
      excluded = variables[is.infinite(object$penalty_factor)],
      unpenalised = variables[object$penalty_factor == 0],
      at_bound = bounds_reached(object),
      coefficients = coefficients,
      fit = object
    ),
    class = "summary.sparsereg"
  )
}

#' @rdname print.sparsereg
#' @method print summary.sparsereg
#' @export
print.summary.sparsereg <- function(x, digits = 3, ...) {
  print_fit(x$fit, seq_along(x$fit$lambda), digits, certificates = TRUE)
  print_names("Constant, coefficient 0", x$constant)
  print_names("Excluded", x$excluded)
  print_names("Unpenalised", x$unpenalised)
  if (nrow(x$at_bound) > 0) {
    cat("\nCoefficients on a bound:\n")
    print(x$at_bound, row.names = FALSE, digits = digits)
  }
  if (!is.null(x$coefficients)) {
    print_coefficients(x$coefficients, digits)
  }
  invisible(x)
}

print_fit <- function(fit, rows, digits, certificates = FALSE) {
  check_digits(digits)
  print_call(fit$call)
  cat(describe_fit(fit), "\n", describe_grid(fit), "\n\n", sep = "")
  print_path(fit, rows, digits, certificates)
  cat("\n", describe_certificate(fit), "\n", sep = "")
}

# Data that were passed by value, as do.call() does, would fill the screen.
print_call <- function(call) {
  short <- call
  for (i in seq_along(call)[-1]) {
    value <- call[[i]]
    if (!is.language(value) && (length(value) > 10 || is.recursive(value))) {
      short[[i]] <- as.name(paste0("<", class(value)[1], ">"))
    }
  }
  text <- gsub("`(<[^`]*>)`", "\\1", deparse(short))
  cat("Call:\n", paste(text, collapse = "\n"), "\n\n", sep = "")
}

describe_fit <- function(fit) {
  penalty <- switch(fit$penalty,
    l1 = "L1-penalised (lasso)",
    l2 = "L2-penalised (ridge)",
    elasticnet = paste0("Elastic-net-penalised (alpha = ", format_number(fit$alpha), ")")
  )
  wrap(paste0(
    penalty, " ", describe_family(fit), " regression: ", describe_size(fit),
    if (!fit$has_intercept) ", no intercept", "."
  ))
}

# With the link where it is not the one that goes without saying, and the theta of the negative
# binomial.
describe_family <- function(fit) {
  usual <- c(gaussian = "identity", binomial = "logit")
  expected <- if (fit$family %in% names(usual)) usual[[fit$family]] else "log"
  theta <- fit$loss$theta
  notes <- c(
    if (fit$link != expected) paste(fit$link, "link"),
    if (!is.na(theta)) if (theta > 1e6) "theta > 1e6" else paste("theta =", format_number(theta)),
    if (isTRUE(fit$loss$estimated)) "estimated"
  )
  paste0(fit$family, if (length(notes) > 0) paste0(" (", paste(notes, collapse = ", "), ")"))
}

describe_size <- function(fit) {
  paste0(count_of(fit$nobs, "observation"), ", ", count_of(fit$dim[2], "variable"))
}

describe_grid <- function(fit) {
  n_lambda <- length(fit$lambda)
  ends <- format_number(range(fit$lambda))
  grid <- if (n_lambda == 1) {
    paste0("One lambda: ", ends[1])
  } else {
    paste0(n_lambda, " lambdas from ", ends[2], " to ", ends[1])
  }
  told <- n_lambda == 1 && fit$stopped == stop_reasons[1]
  wrap(paste0(grid, if (!told) "; ", if (!told) fit$stopped, "."))
}

# First and last rows are always shown, those in between evenly spread.
rows_to_show <- function(n, max_rows) {
  check_count(max_rows, "max_rows")
  unique(round(seq(1, n, length.out = min(n, max_rows))))
}

path_table <- function(fit) {
  data.frame(fit[c("lambda", "df", "dev_ratio", "gap", "kkt", "iterations", "converged")])
}

print_path <- function(fit, rows, digits, certificates) {
  table <- path_table(fit)[rows, ]
  shown <- data.frame(
    lambda = format_column(table$lambda, digits),
    size = format_size(fit, table$df, digits),
    explained = formatC(100 * table$dev_ratio, digits = 1, format = "f"),
    row.names = rows
  )
  names(shown)[2:3] <- c(size_name(fit), "% deviance")
  if (certificates) {
    shown$gap <- format_number(table$gap, 2)
    shown$kkt <- format_number(table$kkt, 2)
    shown$iterations <- table$iterations
  }
  if (!all(table$converged)) {
    shown[["certified"]] <- ifelse(table$converged, "", "NO")
  }
  if (length(rows) < length(fit$lambda)) {
    cat("The path (", length(rows), " of ", length(fit$lambda), " lambdas):\n", sep = "")
  }
  print(shown, right = TRUE)
}

size_name <- function(fit) {
  if (fit$alpha > 0) "nonzero" else "effective df"
}

format_size <- function(fit, df, digits = 3) {
  if (fit$alpha > 0) format(df) else formatC(df, digits = max(digits - 2, 0), format = "f")
}

format_columns <- function(table, digits) {
  numeric <- vapply(table, is.numeric, NA)
  table[numeric] <- lapply(table[numeric], format_column, digits = digits)
  table
}

# With trailing zeros, so that the digits of a column line up.
format_column <- function(x, digits) {
  if (is.integer(x) || all(x == round(x), na.rm = TRUE)) {
    return(format(x))
  }
  text <- formatC(x, digits = digits, format = "g", flag = "#", width = 1)
  spell_out(x, sub("\\.($|e)", "\\1", text))
}

describe_certificate <- function(fit) {
  worst <- if (all(is.nan(fit$gap))) {
    paste0(
      "no dual; worst KKT violation ", format_number(worst(fit$kkt), 1),
      " of lambda (tolerance 1e-6)"
    )
  } else {
    paste0(
      "worst relative duality gap ", format_number(worst(fit$gap), 1),
      ", worst KKT violation ", format_number(worst(fit$kkt), 1),
      " (tolerance ", format_number(fit$control$tol), ")"
    )
  }
  open <- which(!fit$converged)
  if (length(open) == 0) {
    certified <- if (length(fit$lambda) == 1) "" else paste0(all_lambdas(length(fit$lambda)), " ")
    return(wrap(paste0("Certificate: ", worst, ": ", certified, "certified.")))
  }
  wrap(paste0(
    "NOT CERTIFIED: ", length(open), " of ", count_of(length(fit$lambda), "lambda"), " (",
    list_lambdas(fit$lambda[open]), "): ", worst, ". ", describe_remedy(fit, open)
  ))
}

describe_remedy <- function(fit, open) {
  if (any(fit$iterations[open] >= fit$control$max_iter)) {
    return("Raise `max_iter` in sparsereg_control(), or use larger lambdas.")
  }
  paste(
    "Further steps do not help, for rounding or for a link at its limits: use larger lambdas,",
    "or look at nearly collinear or badly scaled columns, extreme offsets and extreme weights."
  )
}

# A gap that is not a number is no proof.
worst <- function(values) {
  if (anyNA(values)) NaN else max(values)
}

all_lambdas <- function(n) {
  if (n == 1) "the one lambda" else paste("all", n, "lambdas")
}

list_lambdas <- function(lambda, max = 5) {
  paste("lambda =", join_words(format_number(lambda), max = max))
}

wrap <- function(text) {
  paste(strwrap(text, width = min(80, getOption("width")), exdent = 2), collapse = "\n")
}

print_names <- function(what, names) {
  if (length(names) > 0) {
    cat("\n", wrap(paste0(what, ": ", quote_names(names, max = 10), ".")), "\n", sep = "")
  }
}

print_coefficients <- function(coefficients, digits) {
  used <- unique(c(1L, coefficients@i + 1L))
  zero <- nrow(coefficients) - length(used)
  cat("\nCoefficients by lambda", if (zero > 0) {
    paste0(
      " (", zero, if (zero == 1) " more is" else " more are", " zero at ",
      if (ncol(coefficients) == 1) "it" else "all", ")"
    )
  }, ":\n", sep = "")
  print(as.matrix(coefficients[sort(used), , drop = FALSE]), digits = digits)
}

# A bound of 0 holds every coefficient that is zero, which says nothing.
bounds_reached <- function(fit) {
  held <- rbind(
    bounds_held(fit, fit$lower, function(b, bound) b <= bound),
    bounds_held(fit, fit$upper, function(b, bound) b >= bound)
  )
  held[order(held$variable), ]
}

bounds_held <- function(fit, bound, reached) {
  row <- fit$beta@i + 1L
  finite <- is.finite(bound[row]) & bound[row] != 0
  on_bound <- finite & reached(fit$beta@x, bound[row])
  count <- tabulate(row[on_bound], nrow(fit$beta))
  data.frame(
    variable = rownames(fit$beta)[count > 0], bound = unname(bound[count > 0]),
    lambdas = count[count > 0]
  )
}
