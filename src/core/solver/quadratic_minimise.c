#include "quadratic.h"

#include <math.h>

enum { MAX_ROUNDS = 500 };

/* Follows the step for as long as the quadratic falls; members that meet the end of their piece on
   the way leave the factor. Returns whether any did. */
static int take_step(sp_support *s, const sp_gram *g) {
  ptrdiff_t met;
  sp_support_go(s, g, sp_support_search(s, g, &met));
  sp_support_relieve(s, g);
  for (ptrdiff_t m = 0; m < met; m++) sp_support_settle(s, g, &s->meetings[m]);
  return met > 0;
}

static double largest_pull(const sp_support *s) {
  double largest = 0;
  for (ptrdiff_t row = 0; row < s->factor.size; row++)
    largest = sp_larger(fabs(s->pull[row]), largest);
  return largest;
}

/* Steps on the support until none is pulled by more than `slack`, or a step meets no end. Returns
   whether the last one did. */
static int descend_on_support(sp_support *s, const sp_gram *g, double slack) {
  for (int met = 0;;) {
    sp_support_load(s, g);
    if (!(largest_pull(s) > slack)) return met;
    sp_support_solve(s, g);
    met = take_step(s, g);
    if (!met) return 0;
  }
}

/* One pass of coordinate descent over the members at rest, or over all; counts those that moved. */
static ptrdiff_t epoch(const sp_gram *g, double slack, int all) {
  ptrdiff_t moved = 0;
  for (ptrdiff_t k = 0; k < g->size; k++)
    if (all || !sp_gram_is_inside(g, k)) moved += sp_gram_descend(g, k, slack) != 0;
  return moved;
}

static sp_status minimise(sp_quadratic *q, double lambda, double slack, ptrdiff_t *iterations,
                          sp_error *err) {
  const sp_gram g = sp_quadratic_gram(q, lambda);
  for (int round = 0; round < MAX_ROUNDS; round++) {
    ++*iterations;
    SP_TRY(sp_support_follow(&q->support, &g, err));
    sp_support_depart(&q->support, &g);
    const int met = descend_on_support(&q->support, &g, slack);
    sp_support_arrive(&q->support, &g);
    if (epoch(&g, slack, round % 8 == 7) == 0 && !met) break;
  }
  return SP_OK;
}

/* In units of the level: the penalty is proportional to lambda. The factor with the ridge part of
   one lambda / level does for others near it. */
sp_status sp_quadratic_minimise(sp_quadratic *q, double lambda, double slack, ptrdiff_t *iterations,
                                sp_error *err) {
  const double level = q->level;
  for (ptrdiff_t k = 0; k < q->size; k++) q->gradient[k] /= level;
  SP_TRY(minimise(q, lambda / level, slack / level, iterations, err));
  for (ptrdiff_t k = 0; k < q->size; k++) q->gradient[k] *= level;
  return SP_OK;
}

static void exchange(sp_quadratic *q) {
  sp_support *s = &q->support;
  double *gram = q->gram, lambda = s->lambda;
  const sp_factor factor = s->factor;
  q->gram = q->plain;
  s->factor = q->plain_factor;
  s->lambda = q->plain_lambda;
  q->plain = gram;
  q->plain_factor = factor;
  q->plain_lambda = lambda;
}

sp_status sp_quadratic_minimise_plain(sp_quadratic *q, double lambda, double slack,
                                      ptrdiff_t *iterations, sp_error *err) {
  if (!q->corrected) return sp_quadratic_minimise(q, lambda, slack, iterations, err);
  exchange(q);
  const sp_status status = sp_quadratic_minimise(q, lambda, slack, iterations, err);
  exchange(q);
  return status;
}
