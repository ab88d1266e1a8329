/* What the kernels share: vectors of a fixed number of doubles, and the choice of instructions.
 *
 * Each kernel is written once, on those vectors, and compiled for several instruction sets; the one
 * to run is chosen by the processor at hand. A second body, in plain C, is for compilers without
 * vectors. Accumulators are separate variables because compilers keep those, and not arrays of
 * them, in registers. */
#ifndef SP_WIDE_H
#define SP_WIDE_H

#include <float.h>
#include <stddef.h>
#include <stdint.h>

/* Where doubles are evaluated with more digits, as by the x87, adding `shifter` rounds to no whole
   number. */
#if defined(__GNUC__) && (FLT_EVAL_METHOD == 0 || FLT_EVAL_METHOD == 1)
#define SP_VECTORS 1
#endif

/* GCC 7 does not know all of the instructions that are asked for. Clang may come without the
   extensions of GNU. */
#if defined(SP_VECTORS) && defined(__x86_64__) && (defined(__clang__) || __GNUC__ >= 8)
#define SP_CLONES 1
#endif

#ifdef SP_VECTORS
#define SP_INLINE static inline __attribute__((always_inline))
typedef double wide __attribute__((vector_size(64), aligned(8), may_alias)); /* 8 doubles */
typedef uint64_t wide_bits __attribute__((vector_size(64), aligned(8), may_alias));
typedef int8_t octet __attribute__((vector_size(8), aligned(1), may_alias));   /* 8 bytes */
typedef double narrow __attribute__((vector_size(32), aligned(8), may_alias)); /* 4 doubles */
#define LOAD(type, pointer) (*(const type *)(pointer))
#define STORE(type, pointer, value) (*(type *)(pointer) = (value))
#else
#define SP_INLINE static inline
#endif

SP_INLINE double sum_of_8(const double *v) {
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

#ifdef SP_VECTORS

/* Adding and subtracting it rounds to a whole number. */
static const double shifter = 0x1.8p52;

/* By address: how vectors are passed by value depends on the instruction set. */
SP_INLINE double total(const wide *v) {
  double lanes[8];
  STORE(wide, lanes, *v);
  return sum_of_8(lanes);
}

SP_INLINE double total_narrow(const narrow *v) {
  return ((*v)[0] + (*v)[2]) + ((*v)[1] + (*v)[3]);
}

#endif

/* One public function out of its bodies. `give` is `return` or nothing; `best` is what the first
   body is compiled for, where the processor `has` it. */
#ifdef SP_CLONES
#define SP_HAS(instructions) __builtin_cpu_supports(instructions)
#define SP_KERNEL_FOR(best, has, type, give, name, body_512, body, parameters, arguments)          \
  __attribute__((target(best))) static type name##_avx512 parameters {                             \
    give body_512 arguments;                                                                       \
  }                                                                                                \
  __attribute__((target("avx2,fma"))) static type name##_avx2 parameters {                         \
    give body arguments;                                                                           \
  }                                                                                                \
  static type name##_any parameters {                                                              \
    give body arguments;                                                                           \
  }                                                                                                \
  type name parameters {                                                                           \
    if (has)                                                                                       \
      give name##_avx512 arguments;                                                                \
    else if (SP_HAS("avx2") && SP_HAS("fma"))                                                      \
      give name##_avx2 arguments;                                                                  \
    else                                                                                           \
      give name##_any arguments;                                                                   \
  }
#else
#define SP_KERNEL_FOR(best, has, type, give, name, body_512, body, parameters, arguments)          \
  type name parameters {                                                                           \
    give body arguments;                                                                           \
  }
#endif

#define SP_KERNEL(type, give, name, body_512, body, parameters, arguments)                         \
  SP_KERNEL_FOR("avx512f", SP_HAS("avx512f"), type, give, name, body_512, body, parameters,        \
                arguments)

#endif
