/* Places where something is zero, not zero, or too large. */
#include "../kernels.h"

#include "wide.h"

#include <math.h>

#ifdef SP_VECTORS

/* Few places count. 64 at a time leave a bit each: lane l of the vector g has bit 8 g + l. */
enum { STRIDE = 64 };

SP_INLINE uint64_t bits_of(const wide_bits *octets) {
  const wide_bits lane = {0, 1, 2, 3, 4, 5, 6, 7}, bits = *octets << lane;
  uint64_t all = 0;
  for (int l = 0; l < 8; l++) all |= bits[l];
  return all;
}

SP_INLINE ptrdiff_t list_bits(uint64_t bits, ptrdiff_t first, ptrdiff_t *places) {
  ptrdiff_t count = 0;
  for (; bits; bits &= bits - 1) places[count++] = first + __builtin_ctzll(bits);
  return count;
}

SP_INLINE ptrdiff_t nonzeros_body(ptrdiff_t n, const double *x, ptrdiff_t *places) {
  ptrdiff_t count = 0, i = 0;
  for (; i + STRIDE <= n; i += STRIDE) {
    wide_bits octets = {0};
    for (int g = 0; g < 8; g++) {
      const wide_bits size = LOAD(wide_bits, x + i + 8 * g) << 1;
      octets |= (size | -size) >> 63 << 8 * g;
    }
    count += list_bits(bits_of(&octets), i, places + count);
  }
  for (; i < n; i++)
    if (x[i] != 0) places[count++] = i;
  return count;
}

/* A slack that is no number counts, whatever its sign. */
SP_INLINE ptrdiff_t exceeding_body(ptrdiff_t n, const double *c, double a, const double *x,
                                   double b, const double *y, double limit, const double *z,
                                   ptrdiff_t *places) {
  ptrdiff_t count = 0, i = 0;
  for (; i + STRIDE <= n; i += STRIDE) {
    wide_bits octets = {0};
    wide sum = {0};
    for (int g = 0; g < 8; g++) {
      const ptrdiff_t e = i + 8 * g;
      const wide_bits size = LOAD(wide_bits, c + e) << 1 >> 1;
      const wide slack =
          limit * LOAD(wide, z + e) - a * LOAD(wide, x + e) - b * LOAD(wide, y + e) - (wide)size;
      sum += slack;
      octets |= (wide_bits)slack >> 63 << 8 * g;
    }
    const double check = total(&sum);
    count += list_bits(check != check ? ~UINT64_C(0) : bits_of(&octets), i, places + count);
  }
  for (; i < n; i++)
    if (!(fabs(c[i]) + a * x[i] + b * y[i] <= limit * z[i])) places[count++] = i;
  return count;
}

#else /* any C11 compiler */

SP_INLINE ptrdiff_t nonzeros_body(ptrdiff_t n, const double *x, ptrdiff_t *places) {
  ptrdiff_t count = 0;
  for (ptrdiff_t i = 0; i < n; i++)
    if (x[i] != 0) places[count++] = i;
  return count;
}

SP_INLINE ptrdiff_t exceeding_body(ptrdiff_t n, const double *c, double a, const double *x,
                                   double b, const double *y, double limit, const double *z,
                                   ptrdiff_t *places) {
  ptrdiff_t count = 0;
  for (ptrdiff_t i = 0; i < n; i++)
    if (!(fabs(c[i]) + a * x[i] + b * y[i] <= limit * z[i])) places[count++] = i;
  return count;
}

#endif

SP_KERNEL(ptrdiff_t, return, sp_nonzeros, nonzeros_body, nonzeros_body,
          (ptrdiff_t n, const double *x, ptrdiff_t *places), (n, x, places))
SP_KERNEL(ptrdiff_t, return, sp_exceeding, exceeding_body, exceeding_body,
          (ptrdiff_t n, const double *c, double a, const double *x, double b, const double *y,
           double limit, const double *z, ptrdiff_t *places),
          (n, c, a, x, b, y, limit, z, places))
