/* Bodies of losses.c. */

/* 2^k exp(r) with |r| <= log(2) / 2 by Cody and Waite, whose log(2) in two parts makes r exact, and
   Taylor's polynomial, short of exp(r) by r^14 / 14! < 4.2e-18. Adding `shifter` rounds to a whole
   number, which then is the low bits. 2^k is taken in two parts: what is too large becomes Inf. */
SP_INLINE void BODY(exp_at_once)(const double *from, double *to) {
  const double high = 0x1.62e42fefa0000p-1, low = 0x1.cf79abc9e3b3ap-40;
  const wide given = LOAD(wide, from);
  const wide_bits is_large = LESS(710.0, given), is_small = LESS(given, -707.0);
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
  STORE(wide, to, (wide)(((wide_bits)whole & ~is_small) | ((wide_bits)given & IS_NAN(given))));
}

SP_INLINE void BODY(exp)(ptrdiff_t n, const double *x, double *y) {
  ptrdiff_t i = 0;
  for (; i + LANES <= n; i += LANES) BODY(exp_at_once)(x + i, y + i);
  if (i == n) return;
  double rest[LANES] = {0};
  for (ptrdiff_t l = 0; l < n - i; l++) rest[l] = x[i + l];
  BODY(exp_at_once)(rest, rest);
  for (ptrdiff_t l = 0; l < n - i; l++) y[i + l] = rest[l];
}

/* With x = eta where y is 0, -eta where it is 1: exp(-|x|). */
SP_INLINE void BODY(exp_of_size)(const double *y, const double *eta, double *e) {
  const wide_bits sign = (wide_bits){0} + (UINT64_C(1) << 63);
  const wide x = (1 - 2 * LOAD(wide, y)) * LOAD(wide, eta);
  STORE(wide, e, (wide)((wide_bits)x | sign));
  BODY(exp_at_once)(e, e);
}

/* log(1 + exp(x)) is max(x, 0) and log(1 + e), e = exp(-|x|), which is 2 artanh(s),
   s = e / (2 + e), whose series is short of it by s^35 / 35 < 1e-18. One division serves for both
   quotients. */
SP_INLINE void BODY(class_loss_from)(const double *y, const double *eta, const double *e,
                                     double *unit, double *r, double *h) {
  const wide towards = 1 - 2 * LOAD(wide, y), x = towards * LOAD(wide, eta), small = LOAD(wide, e);
  const wide_bits positive = LESS(0.0, x);
  const wide one = 1 + small, two = 2 + small, shared = 1 / (one * two);
  const wide large = two * shared, s = small * one * shared;
  const wide miss =
      (wide)((positive & (wide_bits)large) | (~positive & (wide_bits)(small * large)));
  const wide s2 = s * s, s4 = s2 * s2, s8 = s4 * s4;
  const wide p0 = (1 + s2 * (1.0 / 3)) + s4 * (1.0 / 5 + s2 * (1.0 / 7));
  const wide p1 = (1.0 / 9 + s2 * (1.0 / 11)) + s4 * (1.0 / 13 + s2 * (1.0 / 15));
  const wide p2 = (1.0 / 17 + s2 * (1.0 / 19)) + s4 * (1.0 / 21 + s2 * (1.0 / 23));
  const wide p3 = (1.0 / 25 + s2 * (1.0 / 27)) + s4 * (1.0 / 29 + s2 * (1.0 / 31));
  const wide sum = (p0 + s8 * p1) + (s8 * s8) * (p2 + s8 * (p3 + s8 * (1.0 / 33)));
  STORE(wide, unit, (wide)(positive & (wide_bits)x) + 2 * s * sum);
  STORE(wide, r, -towards * miss);
  STORE(wide, h, small * large * large);
}

/* In two loops over a few values: a processor sees ahead over several turns of a short one. */
SP_INLINE void BODY(class_loss_of_some)(ptrdiff_t n, const double *y, const double *eta,
                                        double *unit, double *r, double *h) {
  double e[SOME];
  for (ptrdiff_t i = 0; i < n; i += LANES) BODY(exp_of_size)(y + i, eta + i, e + i);
  for (ptrdiff_t i = 0; i < n; i += LANES)
    BODY(class_loss_from)(y + i, eta + i, e + i, unit + i, r + i, h + i);
}

SP_INLINE void BODY(class_loss)(ptrdiff_t n, const double *y, const double *eta, double *unit,
                                double *r, double *h) {
  ptrdiff_t i = 0;
  for (; i + SOME <= n; i += SOME)
    BODY(class_loss_of_some)(SOME, y + i, eta + i, unit + i, r + i, h + i);
  if (i == n) return;
  double rest[5][SOME] = {{0}};
  for (ptrdiff_t l = 0; l < n - i; l++) {
    rest[0][l] = y[i + l];
    rest[1][l] = eta[i + l];
  }
  BODY(class_loss_of_some)(SOME, rest[0], rest[1], rest[2], rest[3], rest[4]);
  for (ptrdiff_t l = 0; l < n - i; l++) {
    unit[i + l] = rest[2][l];
    r[i + l] = rest[3][l];
    h[i + l] = rest[4][l];
  }
}
