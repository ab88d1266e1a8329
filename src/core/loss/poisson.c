#include "../kernels.h"
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

/* Of small counts, as most are. */
/* clang-format off */
static const double logarithm[SMALL_COUNTS] = {
    0, 0, 0.6931471805599453, 1.0986122886681098,
    1.3862943611198906, 1.6094379124341003, 1.791759469228055, 1.9459101490553132,
    2.0794415416798357, 2.1972245773362196, 2.302585092994046, 2.3978952727983707,
    2.4849066497880004, 2.5649493574615367, 2.6390573296152584, 2.70805020110221,
    2.772588722239781, 2.833213344056216, 2.8903717578961645, 2.9444389791664403,
    2.995732273553991, 3.044522437723423, 3.091042453358316, 3.1354942159291497,
    3.1780538303479458, 3.2188758248682006, 3.258096538021482, 3.295836866004329,
    3.332204510175204, 3.367295829986474, 3.4011973816621555, 3.4339872044851463};
/* clang-format on */

/* 0 for y = 0. Both branches go the same way for nearly all observations. */
static double log_count(double y) {
  const int count = y < SMALL_COUNTS ? (int)y : 0;
  if (count == y) return logarithm[count];
  return log(y);
}

/* The loss at y = 0 is y (0 - eta) - r = mu, too. Whether it is 0 is as good as random: no branch
   may depend on it. */
static void poisson_units(const sp_glm_loss *loss, ptrdiff_t n, const double *y, const double *eta,
                          double *unit, double *r, double *h) {
  (void)loss;
  sp_exp(n, eta, h);
  for (ptrdiff_t i = 0; i < n; i++) unit[i] = log_count(y[i]);
  for (ptrdiff_t i = 0; i < n; i++) {
    r[i] = y[i] - h[i];
    const double value = y[i] * (unit[i] - eta[i]) - r[i];
    unit[i] = 0 > value ? 0 : value;
  }
}

/* The conjugate is finite for means y - t >= 0. */
static double poisson_divergence(const sp_glm_loss *loss, double y, const sp_glm_point *at,
                                 double t) {
  (void)loss;
  return sp_relative_entropy_far(y - t, at->h, at->eta);
}

const sp_glm_ops sp_glm_poisson = {
    .name = "poisson",
    .unit = poisson_unit,
    .units = poisson_units,
    .divergence = poisson_divergence,
    .concave = 1,
    .exponential = 1,
};
