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
static double poisson_units(const sp_glm_loss *loss, ptrdiff_t n, const double *y,
                            const double *eta, double *r, double *h) {
  double known[SMALL_COUNTS] = {0}, sum = 0; /* zero: not known yet */
  for (ptrdiff_t i = 0; i < n; i++) {
    const int count = y[i] >= 1 && y[i] < SMALL_COUNTS ? (int)y[i] : 0;
    if (count == 0 || count != y[i]) {
      sum += poisson_unit(loss, y[i], eta[i], &r[i], &h[i]);
      continue;
    }
    if (count > 1 && known[count] == 0) known[count] = log(y[i]);
    const double mu = exp(eta[i]);
    r[i] = y[i] - mu;
    h[i] = mu;
    sum += fmax(0, y[i] * (known[count] - eta[i]) - (y[i] - mu));
  }
  return sum;
}

/* The conjugate is finite for means y - t >= 0. */
static double poisson_divergence(const sp_glm_loss *loss, double y, double eta, double t) {
  (void)loss;
  return sp_relative_entropy(y - t, exp(eta));
}

const sp_glm_ops sp_glm_poisson = {
    .name = "poisson",
    .unit = poisson_unit,
    .units = poisson_units,
    .divergence = poisson_divergence,
};
