/* A linear system solved beside the Cholesky factor of one that differs on the diagonal only: the
 * ridge part of an elastic net changes with lambda, while the factor keeps that of an earlier
 * lambda. */
#ifndef SP_NEARBY_H
#define SP_NEARBY_H

#include "factor.h"

/* Vectors by row of the factor. */
typedef struct {
  double *excess; /* what the factor's matrix has more on its diagonal */
  double *remainder, *conditioned, *direction, *direction_image; /* scratch */
} sp_nearby;

/* Beyond this ratio of the two lambdas a new factor is cheaper. */
int sp_nearby_is_near(double lambda, double factor_lambda);

sp_status sp_nearby_resize(sp_nearby *x, ptrdiff_t capacity, sp_error *err);
void sp_nearby_clear(sp_nearby *x);

/* (L L' - excess) step = pull, up to 1e-6 of pull; image: what that matrix makes of the step. Cost:
   a few solves with the factor. */
void sp_nearby_solve(sp_nearby *x, const sp_factor *f, const double *pull, double *step,
                     double *image);

#endif
