# From variables to columns: the matrix of predictors that a blueprint describes.

# A variable is held as pieces. A piece has at most one entry in a row: `column` says in which of
# the k columns of the variable (one number for all rows, or one for each row, 0 for none), `value`
# what it is (likewise). A factor is one piece whatever its number of levels, a matrix has one for
# each column. So interactions are products of pieces, and no n x levels matrix is ever made on the
# way to a sparse one.
as_pieces <- function(value, coding, full) {
  if (coding$type == "factor") {
    if (is.null(coding$contrasts) || full) {
      return(list(k = length(coding$levels), pieces = list(one_hot_piece(value))))
    }
    value <- contrast_rows(value, coding$contrasts)
  }
  k <- NCOL(value)
  pieces <- lapply(seq_len(k), function(j) {
    list(column = j, value = if (is.matrix(value)) value[, j] else value)
  })
  list(k = k, pieces = pieces)
}

# A missing code shows as one NA in the row, in the column of the first level.
one_hot_piece <- function(code) {
  missing <- is.na(code)
  if (!any(missing)) {
    return(list(column = code, value = 1))
  }
  list(column = ifelse(missing, 1L, code), value = ifelse(missing, NA_real_, 1))
}

contrast_rows <- function(code, contrasts) {
  rows <- contrasts[ifelse(code == 0, NA, code), , drop = FALSE]
  rows[code %in% 0, ] <- 0
  unname(rows)
}

multiply_pieces <- function(a, b) {
  pieces <- lapply(b$pieces, function(second) {
    lapply(a$pieces, function(first) {
      column <- first$column + as.double(a$k) * (second$column - 1)
      column[first$column == 0 | second$column == 0] <- 0
      list(column = column, value = first$value * second$value)
    })
  })
  list(k = as.double(a$k) * b$k, pieces = unlist(pieces, recursive = FALSE))
}

member_pieces <- function(member, values, coding) {
  pieces <- Map(as_pieces, values[member$variables], coding[member$variables], member$full)
  Reduce(multiply_pieces, pieces)
}

# `values` are the variables as conform_variable() returns them.
design_matrix <- function(blueprint, values, n) {
  if (blueprint$sparse) {
    return(sparse_design(blueprint, values, n))
  }
  x <- matrix(0, n, length(blueprint$columns), dimnames = list(NULL, blueprint$columns))
  start <- 0
  for (member in blueprint$members) {
    first <- member$variables[1]
    if (length(member$variables) == 1 && blueprint$coding[[first]]$type != "factor") {
      k <- NCOL(values[[first]])
      x[, start + seq_len(k)] <- values[[first]]
    } else {
      product <- member_pieces(member, values, blueprint$coding)
      k <- product$k
      for (piece in product$pieces) {
        column <- rep_len(piece$column, n)
        rows <- which(column > 0)
        x[cbind(rows, start + column[rows])] <- rep_len(piece$value, n)[rows]
      }
    }
    start <- start + k
  }
  x
}

sparse_design <- function(blueprint, values, n) {
  entries <- list()
  start <- 0
  for (member in blueprint$members) {
    product <- member_pieces(member, values, blueprint$coding)
    entries <- c(entries, lapply(product$pieces, piece_entries, start = start, n = n))
    start <- start + product$k
  }
  Matrix::sparseMatrix(
    i = unlist(lapply(entries, `[[`, "i")), j = unlist(lapply(entries, `[[`, "j")),
    x = unlist(lapply(entries, `[[`, "x")),
    dims = c(n, start), dimnames = list(NULL, blueprint$columns)
  )
}

piece_entries <- function(piece, start, n) {
  column <- rep_len(piece$column, n)
  value <- rep_len(piece$value, n)
  i <- which(column > 0 & (is.na(value) | value != 0))
  list(i = i, j = start + column[i], x = as.double(value[i]))
}
