/* What the rows of a Cholesky factor need that lose a column. */
#include "../kernels.h"
#include "wide.h"

/* A chain of operations that wait for one another: four of them side by side keep a processor
   busy. */
SP_INLINE void absorb_4_1(ptrdiff_t n, double *const *x, const double *p, const double *stretch,
                          const double *shear, double *carried) {
  double *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3];
  double c0 = carried[0], c1 = carried[1], c2 = carried[2], c3 = carried[3];
  for (ptrdiff_t k = 0; k < n; k++) {
    c0 -= p[k] * x0[k + 1];
    c1 -= p[k] * x1[k + 1];
    c2 -= p[k] * x2[k + 1];
    c3 -= p[k] * x3[k + 1];
    x0[k] = stretch[k] * x0[k + 1] + shear[k] * c0;
    x1[k] = stretch[k] * x1[k + 1] + shear[k] * c1;
    x2[k] = stretch[k] * x2[k + 1] + shear[k] * c2;
    x3[k] = stretch[k] * x3[k + 1] + shear[k] * c3;
  }
  carried[0] = c0;
  carried[1] = c1;
  carried[2] = c2;
  carried[3] = c3;
}

#ifdef SP_VECTORS

#if defined(__clang__)
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (wide_bits){__VA_ARGS__})
#endif

#define SP_BODIES "absorb_wide.h"
#include "widths.h"

#endif

SP_KERNEL(void, , sp_absorb_4, absorb_4,
          (ptrdiff_t n, double *const *x, const double *p, const double *stretch,
           const double *shear, double *carried),
          (n, x, p, stretch, shear, carried))
