/* Ridge regression in closed form for a whole grid, from one eigendecomposition.
 *
 * With D = diag(factor)^(-1/2) and columns projected on the complement of the intercept and of the
 * unpenalised columns U:
 *   p <= n:  D G D = Q diag(d) Q',         beta(lambda) = D Q diag(1/(d + lambda)) Q' D c
 *   p >  n:  Z D^2 Z' = Q diag(d) Q' (n x n), beta(lambda) = D^2 Z' Q diag(1/(d + lambda)) Q' y
 * both in the metric of the weights. The eigenvalues d also give the effective degrees of freedom
 * sum_k d_k / (d_k + lambda) + |U|. Hoerl and Kennard (1970), Technometrics 12, 55-67; Hastie,
 * Tibshirani and Friedman (2009), section 3.4.1 and exercise 18.4. */
#ifndef SP_RIDGE_H
#define SP_RIDGE_H

#include "path.h"

/* Fills an empty `path`; the penalty must be ridge (alpha = 0) without bounds other than those that
   exclude a coefficient. An automatic grid lies over the effective degrees of freedom; a
   lambda of 0 gives the solution of least norm when X is rank-deficient. */
sp_status sp_ridge_fit(sp_path *path, const sp_problem *problem, const sp_path_options *options,
                       sp_tolerance tolerance, const sp_context *ctx, sp_error *err);

/* The automatic grid alone, for solvers that need another route to the coefficients. */
sp_status sp_ridge_grid(const sp_problem *problem, ptrdiff_t count, double *lambda,
                        const sp_context *ctx, sp_error *err);

#endif
