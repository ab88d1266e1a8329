/* A model as the user states it - original scale, any kind of design - made into a problem that the
   solvers understand, and the choice of the solver. */
#ifndef SP_MODEL_H
#define SP_MODEL_H

#include "../loss/loss.h"
#include "path.h"

/* Everything is borrowed. p-vectors are on the original scale of the coefficients. */
typedef struct {
  const sp_design *x;
  const sp_glm_loss *glm; /* the loss; NULL: least squares */
  const double *y;        /* n */
  const double *v;        /* n weights summing to 1, or NULL for 1/n each */
  const double *offset;   /* n, or NULL */
  double alpha;
  const double *factor; /* p; >= 0, Inf excludes */
  const double *lower;  /* p; <= 0 */
  const double *upper;  /* p; >= 0 */
  int intercept, standardize;
  const sp_coarse *coarse; /* of x; NULL: made where it pays */
} sp_model_spec;

/* Are columns verified, and a coarse copy of X worth its making for that? */
int sp_model_verifies(const sp_model_spec *spec);

static inline double sp_model_weight(const sp_model_spec *spec, ptrdiff_t i) {
  return spec->v ? spec->v[i] : 1 / (double)spec->x->n;
}

/* What is left of y_i to explain. */
static inline double sp_model_response(const sp_model_spec *spec, ptrdiff_t i) {
  return spec->y[i] - (spec->offset ? spec->offset[i] : 0);
}

typedef struct {
  const sp_model_spec *spec; /* borrowed */
  sp_std design;
  sp_coarse coarse;               /* unless the spec has one, or it would not pay */
  double *products;               /* p; of the columns with the null model's residual; or NULL */
  sp_known known;                 /* its gradient: `products`, those of others, or NULL */
  double *factor, *lower, *upper; /* p; standardised scale; excluded: 0, 0, 0 */
  sp_penalty penalty;
  sp_problem problem;
  int closed_form; /* ridge without bounds */
} sp_model;

/* SP_ERR_NONFINITE when X holds such values: sp_std_unusable(&design) is then the first such
   column. Constant columns are excluded. Clear also after a failure. */
sp_status sp_model_init(sp_model *m, const sp_model_spec *spec, sp_error *err);
void sp_model_clear(sp_model *m);

/* The same for columns that are described already, by `z`, which the model takes over, and a null
   model that is known, which it borrows. */
sp_status sp_model_adopt(sp_model *m, const sp_model_spec *spec, sp_std *z, const sp_known *known,
                         sp_error *err);

/* The residual of the null model, weighted, into g, of length n; intercept and rss into `known`. */
void sp_model_null_residual(const sp_model_spec *spec, sp_rowvec *g, sp_known *known);

/* A bound that went to the standardised scale and back may differ in its last digit: this puts it
   right. sp_model_fit() has done so. */
void sp_model_restore_bounds(const sp_model *m, sp_path *path);

/* Fits into an empty `path`. */
sp_status sp_model_fit(const sp_model *m, sp_path *path, const sp_path_options *options,
                       sp_tolerance tolerance, const sp_context *ctx, sp_error *err);

#endif
