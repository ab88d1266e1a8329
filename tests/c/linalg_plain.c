/* The core's linear-algebra seam in plain C, for programs without BLAS and LAPACK. */
#include "core/linalg.h"

#include "core/alloc.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MAX_SWEEPS = 100 };

sp_status sp_linalg_syrk(ptrdiff_t n, ptrdiff_t k, const double *a, double *c, sp_error *err) {
  (void)err;
  for (ptrdiff_t l = 0; l < k; l++)
    for (ptrdiff_t j = 0; j < n; j++)
      for (ptrdiff_t i = j; i < n; i++) c[i + j * n] += a[i + l * n] * a[j + l * n];
  return SP_OK;
}

sp_status sp_linalg_gemm(int transpose, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const double *a,
                         const double *b, double *c, sp_error *err) {
  (void)err;
  for (ptrdiff_t j = 0; j < n; j++)
    for (ptrdiff_t i = 0; i < m; i++) {
      double sum = 0;
      for (ptrdiff_t l = 0; l < k; l++) sum += a[transpose ? l + i * k : i + l * m] * b[l + j * k];
      c[i + j * m] = sum;
    }
  return SP_OK;
}

static void rotate(double *x, double *y, double cosine, double sine) {
  const double left = *x, right = *y;
  *x = cosine * left - sine * right;
  *y = sine * left + cosine * right;
}

/* Annihilates s[q, r] of the full symmetric matrix s; Golub and Van Loan, section 8.5.2. */
static void jacobi_rotation(ptrdiff_t n, double *s, double *vectors, ptrdiff_t q, ptrdiff_t r) {
  const double off = s[q + r * n];
  if (off == 0) return;
  const double tau = (s[r + r * n] - s[q + q * n]) / (2 * off);
  const double tangent = (tau >= 0 ? 1 : -1) / (fabs(tau) + hypot(1, tau));
  const double cosine = 1 / hypot(1, tangent), sine = tangent * cosine;
  for (ptrdiff_t i = 0; i < n; i++) rotate(&s[i + q * n], &s[i + r * n], cosine, sine);
  for (ptrdiff_t i = 0; i < n; i++) rotate(&s[q + i * n], &s[r + i * n], cosine, sine);
  for (ptrdiff_t i = 0; i < n; i++) rotate(&vectors[i + q * n], &vectors[i + r * n], cosine, sine);
  s[q + r * n] = s[r + q * n] = 0;
}

static int is_diagonal(ptrdiff_t n, const double *s) {
  double off = 0, all = 0;
  for (ptrdiff_t j = 0; j < n; j++)
    for (ptrdiff_t i = 0; i < n; i++) {
      all = fmax(all, fabs(s[i + j * n]));
      if (i != j) off = fmax(off, fabs(s[i + j * n]));
    }
  return off <= DBL_EPSILON / 16 * all;
}

static void swap_columns(ptrdiff_t n, double *vectors, ptrdiff_t a, ptrdiff_t b) {
  for (ptrdiff_t i = 0; i < n; i++) {
    const double kept = vectors[i + a * n];
    vectors[i + a * n] = vectors[i + b * n];
    vectors[i + b * n] = kept;
  }
}

static void sort_ascending(ptrdiff_t n, double *vectors, double *values) {
  for (ptrdiff_t k = 0; k < n; k++) {
    ptrdiff_t smallest = k;
    for (ptrdiff_t l = k + 1; l < n; l++)
      if (values[l] < values[smallest]) smallest = l;
    const double kept = values[k];
    values[k] = values[smallest];
    values[smallest] = kept;
    if (smallest != k) swap_columns(n, vectors, k, smallest);
  }
}

sp_status sp_linalg_syevd(ptrdiff_t n, double *a, double *values, sp_error *err) {
  double *s;
  SP_TRY(SP_ALLOC(&s, n * n, err));
  for (ptrdiff_t j = 0; j < n; j++)
    for (ptrdiff_t i = j; i < n; i++) s[i + j * n] = s[j + i * n] = a[i + j * n];
  memset(a, 0, (size_t)(n * n) * sizeof *a);
  for (ptrdiff_t j = 0; j < n; j++) a[j + j * n] = 1;

  int sweep = 0;
  for (; sweep < MAX_SWEEPS && !is_diagonal(n, s); sweep++)
    for (ptrdiff_t q = 0; q < n; q++)
      for (ptrdiff_t r = q + 1; r < n; r++) jacobi_rotation(n, s, a, q, r);
  for (ptrdiff_t j = 0; j < n; j++) values[j] = s[j + j * n];
  sp_free(s);
  if (sweep == MAX_SWEEPS) return sp_fail(err, SP_ERR_LAPACK, "Jacobi's method did not converge");
  sort_ascending(n, a, values);
  return SP_OK;
}
