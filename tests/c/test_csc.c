#include "check_design.h"

static void products_agree_with_the_definition(void) {
  check_design_products(sample_sparse);
}

static void sums_of_columns_agree_with_the_definition(void) {
  check_design_mul(sample_sparse);
}

static void products_with_many_vectors_agree_with_the_definition(void) {
  check_design_mul_t(sample_sparse);
}

static void sweeps_agree_with_elimination(void) {
  check_design_sweep(sample_sparse);
}

static void moments_agree_with_the_definition(void) {
  check_design_moments(sample_sparse);
}

static void rows_of_weight_zero_count_for_nothing(void) {
  check_design_weightless_rows(sample_sparse);
}

static void nonfinite_values_are_found(void) {
  check_design_nonfinite(sample_sparse);
}

static void the_table_has_its_name(void) {
  const int no_entries = 0;
  const sp_csc empty = {&no_entries, NULL, NULL};
  CHECK_TEXT(sp_design_csc(0, 0, &empty).ops->name, "csc");
}

static void moments_of_thin_columns_agree_with_the_definition(void) {
  rng g = rng_seeded(21);
  for (int k = 0; k < 40; k++) {
    sample s = sample_new(2 + 3 * k, 5, (uint64_t)k);
    sample_thin(&s, &g, k / 40.0);
    if (k % 2) sample_add_weights(&s, &g);
    check_moments(&s, sample_sparse);
    sample_free(&s);
  }
}

static void packed_columns_carry_roots_of_weights(void) {
  enum { N = 30, P = 6 };
  const ptrdiff_t cols[] = {4, 1, 5};
  rng g = rng_seeded(6);
  sample s = sample_new(N, P, 4);
  sample_thin(&s, &g, 0.6);
  const sp_design *x = sample_sparse(&s);
  double w[N], u[N];
  for (int i = 0; i < N; i++) {
    w[i] = i % 4 == 0 ? 0 : rng_uniform(&g);
    u[i] = rng_normal(&g);
  }
  for (int weighted = 0; weighted < 2; weighted++) {
    sp_packed packed;
    CHECK_EQUAL(x->ops->pack(x, cols, 3, weighted ? w : NULL, &packed, NULL), SP_OK);
    CHECK_EQUAL(packed.design.p, 3);
    for (int a = 0; a < 3; a++) {
      long double sum = 0;
      for (int i = 0; i < N; i++)
        sum += (weighted ? sqrtl(w[i]) : 1) * (long double)s.x[i + cols[a] * N] * u[i];
      CHECK_NEAR(packed.design.ops->dot(&packed.design, a, u), (double)sum, 1e-13);
    }
    sp_packed_clear(&packed);
  }
  sample_free(&s);
}

/* Matrices made by subtraction carry them. */
static void stored_zeros_are_zeros(void) {
  const int colptr[] = {0, 3, 3}, rowidx[] = {0, 1, 3};
  const double values[] = {0, 2, 0}, v[] = {0.1, 0.2, 0.3, 0.4};
  const sp_csc csc = {.colptr = colptr, .rowidx = rowidx, .values = values};
  const sp_design x = sp_design_csc(4, 2, &csc);
  sp_moments m;
  x.ops->moments(&x, 0, v, &m);
  CHECK_NEAR(m.mean, 0.4, 1e-15);
  CHECK_NEAR(m.sd, 0.8, 1e-15);
  CHECK(m.largest > 1 && m.largest < 4);
  x.ops->moments(&x, 0, NULL, &m);
  CHECK_NEAR(m.mean, 0.5, 1e-15);
  CHECK_NEAR(m.sd, sqrt(0.75), 1e-15);
  x.ops->moments(&x, 1, NULL, &m);
  CHECK(m.mean == 0 && m.sd == 0 && m.largest == 0);
}

/* Rows and columns without entries among them. */
static void products_by_rows_agree_with_the_definition(void) {
  enum { N = 30, P = 12 };
  rng g = rng_seeded(3);
  sample s = sample_new(N, P, 4);
  sample_thin(&s, &g, 0.7);
  for (ptrdiff_t i = 0; i < N; i++) s.x[i + 5 * N] = 0;
  for (ptrdiff_t j = 0; j < P; j++) s.x[7 + j * N] = s.x[N - 1 + j * N] = 0;
  const sp_design *x = sample_sparse(&s);
  sp_rows rows;
  double w[N];
  for (int i = 0; i < N; i++) w[i] = rng_uniform(&g);
  CHECK_EQUAL(x->ops->by_rows(x, &rows, NULL), SP_OK);
  for (ptrdiff_t j = 0; j < P; j++)
    for (int weighted = 0; weighted < 2; weighted++) {
      double out[P];
      for (int l = 0; l < P; l++) out[l] = l;
      x->ops->row_products(x, &rows, j, weighted ? w : NULL, out);
      for (ptrdiff_t l = 0; l < P; l++) {
        long double sum = 0;
        for (ptrdiff_t i = 0; i < N; i++)
          sum += (long double)(weighted ? w[i] : 1) * s.x[i + j * N] * s.x[i + l * N];
        CHECK_NEAR(out[l], (double)l + (double)sum, 1e-12);
      }
    }
  sp_rows_clear(&rows);
  sp_rows_clear(&rows);
  sample_free(&s);
}

int main(void) {
  RUN(products_agree_with_the_definition);
  RUN(sums_of_columns_agree_with_the_definition);
  RUN(products_with_many_vectors_agree_with_the_definition);
  RUN(sweeps_agree_with_elimination);
  RUN(moments_agree_with_the_definition);
  RUN(rows_of_weight_zero_count_for_nothing);
  RUN(nonfinite_values_are_found);
  RUN(the_table_has_its_name);
  RUN(moments_of_thin_columns_agree_with_the_definition);
  RUN(packed_columns_carry_roots_of_weights);
  RUN(stored_zeros_are_zeros);
  RUN(products_by_rows_agree_with_the_definition);
  return check_report();
}
