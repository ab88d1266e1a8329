#include "glm_kernel.h"

#include "../alloc.h"
#include "../kernels.h"
#include "../linalg.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { BLOCK = 64 /* columns formed at a time */ };

typedef struct {
  const sp_problem *problem; /* the large one */
  const sp_context *ctx;
  ptrdiff_t *penalised, n_penalised, *freed, n_freed;
  double *vectors, *values; /* n x n, n (ascending); eigenvalues first .. n - 1 count */
  ptrdiff_t first, rank;
  double *x; /* n x (rank + n_freed) */
  sp_design design;
  sp_std view;
  double *factor, *lower, *upper; /* rank + n_freed */
  sp_penalty penalty;
  sp_problem small;
  sp_newton newton;
  double *beta, *products; /* p, 2 p */
  sp_rowvec both[2];       /* n each; scratch */
} kernel;

static void kernel_clear(kernel *k) {
  double *vectors[] = {k->vectors, k->values, k->x,        k->factor,         k->lower,
                       k->upper,   k->beta,   k->products, k->both[0].values, k->both[1].values};
  for (size_t a = 0; a < sizeof vectors / sizeof *vectors; a++) sp_free(vectors[a]);
  sp_free(k->penalised);
  sp_free(k->freed);
  sp_newton_clear(&k->newton);
  sp_std_clear(&k->view);
}

static int is_penalised(const sp_problem *problem, ptrdiff_t j) {
  return problem->penalty->factor[j] > 0 && !sp_penalty_is_excluded(problem->penalty, j);
}

int sp_glm_has_kernel(const sp_problem *problem) {
  const sp_penalty *h = problem->penalty;
  ptrdiff_t count = 0;
  if (h->alpha != 0) return 0;
  for (ptrdiff_t j = 0; j < problem->design->x->p; j++) {
    const int unbounded = isinf(h->lower[j]) && isinf(h->upper[j]);
    if (!unbounded && !sp_penalty_is_excluded(h, j)) return 0;
    count += is_penalised(problem, j);
  }
  return count > problem->design->x->n;
}

static sp_status allocate(kernel *k, sp_error *err) {
  const ptrdiff_t n = k->problem->design->x->n, p = k->problem->design->x->p;
  SP_TRY(SP_ALLOC(&k->penalised, p, err));
  SP_TRY(SP_ALLOC(&k->freed, p, err));
  SP_TRY(SP_ALLOC(&k->vectors, n * n, err));
  SP_TRY(SP_ALLOC(&k->values, n, err));
  SP_TRY(SP_ALLOC(&k->beta, p, err));
  SP_TRY(SP_ALLOC(&k->products, 2 * p, err));
  SP_TRY(SP_ALLOC(&k->both[0].values, n, err));
  return SP_ALLOC(&k->both[1].values, n, err);
}

/* z_j times a scale, row by row. */
static void standardised_column(const sp_std *z, ptrdiff_t j, double scale, double *out) {
  const double step = scale / z->scale[j], shift = step * z->center[j];
  memset(out, 0, (size_t)z->x->n * sizeof *out);
  z->x->ops->axpy(z->x, j, step, NULL, out);
  for (ptrdiff_t i = 0; i < z->x->n; i++) out[i] -= shift;
}

/* Lower triangle of K. */
static sp_status form_kernel(kernel *k, sp_error *err) {
  const sp_std *z = k->problem->design;
  const ptrdiff_t n = z->x->n;
  double *block;
  SP_TRY(SP_ALLOC(&block, n * BLOCK, err));
  sp_status status = SP_OK;
  for (ptrdiff_t begin = 0; begin < k->n_penalised && status == SP_OK; begin += BLOCK) {
    const ptrdiff_t width = k->n_penalised - begin < BLOCK ? k->n_penalised - begin : BLOCK;
    for (ptrdiff_t b = 0; b < width; b++) {
      const ptrdiff_t j = k->penalised[begin + b];
      standardised_column(z, j, 1 / sqrt(k->problem->penalty->factor[j]), block + b * n);
    }
    status = sp_context_poll(k->ctx, err);
    if (status == SP_OK) status = sp_linalg_syrk(n, width, block, k->vectors, err);
  }
  sp_free(block);
  return status;
}

static sp_status decompose(kernel *k, sp_error *err) {
  const ptrdiff_t n = k->problem->design->x->n;
  for (ptrdiff_t j = 0; j < k->problem->design->x->p; j++) {
    if (is_penalised(k->problem, j))
      k->penalised[k->n_penalised++] = j;
    else if (!sp_penalty_is_excluded(k->problem->penalty, j))
      k->freed[k->n_freed++] = j;
  }
  SP_TRY(form_kernel(k, err));
  SP_TRY(sp_linalg_syevd(n, k->vectors, k->values, err));
  const double cut = (double)n * DBL_EPSILON * k->values[n - 1];
  while (k->first < n && !(k->values[k->first] > cut)) k->first++;
  k->rank = n - k->first;
  return SP_OK;
}

/* The columns of the small problem, largest eigenvalues last, and those without penalty as they
   are. */
static sp_status form_columns(kernel *k, sp_error *err) {
  const ptrdiff_t n = k->problem->design->x->n, size = k->rank + k->n_freed;
  SP_TRY(SP_ALLOC(&k->x, n * size, err));
  SP_TRY(SP_ALLOC(&k->factor, size, err));
  SP_TRY(SP_ALLOC(&k->lower, size, err));
  SP_TRY(SP_ALLOC(&k->upper, size, err));
  for (ptrdiff_t a = 0; a < size; a++) {
    double *column = k->x + a * n;
    k->factor[a] = a < k->rank;
    k->lower[a] = -INFINITY;
    k->upper[a] = INFINITY;
    if (a < k->rank)
      sp_axpy(n, sqrt(k->values[k->first + a]), k->vectors + (k->first + a) * n, column);
    else
      standardised_column(k->problem->design, k->freed[a - k->rank], 1, column);
  }
  return SP_OK;
}

static sp_status prepare(kernel *k, sp_error *err) {
  const sp_std *z = k->problem->design;
  SP_TRY(allocate(k, err));
  SP_TRY(decompose(k, err));
  SP_TRY(form_columns(k, err));
  k->design = sp_design_dense(z->x->n, k->rank + k->n_freed, k->x);
  SP_TRY(sp_std_init(&k->view, &k->design, z->v, k->problem->intercept, 0, err));
  k->penalty = sp_penalty_elastic_net(0, k->factor, k->lower, k->upper);
  k->small = *k->problem;
  k->small.design = &k->view;
  k->small.penalty = &k->penalty;
  return SP_OK;
}

static sp_status move(void *solver, double lambda, double previous, sp_solution *out,
                      sp_error *err) {
  kernel *k = (kernel *)solver;
  return sp_newton_move(&k->newton, lambda, previous, out, err);
}

/* u = Q diag(d)^(-1/2) gamma and v r - lambda u: products with the columns are factor beta and what
   violates stationarity. */
static void form_vectors(kernel *k, double lambda) {
  const ptrdiff_t n = k->design.n;
  double *u = k->both[0].values, *rest = k->both[1].values;
  memset(u, 0, (size_t)n * sizeof *u);
  for (ptrdiff_t a = 0; a < k->rank; a++)
    sp_axpy(n, k->newton.beta[a] / sqrt(k->values[k->first + a]), k->vectors + (k->first + a) * n,
            u);
  for (ptrdiff_t i = 0; i < n; i++) rest[i] = k->newton.g.values[i] - lambda * u[i];
  for (int b = 0; b < 2; b++) k->both[b].sum = sp_sum(n, k->both[b].values);
}

/* Coefficients of the large problem; returns by how much they violate stationarity. */
static double expand(kernel *k, double lambda) {
  double worst = 0;
  form_vectors(k, lambda);
  sp_std_mul_t(k->problem->design, k->penalised, k->n_penalised, k->both, 2, k->products);
  for (ptrdiff_t a = 0; a < k->n_penalised; a++) {
    const ptrdiff_t j = k->penalised[a];
    k->beta[j] = k->products[a] / k->problem->penalty->factor[j];
    worst = fmax(worst, fabs(k->products[k->n_penalised + a]));
  }
  for (ptrdiff_t a = 0; a < k->n_freed; a++) {
    const ptrdiff_t place = k->newton.position[k->rank + a];
    k->beta[k->freed[a]] = k->newton.beta[k->rank + a];
    if (place >= 0) worst = fmax(worst, fabs(k->newton.gradient[place]));
  }
  return worst;
}

static sp_status record(void *solver, sp_path *path, double lambda, const sp_solution *solution,
                        sp_error *err) {
  kernel *k = (kernel *)solver;
  const sp_std *z = k->problem->design;
  sp_solution large = *solution;
  const double worst = expand(k, lambda);
  if (lambda > 0) large.certificate.kkt = worst / lambda;
  sp_point point = {.design = z,
                    .beta = k->beta,
                    .lambda = lambda,
                    .intercept = k->newton.constant,
                    .dev_ratio = sp_newton_dev_ratio(&k->newton)};
  for (ptrdiff_t j = 0; j < z->x->p; j++)
    point.intercept -= k->beta[j] / z->scale[j] * z->center[j];
  SP_TRY(sp_newton_df(&k->newton, lambda, &point.df, err));
  return sp_path_record(path, &point, &large, err);
}

static sp_stop obstacle(const void *solver, double lambda) {
  return sp_glm_obstacle(&((const kernel *)solver)->newton, lambda);
}

/* Those without penalty are the same in both problems; a penalised one cannot be told. */
static sp_status name_endless(kernel *k, sp_path *path, sp_error *err) {
  const sp_newton *s = &k->newton;
  SP_TRY(SP_ALLOC(&path->endless, s->n_endless, err));
  for (ptrdiff_t a = 0; a < s->n_endless; a++) {
    if (s->endless[a] >= k->rank) {
      path->endless[path->n_endless++] = k->freed[s->endless[a] - k->rank];
      continue;
    }
    path->n_endless = 0;
    break;
  }
  return SP_OK;
}

sp_status sp_glm_kernel_fit(sp_path *path, const sp_problem *problem, const sp_glm_loss *loss,
                            const sp_path_options *options, sp_tolerance tolerance,
                            const sp_context *ctx, sp_error *err) {
  kernel k = {.problem = problem, .ctx = ctx};
  const sp_walker walker = {
      .solver = &k, .ctx = ctx, .move = move, .record = record, .obstacle = obstacle};
  sp_status status = prepare(&k, err);
  if (status == SP_OK) status = sp_newton_init(&k.newton, &k.small, loss, tolerance, ctx, err);
  if (status == SP_OK) status = sp_glm_walk(path, &k.newton, &walker, options, err);
  const sp_status named = name_endless(&k, path, err);
  kernel_clear(&k);
  return status == SP_OK ? named : status;
}
