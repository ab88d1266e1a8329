/* The choice among vectors of two doubles, as on Windows. */
#define SP_NARROW_STACK 1

#include "own_kernels.h"

#include "check_kernels.h"

static void vectors_of_2_compute_the_definition(void) {
  check_kernels();
}

int main(void) {
  RUN(vectors_of_2_compute_the_definition);
  return check_report();
}
