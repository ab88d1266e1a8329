/* Residual and gradients of a solver, computed from its coefficients. */
#ifndef SP_RESIDUAL_H
#define SP_RESIDUAL_H

#include "solver.h"

/* Residual, rss and the intercept that minimises the loss, after which the residuals sum to zero,
   given that no column outside the working set has a coefficient. Overwrites the lists `cols` and
   `c`. Cost: one pass over the columns with beta_j != 0. */
void sp_residual_update(sp_solver *s);

/* Gradients of the working set free of accumulated rounding: from the null model's through the Gram
   matrix, or from the residual itself. With the Gram matrix they are left as they are while what
   the steps have rounded off cannot be seen in the duality gap and samples agree. Overwrites the
   lists `cols` and `c`. */
sp_status sp_gradients_reload(sp_solver *s, sp_error *err);

/* The same for the members from place `first` on alone, through the Gram matrix. Overwrites the
   lists, too. Cost: |W| each. */
void sp_gradients_extend(sp_solver *s, ptrdiff_t first);

/* What rounding leaves of the gradient of a member of norm 1: they were formed once, and the
   coefficients have travelled since. */
double sp_gradients_rounding(const sp_solver *s);

/* Coefficient j has moved by `change`, and the gradients of the working set with it. */
void sp_gradients_outdate(sp_solver *s, ptrdiff_t j, double change);

/* rss and intercept from the gradients of the working set, without a look at the rows. */
void sp_moments_update(sp_solver *s);

#endif
