#include "glue_problem.h"

#include "core/alloc.h"

#include <string.h>

/* ---- reading the problem ---------------------------------------------------------------- */

SEXP glue_field(SEXP list, const char *name) {
  SEXP names = Rf_getAttrib(list, R_NamesSymbol);
  for (R_xlen_t k = 0; k < Rf_xlength(list); k++)
    if (strcmp(CHAR(STRING_ELT(names, k)), name) == 0) return VECTOR_ELT(list, k);
  Rf_error("internal error: the problem has no field '%s'", name);
}

double glue_number(SEXP list, const char *name) {
  return Rf_asReal(glue_field(list, name));
}

static const double *vector_or_null(SEXP list, const char *name) {
  SEXP value = glue_field(list, name);
  return Rf_isNull(value) ? NULL : REAL_RO(value);
}

static sp_design read_design(SEXP x, sp_csc *csc) {
  if (!Rf_isS4(x)) return sp_design_dense(Rf_nrows(x), Rf_ncols(x), REAL_RO(x));
  const int *dim = INTEGER_RO(R_do_slot(x, Rf_install("Dim")));
  csc->colptr = INTEGER_RO(R_do_slot(x, Rf_install("p")));
  csc->rowidx = INTEGER_RO(R_do_slot(x, Rf_install("i")));
  csc->values = REAL_RO(R_do_slot(x, Rf_install("x")));
  return sp_design_csc(dim[0], dim[1], csc);
}

/* ---- a loss of the host ----------------------------------------------------------------- */

static SEXP evaluate_call(void *call) {
  return Rf_eval(*(SEXP *)call, R_GlobalEnv);
}

/* `call` is evaluate(eta), which gives an n x 3 matrix of half unit deviances, residuals,
   curvatures, or something else after an error. */
static int evaluate_in_r(void *host, ptrdiff_t n, const double *eta, double *unit, double *r,
                         double *h) {
  glue_host *x = (glue_host *)host;
  memcpy(REAL(x->eta), eta, (size_t)n * sizeof *eta);
  SEXP value = glue_jump_hold(x->jump, evaluate_call, &x->call);
  if (!value) return 1;
  PROTECT(value);
  const int failed = !Rf_isReal(value) || Rf_xlength(value) != 3 * n;
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
      .y = REAL_RO(glue_field(problem, "y")),
      .v = v,
      .offset = vector_or_null(problem, "offset"),
      .alpha = glue_number(problem, "alpha"),
      .factor = REAL_RO(glue_field(problem, "penalty_factor")),
      .lower = REAL_RO(glue_field(problem, "lower")),
      .upper = REAL_RO(glue_field(problem, "upper")),
      .intercept = Rf_asLogical(glue_field(problem, "intercept")),
      .standardize = Rf_asLogical(glue_field(problem, "standardize")),
  };
}

/* Without `ops` for least squares. */
static sp_glm_loss read_glm(SEXP problem, glue_host *host) {
  const char *name = CHAR(STRING_ELT(glue_field(problem, "loss"), 0));
  const sp_glm_ops *ops = sp_glm_find(name);
  if (!ops && strcmp(name, "gaussian") != 0)
    Rf_error("internal error: no loss is named '%s'", name);
  return (sp_glm_loss){
      .ops = ops,
      .theta = glue_number(problem, "theta"),
      .start = glue_number(problem, "start"),
      .host_evaluate = evaluate_in_r,
      .host = host,
  };
}

static sp_path_options read_options(SEXP problem) {
  SEXP lambda = glue_field(problem, "lambda");
  return (sp_path_options){
      .lambda = Rf_isNull(lambda) ? NULL : REAL_RO(lambda),
      .count = Rf_isNull(lambda) ? (ptrdiff_t)glue_number(problem, "nlambda") : Rf_xlength(lambda),
      .ratio = glue_number(problem, "lambda_min_ratio"),
      .dev_ratio_max = glue_number(problem, "dev_ratio_max"),
      .dev_ratio_change = glue_number(problem, "dev_ratio_change"),
  };
}

/* ---- what the host lends ---------------------------------------------------------------- */

static SEXP check_interrupt(void *unused) {
  (void)unused;
  R_CheckUserInterrupt();
  return R_NilValue;
}

/* R's own check would jump over the core's frames; this one comes back and tells. */
static int was_interrupted(void *jump) {
  return !glue_jump_hold((glue_jump *)jump, check_interrupt, NULL);
}

/* One dot for every 2 % of the path. */
static void show_progress(void *unused, ptrdiff_t done, ptrdiff_t all) {
  (void)unused;
  for (ptrdiff_t dot = (done - 1) * 50 / all; dot < done * 50 / all; dot++) REprintf(".");
}

/* ---- the whole -------------------------------------------------------------------------- */

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

sp_status glue_problem_read(glue_problem *w, SEXP problem, sp_error *err) {
  w->ctx = (sp_context){
      .interrupted = was_interrupted,
      .host = &w->jump,
      .progress = Rf_asLogical(glue_field(problem, "progress")) ? show_progress : NULL,
  };
  w->tolerance = (sp_tolerance){.tol = glue_number(problem, "tol"),
                                .max_iter = (ptrdiff_t)glue_number(problem, "max_iter")};
  w->options = read_options(problem);
  w->design = read_design(glue_field(problem, "x"), &w->csc);
  SP_TRY(normalise_weights(problem, w->design.n, &w->v, err));
  w->spec = read_spec(problem, &w->design, w->v);
  w->glm = read_glm(problem, &w->host);
  if (w->glm.ops) w->spec.glm = &w->glm;
  return SP_OK;
}

void glue_problem_clear(glue_problem *w) {
  sp_free(w->v);
  w->v = NULL;
}

const sp_sums *glue_sums(SEXP pointer) {
  return Rf_isNull(pointer) ? NULL : (const sp_sums *)R_ExternalPtrAddr(pointer);
}
