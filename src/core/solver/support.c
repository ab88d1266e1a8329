#include "support.h"

#include <string.h>

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

/* What the factor's matrix has more on its diagonal than that of `lambda`. Returns whether there is
   any. */
static int excess_of_factor(sp_solver *s, double lambda) {
  int any = 0;
  for (ptrdiff_t row = 0; row < s->factor.size; row++) {
    const ptrdiff_t k = s->factor.label[row];
    s->exact.nearby.excess[row] =
        sp_support_curvature(s, k, s->factor_lambda) - sp_support_curvature(s, k, lambda);
    any |= s->exact.nearby.excess[row] != 0;
  }
  return any;
}

/* The ridge part on the diagonal is that of factor_lambda, for all members. */
static void bring_near(sp_solver *s, double lambda) {
  if (s->factor.size > 0 && sp_nearby_is_near(lambda, s->factor_lambda)) return;
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
  s->exact.halfway = 0;
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

void sp_support_solve(sp_solver *s, double lambda) {
  sp_exact_scratch *x = &s->exact;
  const size_t bytes = (size_t)s->factor.size * sizeof *x->step;
  memcpy(x->pull, x->step, bytes);
  if (excess_of_factor(s, lambda)) {
    x->halfway = 0;
    sp_nearby_solve(&x->nearby, &s->factor, x->pull, x->step, x->image);
    return;
  }
  memcpy(x->image, x->pull, bytes);
  if (!x->halfway) {
    memcpy(x->half, x->pull, bytes);
    sp_factor_solve_lower(&s->factor, x->half);
    x->halfway = 1;
  }
  memcpy(x->step, x->half, bytes);
  sp_factor_solve_upper(&s->factor, x->step);
}
