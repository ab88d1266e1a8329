/* What the files of the quadratic (quadratic*.c, secant.c) share. */
#ifndef SP_QUADRATIC_PARTS_H
#define SP_QUADRATIC_PARTS_H

#include "quadratic.h"

/* Of the Gram matrix. */
static inline const double *sp_quadratic_column(const sp_quadratic *q, ptrdiff_t k) {
  return q->gram + k * q->capacity;
}

static inline double sp_quadratic_ridge(const sp_quadratic *q, ptrdiff_t k, double lambda) {
  return q->penalty->ops->curvature(q->penalty, q->index[k], lambda);
}

/* Appends up to SP_FACTOR_GROUP members to the factor of the Gram matrix with the ridge part and a
   share `extra` of the diagonal. cross: scratch of that size and `count` more, for each of them. */
sp_status sp_quadratic_append(const sp_quadratic *q, sp_factor *f, double *const *cross,
                              const ptrdiff_t *members, int count, double lambda, double extra,
                              sp_error *err);

#endif
