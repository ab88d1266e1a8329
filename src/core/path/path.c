#include "path.h"

#include "../alloc.h"
#include "../kernels.h"
#include "../solver/residual.h"
#include "grid.h"
#include "rank.h"

#include <math.h>
#include <string.h>

/* Growth is judged over several steps: where much is explained from the start, by unpenalised
   columns say, the first steps of the others are tiny without being the last. */
enum { WINDOW = 5 };

enum { COLUMNS = 256 /* looked through at once */ };

/* A user's grid may begin, or jump, far below where the solver stands: screening and warm starts
   want company on the way down, which is solved but not recorded. */
static const double longest_jump = 0.5, lowest_company = 1e-4;

void sp_path_clear(sp_path *path) {
  sp_free(path->lambda);
  sp_free(path->intercept);
  sp_free(path->df);
  sp_free(path->dev_ratio);
  sp_free(path->gap);
  sp_free(path->kkt);
  sp_free(path->iterations);
  sp_free(path->converged);
  sp_free(path->colptr);
  sp_free(path->rowidx);
  sp_free(path->values);
  sp_free(path->endless);
  memset(path, 0, sizeof *path);
}

sp_status sp_path_init(sp_path *path, ptrdiff_t capacity, sp_error *err) {
  memset(path, 0, sizeof *path);
  path->capacity = capacity;
  SP_TRY(SP_ALLOC(&path->lambda, capacity, err));
  SP_TRY(SP_ALLOC(&path->intercept, capacity, err));
  SP_TRY(SP_ALLOC(&path->df, capacity, err));
  SP_TRY(SP_ALLOC(&path->dev_ratio, capacity, err));
  SP_TRY(SP_ALLOC(&path->gap, capacity, err));
  SP_TRY(SP_ALLOC(&path->kkt, capacity, err));
  SP_TRY(SP_ALLOC(&path->iterations, capacity, err));
  SP_TRY(SP_ALLOC(&path->converged, capacity, err));
  return SP_ALLOC(&path->colptr, capacity + 1, err);
}

static sp_status reserve_values(sp_path *path, ptrdiff_t needed, sp_error *err) {
  const ptrdiff_t doubled = 2 * path->values_capacity,
                  capacity = needed > doubled ? needed : doubled;
  SP_TRY(SP_RESIZE(&path->rowidx, capacity, err));
  SP_TRY(SP_RESIZE(&path->values, capacity, err));
  path->values_capacity = capacity;
  return SP_OK;
}

/* Appends the nonzero coefficients; *count are then recorded. */
static sp_status record_beta(sp_path *path, const sp_point *point, ptrdiff_t *count,
                             sp_error *err) {
  const sp_std *z = point->design;
  for (ptrdiff_t begin = 0; begin < z->x->p; begin += COLUMNS) {
    const ptrdiff_t width = z->x->p - begin < COLUMNS ? z->x->p - begin : COLUMNS;
    ptrdiff_t places[COLUMNS];
    const ptrdiff_t k = sp_nonzeros(width, point->beta + begin, places);
    if (*count + k > path->values_capacity) SP_TRY(reserve_values(path, *count + k, err));
    for (ptrdiff_t a = 0; a < k; a++) {
      const ptrdiff_t j = begin + places[a];
      path->rowidx[*count] = (int)j;
      path->values[(*count)++] = point->beta[j] / z->scale[j];
    }
  }
  return SP_OK;
}

sp_status sp_path_record(sp_path *path, const sp_point *point, const sp_solution *solution,
                         sp_error *err) {
  const ptrdiff_t l = path->size;
  ptrdiff_t e = path->colptr[l];
  SP_TRY(record_beta(path, point, &e, err));
  path->colptr[l + 1] = e;
  path->lambda[l] = point->lambda;
  path->intercept[l] = point->intercept;
  path->df[l] = point->df;
  path->dev_ratio[l] = point->dev_ratio;
  path->gap[l] = solution->certificate.gap;
  path->kkt[l] = solution->certificate.kkt;
  path->iterations[l] = solution->iterations;
  path->converged[l] = solution->converged;
  path->size++;
  return SP_OK;
}

sp_status sp_path_append(sp_path *path, const sp_solver *s, double lambda, double df,
                         const sp_solution *solution, sp_error *err) {
  const double null = s->null_model.objective;
  const sp_point point = {.design = s->problem->design,
                          .beta = s->beta,
                          .lambda = lambda,
                          .intercept = s->intercept,
                          .df = df,
                          .dev_ratio = null > 0 ? 1 - s->rss / (2 * null) : 0};
  return sp_path_record(path, &point, solution, err);
}

static int is_finished(sp_path *path, const sp_path_options *options) {
  if (options->lambda) return 0;
  const double now = path->dev_ratio[path->size - 1];
  if (now >= options->dev_ratio_max) {
    path->stop = SP_STOP_EXPLAINED;
    return 1;
  }
  if (path->size <= WINDOW) return 0;
  const double growth = now - path->dev_ratio[path->size - 1 - WINDOW];
  if (growth < WINDOW * options->dev_ratio_change * now) {
    path->stop = SP_STOP_STALLED;
    return 1;
  }
  return 0;
}

static int is_beyond(sp_path *path, const sp_walker *w, double lambda) {
  const sp_stop obstacle = w->obstacle ? w->obstacle(w->solver, lambda) : SP_STOP_GRID_DONE;
  if (obstacle == SP_STOP_GRID_DONE) return 0;
  path->stop = obstacle;
  return 1;
}

double sp_path_next(double lambda, double previous, double lambda_max) {
  const int is_long = lambda < longest_jump * previous && previous > lowest_company * lambda_max;
  return is_long ? longest_jump * previous : lambda;
}

static sp_status walk(sp_path *path, const sp_walker *w, const double *lambda, ptrdiff_t count,
                      const sp_path_options *options, sp_error *err) {
  double previous = isfinite(path->lambda_max) ? path->lambda_max : lambda[0];
  for (ptrdiff_t l = 0; l < count; l++) {
    sp_solution solution;
    for (double next = INFINITY; next != lambda[l]; previous = fmin(previous, next)) {
      next = sp_path_next(lambda[l], previous, path->lambda_max);
      SP_TRY(w->move(w->solver, next, previous, &solution, err));
    }
    if (is_beyond(path, w, lambda[l])) break;
    SP_TRY(w->record(w->solver, path, lambda[l], &solution, err));
    sp_context_progress(w->ctx, l + 1, count);
    if (is_finished(path, options)) break;
  }
  return SP_OK;
}

sp_status sp_path_walk(sp_path *path, const sp_walker *walker, const sp_path_options *options,
                       sp_error *err) {
  if (options->lambda) return walk(path, walker, options->lambda, options->count, options, err);
  if (path->lambda_max == 0) {
    const double zero = 0;
    SP_TRY(walk(path, walker, &zero, 1, options, err));
    path->stop = SP_STOP_NOTHING;
    return SP_OK;
  }
  double *grid;
  SP_TRY(SP_ALLOC(&grid, options->count, err));
  sp_grid_log(path->lambda_max, options->ratio, options->count, grid);
  const sp_status status = walk(path, walker, grid, options->count, options, err);
  sp_free(grid);
  return status;
}

typedef struct {
  sp_solver *solver;
  sp_rank rank;
  const sp_held_out *held_out;
} traveller;

static sp_status move_solver(void *data, double lambda, double previous, sp_solution *out,
                             sp_error *err) {
  return sp_solver_move(((const traveller *)data)->solver, lambda, previous, out, err);
}

/* Rows without weight have residuals like all others, up to date unless no column was left to be
   verified. */
static double held_out_error(sp_solver *s, const sp_held_out *held_out) {
  double sum = 0;
  if (s->flat) return NAN;
  if (s->working_set.size == s->usable) sp_residual_update(s);
  for (ptrdiff_t e = 0; e < held_out->count; e++) {
    const double r = s->r[held_out->rows[e]];
    sum += held_out->v[e] * r * r;
  }
  return sum;
}

static sp_status record_solver(void *data, sp_path *path, double lambda,
                               const sp_solution *solution, sp_error *err) {
  traveller *t = (traveller *)data;
  const ptrdiff_t l = path->size;
  double df = NAN; /* nobody asks for that of a fold */
  if (!t->held_out)
    SP_TRY(sp_rank_df(&t->rank, t->solver->problem, t->solver->beta, lambda, &df, t->solver->ctx,
                      err));
  SP_TRY(sp_path_append(path, t->solver, lambda, df, solution, err));
  if (t->held_out) t->held_out->error_sum[l] = held_out_error(t->solver, t->held_out);
  return SP_OK;
}

static sp_status fit(sp_path *path, sp_solver *s, const sp_path_options *options, sp_error *err) {
  traveller t = {.solver = s, .held_out = options->held_out};
  const sp_walker walker = {
      .solver = &t, .ctx = s->ctx, .move = move_solver, .record = record_solver};
  path->null_deviance = 2 * s->null_model.objective;
  path->lambda_max = sp_solver_lambda_max(s);
  const sp_status status = sp_path_walk(path, &walker, options, err);
  sp_rank_clear(&t.rank);
  return status;
}

sp_status sp_path_fit(sp_path *path, const sp_problem *problem, const sp_path_options *options,
                      sp_tolerance tolerance, const sp_context *ctx, sp_error *err) {
  sp_solver s;
  SP_TRY(sp_path_init(path, options->count > 0 ? options->count : 1, err));
  sp_status status = sp_solver_init(&s, problem, tolerance, ctx, err);
  if (status == SP_OK) status = fit(path, &s, options, err);
  sp_solver_clear(&s);
  return status;
}
