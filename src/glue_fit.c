#include "glue.h"

#include "core/alloc.h"
#include "core/path/model.h"

#include <limits.h>
#include <string.h>

/* ---- reading the problem ---------------------------------------------------------------- */

static SEXP field(SEXP list, const char *name) {
  SEXP names = Rf_getAttrib(list, R_NamesSymbol);
  for (R_xlen_t k = 0; k < Rf_xlength(list); k++)
    if (strcmp(CHAR(STRING_ELT(names, k)), name) == 0) return VECTOR_ELT(list, k);
  Rf_error("internal error: the problem has no field '%s'", name);
}

static double number(SEXP list, const char *name) {
  return Rf_asReal(field(list, name));
}

static const double *vector_or_null(SEXP list, const char *name) {
  SEXP value = field(list, name);
  return Rf_isNull(value) ? NULL : REAL_RO(value);
}

static sp_design read_design(SEXP x, sp_csc *csc) {
  if (!IS_S4_OBJECT(x)) return sp_design_dense(Rf_nrows(x), Rf_ncols(x), REAL_RO(x));
  const int *dim = INTEGER_RO(R_do_slot(x, Rf_install("Dim")));
  csc->colptr = INTEGER_RO(R_do_slot(x, Rf_install("p")));
  csc->rowidx = INTEGER_RO(R_do_slot(x, Rf_install("i")));
  csc->values = REAL_RO(R_do_slot(x, Rf_install("x")));
  return sp_design_csc(dim[0], dim[1], csc);
}

/* ---- a loss of the host ----------------------------------------------------------------- */

/* Kept from the garbage collector by the problem's field `evaluate` and by sp_fit_path(). */
typedef struct {
  SEXP call, eta;
} host_call;

/* `call` is evaluate(eta), which gives an n x 3 matrix of half unit deviances, residuals, curvatures.
   R's errors end it here and not in the core's frames. */
static int evaluate_in_r(void *host, ptrdiff_t n, const double *eta, double *unit, double *r,
                         double *h) {
  host_call *x = (host_call *)host;
  int failed;
  memcpy(REAL(x->eta), eta, (size_t)n * sizeof *eta);
  SEXP value = PROTECT(R_tryEvalSilent(x->call, R_GlobalEnv, &failed));
  if (!failed && (!Rf_isReal(value) || Rf_xlength(value) != 3 * n)) failed = 1;
  for (ptrdiff_t i = 0; i < n && !failed; i++) {
    unit[i] = REAL_RO(value)[i];
    r[i] = REAL_RO(value)[n + i];
    h[i] = REAL_RO(value)[2 * n + i];
  }
  UNPROTECT(1);
  return failed;
}

static sp_model_spec read_spec(SEXP problem, const sp_design *x, const double *v) {
  return (sp_model_spec){
      .x = x,
      .loss = sp_loss_find(CHAR(STRING_ELT(field(problem, "loss"), 0))),
      .y = REAL_RO(field(problem, "y")),
      .v = v,
      .offset = vector_or_null(problem, "offset"),
      .alpha = number(problem, "alpha"),
      .factor = REAL_RO(field(problem, "penalty_factor")),
      .lower = REAL_RO(field(problem, "lower")),
      .upper = REAL_RO(field(problem, "upper")),
      .intercept = Rf_asLogical(field(problem, "intercept")),
      .standardize = Rf_asLogical(field(problem, "standardize")),
  };
}

/* Without `ops` for least squares. */
static sp_glm_loss read_glm(SEXP problem, host_call *host) {
  return (sp_glm_loss){
      .ops = sp_glm_find(CHAR(STRING_ELT(field(problem, "loss"), 0))),
      .theta = number(problem, "theta"),
      .start = number(problem, "start"),
      .host_evaluate = evaluate_in_r,
      .host = host,
  };
}

static sp_path_options read_options(SEXP problem) {
  SEXP lambda = field(problem, "lambda");
  return (sp_path_options){
      .lambda = Rf_isNull(lambda) ? NULL : REAL_RO(lambda),
      .count = Rf_isNull(lambda) ? (ptrdiff_t)number(problem, "nlambda") : Rf_xlength(lambda),
      .ratio = number(problem, "lambda_min_ratio"),
      .dev_ratio_max = number(problem, "dev_ratio_max"),
      .dev_ratio_change = number(problem, "dev_ratio_change"),
  };
}

/* ---- what the host lends ---------------------------------------------------------------- */

static void check_interrupt(void *unused) {
  (void)unused;
  R_CheckUserInterrupt();
}

/* R's own check would jump over the core's frames; this one comes back and tells. */
static int was_interrupted(void *unused) {
  (void)unused;
  return !R_ToplevelExec(check_interrupt, NULL);
}

/* One dot for every 2 % of the path. */
static void show_progress(void *unused, ptrdiff_t done, ptrdiff_t all) {
  (void)unused;
  for (ptrdiff_t dot = (done - 1) * 50 / all; dot < done * 50 / all; dot++) REprintf(".");
}

/* ---- writing the answer ----------------------------------------------------------------- */

static SEXP numbers(const double *values, R_xlen_t count) {
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

static SEXP flags(const unsigned char *values, R_xlen_t count) {
  SEXP out = Rf_allocVector(LGLSXP, count);
  for (R_xlen_t k = 0; k < count; k++) LOGICAL(out)[k] = values[k];
  return out;
}

static SEXP failure(sp_status status, const char *message, ptrdiff_t column) {
  const char *names[] = {"status", "message", "column", ""};
  SEXP out = PROTECT(Rf_mkNamed(VECSXP, names));
  SET_VECTOR_ELT(out, 0, Rf_ScalarInteger(status));
  SET_VECTOR_ELT(out, 1, Rf_mkString(message));
  SET_VECTOR_ELT(out, 2, Rf_ScalarInteger((int)column + 1));
  UNPROTECT(1);
  return out;
}

static SEXP success(const sp_model *model, const sp_path *path) {
  const char *names[] = {"status", "lambda", "intercept",     "df",          "dev_ratio",
                         "gap",    "kkt",    "iterations",    "converged",   "beta_p",
                         "beta_i", "beta_x", "null_deviance", "lambda_max",  "stop",
                         "center", "scale",  "constant",      "closed_form", ""};
  const R_xlen_t L = path->size, p = model->design.x->p, nonzero = path->colptr[path->size];
  const sp_std *design = &model->design;
  SEXP out = PROTECT(Rf_mkNamed(VECSXP, names));
  int at = 0;
  SET_VECTOR_ELT(out, at++, Rf_ScalarInteger(SP_OK));
  SET_VECTOR_ELT(out, at++, numbers(path->lambda, L));
  SET_VECTOR_ELT(out, at++, numbers(path->intercept, L));
  SET_VECTOR_ELT(out, at++, numbers(path->df, L));
  SET_VECTOR_ELT(out, at++, numbers(path->dev_ratio, L));
  SET_VECTOR_ELT(out, at++, numbers(path->gap, L));
  SET_VECTOR_ELT(out, at++, numbers(path->kkt, L));
  SET_VECTOR_ELT(out, at++, narrow(path->iterations, L));
  SET_VECTOR_ELT(out, at++, integers(path->converged, L));
  SET_VECTOR_ELT(out, at++, narrow(path->colptr, L + 1));
  SET_VECTOR_ELT(out, at++, integers(path->rowidx, nonzero));
  SET_VECTOR_ELT(out, at++, numbers(path->values, nonzero));
  SET_VECTOR_ELT(out, at++, Rf_ScalarReal(path->null_deviance));
  SET_VECTOR_ELT(out, at++, Rf_ScalarReal(path->lambda_max));
  SET_VECTOR_ELT(out, at++, Rf_ScalarInteger(path->stop));
  SET_VECTOR_ELT(out, at++, numbers(design->mean, p));
  SET_VECTOR_ELT(out, at++, numbers(design->scale, p));
  SET_VECTOR_ELT(out, at++, flags(design->constant, p));
  SET_VECTOR_ELT(out, at++, Rf_ScalarLogical(model->closed_form));
  UNPROTECT(1);
  return out;
}

/* ---- the call --------------------------------------------------------------------------- */

/* Everything that must be freed, owned by an external pointer: should R jump away while the answer
   is written, the finaliser cleans up. */
typedef struct {
  sp_csc csc;
  sp_design design;
  double *v;
  sp_glm_loss glm;
  host_call host;
  sp_model_spec spec;
  sp_model model;
  sp_path path;
} work;

static void clear_work(SEXP pointer) {
  work *w = (work *)R_ExternalPtrAddr(pointer);
  if (!w) return;
  sp_free(w->v);
  sp_model_clear(&w->model);
  sp_path_clear(&w->path);
  sp_free(w);
  R_ClearExternalPtr(pointer);
}

static sp_status normalise_weights(SEXP problem, ptrdiff_t n, double **v, sp_error *err) {
  const double *weights = vector_or_null(problem, "weights");
  if (!weights) return SP_OK;
  SP_TRY(SP_ALLOC(v, n, err));
  double largest = 0, total = 0;
  for (ptrdiff_t i = 0; i < n; i++) largest = weights[i] > largest ? weights[i] : largest;
  for (ptrdiff_t i = 0; i < n; i++) total += weights[i] / largest;
  for (ptrdiff_t i = 0; i < n; i++) (*v)[i] = weights[i] / largest / total;
  return SP_OK;
}

static sp_status run(work *w, SEXP problem, sp_error *err) {
  const sp_context ctx = {
      .interrupted = was_interrupted,
      .progress = Rf_asLogical(field(problem, "progress")) ? show_progress : NULL,
  };
  const sp_tolerance tolerance = {.tol = number(problem, "tol"),
                                  .max_iter = (ptrdiff_t)number(problem, "max_iter")};
  const sp_path_options options = read_options(problem);
  w->design = read_design(field(problem, "x"), &w->csc);
  SP_TRY(normalise_weights(problem, w->design.n, &w->v, err));
  w->spec = read_spec(problem, &w->design, w->v);
  w->glm = read_glm(problem, &w->host);
  if (w->glm.ops) w->spec.glm = &w->glm;
  SP_TRY(sp_model_init(&w->model, &w->spec, err));
  const sp_status status = sp_model_fit(&w->model, &w->path, &options, tolerance, &ctx, err);
  if (ctx.progress) REprintf("\n");
  SP_TRY(status);
  if (w->path.colptr[w->path.size] > INT_MAX)
    return sp_fail(err, SP_ERR_MEMORY, "more than 2^31 - 1 nonzero coefficients along the path");
  return SP_OK;
}

SEXP sp_fit_path(SEXP problem) {
  work *w = NULL;
  sp_error err = {{0}};
  SEXP owner = PROTECT(R_MakeExternalPtr(NULL, R_NilValue, R_NilValue));
  R_RegisterCFinalizerEx(owner, clear_work, TRUE);
  if (SP_ALLOC(&w, 1, &err) != SP_OK) Rf_error("%s", err.message);
  R_SetExternalPtrAddr(owner, w);
  w->model.design.nonfinite = -1;
  SEXP evaluate = field(problem, "evaluate");
  w->host.eta =
      PROTECT(Rf_allocVector(REALSXP, Rf_isNull(evaluate) ? 0 : Rf_xlength(field(problem, "y"))));
  w->host.call = PROTECT(Rf_isNull(evaluate) ? R_NilValue : Rf_lang2(evaluate, w->host.eta));

  const sp_status status = run(w, problem, &err);
  SEXP out = PROTECT(status == SP_OK ? success(&w->model, &w->path)
                                     : failure(status, err.message, w->model.design.nonfinite));
  clear_work(owner);
  UNPROTECT(4);
  return out;
}
