/* Cyclic coordinate descent over the working set by its Gram matrix. Friedman, Hastie and
   Tibshirani (2010), J. Stat. Softw. 33(1), section 2. */
#ifndef SP_CD_H
#define SP_CD_H

#include "solver.h"

/* One epoch over all members; counts those that were further from stationarity than their slack and
   moved. Keeps working_set.gradient right. Cost: |W| per member that moves. */
ptrdiff_t sp_cd_epoch(sp_solver *s, double lambda);

/* The same over the members that rest on a kink or a bound only: lets in those that should move. */
ptrdiff_t sp_cd_release(sp_solver *s, double lambda);

#endif
