#include "loss.h"

static double gaussian_value(ptrdiff_t n, const double *y, const double *eta, const double *v) {
  double sum = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double r = y[i] - eta[i], weight = v ? v[i] : 1;
    if (weight > 0) sum += weight * (r * r); /* r may overflow in rows that do not count */
  }
  return sum / 2 / (v ? 1 : (double)n);
}

static void gaussian_residual(ptrdiff_t n, const double *y, const double *eta, double *r) {
  for (ptrdiff_t i = 0; i < n; i++) r[i] = y[i] - (eta ? eta[i] : 0);
}

const sp_loss_ops sp_loss_gaussian = {
    .name = "gaussian",
    .value = gaussian_value,
    .residual = gaussian_residual,
};
