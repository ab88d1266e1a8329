#include "model.h"

#include "../alloc.h"
#include "glm.h"
#include "ridge.h"

#include <float.h>
#include <math.h>
#include <string.h>

static void standardize_penalty(sp_model *m, const sp_model_spec *spec) {
  for (ptrdiff_t j = 0; j < spec->x->p; j++) {
    const int excluded = isinf(spec->factor[j]) || m->design.constant[j];
    const double scale = m->design.scale[j];
    m->factor[j] = excluded ? 0 : spec->factor[j];
    m->lower[j] = excluded ? 0 : spec->lower[j] * scale;
    m->upper[j] = excluded ? 0 : spec->upper[j] * scale;
  }
}

static int has_closed_form(const sp_model *m, ptrdiff_t p) {
  if (m->penalty.alpha != 0) return 0;
  for (ptrdiff_t j = 0; j < p; j++) {
    const int unbounded = isinf(m->lower[j]) && isinf(m->upper[j]);
    if (!unbounded && !sp_penalty_is_excluded(&m->penalty, j)) return 0;
  }
  return 1;
}

static sp_status complete(sp_model *m, sp_error *err) {
  const sp_model_spec *spec = m->spec;
  const ptrdiff_t p = spec->x->p;
  const ptrdiff_t unusable = sp_std_unusable(&m->design);
  if (unusable >= 0)
    return sp_fail(err, SP_ERR_NONFINITE,
                   "column %td holds NaN, Inf or values too large to be squared", unusable + 1);
  SP_TRY(SP_ALLOC(&m->factor, p, err));
  SP_TRY(SP_ALLOC(&m->lower, p, err));
  SP_TRY(SP_ALLOC(&m->upper, p, err));
  standardize_penalty(m, spec);
  m->penalty = sp_penalty_elastic_net(spec->alpha, m->factor, m->lower, m->upper);
  m->problem = (sp_problem){.design = &m->design,
                            .penalty = &m->penalty,
                            .y = spec->y,
                            .offset = spec->offset,
                            .intercept = spec->intercept,
                            .known = m->known.gradient ? &m->known : NULL,
                            .coarse = m->coarse.digit ? &m->coarse : spec->coarse};
  m->closed_form = !spec->glm && has_closed_form(m, p);
  return SP_OK;
}

void sp_model_null_residual(const sp_model_spec *spec, sp_rowvec *g, sp_known *known) {
  const ptrdiff_t n = spec->x->n;
  for (ptrdiff_t i = 0; i < n; i++) g->values[i] = sp_model_response(spec, i);
  known->intercept = spec->intercept ? sp_center(n, spec->v, g->values) : 0;
  known->rss = sp_weigh(n, spec->v, g->values, g);
}

/* Few columns of a tall design all belong to the working set soon. */
int sp_model_verifies(const sp_model_spec *spec) {
  const sp_design *x = spec->x;
  const int verified = spec->alpha > 0 && (x->p > SP_SMALL || x->p > x->n);
  return verified && sp_coarse_is_worthwhile(x);
}

/* A copy of its own, unless the spec brings one that others share. */
static sp_status prepare_coarse(sp_model *m, sp_error *err) {
  if (m->spec->coarse || !sp_model_verifies(m->spec)) return SP_OK;
  return sp_coarse_init(&m->coarse, m->spec->x, err);
}

/* One pass over X for moments, the coarse copy and, given the residual g of the null model,
   products with y: each column is still at hand. */
static void describe_columns(sp_model *m, const sp_rowvec *g) {
  const sp_model_spec *spec = m->spec;
  sp_std *z = &m->design;
  for (ptrdiff_t j = 0; j < spec->x->p; j++) {
    if (!sp_std_describe(z, j, spec->intercept, spec->standardize)) return;
    if (m->coarse.digit) sp_coarse_round(&m->coarse, spec->x, j, z->mean[j]);
    if (m->products) m->products[j] = sp_std_dot(z, j, g);
  }
}

sp_status sp_model_init(sp_model *m, const sp_model_spec *spec, sp_error *err) {
  sp_rowvec g = {0};
  memset(m, 0, sizeof *m);
  m->spec = spec;
  SP_TRY(sp_std_alloc(&m->design, spec->x, err));
  m->design.v = spec->v;
  SP_TRY(prepare_coarse(m, err));
  if (!spec->glm && spec->alpha > 0) {
    SP_TRY(SP_ALLOC(&m->products, spec->x->p, err));
    SP_TRY(SP_ALLOC(&g.values, spec->x->n, err));
    sp_model_null_residual(spec, &g, &m->known);
    m->known.gradient = m->products;
  }
  describe_columns(m, &g);
  sp_free(g.values);
  return complete(m, err);
}

sp_status sp_model_adopt(sp_model *m, const sp_model_spec *spec, sp_std *z, const sp_known *known,
                         sp_error *err) {
  memset(m, 0, sizeof *m);
  m->spec = spec;
  m->design = *z;
  m->known = *known;
  memset(z, 0, sizeof *z);
  return complete(m, err);
}

void sp_model_clear(sp_model *m) {
  sp_std_clear(&m->design);
  sp_coarse_clear(&m->coarse);
  sp_free(m->products);
  sp_free(m->factor);
  sp_free(m->lower);
  sp_free(m->upper);
  memset(m, 0, sizeof *m);
}

/* Ridge with bounds: the grid of ridge, the route of coordinate descent. */
static sp_status fit_bounded_ridge(const sp_model *m, sp_path *path, const sp_path_options *options,
                                   sp_tolerance tolerance, const sp_context *ctx, sp_error *err) {
  double *grid;
  SP_TRY(SP_ALLOC(&grid, options->count, err));
  sp_status status = sp_ridge_grid(&m->problem, options->count, grid, ctx, err);
  sp_path_options given = *options;
  given.lambda = grid;
  if (status == SP_OK) status = sp_path_fit(path, &m->problem, &given, tolerance, ctx, err);
  sp_free(grid);
  return status;
}

static double restored(double b, double bound) {
  return isfinite(bound) && fabs(b - bound) <= 4 * DBL_EPSILON * fabs(bound) ? bound : b;
}

void sp_model_restore_bounds(const sp_model *m, sp_path *path) {
  for (ptrdiff_t e = 0; e < path->colptr[path->size]; e++) {
    const ptrdiff_t j = path->rowidx[e];
    path->values[e] = restored(restored(path->values[e], m->spec->lower[j]), m->spec->upper[j]);
  }
}

static sp_status choose_and_fit(const sp_model *m, sp_path *path, const sp_path_options *options,
                                sp_tolerance tolerance, const sp_context *ctx, sp_error *err) {
  if (m->spec->glm)
    return sp_glm_fit(path, &m->problem, m->spec->glm, options, tolerance, ctx, err);
  if (m->closed_form) return sp_ridge_fit(path, &m->problem, options, tolerance, ctx, err);
  if (m->penalty.alpha == 0 && !options->lambda)
    return fit_bounded_ridge(m, path, options, tolerance, ctx, err);
  return sp_path_fit(path, &m->problem, options, tolerance, ctx, err);
}

sp_status sp_model_fit(const sp_model *m, sp_path *path, const sp_path_options *options,
                       sp_tolerance tolerance, const sp_context *ctx, sp_error *err) {
  SP_TRY(choose_and_fit(m, path, options, tolerance, ctx, err));
  sp_model_restore_bounds(m, path);
  return SP_OK;
}
