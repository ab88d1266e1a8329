#' Balanced random folds
#'
#' Assigns observations to folds at random. The sizes of two folds differ by one at most.
#'
#' @param n number of observations.
#' @param nfolds number of folds, between 2 and n.
#' @param seed an integer for folds that can be made again: the user's random number stream
#'   is then left as it was. `NULL` draws from that stream, so that [set.seed()] works as usual.
#' @return An integer vector of length n with values in 1, ..., nfolds.
#' @seealso [cv_sparsereg()], whose argument `foldid` takes them.
#' @examples
#' table(make_folds(97, nfolds = 10, seed = 1))
#' @export
make_folds <- function(n, nfolds = 10, seed = NULL) {
  check_nfolds(nfolds, n)
  with_seed(seed, sample(rep_len(seq_len(nfolds), n)))
}

check_nfolds <- function(nfolds, n) {
  check_count(nfolds, "nfolds", min = 2)
  if (nfolds > n) {
    abort_input(
      "nfolds",
      paste0("= ", nfolds, " is more than the number of observations, ", n, "."),
      remedy = if (n > 1) paste0("Use ", n, " (leave one out) or less.")
    )
  }
}

# Evaluates `expr` under a seed and puts the user's stream back, also when there was none yet. The
# generator is fixed, so that a seed means the same folds under every RNGkind().
with_seed <- function(seed, expr) {
  if (is.null(seed)) {
    return(expr)
  }
  check_number(seed, "seed")
  old <- globalenv()$.Random.seed
  old_kind <- RNGkind()
  on.exit(restore_seed(old, old_kind))
  set.seed(seed, "Mersenne-Twister", "Inversion", "Rejection")
  expr
}

# The kinds are part of .Random.seed; without one they have to be set apart from it.
restore_seed <- function(seed, kind) {
  RNGkind(kind[1], kind[2], kind[3])
  if (is.null(seed)) {
    rm(".Random.seed", envir = globalenv())
  } else {
    assign(".Random.seed", seed, envir = globalenv())
  }
}
