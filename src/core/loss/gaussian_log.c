#include "loss.h"

#include <math.h>

/* loss = (y - exp(eta))^2 / 2: not convex, so there is no dual. The curvature is the true one where
   that is not much below its expectation mu^2. */
static double gaussian_log_unit(const sp_glm_loss *loss, double y, double eta, double *r,
                                double *h) {
  (void)loss;
  const double mu = exp(eta), residual = y - mu;
  *r = residual * mu;
  *h = mu * fmax(mu - residual, mu / 4);
  return residual * residual / 2;
}

const sp_glm_ops sp_glm_gaussian_log = {.name = "gaussian log", .unit = gaussian_log_unit};
