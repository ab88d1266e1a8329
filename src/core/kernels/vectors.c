/* Sums, products and updates of vectors. */
#include "../kernels.h"

#include "wide.h"

#ifdef SP_VECTORS

SP_INLINE double dot_body(ptrdiff_t n, const double *x, const double *y) {
  wide s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
  ptrdiff_t i = 0;
  for (; i + 32 <= n; i += 32) {
    s0 += LOAD(wide, x + i) * LOAD(wide, y + i);
    s1 += LOAD(wide, x + i + 8) * LOAD(wide, y + i + 8);
    s2 += LOAD(wide, x + i + 16) * LOAD(wide, y + i + 16);
    s3 += LOAD(wide, x + i + 24) * LOAD(wide, y + i + 24);
  }
  for (; i + 8 <= n; i += 8) s0 += LOAD(wide, x + i) * LOAD(wide, y + i);
  double tail = 0;
  for (; i < n; i++) tail += x[i] * y[i];
  s0 = (s0 + s1) + (s2 + s3);
  return total(&s0) + tail;
}

SP_INLINE double sum_body(ptrdiff_t n, const double *x) {
  wide s0 = {0}, s1 = {0};
  ptrdiff_t i = 0;
  for (; i + 16 <= n; i += 16) {
    s0 += LOAD(wide, x + i);
    s1 += LOAD(wide, x + i + 8);
  }
  double tail = 0;
  for (; i < n; i++) tail += x[i];
  s0 += s1;
  return total(&s0) + tail;
}

SP_INLINE double sqdev_body(ptrdiff_t n, const double *w, const double *x, double center) {
  wide s0 = {0}, s1 = {0};
  ptrdiff_t i = 0;
  for (; i + 16 <= n; i += 16) {
    const wide d0 = LOAD(wide, x + i) - center, d1 = LOAD(wide, x + i + 8) - center;
    s0 += w ? LOAD(wide, w + i) * d0 * d0 : d0 * d0;
    s1 += w ? LOAD(wide, w + i + 8) * d1 * d1 : d1 * d1;
  }
  double tail = 0;
  for (; i < n; i++) tail += (w ? w[i] : 1) * (x[i] - center) * (x[i] - center);
  s0 += s1;
  return total(&s0) + tail;
}

SP_INLINE void axpy_body(ptrdiff_t n, double a, const double *x, double *y) {
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8) STORE(wide, y + i, LOAD(wide, y + i) + a * LOAD(wide, x + i));
  for (; i < n; i++) y[i] += a * x[i];
}

SP_INLINE void axpy_4_body(ptrdiff_t n, const double *a, const double *const *x, double *y) {
  const double a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3];
  const double *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3];
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8)
    STORE(wide, y + i,
          LOAD(wide, y + i) + ((a0 * LOAD(wide, x0 + i) + a1 * LOAD(wide, x1 + i)) +
                               (a2 * LOAD(wide, x2 + i) + a3 * LOAD(wide, x3 + i))));
  for (; i < n; i++) y[i] += (a0 * x0[i] + a1 * x1[i]) + (a2 * x2[i] + a3 * x3[i]);
}

SP_INLINE void axpy_weighted_body(ptrdiff_t n, double a, const double *w, const double *x,
                                  double *y) {
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8)
    STORE(wide, y + i, LOAD(wide, y + i) + a * (LOAD(wide, w + i) * LOAD(wide, x + i)));
  for (; i < n; i++) y[i] += a * (w[i] * x[i]);
}

SP_INLINE void deviations_body(ptrdiff_t n, const double *x, double center, const double *w,
                               double *d) {
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8) {
    wide deviation = LOAD(wide, x + i) - center;
    if (w) deviation *= LOAD(wide, w + i);
    STORE(wide, d + i, deviation);
  }
  for (; i < n; i++) d[i] = (w ? w[i] : 1) * (x[i] - center);
}

SP_INLINE void dots_4x1_body(ptrdiff_t n, const double *const *x, const double *u, double *out) {
  const double *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3];
  wide s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
  double t0 = 0, t1 = 0, t2 = 0, t3 = 0;
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const wide b = LOAD(wide, u + i);
    s0 += LOAD(wide, x0 + i) * b;
    s1 += LOAD(wide, x1 + i) * b;
    s2 += LOAD(wide, x2 + i) * b;
    s3 += LOAD(wide, x3 + i) * b;
  }
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

/* Sixteen accumulators, five operands: made for 32 registers of 8 doubles. */
SP_INLINE void dots_4x4_body(ptrdiff_t n, const double *const *x, const double *const *u,
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
  for (; i + 8 <= n; i += 8) {
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

/* The same in two halves of eight accumulators, for 16 registers of 4 doubles or fewer. */
SP_INLINE void dots_4x2(ptrdiff_t n, const double *const *x, const double *u0, const double *u1,
                        double *out) {
#define ROW(c)                                                                                     \
  a = LOAD(narrow, x##c + i);                                                                      \
  s##c##0 += a * b0;                                                                               \
  s##c##1 += a * b1
  const double *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3];
  narrow s00 = {0}, s01 = {0}, s10 = {0}, s11 = {0}, s20 = {0}, s21 = {0}, s30 = {0}, s31 = {0};
  ptrdiff_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const narrow b0 = LOAD(narrow, u0 + i), b1 = LOAD(narrow, u1 + i);
    narrow a;
    ROW(0);
    ROW(1);
    ROW(2);
    ROW(3);
  }
  const double sums[8] = {total_narrow(&s00), total_narrow(&s01), total_narrow(&s10),
                          total_narrow(&s11), total_narrow(&s20), total_narrow(&s21),
                          total_narrow(&s30), total_narrow(&s31)};
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

SP_INLINE void dots_4x4_halves(ptrdiff_t n, const double *const *x, const double *const *u,
                               double *out) {
  dots_4x2(n, x, u[0], u[1], out);
  dots_4x2(n, x, u[2], u[3], out + 2);
}

#else /* any C11 compiler */

/* Independent partial sums hide the latency of the addition and keep rounding errors low. */
SP_INLINE double dot_body(ptrdiff_t n, const double *x, const double *y) {
  double lane[8] = {0}, tail = 0;
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (int l = 0; l < 8; l++) lane[l] += x[i + l] * y[i + l];
  for (; i < n; i++) tail += x[i] * y[i];
  return sum_of_8(lane) + tail;
}

SP_INLINE double sum_body(ptrdiff_t n, const double *x) {
  double lane[8] = {0}, tail = 0;
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (int l = 0; l < 8; l++) lane[l] += x[i + l];
  for (; i < n; i++) tail += x[i];
  return sum_of_8(lane) + tail;
}

SP_INLINE double sqdev_body(ptrdiff_t n, const double *w, const double *x, double center) {
  double lane[8] = {0};
  for (ptrdiff_t i = 0; i < n; i++)
    lane[i % 8] += (w ? w[i] : 1) * (x[i] - center) * (x[i] - center);
  return sum_of_8(lane);
}

SP_INLINE void axpy_body(ptrdiff_t n, double a, const double *x, double *y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] += a * x[i];
}

SP_INLINE void axpy_4_body(ptrdiff_t n, const double *a, const double *const *x, double *y) {
  for (ptrdiff_t i = 0; i < n; i++)
    y[i] += (a[0] * x[0][i] + a[1] * x[1][i]) + (a[2] * x[2][i] + a[3] * x[3][i]);
}

SP_INLINE void axpy_weighted_body(ptrdiff_t n, double a, const double *w, const double *x,
                                  double *y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] += a * (w[i] * x[i]);
}

SP_INLINE void deviations_body(ptrdiff_t n, const double *x, double center, const double *w,
                               double *d) {
  for (ptrdiff_t i = 0; i < n; i++) d[i] = (w ? w[i] : 1) * (x[i] - center);
}

SP_INLINE void dots_4x1_body(ptrdiff_t n, const double *const *x, const double *u, double *out) {
  for (int c = 0; c < 4; c++) out[c] += dot_body(n, x[c], u);
}

SP_INLINE void dots_4x4_halves(ptrdiff_t n, const double *const *x, const double *const *u,
                               double *out) {
  for (int c = 0; c < 4; c++)
    for (int r = 0; r < 4; r++) out[4 * c + r] += dot_body(n, x[c], u[r]);
}

#endif

SP_KERNEL(double, return, sp_dot, dot_body, dot_body,
          (ptrdiff_t n, const double *x, const double *y), (n, x, y))
SP_KERNEL(double, return, sp_sum, sum_body, sum_body, (ptrdiff_t n, const double *x), (n, x))
SP_KERNEL(double, return, sp_sqdev, sqdev_body, sqdev_body,
          (ptrdiff_t n, const double *w, const double *x, double center), (n, w, x, center))
SP_KERNEL(void, , sp_axpy, axpy_body, axpy_body,
          (ptrdiff_t n, double a, const double *x, double *y), (n, a, x, y))
SP_KERNEL(void, , sp_axpy_4, axpy_4_body, axpy_4_body,
          (ptrdiff_t n, const double *a, const double *const *x, double *y), (n, a, x, y))
SP_KERNEL(void, , sp_axpy_weighted, axpy_weighted_body, axpy_weighted_body,
          (ptrdiff_t n, double a, const double *w, const double *x, double *y), (n, a, w, x, y))
SP_KERNEL(void, , sp_deviations, deviations_body, deviations_body,
          (ptrdiff_t n, const double *x, double center, const double *w, double *d),
          (n, x, center, w, d))
SP_KERNEL(void, , sp_dots_4x1, dots_4x1_body, dots_4x1_body,
          (ptrdiff_t n, const double *const *x, const double *u, double *out), (n, x, u, out))
SP_KERNEL(void, , sp_dots_4x4, dots_4x4_body, dots_4x4_halves,
          (ptrdiff_t n, const double *const *x, const double *const *u, double *out),
          (n, x, u, out))
