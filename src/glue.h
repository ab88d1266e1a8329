/* What the R side of the package may call. */
#ifndef SPARSEPATH_GLUE_H
#define SPARSEPATH_GLUE_H

#define R_NO_REMAP
#include <R.h>
#include <Rinternals.h>

/* Fits a path. `problem`: a named list, see R/engine.R. Returns a named list whose `status` is 0
   (see core/status.h), with `message` and `column` in case of failure. */
SEXP sp_fit_path(SEXP problem);

#endif
