/* Bodies of bytes.c. */

SP_INLINE void BODY(keep_larger)(wide *most, const wide *value) {
  const wide size = (wide)((wide_bits)*value << 1 >> 1);
  const wide_bits larger = LESS(*most, size);
  *most = (wide)((larger & (wide_bits)size) | (~larger & (wide_bits)*most));
}

SP_INLINE double BODY(farthest)(ptrdiff_t n, const double *x, double center) {
  wide most[3] = {{0}};
  ptrdiff_t i = 0;
  for (; i + 3 * LANES <= n; i += 3 * LANES)
    for (int a = 0; a < 3; a++) {
      const wide deviation = LOAD(wide, x + i + LANES * a) - center;
      BODY(keep_larger)(most + a, &deviation);
    }
  double farthest = 0;
  for (int l = 0; l < LANES; l++)
    for (int a = 0; a < 3; a++) farthest = larger_of(farthest, most[a][l]);
  for (; i < n; i++) farthest = larger_of(farthest, fabs(x[i] - center));
  return farthest;
}

SP_INLINE void BODY(store_bytes)(const wide *whole, int8_t *bytes) {
#if defined(__clang__) || __GNUC__ >= 9
  const wide_ints small = __builtin_convertvector(*whole, wide_ints);
  STORE(wide_bytes, bytes, __builtin_convertvector(small, wide_bytes));
#else
  for (int l = 0; l < LANES; l++) bytes[l] = (int8_t)(*whole)[l];
#endif
}

SP_INLINE double BODY(round_to_bytes)(ptrdiff_t n, const double *x, double center, double unit,
                                      int8_t *digit) {
  const double per_unit = 1 / unit;
  wide sum = {0};
  ptrdiff_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    const wide deviation = LOAD(wide, x + i) - center;
    const wide whole = deviation * per_unit + shifter - shifter, miss = deviation - unit * whole;
    sum += miss * miss;
    BODY(store_bytes)(&whole, digit + i);
  }
  double tail = 0;
  for (; i < n; i++) tail += round_to_byte(x[i], center, unit, per_unit, digit + i);
  return total(&sum) + tail;
}
