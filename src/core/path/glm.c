#include "glm.h"

#include "../alloc.h"
#include "glm_kernel.h"
#include "ridge.h"

#include <math.h>

static const double saturated = 1e-9; /* share of the null deviance that is left */

static sp_status move(void *solver, double lambda, double previous, sp_solution *out,
                      sp_error *err) {
  return sp_newton_move((sp_newton *)solver, lambda, previous, out, err);
}

static sp_status record(void *solver, sp_path *path, double lambda, const sp_solution *solution,
                        sp_error *err) {
  sp_newton *s = (sp_newton *)solver;
  sp_point point = {.design = s->problem->design,
                    .beta = s->beta,
                    .lambda = lambda,
                    .intercept = sp_newton_intercept(s),
                    .df = -1,
                    .dev_ratio = sp_newton_dev_ratio(s)};
  if (s->problem->penalty->alpha == 0) SP_TRY(sp_newton_df(s, lambda, &point.df, err));
  return sp_path_record(path, &point, solution, err);
}

int sp_glm_is_saturated(const sp_newton *s) {
  return s->null_value > 0 && s->value <= saturated * s->null_value;
}

static int is_saturated(const void *solver) {
  return sp_glm_is_saturated((const sp_newton *)solver);
}

static int is_at_edge(const void *solver) {
  return ((const sp_newton *)solver)->at_edge;
}

/* That of least squares, whose curvature is 1, for the curvature of the null model. */
static sp_status ridge_grid(const sp_newton *s, ptrdiff_t count, double *lambda, sp_error *err) {
  const sp_std *z = s->problem->design;
  double mean = 0;
  for (ptrdiff_t i = 0; i < z->x->n; i++) mean += sp_std_weight(z, i) * s->h[i];
  SP_TRY(sp_ridge_grid(s->problem, count, lambda, s->ctx, err));
  for (ptrdiff_t l = 0; l < count; l++) lambda[l] *= mean;
  return SP_OK;
}

sp_status sp_glm_walk(sp_path *path, sp_newton *s, const sp_walker *walker,
                      const sp_path_options *options, sp_error *err) {
  const int ridge = s->problem->penalty->alpha == 0;
  path->null_deviance = 2 * s->null_value;
  path->lambda_max = sp_newton_lambda_max(s);
  if (!ridge || options->lambda || path->lambda_max == 0)
    return sp_path_walk(path, walker, options, err);
  double *grid;
  SP_TRY(SP_ALLOC(&grid, options->count, err));
  sp_path_options given = *options;
  given.lambda = grid;
  sp_status status = ridge_grid(s, options->count, grid, err);
  if (status == SP_OK) status = sp_path_walk(path, walker, &given, err);
  sp_free(grid);
  return status;
}

static sp_status fit(sp_path *path, const sp_problem *problem, const sp_glm_loss *loss,
                     const sp_path_options *options, sp_tolerance tolerance, const sp_context *ctx,
                     sp_error *err) {
  sp_newton s;
  const sp_walker walker = {.solver = &s,
                            .ctx = ctx,
                            .move = move,
                            .record = record,
                            .is_saturated = is_saturated,
                            .is_at_edge = is_at_edge};
  sp_status status = sp_newton_init(&s, problem, loss, tolerance, ctx, err);
  if (status == SP_OK) status = sp_glm_walk(path, &s, &walker, options, err);
  sp_newton_clear(&s);
  return status;
}

sp_status sp_glm_fit(sp_path *path, const sp_problem *problem, const sp_glm_loss *loss,
                     const sp_path_options *options, sp_tolerance tolerance, const sp_context *ctx,
                     sp_error *err) {
  SP_TRY(sp_path_init(path, options->count > 0 ? options->count : 1, err));
  return (sp_glm_has_kernel(problem) ? sp_glm_kernel_fit : fit)(path, problem, loss, options,
                                                                tolerance, ctx, err);
}
