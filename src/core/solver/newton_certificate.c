/* The proof that a solution is one, for a loss with a conjugate: see certificate.h. What the loss
 * adds is sum_i v_i [loss_i(eta_i) + loss_i*(-theta_i) + theta_i eta_i], a sum of terms of Fenchel
 * and Young. Free coefficients demand z_j'(v theta) = 0, which rounding denies: r is first relieved
 * of q = (w / v) Z_F a, a = H_FF^-1 c_F, H_FF = Z_F'(w Z_F) with the weights w of the quadratic,
 * which leaves nothing of c_F. By Cauchy and Schwarz the other c_j move by at most slip ||z_j||,
 * slip^2 = sum_i v_i q_i^2, and each term is taken at the worst of those. */
#include "newton_parts.h"

#include <math.h>

typedef struct {
  const sp_newton *s;
  const double *theta; /* n */
  double *scaled;      /* n; scratch */
  int exact;           /* theta is the residual */
  double spread;       /* sum_i v_i r_i^2 / h_i, or Inf where it says nothing */
} proposal;

/* A bound of the divergence that is this share of the tolerance is as good as the divergence; so is
   one where the rest of the gap is too large already. */
static const double negligible = 1e-3;

static double residual_gap(const void *owner, double t, double rest) {
  const proposal *x = (const proposal *)owner;
  const sp_newton *s = x->s;
  const sp_std *z = s->problem->design;
  if (t == 1 && x->exact) return 0;
  const double bound = (1 - t) * (1 - t) / (2 * t) * x->spread;
  const double enough = s->tolerance.tol * s->null_value;
  if (x->exact && (bound <= negligible * enough || (bound <= rest && rest > enough))) return bound;
  for (ptrdiff_t i = 0; i < z->x->n; i++) x->scaled[i] = t * x->theta[i];
  return sp_glm_divergence(s->loss, z->x->n, s->problem->y, s->eta, s->r, s->h, z->v, x->scaled);
}

/* See `concave` in loss.h. */
static double spread_of(const sp_newton *s) {
  const ptrdiff_t n = s->problem->design->x->n;
  double sum = 0;
  if (!s->loss->ops->concave) return INFINITY;
  for (ptrdiff_t i = 0; i < n; i++)
    if (s->g.values[i] != 0) sum += s->g.values[i] * (s->r[i] / s->h[i]);
  return sum;
}

static int is_free(const sp_newton *s, ptrdiff_t k, double lambda) {
  const ptrdiff_t j = s->index[k];
  return sp_is_free(s->problem->penalty, j, s->beta[j], s->gradient[k], lambda);
}

static sp_claim claim_of(const sp_newton *s, double lambda) {
  return (sp_claim){.design = s->problem->design,
                    .penalty = s->problem->penalty,
                    .cols = s->index,
                    .k = s->size,
                    .beta = s->beta,
                    .c = s->gradient,
                    .lambda = lambda};
}

double sp_newton_violation(const sp_newton *s, double lambda) {
  const sp_claim x = claim_of(s, lambda);
  return sp_claim_violation(&x);
}

/* a into s->c, the members of F in the quadratic into s->cols, their number into *count. */
static sp_status solve_free(sp_newton *s, double lambda, ptrdiff_t *count, sp_error *err) {
  const sp_quadratic *q = &s->quadratic;
  sp_factor f = {.least = SP_FACTOR_FINEST};
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
static sp_status relieve(sp_newton *s, proposal *x, sp_claim *claim, sp_error *err) {
  const sp_std *z = s->problem->design;
  const sp_quadratic *q = &s->quadratic;
  ptrdiff_t count;
  double shift, square = 0;
  SP_TRY(solve_free(s, claim->lambda, &count, err));
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
  x->theta = s->trial_r;
  x->exact = 0;
  claim->slip = sqrt(square);
  return SP_OK;
}

/* The largest gradient of a free coefficient at theta, in units of its column's norm. Relief leaves
   rounding, unless the quadratic has no curvature for one of them or takes it for a combination of
   others, which it is not quite. */
static sp_status left_of_free(sp_newton *s, double lambda, const double *theta, double *most,
                              sp_error *err) {
  const sp_std *z = s->problem->design;
  sp_rowvec weighted = {.values = s->trial_h};
  ptrdiff_t count = 0;
  *most = 0;
  for (ptrdiff_t k = 0; k < s->size; k++)
    if (is_free(s, k, lambda)) s->cols[count++] = s->index[k];
  if (count == 0) return SP_OK;
  sp_weigh(z->x->n, z->v, theta, &weighted);
  SP_TRY(sp_screen_products(z, &weighted, s->cols, count, s->c, s->ctx, err));
  for (ptrdiff_t a = 0; a < count; a++) {
    const double norm = s->screen.norm[s->cols[a]];
    if (s->c[a] != 0) *most = fmax(*most, fabs(s->c[a]) / norm);
  }
  return SP_OK;
}

/* The share of its cut by which a slip may carry a column outside the working set past it. */
static double strain_of(const sp_newton *s, double lambda, double slip) {
  return slip == 0 || s->size == s->usable ? 0 : slip * s->longest / lambda;
}

/* A free coefficient is beyond relief until the quadratic has it, with the H of its weights. */
static int has_unseen_free(const sp_newton *s, double lambda) {
  const sp_quadratic *q = &s->quadratic;
  for (ptrdiff_t k = 0; k < s->size; k++)
    if (is_free(s, k, lambda) && s->gradient[k] != 0 &&
        (q->corrected || q->position[s->index[k]] < 0))
      return 1;
  return 0;
}

static sp_status gap_of(sp_newton *s, double lambda, double *gap, sp_error *err) {
  proposal x = {.s = s, .theta = s->r, .scaled = s->trial_h, .exact = 1, .spread = spread_of(s)};
  sp_claim claim = claim_of(s, lambda);
  double left;
  *gap = INFINITY;
  if (has_unseen_free(s, lambda)) return SP_OK;
  SP_TRY(relieve(s, &x, &claim, err));
  SP_TRY(left_of_free(s, lambda, x.theta, &left, err));
  if (!(left <= SP_FINEST * sqrt(s->null_square))) return SP_OK;
  claim.strain = strain_of(s, lambda, claim.slip);
  *gap = sp_claim_gap(&claim, residual_gap, &x) / s->null_value;
  return SP_OK;
}

sp_certificate sp_newton_certificate(const sp_newton *s, double lambda, sp_loss_gap loss_gap,
                                     const void *owner) {
  const sp_claim claim = claim_of(s, lambda);
  return (sp_certificate){.gap = sp_claim_gap(&claim, loss_gap, owner) / s->null_value,
                          .kkt = sp_claim_violation(&claim) / lambda};
}

sp_status sp_newton_certify(sp_newton *s, double lambda, sp_certificate *out, sp_error *err) {
  const double unit = lambda > 0 ? lambda : s->null_gradient;
  *out = (sp_certificate){.gap = NAN, .kkt = unit > 0 ? sp_newton_violation(s, lambda) / unit : 0};
  if (!s->loss->ops->divergence) return SP_OK;
  if (s->null_value <= 0) {
    out->gap = 0;
    return SP_OK;
  }
  return gap_of(s, lambda, &out->gap, err);
}
