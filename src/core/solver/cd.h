/* Cyclic coordinate descent over the working set. Friedman, Hastie and Tibshirani (2010), J. Stat.
   Softw. 33(1), section 2. */
#ifndef SP_CD_H
#define SP_CD_H

#include "solver.h"

/* One epoch over all members; counts those that were further from stationarity than their slack and
   moved, and into *turned, or NULL, those of them that left zero or came to it. Keeps
   working_set.gradient right in Gram space, `residual` right without. */
ptrdiff_t sp_cd_epoch(sp_solver *s, double lambda, ptrdiff_t *turned);

/* The same over the members that rest on a kink or a bound only: lets in those that should move.
   Needs the Gram matrix. Cost: |W| per member that moves. */
ptrdiff_t sp_cd_release(sp_solver *s, double lambda);

#endif
