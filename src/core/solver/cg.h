/* Conjugate gradients on the support, in their variant that makes residuals small: the linear
   system of the exact step where no Gram matrix is kept, for supports of many sparse columns or of
   more columns than rows. Each iteration costs two passes over the support's entries. */
#ifndef SP_CG_H
#define SP_CG_H

#include "solver.h"

/* Moves the coefficients that are off their kinks towards the solution of their linear system, as
   far as the objective falls; those that would pass the end of their piece stay at that end. Keeps
   `residual` right. *iterations grows by the iterations used. */
sp_status sp_cg_step(sp_solver *s, double lambda, ptrdiff_t *iterations, sp_error *err);

#endif
