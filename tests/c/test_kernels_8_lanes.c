/* Vectors of 8 doubles, also on a machine without registers for them. */
#define SP_LANES 8

#include "own_kernels.h"

#include "check_kernels.h"

static void vectors_of_8_compute_the_definition(void) {
  check_kernels();
}

int main(void) {
  RUN(vectors_of_8_compute_the_definition);
  return check_report();
}
