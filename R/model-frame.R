# Data given as a formula: from formula and data to the model frame, and from there to the design.

# `call` is the matched call of the method. The expressions of weights, offset and subset are
# evaluated as lm() does: in the data, then in the environment of the formula.
design_from_formula <- function(formula, data, na_action, contrasts, call) {
  check_formula(formula)
  check_data(data)
  expanded <- expand_dot(formula, data, call)
  # The call must mean the same when it is evaluated again, when other variables are around.
  if (!identical(expanded, formula) || !is_literal_formula(call$formula)) {
    call$formula <- expanded
  }
  extras <- list(subset = call$subset, weights = call$weights, offset = call$offset)
  terms <- formula_terms(expanded, data)
  subset <- subset_rows(terms, data, extras)
  frame <- formula_frame(terms, data, extras, na_action, subset)
  check_frame(frame, terms)
  y_name <- deparse1(expanded[[2]])
  offset <- frame_offset(frame)
  blueprint <- new_blueprint_formula(attr(frame, "terms"), frame, contrasts,
    needed = needed_variables(terms, data, extras$offset), offset = extras$offset, y_name = y_name
  )
  list(
    x = forge_frame(blueprint, frame, "error")$x, y = frame_response(frame),
    weights = stats::model.weights(frame), offset = offset,
    intercept = attr(terms, "intercept") == 1, blueprint = blueprint,
    na_action = attr(frame, "na.action"), rows = attr(frame, "row.names"),
    all_rows = places_in_data(frame, data, subset), data = data,
    y_argument = y_name, y_name = y_name, call = call
  )
}

# Of I(f) for a factor f, stats::model.response() leaves the codes of the levels.
frame_response <- function(frame) {
  if (is.factor(frame[[1]])) frame[[1]] else stats::model.response(frame, "any")
}

# The sum of the offsets. stats::model.offset() does not say which of them is no number.
frame_offset <- function(frame, of_newdata = FALSE) {
  places <- c(attr(attr(frame, "terms"), "offset"), match("(offset)", names(frame)))
  for (place in places[!is.na(places)]) {
    if (!is.numeric(frame[[place]])) {
      abort_offset(frame[[place]], sub("^\\((.*)\\)$", "\\1", names(frame)[place]), of_newdata)
    }
  }
  stats::model.offset(frame)
}

abort_offset <- function(value, name, of_newdata) {
  abort_input(
    if (of_newdata) "newdata" else name,
    paste0(
      "must ", if (of_newdata) paste0("have ", quote_names(name), " as in the fit: "),
      if (!of_newdata) "be ", "numeric, not ", describe_type(value), "."
    ),
    variable = name, class = "sparsepath_error_variable"
  )
}

is_literal_formula <- function(expression) {
  is.call(expression) && identical(expression[[1]], as.name("~"))
}

check_formula <- function(formula) {
  if (missing(formula) || !inherits(formula, "formula")) {
    abort_input("formula", "must be a formula.", remedy = "For instance: y ~ x1 + x2.")
  }
  if (length(formula) != 3 || is.null(formula[[2]])) {
    abort_input("formula", "must have a response on its left-hand side.",
      remedy = paste0("For instance: y ~ ", deparse1(formula[[length(formula)]]), "."),
      class = "sparsepath_error_formula"
    )
  }
}

check_data <- function(data) {
  ok <- is.null(data) || is.data.frame(data) || is.environment(data) ||
    (is.list(data) && !is.null(names(data)))
  if (!ok) {
    abort_input("data", paste0("must be a data frame, not ", describe(data), "."),
      remedy = if (is.matrix(data)) "Use as.data.frame(), or give `x` and `y` instead of a formula."
    )
  }
}

formula_terms <- function(formula, data) {
  terms <- tryCatch(
    stats::terms(formula, data = if (is.data.frame(data)) data),
    error = function(e) abort_formula(conditionMessage(e))
  )
  if (length(attr(terms, "factors")) == 0) {
    abort_input("formula", paste0("names no predictors: ", deparse1(formula), "."),
      remedy = "For a mean alone there is nothing to penalise: use lm().",
      class = "sparsepath_error_no_predictors"
    )
  }
  check_response_alone(terms)
  drop_unused_variables(terms)
}

# lm() drops such a term with a warning, but as a predictor it would be perfect.
check_response_alone <- function(terms) {
  pattern <- attr(terms, "factors")
  if (any(pattern[attr(terms, "response"), ] > 0)) {
    name <- rownames(pattern)[attr(terms, "response")]
    abort_input(
      "formula", paste0("has its response on the right-hand side too: ", quote_names(name), "."),
      variable = name, remedy = "Leave it out there.", class = "sparsepath_error_formula"
    )
  }
}

# In y ~ . - z the terms still list z, so that its missing values would cost rows and new data would
# have to have it.
drop_unused_variables <- function(terms) {
  without_term <- which(rowSums(attr(terms, "factors")) == 0)
  unused <- setdiff(without_term, c(attr(terms, "response"), attr(terms, "offset")))
  if (length(unused) == 0) {
    return(terms)
  }
  stats::terms(stats::formula(stats::terms(stats::formula(terms), simplify = TRUE)))
}

abort_formula <- function(problem, remedy = NULL) {
  abort_input("formula", paste0("cannot be used: ", problem, "."),
    remedy = remedy, class = "sparsepath_error_formula"
  )
}

formula_frame <- function(terms, data, extras, na_action,
                          subset = subset_rows(terms, data, extras)) {
  extras$subset <- subset$value
  tryCatch(
    eval(as.call(c(
      list(stats::model.frame, terms), if (!is.null(data)) list(data = data), extras,
      list(
        na.action = handle_missing(na_action, "data", which(is.na(subset$places))),
        drop.unused.levels = TRUE
      )
    ))),
    error = function(e) explain_frame_error(e, terms, data, extras)
  )
}

# The value of `subset`, the number of all rows, and the places among them of the rows that are
# wanted; NULL if all are.
subset_rows <- function(terms, data, extras) {
  tryCatch(
    {
      value <- eval(extras$subset, data, environment(terms))
      if (!is.null(value)) {
        labels <- row_labels_of(terms, data)
        check_subset(value, labels)
        place <- if (is.character(value)) pmatch(value, labels, duplicates.ok = TRUE) else value
        list(value = value, n = length(labels), places = seq_along(labels)[place])
      }
    },
    error = function(e) explain_frame_error(e, terms, data, extras)
  )
}

row_labels_of <- function(terms, data) {
  if (is.data.frame(data)) {
    return(row.names(data))
  }
  seq_len(NROW(eval(attr(terms, "variables")[[2]], data, environment(terms))))
}

# Of rows that are not there stats::model.frame() makes rows of missing values, a logical vector
# that is too short it recycles, and of a factor it takes the codes.
check_subset <- function(rows, labels) {
  n <- length(labels)
  if (is.factor(rows)) {
    abort_input("subset", "must be logical, numbers or names of rows, not a factor.",
      remedy = "Write as.character() around it, if it holds names of rows."
    )
  }
  if (is.logical(rows)) {
    check_length(rows, n, "subset", "have one value per row")
  }
  strange <- if (is.character(rows)) {
    rows[is.na(pmatch(rows, labels, duplicates.ok = TRUE))]
  } else if (is.numeric(rows)) {
    rows[which(abs(rows) > n)]
  }
  if (length(strange) > 0) {
    abort_input("subset", paste0(
      "has rows that are not among the ", n, ": ", quote_values(strange), "."
    ), class = "sparsepath_error_length")
  }
}

# The number of all rows and the places among them of those in the frame. By their names they cannot
# be told: a `subset` that repeats rows gives them new ones, which others may have.
places_in_data <- function(frame, data, subset) {
  omitted <- attr(frame, "na.action")
  n <- nrow(frame) + length(omitted)
  n <- if (!is.null(subset)) subset$n else if (is.data.frame(data)) nrow(data) else n
  places <- if (is.null(subset)) seq_len(n) else subset$places
  if (length(omitted) > 0) places <- places[-omitted]
  # A rule on missing values need not say what it left out.
  if (length(places) != nrow(frame)) {
    if (!is.data.frame(data) || anyDuplicated(subset$places)) return(NULL)
    places <- match(attr(frame, "row.names"), attr(data, "row.names"))
  }
  list(n = n, places = places)
}

# Finds out what a failure of stats::model.frame() was about.
explain_frame_error <- function(e, terms, data, extras) {
  if (inherits(e, "sparsepath_error")) {
    stop(e)
  }
  env <- environment(terms)
  around <- c(names(data), ls(env))
  used <- all.vars(as.call(c(as.name("list"), attr(terms, "variables"), extras)))
  lost <- used[!used %in% around & !vapply(used, exists, NA, envir = env)]
  # Arguments in the dots of another function are looked up there, if at all.
  lost <- grep("^\\.\\.[0-9]+$", lost, value = TRUE, invert = TRUE)
  text <- conditionMessage(e)
  if (length(lost) > 0 && grepl("not found", text, fixed = TRUE)) {
    abort_lost(lost, terms, extras, around)
  }
  passed_on <- grepl("^\\.\\.[0-9]+$", vapply(extras, deparse1, ""))
  if (any(passed_on)) {
    abort_input(
      names(extras)[passed_on][1], "cannot be passed on in the `...` of another function.",
      remedy = "Make it a variable of `data`, or an argument of that function and use do.call()."
    )
  }
  # The frame calls them "(weights)" and "(offset)".
  text <- gsub("'\\((weights|offset)\\)'", "'\\1'", text)
  if (grepl("^invalid type \\(.*\\) for variable '(weights|offset)'$", text)) {
    name <- sub("^.*'(.*)'$", "\\1", text)
    abort_input(name, paste0(
      "must be numeric, not of type ", sub("^.*\\((.*)\\).*$", "\\1", text), "."
    ))
  }
  if (grepl("variable lengths differ", text, fixed = TRUE)) {
    check_same_length(sub("^.*found for '(.*)'.*$", "\\1", text), terms, data, extras)
  }
  abort_formula(text, frame_remedy(text))
}

# lm() looks where sparsereg() does, but who wraps either in a function is surprised.
abort_lost <- function(lost, terms, extras, around) {
  of_formula <- lost %in% all.vars(attr(terms, "variables"))
  uses <- Filter(function(name) lost[1] %in% all.vars(extras[[name]]), names(extras))
  suggestion <- suggest_name(lost[1], around)
  elsewhere <- "It is looked up in `data`, then in the environment of the formula."
  abort_input(
    if (of_formula[1]) "formula" else uses[1],
    paste0("uses variables that were not found: ", quote_names(lost), "."),
    variable = lost,
    remedy = if (of_formula[1] || !is.null(suggestion)) suggestion else elsewhere,
    class = "sparsepath_error_missing_variable"
  )
}

check_same_length <- function(name, terms, data, extras) {
  expression <- if (is.null(extras[[name]])) str2lang(name) else extras[[name]]
  rows <- function(expression) NROW(eval(expression, data, environment(terms)))
  n <- rows(attr(terms, "variables")[[2]])
  check_length(seq_len(rows(expression)), n, name, "have one value per row")
}

frame_remedy <- function(text) {
  if (grepl("invalid type (S4)", text, fixed = TRUE)) {
    return("Give a sparse matrix as `x`: sparsereg(x, y).")
  }
  if (grepl("missing values are not allowed", text, fixed = TRUE)) {
    return("Leave the rows with missing values out of `data` first.")
  }
}

# The rule on missing values, as a function for stats::model.frame(): what is left out is said. In
# the rows `unknown`, where `subset` is missing, all variables are.
handle_missing <- function(na_action, argument, unknown = integer()) {
  rule <- missing_rule(na_action)
  function(frame) {
    # New data are compared with the fit afterwards.
    if (argument == "data") check_arrays(frame)
    known <- if (length(unknown) > 0) frame[-unknown, , drop = FALSE] else frame
    count <- c(vapply(known, count_missing_rows, 0), subset = length(unknown))
    count <- count[count > 0]
    if (length(count) == 0) {
      return(rule(frame))
    }
    names(count) <- sub("^\\((.*)\\)$", "\\1", names(count))
    kept <- tryCatch(rule(frame), error = function(e) abort_missing(argument, names(count)))
    inform_omitted(length(attr(kept, "na.action")), nrow(frame), count)
    kept
  }
}

# stats::na.omit() takes each entry of an array for a row, and the blame would fall on others.
check_arrays <- function(frame) {
  names(frame) <- sub("^\\((.*)\\)$", "\\1", names(frame))
  first <- attr(attr(frame, "terms"), "response")
  for (place in which(lengths(lapply(frame, dim)) > 2)) {
    check <- if (place == first) as_one_column else check_shape
    check(frame[[place]], names(frame)[place])
  }
}

missing_rule <- function(na_action) {
  if (is.null(na_action)) {
    return(stats::na.pass)
  }
  tryCatch(match.fun(na_action), error = function(e) {
    abort_input("na.action", paste0(
      "must be a function or its name, not ", describe(na_action), "."
    ), remedy = "For instance: na.action = na.omit.")
  })
}

count_missing_rows <- function(value) {
  if (!anyNA(value)) {
    return(0)
  }
  missing <- is.na(value)
  sum(if (is.matrix(missing)) rowSums(missing) > 0 else missing)
}

inform_omitted <- function(omitted, n, count) {
  if (omitted > 0) {
    inform(
      paste0(
        omitted, " of ", count_of(n, "row"), if (omitted == 1) " was" else " were",
        " left out because of missing values in ", quote_names(names(count)), "."
      ),
      class = "sparsepath_message_omitted", variable = names(count), omitted = omitted
    )
  }
}

abort_missing <- function(argument, variables) {
  abort_input(
    argument, paste0(
      "has missing values in ", quote_names(variables), ", and `na.action` does not allow them."
    ),
    variable = variables, remedy = "Use na.action = na.omit to leave those rows out.",
    class = "sparsepath_error_missing_values"
  )
}

# What na.action lets through must be finite. The response, weights and offset are checked later.
check_frame <- function(frame, terms) {
  if (nrow(frame) == 0) {
    abort_input("data", "has no rows left to fit.",
      remedy = "Look at missing values and at `subset`.", class = "sparsepath_error_no_rows"
    )
  }
  for (name in names(frame_predictors(terms, frame))) {
    value <- frame[[name]]
    check_variable(value, name)
    bad <- if (is.numeric(value)) !are_finite(value) else anyNA(value)
    if (bad) {
      rows <- if (is.numeric(value)) !is.finite(value) else is.na(value)
      rows <- if (is.matrix(rows)) rowSums(rows) > 0 else rows
      abort_values(name, "must not be missing or infinite", rows, attr(frame, "row.names"),
        remedy = "Transform the variable, or leave those rows out.",
        class = "sparsepath_error_nonfinite"
      )
    }
  }
}

# Variables that new data must have: those of the data, and those of the environment that have a
# value for each row. Constants that a formula uses are found in its environment.
needed_variables <- function(terms, data, offset) {
  predictors <- attr(stats::delete.response(terms), "variables")
  used <- all.vars(as.call(list(as.name("list"), predictors, offset)))
  env <- environment(terms)
  n <- if (is.data.frame(data)) {
    nrow(data)
  } else {
    NROW(eval(attr(terms, "variables")[[2]], data, env))
  }
  has_rows <- function(name) {
    if (name %in% names(data)) {
      return(TRUE)
    }
    value <- get0(name, envir = env)
    !is.null(value) && !is.function(value) && NROW(value) == n
  }
  used[vapply(used, has_rows, NA)]
}

# ---- The dot without a data frame ---------------------------------------------------------------

# With a data frame, terms() expands the dot. Without one it stands for the numeric or factor
# variables and the numeric matrices in the frame of the formula's environment (or in a list or an
# environment given as data) that have as many rows as the response, except those on the left-hand
# side and those that another argument of the call uses.
expand_dot <- function(formula, data, call) {
  if (!"." %in% all.vars(formula[[3]]) || is.data.frame(data)) {
    return(formula)
  }
  env <- environment(formula)
  place <- if (is.null(data)) env else data
  response <- tryCatch(
    eval(formula[[2]], data, env),
    error = function(e) explain_frame_error(e, response_terms(formula), data, list())
  )
  n <- NROW(response)
  others <- as.list(call)[-1]
  others <- others[setdiff(names(others), c("formula", "data"))]
  used <- c(all.vars(formula[[2]]), unlist(lapply(others, all.vars)))
  names <- if (is.environment(place)) ls(place, sorted = FALSE) else names(place)
  names <- setdiff(sort(names, method = "radix"), used)
  found <- Filter(function(value) is_dot_variable(value, n), peek(names, place))
  if (length(found) == 0) {
    abort_no_dot(formula, n)
  }
  inform_dot(found)
  template <- as.data.frame(lapply(found, function(value) 0), optional = TRUE)
  stats::formula(stats::terms(formula, data = template, simplify = TRUE))
}

response_terms <- function(formula) {
  stats::terms(stats::update(formula, . ~ 1))
}

# Values of variables, NULL for what cannot be had, like an argument that was not given.
peek <- function(names, place) {
  values <- lapply(names, function(name) {
    tryCatch(
      if (is.environment(place)) suppressWarnings(get(name, place)) else place[[name]],
      error = function(e) NULL
    )
  })
  names(values) <- names
  values
}

is_dot_variable <- function(value, n) {
  is_vector <- is.null(dim(value)) && (is.numeric(value) || is.factor(value))
  is_matrix <- is.matrix(value) && is.numeric(value) && ncol(value) > 0
  (is_vector || is_matrix) && NROW(value) == n
}

inform_dot <- function(found) {
  columns <- vapply(found, NCOL, 0L)
  size <- paste0(" (matrix, ", vapply(columns, count_of, "", noun = "column"), ")")
  what <- paste0("`", names(found), "`", ifelse(vapply(found, is.matrix, NA), size, ""))
  inform(
    paste0("No `data` given: `.` stands for ", join_words(what, max = 20), "."),
    class = "sparsepath_message_dot", variable = names(found), columns = columns
  )
}

abort_no_dot <- function(formula, n) {
  abort_input(
    "formula", paste0(
      "has a `.`, but its environment has no other numeric or factor variables or matrices with ",
      count_of(n, "row"), ", as many as ", deparse1(formula[[2]]), "."
    ),
    remedy = "Give the data frame that holds the variables as `data`, or name the predictors.",
    class = "sparsepath_error_no_predictors"
  )
}
