#' Settings of the solver
#'
#' Collects what governs how a path is computed, as opposed to what is computed. Every setting is
#' checked when it is given.
#'
#' @param tol Accuracy that every lambda has to reach, a number greater than 0 and less than 1: the
#'   relative duality gap `(primal - dual) / null objective` of the answer is at most `tol`. A
#'   lambda that misses it is flagged in `converged`; its answer is kept. Families without a gap are
#'   judged by `kkt` instead: see [sparsereg()].
#' @param max_iter Largest number of passes over the coefficients for one lambda, a whole number
#'   of at least 1.
#' @param dev_ratio_max,dev_ratio_change An automatic grid of lambda is not followed further once
#'   the share of the null deviance that is explained passes `dev_ratio_max`, or has risen over
#'   five steps by less than five times the fraction `dev_ratio_change` of itself. Numbers between 0
#'   and 1; `dev_ratio_max = 1` and `dev_ratio_change = 0` switch the rules off. A lambda given by
#'   the user is always fitted.
#' @param fit `FALSE` returns the checked problem instead of its solution, to see what would be
#'   fitted: the coded matrix `x`, the response, weights, offset, bounds and penalty factors. Only
#'   for [sparsereg()].
#' @param progress `TRUE` shows the progress along the path.
#'
#' @return A list of class `"sparsepath_control"` with one element for each argument.
#' @seealso [sparsereg()]
#' @examples
#' sparsereg_control(tol = 1e-10)
#'
#' # What does the matrix look like that a formula stands for?
#' problem <- sparsereg(lpsa ~ poly(age, 2) + factor(gleason), prostate,
#'   control = sparsereg_control(fit = FALSE)
#' )
#' head(problem$x)
#' @export
sparsereg_control <- function(tol = 1e-7, max_iter = 10000, dev_ratio_max = 0.999,
                              dev_ratio_change = 1e-5, fit = TRUE, progress = FALSE) {
  check_number(tol, "tol", above = 0, below = 1)
  check_count(max_iter, "max_iter", max = .Machine$integer.max)
  check_number(dev_ratio_max, "dev_ratio_max", above = 0, max = 1)
  check_number(dev_ratio_change, "dev_ratio_change", min = 0, below = 1)
  check_flag(fit, "fit")
  check_flag(progress, "progress")
  control <- list(
    tol = as.double(tol), max_iter = as.double(max_iter), dev_ratio_max = as.double(dev_ratio_max),
    dev_ratio_change = as.double(dev_ratio_change), fit = fit, progress = progress
  )
  structure(control, class = "sparsepath_control")
}

check_control <- function(control) {
  if (!inherits(control, "sparsepath_control")) {
    abort_input(
      "control", paste0("must be made by sparsereg_control(), not ", describe(control), "."),
      remedy = "For instance: control = sparsereg_control(tol = 1e-9)."
    )
  }
  invisible(control)
}
