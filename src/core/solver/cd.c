#include "cd.h"

#include "../kernels.h"
#include "residual.h"

/* Minimises over coefficient j given its gradient c, unless it is stationary; gives the change. */
static double update(sp_solver *s, ptrdiff_t j, double c, double lambda) {
  const sp_penalty *h = s->problem->penalty;
  const double a = s->problem->design->sqnorm[j], old = s->beta[j];
  if (a == 0 || h->ops->violation(h, j, old, c, lambda) <= sp_solver_slack(s, j, lambda)) return 0;
  s->beta[j] = h->ops->prox(h, j, c + a * old, a, lambda);
  return s->beta[j] - old;
}

static int update_in_gram_space(sp_solver *s, ptrdiff_t k, double lambda) {
  sp_working_set *w = &s->working_set;
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
