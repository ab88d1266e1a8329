/* The contract of kernels.h, checked for whatever build of them is in scope. */
#ifndef CHECK_KERNELS_H
#define CHECK_KERNELS_H

#include "check.h"
#include "sample.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { LONGEST = 70 };

static inline void fill(double *x, rng *g) {
  for (int i = 0; i < LONGEST; i++) x[i] = rng_normal(g);
}

static inline double naive_dot(int n, const double *x, const double *y) {
  long double sum = 0;
  for (int i = 0; i < n; i++) sum += (long double)x[i] * y[i];
  return (double)sum;
}

/* Every length around the blocking: a lane too many or too few shows. */
static inline void check_sums(void) {
  rng g = rng_seeded(1);
  double x[LONGEST], y[LONGEST], ones[LONGEST], deviations[LONGEST], weighted[LONGEST];
  for (int n = 0; n <= LONGEST; n++) {
    fill(x, &g);
    fill(y, &g);
    for (int i = 0; i < LONGEST; i++) {
      ones[i] = 1;
      deviations[i] = x[i] - 0.3;
      weighted[i] = y[i] * deviations[i];
    }
    CHECK_NEAR(sp_dot(n, x, y), naive_dot(n, x, y), 1e-13);
    CHECK_NEAR(sp_sum(n, x), naive_dot(n, x, ones), 1e-13);
    CHECK_NEAR(sp_sqdev(n, NULL, x, 0.3), naive_dot(n, deviations, deviations), 1e-12);
    CHECK_NEAR(sp_sqdev(n, y, x, 0.3), naive_dot(n, weighted, deviations), 1e-12);
    double plain[LONGEST + 1] = {0}, heavy[LONGEST + 1] = {0};
    sp_deviations(n, x, 0.3, NULL, plain);
    sp_deviations(n, x, 0.3, y, heavy);
    for (int i = 0; i <= LONGEST; i++) {
      CHECK_NEAR(plain[i], i < n ? deviations[i] : 0, 1e-15);
      CHECK_NEAR(heavy[i], i < n ? weighted[i] : 0, 1e-14);
    }
    memcpy(plain, x, (size_t)n * sizeof *plain);
    sp_deviations(n, plain, 0.3, y, plain);
    CHECK(memcmp(plain, heavy, sizeof plain) == 0);
  }
}

static inline void check_axpy(void) {
  rng g = rng_seeded(2);
  double x[LONGEST], w[LONGEST], y[LONGEST], plain[LONGEST], weighted[LONGEST], four[LONGEST];
  const double a[] = {1.5, -2, 0.25, 3}, *const columns[] = {x, w, w, x};
  for (int n = 0; n <= LONGEST; n++) {
    fill(x, &g);
    fill(w, &g);
    fill(y, &g);
    memcpy(plain, y, sizeof y);
    memcpy(weighted, y, sizeof y);
    memcpy(four, y, sizeof y);
    sp_axpy(n, -1.5, x, plain);
    sp_axpy_weighted(n, 2.5, w, x, weighted);
    sp_axpy_4(n, a, columns, four);
    for (int i = 0; i < LONGEST; i++) {
      CHECK_NEAR(plain[i], i < n ? y[i] - 1.5 * x[i] : y[i], 1e-14);
      CHECK_NEAR(weighted[i], i < n ? y[i] + 2.5 * w[i] * x[i] : y[i], 1e-14);
      CHECK_NEAR(four[i], i < n ? y[i] + 4.5 * x[i] - 1.75 * w[i] : y[i], 1e-13);
    }
  }
}

/* Against the mathematical library, in every lane; in place, too. */
static inline void check_exp(void) {
  const double edges[] = {0,      -0.0,  1e-300, -1e-9, 0.34657, 0.34658,  709.7,
                          709.79, 1e300, -706.9, -708,  -1e300,  INFINITY, -INFINITY};
  rng g = rng_seeded(4);
  double x[LONGEST], y[LONGEST], again[LONGEST];
  for (int n = 0; n <= LONGEST; n++) {
    for (int i = 0; i < LONGEST; i++)
      x[i] = i % 5 == 3 ? edges[(i + n) % 14] : (rng_uniform(&g) - 0.5) * (i % 2 ? 8 : 1400);
    for (int i = 0; i < LONGEST; i++) y[i] = 7;
    sp_exp(n, x, y);
    for (int i = 0; i < LONGEST; i++) {
      const double value = x[i] < -707 ? 0 : exp(x[i]);
      CHECK(i < n ? y[i] == value || fabs(y[i] - value) <= 4e-16 * value : y[i] == 7);
    }
    memcpy(again, x, sizeof x);
    sp_exp(n, again, again);
    CHECK(memcmp(again, y, (size_t)n * sizeof *y) == 0);
  }
}

/* Bytes are the nearest whole numbers, what they miss is reported, none beyond n is written. */
static inline void check_round_to_bytes(void) {
  rng g = rng_seeded(6);
  double x[LONGEST];
  for (int n = 0; n <= LONGEST; n++) {
    int8_t digit[LONGEST + 1];
    long double square = 0;
    double farthest = 0;
    memset(digit, 99, sizeof digit);
    fill(x, &g);
    for (int i = 0; i < n; i++) farthest = fmax(farthest, fabs(x[i] - 0.7));
    CHECK(sp_farthest(n, x, 0.7) == farthest);
    const double unit = farthest / 127, sum = sp_round_to_bytes(n, x, 0.7, unit, digit);
    for (int i = 0; i < n; i++) {
      const double miss = x[i] - 0.7 - unit * digit[i];
      CHECK(fabs(miss) <= unit / 2 * (1 + 1e-12));
      square += (long double)miss * miss;
    }
    for (int i = n; i <= LONGEST; i++) CHECK_EQUAL(digit[i], 99);
    CHECK_NEAR(sum, (double)square, 1e-15);
  }
}

/* Exact, where 32 bits would overflow, too; columns in any order. */
static inline void check_dots_bytes(void) {
  enum { MANY = 20 * SP_BYTES, P = 3 };
  const ptrdiff_t cols[] = {2, 0, 1, 2};
  rng g = rng_seeded(7);
  static int8_t x[P * MANY];
  static int16_t u[MANY];
  for (int n = 0; n <= MANY; n += SP_BYTES) {
    for (int i = 0; i < n; i++) {
      x[i] = (int8_t)(floor(255 * rng_uniform(&g)) - 127);
      x[n + i] = 127;
      x[2 * n + i] = -127;
    }
    for (int extreme = 0; extreme <= 1; extreme++) {
      int64_t sum[P] = {0};
      for (int i = 0; i < n; i++) {
        u[i] = (int16_t)(extreme ? 32767 : floor(65535 * rng_uniform(&g)) - 32767);
        for (int j = 0; j < P; j++) sum[j] += (int64_t)x[j * n + i] * u[i];
      }
      double out[] = {77, 77, 77, 77};
      sp_dots_bytes(n, x, cols, 3, u, out);
      for (int a = 0; a < 3; a++) CHECK(out[a] == (double)sum[cols[a]]);
      CHECK(out[3] == 77);
    }
  }
}

static inline void check_class_loss(void) {
  const double edges[] = {0, -0.0, 1e-300, -1e-9, 36, -36, 745, -800, 1e300, -INFINITY, INFINITY};
  rng g = rng_seeded(5);
  double eta[LONGEST], y[LONGEST], unit[LONGEST], r[LONGEST], h[LONGEST];
  for (int n = 0; n <= LONGEST; n++) {
    for (int i = 0; i < LONGEST; i++) {
      eta[i] = i % 5 == 3 ? edges[(i + n) % 11] : (rng_uniform(&g) - 0.5) * (i % 2 ? 8 : 1400);
      y[i] = rng_uniform(&g) < 0.5;
      unit[i] = r[i] = h[i] = 7;
    }
    sp_class_loss(n, y, eta, unit, r, h);
    for (int i = 0; i < LONGEST; i++) {
      if (i >= n) {
        CHECK(unit[i] == 7 && r[i] == 7 && h[i] == 7);
        continue;
      }
      const double x = y[i] == 1 ? -eta[i] : eta[i]; /* the loss is log(1 + exp(x)) */
      const double loss = x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
      const double miss = 1 / (1 + exp(-x)), hit = 1 / (1 + exp(x));
      CHECK(unit[i] == loss || fabs(unit[i] - loss) <= 1e-15 * loss + 1e-300);
      CHECK_NEAR(r[i], y[i] == 1 ? miss : -miss, 1e-15 * miss + 1e-300);
      CHECK_NEAR(h[i], miss * hit, 2e-15 * miss * hit + 1e-300);
    }
  }
}

/* Both add to what is there, and write no more than they say. */
static inline void check_dots(void) {
  rng g = rng_seeded(3);
  double data[8][LONGEST];
  const double *x[4], *u[4];
  for (int c = 0; c < 4; c++) {
    x[c] = data[c];
    u[c] = data[4 + c];
  }
  for (int n = 0; n <= LONGEST; n++) {
    double narrow[5] = {1, 2, 3, 4, 5}, wide[17];
    for (int e = 0; e < 17; e++) wide[e] = e;
    for (int c = 0; c < 8; c++) fill(data[c], &g);
    sp_dots_4x1(n, x, u[0], narrow);
    sp_dots_4x4(n, x, u, wide);
    for (int c = 0; c < 4; c++) {
      CHECK_NEAR(narrow[c], c + 1 + naive_dot(n, x[c], u[0]), 1e-13);
      for (int r = 0; r < 4; r++)
        CHECK_NEAR(wide[4 * c + r], 4 * c + r + naive_dot(n, x[c], u[r]), 1e-13);
    }
    CHECK(narrow[4] == 5 && wide[16] == 16);
  }
}

/* The vectors of a panel lie side by side. */
static inline void check_panel(int width) {
  enum { PRODUCTS = 4 * SP_PANEL };
  rng g = rng_seeded(9);
  double data[4][LONGEST], u[SP_PANEL][LONGEST], panel[SP_PANEL * LONGEST];
  const double *x[4] = {data[0], data[1], data[2], data[3]};
  for (int n = 0; n <= LONGEST; n++) {
    double out[PRODUCTS + 1];
    for (int e = 0; e <= PRODUCTS; e++) out[e] = e;
    for (int c = 0; c < 4; c++) fill(data[c], &g);
    for (int b = 0; b < width; b++) {
      fill(u[b], &g);
      sp_lay_beside(n, u[b], width, panel + b);
    }
    sp_dots_panel(n, x, panel, width, out);
    for (int e = 0; e <= PRODUCTS; e++) {
      const int c = e / SP_PANEL, b = e % SP_PANEL;
      CHECK_NEAR(out[e], e + (c < 4 && b < width ? naive_dot(n, x[c], u[b]) : 0), 1e-12);
    }
  }
}

static inline void check_panels(void) {
  for (int width = SP_BESIDE; width <= SP_PANEL; width += SP_BESIDE) check_panel(width);
  CHECK_EQUAL(sp_panel_width(1), SP_BESIDE);
  CHECK_EQUAL(sp_panel_width(SP_BESIDE), SP_BESIDE);
  CHECK_EQUAL(sp_panel_width(SP_BESIDE + 1), 2 * SP_BESIDE);
  CHECK_EQUAL(sp_panel_width(SP_PANEL), SP_PANEL);
  double room[2 * SP_BESIDE];
  for (int e = 0; e <= SP_BESIDE; e++) {
    const double *begin = sp_panel_begin(room + e);
    CHECK((uintptr_t)begin % (SP_BESIDE * sizeof *begin) == 0);
    CHECK(begin >= room + e && begin < room + e + SP_BESIDE);
  }
}

/* Against the definition, vector by vector; nothing beyond n is written. */
static inline void check_absorb(void) {
  rng g = rng_seeded(8);
  double data[4][LONGEST + 1], p[LONGEST], stretch[LONGEST], shear[LONGEST];
  double *x[4] = {data[0], data[1], data[2], data[3]};
  for (int n = 0; n <= LONGEST; n++) {
    double carried[5] = {1, 2, 3, 4, 5}, before[4][LONGEST + 1];
    double *scales[] = {p, stretch, shear};
    for (int a = 0; a < 3; a++) fill(scales[a], &g);
    for (int c = 0; c < 4; c++) {
      fill(data[c], &g);
      data[c][LONGEST] = rng_normal(&g);
    }
    memcpy(before, data, sizeof data);
    sp_absorb_4(n, x, p, stretch, shear, carried);
    for (int c = 0; c < 4; c++) {
      double rest = c + 1;
      for (int k = 0; k < n; k++) {
        rest -= p[k] * before[c][k + 1];
        CHECK_NEAR(data[c][k], stretch[k] * before[c][k + 1] + shear[k] * rest, 1e-12);
      }
      CHECK_NEAR(carried[c], rest, 1e-12);
      CHECK(memcmp(data[c] + n, before[c] + n, (LONGEST + 1 - (size_t)n) * sizeof(double)) == 0);
    }
    CHECK(carried[4] == 5);
  }
}

/* NaN and Inf in any lane come through. */
static inline void check_nothing_is_lost(void) {
  const double bad[] = {NAN, INFINITY};
  double zeros[LONGEST] = {0}, ones[LONGEST];
  for (int i = 0; i < LONGEST; i++) ones[i] = 1;
  for (int k = 0; k < 2; k++)
    for (int i = 0; i < LONGEST; i++) {
      double x[LONGEST] = {0}, out[4] = {0};
      const double *columns[4] = {zeros, zeros, x, zeros};
      x[i] = bad[k];
      sp_dots_4x1(LONGEST, columns, ones, out);
      CHECK(!isfinite(sp_sum(LONGEST, x)) && !isfinite(sp_dot(LONGEST, x, ones)));
      CHECK(!isfinite(sp_sqdev(LONGEST, NULL, x, 1)) && !isfinite(sp_sqdev(LONGEST, ones, x, 1)));
      if (isnan(bad[k])) { /* with what R keeps in the bits of a missing value, too */
        const uint64_t bits = 0x7FF00000000007A2;
        double y[LONGEST], other[3][LONGEST];
        if (i % 2) memcpy(x + i, &bits, sizeof bits);
        sp_exp(LONGEST, x, y);
        CHECK(isnan(y[i]) && y[i > 0 ? 0 : 1] == 1);
        sp_class_loss(LONGEST, ones, x, other[0], other[1], other[2]);
        for (int k = 0; k < 3; k++) CHECK(isnan(other[k][i]));
      }
      CHECK(!isfinite(out[2]) && out[0] == 0 && out[1] == 0 && out[3] == 0);
    }
}

/* Long sums of equal terms drift when they are added one by one. */
static inline void check_long_sums(void) {
  enum { TERMS = 100003 };
  static double x[TERMS];
  for (int i = 0; i < TERMS; i++) x[i] = 0.1;
  CHECK_NEAR(sp_sum(TERMS, x), 0.1 * TERMS, 1e-8);
  CHECK_NEAR(sp_dot(TERMS, x, x), 0.01 * TERMS, 1e-9);
}

enum { PLACES = 150 };

/* `found` are the places where `wanted` is true, in order. */
static inline int are_places(const unsigned char *wanted, int n, const ptrdiff_t *found,
                             ptrdiff_t count) {
  ptrdiff_t a = 0;
  for (int i = 0; i < n; i++)
    if (wanted[i] && (a == count || found[a++] != i)) return 0;
  return a == count;
}

static inline void check_nonzeros(void) {
  const double odd[] = {1, -1, 5e-324, -5e-324, NAN, -INFINITY, -0.0};
  for (int n = 0; n <= PLACES; n++)
    for (int step = 1; step < 90; step += 11) {
      double x[PLACES] = {0};
      unsigned char wanted[PLACES] = {0};
      ptrdiff_t places[PLACES];
      for (int i = step / 2; i < n; i += step) wanted[i] = (x[i] = odd[i % 7]) != 0;
      CHECK(are_places(wanted, n, places, sp_nonzeros(n, x, places)));
    }
}

/* Also where the limit is met exactly, is infinite, or is no number. */
static inline void check_exceeding(void) {
  rng g = rng_seeded(9);
  for (int n = 0; n <= PLACES; n++) {
    double c[PLACES], x[PLACES], y[PLACES], z[PLACES];
    unsigned char wanted[PLACES];
    ptrdiff_t places[PLACES];
    for (int i = 0; i < PLACES; i++) {
      c[i] = 4 * rng_uniform(&g) - 2;
      x[i] = rng_uniform(&g);
      y[i] = rng_uniform(&g);
      z[i] = i % 7 == 0 ? INFINITY : 1;
      if (i % 11 == 0) c[i] = i % 2 ? 2 : -2, x[i] = y[i] = 0;
      wanted[i] = z[i] == 1 && fabs(c[i]) + sqrt(0.5 * x[i]) + 0.25 * y[i] > 2;
    }
    CHECK(are_places(wanted, n, places, sp_exceeding(n, c, 0.5, x, 0.25, y, 2, z, places)));
    if (n == 0) continue;
    c[n / 2] = NAN;
    z[n / 2] = 1;
    const ptrdiff_t count = sp_exceeding(n, c, 0.5, x, 0.25, y, 2, z, places);
    int listed = 0;
    for (ptrdiff_t a = 0; a < count; a++) listed += places[a] == n / 2;
    CHECK_EQUAL(listed, 1);
  }
}

static inline void check_kernels(void) {
  check_sums();
  check_nonzeros();
  check_exceeding();
  check_axpy();
  check_exp();
  check_class_loss();
  check_round_to_bytes();
  check_dots_bytes();
  check_dots();
  check_panels();
  check_absorb();
  check_nothing_is_lost();
  check_long_sums();
}

#endif
