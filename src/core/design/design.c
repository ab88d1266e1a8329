#include "design.h"

#include <math.h>

double sp_scaled_norm(ptrdiff_t n, const double *values, const int *rowidx, const double *v,
                      double shift, double largest) {
  if (n == 0 || largest == 0) return 0;
  const double unit = (largest < 1e-100 || largest > 1e100) ? largest : 1;
  double sum = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double d = (values[i] - shift) / unit;
    sum += v ? v[rowidx ? rowidx[i] : i] * (d * d) : d * d;
  }
  return unit * sqrt(v ? sum : sum / (double)n);
}
