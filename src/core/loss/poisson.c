#include "../kernels.h"
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

enum { SMALL_COUNTS = 32 };

/* Most counts are small, and their logarithms soon known. */
static double log_count(double y, double *known) {
  const int count = y < SMALL_COUNTS ? (int)y : 0;
  if (count == 0 || count != y) return log(y);
  if (count > 1 && known[count] == 0) known[count] = log(y);
  return known[count];
}

static void poisson_units(const sp_glm_loss *loss, ptrdiff_t n, const double *y, const double *eta,
                          double *unit, double *r, double *h) {
  (void)loss;
  double known[SMALL_COUNTS] = {0}; /* zero: not known yet */
  sp_exp(n, eta, h);
  for (ptrdiff_t i = 0; i < n; i++) {
    r[i] = y[i] - h[i];
    const double value = y[i] > 0 ? y[i] * (log_count(y[i], known) - eta[i]) - r[i] : h[i];
    unit[i] = value < 0 ? 0 : value;
  }
}

/* The conjugate is finite for means y - t >= 0. */
static double poisson_divergence(const sp_glm_loss *loss, double y, const sp_glm_point *at,
                                 double t) {
  (void)loss;
  return sp_relative_entropy_far(y - t, at->h, at->eta);
}

const sp_glm_ops sp_glm_poisson = {
    .name = "poisson",
    .unit = poisson_unit,
    .units = poisson_units,
    .divergence = poisson_divergence,
    .concave = 1,
};
