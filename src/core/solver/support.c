#include "support.h"

#include "../kernels.h"

#include <math.h>
#include <string.h>

enum { MAX_ITERATIONS = 40 };

/* A factor whose ridge part is that of another lambda stands for that of the present one: beyond this
   ratio of the two a new one is cheaper. */
static const double largest_stretch = 1.5;

/* The square of the share that conjugate gradients may leave of a right-hand side at a time. */
static const double nearby = 1e-12;

/* ---- pieces ----------------------------------------------------------------------------- */

double sp_support_curvature(const sp_solver *s, ptrdiff_t k, double lambda) {
  const sp_penalty *h = s->problem->penalty;
  return h->ops->curvature(h, s->working_set.index[k], lambda);
}

double *sp_support_beta(const sp_solver *s, ptrdiff_t k) {
  return &s->beta[s->working_set.index[k]];
}

int sp_support_piece(const sp_solver *s, ptrdiff_t k, double lambda, sp_piece *piece) {
  const sp_penalty *h = s->problem->penalty;
  if (s->problem->design->sqnorm[s->working_set.index[k]] == 0) return 0;
  return h->ops->piece(h, s->working_set.index[k], *sp_support_beta(s, k), lambda, piece);
}

double sp_support_pull(const sp_solver *s, ptrdiff_t k, double lambda, const sp_piece *piece) {
  return s->working_set.gradient[k] - piece->slope -
         sp_support_curvature(s, k, lambda) * *sp_support_beta(s, k);
}

int sp_support_is_movable(const sp_solver *s, ptrdiff_t k, double lambda) {
  sp_piece piece;
  if (!sp_support_piece(s, k, lambda, &piece)) return 0;
  const double b = *sp_support_beta(s, k), pull = sp_support_pull(s, k, lambda, &piece);
  return !((b <= piece.low && pull <= 0) || (b >= piece.high && pull >= 0));
}

/* ---- the factor follows the support ----------------------------------------------------- */

/* What the factor's matrix has more on its diagonal than that of `lambda`. Returns whether there is any. */
static int excess_of_factor(sp_solver *s, double lambda) {
  int any = 0;
  for (ptrdiff_t row = 0; row < s->factor.size; row++) {
    const ptrdiff_t k = s->factor.label[row];
    s->exact.excess[row] =
        sp_support_curvature(s, k, s->factor_lambda) - sp_support_curvature(s, k, lambda);
    any |= s->exact.excess[row] != 0;
  }
  return any;
}

/* The ridge part on the diagonal is that of factor_lambda, for all members. */
static void bring_near(sp_solver *s, double lambda) {
  const double far = s->factor_lambda, stretch = far > lambda ? far / lambda : lambda / far;
  if (s->factor.size > 0 && stretch <= largest_stretch) return;
  if (excess_of_factor(s, lambda)) s->factor.size = 0;
  s->factor_lambda = lambda;
}

static void drop_strangers(sp_solver *s, double lambda) {
  sp_factor *f = &s->factor;
  bring_near(s, lambda);
  for (ptrdiff_t row = f->size - 1; row >= 0; row--)
    if (!sp_support_is_movable(s, f->label[row], lambda)) sp_factor_delete(f, row);
}

/* Matrix entries of the new members with the old ones and among themselves. */
static sp_status append_group(sp_solver *s, const ptrdiff_t *members, int count, sp_error *err) {
  sp_factor *f = &s->factor;
  int dependent[SP_FACTOR_GROUP];
  for (int a = 0; a < count; a++) {
    const double *gram = sp_working_set_gram(&s->working_set, members[a]);
    double *cross = s->exact.cross[a];
    for (ptrdiff_t row = 0; row < f->size; row++) cross[row] = gram[f->label[row]];
    for (int b = 0; b <= a; b++) cross[f->size + b] = gram[members[b]];
    cross[f->size + a] += sp_support_curvature(s, members[a], s->factor_lambda);
  }
  return sp_factor_append(f, count, members, s->exact.cross, dependent, err);
}

void sp_support_mark(sp_solver *s) {
  memset(s->exact.member, 0, (size_t)s->working_set.size);
  for (ptrdiff_t row = 0; row < s->factor.size; row++) s->exact.member[s->factor.label[row]] = 1;
}

sp_status sp_support_follow(sp_solver *s, double lambda, sp_error *err) {
  ptrdiff_t group[SP_FACTOR_GROUP];
  int count = 0;
  drop_strangers(s, lambda);
  sp_support_mark(s);
  for (ptrdiff_t k = 0; k < s->working_set.size; k++) {
    if (s->exact.member[k] || !sp_support_is_movable(s, k, lambda)) continue;
    group[count++] = k;
    if (count < SP_FACTOR_GROUP) continue;
    SP_TRY(append_group(s, group, count, err));
    count = 0;
  }
  return count > 0 ? append_group(s, group, count, err) : SP_OK;
}

/* ---- its solution ----------------------------------------------------------------------- */

/* (G + ridge) step = pull by conjugate gradients, preconditioned by the factor with the ridge part of
   another lambda. The image of a preconditioned vector is the vector less the difference of the two:
   there are no products with G. Golub and Van Loan (2013), algorithm 11.5.1. */
static void solve_nearby(sp_solver *s) {
  sp_exact_scratch *x = &s->exact;
  const ptrdiff_t size = s->factor.size;
  const size_t bytes = (size_t)size * sizeof *x->step;
  double last = INFINITY;
  memcpy(x->remainder, x->pull, bytes);
  memset(x->step, 0, bytes);
  memset(x->image, 0, bytes);
  memset(x->direction, 0, bytes);
  memset(x->direction_image, 0, bytes);
  const double enough = nearby * sp_dot(size, x->pull, x->pull);
  for (int it = 0; it < MAX_ITERATIONS && sp_dot(size, x->remainder, x->remainder) > enough; it++) {
    memcpy(x->conditioned, x->remainder, bytes);
    sp_factor_solve(&s->factor, x->conditioned);
    const double now = sp_dot(size, x->remainder, x->conditioned), share = now / last;
    last = now;
    for (ptrdiff_t row = 0; row < size; row++) {
      x->direction[row] = x->conditioned[row] + share * x->direction[row];
      x->direction_image[row] = x->remainder[row] + share * x->direction_image[row];
    }
    sp_axpy_weighted(size, -1, x->excess, x->conditioned, x->direction_image);
    const double bend = sp_dot(size, x->direction, x->direction_image), length = now / bend;
    if (!(bend > 0)) return;
    sp_axpy(size, length, x->direction, x->step);
    sp_axpy(size, length, x->direction_image, x->image);
    sp_axpy(size, -length, x->direction_image, x->remainder);
  }
}

void sp_support_solve(sp_solver *s, double lambda, int halfway) {
  sp_exact_scratch *x = &s->exact;
  const size_t bytes = (size_t)s->factor.size * sizeof *x->step;
  memcpy(x->pull, x->step, bytes);
  if (excess_of_factor(s, lambda)) {
    solve_nearby(s);
    return;
  }
  memcpy(x->image, x->pull, bytes);
  if (!halfway) {
    memcpy(x->half, x->pull, bytes);
    sp_factor_solve_lower(&s->factor, x->half);
  }
  memcpy(x->step, x->half, bytes);
  sp_factor_solve_upper(&s->factor, x->step);
}
