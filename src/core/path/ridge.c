#include "ridge.h"

#include "../alloc.h"
#include "../kernels.h"
#include "../linalg.h"
#include "../solver/slip.h"
#include "grid.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Eigenvalues below this share of the largest are out of reach for those who solve by
   factorising. */
static const double resolved = 1e-10;

enum { BLOCK = 64 /* columns formed at a time */, MAX_PASSES = 5 };

typedef struct {
  const sp_problem *problem;
  const sp_context *ctx;
  ptrdiff_t *penalised, n_penalised;
  ptrdiff_t *freed, n_freed; /* no penalty factor */
  sp_factor freed_gram;      /* labels: columns of X; linearly dependent ones left out */
  double *cross;             /* scratch, n_freed + 1 */
  sp_rowvec column;          /* scratch, n */
  int primal;                /* eigen of the p x p Gram matrix, else of the n x n kernel */
  ptrdiff_t order;           /* of the decomposed matrix */
  double *vectors, *values;  /* order x order, order (ascending) */
  ptrdiff_t first;           /* eigenvalues first .. order - 1 are positive */
  double *solution;          /* order; of the system at the lambda solved last */
  double *remainder, *correction, *weighted; /* scratch, order */
  double finest;                             /* a remainder that counts as none */
} ridge;

static void ridge_clear(ridge *r) {
  sp_free(r->penalised);
  sp_free(r->freed);
  sp_factor_clear(&r->freed_gram);
  sp_free(r->cross);
  sp_free(r->column.values);
  sp_free(r->vectors);
  sp_free(r->values);
  sp_free(r->solution);
  sp_free(r->remainder);
  sp_free(r->correction);
  sp_free(r->weighted);
}

static double root_factor(const ridge *r, ptrdiff_t j) {
  return sqrt(r->problem->penalty->factor[j]);
}

static void standardized_column(const sp_std *z, ptrdiff_t j, sp_rowvec *out) {
  memset(out->values, 0, (size_t)z->x->n * sizeof *out->values);
  out->sum = 0;
  sp_std_axpy_centred(z, j, 1, out);
}

static sp_status sort_columns(ridge *r, sp_error *err) {
  const sp_penalty *h = r->problem->penalty;
  const ptrdiff_t p = r->problem->design->x->p;
  SP_TRY(SP_ALLOC(&r->penalised, p, err));
  SP_TRY(SP_ALLOC(&r->freed, p, err));
  for (ptrdiff_t j = 0; j < p; j++) {
    if (sp_penalty_is_excluded(h, j)) continue;
    if (h->factor[j] > 0)
      r->penalised[r->n_penalised++] = j;
    else
      r->freed[r->n_freed++] = j;
  }
  return SP_OK;
}

static sp_status factorise_freed(ridge *r, sp_error *err) {
  const sp_std *z = r->problem->design;
  SP_TRY(SP_ALLOC(&r->cross, r->n_freed + 1, err));
  for (ptrdiff_t u = 0; u < r->n_freed; u++) {
    const ptrdiff_t j = r->freed[u];
    if (z->sqnorm[j] == 0) continue;
    standardized_column(z, j, &r->column);
    for (ptrdiff_t row = 0; row < r->freed_gram.size; row++)
      r->cross[row] = sp_std_dot(z, r->freed_gram.label[row], &r->column);
    r->cross[r->freed_gram.size] = z->sqnorm[j];
    int dependent;
    SP_TRY(sp_factor_append(&r->freed_gram, 1, &j, &r->cross, NULL, &dependent, err));
  }
  return SP_OK;
}

/* Coefficients of the freed columns that best explain the weighted vector g, in r->cross. */
static void explain_by_freed(ridge *r, const sp_rowvec *g) {
  for (ptrdiff_t row = 0; row < r->freed_gram.size; row++)
    r->cross[row] = sp_std_dot(r->problem->design, r->freed_gram.label[row], g);
  sp_factor_solve(&r->freed_gram, r->cross);
}

/* r->column = v M z_j / sqrt(factor_j), M projecting off the intercept and the freed columns. */
static void project_column(ridge *r, ptrdiff_t j) {
  const sp_std *z = r->problem->design;
  const double scale = 1 / root_factor(r, j);
  standardized_column(z, j, &r->column);
  explain_by_freed(r, &r->column);
  for (ptrdiff_t row = 0; row < r->freed_gram.size; row++)
    sp_std_axpy_centred(z, r->freed_gram.label[row], -r->cross[row], &r->column);
  for (ptrdiff_t i = 0; i < z->x->n; i++) r->column.values[i] *= scale;
  r->column.sum *= scale;
}

/* Lower triangle of D G D. */
static sp_status gram_matrix(ridge *r, sp_error *err) {
  const ptrdiff_t m = r->n_penalised;
  for (ptrdiff_t b = 0; b < m; b++) {
    SP_TRY(sp_context_poll(r->ctx, err));
    double *lower = r->vectors + b + b * m;
    project_column(r, r->penalised[b]);
    sp_std_mul_t(r->problem->design, r->penalised + b, m - b, &r->column, 1, lower);
    for (ptrdiff_t a = b; a < m; a++) lower[a - b] /= root_factor(r, r->penalised[a]);
  }
  return SP_OK;
}

static double root_weight(const sp_std *z, ptrdiff_t i) {
  return sqrt(sp_std_weight(z, i));
}

/* Lower triangle of the kernel, accumulated over blocks of explicit columns. */
static sp_status kernel_matrix(ridge *r, sp_error *err) {
  const sp_std *z = r->problem->design;
  const ptrdiff_t n = z->x->n;
  double *block;
  SP_TRY(SP_ALLOC(&block, n * BLOCK, err));
  sp_status status = SP_OK;
  for (ptrdiff_t begin = 0; begin < r->n_penalised && status == SP_OK; begin += BLOCK) {
    const ptrdiff_t width = r->n_penalised - begin < BLOCK ? r->n_penalised - begin : BLOCK;
    for (ptrdiff_t b = 0; b < width; b++) {
      project_column(r, r->penalised[begin + b]);
      for (ptrdiff_t i = 0; i < n; i++) {
        const double root = root_weight(z, i);
        block[i + b * n] = root > 0 ? r->column.values[i] / root : 0;
      }
    }
    status = sp_context_poll(r->ctx, err);
    if (status == SP_OK) status = sp_linalg_syrk(n, width, block, r->vectors, err);
  }
  sp_free(block);
  return status;
}

/* The largest diagonal entry before projection: the unit of rounding in the projected matrix. */
static double largest_diagonal(const ridge *r) {
  double largest = 0;
  for (ptrdiff_t a = 0; a < r->n_penalised; a++) {
    const ptrdiff_t j = r->penalised[a];
    largest = fmax(largest, r->problem->design->sqnorm[j] / r->problem->penalty->factor[j]);
  }
  return largest;
}

static sp_status decompose(ridge *r, sp_error *err) {
  const ptrdiff_t n = r->problem->design->x->n;
  r->primal = r->n_penalised <= n;
  r->order = r->primal ? r->n_penalised : n;
  SP_TRY(SP_ALLOC(&r->vectors, r->order * r->order, err));
  SP_TRY(SP_ALLOC(&r->values, r->order, err));
  SP_TRY(SP_ALLOC(&r->solution, r->order, err));
  SP_TRY(SP_ALLOC(&r->remainder, r->order, err));
  SP_TRY(SP_ALLOC(&r->correction, r->order, err));
  SP_TRY(SP_ALLOC(&r->weighted, r->order, err));
  SP_TRY(r->primal ? gram_matrix(r, err) : kernel_matrix(r, err));
  if (r->order == 0) return SP_OK;
  SP_TRY(sp_linalg_syevd(r->order, r->vectors, r->values, err));
  const double size = fmax(16 * largest_diagonal(r), r->values[r->order - 1]);
  const double cut = (double)r->order * DBL_EPSILON * size;
  while (r->first < r->order && !(r->values[r->first] > cut)) r->first++;
  return SP_OK;
}

static sp_status prepare(ridge *r, const sp_problem *problem, const sp_context *ctx,
                         sp_error *err) {
  memset(r, 0, sizeof *r);
  r->problem = problem;
  r->ctx = ctx;
  SP_TRY(SP_ALLOC(&r->column.values, problem->design->x->n, err));
  SP_TRY(sort_columns(r, err));
  SP_TRY(factorise_freed(r, err));
  return decompose(r, err);
}

/* The system is (K + lambda) x = b, with K the decomposed matrix: x = D^-1 beta in the primal, beta
   = D^2 Z' V^(1/2) x in the dual. What is left of b at the present coefficients follows from the
   gradient D c, or the residual V^(1/2) r, that X itself gives. Returns its largest entry. */
static double remainder_of(const ridge *r, const sp_solver *s, double lambda, double *out) {
  double largest = 0;
  for (ptrdiff_t k = 0; k < r->order; k++) {
    double b;
    if (r->primal) {
      b = s->gradient[r->penalised[k]] / root_factor(r, r->penalised[k]);
    } else {
      const double root = root_weight(r->problem->design, k);
      b = root > 0 ? s->residual.values[k] / root : 0;
    }
    out[k] = b - lambda * r->solution[k];
    largest = fmax(largest, fabs(out[k]));
  }
  return largest;
}

/* r->solution += (K + lambda)^-1 remainder, on the range of K. */
static sp_status correct_solution(ridge *r, double lambda, const double *remainder, sp_error *err) {
  SP_TRY(sp_linalg_gemm(1, r->order, 1, r->order, r->vectors, remainder, r->weighted, err));
  for (ptrdiff_t k = 0; k < r->order; k++)
    r->weighted[k] = k < r->first ? 0 : r->weighted[k] / (r->values[k] + lambda);
  SP_TRY(sp_linalg_gemm(0, r->order, 1, r->order, r->vectors, r->weighted, r->correction, err));
  for (ptrdiff_t k = 0; k < r->order; k++) r->solution[k] += r->correction[k];
  return SP_OK;
}

static void set_penalised(ridge *r, sp_solver *s) {
  const sp_std *z = r->problem->design;
  if (r->primal) {
    for (ptrdiff_t k = 0; k < r->order; k++)
      s->beta[r->penalised[k]] = r->solution[k] / root_factor(r, r->penalised[k]);
    return;
  }
  for (ptrdiff_t i = 0; i < r->order; i++) r->column.values[i] = r->solution[i] * root_weight(z, i);
  r->column.sum = sp_sum(r->order, r->column.values);
  sp_std_mul_t(z, r->penalised, r->n_penalised, &r->column, 1, s->c);
  for (ptrdiff_t a = 0; a < r->n_penalised; a++) {
    const ptrdiff_t j = r->penalised[a];
    s->beta[j] = s->c[a] / r->problem->penalty->factor[j];
  }
}

static sp_status set_freed(ridge *r, sp_solver *s, sp_error *err) {
  SP_TRY(sp_solver_refresh(s, err));
  if (r->freed_gram.size == 0) return SP_OK;
  explain_by_freed(r, &s->residual);
  for (ptrdiff_t row = 0; row < r->freed_gram.size; row++)
    s->beta[r->freed_gram.label[row]] += r->cross[row];
  return sp_solver_refresh(s, err);
}

/* Solves, and again for what rounding in the decomposition has left, while that helps. */
static sp_status solve_at(ridge *r, sp_solver *s, double lambda, sp_error *err) {
  double last = INFINITY;
  for (int pass = 0; pass < MAX_PASSES; pass++) {
    const double left = remainder_of(r, s, lambda, r->remainder);
    if (left <= r->finest || left > last / 2) break;
    last = left;
    SP_TRY(correct_solution(r, lambda, r->remainder, err));
    set_penalised(r, s);
    SP_TRY(set_freed(r, s, err));
  }
  return SP_OK;
}

/* What columns without a penalty - at lambda = 0 all of them - still explain of the residual. */
static sp_status slip_of(ridge *r, sp_solver *s, double lambda, double *slip, sp_error *err) {
  ptrdiff_t k = 0;
  for (ptrdiff_t u = 0; u < r->n_freed; u++) s->cols[k++] = r->freed[u];
  for (ptrdiff_t a = 0; a < r->n_penalised && lambda == 0; a++) s->cols[k++] = r->penalised[a];
  for (ptrdiff_t a = 0; a < k; a++) s->c[a] = s->gradient[s->cols[a]];
  const double noise = SP_FINEST * s->null_model.radius;
  return sp_slip(r->problem->design, &s->working_set, s->cols, k, s->c, noise, &r->column, slip,
                 err);
}

static sp_status solve_grid(ridge *r, sp_path *path, sp_solver *s, const double *lambda,
                            ptrdiff_t count, sp_error *err) {
  r->finest = 16 * DBL_EPSILON * remainder_of(r, s, 0, r->remainder);
  for (ptrdiff_t l = 0; l < count; l++) {
    SP_TRY(solve_at(r, s, lambda[l], err));
    double slip;
    SP_TRY(slip_of(r, s, lambda[l], &slip, err));
    const sp_solution found = sp_solver_certify(s, lambda[l], slip);
    const double df = sp_ridge_df(r->order - r->first, r->values + r->first, lambda[l]);
    SP_TRY(sp_path_append(path, s, lambda[l], df + (double)r->freed_gram.size, &found, err));
    sp_context_progress(s->ctx, l + 1, count);
  }
  return SP_OK;
}

static sp_status fit(ridge *r, sp_path *path, sp_solver *s, const sp_path_options *options,
                     sp_error *err) {
  const ptrdiff_t rank = r->order - r->first;
  path->null_deviance = 2 * s->null_model.objective;
  path->lambda_max = INFINITY;
  if (options->lambda) return solve_grid(r, path, s, options->lambda, options->count, err);
  if (rank == 0 || path->null_deviance == 0) {
    const double zero = 0;
    path->stop = SP_STOP_NOTHING;
    return solve_grid(r, path, s, &zero, 1, err);
  }
  double *grid;
  SP_TRY(SP_ALLOC(&grid, options->count, err));
  sp_grid_df(rank, r->values + r->first, options->count, grid);
  const sp_status status = solve_grid(r, path, s, grid, options->count, err);
  sp_free(grid);
  return status;
}

sp_status sp_ridge_fit(sp_path *path, const sp_problem *problem, const sp_path_options *options,
                       sp_tolerance tolerance, const sp_context *ctx, sp_error *err) {
  ridge r;
  sp_solver s;
  SP_TRY(sp_path_init(path, options->count > 0 ? options->count : 1, err));
  sp_status status = prepare(&r, problem, ctx, err);
  if (status == SP_OK) {
    status = sp_solver_init(&s, problem, tolerance, ctx, err);
    if (status == SP_OK) status = fit(&r, path, &s, options, err);
    sp_solver_clear(&s);
  }
  ridge_clear(&r);
  return status;
}

sp_status sp_ridge_grid(const sp_problem *problem, ptrdiff_t count, double *lambda,
                        const sp_context *ctx, sp_error *err) {
  ridge r;
  sp_status status = prepare(&r, problem, ctx, err);
  if (status == SP_OK)
    while (r.first < r.order && r.values[r.first] < resolved * r.values[r.order - 1]) r.first++;
  const ptrdiff_t rank = r.order - r.first;
  if (status == SP_OK && rank == 0) memset(lambda, 0, (size_t)count * sizeof *lambda);
  if (status == SP_OK && rank > 0) sp_grid_df(rank, r.values + r.first, count, lambda);
  ridge_clear(&r);
  return status;
}
