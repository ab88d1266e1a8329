/* What a compiler without GNU extensions makes of the kernels, compiled in under other names. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#undef __GNUC__
#define sp_dot portable_dot
#define sp_sum portable_sum
#define sp_axpy portable_axpy
#define sp_axpy_4 portable_axpy_4
#define sp_sqdev portable_sqdev
#define sp_axpy_weighted portable_axpy_weighted
#define sp_nonzeros portable_nonzeros
#define sp_exceeding portable_exceeding
#define sp_absorb_4 portable_absorb_4
#define sp_dots_4x1 portable_dots_4x1
#define sp_dots_4x4 portable_dots_4x4
#define sp_deviations portable_deviations
#define sp_farthest portable_farthest
#define sp_round_to_bytes portable_round_to_bytes
#define sp_dot_bytes portable_dot_bytes
#define sp_exp portable_exp
#define sp_class_loss portable_class_loss
#include "core/kernels/absorb.c"
#include "core/kernels/bytes.c"
#include "core/kernels/losses.c"
#include "core/kernels/places.c"
#include "core/kernels/vectors.c"

#include "check_kernels.h"

static void portable_code_computes_the_definition(void) {
  check_kernels();
}

int main(void) {
  RUN(portable_code_computes_the_definition);
  return check_report();
}
