/* Residual and gradients of a solver, computed from its coefficients. */
#ifndef SP_RESIDUAL_H
#define SP_RESIDUAL_H

#include "solver.h"

/* Residual, rss and the intercept that minimises the loss, after which the residuals sum to zero, given
   that no column outside the working set has a coefficient. Overwrites the lists `cols` and `c`.
   Cost: one pass over the columns with beta_j != 0. */
void sp_residual_update(sp_solver *s);

/* Gradients of the working set free of accumulated rounding: from the null model's through the Gram
   matrix, or from the residual itself. */
sp_status sp_gradients_reload(sp_solver *s, sp_error *err);

/* rss and intercept from the gradients of the working set, without a look at the rows. */
void sp_moments_update(sp_solver *s);

#endif
