/* The exact step: on the pieces where the penalty is smooth the problem is a linear system.
 *
 * For the support A with signs s_A: (G_AA + ridge) d = c_A - slope_A - ridge beta_A. The step stops at
 * the first coefficient that reaches the end of its piece, which then leaves; after a full step the
 * conditions on the support hold to rounding. Between knots this is the homotopy of Osborne,
 * Presnell and Turlach (2000), IMA J. Numer. Anal. 20, 389-403. */
#ifndef SP_EXACT_H
#define SP_EXACT_H

#include "solver.h"

/* Needs the Gram matrix of the working set. *solved: a full step was taken and every coefficient
   off its kinks took part (no linear dependence). Cost: O(|A|^2) per coefficient that joins or
   leaves, O(|W| |A|) per step. */
sp_status sp_exact_step(sp_solver *s, double lambda, int *solved, sp_error *err);

#endif
