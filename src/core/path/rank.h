/* The degrees of freedom of a fit whose penalty has an L1 part: the rank of the columns that are
 * not zero. Tibshirani and Taylor (2012), Annals of Statistics 40, 1198-1232, theorem 2.
 *
 * Under an L1 penalty columns with nonzero coefficients are independent, but for coincidences.
 * Those without a penalty, which all are at lambda = 0, need not be: a factor has a column for each
 * level, and their sum is that of the intercept. */
#ifndef SP_RANK_H
#define SP_RANK_H

#include "../solver/solver.h"

/* What is known from the last lambda of the columns without a penalty. Zeros at first; clear also
   after a failure. */
typedef struct {
  ptrdiff_t count, rank;
  ptrdiff_t *cols; /* count */
} sp_rank;

void sp_rank_clear(sp_rank *known);

/* The nonzero coefficients, less those without a penalty whose columns others make up. Cost: O(p)
   where those without a penalty are the same as the last time; else the Gram matrix of those, and
   its factor. Of more than a working set keeps that of (working_set.c: 1024 to 4096) no more are
   counted than there are rows. */
sp_status sp_rank_df(sp_rank *known, const sp_problem *problem, const double *beta, double lambda,
                     double *df, const sp_context *ctx, sp_error *err);

#endif
