#include "check.h"
#include "core/status.h"

static void fail_writes_the_text_and_returns_the_code(void) {
  sp_error err = {{0}};
  CHECK_EQUAL(sp_fail(&err, SP_ERR_ARGUMENT, "column %d of %s", 3, "x"), SP_ERR_ARGUMENT);
  CHECK_TEXT(err.message, "column 3 of x");
  CHECK_EQUAL(sp_fail(&err, SP_ERR_LAPACK, "plain"), SP_ERR_LAPACK);
  CHECK_TEXT(err.message, "plain");
}

static void fail_accepts_no_error_buffer(void) {
  CHECK_EQUAL(sp_fail(NULL, SP_ERR_MEMORY, "%d", 1), SP_ERR_MEMORY);
}

static void fail_cuts_a_long_text(void) {
  sp_error err;
  memset(&err, 'x', sizeof err);
  sp_fail(&err, SP_ERR_MEMORY, "%0400d", 7);
  CHECK_EQUAL(strlen(err.message), sizeof err.message - 1);
  CHECK_EQUAL(err.message[sizeof err.message - 2], '0');
}

static sp_status evaluations_of(sp_status first, int *count) {
  SP_TRY((++*count, first));
  ++*count;
  SP_TRY((++*count, SP_ERR_LAPACK));
  return SP_OK;
}

static void try_returns_at_once_and_evaluates_once(void) {
  int count = 0;
  CHECK_EQUAL(evaluations_of(SP_ERR_NONFINITE, &count), SP_ERR_NONFINITE);
  CHECK_EQUAL(count, 1);
  CHECK_EQUAL(evaluations_of(SP_OK, &count), SP_ERR_LAPACK);
  CHECK_EQUAL(count, 4);
}

/* R/engine.R knows these by number. */
static void codes_keep_their_numbers(void) {
  CHECK_EQUAL(SP_OK, 0);
  CHECK_EQUAL(SP_ERR_MEMORY, 1);
  CHECK_EQUAL(SP_ERR_INTERRUPTED, 2);
  CHECK_EQUAL(SP_ERR_ARGUMENT, 3);
  CHECK_EQUAL(SP_ERR_NONFINITE, 4);
  CHECK_EQUAL(SP_ERR_LAPACK, 5);
}

int main(void) {
  RUN(fail_writes_the_text_and_returns_the_code);
  RUN(fail_accepts_no_error_buffer);
  RUN(fail_cuts_a_long_text);
  RUN(try_returns_at_once_and_evaluates_once);
  RUN(codes_keep_their_numbers);
  return check_report();
}
