#include "cd.h"

#include "members.h"
#include "residual.h"

static int update_in_gram_space(sp_solver *s, const sp_gram *g, ptrdiff_t k) {
  const ptrdiff_t j = g->index[k];
  const double change = sp_gram_descend(g, k, sp_solver_slack(s, j, g->lambda));
  if (change != 0) sp_gradients_outdate(s, j, change);
  return change != 0;
}

static int update_in_residual_space(sp_solver *s, ptrdiff_t k, double lambda) {
  const sp_std *z = s->problem->design;
  const sp_penalty *h = s->problem->penalty;
  const ptrdiff_t j = s->working_set.index[k];
  const double a = z->sqnorm[j], old = s->beta[j], c = sp_std_dot(z, j, &s->residual);
  s->working_set.gradient[k] = c;
  if (a == 0 || h->ops->violation(h, j, old, c, lambda) <= sp_solver_slack(s, j, lambda)) return 0;
  s->beta[j] = h->ops->prox(h, j, c + a * old, a, lambda);
  if (s->beta[j] != old) sp_std_axpy(z, j, old - s->beta[j], &s->residual);
  return s->beta[j] != old;
}

ptrdiff_t sp_cd_epoch(sp_solver *s, double lambda, ptrdiff_t *turned) {
  const sp_working_set *w = &s->working_set;
  const sp_gram g = sp_members_gram(s, lambda);
  ptrdiff_t moved = 0, turns = 0;
  for (ptrdiff_t k = 0; k < w->size; k++) {
    const int was_zero = s->beta[w->index[k]] == 0;
    moved += w->gram ? update_in_gram_space(s, &g, k) : update_in_residual_space(s, k, lambda);
    turns += was_zero != (s->beta[w->index[k]] == 0);
  }
  if (turned) *turned = turns;
  return moved;
}

ptrdiff_t sp_cd_release(sp_solver *s, double lambda) {
  const sp_gram g = sp_members_gram(s, lambda);
  ptrdiff_t moved = 0;
  for (ptrdiff_t k = 0; k < g.size; k++)
    if (!sp_gram_is_inside(&g, k)) moved += update_in_gram_space(s, &g, k);
  return moved;
}
