/* The exponential function and the logistic loss. */
#include "../kernels.h"
#include "wide.h"

#include <math.h>

#ifdef SP_VECTORS

enum { SOME = 32 /* a multiple of the lanes */ };

#define SP_BODIES "losses_wide.h"
#include "widths.h"

#else /* any C11 compiler */

SP_INLINE void exp_1(ptrdiff_t n, const double *x, double *y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = x[i] < -707 ? 0 : exp(x[i]);
}

SP_INLINE void class_loss_1(ptrdiff_t n, const double *y, const double *eta, double *unit,
                            double *r, double *h) {
  for (ptrdiff_t i = 0; i < n; i++) {
    const double towards = 1 - 2 * y[i], x = towards * eta[i];
    const double small = exp(-fabs(x)), large = 1 / (1 + small);
    unit[i] = (x > 0 ? x : 0) + log1p(small);
    r[i] = -towards * (x > 0 ? large : small * large);
    h[i] = small * large * large;
  }
}

#endif

SP_KERNEL(void, , sp_exp, exp, (ptrdiff_t n, const double *x, double *y), (n, x, y))
SP_KERNEL(void, , sp_class_loss, class_loss,
          (ptrdiff_t n, const double *y, const double *eta, double *unit, double *r, double *h),
          (n, y, eta, unit, r, h))
