/* The proof that a solution is one: relative duality gap and violation of stationarity.
 *
 * With c = Z'(v r), the scaled residual theta = s v r is dual feasible for the largest s <= 1 at which
 * every conjugate h_j*(s c_j) is finite, and primal minus dual is, without cancellation,
 *   gap = (1 - s)^2 / 2 sum_i v_i r_i^2 + sum_j [h_j(beta_j) + h_j*(s c_j) - s c_j beta_j],
 * a sum of non-negative terms (Fenchel-Young). A free coefficient (no penalty, no bound) needs
 * c_j = 0, which rounding denies: its term is what the gap would be if |beta_j| were limited to
 * twice its value plus the size any explanation of y needs, `radius` / ||z_j||. */
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
  double
      objective; /* sum_i v_i r_i^2 / 2; 0: y is explained up to rounding, nothing is to be fitted */
  double gradient; /* max_j |z_j'(v r)|; replaces lambda as the unit of kkt when lambda = 0 */
  double radius;   /* sqrt(sum_i v_i r_i^2) */
} sp_null_model;

/* cols: the k columns that may contribute (NULL: all p, k = p); every other column has beta_j = 0 and is
   known to be stationary. beta: length p; c[a]: gradient of column cols[a]. rss: sum_i v_i r_i^2.
   Cost: O(k). */
sp_certificate sp_certify(const sp_std *z, const sp_penalty *h, const ptrdiff_t *cols, ptrdiff_t k,
                          const double *beta, const double *c, double rss, double lambda,
                          const sp_null_model *null_model);

#endif
