#include "glue_answer.h"
#include "glue_problem.h"

#include "core/alloc.h"
#include "core/path/folds.h"

/* ---- reading the folds ------------------------------------------------------------------ */

/* Lists of row numbers, counted from 1, end to end. */
typedef struct {
  ptrdiff_t *begin;
  int *rows;
} row_lists;

static void row_lists_clear(row_lists *lists) {
  sp_free(lists->begin);
  sp_free(lists->rows);
}

static sp_status row_lists_read(row_lists *lists, SEXP list, sp_error *err) {
  const R_xlen_t count = Rf_xlength(list);
  SP_TRY(SP_ALLOC(&lists->begin, count + 1, err));
  for (R_xlen_t k = 0; k < count; k++)
    lists->begin[k + 1] = lists->begin[k] + Rf_xlength(VECTOR_ELT(list, k));
  SP_TRY(SP_ALLOC(&lists->rows, lists->begin[count], err));
  for (R_xlen_t k = 0; k < count; k++) {
    const int *rows = INTEGER_RO(VECTOR_ELT(list, k));
    for (ptrdiff_t e = 0; e < lists->begin[k + 1] - lists->begin[k]; e++)
      lists->rows[lists->begin[k] + e] = rows[e] - 1;
  }
  return SP_OK;
}

/* ---- writing the answer ----------------------------------------------------------------- */

static SEXP fold_success(const sp_fold_fit *fit) {
  const char *names[] = {"status", "path", "error_sum", ""};
  SEXP out = PROTECT(Rf_mkNamed(VECSXP, names));
  SET_VECTOR_ELT(out, 0, Rf_ScalarInteger(SP_OK));
  SET_VECTOR_ELT(out, 1, glue_path(&fit->path));
  if (fit->error_sum) SET_VECTOR_ELT(out, 2, glue_numbers(fit->error_sum, fit->path.size));
  UNPROTECT(1);
  return out;
}

static SEXP fold_answer(sp_fold_fit *fit) {
  if (fit->status == SP_OK) fit->status = glue_path_check(&fit->path, &fit->error);
  return fit->status == SP_OK ? fold_success(fit)
                              : glue_failure(fit->status, fit->error.message, -1);
}

static SEXP answer(sp_fold_fit *fits, ptrdiff_t count) {
  SEXP out = PROTECT(Rf_allocVector(VECSXP, count));
  for (ptrdiff_t k = 0; k < count; k++) SET_VECTOR_ELT(out, k, fold_answer(fits + k));
  UNPROTECT(1);
  return out;
}

/* ---- the call --------------------------------------------------------------------------- */

typedef struct {
  glue_problem problem;
  row_lists test, train;
  ptrdiff_t count;
  sp_fold_fit *fits;
} work;

static void clear_work(SEXP pointer) {
  work *w = (work *)R_ExternalPtrAddr(pointer);
  if (!w) return;
  glue_problem_clear(&w->problem);
  row_lists_clear(&w->test);
  row_lists_clear(&w->train);
  for (ptrdiff_t k = 0; w->fits && k < w->count; k++) sp_fold_fit_clear(w->fits + k);
  sp_free(w->fits);
  sp_free(w);
  R_ClearExternalPtr(pointer);
}

static sp_status run(work *w, SEXP problem, SEXP test, SEXP train, int threads, sp_error *err) {
  glue_problem *read = &w->problem;
  SP_TRY(glue_problem_read(read, problem, err));
  SP_TRY(row_lists_read(&w->test, test, err));
  if (!Rf_isNull(train)) SP_TRY(row_lists_read(&w->train, train, err));
  SP_TRY(SP_ALLOC(&w->fits, Rf_xlength(test), err));
  w->count = Rf_xlength(test);
  const sp_folds folds = {.count = w->count,
                          .begin = w->test.begin,
                          .rows = w->test.rows,
                          .train_begin = w->train.begin,
                          .train = w->train.rows};
  return sp_folds_fit(w->fits, &read->spec, &folds, &read->options, read->tolerance, threads,
                      &read->ctx, err);
}

SEXP sp_fit_folds(SEXP problem, SEXP test, SEXP train, SEXP threads) {
  work *w = NULL;
  sp_error err = {{0}};
  SEXP owner = PROTECT(R_MakeExternalPtr(NULL, R_NilValue, R_NilValue));
  R_RegisterCFinalizerEx(owner, clear_work, TRUE);
  if (SP_ALLOC(&w, 1, &err) != SP_OK) Rf_error("%s", err.message);
  R_SetExternalPtrAddr(owner, w);

  const sp_status status = run(w, problem, test, train, Rf_asInteger(threads), &err);
  SEXP out =
      PROTECT(status == SP_OK ? answer(w->fits, w->count) : glue_failure(status, err.message, -1));
  clear_work(owner);
  UNPROTECT(2);
  return out;
}
