#include "check_fault.h"
#include "core/alloc.h"
#include "core/design/standardized.h"
#include "core/kernels.h"
#include "sample.h"

#include <stdlib.h>

/* Runs a check over dense and sparse, weighted or not, with and without intercept and scaling. */
static void over_all_views(void (*check)(sample *, const sp_std *, rng *)) {
  for (int k = 0; k < 16; k++) {
    rng g = rng_seeded(31);
    sample s = sample_new(23, 5, (uint64_t)k);
    sample_thin(&s, &g, 0.3);
    if (k & 1) sample_add_weights(&s, &g);
    s.intercept = (k & 2) != 0;
    s.standardize = (k & 4) != 0;
    sp_std z;
    const sp_design *x = k & 8 ? sample_sparse(&s) : sample_dense(&s);
    CHECK_EQUAL(sp_std_init(&z, x, s.v, s.intercept, s.standardize, NULL), SP_OK);
    CHECK_EQUAL(sp_std_unusable(&z), -1);
    check(&s, &z, &g);
    sp_std_clear(&z);
    sample_free(&s);
  }
}

static void check_description(sample *s, const sp_std *z, rng *g) {
  (void)g;
  double *explicit = sample_standardized(s);
  for (ptrdiff_t j = 0; j < s->p; j++) {
    long double square = 0;
    for (ptrdiff_t i = 0; i < s->n; i++) {
      const long double d = explicit[i + j * s->n];
      square += sample_weight(s, i) * d * d;
    }
    CHECK_NEAR(z->mean[j], (double)sample_mean(s, j), 1e-14);
    CHECK_NEAR(z->center[j], s->intercept ? (double)sample_mean(s, j) : 0, 1e-14);
    CHECK_NEAR(z->scale[j], (double)sample_scale(s, j), 1e-14);
    CHECK_NEAR(z->sqnorm[j], (double)square, 1e-12);
    CHECK_EQUAL(z->constant[j], 0);
  }
  for (ptrdiff_t i = 0; i < s->n; i++) CHECK_NEAR(sp_std_weight(z, i), sample_weight(s, i), 1e-16);
  free(explicit);
}

static void the_columns_are_described(void) {
  over_all_views(check_description);
}

/* g = v r for any r: with an intercept, a constant in r must not matter. */
static void check_dot(sample *s, const sp_std *z, rng *g) {
  double *explicit = sample_standardized(s), u[64];
  for (int trial = 0; trial < 3; trial++) {
    for (ptrdiff_t i = 0; i < s->n; i++)
      u[i] = sample_weight(s, i) * (rng_normal(g) + 10 * (trial > 0));
    const sp_rowvec vector = {.values = u, .sum = sp_sum(s->n, u)};
    for (ptrdiff_t j = 0; j < s->p; j++) {
      long double expected = 0;
      for (ptrdiff_t i = 0; i < s->n; i++) expected += (long double)explicit[i + j * s->n] * u[i];
      CHECK_NEAR(sp_std_dot(z, j, &vector), (double)expected, 1e-12);
    }
  }
  free(explicit);
}

static void dot_agrees_with_the_explicit_matrix(void) {
  over_all_views(check_dot);
}

/* Past the vectors of one pass, the columns in any order. */
static void check_mul_t(sample *s, const sp_std *z, rng *g) {
  enum { M = 19, K = 4 };
  const ptrdiff_t cols[K] = {3, 0, 4, 1};
  double u[M][64], out[M * K];
  sp_rowvec vectors[M];
  for (int r = 0; r < M; r++) {
    for (ptrdiff_t i = 0; i < s->n; i++) u[r][i] = rng_normal(g);
    vectors[r] = (sp_rowvec){.values = u[r], .sum = sp_sum(s->n, u[r])};
  }
  for (int m = 0; m <= M; m++) {
    sp_std_mul_t(z, cols, K, vectors, m, out);
    for (int r = 0; r < m; r++)
      for (int a = 0; a < K; a++)
        CHECK_NEAR(out[r * K + a], sp_std_dot(z, cols[a], &vectors[r]), 1e-12);
  }
}

static void products_with_many_vectors_are_those_with_each(void) {
  over_all_views(check_mul_t);
}

static void check_axpy_centred(sample *s, const sp_std *z, rng *g) {
  double *explicit = sample_standardized(s), u[64], before[64];
  for (ptrdiff_t j = 0; j < s->p; j++) {
    for (ptrdiff_t i = 0; i < s->n; i++) before[i] = u[i] = rng_normal(g);
    sp_rowvec vector = {.values = u, .sum = sp_sum(s->n, u)};
    sp_std_axpy_centred(z, j, -0.8, &vector);
    for (ptrdiff_t i = 0; i < s->n; i++)
      CHECK_NEAR(u[i], before[i] - 0.8 * sample_weight(s, i) * explicit[i + j * s->n], 1e-13);
    CHECK_NEAR(vector.sum, sp_sum(s->n, u), 1e-13);
  }
  free(explicit);
}

static void axpy_centred_agrees_with_the_explicit_matrix(void) {
  over_all_views(check_axpy_centred);
}

/* The difference to the exact update must be a multiple of v (none without centring), and the
   vector's sum must be kept. */
static void check_axpy(sample *s, const sp_std *z, rng *g) {
  double *explicit = sample_standardized(s), u[64], exact[64];
  for (ptrdiff_t j = 0; j < s->p; j++) {
    for (ptrdiff_t i = 0; i < s->n; i++) exact[i] = u[i] = rng_normal(g);
    sp_rowvec vector = {.values = u, .sum = sp_sum(s->n, u)};
    sp_std_axpy(z, j, 1.7, &vector);
    for (ptrdiff_t i = 0; i < s->n; i++)
      exact[i] += 1.7 * sample_weight(s, i) * explicit[i + j * s->n];
    const double shift = (u[0] - exact[0]) / sample_weight(s, 0);
    if (!s->intercept) CHECK_NEAR(shift, 0, 1e-11);
    for (ptrdiff_t i = 0; i < s->n; i++)
      CHECK_NEAR(u[i] - exact[i], shift * sample_weight(s, i), 1e-12);
    CHECK_NEAR(vector.sum, sp_sum(s->n, u), 1e-13);
  }
  free(explicit);
}

static void axpy_is_exact_up_to_a_constant(void) {
  over_all_views(check_axpy);
}

/* A chain of updates and products as coordinate descent makes them. */
static void check_chain(sample *s, const sp_std *z, rng *g) {
  double *explicit = sample_standardized(s), u[64] = {0}, beta[8] = {0};
  sp_rowvec vector = {.values = u, .sum = 0};
  for (int step = 0; step < 20; step++) {
    const ptrdiff_t j = rng_below(g, s->p);
    const double a = rng_normal(g);
    beta[j] += a;
    sp_std_axpy(z, j, a, &vector);
  }
  for (ptrdiff_t j = 0; j < s->p; j++) {
    long double expected = 0;
    for (ptrdiff_t i = 0; i < s->n; i++) {
      long double fit = 0;
      for (ptrdiff_t k = 0; k < s->p; k++) fit += explicit[i + k * s->n] * beta[k];
      expected += sample_weight(s, i) * explicit[i + j * s->n] * fit;
    }
    CHECK_NEAR(sp_std_dot(z, j, &vector), (double)expected, 1e-11);
  }
  free(explicit);
}

static void the_unknown_constant_never_reaches_a_product(void) {
  over_all_views(check_chain);
}

/* ---- constant columns -------------------------------------------------------------------- */

static sp_std describe(sample *s, int sparse, int intercept, int standardize) {
  sp_std z;
  const sp_design *x = sparse ? sample_sparse(s) : sample_dense(s);
  CHECK_EQUAL(sp_std_init(&z, x, s->v, intercept, standardize, NULL), SP_OK);
  return z;
}

static void a_column_without_variation_is_constant_when_the_model_cannot_use_it(void) {
  sample s = sample_new(10, 3, 1);
  for (ptrdiff_t i = 0; i < 10; i++) {
    s.x[i] = 0.3;
    s.x[i + 10] = 0;
  }
  for (int k = 0; k < 8; k++) {
    const int intercept = k & 1, standardize = (k & 2) != 0;
    sp_std z = describe(&s, (k & 4) != 0, intercept, standardize);
    CHECK_EQUAL(z.constant[0], intercept || standardize);
    CHECK_EQUAL(z.constant[1], 1);
    CHECK_EQUAL(z.constant[2], 0);
    CHECK_NEAR(z.scale[0], 1, 0);
    CHECK_NEAR(z.scale[1], 1, 0);
    CHECK_NEAR(z.sqnorm[0], intercept ? 0 : 0.09, 1e-15);
    CHECK_NEAR(z.sqnorm[1], 0, 0);
    sp_std_clear(&z);
  }
  sample_free(&s);
}

/* At any length, with any weights, and though rows of weight zero differ. */
static void constants_are_recognised_through_rounding(void) {
  const ptrdiff_t sizes[] = {2, 3, 7, 10, 100, 1000, 20000, 100000};
  const double values[] = {0.1, 1, -1e8 / 3, 1e-200 / 3};
  rng g = rng_seeded(33);
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
    sample s = sample_new(sizes[k], 4, k);
    for (int weighted = 0; weighted < 2; weighted++) {
      if (weighted) sample_add_weights(&s, &g);
      for (ptrdiff_t j = 0; j < 4; j++)
        for (ptrdiff_t i = 0; i < s.n; i++)
          s.x[i + j * s.n] = sample_weight(&s, i) > 0 ? values[j] : (double)(i % 2);
      for (int sparse = 0; sparse < 2; sparse++) {
        sp_std z = describe(&s, sparse, 1, 1);
        for (ptrdiff_t j = 0; j < 4; j++) CHECK_EQUAL(z.constant[j], 1);
        sp_std_clear(&z);
      }
    }
    sample_free(&s);
  }
}

/* Small against the mean, but real; or beside an enormous entry in a row without weight. */
static void variation_is_not_mistaken_for_rounding(void) {
  rng g = rng_seeded(34);
  sample s = sample_new(30, 3, 2);
  sample_add_weights(&s, &g);
  for (ptrdiff_t i = 0; i < s.n; i++) {
    s.x[i] = 1e6 + 1e-6 * (double)(i % 3);
    s.x[i + 30] = s.v[i] > 0 ? (double)(i % 3) : 1e200;
    s.x[i + 60] = 1e-149 * (double)(i % 3);
  }
  for (int sparse = 0; sparse < 2; sparse++) {
    sp_std z = describe(&s, sparse, 1, 1);
    for (ptrdiff_t j = 0; j < 3; j++) {
      CHECK_EQUAL(z.constant[j], 0);
      CHECK_NEAR(z.scale[j] / (double)sample_scale(&s, j), 1, 1e-4);
      CHECK_NEAR(z.sqnorm[j], 1, 1e-12);
    }
    sp_std_clear(&z);
  }
  sample_free(&s);
}

/* Products with such a column would underflow: it counts as constant. */
static void a_spread_too_small_to_be_squared_is_none(void) {
  sample s = sample_new(30, 1, 2);
  for (ptrdiff_t i = 0; i < s.n; i++) s.x[i] = 1e-151 * (double)(i % 3);
  for (int k = 0; k < 4; k++) {
    sp_std z = describe(&s, k % 2, 1, k / 2);
    CHECK_EQUAL(z.constant[0], 1);
    CHECK_EQUAL(sp_std_unusable(&z), -1);
    sp_std_clear(&z);
  }
  sample_free(&s);
}

static void the_first_unusable_column_is_named(void) {
  const double bad[] = {NAN, INFINITY, 1.1e150};
  for (int k = 0; k < 6; k++) {
    sample s = sample_new(6, 4, 1);
    s.x[4 + 2 * 6] = s.x[1 + 3 * 6] = bad[k / 2];
    sp_std z = describe(&s, k % 2, 1, 1);
    CHECK_EQUAL(sp_std_unusable(&z), 2);
    sp_std_clear(&z);
    sample_free(&s);
  }
}

/* v: weights, or NULL. */
static void check_centred_and_weighed(ptrdiff_t n, const double *v, rng *g) {
  double *r = zeros(n), *together = zeros(n);
  long double mean = 0, square = 0, sum = 0;
  for (ptrdiff_t i = 0; i < n; i++)
    mean += (v ? v[i] : 1 / (long double)n) * (r[i] = 5 + rng_uniform(g));
  CHECK_NEAR(sp_center(n, v, r), (double)mean, 1e-14);
  memcpy(together, r, (size_t)n * sizeof *r);
  sp_rowvec left = {.values = together};
  const double returned = sp_weigh(n, v, together, &left);
  for (ptrdiff_t i = 0; i < n; i++) {
    const double weight = v ? v[i] : 1 / (double)n;
    CHECK_NEAR(together[i], weight * r[i], 0);
    square += (long double)weight * r[i] * r[i];
    sum += together[i];
  }
  CHECK_NEAR(returned, (double)square, 1e-14);
  CHECK_NEAR(left.sum, (double)sum, 1e-16);
  CHECK_NEAR((double)sum, 0, 1e-15);
  free(together);
  free(r);
}

/* Blocks of rows, and rows that are left over. */
static void rows_are_centred_and_weighed(void) {
  rng g = rng_seeded(3);
  for (ptrdiff_t n = 1; n <= 1100; n = 3 * n + 1) {
    double *v = zeros(n), total = 0;
    for (ptrdiff_t i = 0; i < n; i++) total += v[i] = rng_uniform(&g);
    for (ptrdiff_t i = 0; i < n; i++) v[i] /= total;
    check_centred_and_weighed(n, NULL, &g);
    check_centred_and_weighed(n, v, &g);
    free(v);
  }
}

/* Products of columns from which those of their means are taken keep their digits only where means
   are no larger than spreads. Whatever the unit of the column; one that is not used does not
   matter. */
static void rows_pay_where_centring_loses_no_digits(void) {
  enum { N = 60, P = 5, MEMBERS = 20 };
  const double units[] = {1e-4, 1, 1e4};
  for (int kind = 0; kind < 24; kind++) {
    const int standardize = kind & 1, shifted = (kind & 2) != 0, intercept = (kind & 4) != 0;
    rng g = rng_seeded((uint64_t)kind);
    sample s = sample_new(N, P, 3);
    sp_std z;
    sample_thin(&s, &g, 0.7);
    for (ptrdiff_t i = 0; i < N; i++) {
      s.x[i + N] = units[kind / 8] * (s.x[i + N] + (shifted ? 5 : 0));
      s.x[i + 3 * N] = 7;
    }
    const sp_design *x = sample_sparse(&s);
    CHECK_EQUAL(sp_std_init(&z, x, NULL, intercept, standardize, NULL), SP_OK);
    CHECK_EQUAL(z.constant[3], intercept || standardize);
    CHECK_EQUAL(sp_std_rows_pay(&z, MEMBERS), !shifted || !intercept);
    CHECK_EQUAL(sp_std_rows_pay(&z, 2), 0);
    sp_std_clear(&z);
    CHECK_EQUAL(sp_std_init(&z, sample_dense(&s), NULL, intercept, standardize, NULL), SP_OK);
    CHECK_EQUAL(sp_std_rows_pay(&z, MEMBERS), 0);
    sp_std_clear(&z);
    sample_free(&s);
  }
}

static void init_reports_exhaustion_at_every_allocation(void) {
  sample s = sample_new(6, 4, 1);
  const sp_design *x = sample_dense(&s);
  for (faults f = {0}; faults_next(&f);) {
    sp_std z;
    const sp_status status = sp_std_init(&z, x, NULL, 1, 1, NULL);
    faults_check(&f, status);
    sp_std_clear(&z);
    sp_std_clear(&z);
  }
  sample_free(&s);
}

int main(void) {
  RUN(the_columns_are_described);
  RUN(dot_agrees_with_the_explicit_matrix);
  RUN(products_with_many_vectors_are_those_with_each);
  RUN(axpy_centred_agrees_with_the_explicit_matrix);
  RUN(axpy_is_exact_up_to_a_constant);
  RUN(the_unknown_constant_never_reaches_a_product);
  RUN(a_column_without_variation_is_constant_when_the_model_cannot_use_it);
  RUN(constants_are_recognised_through_rounding);
  RUN(variation_is_not_mistaken_for_rounding);
  RUN(a_spread_too_small_to_be_squared_is_none);
  RUN(the_first_unusable_column_is_named);
  RUN(rows_are_centred_and_weighed);
  RUN(rows_pay_where_centring_loses_no_digits);
  RUN(init_reports_exhaustion_at_every_allocation);
  return check_report();
}
