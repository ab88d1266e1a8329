/* R's objects as the core sees them. Nothing is copied but the weights. */
#ifndef SPARSEPATH_GLUE_PROBLEM_H
#define SPARSEPATH_GLUE_PROBLEM_H

#include "glue_jump.h"

#include "core/path/sums.h"

/* A loss that R evaluates. Kept from the garbage collector by the problem's field `evaluate` and by
   the caller. */
typedef struct {
  SEXP call, eta;
  glue_jump *jump;
} glue_host;

typedef struct {
  sp_csc csc;
  sp_design design;
  double *v;
  sp_glm_loss glm;
  glue_host host;
  sp_model_spec spec;
  sp_path_options options;
  sp_tolerance tolerance;
  sp_context ctx;
  glue_jump jump;
} glue_problem;

/* `problem`: the list of R/engine.R. `w->jump` is initialised. Must not move afterwards; clear also
   after a failure, and resume the jump after that. */
sp_status glue_problem_read(glue_problem *w, SEXP problem, sp_error *err);
void glue_problem_clear(glue_problem *w);

/* What a pointer by sp_sum_folds() points to; NULL for R's NULL. */
const sp_sums *glue_sums(SEXP pointer);

/* A field of the problem by name, and as a number. */
SEXP glue_field(SEXP list, const char *name);
double glue_number(SEXP list, const char *name);

#endif
