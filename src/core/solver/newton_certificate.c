/* The proof that a solution is one, for a loss with a conjugate.
 *
 * With c = Z'(v r), theta = t r for a scale t <= 1 is a dual point, feasible where every conjugate
 * h_j*(t c_j) is finite. Primal minus dual is, without cancellation, a sum of terms of Fenchel and
 * Young, none of them negative:
 *   gap = sum_i v_i [loss_i(eta_i) + loss_i*(-theta_i) + theta_i eta_i]
 *       + sum_j [h_j(beta_j) + h_j*(z_j'(v theta)) - z_j'(v theta) beta_j].
 * Free coefficients (certificate.h) demand z_j'(v theta) = 0, which rounding denies: r is first
 * relieved of q = (w / v) Z_F a, a = H_FF^-1 c_F, H_FF = Z_F'(w Z_F) with the weights w of the
 * quadratic, which leaves nothing of c_F. By Cauchy and Schwarz the other c_j move by at most
 * slip ||z_j||, slip^2 = sum_i v_i q_i^2, and each term is taken at the worst of those. */
#include "newton.h"

#include "../alloc.h"

#include <math.h>

typedef struct {
  const sp_newton *s;
  double lambda, slip, strain;
  const double *relieved; /* n; r - q, or r itself */
  double *theta;          /* n; scratch */
} claim;

static double slack_of(const claim *x, ptrdiff_t j) {
  return x->slip > 0 ? x->slip * x->s->screen.norm[j] : 0;
}

static int is_free(const sp_newton *s, ptrdiff_t k, double lambda) {
  const ptrdiff_t j = s->index[k];
  return sp_is_free(s->problem->penalty, j, s->beta[j], s->gradient[k], lambda);
}

/* See dual_scales() in certificate.c. */
static void dual_scales(const claim *x, double *feasible, double *below_cut) {
  const sp_newton *s = x->s;
  const sp_penalty *h = s->problem->penalty;
  *feasible = *below_cut = 1 / (1 + x->strain);
  for (ptrdiff_t k = 0; k < s->size; k++) {
    const ptrdiff_t j = s->index[k];
    const double c = s->gradient[k], cut = x->lambda * h->ops->cut(h, j), slack = slack_of(x, j);
    if (is_free(s, k, x->lambda)) continue;
    *feasible = fmin(*feasible, h->ops->dual_scale(h, j, c + slack, x->lambda));
    if (slack > 0) *feasible = fmin(*feasible, h->ops->dual_scale(h, j, c - slack, x->lambda));
    if (fabs(c) + slack > cut) *below_cut = fmin(*below_cut, cut / (fabs(c) + slack));
  }
  *below_cut = fmin(*below_cut, *feasible);
}

static double term(const claim *x, ptrdiff_t j, double c, double t) {
  const sp_penalty *h = x->s->problem->penalty;
  const double b = x->s->beta[j], slack = slack_of(x, j);
  double conjugate = h->ops->conjugate(h, j, t * (c + slack), x->lambda);
  if (slack > 0) conjugate = fmax(conjugate, h->ops->conjugate(h, j, t * (c - slack), x->lambda));
  const double excess = h->ops->value(h, j, b, x->lambda) + conjugate - t * c * b;
  return (excess < 0 ? 0 : excess) + t * slack * fabs(b);
}

static double gap_at(const claim *x, double t) {
  const sp_newton *s = x->s;
  const sp_std *z = s->problem->design;
  double gap = 0;
  if (t < 1 || x->slip > 0) {
    for (ptrdiff_t i = 0; i < z->x->n; i++) x->theta[i] = t * x->relieved[i];
    gap = sp_glm_divergence(s->loss, z->x->n, s->problem->y, s->eta, z->v, x->theta);
  }
  for (ptrdiff_t k = 0; k < s->size; k++)
    if (!is_free(s, k, x->lambda)) gap += term(x, s->index[k], s->gradient[k], t);
  return gap;
}

/* a into s->c, the members of F in the quadratic into s->cols; returns their number. */
static sp_status solve_free(sp_newton *s, double lambda, ptrdiff_t *count, sp_error *err) {
  const sp_quadratic *q = &s->quadratic;
  sp_factor f = {0};
  ptrdiff_t k = 0;
  for (ptrdiff_t a = 0; a < s->size; a++)
    if (is_free(s, a, lambda) && s->gradient[a] != 0 && q->position[s->index[a]] >= 0)
      s->cols[k++] = q->position[s->index[a]];
  sp_status status = k > 0 ? sp_quadratic_factorise(q, s->cols, k, &f, err) : SP_OK;
  for (ptrdiff_t row = 0; row < f.size; row++)
    s->c[row] = s->gradient[s->position[q->index[f.label[row]]]];
  if (f.size > 0) sp_factor_solve(&f, s->c);
  for (ptrdiff_t row = 0; row < f.size; row++) s->cols[row] = q->index[f.label[row]];
  *count = f.size;
  sp_factor_clear(&f);
  return status;
}

/* r - q into trial_r, with the slip. A free coefficient that the quadratic does not have yet is
   waiting for its first step: nothing is proved before. */
static sp_status relieve(sp_newton *s, claim *x, sp_error *err) {
  const sp_std *z = s->problem->design;
  const sp_quadratic *q = &s->quadratic;
  ptrdiff_t count;
  double shift, square = 0;
  SP_TRY(solve_free(s, x->lambda, &count, err));
  if (count == 0) return SP_OK;
  sp_newton_direction(s, s->cols, s->c, count, s->direction, &shift);
  if (s->problem->intercept && q->total > 0) {
    double mean = 0;
    for (ptrdiff_t i = 0; i < z->x->n; i++) mean += q->weight[i] * s->direction[i];
    shift = -mean / q->total;
  }
  for (ptrdiff_t i = 0; i < z->x->n; i++) {
    const double v = sp_std_weight(z, i);
    const double part = v > 0 ? q->weight[i] / v * (s->direction[i] + shift) : 0;
    s->trial_r[i] = s->r[i] - part;
    square += v * part * part;
  }
  x->relieved = s->trial_r;
  x->slip = sqrt(square);
  return SP_OK;
}

/* Outside the working set |c_j| is known to be at most lambda cut_j, before the slip. */
static double strain_of(const sp_newton *s, double lambda, double slip) {
  double strain = 0;
  if (slip == 0 || s->size == s->usable) return 0;
  for (ptrdiff_t j = 0; j < s->problem->design->x->p; j++)
    if (s->position[j] < 0 && s->screen.cut[j] > 0)
      strain = fmax(strain, slip * s->screen.norm[j] / (lambda * s->screen.cut[j]));
  return strain;
}

static int has_unseen_free(const sp_newton *s, double lambda) {
  for (ptrdiff_t k = 0; k < s->size; k++)
    if (is_free(s, k, lambda) && s->gradient[k] != 0 && s->quadratic.position[s->index[k]] < 0)
      return 1;
  return 0;
}

static sp_status gap_of(sp_newton *s, double lambda, double *gap, sp_error *err) {
  claim x = {.s = s, .lambda = lambda, .relieved = s->r, .theta = s->trial_h};
  double feasible, below_cut;
  *gap = INFINITY;
  if (has_unseen_free(s, lambda)) return SP_OK;
  SP_TRY(relieve(s, &x, err));
  x.strain = strain_of(s, lambda, x.slip);
  dual_scales(&x, &feasible, &below_cut);
  *gap = gap_at(&x, feasible);
  if (below_cut < feasible) {
    const double other = gap_at(&x, below_cut);
    if (!(*gap <= other)) *gap = other;
  }
  *gap /= s->null_value;
  return SP_OK;
}

sp_status sp_newton_certify(sp_newton *s, double lambda, sp_certificate *out, sp_error *err) {
  const sp_penalty *h = s->problem->penalty;
  double worst = 0;
  for (ptrdiff_t k = 0; k < s->size; k++) {
    const ptrdiff_t j = s->index[k];
    worst = fmax(worst, h->ops->violation(h, j, s->beta[j], s->gradient[k], lambda));
  }
  const double unit = lambda > 0 ? lambda : s->null_gradient;
  *out = (sp_certificate){.gap = NAN, .kkt = unit > 0 ? worst / unit : 0};
  if (!s->loss->ops->divergence) return SP_OK;
  if (s->null_value <= 0) {
    out->gap = 0;
    return SP_OK;
  }
  return gap_of(s, lambda, &out->gap, err);
}
