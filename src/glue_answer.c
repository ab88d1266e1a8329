#include "glue_answer.h"

#include <limits.h>
#include <string.h>

SEXP glue_numbers(const double *values, R_xlen_t count) {
  SEXP out = Rf_allocVector(REALSXP, count);
  if (count > 0) memcpy(REAL(out), values, (size_t)count * sizeof *values);
  return out;
}

static SEXP integers(const int *values, R_xlen_t count) {
  SEXP out = Rf_allocVector(INTSXP, count);
  if (count > 0) memcpy(INTEGER(out), values, (size_t)count * sizeof *values);
  return out;
}

static SEXP narrow(const ptrdiff_t *values, R_xlen_t count) {
  SEXP out = Rf_allocVector(INTSXP, count);
  for (R_xlen_t k = 0; k < count; k++) INTEGER(out)[k] = (int)values[k];
  return out;
}

SEXP glue_flags(const unsigned char *values, R_xlen_t count) {
  SEXP out = Rf_allocVector(LGLSXP, count);
  for (R_xlen_t k = 0; k < count; k++) LOGICAL(out)[k] = values[k];
  return out;
}

/* Counted from 1. */
static SEXP endless_columns(const sp_path *path) {
  const R_xlen_t count = path ? path->n_endless : 0;
  SEXP out = narrow(path ? path->endless : NULL, count);
  for (R_xlen_t k = 0; k < count; k++) INTEGER(out)[k]++;
  return out;
}

SEXP glue_failure(sp_status status, const char *message, ptrdiff_t column, const sp_path *path) {
  const char *names[] = {"status", "message", "column", "endless", ""};
  SEXP out = PROTECT(Rf_mkNamed(VECSXP, names));
  SET_VECTOR_ELT(out, 0, Rf_ScalarInteger(status));
  SET_VECTOR_ELT(out, 1, Rf_mkString(message));
  SET_VECTOR_ELT(out, 2, Rf_ScalarInteger((int)column + 1));
  SET_VECTOR_ELT(out, 3, endless_columns(path));
  UNPROTECT(1);
  return out;
}

sp_status glue_path_check(const sp_path *path, sp_error *err) {
  if (path->colptr[path->size] > INT_MAX)
    return sp_fail(err, SP_ERR_MEMORY, "more than 2^31 - 1 nonzero coefficients along the path");
  return SP_OK;
}

SEXP glue_path(const sp_path *path) {
  const char *names[] = {"lambda",     "intercept", "df",         "dev_ratio",
                         "gap",        "kkt",       "iterations", "converged",
                         "beta_p",     "beta_i",    "beta_x",     "null_deviance",
                         "lambda_max", "stop",      "endless",    ""};
  const R_xlen_t L = path->size, nonzero = path->colptr[path->size];
  SEXP out = PROTECT(Rf_mkNamed(VECSXP, names));
  int at = 0;
  SET_VECTOR_ELT(out, at++, glue_numbers(path->lambda, L));
  SET_VECTOR_ELT(out, at++, glue_numbers(path->intercept, L));
  SET_VECTOR_ELT(out, at++, glue_numbers(path->df, L));
  SET_VECTOR_ELT(out, at++, glue_numbers(path->dev_ratio, L));
  SET_VECTOR_ELT(out, at++, glue_numbers(path->gap, L));
  SET_VECTOR_ELT(out, at++, glue_numbers(path->kkt, L));
  SET_VECTOR_ELT(out, at++, narrow(path->iterations, L));
  SET_VECTOR_ELT(out, at++, integers(path->converged, L));
  SET_VECTOR_ELT(out, at++, narrow(path->colptr, L + 1));
  SET_VECTOR_ELT(out, at++, integers(path->rowidx, nonzero));
  SET_VECTOR_ELT(out, at++, glue_numbers(path->values, nonzero));
  SET_VECTOR_ELT(out, at++, Rf_ScalarReal(path->null_deviance));
  SET_VECTOR_ELT(out, at++, Rf_ScalarReal(path->lambda_max));
  SET_VECTOR_ELT(out, at++, Rf_ScalarInteger(path->stop));
  SET_VECTOR_ELT(out, at++, endless_columns(path));
  UNPROTECT(1);
  return out;
}
