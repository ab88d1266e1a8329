#include "certificate.h"

#include <math.h>

/* With lambda = 0, or a factor of 0, a coefficient without bounds has no dual slack at all. */
static int is_free_at(const sp_penalty *h, ptrdiff_t j, double c, double lambda) {
  return sp_penalty_is_free(h, j) || (lambda == 0 && isinf(c > 0 ? h->upper[j] : h->lower[j]));
}

static double dual_scale(const sp_penalty *h, ptrdiff_t p, const double *c, double lambda) {
  double scale = 1;
  for (ptrdiff_t j = 0; j < p; j++)
    if (!is_free_at(h, j, c[j], lambda))
      scale = fmin(scale, h->ops->dual_scale(h, j, c[j], lambda));
  return scale;
}

static double free_term(double beta, double c, double sqnorm, double radius) {
  return sqnorm > 0 ? fabs(c) * (2 * fabs(beta) + radius / sqrt(sqnorm)) : 0;
}

sp_certificate sp_certify(const sp_std *z, const sp_penalty *h, const double *beta, const double *c,
                          double rss, double lambda, const sp_null_model *null_model) {
  const ptrdiff_t p = z->x->p;
  const double s = dual_scale(h, p, c, lambda);
  const double radius = sqrt(2 * null_model->objective);
  double gap = (1 - s) * (1 - s) / 2 * rss, worst = 0;
  for (ptrdiff_t j = 0; j < p; j++) {
    if (is_free_at(h, j, c[j], lambda)) {
      gap += free_term(beta[j], s * c[j], z->sqnorm[j], radius);
    } else {
      const double sc = s * c[j];
      gap += fmax(0, h->ops->value(h, j, beta[j], lambda) + h->ops->conjugate(h, j, sc, lambda) -
                         sc * beta[j]);
    }
    worst = fmax(worst, h->ops->violation(h, j, beta[j], c[j], lambda));
  }
  const double unit = lambda > 0 ? lambda : null_model->gradient;
  return (sp_certificate){
      .gap = null_model->objective > 0 ? gap / null_model->objective : 0,
      .kkt = unit > 0 ? worst / unit : 0,
  };
}
