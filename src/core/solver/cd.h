/* Cyclic coordinate descent over the working set. Friedman, Hastie and Tibshirani (2010), J. Stat.
   Softw. 33(1), section 2. */
#ifndef SP_CD_H
#define SP_CD_H

#include "solver.h"

typedef struct {
  int support_changed; /* some coefficient became zero or nonzero */
  double violation;    /* largest distance from stationarity met on the way */
} sp_epoch;

/* One epoch. Keeps working_set.gradient right in Gram space, `residual` right without. */
sp_epoch sp_cd_epoch(sp_solver *s, double lambda);

#endif
