#include "glue_answer.h"
#include "glue_problem.h"

#include "core/alloc.h"

static SEXP success(const sp_model *model, const sp_path *path) {
  const char *names[] = {"status", "path", "center", "scale", "constant", "closed_form", ""};
  const sp_std *design = &model->design;
  const R_xlen_t p = design->x->p;
  SEXP out = PROTECT(Rf_mkNamed(VECSXP, names));
  int at = 0;
  SET_VECTOR_ELT(out, at++, Rf_ScalarInteger(SP_OK));
  SET_VECTOR_ELT(out, at++, glue_path(path));
  SET_VECTOR_ELT(out, at++, glue_numbers(design->mean, p));
  SET_VECTOR_ELT(out, at++, glue_numbers(design->scale, p));
  SET_VECTOR_ELT(out, at++, glue_flags(design->constant, p));
  SET_VECTOR_ELT(out, at++, Rf_ScalarLogical(model->closed_form));
  UNPROTECT(1);
  return out;
}

/* Everything that must be freed, owned by an external pointer: should R jump away while the answer
   is written, the finaliser cleans up. */
typedef struct {
  glue_problem problem;
  sp_reduced reduced;
  sp_model model;
  sp_path path;
} work;

static void clear_work(SEXP pointer) {
  work *w = (work *)R_ExternalPtrAddr(pointer);
  if (!w) return;
  glue_problem_clear(&w->problem);
  sp_model_clear(&w->model);
  sp_reduced_clear(&w->reduced);
  sp_path_clear(&w->path);
  sp_free(w);
  R_ClearExternalPtr(pointer);
}

static sp_status make_model(work *w, const sp_sums *sums, sp_error *err) {
  const sp_model_spec *spec = &w->problem.spec;
  int trusted = 0;
  if (sums) SP_TRY(sp_sums_model(sums, spec, &w->reduced, &w->model, &trusted, err));
  return trusted ? SP_OK : sp_model_init(&w->model, spec, err);
}

static sp_status run(work *w, SEXP problem, const sp_sums *sums, sp_error *err) {
  glue_problem *read = &w->problem;
  SP_TRY(glue_problem_read(read, problem, err));
  SP_TRY(make_model(w, sums, err));
  const sp_status status =
      sp_model_fit(&w->model, &w->path, &read->options, read->tolerance, &read->ctx, err);
  if (read->ctx.progress) REprintf("\n");
  SP_TRY(status);
  return glue_path_check(&w->path, err);
}

SEXP sp_fit_path(SEXP problem, SEXP sums) {
  work *w = NULL;
  sp_error err = {{0}};
  SEXP owner = PROTECT(R_MakeExternalPtr(NULL, R_NilValue, R_NilValue));
  R_RegisterCFinalizerEx(owner, clear_work, TRUE);
  if (SP_ALLOC(&w, 1, &err) != SP_OK) Rf_error("%s", err.message);
  R_SetExternalPtrAddr(owner, w);
  glue_jump_init(&w->problem.jump, owner);
  glue_host *host = &w->problem.host;
  SEXP evaluate = glue_field(problem, "evaluate");
  const R_xlen_t n = Rf_isNull(evaluate) ? 0 : Rf_xlength(glue_field(problem, "y"));
  host->jump = &w->problem.jump;
  host->eta = PROTECT(Rf_allocVector(REALSXP, n));
  host->call = PROTECT(n == 0 ? R_NilValue : Rf_lang2(evaluate, host->eta));

  sp_status status = run(w, problem, glue_sums(sums), &err);
  const glue_jump jump = w->problem.jump;
  SEXP out = PROTECT(status == SP_OK ? success(&w->model, &w->path)
                                     : glue_failure(status, err.message,
                                                    sp_std_unusable(&w->model.design), &w->path));
  clear_work(owner);
  glue_jump_resume(&jump);
  UNPROTECT(4);
  return out;
}
