/* A small framework for the test programs. A program is one main() that RUNs its tests and ends in
   `return check_report();`, which prints `c: N passed, N failed`. A failure names test and line. */
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A loop over random problems that goes wrong goes wrong often: a few failures of each line and
   test tell enough. */
enum { CHECK_FAILURES_SHOWN = 3, CHECK_LINES = 1000 };

static struct {
  const char *test;
  long passed, failed;
  int shown[CHECK_LINES]; /* by line; of the present test */
} check_state;

static inline int check_that(int ok, int line, const char *what) {
  if (ok) {
    check_state.passed++;
  } else {
    check_state.failed++;
    if (check_state.shown[line % CHECK_LINES]++ < CHECK_FAILURES_SHOWN)
      printf("  %s, line %d: %s\n", check_state.test, line, what);
  }
  return ok;
}

static inline void check_begin(const char *test) {
  check_state.test = test;
  memset(check_state.shown, 0, sizeof check_state.shown);
}

/* Equal infinities are near; a NaN is near nothing. */
static inline int check_near(double a, double b, double tolerance, int line, const char *what) {
  char text[400];
  snprintf(text, sizeof text, "%s: %.17g against %.17g, tolerance %.3g", what, a, b, tolerance);
  return check_that(a == b || fabs(a - b) <= tolerance, line, text);
}

static inline int check_equal(long long a, long long b, int line, const char *what) {
  char text[400];
  snprintf(text, sizeof text, "%s: %lld against %lld", what, a, b);
  return check_that(a == b, line, text);
}

static inline int check_report(void) {
  printf("c: %ld passed, %ld failed\n", check_state.passed, check_state.failed);
  return check_state.failed != 0;
}

#define CHECK(condition) check_that(!!(condition), __LINE__, #condition)
#define CHECK_NEAR(a, b, tolerance) check_near((a), (b), (tolerance), __LINE__, #a " near " #b)
#define CHECK_EQUAL(a, b) check_equal((a), (b), __LINE__, #a " equals " #b)
#define CHECK_TEXT(a, b) check_that(strcmp((a), (b)) == 0, __LINE__, #a " reads " #b)

#define RUN(function)                                                                              \
  do {                                                                                             \
    check_begin(#function);                                                                        \
    function();                                                                                    \
  } while (0)

#endif
