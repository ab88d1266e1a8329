/* Ridge for generalised linear models with more columns than rows.
 *
 * With K = Z D^-1 Z' = Q diag(d) Q' over the penalised columns, D = diag(factor), the linear
 * predictors that ridge can reach are those of the n x rank matrix Q diag(d)^(1/2), with
 * coefficients gamma of the same penalty: beta = D^-1 Z' Q diag(d)^(-1/2) gamma. So the path is
 * that of the small problem, primal, dual and degrees of freedom included. Hastie and Tibshirani
 * (2004), Biostatistics 5, 329-340, section 2. */
#ifndef SP_GLM_KERNEL_H
#define SP_GLM_KERNEL_H

#include "glm.h"

/* The penalty is ridge without bounds, and has more columns than there are rows. */
int sp_glm_has_kernel(const sp_problem *problem);

/* As sp_glm_fit. Cost: n^2 p for K, n^3 for its decomposition, two passes over X per lambda. */
sp_status sp_glm_kernel_fit(sp_path *path, const sp_problem *problem, const sp_glm_loss *loss,
                            const sp_path_options *options, sp_tolerance tolerance,
                            const sp_context *ctx, sp_error *err);

#endif
