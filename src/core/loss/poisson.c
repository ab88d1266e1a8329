#include "loss.h"
#include "loss_terms.h"

/* loss = exp(eta) - y eta, for a count y >= 0. */
static double poisson_unit(const sp_glm_loss *loss, double y, double eta, double *r, double *h) {
  (void)loss;
  const double mu = exp(eta);
  *r = y - mu;
  *h = mu;
  return y > 0 ? fmax(0, y * (log(y) - eta) - (y - mu)) : mu;
}

/* The conjugate is finite for means y - t >= 0. */
static double poisson_divergence(const sp_glm_loss *loss, double y, double eta, double t) {
  (void)loss;
  return sp_relative_entropy(y - t, exp(eta));
}

const sp_glm_ops sp_glm_poisson = {
    .name = "poisson",
    .unit = poisson_unit,
    .divergence = poisson_divergence,
};
