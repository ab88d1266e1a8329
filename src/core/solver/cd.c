#include "cd.h"

#include "../kernels.h"
#include "residual.h"
#include "support.h"

/* One minus the squared correlation of columns that only rounding tells apart. */
static const double equality = 1e-13;

/* Minimises over coefficient j given its gradient c, unless it is stationary; gives the change. */
static double update(sp_solver *s, ptrdiff_t j, double c, double lambda) {
  const sp_penalty *h = s->problem->penalty;
  const double a = s->problem->design->sqnorm[j], old = s->beta[j];
  if (a == 0 || h->ops->violation(h, j, old, c, lambda) <= sp_solver_slack(s, j, lambda)) return 0;
  s->beta[j] = h->ops->prox(h, j, c + a * old, a, lambda);
  return s->beta[j] - old;
}

static double violation_of(const sp_solver *s, ptrdiff_t k, double lambda) {
  const sp_penalty *h = s->problem->penalty;
  const ptrdiff_t j = s->working_set.index[k];
  return h->ops->violation(h, j, s->beta[j], s->working_set.gradient[k], lambda);
}

/* Would member k leave zero although its column is, up to sign, that of one that is not zero and
   should move as much? What moves that one serves both. Without a ridge part there is nothing in
   sharing: of equal columns only the first to enter is nonzero. */
static int waits_for_its_equal(const sp_solver *s, ptrdiff_t k, double lambda) {
  const sp_working_set *w = &s->working_set;
  const double *gram = sp_working_set_gram(w, k), *sqnorm = s->problem->design->sqnorm;
  if (*sp_support_beta(s, k) != 0 || sp_support_curvature(s, k, lambda) > 0) return 0;
  const double slack = sp_solver_slack(s, w->index[k], lambda);
  const double violation = violation_of(s, k, lambda);
  for (ptrdiff_t m = 0; m < w->size && violation > slack; m++) {
    if (*sp_support_beta(s, m) == 0) continue;
    const double product = sqnorm[w->index[k]] * sqnorm[w->index[m]];
    if (gram[m] * gram[m] >= (1 - equality) * product)
      if (violation_of(s, m, lambda) >= violation - slack) return 1;
  }
  return 0;
}

static int update_in_gram_space(sp_solver *s, ptrdiff_t k, double lambda) {
  sp_working_set *w = &s->working_set;
  if (waits_for_its_equal(s, k, lambda)) return 0;
  const double change = update(s, w->index[k], w->gradient[k], lambda);
  if (change == 0) return 0;
  sp_axpy(w->size, -change, sp_working_set_gram(w, k), w->gradient);
  sp_gradients_outdate(s, w->index[k], change);
  return 1;
}

static int update_in_residual_space(sp_solver *s, ptrdiff_t k, double lambda) {
  const sp_std *z = s->problem->design;
  sp_working_set *w = &s->working_set;
  const ptrdiff_t j = w->index[k];
  w->gradient[k] = sp_std_dot(z, j, &s->residual);
  const double change = update(s, j, w->gradient[k], lambda);
  if (change != 0) sp_std_axpy(z, j, -change, &s->residual);
  return change != 0;
}

ptrdiff_t sp_cd_epoch(sp_solver *s, double lambda, ptrdiff_t *turned) {
  const sp_working_set *w = &s->working_set;
  ptrdiff_t moved = 0, turns = 0;
  for (ptrdiff_t k = 0; k < w->size; k++) {
    const int was_zero = s->beta[w->index[k]] == 0;
    moved += w->gram ? update_in_gram_space(s, k, lambda) : update_in_residual_space(s, k, lambda);
    turns += was_zero != (s->beta[w->index[k]] == 0);
  }
  if (turned) *turned = turns;
  return moved;
}

ptrdiff_t sp_cd_release(sp_solver *s, double lambda) {
  const sp_penalty *h = s->problem->penalty;
  ptrdiff_t moved = 0;
  for (ptrdiff_t k = 0; k < s->working_set.size; k++) {
    sp_piece piece;
    const ptrdiff_t j = s->working_set.index[k];
    const double b = s->beta[j];
    const int free = h->ops->piece(h, j, b, lambda, &piece) && b > piece.low && b < piece.high;
    if (!free) moved += update_in_gram_space(s, k, lambda);
  }
  return moved;
}
