#include "check_design.h"

static void products_agree_with_the_definition(void) {
  check_design_products(sample_sparse);
}

static void products_with_many_vectors_agree_with_the_definition(void) {
  check_design_mul_t(sample_sparse);
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
  CHECK_NEAR(m.largest, 2, 0);
  x.ops->moments(&x, 0, NULL, &m);
  CHECK_NEAR(m.mean, 0.5, 1e-15);
  CHECK_NEAR(m.sd, sqrt(0.75), 1e-15);
  x.ops->moments(&x, 1, NULL, &m);
  CHECK(m.mean == 0 && m.sd == 0 && m.largest == 0);
}

int main(void) {
  RUN(products_agree_with_the_definition);
  RUN(products_with_many_vectors_agree_with_the_definition);
  RUN(moments_agree_with_the_definition);
  RUN(rows_of_weight_zero_count_for_nothing);
  RUN(nonfinite_values_are_found);
  RUN(the_table_has_its_name);
  RUN(moments_of_thin_columns_agree_with_the_definition);
  RUN(stored_zeros_are_zeros);
  return check_report();
}
