/* The exact step: on the pieces where the penalty is smooth the problem is a linear system.
 *
 * For the support A with signs s_A: (G_AA + ridge) d = c_A - slope_A - ridge beta_A. A full step
 * ends at the solution, unless some coefficients reach the end of their piece on the way. Those
 * stay there, all that do so before the objective rises again, and the rest is solved anew: the
 * homotopy of Osborne, Presnell and Turlach (2000), IMA J. Numer. Anal. 20, 389-403, which stops at
 * the first such end, takes a solve for each. */
#ifndef SP_EXACT_H
#define SP_EXACT_H

#include "solver.h"

/* Needs the Gram matrix of the working set. Coefficients that linear dependence keeps out of the
   system slide along the direction that leaves the fit unchanged, until one of those involved
   reaches an end. Overwrites the list s->cols. *solved: the support was solved to rounding and
   nothing had to slide. Cost: O(|A|^2) per coefficient that joins or leaves and per solve, O(|W|
   |A|) once. */
sp_status sp_exact_step(sp_solver *s, double lambda, int *solved, sp_error *err);

#endif
