/* The support of a working set as a linear system: which members move, the Cholesky factor of their
 * part of the Gram matrix, which follows them along the path, and its solution.
 *
 * Members are places in W. The ridge part of an elastic net changes with lambda, on the whole
 * diagonal: the factor keeps that of `factor_lambda` for a while. */
#ifndef SP_SUPPORT_H
#define SP_SUPPORT_H

#include "solver.h"

double *sp_support_beta(const sp_solver *s, ptrdiff_t k);
double sp_support_curvature(const sp_solver *s, ptrdiff_t k, double lambda);

/* Where the penalty of member k is smooth; 0 at a kink, or for a column that does not vary. */
int sp_support_piece(const sp_solver *s, ptrdiff_t k, double lambda, sp_piece *piece);

/* Minus the derivative of the objective on the piece. */
double sp_support_pull(const sp_solver *s, ptrdiff_t k, double lambda, const sp_piece *piece);

/* Off its kinks, and not pressed against the end of its piece. */
int sp_support_is_movable(const sp_solver *s, ptrdiff_t k, double lambda);

/* The factor takes in all that can move and is independent of the others, and lets go of the rest.
   Cost: O(|A|^2) per member that joins or leaves. */
sp_status sp_support_follow(sp_solver *s, double lambda, sp_error *err);

/* s->exact.member: which of W are in the factor. */
void sp_support_mark(sp_solver *s);

/* s->exact.step: from pull to the solution of (G + ridge) step = pull, by row of the factor; its
   image under that matrix into s->exact.image. Cost: O(|A|^2), half of it when members have been
   fixed and nothing else has happened since the last time, a few times it beside another ridge
   part. */
void sp_support_solve(sp_solver *s, double lambda);

#endif
