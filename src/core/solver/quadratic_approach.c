#include "passes.h"
#include "quadratic.h"

#include <math.h>

enum {
  MAX_ROUNDS = 30,
  MAX_ITERATIONS = 300, /* between rounds */
  LEAST = 256           /* members, of fewer of which there is a Gram matrix in any case */
};

/* Times the square of the members: entries of a column that passes may read before a Gram matrix
   and its factor, which serve several steps, would have cost less. Measured. */
static const double crawling = 0.004;

static void reconsider(sp_quadratic *q, ptrdiff_t passes) {
  const sp_design *x = q->design->x;
  const double k = (double)q->size, entries = (double)x->entries / (double)x->p;
  const ptrdiff_t more = q->size + q->size / 4;
  const int crawl = (double)passes * entries > crawling * k * k;
  if (!crawl || x->ops->cross || q->size < LEAST || q->size > SP_GRAM_MOST) return;
  q->most = more < SP_GRAM_MOST ? more : SP_GRAM_MOST;
}

static void describe(const sp_quadratic *q, double lambda, double slack, sp_passes *d) {
  const double root = sqrt(q->total);
  d->penalty = q->penalty;
  d->lambda = lambda;
  d->beta = q->beta;
  d->pace = q->pace;
  for (ptrdiff_t k = 0; k < q->size; k++) {
    d->gradient[k] = q->gradient[k];
    d->diagonal[k] = q->diagonal[k];
    d->tilt[k] = root * q->mean[k] / q->design->scale[q->index[k]];
    d->slack[k] = slack;
  }
}

static sp_status go_round(sp_passes *d, const sp_context *ctx, sp_error *err) {
  int settled = 0;
  for (int round = 0; round < MAX_ROUNDS && !settled; round++) {
    ptrdiff_t iterations = 0;
    SP_TRY(sp_passes_round(d, MAX_ITERATIONS, ctx, &iterations, &settled, err));
  }
  return SP_OK;
}

sp_status sp_quadratic_approach(sp_quadratic *q, double lambda, double slack, const sp_context *ctx,
                                sp_error *err) {
  sp_passes d;
  sp_status status = sp_passes_init(&d, q->design, q->weight, q->index, q->size, err);
  if (status == SP_OK) {
    describe(q, lambda, slack, &d);
    status = go_round(&d, ctx, err);
    q->pace = d.pace;
    reconsider(q, d.passes);
  }
  sp_passes_clear(&d);
  return status;
}
