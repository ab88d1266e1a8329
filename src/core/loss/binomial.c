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

/* y - y^2 is 0 for classes and positive for other shares; those it is rounded away for are as
   good. */
static int are_classes(ptrdiff_t n, const double *y) {
  return sp_sum(n, y) == sp_dot(n, y, y);
}

static void binomial_units(const sp_glm_loss *loss, ptrdiff_t n, const double *y, const double *eta,
                           double *unit, double *r, double *h) {
  if (are_classes(n, y)) {
    sp_class_loss(n, y, eta, unit, r, h);
    return;
  }
  for (ptrdiff_t i = 0; i < n; i++) unit[i] = binomial_unit(loss, y[i], eta[i], &r[i], &h[i]);
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
    .concave = 1,
};
