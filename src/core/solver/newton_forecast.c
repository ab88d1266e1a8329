/* Where the coefficients will be at the next lambda if they go on as between the last two, on the
 * scale of log(lambda). A better start, for a pass over the working set; with more rows than
 * columns a step costs little more, and no such start is made. */
#include "newton_parts.h"

#include <math.h>

/* Changes of the working set, kept on the pieces of the penalty that the coefficients are on. */
static ptrdiff_t changes(sp_newton *s, double lambda, double stretch) {
  const sp_penalty *h = s->problem->penalty;
  ptrdiff_t moved = 0;
  for (ptrdiff_t k = 0; k < s->size; k++) {
    sp_piece piece;
    const ptrdiff_t j = s->index[k];
    const double b = s->beta[j], change = b - s->earlier[j];
    s->c[k] = 0;
    s->earlier[j] = b;
    if (b == 0 || change == b || !h->ops->piece(h, j, b, lambda, &piece)) continue;
    s->c[k] = sp_piece_clamp(&piece, b + stretch * change) - b;
    moved += s->c[k] != 0;
  }
  return moved;
}

static double penalty_of(const sp_newton *s, double lambda, double share) {
  const sp_penalty *h = s->problem->penalty;
  double sum = 0;
  for (ptrdiff_t k = 0; k < s->size; k++)
    sum += h->ops->value(h, s->index[k], s->beta[s->index[k]] + share * s->c[k], lambda);
  return sum;
}

sp_status sp_newton_forecast(sp_newton *s, double lambda, sp_error *err) {
  const double stretch = log(lambda / s->lambda) / log(s->lambda / s->lambda_earlier);
  const int pays = s->problem->design->x->n < s->problem->design->x->p;
  const int usable = pays && lambda > 0 && stretch > 0 && stretch <= 1.5;
  double shift, value, moved;
  const ptrdiff_t count = changes(s, lambda, usable ? stretch : 0);
  s->lambda_earlier = s->lambda;
  s->lambda = lambda;
  if (!usable || count == 0) return SP_OK;
  sp_newton_direction(s, s->index, s->c, s->size, s->direction, &shift);
  for (ptrdiff_t i = 0; i < s->problem->design->x->n; i++)
    s->trial_eta[i] = s->eta[i] + (s->direction[i] + shift);
  SP_TRY(sp_newton_solve_constant(s, &value, &moved, err));
  if (!(value + penalty_of(s, lambda, 1) < s->value + penalty_of(s, lambda, 0))) return SP_OK;
  for (ptrdiff_t k = 0; k < s->size; k++) s->beta[s->index[k]] += s->c[k];
  s->constant += moved;
  sp_newton_accept(s, value);
  return sp_newton_reload(s, err);
}
