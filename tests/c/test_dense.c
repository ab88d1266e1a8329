#include "check_design.h"
#include "core/alloc.h"

static void products_agree_with_the_definition(void) {
  check_design_products(sample_dense);
}

static void sums_of_columns_agree_with_the_definition(void) {
  check_design_mul(sample_dense);
}

static void products_with_many_vectors_agree_with_the_definition(void) {
  check_design_mul_t(sample_dense);
}

/* x_j'(w (x_l - center)), with a column of ones for j < 0. */
static double product_of(const sample *s, ptrdiff_t j, ptrdiff_t l, double center,
                         const double *w) {
  long double sum = 0;
  for (ptrdiff_t i = 0; i < s->n; i++)
    sum += (w ? w[i] : 1) * (s->x[i + l * s->n] - (long double)center) *
           (j < 0 ? 1 : (long double)s->x[i + j * s->n]);
  return (double)sum;
}

static void check_product(double value, double wanted) {
  CHECK_NEAR(value, wanted, 1e-13 * (100 + fabs(wanted)));
}

/* Few columns and many, some more of them or a whole batch, within a block of rows and beyond. */
static void products_of_columns_agree_with_the_definition(void) {
  enum { P = 61 };
  static const ptrdiff_t rows[] = {1, 128, SP_BLOCK + 6}, columns[] = {1, 15, 16, 48, P};
  static const ptrdiff_t more_columns[] = {0, 1, 2, 4, 5, 8, 9, 11, 12, 17, SP_BATCH};
  rng g = rng_seeded(12);
  double *scratch;
  CHECK_EQUAL(SP_ALLOC(&scratch, SP_CROSS_SCRATCH + 1, NULL), SP_OK);
  for (int kind = 0; kind < 3 * 5 * 2; kind++) {
    const ptrdiff_t n = rows[kind % 3], k = columns[kind / 3 % 5];
    sample s = sample_new(n, P, (uint64_t)kind);
    const sp_design *x = sample_dense(&s);
    double w[SP_BLOCK + 6], center[SP_BATCH], out[P * SP_BATCH + 1], sums[SP_BATCH + 1];
    ptrdiff_t cols[P], more[SP_BATCH];
    for (ptrdiff_t i = 0; i < n; i++) w[i] = i % 4 == 0 ? 0 : rng_uniform(&g);
    for (int a = 0; a < P; a++) cols[a] = a * 7 % P;
    for (int b = 0; b < SP_BATCH; b++) {
      more[b] = (b * 5 + 3) % P;
      center[b] = rng_normal(&g);
    }
    const double *weights = kind < 15 ? NULL : w;
    for (int e = 0; e < 11; e++) {
      const ptrdiff_t m = more_columns[e];
      out[k * m] = sums[m] = 77;
      x->ops->cross(x, cols, k, more, m, center, weights, scratch + 1, out, m == 1 ? NULL : sums);
      for (ptrdiff_t b = 0; b < m; b++) {
        for (ptrdiff_t a = 0; a < k; a++)
          check_product(out[b * k + a], product_of(&s, cols[a], more[b], center[b], weights));
        if (m != 1) check_product(sums[b], product_of(&s, -1, more[b], center[b], weights));
      }
      CHECK(out[k * m] == 77 && sums[m] == 77); /* nothing beyond is written */
    }
    sample_free(&s);
  }
  sp_free(scratch);
}

static void moments_agree_with_the_definition(void) {
  check_design_moments(sample_dense);
}

/* Blocks of rows far from each other, one without weight; what is no number shows there as well. */
static void moments_of_blocks_are_put_together(void) {
  enum { N = 4 * SP_BLOCK + 3, GONE = 2 };
  rng g = rng_seeded(15);
  sample s = sample_new(N, 3, 1);
  for (ptrdiff_t i = 0; i < N; i++) {
    s.x[i] += 1e4 * (double)(i / SP_BLOCK);
    s.x[i + N] = i < SP_BLOCK ? 1e6 : rng_normal(&g);
    s.x[i + 2 * N] += (double)i;
  }
  check_moments(&s, sample_dense);
  sample_add_weights(&s, &g);
  for (ptrdiff_t i = 0; i < N; i++)
    if (i / SP_BLOCK == 0 || i / SP_BLOCK == GONE) s.v[i] = 0;
  double total = 0;
  for (ptrdiff_t i = 0; i < N; i++) total += s.v[i];
  for (ptrdiff_t i = 0; i < N; i++) s.v[i] /= total;
  check_moments(&s, sample_dense);
  s.x[GONE * SP_BLOCK + 7] = NAN;
  sp_moments m;
  sample_dense(&s)->ops->moments(sample_dense(&s), 0, s.v, &m);
  CHECK(!isfinite(m.largest));
  sample_free(&s);
}

static void rows_of_weight_zero_count_for_nothing(void) {
  check_design_weightless_rows(sample_dense);
}

static void nonfinite_values_are_found(void) {
  check_design_nonfinite(sample_dense);
}

static void the_table_has_its_name(void) {
  CHECK_TEXT(sp_design_dense(0, 0, NULL).ops->name, "dense");
}

int main(void) {
  RUN(products_agree_with_the_definition);
  RUN(sums_of_columns_agree_with_the_definition);
  RUN(products_with_many_vectors_agree_with_the_definition);
  RUN(products_of_columns_agree_with_the_definition);
  RUN(moments_agree_with_the_definition);
  RUN(moments_of_blocks_are_put_together);
  RUN(rows_of_weight_zero_count_for_nothing);
  RUN(nonfinite_values_are_found);
  RUN(the_table_has_its_name);
  return check_report();
}
