#include "certificate.h"

#include <math.h>

/* Nothing holds the coefficient in the direction of c: no penalty (a factor or a lambda of 0), no bound. */
static int is_free_towards(const sp_penalty *h, ptrdiff_t j, double c, double lambda) {
  return lambda * h->factor[j] == 0 && isinf(c > 0 ? h->upper[j] : h->lower[j]);
}

static ptrdiff_t column_of(const ptrdiff_t *cols, ptrdiff_t a) {
  return cols ? cols[a] : a;
}

typedef struct {
  const sp_std *z;
  const sp_penalty *h;
  const ptrdiff_t *cols;
  ptrdiff_t k;
  const double *beta, *c;
  double rss, lambda, radius;
} subject;

/* The largest feasible scale, and the largest that also keeps every |c_j| at or below its cut: with a
   weak ridge part the first is feasible for any c, but rounding in c alone then costs a gap of
   c^2 over that ridge part. Both prove something; the better proof counts. */
static void dual_scales(const subject *x, double *feasible, double *below_cut) {
  *feasible = *below_cut = 1;
  for (ptrdiff_t a = 0; a < x->k; a++) {
    const ptrdiff_t j = column_of(x->cols, a);
    const double c = x->c[a], cut = x->lambda * x->h->ops->cut(x->h, j);
    if (is_free_towards(x->h, j, c, x->lambda)) continue;
    *feasible = fmin(*feasible, x->h->ops->dual_scale(x->h, j, c, x->lambda));
    if (fabs(c) > cut) *below_cut = fmin(*below_cut, cut / fabs(c));
  }
  *below_cut = fmin(*below_cut, *feasible);
}

static double free_term(double beta, double c, double sqnorm, double radius) {
  return sqnorm > 0 ? fabs(c) * (2 * fabs(beta) + radius / sqrt(sqnorm)) : 0;
}

static double gap_at(const subject *x, double s) {
  double gap = (1 - s) * (1 - s) / 2 * x->rss;
  for (ptrdiff_t a = 0; a < x->k; a++) {
    const ptrdiff_t j = column_of(x->cols, a);
    const double b = x->beta[j], c = s * x->c[a];
    if (is_free_towards(x->h, j, c, x->lambda))
      gap += free_term(b, c, x->z->sqnorm[j], x->radius);
    else
      gap += fmax(0, x->h->ops->value(x->h, j, b, x->lambda) +
                         x->h->ops->conjugate(x->h, j, c, x->lambda) - c * b);
  }
  return gap;
}

static double worst_violation(const subject *x) {
  double worst = 0;
  for (ptrdiff_t a = 0; a < x->k; a++) {
    const ptrdiff_t j = column_of(x->cols, a);
    worst = fmax(worst, x->h->ops->violation(x->h, j, x->beta[j], x->c[a], x->lambda));
  }
  return worst;
}

sp_certificate sp_certify(const sp_std *z, const sp_penalty *h, const ptrdiff_t *cols, ptrdiff_t k,
                          const double *beta, const double *c, double rss, double lambda,
                          const sp_null_model *null_model) {
  if (null_model->objective == 0) return (sp_certificate){0};
  const subject x = {z, h, cols, k, beta, c, rss, lambda, null_model->radius};
  double feasible, below_cut;
  dual_scales(&x, &feasible, &below_cut);
  double gap = gap_at(&x, feasible);
  if (below_cut < feasible) gap = fmin(gap, gap_at(&x, below_cut));
  const double unit = lambda > 0 ? lambda : null_model->gradient;
  return (sp_certificate){
      .gap = gap / null_model->objective,
      .kkt = unit > 0 ? worst_violation(&x) / unit : 0,
  };
}
