#include "standardized.h"

#include "../alloc.h"
#include "../kernels.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Beyond these limits products of two columns leave the range of a double. */
static const double largest_usable = 1e150, smallest_usable = 1e-150;

enum { FEW = 16 /* members, for whom the rows are not worth being sorted */ };

static void describe_column(sp_std *z, ptrdiff_t j, const sp_moments *m, int intercept,
                            int standardize) {
  /* A spread at the level of rounding in the mean is no spread. */
  const int varies = m->sd > 8 * DBL_EPSILON * m->largest && m->sd > smallest_usable;
  const double sd = varies ? m->sd : 0;
  z->mean[j] = m->mean;
  z->center[j] = intercept ? m->mean : 0;
  z->scale[j] = standardize && varies ? sd : 1;
  z->sqnorm[j] = pow(sd / z->scale[j], 2) + (intercept ? 0 : pow(m->mean / z->scale[j], 2));
  z->constant[j] = z->sqnorm[j] == 0 || (!varies && standardize);
}

sp_status sp_std_alloc(sp_std *z, const sp_design *x, sp_error *err) {
  memset(z, 0, sizeof *z);
  z->x = x;
  SP_TRY(SP_ALLOC(&z->center, x->p, err));
  SP_TRY(SP_ALLOC(&z->scale, x->p, err));
  SP_TRY(SP_ALLOC(&z->mean, x->p, err));
  SP_TRY(SP_ALLOC(&z->sqnorm, x->p, err));
  return SP_ALLOC(&z->constant, x->p, err);
}

int sp_std_describe(sp_std *z, ptrdiff_t j, int intercept, int standardize) {
  sp_moments m;
  z->x->ops->moments(z->x, j, z->v, &m);
  describe_column(z, j, &m, intercept, standardize);
  const int usable = m.largest <= largest_usable; /* not so for NaN */
  if (!usable) z->sqnorm[j] = NAN;
  return usable;
}

ptrdiff_t sp_std_unusable(const sp_std *z) {
  for (ptrdiff_t j = 0; z->sqnorm && j < z->x->p; j++)
    if (isnan(z->sqnorm[j])) return j;
  return -1;
}

/* Products of columns less the product of their means lose no digits, weighted by v, as in a matrix
   of zeros for the most part. */
static int means_are_small(const sp_std *z) {
  for (ptrdiff_t j = 0; j < z->x->p; j++)
    if (z->center[j] * z->center[j] > 4 * z->sqnorm[j] * z->scale[j] * z->scale[j] &&
        !z->constant[j])
      return 0;
  return 1;
}

int sp_std_rows_pay(const sp_std *z, ptrdiff_t members) {
  const sp_design *x = z->x;
  if (!x->ops->by_rows || members < FEW || x->entries > x->n * members) return 0;
  return means_are_small(z);
}

sp_status sp_std_init(sp_std *z, const sp_design *x, const double *v, int intercept,
                      int standardize, sp_error *err) {
  SP_TRY(sp_std_alloc(z, x, err));
  z->v = v;
  for (ptrdiff_t j = 0; j < x->p; j++)
    if (!sp_std_describe(z, j, intercept, standardize)) break;
  return SP_OK;
}

void sp_std_clear(sp_std *z) {
  sp_free(z->center);
  sp_free(z->scale);
  sp_free(z->mean);
  sp_free(z->sqnorm);
  sp_free(z->constant);
  memset(z, 0, sizeof *z);
}

double sp_std_dot(const sp_std *z, ptrdiff_t j, const sp_rowvec *g) {
  return (z->x->ops->dot(z->x, j, g->values) - z->center[j] * g->sum) / z->scale[j];
}

enum { VECTORS = 16 /* per pass over the columns */ };

void sp_std_mul_t(const sp_std *z, const ptrdiff_t *cols, ptrdiff_t k, const sp_rowvec *g,
                  ptrdiff_t m, double *out) {
  for (ptrdiff_t begin = 0; begin < m; begin += VECTORS) {
    const ptrdiff_t count = m - begin < VECTORS ? m - begin : VECTORS;
    const double *u[VECTORS] = {0};
    for (ptrdiff_t r = 0; r < count; r++) u[r] = g[begin + r].values;
    z->x->ops->mul_t(z->x, cols, k, u, count, out + begin * k);
  }
  for (ptrdiff_t r = 0; r < m; r++)
    for (ptrdiff_t a = 0; a < k; a++) {
      const ptrdiff_t j = cols[a];
      out[r * k + a] = (out[r * k + a] - z->center[j] * g[r].sum) / z->scale[j];
    }
}

void sp_std_axpy(const sp_std *z, ptrdiff_t j, double a, sp_rowvec *g) {
  const double step = a / z->scale[j];
  z->x->ops->axpy(z->x, j, z->v ? step : step / (double)z->x->n, z->v, g->values);
  g->sum += step * z->mean[j];
}

void sp_std_axpy_centred(const sp_std *z, ptrdiff_t j, double a, sp_rowvec *g) {
  sp_std_axpy(z, j, a, g);
  const double shift = a * z->center[j] / z->scale[j];
  if (shift == 0) return;
  const ptrdiff_t n = z->x->n;
  for (ptrdiff_t i = 0; i < n; i++) g->values[i] -= shift * sp_std_weight(z, i);
  g->sum = sp_sum(n, g->values);
}

/* By Cauchy and Schwarz the gradients of columns so near differ by no more than this share of the
   largest that there can be. */
static const double equality = 1e-13;

int sp_std_are_equal(const sp_std *z, ptrdiff_t j, ptrdiff_t l, double sign, double *scratch) {
  const sp_design *x = z->x;
  const double norm = sqrt(z->sqnorm[j]), other = sqrt(z->sqnorm[l]);
  if (!(norm > 0 && other > 0)) return 0;
  const double ratio = copysign(norm / other, sign), mean = z->center[j] / z->scale[j];
  const double shift = mean - ratio * z->center[l] / z->scale[l];
  memset(scratch, 0, (size_t)x->n * sizeof *scratch);
  x->ops->axpy(x, j, 1 / z->scale[j], NULL, scratch);
  x->ops->axpy(x, l, -ratio / z->scale[l], NULL, scratch);
  double square = 0;
  for (ptrdiff_t i = 0; i < x->n; i++)
    square += sp_std_weight(z, i) * (scratch[i] - shift) * (scratch[i] - shift);
  return sqrt(square) <= equality * norm + 32 * DBL_EPSILON * fabs(mean);
}

/* ---- vectors over the rows -------------------------------------------------------------- */

double sp_center(ptrdiff_t n, const double *v, double *r) {
  double taken = 0;
  for (int pass = 0; pass < 2; pass++) {
    const double mean = v ? sp_dot(n, v, r) : sp_sum(n, r) / (double)n;
    for (ptrdiff_t i = 0; i < n; i++) r[i] -= mean;
    taken += mean;
  }
  return taken;
}

double sp_weigh(ptrdiff_t n, const double *v, const double *r, sp_rowvec *g) {
  enum { ROWS = 256 };
  const double equal = 1 / (double)n;
  double weighed[ROWS], square = 0;
  g->sum = 0;
  for (ptrdiff_t i = 0; i < n; i += ROWS) {
    const ptrdiff_t k = n - i < ROWS ? n - i : ROWS;
    if (v)
      sp_deviations(k, r + i, 0, v + i, weighed);
    else
      for (ptrdiff_t e = 0; e < k; e++) weighed[e] = equal * r[i + e];
    square += sp_dot(k, r + i, weighed);
    g->sum += sp_sum(k, weighed);
    memcpy(g->values + i, weighed, (size_t)k * sizeof *weighed);
  }
  return square;
}
