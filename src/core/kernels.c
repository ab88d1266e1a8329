#include "kernels.h"

/* Independent partial sums: they hide the latency of the addition, let the compiler use vector
   registers without reassociating anything, and keep the rounding error of long sums low. */
enum { LANES = 8 };

static double reduce(const double *lane) {
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

double sp_dot(ptrdiff_t n, const double *x, const double *y) {
  double lane[LANES] = {0};
  ptrdiff_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int l = 0; l < LANES; l++) lane[l] += x[i + l] * y[i + l];
  double tail = 0;
  for (; i < n; i++) tail += x[i] * y[i];
  return reduce(lane) + tail;
}

double sp_sum(ptrdiff_t n, const double *x) {
  double lane[LANES] = {0};
  ptrdiff_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int l = 0; l < LANES; l++) lane[l] += x[i + l];
  double tail = 0;
  for (; i < n; i++) tail += x[i];
  return reduce(lane) + tail;
}

void sp_axpy(ptrdiff_t n, double a, const double *restrict x, double *restrict y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] += a * x[i];
}

void sp_axpy_weighted(ptrdiff_t n, double a, const double *restrict w, const double *restrict x,
                      double *restrict y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] += a * (w[i] * x[i]);
}
