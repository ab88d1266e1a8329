#include "check.h"
#include "core/alloc.h"
#include "fault.h"

#include <stdint.h>

static void alloc_gives_zeroed_elements_of_the_pointers_type(void) {
  double *x = NULL;
  CHECK_EQUAL(SP_ALLOC(&x, 1000, NULL), SP_OK);
  int zero = 1;
  for (int k = 0; k < 1000; k++) zero = zero && x[k] == 0;
  CHECK(zero);
  x[999] = 1; /* within bounds, or the sanitizer speaks up */
  sp_free(x);
}

static void alloc_of_nothing_is_a_block_to_free(void) {
  char *x = NULL;
  CHECK_EQUAL(SP_ALLOC(&x, 0, NULL), SP_OK);
  CHECK(x != NULL);
  CHECK_EQUAL(SP_RESIZE(&x, 0, NULL), SP_OK);
  CHECK(x != NULL);
  sp_free(x);
}

static void alloc_refuses_impossible_sizes(void) {
  sp_error err = {{0}};
  double untouched, *x = &untouched;
  CHECK_EQUAL(SP_ALLOC(&x, -1, &err), SP_ERR_MEMORY);
  CHECK(x == NULL);
  CHECK_TEXT(err.message, "cannot allocate -1 elements of 8 bytes");
  x = &untouched;
  CHECK_EQUAL(SP_ALLOC(&x, PTRDIFF_MAX / 8 + 1, &err), SP_ERR_MEMORY);
  CHECK(x == NULL);
  char expected[80];
  snprintf(expected, sizeof expected, "cannot allocate %td elements of 8 bytes",
           PTRDIFF_MAX / 8 + 1);
  CHECK_TEXT(err.message, expected);
}

static void alloc_reports_exhaustion(void) {
  sp_error err = {{0}};
  double untouched, *x = &untouched;
  const long alive = fault_alive();
  fault_arm(1);
  CHECK_EQUAL(SP_ALLOC(&x, 5, &err), SP_ERR_MEMORY);
  fault_arm(0);
  CHECK(x == NULL);
  CHECK_TEXT(err.message, "cannot allocate 5 elements of 8 bytes");
  CHECK_EQUAL(fault_alive(), alive);
}

static void resize_keeps_what_fits(void) {
  int *x = NULL;
  CHECK_EQUAL(SP_RESIZE(&x, 3, NULL), SP_OK);
  for (int k = 0; k < 3; k++) x[k] = k + 1;
  CHECK_EQUAL(SP_RESIZE(&x, 5000, NULL), SP_OK);
  CHECK(x[0] == 1 && x[1] == 2 && x[2] == 3);
  x[4999] = 1;
  CHECK_EQUAL(SP_RESIZE(&x, 2, NULL), SP_OK);
  CHECK(x[0] == 1 && x[1] == 2);
  sp_free(x);
}

static void resize_leaves_the_block_alone_on_failure(void) {
  sp_error err = {{0}};
  double *x = NULL;
  SP_ALLOC(&x, 4, NULL);
  x[3] = 7;
  double *const before = x;
  CHECK_EQUAL(SP_RESIZE(&x, -2, &err), SP_ERR_MEMORY);
  CHECK_TEXT(err.message, "cannot allocate -2 elements of 8 bytes");
  CHECK_EQUAL(SP_RESIZE(&x, PTRDIFF_MAX / 8 + 1, &err), SP_ERR_MEMORY);
  const ptrdiff_t wraps_to_eight_bytes = (ptrdiff_t)(SIZE_MAX / 8 + 2);
  CHECK_EQUAL(SP_RESIZE(&x, wraps_to_eight_bytes, &err), SP_ERR_MEMORY);
  fault_arm(1);
  CHECK_EQUAL(SP_RESIZE(&x, 6, &err), SP_ERR_MEMORY);
  fault_arm(0);
  CHECK_TEXT(err.message, "cannot allocate 6 elements of 8 bytes");
  CHECK(x == before && x[3] == 7);
  sp_free(x);
}

static void free_accepts_null(void) {
  const long alive = fault_alive();
  sp_free(NULL);
  CHECK_EQUAL(fault_alive(), alive);
}

int main(void) {
  RUN(alloc_gives_zeroed_elements_of_the_pointers_type);
  RUN(alloc_of_nothing_is_a_block_to_free);
  RUN(alloc_refuses_impossible_sizes);
  RUN(alloc_reports_exhaustion);
  RUN(resize_keeps_what_fits);
  RUN(resize_leaves_the_block_alone_on_failure);
  RUN(free_accepts_null);
  return check_report();
}
