#include "penalty.h"

#include <float.h>
#include <math.h>

static double l1_weight(const sp_penalty *h, ptrdiff_t j, double lambda) {
  return lambda * h->alpha * h->factor[j];
}

static double en_curvature(const sp_penalty *h, ptrdiff_t j, double lambda) {
  return lambda * (1 - h->alpha) * h->factor[j];
}

static double soft_threshold(double c, double cut) {
  return fabs(c) > cut ? c - copysign(cut, c) : 0;
}

static double en_value(const sp_penalty *h, ptrdiff_t j, double b, double lambda) {
  if (b < h->lower[j] || b > h->upper[j]) return INFINITY;
  return l1_weight(h, j, lambda) * fabs(b) + en_curvature(h, j, lambda) / 2 * b * b;
}

static double en_prox(const sp_penalty *h, ptrdiff_t j, double c, double a, double lambda) {
  const double b = soft_threshold(c, l1_weight(h, j, lambda)) / (a + en_curvature(h, j, lambda));
  return sp_clamp(b, h->lower[j], h->upper[j]);
}

/* The subdifferential at b is an interval: one point where h_j is smooth, [-l1, l1] at zero, and
   unbounded outwards at a bound. Signs are copied, not asked for: no processor predicts them. */
static double en_violation(const sp_penalty *h, ptrdiff_t j, double b, double c, double lambda) {
  const double l1 = l1_weight(h, j, lambda), ridge = en_curvature(h, j, lambda) * b;
  if (b != 0 && b > h->lower[j] && b < h->upper[j])
    return sp_larger(fabs(ridge + copysign(l1, b) - c), 0);
  const double low = b <= h->lower[j] ? -INFINITY : ridge + (b > 0 ? l1 : -l1);
  const double high = b >= h->upper[j] ? INFINITY : ridge + (b < 0 ? -l1 : l1);
  return sp_larger(sp_larger(low - c, c - high), 0);
}

static double en_conjugate(const sp_penalty *h, ptrdiff_t j, double c, double lambda) {
  const double l1 = l1_weight(h, j, lambda), ridge = en_curvature(h, j, lambda);
  /* c may be a product that was scaled to fit, and miss by a rounding. */
  const double excess = soft_threshold(c, l1 * (1 + 4 * DBL_EPSILON));
  if (excess == 0) return 0;
  const double bound = excess > 0 ? h->upper[j] : h->lower[j];
  if (bound == 0) return 0;
  const double b = ridge > 0 ? sp_clamp(excess / ridge, h->lower[j], h->upper[j]) : bound;
  return isinf(b) ? INFINITY : excess * b - ridge / 2 * b * b;
}

static double en_dual_scale(const sp_penalty *h, ptrdiff_t j, double c, double lambda) {
  const double l1 = l1_weight(h, j, lambda);
  const double bound = c > 0 ? h->upper[j] : h->lower[j];
  if (fabs(c) <= l1 || isfinite(bound) || en_curvature(h, j, lambda) > 0) return 1;
  return l1 / fabs(c);
}

static double en_entry(const sp_penalty *h, ptrdiff_t j, double c) {
  const double bound = c > 0 ? h->upper[j] : h->lower[j];
  if (c == 0 || bound == 0) return 0;
  return fabs(c) / (h->alpha * h->factor[j]);
}

static double en_cut(const sp_penalty *h, ptrdiff_t j) {
  return sp_penalty_is_excluded(h, j) ? INFINITY : h->alpha * h->factor[j];
}

static int en_piece(const sp_penalty *h, ptrdiff_t j, double b, double lambda, sp_piece *out) {
  const double l1 = l1_weight(h, j, lambda), low = h->lower[j], high = h->upper[j];
  if (low == high || (l1 > 0 && b == 0)) return 0;
  *out = (sp_piece){.low = low, .high = high, .slope = copysign(l1, b)};
  if (l1 > 0) *(b > 0 ? &out->low : &out->high) = 0;
  return 1;
}

static const sp_penalty_ops elastic_net_ops = {
    .name = "elastic net",
    .value = en_value,
    .prox = en_prox,
    .violation = en_violation,
    .conjugate = en_conjugate,
    .dual_scale = en_dual_scale,
    .entry = en_entry,
    .cut = en_cut,
    .curvature = en_curvature,
    .piece = en_piece,
};

sp_penalty sp_penalty_elastic_net(double alpha, const double *factor, const double *lower,
                                  const double *upper) {
  return (sp_penalty){
      .ops = &elastic_net_ops, .alpha = alpha, .factor = factor, .lower = lower, .upper = upper};
}
