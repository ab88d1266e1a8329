/* The kernels are compiled into this program a second time, under other names and with the choice
   of the instruction set in the test's hands: else only the processor's best would be tested. */
#include <stddef.h>
#include <string.h>

static const char *hidden_features = "";

#if defined(__GNUC__) && defined(__x86_64__)
static int has_feature(const char *feature) {
  if (strstr(hidden_features, feature)) return 0;
  if (strcmp(feature, "avx512f") == 0) return __builtin_cpu_supports("avx512f") != 0;
  if (strcmp(feature, "avx512bw") == 0) return __builtin_cpu_supports("avx512bw") != 0;
  if (strcmp(feature, "avx512vnni") == 0) return __builtin_cpu_supports("avx512vnni") != 0;
  if (strcmp(feature, "avx2") == 0) return __builtin_cpu_supports("avx2") != 0;
  return strcmp(feature, "fma") == 0 && __builtin_cpu_supports("fma") != 0;
}
#define __builtin_cpu_supports has_feature
#endif

#include "own_kernels.h"

#include "check_kernels.h"

static void the_best_instructions_compute_the_definition(void) {
  hidden_features = "";
  check_kernels();
}

static void fewer_instructions_compute_the_definition(void) {
  hidden_features = "avx512f";
  check_kernels();
}

static void plain_instructions_compute_the_definition(void) {
  hidden_features = "avx512f avx2 fma";
  check_kernels();
}

int main(void) {
  RUN(the_best_instructions_compute_the_definition);
  RUN(fewer_instructions_compute_the_definition);
  RUN(plain_instructions_compute_the_definition);
  return check_report();
}
