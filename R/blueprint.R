# The blueprint keeps what was learnt about the predictors at training, so that forge() can code
# new data the same way: terms, levels, contrasts, basis parameters and column names. It is a list
# of class "sparsepath_blueprint" with
#   kind     "formula", "data.frame" or "matrix"
#   columns  names of the columns of x, in order
#   y_name   the response, as text
# and for a matrix
#   named    did the matrix have column names?
# and for a matrix or a data frame
#   has_offset  was the fit given an offset?
# and for a formula or a data frame
#   coding   for each variable, what its columns are (see learn_coding())
#   members  for each term, its variables and how they are coded (see term_members())
#   terms_of the term that each column came from
#   sparse   is x a dgCMatrix?
#   means    of the columns, each row counting once, for a fit with weights; NULL without
# and for a formula
#   terms    the terms, with the response, the basis parameters (predvars) and the environment
#   needed   variables that new data must have
#   offset   the expression given as argument `offset`, or NULL
#
# Coding. A number is one column, a numeric matrix one for each of its columns. A factor or a
# character variable has one 0/1 column for each level: the penalty makes the coding identifiable,
# and no level is treated unlike the others. A logical is one 0/1 column. Columns are named as
# stats::model.matrix() names them, except that names which are not syntactic get no backticks.

new_blueprint <- function(kind, columns, y_name, ...) {
  structure(
    list(kind = kind, columns = columns, y_name = y_name, ...),
    class = "sparsepath_blueprint"
  )
}

new_blueprint_matrix <- function(columns, named, y_name) {
  new_blueprint("matrix", columns, y_name, named = named)
}

# `frame` is the model frame of the terms; `members` says what the terms are made of.
new_blueprint_formula <- function(terms, frame, contrasts, needed, offset, y_name) {
  coding <- learn_codings(frame_predictors(terms, frame), contrasts)
  members <- term_members(terms, names(frame))
  # The pattern of the terms is in `members`; as a matrix of variables by terms it would outweigh x.
  if (length(attr(terms, "factors")) > 1e6) {
    attr(terms, "factors") <- NULL
  }
  new_blueprint_frame("formula", coding, members, y_name,
    terms = terms, needed = needed, offset = offset
  )
}

new_blueprint_data_frame <- function(data, y_name) {
  coding <- learn_codings(data)
  members <- lapply(seq_along(data), function(j) list(variables = names(data)[j], full = FALSE))
  names(members) <- names(data)
  new_blueprint_frame("data.frame", coding, members, y_name)
}

new_blueprint_frame <- function(kind, coding, members, y_name, ...) {
  names <- lapply(members, term_columns, coding = coding)
  columns <- unlist(names, use.names = FALSE)
  check_unique_columns(columns, if (kind == "formula") "formula" else "x",
    remedy = "Rename a variable or a level, so that all columns can be told apart."
  )
  new_blueprint(kind, columns, y_name,
    coding = coding, members = members,
    terms_of = rep(gsub("`", "", names(members), fixed = TRUE), lengths(names)),
    sparse = is_sparse_design(members, coding), ...
  )
}

#' @export
print.sparsepath_blueprint <- function(x, ...) {
  cat(
    "<sparsepath_blueprint> of a ", x$kind, ": ", count_of(length(x$columns), "column"), "\n",
    quote_names(x$columns), "\n",
    sep = ""
  )
  invisible(x)
}

check_unique_columns <- function(columns, argument, remedy) {
  if (anyDuplicated(columns)) {
    twice <- unique(columns[duplicated(columns)])
    abort_input(
      argument, paste0(
        "must not give two columns the same name: ", quote_names(twice),
        if (length(twice) == 1) " occurs" else " occur", " more than once."
      ),
      variable = twice, remedy = remedy, class = "sparsepath_error_duplicate_columns"
    )
  }
}

# ---- Coding of variables ------------------------------------------------------------------------

# The columns of the model frame that the terms are made of: not the response, offset or weights.
frame_predictors <- function(terms, frame) {
  pattern <- attr(terms, "factors")
  used <- which(rowSums(pattern) > 0)
  as.list(frame)[used]
}

# How a variable turns into columns: its type, the names of its columns less the name of the
# variable, and for a factor its levels and, where full one-hot coding is not wanted, contrasts.
learn_codings <- function(variables, contrasts = NULL) {
  check_contrasts(contrasts, variables)
  codings <- lapply(names(variables), function(name) {
    learn_coding(variables[[name]], name, contrasts[[name]])
  })
  names(codings) <- names(variables)
  codings
}

learn_coding <- function(value, name, contrast = NULL) {
  type <- variable_type(value)
  switch(type,
    numeric = list(type = type, suffix = column_suffix(value), time = time_unit(value)),
    logical = list(type = type, suffix = "TRUE"),
    factor = learn_factor(as.factor(value), name, contrast),
    check_variable(value, name)
  )
}

check_variable <- function(value, name) {
  check_shape(value, name)
  if (variable_type(value) == "other") {
    abort_input(
      name, paste0(
        "must be numeric, a factor, character or logical, not ", describe_type(value), "."
      ),
      variable = name, class = "sparsepath_error_variable"
    )
  }
}

# Numbers may be a matrix, all else is one value for each row.
check_shape <- function(value, name) {
  if (has_fitting_shape(value)) {
    return(invisible())
  }
  is_array <- length(dim(value)) > 2
  abort_input(
    name, paste0(
      if (is_array) "must be a vector or a matrix, not " else "must have one column, not ",
      if (is_array) describe(value) else ncol(value), "."
    ),
    variable = name, class = "sparsepath_error_variable",
    remedy = if (is_array) remedy_for_array(name) else "Make each column a variable of its own."
  )
}

has_fitting_shape <- function(value) {
  length(dim(value)) < 2 || is.data.frame(value) ||
    (length(dim(value)) == 2 && (ncol(value) == 1 || !is_categorical(value)))
}

is_categorical <- function(value) {
  is.factor(value) || is.character(value)
}

# Dates and times count as numbers, as they do for lm(). A survival time says that it is one.
variable_type <- function(value) {
  if (inherits(value, "Surv") || !has_fitting_shape(value)) {
    return("other")
  }
  if (is_categorical(value)) {
    return("factor")
  }
  if (is.logical(value) && length(dim(value)) < 2) {
    return("logical")
  }
  is_number <- is.numeric(value) || inherits(value, c("Date", "POSIXct", "difftime")) ||
    is.logical(value)
  if (is_number) "numeric" else "other"
}

# What a time is counted in, by which new data are told from others: "Date" and "POSIXct" in days
# and seconds, a difference of times in the unit that it has. NULL for other numbers.
time_unit <- function(value) {
  class <- intersect(c("Date", "POSIXct", "difftime"), class(value))
  if (length(class) > 0) c(class, if (class == "difftime") units(value))
}

# A matrix of one column is named like a vector, as in stats::model.matrix().
column_suffix <- function(value) {
  k <- NCOL(value)
  if (k == 1) {
    return("")
  }
  if (is.null(colnames(value))) as.character(seq_len(k)) else colnames(value)
}

# Contrasts that the user attached to a factor, also by C() in the formula, are a wish like the
# argument `contrasts`, which goes first.
learn_factor <- function(value, name, contrast) {
  levels <- levels(value)
  coding <- list(type = "factor", suffix = levels, levels = levels, contrasts = NULL)
  if (is.null(contrast)) {
    contrast <- attr(value, "contrasts")
  }
  if (!is.null(contrast)) {
    coding$contrasts <- contrast_matrix(value, name, contrast)
    suffix <- colnames(coding$contrasts)
    coding$contrast_suffix <- if (is.null(suffix)) seq_len(ncol(coding$contrasts)) else suffix
  }
  coding
}

contrast_matrix <- function(value, name, contrast) {
  tryCatch(
    {
      if (is.matrix(contrast)) {
        stats::contrasts(value, ncol(contrast)) <- contrast
      } else {
        stats::contrasts(value) <- contrast
      }
      stats::contrasts(value)
    },
    error = function(e) {
      abort_input(
        "contrasts",
        paste0("for ", quote_names(name), " cannot be used: ", conditionMessage(e), "."),
        variable = name, class = "sparsepath_error_contrasts"
      )
    }
  )
}

check_contrasts <- function(contrasts, variables) {
  if (is.null(contrasts)) {
    return(invisible())
  }
  if (!is.list(contrasts) || is.null(names(contrasts))) {
    abort_input("contrasts", paste0("must be a named list, not ", describe(contrasts), "."),
      remedy = "For instance: contrasts = list(region = \"contr.treatment\").",
      class = "sparsepath_error_contrasts"
    )
  }
  factors <- names(variables)[vapply(variables, variable_type, "") == "factor"]
  wrong <- setdiff(names(contrasts), factors)
  if (length(wrong) > 0) {
    abort_input("contrasts", paste0("names no factor of the formula: ", quote_names(wrong), "."),
      variable = wrong,
      remedy = if (length(factors) > 0) suggest_or_list(wrong[1], factors),
      class = "sparsepath_error_contrasts"
    )
  }
}

# ---- Terms --------------------------------------------------------------------------------------

# For each term, the names of its variables in the model frame, and for each of them whether a
# factor with contrasts is to be coded in full here because its margin is absent (the value 2 in
# the pattern of terms(), as lm() does). The intercept does not change the coding.
term_members <- function(terms, names) {
  attr(terms, "intercept") <- 1L
  pattern <- attr(terms, "factors")
  members <- lapply(seq_len(ncol(pattern)), function(k) {
    rows <- which(pattern[, k] > 0)
    list(variables = names[rows], full = unname(pattern[rows, k] == 2))
  })
  names(members) <- colnames(pattern)
  members
}

variable_columns <- function(name, coding, full) {
  if (is.null(coding$contrasts) || full) {
    return(paste0(name, coding$suffix))
  }
  paste0(name, coding$contrast_suffix)
}

# The first variable of an interaction varies fastest.
term_columns <- function(member, coding) {
  names <- Map(variable_columns, member$variables, coding[member$variables], member$full)
  Reduce(function(a, b) paste(rep(a, length(b)), rep(b, each = length(a)), sep = ":"), names)
}

# One-hot columns of many levels are nearly empty. A design is kept sparse when it has more than 30
# of them and less than a quarter of its entries are expected to differ from zero: below that a
# dgCMatrix, at 12 bytes for an entry, is smaller than a dense matrix by more than half.
is_sparse_design <- function(members, coding) {
  size <- vapply(members, term_size, c(columns = 0, entries = 0, one_hot = 0), coding = coding)
  total <- rowSums(size)
  total[["one_hot"]] > 30 && total[["entries"]] < 0.25 * total[["columns"]]
}

# Number of columns, of entries per row that differ from zero, and of one-hot columns.
term_size <- function(member, coding) {
  codings <- coding[member$variables]
  one_hot <- vapply(codings, function(x) x$type == "factor" && is.null(x$contrasts), NA)
  one_hot <- one_hot | member$full
  columns <- mapply(
    function(name, x, full) length(variable_columns(name, x, full)),
    member$variables, codings, member$full
  )
  columns <- as.double(columns)
  c(
    columns = prod(columns), entries = prod(ifelse(one_hot, 1, columns)),
    one_hot = if (any(one_hot)) prod(columns) else 0
  )
}
