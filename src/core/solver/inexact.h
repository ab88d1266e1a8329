/* The minimum of the quadratic without its Gram matrix, for more members than one is worth. The
 * gradient of the loss in the linear predictor is carried along instead: epochs of coordinate
 * descent, which settle the support, alternate with conjugate gradients on it. Both cost a pass or
 * two over the members' stored entries and never let the quadratic rise. */
#ifndef SP_INEXACT_H
#define SP_INEXACT_H

#include "quadratic.h"

/* Moves q->beta towards the minimum until violations of stationarity are at most `slack`, or as far
   as a number of rounds goes. g: v r at the start. Leaves q->gradient as it was. */
sp_status sp_inexact_minimise(sp_quadratic *q, const sp_rowvec *g, double lambda, double slack,
                              const sp_context *ctx, sp_error *err);

#endif
