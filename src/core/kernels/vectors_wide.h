/* Bodies of vectors.c. */

SP_INLINE double BODY(dot)(ptrdiff_t n, const double *x, const double *y) {
  wide s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
  ptrdiff_t i = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES) {
    s0 += LOAD(wide, x + i) * LOAD(wide, y + i);
    s1 += LOAD(wide, x + i + LANES) * LOAD(wide, y + i + LANES);
    s2 += LOAD(wide, x + i + 2 * LANES) * LOAD(wide, y + i + 2 * LANES);
    s3 += LOAD(wide, x + i + 3 * LANES) * LOAD(wide, y + i + 3 * LANES);
  }
  for (; i + LANES <= n; i += LANES) s0 += LOAD(wide, x + i) * LOAD(wide, y + i);
  double tail = 0;
  for (; i < n; i++) tail += x[i] * y[i];
  s0 = (s0 + s1) + (s2 + s3);
  return total(&s0) + tail;
}

SP_INLINE double BODY(sum)(ptrdiff_t n, const double *x) {
  wide s0 = {0}, s1 = {0};
  ptrdiff_t i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    s0 += LOAD(wide, x + i);
    s1 += LOAD(wide, x + i + LANES);
  }
  double tail = 0;
  for (; i < n; i++) tail += x[i];
  s0 += s1;
  return total(&s0) + tail;
}

SP_INLINE double BODY(sqdev)(ptrdiff_t n, const double *w, const double *x, double center) {
  wide s0 = {0}, s1 = {0};
  ptrdiff_t i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    const wide d0 = LOAD(wide, x + i) - center, d1 = LOAD(wide, x + i + LANES) - center;
    s0 += w ? LOAD(wide, w + i) * d0 * d0 : d0 * d0;
    s1 += w ? LOAD(wide, w + i + LANES) * d1 * d1 : d1 * d1;
  }
  double tail = 0;
  for (; i < n; i++) tail += (w ? w[i] : 1) * (x[i] - center) * (x[i] - center);
  s0 += s1;
  return total(&s0) + tail;
}

SP_INLINE void BODY(axpy)(ptrdiff_t n, double a, const double *x, double *y) {
  ptrdiff_t i = 0;
  for (; i + LANES <= n; i += LANES) STORE(wide, y + i, LOAD(wide, y + i) + a * LOAD(wide, x + i));
  for (; i < n; i++) y[i] += a * x[i];
}

SP_INLINE void BODY(axpy_4)(ptrdiff_t n, const double *a, const double *const *x, double *y) {
  const double a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3];
  const double *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3];
  ptrdiff_t i = 0;
  for (; i + LANES <= n; i += LANES)
    STORE(wide, y + i,
          LOAD(wide, y + i) + ((a0 * LOAD(wide, x0 + i) + a1 * LOAD(wide, x1 + i)) +
                               (a2 * LOAD(wide, x2 + i) + a3 * LOAD(wide, x3 + i))));
  for (; i < n; i++) y[i] += (a0 * x0[i] + a1 * x1[i]) + (a2 * x2[i] + a3 * x3[i]);
}

SP_INLINE void BODY(axpy_weighted)(ptrdiff_t n, double a, const double *w, const double *x,
                                   double *y) {
  ptrdiff_t i = 0;
  for (; i + LANES <= n; i += LANES)
    STORE(wide, y + i, LOAD(wide, y + i) + a * (LOAD(wide, w + i) * LOAD(wide, x + i)));
  for (; i < n; i++) y[i] += a * (w[i] * x[i]);
}

SP_INLINE void BODY(deviations)(ptrdiff_t n, const double *x, double center, const double *w,
                                double *d) {
  ptrdiff_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    wide deviation = LOAD(wide, x + i) - center;
    if (w) deviation *= LOAD(wide, w + i);
    STORE(wide, d + i, deviation);
  }
  for (; i < n; i++) d[i] = (w ? w[i] : 1) * (x[i] - center);
}

SP_INLINE void BODY(dots_4x1)(ptrdiff_t n, const double *const *x, const double *u, double *out) {
  const double *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3];
  wide s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0}, r0 = {0}, r1 = {0}, r2 = {0}, r3 = {0};
  double t0 = 0, t1 = 0, t2 = 0, t3 = 0;
  ptrdiff_t i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    const wide b = LOAD(wide, u + i), d = LOAD(wide, u + i + LANES);
    s0 += LOAD(wide, x0 + i) * b;
    s1 += LOAD(wide, x1 + i) * b;
    s2 += LOAD(wide, x2 + i) * b;
    s3 += LOAD(wide, x3 + i) * b;
    r0 += LOAD(wide, x0 + i + LANES) * d;
    r1 += LOAD(wide, x1 + i + LANES) * d;
    r2 += LOAD(wide, x2 + i + LANES) * d;
    r3 += LOAD(wide, x3 + i + LANES) * d;
  }
  for (; i + LANES <= n; i += LANES) {
    const wide b = LOAD(wide, u + i);
    s0 += LOAD(wide, x0 + i) * b;
    s1 += LOAD(wide, x1 + i) * b;
    s2 += LOAD(wide, x2 + i) * b;
    s3 += LOAD(wide, x3 + i) * b;
  }
  s0 += r0;
  s1 += r1;
  s2 += r2;
  s3 += r3;
  for (; i < n; i++) {
    t0 += x0[i] * u[i];
    t1 += x1[i] * u[i];
    t2 += x2[i] * u[i];
    t3 += x3[i] * u[i];
  }
  out[0] += total(&s0) + t0;
  out[1] += total(&s1) + t1;
  out[2] += total(&s2) + t2;
  out[3] += total(&s3) + t3;
}

#if LANES == 8

/* Sixteen accumulators, five operands: made for 32 registers. */
SP_INLINE void BODY(dots_4x4)(ptrdiff_t n, const double *const *x, const double *const *u,
                              double *out) {
#define ROW(c)                                                                                     \
  a = LOAD(wide, x##c + i);                                                                        \
  s##c##0 += a * b0;                                                                               \
  s##c##1 += a * b1;                                                                               \
  s##c##2 += a * b2;                                                                               \
  s##c##3 += a * b3
#define SUMS(c)                                                                                    \
  out[4 * c] += total(&s##c##0);                                                                   \
  out[4 * c + 1] += total(&s##c##1);                                                               \
  out[4 * c + 2] += total(&s##c##2);                                                               \
  out[4 * c + 3] += total(&s##c##3)
  const double *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3];
  const double *u0 = u[0], *u1 = u[1], *u2 = u[2], *u3 = u[3];
  wide s00 = {0}, s01 = {0}, s02 = {0}, s03 = {0}, s10 = {0}, s11 = {0}, s12 = {0}, s13 = {0};
  wide s20 = {0}, s21 = {0}, s22 = {0}, s23 = {0}, s30 = {0}, s31 = {0}, s32 = {0}, s33 = {0};
  ptrdiff_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    const wide b0 = LOAD(wide, u0 + i), b1 = LOAD(wide, u1 + i);
    const wide b2 = LOAD(wide, u2 + i), b3 = LOAD(wide, u3 + i);
    wide a;
    ROW(0);
    ROW(1);
    ROW(2);
    ROW(3);
  }
  SUMS(0);
  SUMS(1);
  SUMS(2);
  SUMS(3);
  for (; i < n; i++) {
    for (int c = 0; c < 4; c++) {
      for (int r = 0; r < 4; r++) out[4 * c + r] += x[c][i] * u[r][i];
    }
  }
#undef ROW
#undef SUMS
}

#else

/* The same in two halves of eight accumulators, for 16 registers. GCC would have each product read
   its operand anew. */
SP_INLINE void BODY(dots_4x2)(ptrdiff_t n, const double *const *x, const double *u0,
                              const double *u1, double *out) {
#define ROW(c)                                                                                     \
  a = LOAD_ONCE(wide, x##c + i);                                                                   \
  s##c##0 += a * b0;                                                                               \
  s##c##1 += a * b1
  const double *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3];
  wide s00 = {0}, s01 = {0}, s10 = {0}, s11 = {0}, s20 = {0}, s21 = {0}, s30 = {0}, s31 = {0};
  ptrdiff_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    const wide b0 = LOAD(wide, u0 + i), b1 = LOAD(wide, u1 + i);
    wide a;
    ROW(0);
    ROW(1);
    ROW(2);
    ROW(3);
  }
  const double sums[8] = {total(&s00), total(&s01), total(&s10), total(&s11),
                          total(&s20), total(&s21), total(&s30), total(&s31)};
  for (int c = 0; c < 4; c++) {
    double t0 = sums[2 * c], t1 = sums[2 * c + 1];
    for (ptrdiff_t k = i; k < n; k++) {
      t0 += x[c][k] * u0[k];
      t1 += x[c][k] * u1[k];
    }
    out[4 * c] += t0;
    out[4 * c + 1] += t1;
  }
#undef ROW
}

SP_INLINE void BODY(dots_4x4)(ptrdiff_t n, const double *const *x, const double *const *u,
                              double *out) {
  BODY(dots_4x2)(n, x, u[0], u[1], out);
  BODY(dots_4x2)(n, x, u[2], u[3], out + 2);
}

#endif

/* One to three registers of a panel: with three, twelve accumulators and four operands fill 16
   registers. */
SP_INLINE void BODY(dots_strip)(ptrdiff_t n, const double *const *x, const double *u, int width,
                                int registers, double *out) {
#define ROW(c)                                                                                     \
  a = x##c[i] - none;                                                                              \
  s##c##0 += a * b0;                                                                               \
  if (registers > 1) s##c##1 += a * b1;                                                            \
  if (registers > 2) s##c##2 += a * b2
#define ADD(c, v)                                                                                  \
  if (registers > v)                                                                               \
  STORE(wide, out + SP_PANEL * c + v * LANES, LOAD(wide, out + SP_PANEL * c + v * LANES) + s##c##v)
#define SUMS(c)                                                                                    \
  ADD(c, 0);                                                                                       \
  ADD(c, 1);                                                                                       \
  ADD(c, 2)
  const double *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3];
  const wide none = {0};
  wide s00 = {0}, s01 = {0}, s02 = {0}, s10 = {0}, s11 = {0}, s12 = {0};
  wide s20 = {0}, s21 = {0}, s22 = {0}, s30 = {0}, s31 = {0}, s32 = {0};
  for (ptrdiff_t i = 0; i < n; i++, u += width) {
    const wide b0 = LOAD_ONCE(wide, u);
    const wide b1 = registers > 1 ? LOAD_ONCE(wide, u + LANES) : none;
    const wide b2 = registers > 2 ? LOAD_ONCE(wide, u + 2 * LANES) : none;
    wide a;
    ROW(0);
    ROW(1);
    ROW(2);
    ROW(3);
  }
  SUMS(0);
  SUMS(1);
  SUMS(2);
  SUMS(3);
#undef ROW
#undef ADD
#undef SUMS
}

/* Four registers are two strips of two: one alone waits for its own sums. */
SP_INLINE void BODY(dots_panel)(ptrdiff_t n, const double *const *x, const double *u, int width,
                                double *out) {
  for (int b = 0; b < width;) {
    const int left = (width - b) / LANES, registers = left == 4 ? 2 : left < 3 ? left : 3;
    if (registers == 1)
      BODY(dots_strip)(n, x, u + b, width, 1, out + b);
    else if (registers == 2)
      BODY(dots_strip)(n, x, u + b, width, 2, out + b);
    else
      BODY(dots_strip)(n, x, u + b, width, 3, out + b);
    b += registers * LANES;
  }
}
