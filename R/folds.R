#' Folds for cross-validation
#'
#' Says which observations are left out together: at random, stratified, with groups kept whole, in
#' blocks of neighbours, or forwards in time.
#'
#' @details
#' - **Random** folds differ in size by one at most.
#' - **Stratified** folds hold the same share of every stratum, up to one observation. This is the
#'   default where `y` are classes (a factor, logical or character vector) or counts (whole numbers
#'   from 0 that take at most 10 values, or else are cut at their deciles).
#' - **Groups** (such as the visits of one patient) are held out as a whole: the largest ones first,
#'   each to the fold that is smallest so far, ties at random.
#' - **Blocks** are runs of neighbours, in the order of the rows or of a variable.
#' - **Time**: the observations are cut into k + 1 pieces in the order of `time`. Fold i is trained
#'   on the first i pieces and tested on the next one (rolling origin), so that nothing is predicted
#'   from its future.
#'
#' Equal values of `blocks` or `time` are never separated.
#'
#' @param y the number of observations n, or the response: n values.
#' @param k the number of folds, from 2 to n, or `"loo"` to leave out one observation at a time (not
#'   with `groups`, `blocks` or `time`).
#' @param strata `NULL` for the default, n values (numbers that take more than 10 values are cut at
#'   their deciles), or `FALSE` for none.
#' @param groups n labels, one for each observation.
#' @param blocks `TRUE` for neighbouring rows, or n numbers (or dates) by which to order them.
#' @param time n numbers, dates or times.
#' @param repeats how many times to draw the folds; only for those that are drawn at random.
#' @param seed an integer for folds that can be made again: the user's random number stream is then
#'   left as it was. `NULL` draws from that stream, so that [set.seed()] works as usual.
#' @param x folds.
#' @param ... not used.
#'
#' @return An object of class `sparsepath_folds`, a list of
#' - `test`: the rows of each fold, a list of K = k x `repeats` integer vectors;
#' - `train`: `NULL` if each fold is predicted from all other rows, else a list of integer vectors;
#' - `n`, `repeats`, `repeat_of` (K): the repeat that each fold belongs to;
#' - `foldid`: the fold of each row, if each row is in exactly one, else `NULL`;
#' - `kind`: in words.
#'
#' @references Stone M (1974). Cross-validatory choice and assessment of statistical predictions.
#'   *Journal of the Royal Statistical Society B* 36, 111-147.
#'
#' Tashman LJ (2000). Out-of-sample tests of forecasting accuracy. *International Journal of
#' Forecasting* 16, 437-450.
#' @seealso [cv_sparsereg()], whose argument `foldid` takes them.
#' @examples
#' folds(97, k = 10, seed = 1)
#' folds(iris$Species, k = 5, seed = 1)
#' folds(97, k = 5, groups = prostate$age, seed = 1)
#' folds(97, k = 4, time = 1:97)
#' cv_sparsereg(lpsa ~ . - train, prostate, foldid = folds(97, k = 5, repeats = 3, seed = 1))
#' @export
folds <- function(y, k = 10, strata = NULL, groups = NULL, blocks = NULL, time = NULL,
                  repeats = 1, seed = NULL) {
  n <- count_rows(y)
  design <- c("groups", "blocks", "time")
  given <- design[!vapply(list(groups, blocks, time), is.null, NA)]
  if (length(given) == 0 || !is.null(strata)) {
    given <- c(given, if (!is.null(strata) && !isFALSE(strata)) "strata")
  }
  if (length(given) > 1) {
    abort_input(given[1], paste0("and `", given[2], "` were both given."),
      remedy = "Give one of the two."
    )
  }
  check_count(repeats, "repeats")
  if (identical(k, "loo") && length(given) > 0) abort_loo(given)
  k <- if (identical(k, "loo")) n else k
  check_nfolds(k, n, "k")
  drawn <- k < n && !any(given %in% c("blocks", "time"))
  if (repeats > 1 && !drawn) {
    abort_input("repeats", "must be 1: these folds are not drawn at random.")
  }
  if (!is.null(time)) {
    return(rolling_folds(check_fold_order(time, n, "time"), k))
  }
  plan <- fold_plan(y, n, k, strata, groups, blocks)
  ids <- with_seed(seed, lapply(seq_len(repeats), function(r) plan$draw()))
  new_folds(
    unlist(lapply(ids, rows_by_label, k), FALSE), n = n, repeats = repeats, kind = plan$kind
  )
}

abort_loo <- function(given) {
  abort_input("k", paste0("= \"loo\" is for observations that are left out one at a time, and `",
    given[1], "` was given."
  ), remedy = paste0("Give a number of folds, or leave out `", given[1], "`."))
}

count_rows <- function(y) {
  if (is.numeric(y) && length(y) == 1) {
    check_count(y, "y", min = 2, max = .Machine$integer.max)
    return(as.integer(y))
  }
  if (!is.atomic(y) || length(y) < 2 || isTRUE(ncol(y) > 1)) {
    abort_input("y", paste0(
      "must be a number of observations or a response, not ", describe(y), "."
    ))
  }
  length(y)
}

check_nfolds <- function(nfolds, n, argument) {
  check_count(nfolds, argument, min = 2)
  if (nfolds > n) {
    abort_input(
      argument,
      paste0("= ", nfolds, " is more than the number of observations, ", n, "."),
      remedy = if (n > 1) paste0("Use ", n, " (leave one out) or less.")
    )
  }
}

check_fold_values <- function(values, n, argument) {
  if (!is.atomic(values) || length(values) != n) {
    is_name <- is.character(values) && length(values) == 1
    abort_input(argument, paste0(
      "must be a vector with one element for each of the ", count_of(n, "observation"),
      if (is.atomic(values)) ": it has " else ", not ",
      if (is.atomic(values)) length(values) else describe(values), "."
    ), remedy = if (is_name) paste0(
      "A variable of the data has no quotes: ", argument, " = ", values, "."
    ))
  }
  check_no_missing(values, argument)
  values
}

# Text and factors would be sorted by the alphabet.
check_fold_order <- function(values, n, argument) {
  if (inherits(values, "POSIXlt")) values <- as.POSIXct(values)
  values <- check_fold_values(values, n, argument)
  clock <- inherits(values, c("Date", "POSIXct", "difftime"))
  if (!is.numeric(values) && !is.ordered(values) && !clock) {
    abort_input(argument, paste0("must be numbers, dates or times, not ", describe(values), "."),
      remedy = "Convert it, for instance by as.Date()."
    )
  }
  values
}

check_no_missing <- function(values, argument) {
  if (anyNA(values)) {
    abort_input(argument, paste0(
      "must not have missing values: ", sum(is.na(values)), " of ", length(values),
      " are, the first in row ", which(is.na(values))[1], "."
    ))
  }
}

# What to call the folds, and a function that draws the fold of each row.
fold_plan <- function(y, n, k, strata, groups, blocks) {
  if (!is.null(groups)) {
    groups <- code_labels(check_fold_values(groups, n, "groups"))
    size <- tabulate(groups)
    check_nfolds_of(k, length(size), "group")
    kind <- paste0(k, "-fold, grouped (", length(size), " groups)")
    return(list(kind = kind, draw = function() draw_groups(size, k)[groups]))
  }
  if (!is.null(blocks)) {
    blocks <- if (isTRUE(blocks)) seq_len(n) else check_fold_order(blocks, n, "blocks")
    id <- cut_in_order(blocks, k)
    return(list(kind = paste0(k, "-fold, blocks of neighbours"), draw = function() id))
  }
  if (k == n) {
    return(list(kind = "leave-one-out", draw = function() seq_len(n)))
  }
  strata <- fold_strata(y, n, strata)
  if (is.null(strata)) {
    draw <- function() sample(rep_len(seq_len(k), n))
    return(list(kind = paste0(k, "-fold, at random"), draw = draw))
  }
  kind <- paste0(k, "-fold, stratified (", length(unique(strata)), " strata)")
  list(kind = kind, draw = function() draw_strata(strata, k))
}

check_nfolds_of <- function(k, n, noun, argument = "k") {
  if (k > n) {
    abort_input(argument, paste0("= ", k, " is more than the number of ", noun, "s, ", n, "."),
      remedy = if (n > 1) paste0("Use ", n, " or less.")
    )
  }
}

fold_strata <- function(y, n, strata) {
  if (isFALSE(strata)) {
    return(NULL)
  }
  if (!is.null(strata)) {
    return(as_strata(check_fold_values(strata, n, "strata")))
  }
  if (length(y) > 1 && (!is.numeric(y) || are_counts(y))) as_strata(check_fold_values(y, n, "y"))
}

are_counts <- function(y) {
  y <- y[!is.na(y)]
  is.numeric(y) && all(is.finite(y)) && all(y >= 0 & y == round(y))
}

as_strata <- function(values) {
  if (!is.numeric(values) || length(unique(values)) <= 10) {
    return(as.character(values))
  }
  as.character(findInterval(values, unique(stats::quantile(values, 1:9 / 10))))
}

# Stratum by stratum in random order, folds dealt out in turn and never starting again, so that the
# folds are balanced as well.
draw_strata <- function(strata, k) {
  rows <- order(code_labels(strata), sample(length(strata)))
  replace(integer(length(strata)), rows, rep_len(sample(k), length(strata)))
}

# 1, 2, ... for the different labels, in an order that depends on no language: a seed shall mean the
# same everywhere.
code_labels <- function(labels) {
  if (is.complex(labels) || is.raw(labels)) labels <- as.character(labels)
  match(labels, sort(unique(labels), method = "radix"))
}

# The fold of each group.
draw_groups <- function(size, k) {
  drawn <- sample(length(size))
  load <- numeric(k)
  fold <- integer(length(size))
  for (g in drawn[order(size[drawn], decreasing = TRUE)]) {
    fold[g] <- which.min(load)
    load[fold[g]] <- load[fold[g]] + size[g]
  }
  fold
}

# Runs of about n / pieces rows in the order of `values`, for k folds. Rows of equal value go where
# the middle one of them falls.
cut_in_order <- function(values, k, pieces = k) {
  middle <- rank(values, ties.method = "average")
  piece <- pmin(floor((middle - 0.5) / length(values) * pieces) + 1, pieces)
  id <- match(piece, sort(unique(piece)))
  if (max(id) < pieces) {
    abort_input("k", paste0(
      "= ", k, " folds need ", pieces, " pieces, more than the values can be cut into."
    ), remedy = "Equal values are never separated: ask for fewer folds.")
  }
  id
}

rolling_folds <- function(time, k) {
  piece <- cut_in_order(time, k, k + 1)
  new_folds(
    lapply(seq_len(k), function(i) which(piece == i + 1)),
    train = lapply(seq_len(k), function(i) which(piece <= i)),
    n = length(time), kind = paste0(k, "-fold, rolling origin")
  )
}

# The places of each label 1 .. k in `id`.
rows_by_label <- function(id, k) {
  rows <- order(id, method = "radix")
  size <- tabulate(id, k)
  Map(function(from, count) rows[seq.int(from, length.out = count)], cumsum(size) - size + 1L, size)
}

folds_by_label <- function(id, k, kind) {
  new_folds(rows_by_label(id, k), length(id), kind, foldid = as.integer(id))
}

# foldid: the fold of each row, NULL if some row is in none or in several.
new_folds <- function(test, n, kind, train = NULL, repeats = 1, foldid = labels_of(test, n)) {
  k <- length(test) / repeats
  structure(
    list(
      test = test, train = train, n = n, repeats = repeats,
      repeat_of = rep(seq_len(repeats), each = k),
      foldid = if (repeats == 1 && is.null(train)) foldid, kind = kind
    ),
    class = "sparsepath_folds"
  )
}

labels_of <- function(test, n) {
  rows <- unlist(test)
  whole <- length(rows) == n && all(tabulate(rows, n) == 1)
  if (whole) replace(integer(n), rows, rep(seq_along(test), lengths(test)))
}

#' @rdname folds
#' @method print sparsepath_folds
#' @export
print.sparsepath_folds <- function(x, ...) {
  size <- range(lengths(x$test))
  held_out <- if (size[1] == size[2]) size[1] else paste(size, collapse = " to ")
  cat(
    "<folds> ", describe_folds(x), ", ", count_of(x$n, "observation"), "\n",
    held_out, if (size[2] == 1) " is" else " are", " held out at a time",
    if (!is.null(x$train)) {
      paste0(", predicted from ", paste(unique(range(lengths(x$train))), collapse = " to "))
    }, "\n",
    sep = ""
  )
  invisible(x)
}

describe_folds <- function(folds) {
  paste0(folds$kind, if (folds$repeats > 1) paste0(", repeated ", folds$repeats, " times"))
}

# Evaluates `expr` under a seed and puts the user's stream back, also when there was none yet. The
# generator is fixed, so that a seed means the same folds under every RNGkind().
with_seed <- function(seed, expr) {
  if (is.null(seed)) {
    return(expr)
  }
  check_count(seed, "seed", min = -.Machine$integer.max, max = .Machine$integer.max)
  old <- globalenv()$.Random.seed
  old_kind <- RNGkind()
  on.exit(restore_seed(old, old_kind))
  set.seed(seed, "Mersenne-Twister", "Inversion", "Rejection")
  expr
}

# The kinds are part of .Random.seed; without one they have to be set apart from it. R warns of the
# old way of rounding, which the user has chosen.
restore_seed <- function(seed, kind) {
  suppressWarnings(RNGkind(kind[1], kind[2], kind[3]))
  if (is.null(seed)) {
    rm(".Random.seed", envir = globalenv())
  } else {
    assign(".Random.seed", seed, envir = globalenv())
  }
}
