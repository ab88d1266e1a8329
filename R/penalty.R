# The penalty: its name and mixing parameter, and what is set column by column: penalty factors,
# bounds and exclusions.

# Names and abbreviations that users know, without case, spaces, hyphens and underscores.
penalty_names <- c(
  l1 = "l1", lasso = "l1",
  l2 = "l2", ridge = "l2",
  elasticnet = "elasticnet", enet = "elasticnet"
)

# `penalty = NULL` stands for "not given": alpha decides then, and without it the lasso is fitted.
resolve_penalty <- function(penalty = NULL, alpha = NULL) {
  if (!is.null(alpha)) {
    several <- is.numeric(alpha) && length(alpha) > 1
    check_number(alpha, "alpha",
      min = 0, max = 1, remedy = if (several) "cv_sparsereg() takes several to choose from."
    )
  }
  if (is.null(penalty)) {
    alpha <- if (is.null(alpha)) 1 else alpha
  } else {
    alpha <- alpha_of(match_penalty(penalty), alpha)
  }
  list(penalty = penalty_of(alpha), alpha = as.double(alpha))
}

penalty_of <- function(alpha) {
  if (alpha == 1) "l1" else if (alpha == 0) "l2" else "elasticnet"
}

alpha_of <- function(penalty, alpha) {
  expected <- c(l1 = 1, l2 = 0, elasticnet = 0.5)[[penalty]]
  if (is.null(alpha) || (penalty != "elasticnet" && alpha == expected)) {
    return(expected)
  }
  if (penalty != "elasticnet") {
    abort_input(
      "alpha", paste0("must be ", expected, " for penalty = \"", penalty, "\", not ", alpha, "."),
      remedy = "Leave `alpha` out, or use penalty = \"elasticnet\" to mix both penalties."
    )
  }
  alpha
}

match_penalty <- function(penalty) {
  if (!is.character(penalty) || length(penalty) != 1 || is.na(penalty)) {
    abort_input("penalty", paste0("must be one name, not ", describe(penalty), "."),
      remedy = penalty_remedy()
    )
  }
  key <- gsub("[ _-]", "", lower_case(penalty))
  found <- unique(unname(penalty_names[startsWith(names(penalty_names), key)]))
  if (key %in% names(penalty_names)) {
    found <- penalty_names[[key]]
  }
  if (length(found) != 1 || !nzchar(key)) {
    problem <- if (length(found) > 1) "is ambiguous" else "is unknown"
    abort_input("penalty", paste0("= ", quote_values(penalty), " ", problem, "."),
      remedy = paste(c(
        if (length(found) == 0) suggest_name(key, names(penalty_names), "\""), penalty_remedy()
      ), collapse = "\n")
    )
  }
  found
}

penalty_remedy <- function() {
  paste0(
    "Available: \"l1\" (\"lasso\"), \"l2\" (\"ridge\") and \"elasticnet\" ",
    "(with `alpha`, the share of the l1 penalty)."
  )
}

# Penalty factors and bounds for all columns, from whatever short form the user chose. `terms`
# gives the term that each column came from, NULL for a matrix.
resolve_columns <- function(settings, columns, terms = NULL) {
  factor <- expand_values(settings$penalty_factor, "penalty_factor", 1, columns, terms)
  abort_columns("penalty_factor", "must not be negative", factor < 0, factor)
  lower <- expand_values(settings$lower, "lower", -Inf, columns, terms)
  abort_columns("lower", "must not be greater than 0", lower > 0, lower)
  upper <- expand_values(settings$upper, "upper", Inf, columns, terms)
  abort_columns("upper", "must not be less than 0", upper < 0, upper)
  factor[resolve_exclude(settings$exclude, columns, terms)] <- Inf
  list(penalty_factor = factor, lower = lower, upper = upper)
}

# One value for all columns, one for each, or named values for some of them: columns that are not
# named have the default.
expand_values <- function(values, argument, default, columns, terms) {
  check_column_values(values, argument)
  p <- length(columns)
  if (!is.null(names(values))) {
    return(expand_named(values, argument, default, columns, terms))
  }
  if (!length(values) %in% c(1, p)) {
    abort_input(
      argument, paste0(
        "must have one value, one for each of ", count_of(p, "column"), ", or names: it has ",
        count_of(length(values), "value"), "."
      ),
      remedy = paste0("For instance: ", argument, " = c(", columns[1], " = ", default, ")."),
      class = "sparsepath_error_length"
    )
  }
  expanded <- rep_len(as.double(values), p)
  names(expanded) <- columns
  expanded
}

check_column_values <- function(values, argument) {
  if (!is.numeric(values) || length(values) == 0) {
    what <- if (is.numeric(values)) "empty" else describe(values)
    abort_input(argument, paste0("must be numeric, not ", what, "."))
  }
  if (anyNA(values)) {
    position <- which(is.na(values))[1]
    place <- if (is.null(names(values))) position else quote_names(names(values)[position])
    abort_input(argument, paste0("must not be missing: the value for column ", place, " is NA."),
      remedy = if (argument == "penalty_factor") "Inf excludes a column, 0 leaves it unpenalised."
    )
  }
}

# The name of a term sets all its columns; the name of a column comes on top of that.
expand_named <- function(values, argument, default, columns, terms) {
  check_value_names(names(values), argument)
  target <- match_columns(names(values), argument, columns, terms)
  expanded <- rep_len(default, length(columns))
  for (i in order(lengths(target), decreasing = TRUE)) {
    expanded[target[[i]]] <- values[[i]]
  }
  names(expanded) <- columns
  expanded
}

check_value_names <- function(names, argument) {
  if (!all(nzchar(names)) || anyNA(names)) {
    abort_input(argument, "must have names for all of its values, or for none.")
  }
  if (anyDuplicated(names)) {
    twice <- unique(names[duplicated(names)])
    abort_input(argument, paste0("must not name a column twice: ", quote_names(twice), "."),
      variable = twice
    )
  }
}

# Indices of the columns that each name stands for: the column of that name, or else all columns
# of the term of that name.
match_columns <- function(names, argument, columns, terms) {
  column <- match(names, columns)
  target <- as.list(column)
  for (i in which(is.na(column))) {
    target[[i]] <- which(terms == gsub("`", "", names[i], fixed = TRUE))
  }
  unknown <- names[lengths(target) == 0]
  if (length(unknown) > 0) {
    abort_input(
      argument, paste0(
        "names ", if (length(unknown) == 1) "an unknown column: " else "unknown columns: ",
        quote_names(unknown), "."
      ),
      variable = unknown,
      remedy = suggest_or_list(unknown[1], unique(c(columns, terms))),
      class = "sparsepath_error_unknown_column"
    )
  }
  target
}

# The nearest name, or what starts with the name or holds it as `log(age)` holds `age`, or all.
suggest_or_list <- function(name, candidates) {
  near <- suggest_name(name, candidates)
  if (!is.null(near)) {
    return(near)
  }
  holds <- grepl(paste0("(?<![[:alnum:]._])\\Q", name, "\\E"), candidates, perl = TRUE)
  if (!any(holds)) {
    return(paste0("There are ", quote_names(candidates), "."))
  }
  made <- candidates[holds]
  paste0(
    "Did you mean ", if (length(made) > 1) "one of ", quote_names(made[order(nchar(made))]), "?"
  )
}

resolve_exclude <- function(exclude, columns, terms) {
  if (is.character(exclude)) {
    return(unlist(match_columns(unique(exclude), "exclude", columns, terms)))
  }
  p <- length(columns)
  valid <- is.numeric(exclude) && !anyNA(exclude) && all(exclude == round(exclude)) &&
    all(exclude >= 1 & exclude <= p)
  if (!is.null(exclude) && !valid) {
    abort_input(
      "exclude", paste0("must be names of columns or whole numbers from 1 to ", p, "."),
      variable = exclude
    )
  }
  unique(exclude)
}

abort_columns <- function(argument, rule, bad, values) {
  if (any(bad)) {
    names <- names(values)[bad]
    message <- paste0(rule, ": it is ", values[bad][1], " for ", quote_names(names[1]))
    others <- length(names) - 1
    if (others > 0) {
      message <- paste0(message, " and wrong for ", count_of(others, "other column"))
    }
    abort_input(argument, paste0(message, "."),
      variable = names,
      remedy = if (argument != "penalty_factor") "Bounds must allow a coefficient of 0."
    )
  }
}
