/* The core's answers as objects of R. */
#ifndef SPARSEPATH_GLUE_ANSWER_H
#define SPARSEPATH_GLUE_ANSWER_H

#include "glue.h"

#include "core/path/path.h"

SEXP glue_numbers(const double *values, R_xlen_t count);
SEXP glue_flags(const unsigned char *values, R_xlen_t count);

/* A list of the fields of a path. It must have passed the check: its coefficients are counted by
   integers. */
SEXP glue_path(const sp_path *path);
sp_status glue_path_check(const sp_path *path, sp_error *err);

/* A list of status, message, column, counted from 0 (-1: no column is to blame), and the endless
   columns of `path`, which may be NULL. */
SEXP glue_failure(sp_status status, const char *message, ptrdiff_t column, const sp_path *path);

#endif
