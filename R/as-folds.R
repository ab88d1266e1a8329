# What the user may give as folds: labels, an object by folds(), or the resamples of rsample. All
# become folds over the rows that the fit uses.

resolve_folds <- function(problem, nfolds, foldid, seed, argument = "nfolds") {
  if (is.null(foldid)) {
    return(default_folds(problem, problem_weights(problem) > 0, nfolds, seed, argument))
  }
  folds <- if (inherits(foldid, "sparsepath_folds")) {
    keep_rows(foldid, problem)
  } else if (inherits(foldid, "rset")) {
    keep_rows(folds_from_rset(foldid), problem)
  } else {
    folds_from_labels(foldid, problem)
  }
  check_trainable(folds, problem$weights)
}

# An argument with a value for each observation, which may name variables of the data. `value` is
# its promise: without any of them it is evaluated where it was written, also if that was in a
# function which handed it on in its dots; then `given`, what the call has, is ..1 or the like.
evaluate_in_data <- function(expression, value, given, argument, problem, envir) {
  data <- problem$data
  used <- all.vars(expression)
  of_data <- used %in% names(data)
  # eval() would look for what an environment does not have behind it, not where the user called.
  if (is.environment(data)) data <- mget(used[of_data], data)
  if (any(of_data) && !all(of_data) && is_of_dots(given)) {
    abort_input(
      argument, paste0(
        "cannot be passed on in the `...` of another function with variables of `data` (",
        quote_names(used[of_data]), ") and others (", quote_names(used[!of_data]), ")."
      ),
      remedy = "Make it a variable of `data`, or an argument of that function and use do.call()."
    )
  }
  tryCatch(if (any(of_data)) eval(expression, data, envir) else value, error = function(e) {
    if (inherits(pass_time_limit(e), "sparsepath_error")) stop(e)
    abort_input(
      argument, paste0("cannot be evaluated: ", sub("[.]$", "", conditionMessage(e)), "."),
      remedy = if (!is.null(data)) {
        "It is looked up in `data`, then where the function was called."
      }
    )
  })
}

is_of_dots <- function(expression) {
  is.name(expression) && grepl("^\\.\\.[0-9]+$", expression)
}

# Places of the rows that the fit uses among n observations: its own, those before missing values
# were left out, or all rows of the data. NULL: there are not so many of any of them. Where `subset`
# has the rows in another order, or more than once, n may be that of several, which must agree.
used_places <- function(problem, n, argument) {
  kept <- nrow(problem$x)
  omitted <- problem$na_action
  all_rows <- problem$all_rows
  readings <- list(
    if (n == kept) seq_len(n),
    if (length(omitted) > 0 && n == kept + length(omitted)) seq_len(n)[-omitted],
    if (!is.null(all_rows) && n == all_rows$n && !anyNA(all_rows$places)) all_rows$places
  )
  readings <- unique(readings[lengths(readings) > 0])
  if (length(readings) > 1) {
    abort_input(
      argument, paste0(
        "may be for the ", count_of(n, "row"), " of the data, or for as many that `subset` takes ",
        "in another order or more than once."
      ),
      remedy = "Take these rows of `data` first, and leave out `subset`."
    )
  }
  if (length(readings) > 0) readings[[1]]
}

# Arguments that draw folds would do nothing where there are folds; NULL is one that was not given.
check_not_drawn <- function(folds, given, holder = "foldid") {
  given <- names(given)[!vapply(given, is.null, NA)]
  if (!is.null(folds) && length(given) > 0) {
    abort_input(
      given[1], paste0("draws folds, and `", holder, "` has them already."),
      remedy = paste0(
        "Leave out `", given[1], if (holder == "foldid") "` or `foldid", "`."
      )
    )
  }
}

# Rows without weight are spread over the folds last, so that the others are balanced. Classes and
# counts are stratified.
default_folds <- function(problem, weighted, nfolds, seed, argument) {
  n <- sum(weighted)
  check_nfolds(nfolds, n, argument)
  y <- as.vector(problem$y)[weighted]
  name <- problem$family$name
  measured <- name %in% c("gaussian", "Gamma", "inverse.gaussian")
  strata <- if (grepl("binomial", name) || (!measured && are_counts(y))) y
  drawn <- folds(n, nfolds, strata = if (nfolds < n) strata, seed = seed)
  id <- integer(length(weighted))
  id[weighted] <- drawn$foldid
  id[!weighted] <- rep_len(seq_len(nfolds), sum(!weighted))
  folds_by_label(id, nfolds, drawn$kind)
}

folds_from_labels <- function(foldid, problem) {
  if (!is.atomic(foldid)) {
    abort_input("foldid", paste0(
      "must be labels, folds by folds() or resamples of rsample, not ", describe(foldid), "."
    ))
  }
  place <- used_places(problem, length(foldid), "foldid")
  used <- if (is.null(place)) foldid else foldid[place]
  check_fold_values(used, nrow(problem$x), "foldid")
  id <- if (are_consecutive(used)) as.integer(used) else code_labels(used)
  k <- max(id)
  folds_by_label(id, k, paste0(k, "-fold, folds as given"))
}

# The numbers 1 .. k and no others: told sooner than all labels are listed.
are_consecutive <- function(labels) {
  if (!is.numeric(labels) || length(labels) == 0) return(FALSE)
  largest <- max(labels)
  if (min(labels) != 1 || largest > length(labels)) return(FALSE)
  id <- as.integer(labels)
  (is.integer(labels) || all(id == labels)) && all(tabulate(id, largest) > 0)
}

# Bootstrap samples repeat rows of the training set, which then count as often. The apparent split
# predicts all rows from themselves.
folds_from_rset <- function(rset) {
  if (!requireNamespace("rsample", quietly = TRUE)) {
    abort_input("foldid", "is made by package rsample, which is not installed.")
  }
  own <- vapply(rset$splits, inherits, NA, "apparent_split")
  splits <- rset$splits[!own]
  test <- lapply(splits, as.integer, data = "assessment")
  train <- lapply(splits, as.integer, data = "analysis")
  n <- nrow(rset$splits[[1]]$data)
  rest <- Map(function(a, b) identical(sort(c(a, b)), seq_len(n)), test, train)
  repeat_of <- if ("id2" %in% names(rset)) match(rset$id, unique(rset$id))[!own] else 1L
  out <- new_folds(
    test, n,
    kind = paste0(length(test), " splits by ", class(rset)[1], "()"),
    train = if (!all(unlist(rest))) train
  )
  out$repeat_of <- rep_len(repeat_of, length(test))
  out$repeats <- max(out$repeat_of)
  out
}

# Folds of observations of which the fit uses some.
keep_rows <- function(folds, problem) {
  kept <- nrow(problem$x)
  place <- used_places(problem, folds$n, "foldid")
  if (is.null(place)) {
    abort_input("foldid", paste0(
      "are folds of ", count_of(folds$n, "observation"), ", and there are ", kept, "."
    ))
  }
  if (folds$n == kept && identical(place, seq_len(kept))) {
    return(folds)
  }
  new_place <- replace(integer(folds$n), place, seq_len(kept))
  move <- function(rows) new_place[rows][new_place[rows] > 0]
  folds$test <- lapply(folds$test, move)
  if (!is.null(folds$train)) folds$train <- lapply(folds$train, move)
  if (!is.null(folds$foldid)) folds$foldid <- folds$foldid[place]
  folds$n <- kept
  folds
}

check_trainable <- function(folds, weights) {
  if (sum(fold_weights(weights, folds) > 0) < 2) {
    abort_input("foldid", "must put the observations of positive weight in two folds or more.")
  }
  folds
}

# The weights of the rows that fold k is trained on, all others 0.
train_weights <- function(folds, k, weights) {
  if (is.null(folds$train)) {
    replace(weights, folds$test[[k]], 0)
  } else {
    weights * tabulate(folds$train[[k]], folds$n)
  }
}
