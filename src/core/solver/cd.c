#include "cd.h"

#include "members.h"
#include "residual.h"

static int update(sp_solver *s, const sp_gram *g, ptrdiff_t k) {
  const ptrdiff_t j = g->index[k];
  const double change = sp_gram_descend(g, k, sp_solver_slack(s, j, g->lambda));
  if (change != 0) sp_gradients_outdate(s, j, change);
  return change != 0;
}

ptrdiff_t sp_cd_epoch(sp_solver *s, double lambda) {
  const sp_gram g = sp_members_gram(s, lambda);
  ptrdiff_t moved = 0;
  for (ptrdiff_t k = 0; k < g.size; k++) moved += update(s, &g, k);
  return moved;
}

ptrdiff_t sp_cd_release(sp_solver *s, double lambda) {
  const sp_gram g = sp_members_gram(s, lambda);
  ptrdiff_t moved = 0;
  for (ptrdiff_t k = 0; k < g.size; k++)
    if (!sp_gram_is_inside(&g, k)) moved += update(s, &g, k);
  return moved;
}
