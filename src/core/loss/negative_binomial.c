#include "loss.h"
#include "loss_terms.h"

/* With log link and theta given: loss = (y + theta) log(theta + exp(eta)) - y eta, for a count
   y >= 0. In eta - log(theta) that is y + theta trials of a binomial with y successes, hence
   convex. */
static double nb_unit(const sp_glm_loss *loss, double y, double eta, double *r, double *h) {
  const sp_odds at = sp_logistic(eta - log(loss->theta));
  const double trials = y + loss->theta;
  *r = y * at.complement - loss->theta * at.share;
  *h = trials * at.share * at.complement;
  return trials * (sp_relative_entropy(y / trials, at.share) +
                   sp_relative_entropy(loss->theta / trials, at.complement));
}

static double nb_divergence(const sp_glm_loss *loss, double y, const sp_glm_point *at, double t) {
  const double x = at->eta - log(loss->theta);
  const sp_odds odds = sp_logistic(x);
  const double trials = y + loss->theta;
  return trials * (sp_relative_entropy_far((y - t) / trials, odds.share, x) +
                   sp_relative_entropy_far((loss->theta + t) / trials, odds.complement, -x));
}

const sp_glm_ops sp_glm_negative_binomial = {
    .name = "negative binomial",
    .unit = nb_unit,
    .divergence = nb_divergence,
};
