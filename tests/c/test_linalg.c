/* The stand-in for LAPACK is itself tested: the ridge tests rest on it. */
#include "check.h"
#include "core/alloc.h"
#include "core/linalg.h"
#include "fault.h"
#include "sample.h"

enum { N = 9, K = 5 };

static void fill(double *x, int count, rng *g) {
  for (int i = 0; i < count; i++) x[i] = rng_normal(g);
}

static void syrk_adds_to_the_lower_triangle_only(void) {
  rng g = rng_seeded(1);
  double a[N * K], c[N * N], before[N * N];
  fill(a, N * K, &g);
  fill(c, N * N, &g);
  memcpy(before, c, sizeof c);
  CHECK_EQUAL(sp_linalg_syrk(N, K, a, c, NULL), SP_OK);
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      double expected = before[i + j * N];
      for (int k = 0; i >= j && k < K; k++) expected += a[i + k * N] * a[j + k * N];
      CHECK_NEAR(c[i + j * N], expected, 1e-13);
    }
}

static void gemm_multiplies_either_way(void) {
  rng g = rng_seeded(2);
  double a[N * K], b[K * 3], tall[N * 3], wide[K * 3], c[N * 3];
  fill(a, N * K, &g);
  fill(b, K * 3, &g);
  fill(tall, N * 3, &g);
  CHECK_EQUAL(sp_linalg_gemm(0, N, 3, K, a, b, c, NULL), SP_OK);
  CHECK_EQUAL(sp_linalg_gemm(1, K, 3, N, a, tall, wide, NULL), SP_OK);
  for (int j = 0; j < 3; j++) {
    for (int i = 0; i < N; i++) {
      double sum = 0;
      for (int k = 0; k < K; k++) sum += a[i + k * N] * b[k + j * K];
      CHECK_NEAR(c[i + j * N], sum, 1e-13);
    }
    for (int k = 0; k < K; k++) {
      double sum = 0;
      for (int i = 0; i < N; i++) sum += a[i + k * N] * tall[i + j * N];
      CHECK_NEAR(wide[k + j * K], sum, 1e-13);
    }
  }
}

static void check_eigen(int n, const double *full) {
  double a[N * N], values[N];
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++) a[i + j * n] = i >= j ? full[i + j * n] : NAN;
  CHECK_EQUAL(sp_linalg_syevd(n, a, values, NULL), SP_OK);
  for (int k = 0; k < n; k++) {
    CHECK(k == 0 || values[k - 1] <= values[k]);
    for (int i = 0; i < n; i++) {
      double image = 0, product = 0;
      for (int j = 0; j < n; j++) image += full[i + j * n] * a[j + k * n];
      for (int j = 0; j < n; j++) product += a[j + i * n] * a[j + k * n];
      CHECK_NEAR(image, values[k] * a[i + k * n], 1e-12);
      CHECK_NEAR(product, i == k, 1e-13);
    }
  }
}

static void syevd_decomposes(void) {
  rng g = rng_seeded(3);
  for (int n = 1; n <= N; n++) {
    double full[N * N], low_rank[N * N] = {0}, v[N];
    for (int j = 0; j < n; j++)
      for (int i = j; i < n; i++) full[i + j * n] = full[j + i * n] = rng_normal(&g);
    check_eigen(n, full);
    fill(v, n, &g);
    for (int j = 0; j < n; j++)
      for (int i = 0; i < n; i++) low_rank[i + j * n] = v[i] * v[j];
    check_eigen(n, low_rank);
  }
}

static void syevd_reports_exhaustion(void) {
  double a[1] = {2}, value = 0;
  fault_arm(1);
  CHECK_EQUAL(sp_linalg_syevd(1, a, &value, NULL), SP_ERR_MEMORY);
  fault_arm(0);
}

int main(void) {
  RUN(syrk_adds_to_the_lower_triangle_only);
  RUN(gemm_multiplies_either_way);
  RUN(syevd_decomposes);
  RUN(syevd_reports_exhaustion);
  return check_report();
}
