#include "loss.h"
#include "loss_terms.h"

/* Gamma with log link: loss = y exp(-eta) + eta, for y > 0; convex in eta. */
static double gamma_unit(const sp_glm_loss *loss, double y, double eta, double *r, double *h) {
  (void)loss;
  const double ratio = y * exp(-eta);
  *r = ratio - 1;
  *h = ratio;
  return fmax(0, (ratio - 1) - (log(y) - eta));
}

/* The conjugate is finite for ratios 1 + t >= 0 of y to the mean. */
static double gamma_divergence(const sp_glm_loss *loss, double y, const sp_glm_point *at,
                               double t) {
  (void)loss;
  return sp_relative_entropy_far(1 + t, at->h, log(y) - at->eta);
}

const sp_glm_ops sp_glm_gamma = {
    .name = "Gamma",
    .unit = gamma_unit,
    .divergence = gamma_divergence,
};
