#include "../kernels.h"
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

enum {
  TOGETHER = 256 /* observations in cache */,
  FACTORS = 64 /* their product does not underflow */
};

/* loss = log(1 + exp(x)) with x = eta for a failure, -eta for a success, which is max(x, 0) less the
   logarithm of the larger of share and complement, at least 1/2: the logarithm of a product of many
   for the sum of as many logarithms. No branches, which would be mispredicted half of the time. */
static double binomial_block(ptrdiff_t n, const double *y, const double *eta, const double *v,
                             double *r, double *h) {
  double share[TOGETHER], complement[TOGETHER], sum = 0, product = 1;
  sp_logistics(n, eta, share, complement);
  for (ptrdiff_t i = 0; i < n; i++) {
    const double x = (1 - 2 * y[i]) * eta[i], weight = v ? v[i] : 1;
    const double large = share[i] > complement[i] ? share[i] : complement[i];
    r[i] = y[i] * complement[i] - (1 - y[i]) * share[i];
    h[i] = share[i] * complement[i];
    sum += weight * (x > 0 ? x : 0);
    if (v)
      sum -= weight * log(large);
    else
      product *= large;
    if (i % FACTORS != FACTORS - 1) continue;
    sum -= log(product);
    product = 1;
  }
  return sum - log(product);
}

static int are_classes(ptrdiff_t n, const double *y) {
  int others = 0;
  for (ptrdiff_t i = 0; i < n; i++) others |= (y[i] != 0) & (y[i] != 1);
  return !others;
}

static double binomial_units(const sp_glm_loss *loss, ptrdiff_t n, const double *y,
                             const double *eta, const double *v, double *r, double *h) {
  double sum = 0;
  for (ptrdiff_t from = 0; from < n; from += TOGETHER) {
    const ptrdiff_t count = n - from < TOGETHER ? n - from : TOGETHER;
    const double *weights = v ? v + from : NULL;
    sum += are_classes(count, y + from)
               ? binomial_block(count, y + from, eta + from, weights, r + from, h + from)
               : sp_glm_units(loss, count, y + from, eta + from, weights, r + from, h + from);
  }
  return sum;
}

/* The conjugate is finite for means y - t between 0 and 1. */
static double binomial_divergence(const sp_glm_loss *loss, double y, const sp_glm_point *at,
                                  double t) {
  (void)loss;
  sp_odds mu;
  if ((y == 0 || y == 1) && at->r != 0) { /* saves the exponential */
    const double miss = fabs(at->r), hit = at->h / miss;
    mu = y == 1 ? (sp_odds){hit, miss} : (sp_odds){miss, hit};
  } else {
    mu = sp_logistic(at->eta);
  }
  return sp_relative_entropy_far(y - t, mu.share, at->eta) +
         sp_relative_entropy_far(1 - y + t, mu.complement, -at->eta);
}

const sp_glm_ops sp_glm_binomial = {
    .name = "binomial",
    .unit = binomial_unit,
    .units = binomial_units,
    .divergence = binomial_divergence,
};
