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
SP_INLINE int64_t dot_bytes(ptrdiff_t n, const int8_t *x, const int16_t *u) {
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

SP_INLINE void dots_bytes(ptrdiff_t n, const int8_t *x, const ptrdiff_t *cols, ptrdiff_t k,
                          const int16_t *u, double *out) {
  for (ptrdiff_t a = 0; a < k; a++) out[a] = (double)dot_bytes(n, x + n * cols[a], u);
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

#define SP_BODIES "bytes_wide.h"
#include "widths.h"

#else /* any C11 compiler */

SP_INLINE double farthest_1(ptrdiff_t n, const double *x, double center) {
  double farthest = 0;
  for (ptrdiff_t i = 0; i < n; i++) farthest = larger_of(farthest, fabs(x[i] - center));
  return farthest;
}

SP_INLINE double round_to_bytes_1(ptrdiff_t n, const double *x, double center, double unit,
                                  int8_t *digit) {
  double sum = 0;
  for (ptrdiff_t i = 0; i < n; i++) sum += round_to_byte(x[i], center, unit, 1 / unit, digit + i);
  return sum;
}

#endif

SP_KERNEL(double, return, sp_farthest, farthest, (ptrdiff_t n, const double *x, double center),
          (n, x, center))
SP_KERNEL(double, return, sp_round_to_bytes, round_to_bytes,
          (ptrdiff_t n, const double *x, double center, double unit, int8_t *digit),
          (n, x, center, unit, digit))

/* With instructions for it the products are added up as they are formed. */
SP_KERNEL_FOR("avx512vnni,avx512bw", SP_HAS("avx512vnni") && SP_HAS("avx512bw"), void, ,
              sp_dots_bytes, dots_bytes, dots_bytes, dots_bytes,
              (ptrdiff_t n, const int8_t *x, const ptrdiff_t *cols, ptrdiff_t k, const int16_t *u,
               double *out),
              (n, x, cols, k, u, out))
