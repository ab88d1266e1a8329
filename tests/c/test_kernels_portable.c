/* What a compiler without GNU extensions makes of the kernels. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#undef __GNUC__

#include "own_kernels.h"

#include "check_kernels.h"

static void portable_code_computes_the_definition(void) {
  check_kernels();
}

int main(void) {
  RUN(portable_code_computes_the_definition);
  return check_report();
}
