#' What a penalised fit does not have
#'
#' Standard errors, intervals, tests and stepwise selection belong to estimates without a penalty.
#' Coefficients with one are biased towards zero, and which of them are zero depends on the data:
#' the formulas of [lm()] and [glm()] would give numbers that mean nothing. So these methods are
#' errors of class `sparsepath_error_no_inference`, with a remedy.
#'
#' @param object,fit a fit by [sparsereg()] or [cv_sparsereg()].
#' @param parm,level,scale,k,... not used.
#' @return None: they end in an error.
#' @seealso [stationarity()], [explain()], [criteria()], [select_lambda()], [loo()].
#' @examples
#' fit <- sparsereg(mpg ~ wt + hp, data = mtcars)
#' try(vcov(fit))
#' @name vcov.sparsereg
#' @export
vcov.sparsereg <- function(object, ...) {
  abort_no_inference("standard errors", resample_remedy)
}

#' @rdname vcov.sparsereg
#' @export
vcov.cv_sparsereg <- vcov.sparsereg

#' @rdname vcov.sparsereg
#' @export
confint.sparsereg <- function(object, parm, level = 0.95, ...) {
  abort_no_inference("confidence intervals", resample_remedy)
}

#' @rdname vcov.sparsereg
#' @export
confint.cv_sparsereg <- confint.sparsereg

#' @rdname vcov.sparsereg
#' @export
anova.sparsereg <- function(object, ...) {
  abort_no_inference("analysis of variance", compare_remedy)
}

#' @rdname vcov.sparsereg
#' @export
anova.cv_sparsereg <- anova.sparsereg

#' @rdname vcov.sparsereg
#' @export
extractAIC.sparsereg <- function(fit, scale, k = 2, ...) {
  abort_no_inference("steps to add or drop terms by: its path is the selection", compare_remedy)
}

#' @rdname vcov.sparsereg
#' @export
extractAIC.cv_sparsereg <- extractAIC.sparsereg

resample_remedy <-
  "Resample the rows and fit again, or use lm() or glm() on data that had no part in the selection."

compare_remedy <-
  "Compare models by criteria() or cv_sparsereg(), and choose lambda by select_lambda()."

abort_no_inference <- function(what, remedy) {
  abort(
    paste0("A penalised fit has no ", what, ".\n", remedy),
    class = "sparsepath_error_no_inference"
  )
}
