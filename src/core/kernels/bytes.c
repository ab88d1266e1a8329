/* Rounding to bytes, and sums of whole numbers. */
#include "../kernels.h"

#include "wide.h"

#include <math.h>

/* A loop of a fixed length becomes vectors at -O2, too. 512 products at most fit into 32 bits. */
SP_INLINE int32_t dot_block(int length, const int8_t *x, const int16_t *u) {
  int32_t sum = 0;
  for (int l = 0; l < length; l++) sum += (int16_t)x[l] * u[l];
  return sum;
}

/* The longer a block, the fewer sums across lanes. */
SP_INLINE int64_t dot_bytes_body(ptrdiff_t n, const int8_t *x, const int16_t *u) {
  int64_t sum = 0;
  ptrdiff_t i = 0;
  for (; i + 512 <= n; i += 512) sum += dot_block(512, x + i, u + i);
  if (i + 256 <= n) {
    sum += dot_block(256, x + i, u + i);
    i += 256;
  }
  if (i + 128 <= n) {
    sum += dot_block(128, x + i, u + i);
    i += 128;
  }
  if (i < n) sum += dot_block(SP_BYTES, x + i, u + i);
  return sum;
}

/* The first where the second is no number. */
SP_INLINE double larger_of(double a, double b) {
  return b > a ? b : a;
}

/* What is missed is judged by the byte as it is, not by the rounding. */
SP_INLINE double round_to_byte(double x, double center, double unit, double per_unit,
                               int8_t *digit) {
  *digit = (int8_t)rint((x - center) * per_unit);
  const double miss = x - center - unit * *digit;
  return miss * miss;
}

#ifdef SP_VECTORS

SP_INLINE void keep_larger(wide *most, const wide *value) {
  const wide_bits sign = (wide_bits){0} + (UINT64_C(1) << 63);
  const wide size = (wide)((wide_bits)*value & ~sign);
  const wide_bits larger = (wide_bits)(size > *most);
  *most = (wide)((larger & (wide_bits)size) | (~larger & (wide_bits)*most));
}

SP_INLINE double farthest_body(ptrdiff_t n, const double *x, double center) {
  wide most[3] = {{0}};
  ptrdiff_t i = 0;
  for (; i + 24 <= n; i += 24)
    for (int a = 0; a < 3; a++) {
      const wide deviation = LOAD(wide, x + i + 8 * a) - center;
      keep_larger(most + a, &deviation);
    }
  double farthest = 0;
  for (int l = 0; l < 8; l++)
    for (int a = 0; a < 3; a++) farthest = larger_of(farthest, most[a][l]);
  for (; i < n; i++) farthest = larger_of(farthest, fabs(x[i] - center));
  return farthest;
}

SP_INLINE void store_low_bytes(const wide_bits *bits, int8_t *bytes) {
#if defined(__clang__) || __GNUC__ >= 9
  STORE(octet, bytes, __builtin_convertvector(*bits, octet));
#else
  for (int l = 0; l < 8; l++) bytes[l] = (int8_t)(*bits)[l];
#endif
}

SP_INLINE double round_body(ptrdiff_t n, const double *x, double center, double unit,
                            int8_t *digit) {
  const double per_unit = 1 / unit;
  wide sum = {0};
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const wide deviation = LOAD(wide, x + i) - center, shifted = deviation * per_unit + shifter;
    const wide miss = deviation - unit * (shifted - shifter);
    sum += miss * miss;
    store_low_bytes((const wide_bits *)&shifted, digit + i);
  }
  double tail = 0;
  for (; i < n; i++) tail += round_to_byte(x[i], center, unit, per_unit, digit + i);
  return total(&sum) + tail;
}

#else /* any C11 compiler */

SP_INLINE double farthest_body(ptrdiff_t n, const double *x, double center) {
  double farthest = 0;
  for (ptrdiff_t i = 0; i < n; i++) farthest = larger_of(farthest, fabs(x[i] - center));
  return farthest;
}

SP_INLINE double round_body(ptrdiff_t n, const double *x, double center, double unit,
                            int8_t *digit) {
  double sum = 0;
  for (ptrdiff_t i = 0; i < n; i++) sum += round_to_byte(x[i], center, unit, 1 / unit, digit + i);
  return sum;
}

#endif

SP_KERNEL(double, return, sp_farthest, farthest_body, farthest_body,
          (ptrdiff_t n, const double *x, double center), (n, x, center))
SP_KERNEL(double, return, sp_round_to_bytes, round_body, round_body,
          (ptrdiff_t n, const double *x, double center, double unit, int8_t *digit),
          (n, x, center, unit, digit))

/* With instructions for it the products are added up as they are formed. */
SP_KERNEL_FOR("avx512vnni,avx512bw", SP_HAS("avx512vnni") && SP_HAS("avx512bw"), int64_t, return,
              sp_dot_bytes, dot_bytes_body, dot_bytes_body,
              (ptrdiff_t n, const int8_t *x, const int16_t *u), (n, x, u))
