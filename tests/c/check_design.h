/* The contract of design.h, checked for any kind of matrix: a new one is tested by giving the
   function that builds it from a sample. */
#ifndef CHECK_DESIGN_H
#define CHECK_DESIGN_H

#include "check.h"
#include "sample.h"

#include <float.h>
#include <string.h>

typedef const sp_design *(*design_maker)(sample *);

static inline void check_products(const sp_design *x, const sample *s, rng *g) {
  double u[64], w[64], plain[64], weighted[64];
  for (ptrdiff_t j = 0; j < s->p; j++) {
    long double dot = 0;
    for (ptrdiff_t i = 0; i < s->n; i++) {
      plain[i] = weighted[i] = u[i] = rng_normal(g);
      w[i] = i % 4 == 0 ? 0 : rng_uniform(g);
      dot += (long double)s->x[i + j * s->n] * u[i];
    }
    CHECK_NEAR(x->ops->dot(x, j, u), (double)dot, 1e-12);
    x->ops->axpy(x, j, -0.7, NULL, plain);
    x->ops->axpy(x, j, 1.3, w, weighted);
    for (ptrdiff_t i = 0; i < s->n; i++) {
      CHECK_NEAR(plain[i], u[i] - 0.7 * s->x[i + j * s->n], 1e-13);
      CHECK_NEAR(weighted[i], u[i] + 1.3 * w[i] * s->x[i + j * s->n], 1e-13);
    }
  }
}

/* Numbers of columns around every blocking, out of order, with and without weights. */
static inline void check_design_mul(design_maker make) {
  enum { N = 37, P = 11 };
  rng g = rng_seeded(9);
  sample s = sample_new(N, P, 1);
  sample_thin(&s, &g, 0.4);
  const sp_design *x = make(&s);
  double b[P], w[N];
  ptrdiff_t cols[P];
  for (int a = 0; a < P; a++) cols[a] = a * 4 % P;
  for (int a = 0; a < P; a++) b[a] = rng_normal(&g);
  for (int i = 0; i < N; i++) w[i] = i % 4 == 0 ? 0 : rng_uniform(&g);
  for (int k = 0; k <= P; k++)
    for (int weighted = 0; weighted < 2; weighted++) {
      double u[N];
      for (int i = 0; i < N; i++) u[i] = i;
      x->ops->mul(x, cols, k, b, weighted ? w : NULL, u);
      for (int i = 0; i < N; i++) {
        long double sum = 0;
        for (int a = 0; a < k; a++) sum += (long double)b[a] * s.x[i + cols[a] * N];
        CHECK_NEAR(u[i], i + (double)sum * (weighted ? w[i] : 1), 1e-12);
      }
    }
  sample_free(&s);
}

/* Numbers of columns and vectors around every blocking, rows past a block, columns out of order. */
static inline void check_design_mul_t(design_maker make) {
  enum { N = 1030, P = 11, M = 18 };
  rng g = rng_seeded(10);
  sample s = sample_new(N, P, 1);
  sample_thin(&s, &g, 0.4);
  const sp_design *x = make(&s);
  static double u[M][N], out[P * M + 1];
  const double *vectors[M];
  ptrdiff_t cols[P];
  for (int r = 0; r < M; r++) {
    vectors[r] = u[r];
    for (int i = 0; i < N; i++) u[r][i] = rng_normal(&g);
  }
  for (int a = 0; a < P; a++) cols[a] = a * 4 % P;
  for (int k = 0; k <= P; k++)
    for (int m = 0; m <= M; m++) {
      for (int e = 0; e <= P * M; e++) out[e] = 77;
      x->ops->mul_t(x, cols, k, vectors, m, out);
      for (int r = 0; r < m; r++)
        for (int a = 0; a < k; a++) {
          long double sum = 0;
          for (int i = 0; i < N; i++) sum += (long double)s.x[i + cols[a] * N] * u[r][i];
          CHECK_NEAR(out[r * k + a], (double)sum, 1e-11);
        }
      CHECK_NEAR(out[k * m], 77, 0);
    }
  sample_free(&s);
}

/* Against elimination: the triangle written out, its inverse applied from either end. */
static inline void check_design_sweep(design_maker make) {
  enum { N = 37, P = 11 };
  rng g = rng_seeded(15);
  sample s = sample_new(N, P, 1);
  sample_thin(&s, &g, 0.4);
  const sp_design *x = make(&s);
  double w[N], rate[P], tilt[P], rhs[P];
  ptrdiff_t cols[P];
  for (int i = 0; i < N; i++) w[i] = i % 4 == 0 ? 0 : rng_uniform(&g);
  for (int a = 0; a < P; a++) {
    cols[a] = a * 4 % P;
    rate[a] = 0.1 + rng_uniform(&g) / 10;
    tilt[a] = rng_normal(&g) / 3;
    rhs[a] = rng_normal(&g);
  }
  for (int way = 0; way < 4; way++)
    for (int k = 0; k <= P; k++) {
      const int weighted = way & 1, backwards = way & 2;
      const sp_products m = {
          .cols = cols, .k = k, .rate = rate, .tilt = tilt, .w = weighted ? w : NULL};
      double u[N] = {0}, out[P + 1];
      long double expected[P];
      memcpy(out, rhs, sizeof rhs);
      out[k] = 77;
      x->ops->sweep(x, &m, backwards, out, out, u);
      for (int turn = 0; turn < k; turn++) {
        const int a = backwards ? k - 1 - turn : turn;
        expected[a] = rhs[a];
        for (int b = backwards ? k - 1 : 0; b != a; b += backwards ? -1 : 1) {
          long double product = 0;
          for (int i = 0; i < N; i++)
            product +=
                (weighted ? (long double)w[i] : 1) * s.x[i + cols[a] * N] * s.x[i + cols[b] * N];
          expected[a] -= (rate[a] * rate[b] * product - tilt[a] * tilt[b]) * expected[b];
        }
        CHECK_NEAR(out[a], (double)expected[a], 1e-12);
      }
      CHECK_NEAR(out[k], 77, 0);
    }
  sample_free(&s);
}

static inline void check_design_products(design_maker make) {
  rng g = rng_seeded(11);
  for (int n = 1; n <= 60; n += 7) {
    sample s = sample_new(n, 6, (uint64_t)n);
    sample_thin(&s, &g, 0.5);
    const sp_design *x = make(&s);
    CHECK_EQUAL(x->n, n);
    CHECK_EQUAL(x->p, 6);
    check_products(x, &s, &g);
    sample_free(&s);
  }
}

/* Against two passes in long double. A spread below rounding of the largest value is not asked for,
   but a constant column must show none. */
static inline void check_moments(sample *s, design_maker make) {
  const sp_design *x = make(s);
  for (ptrdiff_t j = 0; j < s->p; j++) {
    sp_moments m;
    x->ops->moments(x, j, s->v, &m);
    const long double mean = sample_mean(s, j);
    long double square = 0, largest = 0, unit = 0;
    for (ptrdiff_t i = 0; i < s->n; i++) {
      if (sample_weight(s, i) == 0) continue;
      const long double size = fabsl((long double)s->x[i + j * s->n]);
      if (size > largest) largest = size;
      if (fabsl(s->x[i + j * s->n] - mean) > unit) unit = fabsl(s->x[i + j * s->n] - mean);
    }
    for (ptrdiff_t i = 0; unit > 0 && i < s->n; i++) {
      const long double d = (s->x[i + j * s->n] - mean) / unit;
      if (sample_weight(s, i) > 0) square += sample_weight(s, i) * d * d;
    }
    const double sd = (double)(unit * sqrtl(square));
    const double rounding = 4 * DBL_EPSILON * (double)largest;
    CHECK_NEAR(m.mean, (double)mean, 1e-13 * (double)largest);
    CHECK_NEAR(m.sd, sd, 1e-12 * sd + rounding);
    CHECK(m.largest >= (1 - 1e-12) * fmax(fabs((double)mean), sd));
    CHECK(m.largest <= (1 + 1e-12) * 2 * (double)largest);
    if (sd > 1e100) CHECK_NEAR(m.largest, (double)largest, 0);
  }
}

static inline void fill_columns(sample *s, rng *g) {
  for (ptrdiff_t i = 0; i < s->n; i++) {
    double *row = s->x + i;
    const double z = rng_normal(g);
    row[0 * s->n] = z;
    row[1 * s->n] = 0.1;
    row[2 * s->n] = 1e290 * z;
    row[3 * s->n] = 1e-290 * z;
    row[4 * s->n] = 1e8 + z;
    row[5 * s->n] = 0;
    row[6 * s->n] = i == s->n / 2 ? 1e150 : 0;
    row[7 * s->n] = i % 3 ? 5 : -5;
  }
}

static inline void check_design_moments(design_maker make) {
  const ptrdiff_t sizes[] = {1, 2, 7, 8, 9, 50, 1001, 30000};
  rng g = rng_seeded(12);
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
    sample s = sample_new(sizes[k], 8, k);
    fill_columns(&s, &g);
    check_moments(&s, make);
    sample_add_weights(&s, &g);
    check_moments(&s, make);
    sample_free(&s);
  }
}

/* Rows of weight zero count for nothing, whether their entries are zero, usual or enormous. */
static inline void check_design_weightless_rows(design_maker make) {
  const double entries[] = {0, 3, -1e20, 1e200};
  rng g = rng_seeded(13);
  for (int k = 0; k < 4; k++) {
    sample s = sample_new(40, 5, 5);
    sample_add_weights(&s, &g);
    for (ptrdiff_t i = 0; i < s.n; i++) {
      s.x[i] = s.v[i] > 0 ? s.x[i] : entries[k];
      s.x[i + 40] = s.v[i] > 0 ? 0.1 : entries[k];
      s.x[i + 80] = s.v[i] > 0 ? 1e3 + 1e-3 * rng_normal(&g) : entries[k];
      s.x[i + 120] = s.v[i] > 0 ? 1e-290 * rng_normal(&g) : entries[k];
      s.x[i + 160] = s.v[i] > 0 ? (double)(i % 2) * 1e-290 * rng_normal(&g) : entries[k];
    }
    check_moments(&s, make);
    sample_free(&s);
  }
}

/* A value that is not finite is found wherever it stands, whatever else the column holds. */
static inline void check_design_nonfinite(design_maker make) {
  const double bad[] = {NAN, INFINITY, -INFINITY};
  rng g = rng_seeded(14);
  for (int k = 0; k < 3; k++)
    for (ptrdiff_t row = 0; row < 11; row++)
      for (int weighted = 0; weighted < 2; weighted++) {
        sample s = sample_new(11, 2, 3);
        if (weighted) sample_add_weights(&s, &g);
        s.x[row + 11] = bad[k];
        s.x[(row + 5) % 11 + 11] = 1e308;
        const sp_design *x = make(&s);
        sp_moments m;
        x->ops->moments(x, 1, s.v, &m);
        CHECK(!isfinite(m.largest));
        x->ops->moments(x, 0, s.v, &m);
        CHECK(isfinite(m.largest));
        sample_free(&s);
      }
}

#endif
