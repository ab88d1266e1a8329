/* Places where something is not zero, or too large. */
#include "../kernels.h"
#include "wide.h"

#include <math.h>

/* Is the root of a square more than there is room for? */
SP_INLINE int exceeds(double room, double square) {
  return !(room * fabs(room) >= square);
}

#ifdef SP_VECTORS

enum { STRIDE = 64 };

SP_INLINE ptrdiff_t list_bits(uint64_t bits, ptrdiff_t first, ptrdiff_t *places) {
  ptrdiff_t count = 0;
  for (; bits; bits &= bits - 1) places[count++] = first + __builtin_ctzll(bits);
  return count;
}

#define SP_BODIES "places_wide.h"
#include "widths.h"

#else /* any C11 compiler */

SP_INLINE ptrdiff_t nonzeros_1(ptrdiff_t n, const double *x, ptrdiff_t *places) {
  ptrdiff_t count = 0;
  for (ptrdiff_t i = 0; i < n; i++)
    if (x[i] != 0) places[count++] = i;
  return count;
}

SP_INLINE ptrdiff_t exceeding_1(ptrdiff_t n, const double *c, double a, const double *x, double b,
                                const double *y, double limit, const double *z, ptrdiff_t *places) {
  ptrdiff_t count = 0;
  for (ptrdiff_t i = 0; i < n; i++)
    if (exceeds(limit * z[i] - b * y[i] - fabs(c[i]), a * x[i])) places[count++] = i;
  return count;
}

#endif

SP_KERNEL(ptrdiff_t, return, sp_nonzeros, nonzeros,
          (ptrdiff_t n, const double *x, ptrdiff_t *places), (n, x, places))
SP_KERNEL(ptrdiff_t, return, sp_exceeding, exceeding,
          (ptrdiff_t n, const double *c, double a, const double *x, double b, const double *y,
           double limit, const double *z, ptrdiff_t *places),
          (n, c, a, x, b, y, limit, z, places))
