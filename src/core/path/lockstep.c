#include "lockstep.h"

#include "../alloc.h"
#include "../solver/residual.h"

#include <math.h>
#include <string.h>

enum { COLUMNS = 256 /* of a pass that are one job */ };

/* One path on its way. */
typedef struct {
  sp_runner *runner;
  sp_std z; /* until the model has it */
  sp_model model;
  sp_solver solver;
  ptrdiff_t at;    /* place in the grid */
  double next;     /* the lambda that is being solved */
  double previous; /* where the solver stands */
  int done;
} walk;

typedef struct {
  walk *walks;
  ptrdiff_t count;
  const sp_model_spec *whole;
  const sp_path_options *options;
  sp_tolerance tolerance;
  int threads;
  sp_crew_context *crew;
  ptrdiff_t progress_all;
  const sp_design *x;
  walk **waiting;         /* count; those that a pass serves */
  const sp_rowvec **with; /* count; what it multiplies with */
  ptrdiff_t waiting_count;
} march;

static void fail(walk *w, sp_status status) {
  w->runner->status = status;
  w->done = w->done || status != SP_OK;
}

/* ---- passes ----------------------------------------------------------------------------- */

static int is_stopped(const march *m) {
  return sp_context_poll(&m->crew->context, NULL) != SP_OK;
}

/* Up to COLUMNS columns with all that wait; standardisation is each one's own. */
static void multiply_columns(ptrdiff_t job, void *data) {
  march *m = (march *)data;
  if (is_stopped(m)) return;
  const ptrdiff_t begin = job * COLUMNS, p = m->x->p;
  const ptrdiff_t k = p - begin < COLUMNS ? p - begin : COLUMNS;
  ptrdiff_t cols[COLUMNS];
  double out[COLUMNS * SP_RUNNERS];
  const double *u[SP_RUNNERS] = {0};
  for (ptrdiff_t a = 0; a < k; a++) cols[a] = begin + a;
  for (ptrdiff_t r = 0; r < m->waiting_count; r++) u[r] = m->with[r]->values;
  m->x->ops->mul_t(m->x, cols, k, u, m->waiting_count, out);
  for (ptrdiff_t r = 0; r < m->waiting_count; r++) {
    const sp_std *z = &m->waiting[r]->model.design;
    for (ptrdiff_t a = 0; a < k; a++)
      m->waiting[r]->solver.c[cols[a]] =
          (out[r * k + a] - z->center[cols[a]] * m->with[r]->sum) / z->scale[cols[a]];
  }
}

static ptrdiff_t column_jobs(const march *m) {
  return (m->x->p + COLUMNS - 1) / COLUMNS;
}

/* `with` is set for those that wait. */
static sp_status pass(march *m, sp_error *err) {
  sp_crew_run(m->threads, column_jobs(m), multiply_columns, m);
  return sp_context_poll(&m->crew->context, err);
}

/* ---- the start -------------------------------------------------------------------------- */

static void describe_columns(ptrdiff_t job, void *data) {
  march *m = (march *)data;
  const ptrdiff_t begin = job * COLUMNS, end = begin + COLUMNS;
  if (is_stopped(m)) return;
  for (ptrdiff_t j = begin; j < end && j < m->x->p; j++)
    for (ptrdiff_t k = 0; k < m->count; k++) {
      const sp_model_spec *spec = m->walks[k].runner->spec;
      sp_std_describe(&m->walks[k].z, j, spec->intercept, spec->standardize);
    }
}

static sp_status open(march *m, walk *w) {
  sp_error *err = w->runner->error;
  SP_TRY(sp_model_adopt(&w->model, w->runner->spec, &w->z, NULL, err));
  SP_TRY(sp_path_init(w->runner->path, m->options->count, err));
  return sp_solver_open(&w->solver, &w->model.problem, m->tolerance, &m->crew->context, err);
}

static sp_status start(walk *w) {
  SP_TRY(sp_solver_start(&w->solver, w->solver.c, w->runner->error));
  sp_path *path = w->runner->path;
  path->null_deviance = 2 * w->solver.null_model.objective;
  path->lambda_max = w->previous = sp_solver_lambda_max(&w->solver);
  return SP_OK;
}

static void open_job(ptrdiff_t job, void *data) {
  march *m = (march *)data;
  fail(m->walks + job, open(m, m->walks + job));
}

static void start_job(ptrdiff_t job, void *data) {
  march *m = (march *)data;
  if (!m->walks[job].done) fail(m->walks + job, start(m->walks + job));
}

static sp_status start_all(march *m, sp_error *err) {
  for (ptrdiff_t k = 0; k < m->count; k++) {
    SP_TRY(sp_std_alloc(&m->walks[k].z, m->x, err));
    m->walks[k].z.v = m->walks[k].runner->spec->v;
  }
  sp_crew_run(m->threads, column_jobs(m), describe_columns, m);
  SP_TRY(sp_context_poll(&m->crew->context, err));
  sp_crew_run(m->threads, m->count, open_job, m);
  for (ptrdiff_t k = 0; k < m->count; k++) {
    if (m->walks[k].done) continue;
    m->with[m->waiting_count] = &m->walks[k].solver.residual;
    m->waiting[m->waiting_count++] = m->walks + k;
  }
  SP_TRY(pass(m, err));
  sp_crew_run(m->threads, m->count, start_job, m);
  return SP_OK;
}

/* ---- the way ---------------------------------------------------------------------------- */

/* Rows without weight have residuals like all others, up to date unless no column was left to be
   verified. */
static double held_out_error(const march *m, walk *w) {
  const sp_runner *runner = w->runner;
  double sum = w->solver.flat ? NAN : 0;
  if (w->solver.working_set.size == w->solver.usable) sp_residual_update(&w->solver);
  for (ptrdiff_t e = 0; e < runner->held_out_count; e++) {
    const ptrdiff_t i = runner->held_out[e];
    sum += sp_model_weight(m->whole, i) * w->solver.r[i] * w->solver.r[i];
  }
  return sum;
}

static sp_status arrive(march *m, walk *w, const sp_solution *solution) {
  w->previous = fmin(w->previous, w->next);
  if (w->next != m->options->lambda[w->at]) return SP_OK;
  w->runner->error_sum[w->at] = held_out_error(m, w);
  SP_TRY(sp_path_append(w->runner->path, &w->solver, w->next, -1, solution, w->runner->error));
  w->done = ++w->at == m->options->count;
  if (!w->done) return SP_OK;
  sp_model_restore_bounds(&w->model, w->runner->path);
  sp_crew_progress(m->crew, m->progress_all);
  return SP_OK;
}

static sp_status go_on(march *m, walk *w) {
  while (!w->done) {
    sp_solution solution;
    w->next = sp_path_next(m->options->lambda[w->at], w->previous, w->runner->path->lambda_max);
    SP_TRY(sp_solver_move(&w->solver, w->next, w->previous, &solution, w->runner->error));
    SP_TRY(arrive(m, w, &solution));
  }
  return SP_OK;
}

static void go_on_job(ptrdiff_t job, void *data) {
  march *m = (march *)data;
  if (!m->walks[job].done) fail(m->walks + job, go_on(m, m->walks + job));
}

/* ---- the whole -------------------------------------------------------------------------- */

static void march_clear(march *m) {
  for (ptrdiff_t k = 0; m->walks && k < m->count; k++) {
    walk *w = m->walks + k;
    sp_solver_clear(&w->solver);
    sp_model_clear(&w->model);
    sp_std_clear(&w->z);
  }
  sp_free(m->walks);
  sp_free(m->waiting);
  sp_free(m->with);
}

static sp_status run(march *m, sp_runner *runners, sp_error *err) {
  SP_TRY(SP_ALLOC(&m->walks, m->count, err));
  SP_TRY(SP_ALLOC(&m->waiting, m->count, err));
  SP_TRY(SP_ALLOC(&m->with, m->count, err));
  for (ptrdiff_t k = 0; k < m->count; k++) m->walks[k].runner = runners + k;
  SP_TRY(start_all(m, err));
  sp_crew_run(m->threads, m->count, go_on_job, m);
  return sp_context_poll(&m->crew->context, err);
}

sp_status sp_lockstep_run(sp_runner *runners, ptrdiff_t count, const sp_model_spec *whole,
                          const sp_path_options *options, sp_tolerance tolerance, int threads,
                          sp_crew_context *crew, ptrdiff_t progress_all, sp_error *err) {
  march m = {.count = count,
             .whole = whole,
             .options = options,
             .tolerance = tolerance,
             .threads = threads,
             .crew = crew,
             .progress_all = progress_all,
             .x = whole->x};
  const sp_status status = run(&m, runners, err);
  march_clear(&m);
  return status;
}
