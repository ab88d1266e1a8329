/* Paths of generalised linear models. */
#ifndef SP_GLM_H
#define SP_GLM_H

#include "../solver/newton.h"
#include "path.h"

/* Fits the path by proximal Newton into an empty `path`; null_deviance is twice
   sum_i v_i loss_i of the null model. Ridge (alpha = 0) has a grid over the effective degrees of
   freedom, which are those of the weighted problem at the solution. */
sp_status sp_glm_fit(sp_path *path, const sp_problem *problem, const sp_glm_loss *loss,
                     const sp_path_options *options, sp_tolerance tolerance, const sp_context *ctx,
                     sp_error *err);

/* For fits by `s`, be it of the problem itself or of a smaller one that has its path. */

/* As sp_walker's `obstacle`. */
sp_stop sp_glm_obstacle(const sp_newton *s, double lambda);

/* Sets null_deviance and lambda_max of `path` and lets `walker` fill it, over the user's grid or
   its own. */
sp_status sp_glm_walk(sp_path *path, sp_newton *s, const sp_walker *walker,
                      const sp_path_options *options, sp_error *err);

#endif
