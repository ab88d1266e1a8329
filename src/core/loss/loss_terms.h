/* What several losses are made of. */
#ifndef SP_LOSS_TERMS_H
#define SP_LOSS_TERMS_H

#include <math.h>

/* a log(a / b) - a + b >= 0 for a >= 0, b > 0: Kullback and Leibler's divergence of means. Where a
   and b are close it is b x^2 (1/2 - x/6 + x^2/12 - ...) with x = (a - b) / b, the cheaper and the
   more accurate way: what is left out is a share of x^6 / 28. Rounding below zero is none; outside
   the domain it is infinite. */
static inline double sp_relative_entropy(double a, double b) {
  if (!(a >= 0)) return INFINITY;
  if (a == 0) return b;
  const double x = (a - b) / b;
  if (fabs(x) < 0.01) {
    const double tail = 1.0 / 12 - x * (1.0 / 20 - x * (1.0 / 30 - x / 42));
    return b * x * x * (0.5 - x * (1.0 / 6 - x * tail));
  }
  const double value = a * log(a / b) - (a - b);
  return value < 0 ? 0 : value;
}

/* The same where b may have underflowed, but not its logarithm. */
static inline double sp_relative_entropy_far(double a, double b, double log_b) {
  if (b > 1e-290 || !(a > 0)) return sp_relative_entropy(a, b);
  return a * (log(a) - log_b) - (a - b);
}

/* 1 / (1 + exp(-x)) and what it lacks to 1, both without cancellation. */
typedef struct {
  double share, complement;
} sp_odds;

static inline sp_odds sp_logistic(double x) {
  const double e = exp(-fabs(x)), small = e / (1 + e), large = 1 / (1 + e);
  return x > 0 ? (sp_odds){large, small} : (sp_odds){small, large};
}

#endif
