#include "loss.h"
#include "loss_terms.h"

/* loss = log(1 + exp(eta)) - y eta, for the share y of successes. */
static double binomial_unit(const sp_glm_loss *loss, double y, double eta, double *r, double *h) {
  (void)loss;
  const sp_odds mu = sp_logistic(eta);
  *r = y == 1 ? mu.complement : y - mu.share;
  *h = mu.share * mu.complement;
  if (y == 0 || y == 1) { /* log(1 + exp(x)) without overflow */
    const double x = y == 0 ? eta : -eta;
    return (x > 0 ? x : 0) + log1p(exp(-fabs(x)));
  }
  return sp_relative_entropy(y, mu.share) + sp_relative_entropy(1 - y, mu.complement);
}

enum { FACTORS = 64 /* between 1 and 2 each: their product does not overflow */ };

/* The logarithm of a product of many for the sum of as many logarithms. */
static double binomial_units(const sp_glm_loss *loss, ptrdiff_t n, const double *y,
                             const double *eta, double *r, double *h) {
  double sum = 0, product = 1;
  for (ptrdiff_t i = 0; i < n; i++) {
    if (y[i] != 0 && y[i] != 1) {
      sum += binomial_unit(loss, y[i], eta[i], &r[i], &h[i]);
      continue;
    }
    const double x = y[i] == 0 ? eta[i] : -eta[i]; /* loss = log(1 + exp(x)) */
    const double e = exp(-fabs(x)), large = 1 / (1 + e), small = e * large;
    const double miss = x > 0 ? large : small;
    r[i] = y[i] == 0 ? -miss : miss;
    h[i] = large * small;
    sum += x > 0 ? x : 0;
    product *= 1 + e;
    if (i % FACTORS != 0) continue;
    sum += log(product);
    product = 1;
  }
  return sum + log(product);
}

/* The conjugate is finite for means y - t between 0 and 1. */
static double binomial_divergence(const sp_glm_loss *loss, double y, double eta, double t) {
  (void)loss;
  const sp_odds mu = sp_logistic(eta);
  return sp_relative_entropy(y - t, mu.share) + sp_relative_entropy(1 - y + t, mu.complement);
}

const sp_glm_ops sp_glm_binomial = {
    .name = "binomial",
    .unit = binomial_unit,
    .units = binomial_units,
    .divergence = binomial_divergence,
};
