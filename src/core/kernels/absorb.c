/* What the rows of a Cholesky factor need that lose a column. */
#include "../kernels.h"

#include "wide.h"

/* A chain of operations that wait for one another: four of them side by side keep a processor
   busy. */
SP_INLINE void absorb_4_body(ptrdiff_t n, double *const *x, const double *p, const double *stretch,
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

/* The sums of the first lanes, of the first two, and so on. */
SP_INLINE void sums_up_to_lane(wide *v) {
  const wide none = {0};
  *v += SHUFFLE(none, *v, 0, 8, 9, 10, 11, 12, 13, 14);
  *v += SHUFFLE(none, *v, 0, 0, 8, 9, 10, 11, 12, 13);
  *v += SHUFFLE(none, *v, 0, 0, 0, 0, 8, 9, 10, 11);
}

SP_INLINE void absorb_8(double *x, const double *p, const double *stretch, const double *shear,
                        wide *carried) {
  const wide next = LOAD(wide, x + 1);
  wide sums = LOAD(wide, p) * next;
  sums_up_to_lane(&sums);
  *carried -= sums;
  STORE(wide, x, LOAD(wide, stretch) * next + LOAD(wide, shear) * *carried);
  *carried = SHUFFLE(*carried, *carried, 7, 7, 7, 7, 7, 7, 7, 7);
}

SP_INLINE void absorb_4_wide(ptrdiff_t n, double *const *x, const double *p, const double *stretch,
                             const double *shear, double *carried) {
  double *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3];
  wide c0 = (wide){0} + carried[0], c1 = (wide){0} + carried[1];
  wide c2 = (wide){0} + carried[2], c3 = (wide){0} + carried[3];
  ptrdiff_t k = 0;
  for (; k + 8 <= n; k += 8) {
    absorb_8(x0 + k, p + k, stretch + k, shear + k, &c0);
    absorb_8(x1 + k, p + k, stretch + k, shear + k, &c1);
    absorb_8(x2 + k, p + k, stretch + k, shear + k, &c2);
    absorb_8(x3 + k, p + k, stretch + k, shear + k, &c3);
  }
  double *rest[4] = {x0 + k, x1 + k, x2 + k, x3 + k};
  carried[0] = c0[0];
  carried[1] = c1[0];
  carried[2] = c2[0];
  carried[3] = c3[0];
  absorb_4_body(n - k, rest, p + k, stretch + k, shear + k, carried);
}

#endif

SP_KERNEL(void, , sp_absorb_4, absorb_4_wide, absorb_4_body,
          (ptrdiff_t n, double *const *x, const double *p, const double *stretch,
           const double *shear, double *carried),
          (n, x, p, stretch, shear, carried))
