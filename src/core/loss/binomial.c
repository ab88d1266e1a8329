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

/* The conjugate is finite for means y - t between 0 and 1. */
static double binomial_divergence(const sp_glm_loss *loss, double y, double eta, double t) {
  (void)loss;
  const sp_odds mu = sp_logistic(eta);
  return sp_relative_entropy(y - t, mu.share) + sp_relative_entropy(1 - y + t, mu.complement);
}

const sp_glm_ops sp_glm_binomial = {
    .name = "binomial",
    .unit = binomial_unit,
    .divergence = binomial_divergence,
};
