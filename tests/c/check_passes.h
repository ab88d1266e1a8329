/* A penalised quadratic for passes: the least squares of a bench at its present coefficients, over
   a dense or a sparse X. */
#ifndef CHECK_PASSES_H
#define CHECK_PASSES_H

#include "check_solver.h"
#include "core/solver/passes.h"

/* All columns are members, in the order of the solver's working set. */
static inline sp_status passes_init(sp_passes *d, const bench *b, const sp_design *x) {
  const sp_working_set *w = &b->solver.working_set;
  sp_std z = b->m.design;
  z.x = x;
  return sp_passes_init(d, &z, z.v, w->index, w->size, NULL);
}

static inline void passes_describe(sp_passes *d, const bench *b, double lambda) {
  const sp_std *z = &b->m.design;
  double r[64], b0;
  naive_residual(b, b->solver.beta, r, &b0);
  d->penalty = b->m.problem.penalty;
  d->lambda = lambda;
  d->beta = b->solver.beta;
  for (ptrdiff_t k = 0; k < d->size; k++) {
    const ptrdiff_t j = d->index[k];
    d->gradient[k] = naive_gradient(b, j, r);
    d->diagonal[k] = z->sqnorm[j];
    d->tilt[k] = z->center[j] / z->scale[j];
    d->slack[k] = 1e-12;
  }
}

static inline void passes_start(sp_passes *d, bench *b, int kind, int sparse, double lambda) {
  bench_start(b, bench_sample(kind));
  const sp_design *x = sparse ? sample_sparse(&b->s) : b->m.design.x;
  CHECK_EQUAL(passes_init(d, b, x), SP_OK);
  passes_describe(d, b, lambda);
}

static inline void passes_end(sp_passes *d, bench *b) {
  sp_passes_clear(d);
  bench_end(b);
}

/* Of a context that interrupts at once. */
static inline int passes_stop(void *host) {
  (void)host;
  return 1;
}

/* What is carried along gives the gradients of the present coefficients. */
static inline void check_carried(const sp_passes *d, const bench *b, double tolerance) {
  double r[64], b0;
  naive_residual(b, b->solver.beta, r, &b0);
  for (ptrdiff_t k = 0; k < d->size; k++)
    CHECK_NEAR(sp_passes_gradient(d, k), naive_gradient(b, d->index[k], r), tolerance);
}

#endif
