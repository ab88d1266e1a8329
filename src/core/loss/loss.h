/* Loss functions: vectors over the rows in, vectors over the rows out. A loss never sees X. */
#ifndef SP_LOSS_H
#define SP_LOSS_H

#include <stddef.h>

/* y: response; eta: linear predictor with intercept and offset; v: weights summing to 1, or NULL
   for 1/n each. All of length n. */
typedef struct {
  const char *name;
  /* sum_i v_i loss(y_i, eta_i). */
  double (*value)(ptrdiff_t n, const double *y, const double *eta, const double *v);
  /* r_i = - d loss / d eta_i. */
  void (*residual)(ptrdiff_t n, const double *y, const double *eta, double *r);
} sp_loss_ops;

/* loss = (y - eta)^2 / 2. */
extern const sp_loss_ops sp_loss_gaussian;

/* NULL when there is no loss of that name. */
const sp_loss_ops *sp_loss_find(const char *name);

#endif
