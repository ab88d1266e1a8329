#include "check_design.h"

static void products_agree_with_the_definition(void) {
  check_design_products(sample_dense);
}

static void sums_of_columns_agree_with_the_definition(void) {
  check_design_mul(sample_dense);
}

static void products_with_many_vectors_agree_with_the_definition(void) {
  check_design_mul_t(sample_dense);
}

static void moments_agree_with_the_definition(void) {
  check_design_moments(sample_dense);
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
  RUN(moments_agree_with_the_definition);
  RUN(rows_of_weight_zero_count_for_nothing);
  RUN(nonfinite_values_are_found);
  RUN(the_table_has_its_name);
  return check_report();
}
