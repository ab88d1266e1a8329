/* Bodies of places.c. Few places count. STRIDE at a time leave a bit each: lane l of the vector at
   i + g has bit g + l. */

SP_INLINE uint64_t BODY(bits_of)(const wide_bits *lanes) {
  uint64_t all = 0;
  for (int l = 0; l < LANES; l++) all |= (*lanes)[l] << l;
  return all;
}

SP_INLINE ptrdiff_t BODY(nonzeros)(ptrdiff_t n, const double *x, ptrdiff_t *places) {
  ptrdiff_t count = 0, i = 0;
  for (; i + STRIDE <= n; i += STRIDE) {
    wide_bits lanes = {0};
    for (int g = 0; g < STRIDE; g += LANES) {
      const wide_bits size = LOAD(wide_bits, x + i + g) << 1;
      lanes |= (size | -size) >> 63 << g;
    }
    count += list_bits(BODY(bits_of)(&lanes), i, places + count);
  }
  for (; i < n; i++)
    if (x[i] != 0) places[count++] = i;
  return count;
}

/* A slack that is no number counts, whatever its sign. */
SP_INLINE ptrdiff_t BODY(exceeding)(ptrdiff_t n, const double *c, double a, const double *x,
                                    double b, const double *y, double limit, const double *z,
                                    ptrdiff_t *places) {
  ptrdiff_t count = 0, i = 0;
  for (; i + STRIDE <= n; i += STRIDE) {
    wide_bits lanes = {0};
    wide sum = {0};
    for (int g = 0; g < STRIDE; g += LANES) {
      const ptrdiff_t e = i + g;
      const wide_bits size = LOAD(wide_bits, c + e) << 1 >> 1;
      const wide room = limit * LOAD(wide, z + e) - b * LOAD(wide, y + e) - (wide)size;
      const wide slack = room * (wide)((wide_bits)room << 1 >> 1) - a * LOAD(wide, x + e);
      sum += slack;
      lanes |= (wide_bits)slack >> 63 << g;
    }
    const double check = total(&sum);
    count += list_bits(check != check ? ~UINT64_C(0) : BODY(bits_of)(&lanes), i, places + count);
  }
  for (; i < n; i++)
    if (exceeds(limit * z[i] - b * y[i] - fabs(c[i]), a * x[i])) places[count++] = i;
  return count;
}
