#include "glue_answer.h"
#include "glue_problem.h"

#include "core/alloc.h"
#include "core/path/folds.h"

/* ---- reading the folds ------------------------------------------------------------------ */

/* Lists of row numbers end to end, counted from 0; R counts from 1. */
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
                              : glue_failure(fit->status, fit->error.message, -1, &fit->path);
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

static sp_folds folds_of(const work *w) {
  return (sp_folds){.count = w->count,
                    .begin = w->test.begin,
                    .rows = w->test.rows,
                    .train_begin = w->train.begin,
                    .train = w->train.rows};
}

static sp_status read(work *w, SEXP problem, SEXP test, SEXP train, sp_error *err) {
  SP_TRY(glue_problem_read(&w->problem, problem, err));
  SP_TRY(row_lists_read(&w->test, test, err));
  w->count = Rf_xlength(test);
  return Rf_isNull(train) ? SP_OK : row_lists_read(&w->train, train, err);
}

static sp_status fit(work *w, const sp_sums *sums, int threads, sp_error *err) {
  const glue_problem *p = &w->problem;
  const sp_folds folds = folds_of(w);
  SP_TRY(SP_ALLOC(&w->fits, w->count, err));
  return sp_folds_fit(w->fits, &p->spec, &folds, sums, &p->options, p->tolerance, threads, &p->ctx,
                      err);
}

/* Owned by a pointer that is protected once. */
static work *work_new(SEXP *owner) {
  work *w = NULL;
  sp_error err = {{0}};
  *owner = PROTECT(R_MakeExternalPtr(NULL, R_NilValue, R_NilValue));
  R_RegisterCFinalizerEx(*owner, clear_work, TRUE);
  if (SP_ALLOC(&w, 1, &err) != SP_OK) Rf_error("%s", err.message);
  R_SetExternalPtrAddr(*owner, w);
  glue_jump_init(&w->problem.jump, *owner);
  return w;
}

SEXP sp_fit_folds(SEXP problem, SEXP test, SEXP train, SEXP threads, SEXP sums) {
  SEXP owner;
  work *w = work_new(&owner);
  sp_error err = {{0}};
  sp_status status = read(w, problem, test, train, &err);
  if (status == SP_OK) status = fit(w, glue_sums(sums), Rf_asInteger(threads), &err);
  const glue_jump jump = w->problem.jump;
  SEXP out = PROTECT(status == SP_OK ? answer(w->fits, w->count)
                                     : glue_failure(status, err.message, -1, NULL));
  clear_work(owner);
  glue_jump_resume(&jump);
  UNPROTECT(2);
  return out;
}

/* ---- the sums --------------------------------------------------------------------------- */

static void clear_sums(SEXP pointer) {
  sp_sums *sums = (sp_sums *)R_ExternalPtrAddr(pointer);
  if (!sums) return;
  sp_sums_clear(sums);
  sp_free(sums);
  R_ClearExternalPtr(pointer);
}

static sp_status sum(const work *w, SEXP pointer, int threads, sp_error *err) {
  const sp_model_spec *spec = &w->problem.spec;
  const sp_folds folds = folds_of(w);
  sp_sums *sums = NULL;
  sp_crew_context crew;
  if (!sp_sums_pay(spec, &folds) || sp_sums_room(spec, &folds) < folds.count) return SP_OK;
  SP_TRY(SP_ALLOC(&sums, 1, err));
  R_SetExternalPtrAddr(pointer, sums);
  sp_crew_context_init(&crew, &w->problem.ctx);
  SP_TRY(sp_sums_init(sums, spec, threads, &crew.context, err));
  return sp_sums_take(sums, spec, &folds, 0, folds.count, threads, &crew.context, err);
}

SEXP sp_sum_folds(SEXP problem, SEXP test, SEXP threads) {
  SEXP owner, pointer = PROTECT(R_MakeExternalPtr(NULL, R_NilValue, R_NilValue));
  work *w = work_new(&owner);
  sp_error err = {{0}};
  R_RegisterCFinalizerEx(pointer, clear_sums, TRUE);
  sp_status status = read(w, problem, test, R_NilValue, &err);
  if (status == SP_OK) status = sum(w, pointer, Rf_asInteger(threads), &err);
  const glue_jump jump = w->problem.jump;
  clear_work(owner);
  if (status != SP_OK) clear_sums(pointer);
  glue_jump_resume(&jump);
  UNPROTECT(2);
  return R_ExternalPtrAddr(pointer) ? pointer : R_NilValue;
}
