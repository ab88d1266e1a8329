#include "coarse.h"

#include "../alloc.h"
#include "../kernels.h"

#include <math.h>
#include <string.h>

/* Sums of squares of differences are known no better. */
static const double breath = 1 + 1e-9;

enum { MOST = 127, MOST_OF_VECTOR = 32767 };

int sp_coarse_is_worthwhile(const sp_design *x) {
  return x->ops->to_bytes && x->entries >= 1 << 18;
}

sp_status sp_coarse_init(sp_coarse *c, const sp_design *x, sp_error *err) {
  const ptrdiff_t n = x->n, p = x->p;
  memset(c, 0, sizeof *c);
  c->n = n;
  c->p = p;
  c->stride = (n + SP_BYTES - 1) / SP_BYTES * SP_BYTES;
  SP_TRY(SP_ALLOC(&c->digit, c->stride * p, err));
  SP_TRY(SP_ALLOC(&c->middle, p, err));
  SP_TRY(SP_ALLOC(&c->unit, p, err));
  return SP_ALLOC(&c->miss, p, err);
}

void sp_coarse_clear(sp_coarse *c) {
  sp_free(c->digit);
  sp_free(c->middle);
  sp_free(c->unit);
  sp_free(c->miss);
  memset(c, 0, sizeof *c);
}

void sp_coarse_round(sp_coarse *c, const sp_design *x, ptrdiff_t j, double middle) {
  const double root = sqrt((double)c->n);
  const double square = x->ops->to_bytes(x, j, middle, c->digit + j * c->stride, &c->unit[j]);
  c->middle[j] = middle;
  c->miss[j] = fmax(breath * sqrt(square), c->unit[j] * root / 4);
}

sp_status sp_coarse_vector_init(sp_coarse_vector *v, const sp_coarse *c, sp_error *err) {
  memset(v, 0, sizeof *v);
  return SP_ALLOC(&v->digit, c->stride, err);
}

void sp_coarse_vector_clear(sp_coarse_vector *v) {
  sp_free(v->digit);
  memset(v, 0, sizeof *v);
}

/* |sum_i unit_j digit_ij f_i| <= unit_j 127 sqrt(n) ||f||, and miss_j >= unit_j sqrt(n) / 4. */
void sp_coarse_vector_set(sp_coarse_vector *v, const sp_coarse *c, const sp_rowvec *g) {
  const double largest = sp_farthest(c->n, g->values, 0);
  double square = 0;
  v->sum = g->sum;
  v->unit = largest / MOST_OF_VECTOR;
  for (ptrdiff_t i = 0; i < c->n; i++) {
    const double whole = floor(g->values[i] / v->unit + 0.5);
    v->digit[i] = fabs(whole) <= MOST_OF_VECTOR ? (int16_t)whole : 0; /* or no number */
    const double f = g->values[i] - v->unit * v->digit[i];
    square += f * f;
  }
  v->blur = breath * 4 * MOST * sqrt(square);
}

void sp_coarse_products(const sp_coarse *c, const sp_std *z, const ptrdiff_t *cols, ptrdiff_t k,
                        const sp_coarse_vector *v, double *out) {
  sp_dots_bytes(c->stride, c->digit, cols, k, v->digit, out);
  for (ptrdiff_t a = 0; a < k; a++) {
    const ptrdiff_t j = cols[a];
    out[a] = (c->unit[j] * v->unit * out[a] + (c->middle[j] - z->center[j]) * v->sum) / z->scale[j];
  }
}
