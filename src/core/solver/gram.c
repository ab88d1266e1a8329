#include "gram.h"

#include "../kernels.h"

#include <math.h>

/* Correlation of columns that may be equal, and relative differences that are rounding. */
static const double near = 1 - 1e-6, equality = 1e-13, equal_products = 1e-12;

int sp_gram_piece(const sp_gram *g, ptrdiff_t k, sp_piece *piece) {
  const sp_penalty *h = g->penalty;
  if (!(g->norm[k] > 0)) return 0; /* the diagonal itself lies in a line of memory for each */
  return h->ops->piece(h, g->index[k], *sp_gram_beta(g, k), g->lambda, piece);
}

double sp_gram_pull(const sp_gram *g, ptrdiff_t k, const sp_piece *piece) {
  return g->gradient[k] - piece->slope - sp_gram_ridge(g, k) * *sp_gram_beta(g, k);
}

int sp_gram_is_inside(const sp_gram *g, ptrdiff_t k) {
  sp_piece piece;
  return sp_gram_piece(g, k, &piece) && sp_piece_is_inside(&piece, *sp_gram_beta(g, k));
}

int sp_gram_is_movable(const sp_gram *g, ptrdiff_t k) {
  sp_piece piece;
  if (!sp_gram_piece(g, k, &piece)) return 0;
  const double b = *sp_gram_beta(g, k), pull = sp_gram_pull(g, k, &piece);
  return !((b <= piece.low && pull <= 0) || (b >= piece.high && pull >= 0));
}

double sp_gram_share_to_end(const sp_gram *g, ptrdiff_t k, double d, double *end) {
  sp_piece piece;
  if (d == 0 || !sp_gram_piece(g, k, &piece)) return INFINITY;
  *end = sp_piece_end(&piece, d);
  return isfinite(*end) ? sp_larger((*end - *sp_gram_beta(g, k)) / d, 0) : INFINITY;
}

void sp_gram_shift(const sp_gram *g, ptrdiff_t k, double change) {
  *sp_gram_beta(g, k) += change;
  sp_axpy(g->size, -change, sp_gram_column(g, k), g->gradient);
}

void sp_gram_carry(const sp_gram *g, const ptrdiff_t *members, const double *change,
                   ptrdiff_t count) {
  ptrdiff_t a = 0;
  for (; a + 4 <= count; a += 4) {
    const double *columns[4],
        minus[4] = {-change[a], -change[a + 1], -change[a + 2], -change[a + 3]};
    for (int c = 0; c < 4; c++) columns[c] = sp_gram_column(g, members[a + c]);
    sp_axpy_4(g->size, minus, columns, g->gradient);
  }
  for (; a < count; a++) sp_axpy(g->size, -change[a], sp_gram_column(g, members[a]), g->gradient);
}

void sp_gram_catch_up(const sp_gram *g, const ptrdiff_t *members, ptrdiff_t count,
                      const double *change) {
  ptrdiff_t a = 0;
  for (; a + 4 <= count; a += 4) {
    const double *columns[4];
    double products[4] = {0};
    for (int c = 0; c < 4; c++) columns[c] = sp_gram_column(g, members[a + c]);
    sp_dots_4x1(g->size, columns, change, products);
    for (int c = 0; c < 4; c++) g->gradient[members[a + c]] -= products[c];
  }
  for (; a < count; a++)
    g->gradient[members[a]] -= sp_dot(g->size, sp_gram_column(g, members[a]), change);
}

/* Are all products of column j those of l? They differ as the columns do, not as the square. */
static int have_equal_products(const double *known, ptrdiff_t p, ptrdiff_t j, ptrdiff_t l) {
  const double *a = known + j * p, *b = known + l * p;
  if (!(a[j] > 0 && b[l] > 0)) return 0;
  const double ratio = copysign(sqrt(a[j]) / sqrt(b[l]), a[l]);
  for (ptrdiff_t i = 0; i < p; i++)
    if (fabs(a[i] - ratio * b[i]) > equal_products * sqrt(a[j]) * sqrt(known[i + i * p])) return 0;
  return 1;
}

ptrdiff_t sp_gram_find_equal(const sp_std *z, const double *known, const ptrdiff_t *index,
                             const double *column, const double *norm, ptrdiff_t k,
                             double *scratch) {
  const double least = near * norm[k];
  for (ptrdiff_t m = 0; m < k; m++)
    if (fabs(column[m]) >= least * norm[m] &&
        (known ? have_equal_products(known, z->x->p, index[k], index[m])
               : sp_std_are_equal(z, index[k], index[m], column[m], scratch)))
      return m;
  return k;
}

int sp_gram_has_equals(const sp_gram *g) {
  for (ptrdiff_t k = 0; k < g->size; k++)
    if (g->alike[k] != g->index[k]) return 1;
  return 0;
}

/* Can member m, of the same column, do whatever k could, for no more of a penalty? */
static int serves_for(const sp_gram *g, ptrdiff_t m, ptrdiff_t k) {
  const sp_penalty *h = g->penalty;
  const double price = h->ops->cut(h, g->index[m]) * sqrt(g->sqnorm[g->index[k]]);
  const double other = h->ops->cut(h, g->index[k]) * sqrt(g->sqnorm[g->index[m]]);
  return *sp_gram_beta(g, m) != 0 && sp_gram_is_inside(g, m) && price <= other * (1 + equality);
}

/* Without a ridge part there is nothing in sharing: of equal columns only the first to enter is
   nonzero. Rounding would have others follow it, at gradients that are equal but for that. */
static int waits_for_its_equal(const sp_gram *g, ptrdiff_t k) {
  if (*sp_gram_beta(g, k) != 0 || sp_gram_ridge(g, k) > 0) return 0;
  for (ptrdiff_t m = 0; m < g->size; m++)
    if (g->alike[m] == g->alike[k] && m != k && serves_for(g, m, k)) return 1;
  return 0;
}

double sp_gram_descend(const sp_gram *g, ptrdiff_t k, double slack) {
  const sp_penalty *h = g->penalty;
  const double a = sp_gram_column(g, k)[k], old = *sp_gram_beta(g, k);
  const double violation = h->ops->violation(h, g->index[k], old, g->gradient[k], g->lambda);
  if (!(a > 0) || violation <= slack || waits_for_its_equal(g, k)) return 0;
  const double target = h->ops->prox(h, g->index[k], g->gradient[k] + a * old, a, g->lambda);
  if (target == old) return 0;
  sp_gram_shift(g, k, target - old);
  *sp_gram_beta(g, k) = target;
  return target - old;
}
