#include "glm.h"

#include "../alloc.h"
#include "glm_kernel.h"
#include "rank.h"
#include "ridge.h"

#include <math.h>

static const double saturated = 1e-9; /* share of the null deviance that is left */

/* A linear predictor beyond which means are too close to the edge of their range for deviances that
   are formed of them. */
static const double farthest = 34;

typedef struct {
  sp_newton newton;
  sp_rank rank;
  const sp_held_out *held_out;
} traveller;

static sp_status move(void *solver, double lambda, double previous, sp_solution *out,
                      sp_error *err) {
  return sp_newton_move(&((traveller *)solver)->newton, lambda, previous, out, err);
}

/* The deviance of rows held out, a few at a time; NaN where one of them is out of reach. */
static sp_status deviance_of(const sp_newton *s, const sp_held_out *held_out, double *deviance,
                             sp_error *err) {
  double y[SP_TOGETHER], eta[SP_TOGETHER], r[SP_TOGETHER], h[SP_TOGETHER], value;
  *deviance = 0;
  for (ptrdiff_t begin = 0; begin < held_out->count; begin += SP_TOGETHER) {
    const int *rows = held_out->rows + begin;
    const ptrdiff_t rest = held_out->count - begin, k = rest < SP_TOGETHER ? rest : SP_TOGETHER;
    for (ptrdiff_t e = 0; e < k; e++) {
      y[e] = s->problem->y[rows[e]];
      eta[e] = s->eta[rows[e]];
      if (held_out->v[begin + e] > 0 && !(fabs(eta[e]) <= farthest)) *deviance = NAN;
    }
    SP_TRY(sp_glm_evaluate(s->loss, k, y, eta, held_out->v + begin, &value, r, h, err));
    *deviance += 2 * value;
  }
  return SP_OK;
}

static sp_status df_of(traveller *t, double lambda, double *df, sp_error *err) {
  sp_newton *s = &t->newton;
  *df = NAN; /* nobody asks for that of a fold */
  if (t->held_out) return SP_OK;
  if (s->problem->penalty->alpha == 0) return sp_newton_df(s, lambda, df, err);
  return sp_rank_df(&t->rank, s->problem, s->beta, lambda, df, s->ctx, err);
}

static sp_status record(void *solver, sp_path *path, double lambda, const sp_solution *solution,
                        sp_error *err) {
  traveller *t = (traveller *)solver;
  sp_newton *s = &t->newton;
  if (t->held_out) SP_TRY(deviance_of(s, t->held_out, &t->held_out->error_sum[path->size], err));
  sp_point point = {.design = s->problem->design,
                    .beta = s->beta,
                    .lambda = lambda,
                    .intercept = sp_newton_intercept(s),
                    .dev_ratio = sp_newton_dev_ratio(s)};
  SP_TRY(df_of(t, lambda, &point.df, err));
  return sp_path_record(path, &point, solution, err);
}

/* Where y is explained altogether there is no finite solution without a penalty, and none worth
   having after the first with one. */
sp_stop sp_glm_obstacle(const sp_newton *s, double lambda) {
  if (s->at_edge) return SP_STOP_EDGE;
  if (lambda > 0) return SP_STOP_GRID_DONE;
  if (s->null_value > 0 && s->value <= saturated * s->null_value) return SP_STOP_SATURATED;
  return s->n_endless > 0 ? SP_STOP_ENDLESS : SP_STOP_GRID_DONE;
}

static sp_stop obstacle(const void *solver, double lambda) {
  return sp_glm_obstacle(&((const traveller *)solver)->newton, lambda);
}

static void hand_over_endless(sp_path *path, sp_newton *s) {
  path->endless = s->endless;
  path->n_endless = s->n_endless;
  s->endless = NULL;
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
  traveller t = {.held_out = options->held_out};
  const sp_walker walker = {
      .solver = &t, .ctx = ctx, .move = move, .record = record, .obstacle = obstacle};
  sp_status status = sp_newton_init(&t.newton, problem, loss, tolerance, ctx, err);
  if (status == SP_OK && options->held_out) sp_newton_allow_closing(&t.newton);
  if (status == SP_OK) status = sp_glm_walk(path, &t.newton, &walker, options, err);
  hand_over_endless(path, &t.newton);
  sp_rank_clear(&t.rank);
  sp_newton_clear(&t.newton);
  return status;
}

sp_status sp_glm_fit(sp_path *path, const sp_problem *problem, const sp_glm_loss *loss,
                     const sp_path_options *options, sp_tolerance tolerance, const sp_context *ctx,
                     sp_error *err) {
  SP_TRY(sp_path_init(path, options->count > 0 ? options->count : 1, err));
  return (sp_glm_has_kernel(problem) ? sp_glm_kernel_fit : fit)(path, problem, loss, options,
                                                                tolerance, ctx, err);
}
