# New data in the columns of the training data, by the blueprint.

# The matrix of predictors for new data, with exactly the columns of the training matrix in their
# order. Returns a list of
#   x          matrix or dgCMatrix
#   offset     the offset of the formula (and of the argument `offset` in the formula interface)
#              for the new rows, or NULL
#   na_action  the rows that were left out by `na_action`, as in a model frame, or NULL
#   incomplete rows of x (numbers) that miss a value. Their prediction is missing; a product with
#              sparse coefficients cannot tell, because it skips what is multiplied by zero.
# New levels of a factor are an "error", or have "zero" in all columns of the factor. An offset that
# is not used is not looked for, nor are its missing values.
forge <- function(blueprint, newdata, na_action = stats::na.pass, new_levels = "error",
                  use_offset = TRUE) {
  rule <- handle_missing(na_action, "newdata")
  switch(blueprint$kind,
    matrix = forge_matrix(blueprint, newdata, rule),
    forge_frame(blueprint, newdata_frame(blueprint, newdata, rule, use_offset), new_levels)
  )
}

# A model frame, or for a data frame its columns of the training data.
newdata_frame <- function(blueprint, newdata, rule, use_offset = TRUE) {
  newdata <- as_newdata(newdata)
  if (blueprint$kind == "data.frame") {
    needed <- names(blueprint$coding)
    check_needed(needed, names(newdata))
    return(rule(as.data.frame(newdata)[needed]))
  }
  terms <- stats::delete.response(blueprint$terms)
  without <- drop_offset(terms)
  of_terms <- intersect(blueprint$needed, all.vars(attr(without, "variables")))
  needed <- if (use_offset) blueprint$needed else of_terms
  check_needed(needed, names(newdata),
    remedy = if (all(of_terms %in% names(newdata))) newoffset_remedy
  )
  if (!use_offset) terms <- without
  call <- as.call(list(stats::model.frame, terms, newdata, na.action = rule))
  if (use_offset) call$offset <- blueprint$offset
  tryCatch(eval(call), error = function(e) explain_newdata_error(e, terms, newdata))
}

newoffset_remedy <- "Give the offset of the new observations as `newoffset` instead."

# The terms as they are without their offset, for model.frame().
drop_offset <- function(terms) {
  place <- attr(terms, "offset")
  if (!is.null(place)) {
    for (name in c("variables", "predvars")) {
      attr(terms, name) <- attr(terms, name)[-(place + 1)]
    }
    attr(terms, "offset") <- NULL
  }
  terms
}

# Finds the term that the new data do not allow.
explain_newdata_error <- function(e, terms, newdata) {
  if (inherits(e, "sparsepath_error")) {
    stop(e)
  }
  fails <- function(expression) {
    value <- try(suppressWarnings(eval(expression, newdata, environment(terms))), silent = TRUE)
    inherits(value, "try-error")
  }
  expressions <- as.list(attr(terms, "predvars"))[-1]
  failing <- which(vapply(expressions, fails, NA))
  problem <- sub("[.]$", "", conditionMessage(e))
  if (length(failing) == 0) {
    of_offset <- grepl("'(offset)'", problem, fixed = TRUE)
    abort_input("newdata", paste0("cannot be used: ", problem, "."),
      remedy = if (of_offset) newoffset_remedy
    )
  }
  term <- attr(terms, "variables")[[failing[1] + 1]]
  used <- intersect(all.vars(term), names(newdata))
  lost <- Filter(function(name) is_not_found(name, problem), all.names(term, unique = TRUE))
  types <- vapply(used, function(name) describe_type(newdata[[name]]), "")
  abort_input(
    "newdata", paste0("cannot be used for ", quote_names(deparse1(term)), ": ", problem, "."),
    variable = if (length(lost) > 0) lost else used, class = "sparsepath_error_variable",
    remedy = if (length(lost) > 0) {
      paste0(
        quote_names(lost), " was found around the formula of the fit, and is not there any more."
      )
    } else {
      paste0(
        "It must be as in the fit; ", join_words(paste0("`", used, "` is ", types)), ", with ",
        count_of(NROW(newdata[[used[1]]]), "row"), "."
      )
    }
  )
}

# Is this what R says of an object or a function of that name which is not there?
is_not_found <- function(name, problem) {
  problem %in% c(
    gettextf("object '%s' not found", name, domain = "R"),
    gettextf("could not find function \"%s\"", name, domain = "R")
  )
}

as_newdata <- function(newdata) {
  if (is.data.frame(newdata) || (is.matrix(newdata) && !is.null(colnames(newdata)))) {
    return(as.data.frame(newdata))
  }
  if (!is.list(newdata) || is.null(names(newdata))) {
    abort_input("newdata", paste0("must be a data frame, not ", describe(newdata), "."),
      remedy = "Give a data frame with the variables of the fit."
    )
  }
  newdata
}

check_needed <- function(needed, present, remedy = NULL) {
  missing <- setdiff(needed, present)
  if (length(missing) > 0) {
    abort_input(
      "newdata", paste0("lacks variables of the fit: ", quote_names(missing), "."),
      variable = missing, remedy = c(suggest_name(missing[1], setdiff(present, needed)), remedy),
      class = "sparsepath_error_missing_columns"
    )
  }
}

forge_frame <- function(blueprint, frame, new_levels) {
  coding <- blueprint$coding
  values <- lapply(names(coding), function(name) {
    conform_variable(frame[[name]], coding[[name]], name, new_levels, attr(frame, "row.names"))
  })
  names(values) <- names(coding)
  n <- nrow(frame)
  list(
    x = design_matrix(blueprint, values, n),
    offset = if (blueprint$kind == "formula") frame_offset(frame, of_newdata = TRUE),
    na_action = attr(frame, "na.action"),
    incomplete = incomplete_rows(values, n)
  )
}

# Values as design_matrix() wants them: numbers, or for a factor the positions of the training
# levels, 0 for a level that was not seen in training.
conform_variable <- function(value, coding, name, new_levels = "error", rows = NULL) {
  type <- variable_type(value)
  is_missing <- type == "logical" && all(is.na(value))
  if (coding$type == "factor" && (type == "factor" || is_missing)) {
    return(conform_factor(as.factor(value), coding$levels, name, new_levels, rows))
  }
  same_clock <- identical(time_unit(value)[1], coding$time[1])
  if ((type != coding$type || !same_clock) && !is_missing) {
    abort_input(
      "newdata", paste0(
        "must have ", quote_names(name), " as in the fit: ", type_in_fit(coding), ", not ",
        if (has_fitting_shape(value)) describe_type(value) else describe(value), "."
      ),
      variable = name, class = "sparsepath_error_variable"
    )
  }
  if (NCOL(value) != length(coding$suffix)) {
    abort_input(
      "newdata", paste0(
        "must have ", quote_names(name), " with ", count_of(length(coding$suffix), "column"),
        ", as in the fit, not ", NCOL(value), "."
      ),
      variable = name, class = "sparsepath_error_variable"
    )
  }
  if (inherits(value, "difftime")) units(value) <- coding$time[2]
  as_plain_number(value)
}

type_in_fit <- function(coding) {
  if (!is.null(coding$time)) {
    return(paste0("an object of class ", quote_values(coding$time[1])))
  }
  if (coding$type == "factor") "a factor or character" else coding$type
}

as_plain_number <- function(value) {
  if (is.matrix(value)) {
    return(matrix(as.double(value), nrow(value), ncol(value)))
  }
  as.double(value)
}

conform_factor <- function(value, levels, name, new_levels, rows) {
  code <- match(levels(value), levels, nomatch = 0L)[as.integer(value)]
  unseen <- which(code == 0)
  if (length(unseen) > 0 && new_levels == "error") {
    abort_new_levels(name, unique(as.character(value)[unseen]), unseen, rows)
  }
  code
}

abort_new_levels <- function(name, new, unseen, rows) {
  one <- length(new) == 1
  label <- if (is.null(rows)) unseen[1] else rows[unseen[1]]
  abort_input(
    "newdata", paste0(
      "has ", if (one) "a level" else "levels", " of ", quote_names(name),
      " that the data of the fit did not have: ", quote_values(new), " (",
      if (length(unseen) > 1) paste0(length(unseen), " rows, the first is "), "row ", label, ")."
    ),
    variable = name, levels = new, rows = unseen,
    remedy = paste0(
      "Use new_levels = \"zero\" to predict as if ", if (one) "it" else "they",
      " had no effect, or leave out those rows."
    ),
    class = "sparsepath_error_new_levels"
  )
}

incomplete_rows <- function(values, n) {
  incomplete <- logical(n)
  for (value in values[vapply(values, anyNA, NA)]) {
    missing <- is.na(value)
    incomplete <- incomplete | (if (is.matrix(missing)) rowSums(missing) > 0 else missing)
  }
  which(incomplete)
}

# ---- New data for a matrix ----------------------------------------------------------------------

forge_matrix <- function(blueprint, newdata, rule) {
  x <- as_numeric_design(match_newdata(blueprint, newdata), "newdata")
  colnames(x) <- blueprint$columns
  omitted <- NULL
  incomplete <- missing_rows(x)
  if (length(incomplete) > 0) {
    # The rule on missing values sees no more than the columns that have some.
    gappy <- which(Matrix::colSums(is.na(x[incomplete, , drop = FALSE])) > 0)
    before <- as.data.frame(as.matrix(x[, gappy, drop = FALSE]))
    after <- rule(before)
    if (!identical(after, before)) {
      omitted <- attr(after, "na.action")
      if (!is.null(omitted)) x <- x[-as.integer(omitted), , drop = FALSE]
      x[, gappy] <- as.matrix(after)
      incomplete <- missing_rows(x)
    }
  }
  list(x = x, offset = NULL, na_action = omitted, incomplete = incomplete)
}

# Columns are matched by name when both sides have names, and by position otherwise. A vector is
# one row, unless the fit has one column.
match_newdata <- function(blueprint, newdata) {
  columns <- blueprint$columns
  p <- length(columns)
  if (is.numeric(newdata) && length(dim(newdata)) < 2) {
    newdata <- vector_as_newdata(newdata, p)
  }
  if (is.data.frame(newdata)) {
    newdata <- as.data.frame(newdata)
  }
  if (length(dim(newdata)) != 2) {
    abort_input("newdata", paste0("must be a matrix or a data frame, not ", describe(newdata), "."))
  }
  if (blueprint$named && !is.null(colnames(newdata))) {
    present <- column_names(newdata)
    check_needed(columns, present)
    if (!identical(present, columns)) {
      newdata <- newdata[, match(columns, present), drop = FALSE]
    }
    return(newdata)
  }
  if (ncol(newdata) != p) {
    abort_input(
      "newdata", paste0(
        "must have ", count_of(p, "column"), ", as in the fit, not ", ncol(newdata), "."
      ),
      class = "sparsepath_error_missing_columns"
    )
  }
  newdata
}

vector_as_newdata <- function(newdata, p) {
  newdata <- read_integer64(newdata)
  if (p == 1) {
    return(matrix(newdata, ncol = 1))
  }
  matrix(newdata, nrow = 1, dimnames = if (!is.null(names(newdata))) list(NULL, names(newdata)))
}

missing_rows <- function(x) {
  if (is.matrix(x)) {
    return(if (anyNA(x)) which(rowSums(is.na(x)) > 0) else integer())
  }
  sort(unique(x@i[is.na(x@x)] + 1L))
}
