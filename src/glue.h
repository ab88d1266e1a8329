/* What the R side of the package may call. After an interrupt none of it returns. */
#ifndef SPARSEPATH_GLUE_H
#define SPARSEPATH_GLUE_H

#define R_NO_REMAP
#include <R.h>
#include <Rinternals.h>

/* Fits a path. `problem`: a named list, see R/engine.R. Returns a named list whose `status` is 0
   (see core/status.h), with `message` and `column` in case of failure. sums: of sp_sum_folds(), or
   NULL. */
SEXP sp_fit_path(SEXP problem, SEXP sums);

/* Fits the path of `problem`, on its grid, for each fold: `test` and `train` are lists of row
   numbers, `train` NULL where it is all rows but those of `test`. Returns a list with, for each
   fold, `status`, and `path` and `error_sum` (or NULL) or else `message`; or a failure like that of
   sp_fit_path(). */
SEXP sp_fit_folds(SEXP problem, SEXP test, SEXP train, SEXP threads, SEXP sums);

/* Reads X once for all of these folds and the fit of all rows, whatever the penalty: a pointer to
   the sums, or NULL where that would not pay or fails. */
SEXP sp_sum_folds(SEXP problem, SEXP test, SEXP threads);

#endif
