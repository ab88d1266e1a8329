#include "cd.h"

#include "../kernels.h"

#include <math.h>

/* Minimises over coefficient j given its gradient c, unless it is stationary to `target`. Returns the
   change; *worst keeps the largest violation. */
static double update(sp_solver *s, ptrdiff_t j, double c, double lambda, double target,
                     double *worst) {
  const sp_penalty *h = s->problem->penalty;
  const double a = s->problem->design->sqnorm[j], old = s->beta[j];
  const double violation = h->ops->violation(h, j, old, c, lambda);
  if (violation <= target || a == 0) return 0;
  *worst = fmax(*worst, violation);
  s->beta[j] = h->ops->prox(h, j, c + a * old, a, lambda);
  return s->beta[j] - old;
}

static void update_in_gram_space(sp_solver *s, ptrdiff_t k, double lambda, double target,
                                 double *worst) {
  sp_working_set *w = &s->working_set;
  const double change = update(s, w->index[k], w->gradient[k], lambda, target, worst);
  if (change != 0) sp_axpy(w->size, -change, sp_working_set_gram(w, k), w->gradient);
}

static void update_in_residual_space(sp_solver *s, ptrdiff_t k, double lambda, double target,
                                     double *worst) {
  const sp_std *z = s->problem->design;
  sp_working_set *w = &s->working_set;
  const ptrdiff_t j = w->index[k];
  w->gradient[k] = sp_std_dot(z, j, &s->residual);
  const double change = update(s, j, w->gradient[k], lambda, target, worst);
  if (change != 0) sp_std_axpy(z, j, -change, &s->residual);
}

double sp_cd_epoch(sp_solver *s, double lambda, double target) {
  double worst = 0;
  for (ptrdiff_t k = 0; k < s->working_set.size; k++) {
    if (s->working_set.gram)
      update_in_gram_space(s, k, lambda, target, &worst);
    else
      update_in_residual_space(s, k, lambda, target, &worst);
  }
  return worst;
}

double sp_cd_release(sp_solver *s, double lambda, double target) {
  const sp_penalty *h = s->problem->penalty;
  double worst = 0;
  for (ptrdiff_t k = 0; k < s->working_set.size; k++) {
    sp_piece piece;
    const ptrdiff_t j = s->working_set.index[k];
    const double b = s->beta[j];
    const int moves = h->ops->piece(h, j, b, lambda, &piece) && b > piece.low && b < piece.high;
    if (!moves) update_in_gram_space(s, k, lambda, target, &worst);
  }
  return worst;
}
