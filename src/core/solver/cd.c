#include "cd.h"

#include "../kernels.h"

#include <math.h>

/* Minimises over coefficient j given its gradient c; returns the change. */
static double update(sp_solver *s, ptrdiff_t j, double c, double lambda, sp_epoch *epoch) {
  const sp_penalty *h = s->problem->penalty;
  const double a = s->problem->design->sqnorm[j], old = s->beta[j];
  if (a == 0) return 0;
  const double violation = h->ops->violation(h, j, old, c, lambda);
  if (violation == 0) return 0;
  const double b = h->ops->prox(h, j, c + a * old, a, lambda);
  epoch->violation = fmax(epoch->violation, violation);
  if ((b == 0) != (old == 0)) epoch->support_changed = 1;
  s->beta[j] = b;
  return b - old;
}

static sp_epoch epoch_in_gram_space(sp_solver *s, double lambda) {
  sp_working_set *w = &s->working_set;
  sp_epoch epoch = {0};
  for (ptrdiff_t k = 0; k < w->size; k++) {
    const double change = update(s, w->index[k], w->gradient[k], lambda, &epoch);
    if (change != 0) sp_axpy(w->size, -change, sp_working_set_gram(w, k), w->gradient);
  }
  return epoch;
}

static sp_epoch epoch_in_residual_space(sp_solver *s, double lambda) {
  const sp_std *z = s->problem->design;
  sp_working_set *w = &s->working_set;
  sp_epoch epoch = {0};
  for (ptrdiff_t k = 0; k < w->size; k++) {
    const ptrdiff_t j = w->index[k];
    w->gradient[k] = sp_std_dot(z, j, &s->residual);
    const double change = update(s, j, w->gradient[k], lambda, &epoch);
    if (change != 0) sp_std_axpy(z, j, -change, &s->residual);
  }
  return epoch;
}

sp_epoch sp_cd_epoch(sp_solver *s, double lambda) {
  return s->working_set.gram ? epoch_in_gram_space(s, lambda) : epoch_in_residual_space(s, lambda);
}
