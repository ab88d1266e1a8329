/* The proof that a solution is one: relative duality gap and violation of stationarity.
 *
 * With c = Z'(v r), the scaled residual theta = s v r is dual feasible for the largest s <= 1 at
 * which every conjugate h_j*(s c_j) is finite, and primal minus dual is, without cancellation,
 *   gap = (1 - s)^2 / 2 sum_i v_i r_i^2 + sum_j [h_j(beta_j) + h_j*(s c_j) - s c_j beta_j],
 * a sum of non-negative terms (Fenchel-Young). A free coefficient (no penalty, a side without
 * bound, not held at the other) demands c_j = 0, which rounding denies. So theta is first relieved
 * of what the free columns F still explain of it, a vector of length
 * slip = sqrt(c_F' G_FF^-1 c_F). By Cauchy and Schwarz that moves the other c_j by at most
 * slip ||z_j||, and the gap is taken at the worst of those: a proof all the same. */
#ifndef SP_CERTIFICATE_H
#define SP_CERTIFICATE_H

#include "../design/standardized.h"
#include "../penalty/penalty.h"

typedef struct {
  double gap; /* primal minus dual, divided by the null objective */
  double kkt; /* largest distance of c_j to the subdifferential, divided by lambda */
} sp_certificate;

/* The problem's fixed sizes, from the model with the intercept alone. */
typedef struct {
  double objective; /* sum_i v_i r_i^2 / 2; 0 when y is explained up to rounding */
  double gradient;  /* max_j |z_j'(v r)|; replaces lambda as the unit of kkt when lambda = 0 */
  double radius;    /* sqrt(sum_i v_i r_i^2) */
} sp_null_model;

/* What is to be certified. */
typedef struct {
  const sp_std *design;
  const sp_penalty *penalty;
  ptrdiff_t k;
  const ptrdiff_t *cols; /* k columns, or NULL for all p; the others are stationary at zero */
  const double *beta;    /* p */
  const double *c;       /* k; gradients of `cols` */
  double rss;            /* sum_i v_i r_i^2 */
  double slip;   /* see above; 0 when no coefficient is free, Inf when nothing is known of it */
  double strain; /* by which share the slip may carry a column not among `cols` past its cut */
  double lambda;
} sp_claim;

/* What the loss adds to the gap when theta is scaled by `s`, to the `rest` of it. */
typedef double (*sp_loss_gap)(const void *owner, double s, double rest);

/* Primal minus dual at the better of two scales. Cost: O(k) and two calls. */
double sp_claim_gap(const sp_claim *claim, sp_loss_gap loss_gap, const void *owner);

/* Largest distance of c_j to the subdifferential. Cost: O(k). */
double sp_claim_violation(const sp_claim *claim);

/* For least squares. Cost: O(k). */
sp_certificate sp_certify(const sp_claim *claim, const sp_null_model *null_model);

/* Coefficient j has no penalty, and is not held by a bound: c_j should vanish. */
int sp_is_free(const sp_penalty *h, ptrdiff_t j, double b, double c, double lambda);

#endif
