#include "quadratic.h"

#include "../alloc.h"
#include "../kernels.h"

#include <math.h>
#include <string.h>

enum { LEAST = 256 /* members that have a Gram matrix in any case */ };

/* A share of the diagonal is added to it, so that directions without curvature have a direction to
   go, far, until a coefficient meets a kink. */
static const double damping = 1e-10;

/* A restart forms the Gram matrix and factorises it: the sparser the columns are, the sooner passes
   over them cost less. Those over dense columns wait for memory, while their Gram matrix is formed
   in blocks and serves many steps: up to as many as there are rows, beyond which passes are the
   smaller part of an elastic net. In a lasso what is beyond the rows depends on others and joins no
   factor, but makes passes converge slowly. Ridge asks for the trace of H. */
static ptrdiff_t largest_gram(const sp_design *x, const sp_penalty *penalty) {
  const ptrdiff_t limit = x->p > 0 ? 25 * (x->entries / x->p) : 0;
  const ptrdiff_t rows = x->n < 1024 ? 1024 : x->n > SP_GRAM_MOST ? SP_GRAM_MOST : x->n;
  const ptrdiff_t most = !x->ops->cross ? 1024 : penalty->alpha < 1 ? rows : SP_GRAM_MOST;
  if (penalty->alpha == 0) return x->p;
  return limit < LEAST ? LEAST : limit > most ? most : limit;
}

sp_status sp_quadratic_init(sp_quadratic *q, const sp_std *design, const sp_penalty *penalty,
                            int intercept, sp_error *err) {
  const ptrdiff_t n = design->x->n, p = design->x->p;
  memset(q, 0, sizeof *q);
  q->design = design;
  q->penalty = penalty;
  q->intercept = intercept;
  q->most = largest_gram(design->x, penalty);
  q->support.damping = damping;
  SP_TRY(SP_ALLOC(&q->position, p, err));
  for (ptrdiff_t j = 0; j < p; j++) q->position[j] = -1;
  SP_TRY(SP_ALLOC(&q->beta, p, err));
  SP_TRY(SP_ALLOC(&q->weight, n, err));
  const int columns = design->x->ops->cross ? 1 : SP_FEW;
  for (int b = 0; b < columns; b++) SP_TRY(SP_ALLOC(&q->batch[b], n, err));
  return SP_ALLOC(&q->block, SP_CROSS_SCRATCH, err);
}

void sp_quadratic_clear(sp_quadratic *q) {
  sp_free(q->index);
  sp_free(q->position);
  sp_free(q->gram);
  sp_free(q->plain);
  sp_free(q->diagonal);
  sp_free(q->norm);
  sp_free(q->alike);
  sp_free(q->mean);
  sp_free(q->weight);
  sp_free(q->beta);
  sp_free(q->gradient);
  sp_free(q->step);
  sp_support_clear(&q->support);
  sp_factor_clear(&q->plain_factor);
  for (int b = 0; b < SP_FEW; b++) sp_free(q->batch[b]);
  sp_free(q->block);
  sp_free(q->products);
  sp_rows_clear(&q->rows);
  sp_free(q->with_all);
  memset(q, 0, sizeof *q);
}

/* ---- members ---------------------------------------------------------------------------- */

static sp_status grow_gram(const sp_quadratic *q, ptrdiff_t capacity, double **gram,
                           sp_error *err) {
  double *grown;
  SP_TRY(SP_ALLOC(&grown, capacity * capacity, err));
  for (ptrdiff_t k = 0; k < q->size; k++)
    memcpy(grown + k * capacity, *gram + k * q->capacity, (size_t)q->size * sizeof *grown);
  sp_free(*gram);
  *gram = grown;
  return SP_OK;
}

static sp_status grow_products(sp_quadratic *q, ptrdiff_t capacity, sp_error *err) {
  SP_TRY(SP_RESIZE(&q->products, SP_BATCH * capacity, err));
  SP_TRY(sp_support_reserve(&q->support, capacity, err));
  if (q->plain) SP_TRY(grow_gram(q, capacity, &q->plain, err));
  return grow_gram(q, capacity, &q->gram, err);
}

static sp_status grow(sp_quadratic *q, sp_error *err) {
  const ptrdiff_t capacity = q->capacity ? 2 * q->capacity : 64;
  SP_TRY(SP_RESIZE(&q->index, capacity, err));
  SP_TRY(SP_RESIZE(&q->gradient, capacity, err));
  SP_TRY(SP_RESIZE(&q->step, capacity, err));
  SP_TRY(SP_RESIZE(&q->mean, capacity, err));
  SP_TRY(SP_RESIZE(&q->diagonal, capacity, err));
  SP_TRY(SP_RESIZE(&q->norm, capacity, err));
  SP_TRY(SP_RESIZE(&q->alike, capacity, err));
  if (!q->bare) SP_TRY(grow_products(q, capacity, err));
  q->capacity = capacity;
  return SP_OK;
}

void sp_quadratic_restart(sp_quadratic *q, const double *h, ptrdiff_t expected) {
  for (ptrdiff_t k = 0; k < q->size; k++) q->position[q->index[k]] = -1;
  q->size = 0;
  q->support.factor.size = 0;
  q->plain_factor.size = 0;
  q->corrected = 0;
  q->level = 1;
  for (ptrdiff_t i = 0; i < q->design->x->n; i++) q->weight[i] = sp_std_weight(q->design, i) * h[i];
  q->total = sp_sum(q->design->x->n, q->weight);
  const int bare = expected > q->most;
  if (bare != q->bare) { /* what is kept per member has another shape */
    sp_free(q->gram);
    sp_free(q->plain);
    q->gram = q->plain = NULL;
    q->capacity = 0;
  }
  q->bare = bare;
}

/* w x_j, centred in the metric of w. */
static void weighted_column(const sp_quadratic *q, ptrdiff_t j, double *out) {
  const sp_std *z = q->design;
  const ptrdiff_t n = z->x->n;
  memset(out, 0, (size_t)n * sizeof *out);
  z->x->ops->axpy(z->x, j, 1, q->weight, out);
  if (!q->intercept || !(q->total > 0)) return;
  const double mean = sp_sum(n, out) / q->total;
  sp_axpy(n, -mean, q->weight, out);
}

/* The means of the newest columns. */
static void fill_mean(sp_quadratic *q, ptrdiff_t count) {
  const sp_design *x = q->design->x;
  const ptrdiff_t first = q->size - count;
  const double *w[] = {q->weight};
  memset(q->mean + first, 0, (size_t)count * sizeof *q->mean);
  if (!q->intercept || !(q->total > 0)) return;
  x->ops->mul_t(x, q->index + first, count, w, 1, q->mean + first);
  for (ptrdiff_t b = first; b < q->size; b++) q->mean[b] /= q->total;
}

/* From the rows of a sparse X: two columns share few of them. */
static void cross_products_by_rows(sp_quadratic *q, ptrdiff_t count) {
  const sp_design *x = q->design->x;
  for (ptrdiff_t b = 0; b < count; b++) {
    const ptrdiff_t newest = q->size - count + b;
    memset(q->with_all, 0, (size_t)x->p * sizeof *q->with_all);
    x->ops->row_products(x, &q->rows, q->index[newest], q->weight, q->with_all);
    const double shift = q->total * q->mean[newest];
    for (ptrdiff_t k = 0; k < q->size; k++)
      q->products[b * q->size + k] = q->with_all[q->index[k]] - shift * q->mean[k];
  }
}

/* x_k'(w (x_b - mean)) for all members k and the `count` newest b, mean in the metric of w. */
static void cross_products(sp_quadratic *q, ptrdiff_t count) {
  const sp_design *x = q->design->x;
  const ptrdiff_t first = q->size - count, *newest = q->index + first;
  if (q->with_all) {
    cross_products_by_rows(q, count);
  } else if (x->ops->cross) {
    x->ops->cross(x, q->index, q->size, newest, count, q->mean + first, q->weight, q->block,
                  q->products, NULL);
  } else {
    for (ptrdiff_t b = 0; b < count; b++) weighted_column(q, newest[b], q->batch[b]);
    x->ops->mul_t(x, q->index, q->size, (const double *const *)q->batch, count, q->products);
  }
}

static sp_status choose_rows(sp_quadratic *q, sp_error *err) {
  const sp_design *x = q->design->x;
  if (q->with_all || !sp_std_rows_pay(q->design, q->size)) return SP_OK;
  SP_TRY(x->ops->by_rows(x, &q->rows, err));
  return SP_ALLOC(&q->with_all, x->p, err);
}

static void enter_products(const sp_quadratic *q, ptrdiff_t count, double *gram) {
  const sp_std *z = q->design;
  const ptrdiff_t first = q->size - count, ld = q->capacity;
  for (ptrdiff_t k = 0; k < q->size; k++) {
    const double scale = z->scale[q->index[k]];
    for (ptrdiff_t b = 0; b < count; b++) {
      const double product = q->products[b * q->size + k] / (scale * z->scale[q->index[first + b]]);
      gram[k + (first + b) * ld] = product;
      gram[first + b + k * ld] = product;
    }
  }
}

static void note_equals(sp_quadratic *q, ptrdiff_t count) {
  for (ptrdiff_t k = q->size - count; k < q->size; k++) {
    const double *column = q->gram + k * q->capacity;
    q->norm[k] = sqrt(fmax(0, column[k]));
    q->alike[k] = q->index[k];
    q->alike[k] =
        q->alike[sp_gram_find_equal(q->design, NULL, q->index, column, q->norm, k, q->batch[0])];
  }
}

static sp_status fill_gram(sp_quadratic *q, ptrdiff_t count, sp_error *err) {
  SP_TRY(choose_rows(q, err));
  fill_mean(q, count);
  cross_products(q, count);
  enter_products(q, count, q->gram);
  note_equals(q, count);
  if (q->corrected && q->plain) enter_products(q, count, q->plain);
  return SP_OK;
}

/* The moments of the newest columns in the metric of w. */
static void fill_diagonal(sp_quadratic *q, ptrdiff_t count) {
  const sp_std *z = q->design;
  const ptrdiff_t n = z->x->n;
  double *share = q->batch[0];
  for (ptrdiff_t i = 0; i < n; i++) share[i] = q->total > 0 ? q->weight[i] / q->total : 0;
  for (ptrdiff_t k = q->size - count; k < q->size; k++) {
    sp_moments m;
    const double scale = z->scale[q->index[k]];
    z->x->ops->moments(z->x, q->index[k], share, &m);
    const double second = m.sd * m.sd + (q->intercept ? 0 : m.mean * m.mean);
    q->diagonal[k] = q->total * second / (scale * scale);
    q->mean[k] = q->intercept ? m.mean : 0;
  }
}

sp_status sp_quadratic_add(sp_quadratic *q, const ptrdiff_t *cols, ptrdiff_t k,
                           const sp_context *ctx, sp_error *err) {
  const ptrdiff_t batch = sp_design_batch(q->design->x);
  for (ptrdiff_t begin = 0; begin < k; begin += batch) {
    const ptrdiff_t count = k - begin < batch ? k - begin : batch;
    SP_TRY(sp_context_poll(ctx, err));
    while (q->size + count > q->capacity) SP_TRY(grow(q, err));
    for (ptrdiff_t b = 0; b < count; b++) {
      q->index[q->size] = cols[begin + b];
      q->position[cols[begin + b]] = q->size++;
    }
    if (!q->bare) SP_TRY(fill_gram(q, count, err));
  }
  if (q->bare) fill_diagonal(q, k);
  return SP_OK;
}

/* ---- factors ---------------------------------------------------------------------------- */

sp_gram sp_quadratic_gram(const sp_quadratic *q, double lambda) {
  return (sp_gram){.penalty = q->penalty,
                   .lambda = lambda,
                   .size = q->size,
                   .index = q->index,
                   .beta = q->beta,
                   .gradient = q->gradient,
                   .sqnorm = q->design->sqnorm,
                   .norm = q->norm,
                   .alike = q->alike,
                   .entries = q->gram,
                   .stride = q->capacity};
}

/* Entries of H of one member with others where no Gram matrix is kept, into `out`. */
static void products_of(const sp_quadratic *q, ptrdiff_t member, const ptrdiff_t *cols,
                        ptrdiff_t count, double *out) {
  const sp_std *z = q->design;
  const double *u[] = {q->batch[0]};
  weighted_column(q, q->index[member], q->batch[0]);
  z->x->ops->mul_t(z->x, cols, count, u, 1, out);
  for (ptrdiff_t a = 0; a < count; a++) out[a] /= z->scale[cols[a]] * z->scale[q->index[member]];
}

static sp_status append_bare(const sp_quadratic *q, ptrdiff_t member, sp_factor *f, ptrdiff_t *cols,
                             double *cross, sp_error *err) {
  int dependent;
  for (ptrdiff_t row = 0; row < f->size; row++) cols[row] = q->index[f->label[row]];
  cols[f->size] = q->index[member];
  products_of(q, member, cols, f->size + 1, cross);
  return sp_factor_append(f, 1, &member, &cross, NULL, &dependent, err);
}

sp_status sp_quadratic_factorise(const sp_quadratic *q, const ptrdiff_t *members, ptrdiff_t k,
                                 sp_factor *f, sp_error *err) {
  const sp_gram g = sp_quadratic_gram(q, 0);
  double *cross = NULL;
  ptrdiff_t *cols = NULL;
  sp_status status = SP_ALLOC(&cross, k + 1, err);
  if (status == SP_OK) status = SP_ALLOC(&cols, k + 1, err);
  for (ptrdiff_t a = 0; a < k && status == SP_OK; a++)
    status = q->bare ? append_bare(q, members[a], f, cols, cross, err)
                     : sp_gram_append(&g, 0, f, members + a, 1, &cross, NULL, err);
  sp_free(cross);
  sp_free(cols);
  return status;
}

sp_status sp_quadratic_df(const sp_quadratic *q, double lambda, double *df, sp_error *err) {
  const sp_gram g = sp_quadratic_gram(q, lambda);
  sp_factor f = {0};
  double *unit, *cross = NULL;
  *df = 0;
  sp_status status = SP_ALLOC(&unit, q->size + 1, err);
  if (status == SP_OK) status = SP_ALLOC(&cross, q->size + 1, err);
  for (ptrdiff_t k = 0; k < q->size && status == SP_OK; k++)
    if (sp_gram_column(&g, k)[k] > 0) status = sp_gram_append(&g, 0, &f, &k, 1, &cross, NULL, err);
  for (ptrdiff_t row = 0; row < f.size && status == SP_OK; row++) {
    memset(unit, 0, (size_t)f.size * sizeof *unit);
    unit[row] = 1;
    sp_factor_solve(&f, unit);
    *df += 1 - unit[row] * sp_gram_ridge(&g, f.label[row]);
  }
  sp_factor_clear(&f);
  sp_free(unit);
  sp_free(cross);
  return status;
}
