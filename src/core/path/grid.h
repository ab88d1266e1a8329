/* Grids of lambda. */
#ifndef SP_GRID_H
#define SP_GRID_H

#include <stddef.h>

/* `count` values, log-spaced, from `largest` down to ratio * largest. */
void sp_grid_log(double largest, double ratio, ptrdiff_t count, double *lambda);

/* Effective degrees of freedom of ridge: sum_k d_k / (d_k + lambda) over eigenvalues d_k >= 0. */
double sp_ridge_df(ptrdiff_t rank, const double *eigenvalues, double lambda);

/* `count` values at which the effective degrees of freedom rise in equal steps from nearly 0 to
   nearly `rank`, the number of (positive) eigenvalues. */
void sp_grid_df(ptrdiff_t rank, const double *eigenvalues, ptrdiff_t count, double *lambda);

#endif
