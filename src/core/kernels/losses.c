/* The exponential function and the logistic loss. */
#include "../kernels.h"

#include "wide.h"

#include <math.h>

#ifdef SP_VECTORS

/* 2^k exp(r) with |r| <= log(2) / 2 by Cody and Waite, whose log(2) in two parts makes r exact, and
   Taylor's polynomial, short of exp(r) by r^14 / 14! < 4.2e-18. Adding `shifter` rounds to a whole
   number, which then is the low bits. 2^k is taken in two parts: what is too large becomes Inf. */
SP_INLINE void exp_8(const double *from, double *to) {
  const double high = 0x1.62e42fefa0000p-1, low = 0x1.cf79abc9e3b3ap-40;
  const wide given = LOAD(wide, from);
  const wide_bits is_large = (wide_bits)(given > 710.0), usable = (wide_bits)(given >= -707.0);
  const wide_bits is_nan = (wide_bits)(given != given);
  const wide limit = (wide){0} + 710;
  const wide x = (wide)((is_large & (wide_bits)limit) | (~is_large & (wide_bits)given));
  const wide t = x * 0x1.71547652b82fep0 + shifter, k = t - shifter;
  const wide r = (x - k * high) - k * low, r2 = r * r, r4 = r2 * r2;
  const wide a = (1.0 / 2 + r * (1.0 / 6)) + r2 * (1.0 / 24 + r * (1.0 / 120));
  const wide b = (1.0 / 720 + r * (1.0 / 5040)) + r2 * (1.0 / 40320 + r * (1.0 / 362880));
  const wide c =
      (1.0 / 3628800 + r * (1.0 / 39916800)) + r2 * (1.0 / 479001600 + r * (1.0 / 6227020800));
  const wide p = 1 + (r + r2 * (a + r4 * (b + r4 * c)));
  const wide half = (wide)((wide_bits)p + (((wide_bits)t - 1) << 52)), whole = half + half;
  STORE(wide, to, (wide)(((wide_bits)whole & usable) | ((wide_bits)given & is_nan)));
}

SP_INLINE void exp_body(ptrdiff_t n, const double *x, double *y) {
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8) exp_8(x + i, y + i);
  if (i == n) return;
  double rest[8] = {0};
  for (ptrdiff_t l = 0; l < n - i; l++) rest[l] = x[i + l];
  exp_8(rest, rest);
  for (ptrdiff_t l = 0; l < n - i; l++) y[i + l] = rest[l];
}

/* With x = eta where y is 0, -eta where it is 1, and e = exp(-|x|): log(1 + exp(x)) is max(x, 0)
   and log(1 + e), which is 2 artanh(s), s = e / (2 + e), whose series is short of it by s^35 / 35 <
   1e-18. */
SP_INLINE void class_loss_8(const double *y, const double *eta, double *unit, double *r,
                            double *h) {
  double e[8];
  const wide towards = 1 - 2 * LOAD(wide, y), x = towards * LOAD(wide, eta);
  const wide_bits positive = (wide_bits)(x > 0.0), sign = (wide_bits){0} + (UINT64_C(1) << 63);
  STORE(wide, e, (wide)((wide_bits)x | sign));
  exp_8(e, e);
  const wide small = LOAD(wide, e), large = 1 / (1 + small);
  const wide miss =
      (wide)((positive & (wide_bits)large) | (~positive & (wide_bits)(small * large)));
  const wide s = small / (2 + small), s2 = s * s, s4 = s2 * s2, s8 = s4 * s4;
  const wide p0 = (1 + s2 * (1.0 / 3)) + s4 * (1.0 / 5 + s2 * (1.0 / 7));
  const wide p1 = (1.0 / 9 + s2 * (1.0 / 11)) + s4 * (1.0 / 13 + s2 * (1.0 / 15));
  const wide p2 = (1.0 / 17 + s2 * (1.0 / 19)) + s4 * (1.0 / 21 + s2 * (1.0 / 23));
  const wide p3 = (1.0 / 25 + s2 * (1.0 / 27)) + s4 * (1.0 / 29 + s2 * (1.0 / 31));
  const wide sum = (p0 + s8 * p1) + (s8 * s8) * (p2 + s8 * (p3 + s8 * (1.0 / 33)));
  STORE(wide, unit, (wide)(positive & (wide_bits)x) + 2 * s * sum);
  STORE(wide, r, -towards * miss);
  STORE(wide, h, small * large * large);
}

SP_INLINE void class_loss_body(ptrdiff_t n, const double *y, const double *eta, double *unit,
                               double *r, double *h) {
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8) class_loss_8(y + i, eta + i, unit + i, r + i, h + i);
  double rest[5][8] = {{0}};
  for (ptrdiff_t l = 0; l < n - i; l++) {
    rest[0][l] = y[i + l];
    rest[1][l] = eta[i + l];
  }
  class_loss_8(rest[0], rest[1], rest[2], rest[3], rest[4]);
  for (ptrdiff_t l = 0; l < n - i; l++) {
    unit[i + l] = rest[2][l];
    r[i + l] = rest[3][l];
    h[i + l] = rest[4][l];
  }
}

#else /* any C11 compiler */

SP_INLINE void exp_body(ptrdiff_t n, const double *x, double *y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = x[i] < -707 ? 0 : exp(x[i]);
}

SP_INLINE void class_loss_body(ptrdiff_t n, const double *y, const double *eta, double *unit,
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

SP_KERNEL(void, , sp_exp, exp_body, exp_body, (ptrdiff_t n, const double *x, double *y), (n, x, y))
SP_KERNEL(void, , sp_class_loss, class_loss_body, class_loss_body,
          (ptrdiff_t n, const double *y, const double *eta, double *unit, double *r, double *h),
          (n, y, eta, unit, r, h))
