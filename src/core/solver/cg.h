/* Conjugate gradients on the support, in their variant that makes residuals small: the linear
   system of the exact step where there is no matrix. Each iteration goes over the support there and
   back, or twice with sweeps. */
#ifndef SP_CG_H
#define SP_CG_H

#include "passes.h"

/* Moves the coefficients that are off their kinks towards the solution of their linear system, as
   far as the quadratic falls; those that would pass the end of their piece stay at that end. Makes
   at most `most` iterations and adds their number to *iterations. */
sp_status sp_cg_step(sp_passes *d, ptrdiff_t most, const sp_context *ctx, ptrdiff_t *iterations,
                     sp_error *err);

#endif
