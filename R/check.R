# Checks of what the user hands over. A check returns its value in the form that the rest of the
# package relies on, or ends in a classed error that names the argument and the remedy.

# What a value is, for the end of "must be a number, not ...".
describe <- function(x) {
  if (is.null(x)) {
    return("NULL")
  }
  if (inherits(x, "AsIs")) {
    oldClass(x) <- setdiff(oldClass(x), "AsIs")
  }
  common <- c("function", "factor", "data.frame", "list")
  kind <- match(class(x)[1], common)
  if (!is.na(kind)) {
    return(c("a function", "a factor", "a data frame", "a list")[kind])
  }
  if (!is.atomic(x) || is.object(x)) {
    return(paste0("an object of class ", quote_values(class(x)[1])))
  }
  if (length(dim(x)) == 2) {
    return(paste0("a matrix of ", type_name(x), " values"))
  }
  if (length(dim(x)) > 2) {
    return(paste0("an array of ", length(dim(x)), " dimensions"))
  }
  if (length(x) == 1) {
    return(deparse1(as.vector(x)))
  }
  paste0("a vector of ", length(x), " ", type_name(x), " values")
}

type_name <- function(x) {
  if (is.double(x)) "numeric" else typeof(x)
}

# The same for a variable, of which the type matters and not the length.
describe_type <- function(x) {
  if (is.atomic(x) && !is.object(x) && length(dim(x)) <= 2) type_name(x) else describe(x)
}

remedy_for_array <- function(name) {
  paste0("Write it with one row for each observation: matrix(", name, ", nrow(", name, ")).")
}

# For functions that take a path or a cross-validated path, of which the path is `fit`.
check_fit <- function(fit, argument = "fit") {
  if (!inherits(fit, "sparsereg")) {
    nested <- inherits(fit, "cv_nested_sparsereg")
    abort_input(
      argument, paste0("must be a fit by sparsereg() or cv_sparsereg(), not ", describe(fit), "."),
      remedy = if (nested) "Nested cross-validation judges a procedure and has no model of its own."
    )
  }
}

# The default method of the generics for fits, to which UseMethod() also goes without an object.
reject_object <- function(object) {
  if (missing(object)) {
    abort_input("object", "is missing.", remedy = "Give a fit by sparsereg() or cv_sparsereg().")
  }
  check_fit(object, "object")
}

abort_no_path <- function(object) {
  abort_input("object", paste0("must be a fit by sparsereg(), not ", describe(object), "."),
    remedy = if (inherits(object, "cv_sparsereg")) "Give its element `fit`."
  )
}

check_flag <- function(x, argument) {
  if (!is.logical(x) || length(x) != 1 || is.na(x)) {
    abort_input(argument, paste0("must be TRUE or FALSE, not ", describe(x), "."))
  }
  invisible(x)
}

# Of the Turkish I, tolower() makes none of these letters.
lower_case <- function(text) {
  chartr("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", text)
}

# match.arg() with an error that says which argument is meant. The default of a caller with fewer
# choices is one, too.
match_choice <- function(value, choices, argument, remedy = NULL) {
  if (length(value) > 1 && identical(value, choices[seq_along(value)])) {
    return(choices[1])
  }
  found <- if (is.character(value) && length(value) == 1) pmatch(value, choices) else NA
  if (is.na(found)) {
    abort_input(argument, paste0(
      "must be ", join_words(paste0("\"", choices, "\""), last = " or "), "."
    ), remedy = remedy)
  }
  choices[found]
}

# One number with bounds: `min` and `max` belong to the range, `above` and `below` do not.
check_number <- function(x, argument, min = -Inf, max = Inf, above = -Inf, below = Inf,
                         remedy = NULL) {
  ok <- is.numeric(x) && length(x) == 1 && is.finite(x) &&
    x >= min && x <= max && x > above && x < below
  if (!ok) {
    range <- describe_range(min, max, above, below)
    abort_input(argument, paste0("must be a number", range, ", not ", describe(x), "."),
      remedy = remedy
    )
  }
  invisible(x)
}

describe_range <- function(min, max, above, below) {
  if (is.finite(min) && is.finite(max)) {
    return(paste0(" between ", min, " and ", max))
  }
  bounds <- c(
    if (is.finite(min)) paste("at least", min),
    if (is.finite(above)) paste("greater than", above),
    if (is.finite(max)) paste("at most", max),
    if (is.finite(below)) paste("less than", below)
  )
  if (length(bounds) == 0) "" else paste0(" that is ", join_words(bounds))
}

check_count <- function(x, argument, min = 1, max = Inf) {
  ok <- is.numeric(x) && length(x) == 1 && is.finite(x) && x == round(x) && x >= min && x <= max
  if (!ok) {
    range <- describe_range(min, max, -Inf, Inf)
    abort_input(argument, paste0("must be a whole number", range, ", not ", describe(x), "."))
  }
  invisible(x)
}

check_digits <- function(digits) {
  if (!is.null(digits)) check_count(digits, "digits", max = 22)
}

# The dots of a function are there to catch misspelt arguments, which would otherwise be ignored.
# They are never evaluated. `known` are the arguments the function has, `elsewhere` the remedies
# for names that belong to another function or method.
check_dots <- function(..., fun, known, elsewhere = NULL) {
  expressions <- as.list(substitute(list(...)))[-1]
  if (length(expressions) == 0) {
    return(invisible())
  }
  name <- names(expressions)[1]
  if (is.null(name) || !nzchar(name)) {
    name <- deparse1(expressions[[1]])
    remedy <- "Give arguments by their names."
  } else {
    remedy <- elsewhere[[name]]
    remedy <- if (is.null(remedy)) suggest_name(name, setdiff(known, "...")) else remedy
  }
  abort_input(
    name, paste0("is not an argument of ", fun, "."),
    remedy = remedy, class = "sparsepath_error_unknown_argument"
  )
}

# What the family reads from the response: a list of y and perhaps trials and classes.
check_response <- function(y, n, family, argument = "y", rows = NULL) {
  if (inherits(y, "Surv")) {
    abort_input(argument, "is a survival time, for which there is no family.",
      variable = argument, class = "sparsepath_error_response"
    )
  }
  if (length(dim(y)) == 2 && nrow(y) != n) {
    y <- as_one_column(y, argument)
  }
  if (length(dim(y)) < 2) {
    check_length(y, n, argument, "have one value per row of the predictors")
  }
  response <- family$read_y(y, argument)
  check_finite(response$y, argument, rows, remedy = "Remove those rows.")
  response
}

# Numbers of trials multiply the weights.
weigh_trials <- function(weights, trials, argument) {
  if (is.null(trials)) {
    return(weights)
  }
  weights <- trials * (if (is.null(weights)) 1 else weights)
  if (all(weights == 0)) {
    abort_input(argument, "has no trials in rows of positive weight: there is nothing to fit.",
      remedy = "Look at the numbers of successes and failures.", class = "sparsepath_error_response"
    )
  }
  weights
}

check_weights <- function(weights, n, rows = NULL) {
  if (is.null(weights)) {
    return(NULL)
  }
  weights <- check_row_values(weights, n, "weights", rows)
  if (any(weights < 0)) {
    abort_values(
      "weights", "must not be negative", weights < 0, rows,
      remedy = "Remove those rows or set their weights to 0."
    )
  }
  if (all(weights == 0)) {
    abort_input(
      "weights", "must not all be zero: no row would count.",
      remedy = "Leave `weights` out to count all rows equally."
    )
  }
  weights
}

check_offset <- function(offset, n, rows = NULL) {
  if (is.null(offset)) {
    return(NULL)
  }
  check_row_values(offset, n, "offset", rows)
}

check_row_values <- function(values, n, argument, rows) {
  values <- as_one_column(values, argument)
  if (!is.numeric(values)) {
    abort_input(argument, paste0("must be numeric, not ", describe(values), "."))
  }
  check_length(values, n, argument, "have one value per row")
  check_finite(values, argument, rows, remedy = "Remove those rows from the data.")
  as.double(values)
}

# A matrix or data frame of one column is as good as a vector.
as_one_column <- function(values, argument) {
  if (length(dim(values)) < 2) {
    return(values)
  }
  if (length(dim(values)) > 2 || ncol(values) != 1) {
    shape <- if (length(dim(values)) > 2) describe(values) else count_of(ncol(values), "column")
    abort_input(
      argument, paste0("must be a vector or have one column, not ", shape, "."),
      remedy = "Fit one model for each column.", class = "sparsepath_error_length"
    )
  }
  if (is.data.frame(values)) values[[1]] else values[, 1]
}

check_length <- function(values, n, argument, what) {
  if (length(values) != n) {
    abort_input(
      argument,
      paste0(
        "must ", what, ": it has ", length(values), ", and there ",
        if (n == 1) "is " else "are ", count_of(n, "row"), "."
      ),
      class = "sparsepath_error_length"
    )
  }
}

check_finite <- function(values, argument, rows = NULL, remedy = NULL) {
  if (!are_finite(values)) {
    abort_values(
      argument, "must not be missing or infinite", !is.finite(values), rows,
      remedy = remedy, class = "sparsepath_error_nonfinite"
    )
  }
}

# What is not finite shows in the sum already, which takes no memory; a sum that overflows says
# nothing.
are_finite <- function(values) {
  (is.double(values) && is.finite(sum(values))) || all(is.finite(values))
}

# "<rule>: 3 of 97 values are, the first in row 7." `rows` are the labels of the rows.
abort_values <- function(argument, rule, bad, rows, remedy, class = NULL) {
  count <- sum(bad)
  first <- which(bad)[1]
  label <- if (is.null(rows)) first else rows[first]
  message <- paste0(
    rule, ": ", format(count, scientific = FALSE), " of ", count_of(length(bad), "value"), " ",
    if (count == 1) "is, in row " else "are, the first in row ", label, "."
  )
  abort_input(argument, message, remedy = remedy, class = class)
}

check_lambda <- function(lambda, absent = "to have a grid chosen") {
  if (is.null(lambda)) {
    return(NULL)
  }
  if (!is.numeric(lambda) || length(lambda) == 0) {
    abort_input(
      "lambda", paste0("must be one or more numbers, not ", describe(lambda), "."),
      remedy = paste0("Leave `lambda` out ", absent, ".")
    )
  }
  bad <- !is.finite(lambda) | lambda < 0
  if (any(bad)) {
    first <- which(bad)[1]
    place <- paste0(": value ", first, " of ", length(lambda), " is ")
    if (length(lambda) == 1) {
      place <- ", not "
    }
    abort_input("lambda", paste0("must be finite and not negative", place, lambda[first], "."))
  }
  as.double(lambda)
}

# Squares of what the null model leaves of y - offset, over the rows that count, must be numbers; if
# nothing is left, no column can explain anything.
check_spread <- function(y, weights, offset, intercept, argument) {
  residual <- if (is.null(offset)) y else y - offset
  residual <- if (is.null(weights)) residual else residual[weights > 0]
  # range() would copy them.
  ends <- c(min(residual), max(residual))
  if (!intercept) {
    ends <- range(0, ends)
  }
  spread <- ends[2] - ends[1]
  if (max(abs(ends)) > 1e150 || (spread > 0 && spread < 1e-150)) {
    abort_input(
      argument, paste0(
        "has ", if (max(abs(ends)) > 1) "values whose squares overflow." else
          "differences whose squares underflow."
      ),
      remedy = "Divide it by its size.", class = "sparsepath_error_response"
    )
  }
  if (spread == 0) {
    what <- if (is.null(offset)) "The response" else "The response less the offset"
    value <- if (intercept) "the same in all rows" else "zero in all rows"
    warn(
      paste0(what, " is ", value, ": all penalised coefficients are zero for every lambda."),
      class = "sparsepath_warning_constant_y"
    )
  }
}
