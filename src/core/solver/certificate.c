#include "certificate.h"

#include <math.h>

/* With lambda = 0, or a factor of 0, a coefficient without bounds has no dual slack at all. */
static int is_free_at(const sp_penalty *h, ptrdiff_t j, double c, double lambda) {
  return sp_penalty_is_free(h, j) || (lambda == 0 && isinf(c > 0 ? h->upper[j] : h->lower[j]));
}

static ptrdiff_t column_of(const ptrdiff_t *cols, ptrdiff_t a) {
  return cols ? cols[a] : a;
}

static double dual_scale(const sp_penalty *h, const ptrdiff_t *cols, ptrdiff_t k, const double *c,
                         double lambda) {
  double scale = 1;
  for (ptrdiff_t a = 0; a < k; a++) {
    const ptrdiff_t j = column_of(cols, a);
    if (!is_free_at(h, j, c[a], lambda))
      scale = fmin(scale, h->ops->dual_scale(h, j, c[a], lambda));
  }
  return scale;
}

static double free_term(double beta, double c, double sqnorm, double radius) {
  return sqnorm > 0 ? fabs(c) * (2 * fabs(beta) + radius / sqrt(sqnorm)) : 0;
}

sp_certificate sp_certify(const sp_std *z, const sp_penalty *h, const ptrdiff_t *cols, ptrdiff_t k,
                          const double *beta, const double *c, double rss, double lambda,
                          const sp_null_model *null_model) {
  const double s = dual_scale(h, cols, k, c, lambda);
  const double radius = sqrt(2 * null_model->objective);
  double gap = (1 - s) * (1 - s) / 2 * rss, worst = 0;
  for (ptrdiff_t a = 0; a < k; a++) {
    const ptrdiff_t j = column_of(cols, a);
    const double sc = s * c[a];
    if (is_free_at(h, j, c[a], lambda))
      gap += free_term(beta[j], sc, z->sqnorm[j], radius);
    else
      gap += fmax(0, h->ops->value(h, j, beta[j], lambda) + h->ops->conjugate(h, j, sc, lambda) -
                         sc * beta[j]);
    worst = fmax(worst, h->ops->violation(h, j, beta[j], c[a], lambda));
  }
  const double unit = lambda > 0 ? lambda : null_model->gradient;
  return (sp_certificate){
      .gap = null_model->objective > 0 ? gap / null_model->objective : 0,
      .kkt = unit > 0 ? worst / unit : 0,
  };
}
