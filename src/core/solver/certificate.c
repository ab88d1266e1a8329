#include "certificate.h"

#include <math.h>

int sp_is_free(const sp_penalty *h, ptrdiff_t j, double b, double c, double lambda) {
  if (lambda * h->factor[j] != 0) return 0;
  const double towards = c > 0 ? h->upper[j] : h->lower[j];
  const double away = c > 0 ? h->lower[j] : h->upper[j];
  return isinf(towards) || (isinf(away) && b != towards);
}

static ptrdiff_t column_of(const sp_claim *x, ptrdiff_t a) {
  return x->cols ? x->cols[a] : a;
}

/* How far c_j may move when theta is relieved of the free columns. */
static double slack_of(const sp_claim *x, ptrdiff_t j) {
  return x->slip > 0 ? x->slip * sqrt(x->design->sqnorm[j]) : 0;
}

/* The largest feasible scale, and the largest that also keeps every |c_j| at or below its cut: with
   a weak ridge part the first is feasible for any c, but rounding in c alone then costs a gap of
   c^2 over that ridge part. Both prove something; the better proof counts. */
static void dual_scales(const sp_claim *x, double *feasible, double *below_cut) {
  const sp_penalty *h = x->penalty;
  *feasible = *below_cut = 1 / (1 + x->strain);
  for (ptrdiff_t a = 0; a < x->k; a++) {
    const ptrdiff_t j = column_of(x, a);
    const double c = x->c[a], cut = x->lambda * h->ops->cut(h, j), slack = slack_of(x, j);
    if (sp_is_free(h, j, x->beta[j], c, x->lambda)) continue;
    *feasible = sp_smaller(h->ops->dual_scale(h, j, c + slack, x->lambda), *feasible);
    if (slack > 0)
      *feasible = sp_smaller(h->ops->dual_scale(h, j, c - slack, x->lambda), *feasible);
    if (fabs(c) + slack > cut) *below_cut = sp_smaller(cut / (fabs(c) + slack), *below_cut);
  }
  *below_cut = sp_smaller(*below_cut, *feasible);
}

/* Rounding below zero is none; a NaN stays one, so that it cannot pass for a proof. */
static double positive_part(double x) {
  return x < 0 ? 0 : x;
}

/* h_j(b) + h_j*(s c) - s c b at the worst c within the slack. */
static double term(const sp_claim *x, ptrdiff_t j, double c, double s) {
  const sp_penalty *h = x->penalty;
  const double b = x->beta[j], slack = slack_of(x, j);
  double conjugate = h->ops->conjugate(h, j, s * (c + slack), x->lambda);
  if (slack > 0) conjugate = fmax(conjugate, h->ops->conjugate(h, j, s * (c - slack), x->lambda));
  const double excess = h->ops->value(h, j, b, x->lambda) + conjugate - s * c * b;
  return positive_part(excess + s * slack * fabs(b));
}

static double gap_at(const sp_claim *x, sp_loss_gap loss_gap, const void *owner, double s) {
  double terms = 0;
  for (ptrdiff_t a = 0; a < x->k; a++) {
    const ptrdiff_t j = column_of(x, a);
    if (!sp_is_free(x->penalty, j, x->beta[j], x->c[a], x->lambda)) terms += term(x, j, x->c[a], s);
  }
  return terms + loss_gap(owner, s, terms);
}

double sp_claim_gap(const sp_claim *claim, sp_loss_gap loss_gap, const void *owner) {
  double feasible, below_cut;
  if (isinf(claim->slip)) return INFINITY;
  dual_scales(claim, &feasible, &below_cut);
  const double gap = gap_at(claim, loss_gap, owner, feasible);
  if (below_cut == feasible) return gap;
  const double other = gap_at(claim, loss_gap, owner, below_cut);
  return other < gap ? other : gap;
}

double sp_claim_violation(const sp_claim *x) {
  const sp_penalty *h = x->penalty;
  double worst = 0;
  for (ptrdiff_t a = 0; a < x->k; a++) {
    const ptrdiff_t j = column_of(x, a);
    worst = sp_larger(h->ops->violation(h, j, x->beta[j], x->c[a], x->lambda), worst);
  }
  return worst;
}

/* || r - s (r - free part) ||^2 / 2, the two parts being orthogonal. */
static double least_squares_gap(const void *claim, double s, double rest) {
  (void)rest;
  const sp_claim *x = (const sp_claim *)claim;
  return ((1 - s) * (1 - s) * x->rss + s * (2 - s) * x->slip * x->slip) / 2;
}

sp_certificate sp_certify(const sp_claim *claim, const sp_null_model *null_model) {
  if (null_model->objective == 0) return (sp_certificate){0};
  const double unit = claim->lambda > 0 ? claim->lambda : null_model->gradient;
  return (sp_certificate){
      .gap = sp_claim_gap(claim, least_squares_gap, claim) / null_model->objective,
      .kkt = unit > 0 ? sp_claim_violation(claim) / unit : 0,
  };
}
