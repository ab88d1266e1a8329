#include "passes.h"

#include "../alloc.h"
#include "cg.h"

#include <math.h>
#include <string.h>

enum { EPOCHS = 2 /* between steps by conjugate gradients */ };

static sp_status allocate(sp_passes *d, ptrdiff_t n, sp_error *err) {
  double **members[] = {&d->gradient, &d->diagonal, &d->slack, &d->tilt, &d->rate};
  for (int v = 0; v < 5; v++) SP_TRY(SP_ALLOC(members[v], d->size, err));
  SP_TRY(SP_ALLOC(&d->column, d->size, err));
  SP_TRY(SP_ALLOC(&d->image, n, err));
  SP_TRY(SP_ALLOC(&d->numbers, SP_PASSES_VECTORS * d->size + n, err));
  SP_TRY(SP_ALLOC(&d->places, 2 * d->size, err));
  return SP_ALLOC(&d->pieces, d->size, err);
}

/* Sparse columns are read dozens of times: they are laid out in one piece, times the roots of the
   weights. */
static sp_status lay_out(sp_passes *d, const sp_design *x, const double *weight, sp_error *err) {
  d->x = x;
  d->weight = weight;
  for (ptrdiff_t k = 0; k < d->size; k++) d->column[k] = x->ops->pack ? k : d->index[k];
  if (!x->ops->pack) return SP_OK;
  SP_TRY(x->ops->pack(x, d->index, d->size, weight, &d->packed, err));
  d->x = &d->packed.design;
  d->weight = NULL;
  return SP_OK;
}

sp_status sp_passes_init(sp_passes *d, const sp_std *z, const double *weight,
                         const ptrdiff_t *index, ptrdiff_t size, sp_error *err) {
  const ptrdiff_t n = z->x->n;
  const double root = weight ? 1 : 1 / sqrt((double)n);
  *d = (sp_passes){.index = index, .size = size};
  SP_TRY(allocate(d, n, err));
  for (ptrdiff_t k = 0; k < size; k++) d->rate[k] = root / z->scale[index[k]];
  return lay_out(d, z->x, weight, err);
}

void sp_passes_clear(sp_passes *d) {
  sp_free(d->gradient);
  sp_free(d->diagonal);
  sp_free(d->slack);
  sp_free(d->tilt);
  sp_free(d->rate);
  sp_free(d->column);
  sp_free(d->image);
  sp_free(d->numbers);
  sp_free(d->places);
  sp_free(d->pieces);
  sp_packed_clear(&d->packed);
  memset(d, 0, sizeof *d);
}

double sp_passes_gradient(const sp_passes *d, ptrdiff_t k) {
  const double product = d->rate[k] * d->x->ops->dot(d->x, d->column[k], d->image);
  return d->gradient[k] - (product - d->tilt[k] * d->shift);
}

static int update(sp_passes *d, ptrdiff_t k) {
  const sp_penalty *h = d->penalty;
  const ptrdiff_t j = d->index[k];
  const double a = d->diagonal[k], old = d->beta[j];
  if (!(a > 0)) return 0;
  const double c = sp_passes_gradient(d, k);
  if (h->ops->violation(h, j, old, c, d->lambda) <= d->slack[k]) return 0;
  d->beta[j] = h->ops->prox(h, j, c + a * old, a, d->lambda);
  const double change = d->beta[j] - old;
  if (change == 0) return 0;
  d->x->ops->axpy(d->x, d->column[k], change * d->rate[k], d->weight, d->image);
  d->shift += change * d->tilt[k];
  return 1;
}

ptrdiff_t sp_passes_epoch(sp_passes *d, ptrdiff_t *turned) {
  ptrdiff_t moved = 0;
  *turned = 0;
  d->passes++;
  for (ptrdiff_t k = 0; k < d->size; k++) {
    const int was_zero = d->beta[d->index[k]] == 0;
    moved += update(d, k);
    *turned += was_zero != (d->beta[d->index[k]] == 0);
  }
  return moved;
}

sp_status sp_passes_round(sp_passes *d, ptrdiff_t most, const sp_context *ctx,
                          ptrdiff_t *iterations, int *settled, sp_error *err) {
  ptrdiff_t turned = 1, left = most;
  *settled = 0;
  for (int epoch = 0; epoch < EPOCHS && turned && !*settled && left > 0; epoch++, left--) {
    SP_TRY(sp_context_poll(ctx, err));
    *settled = sp_passes_epoch(d, &turned) == 0;
  }
  *iterations += most - left;
  return *settled ? SP_OK : sp_cg_step(d, left, ctx, iterations, err);
}
