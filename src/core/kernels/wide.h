/* What the kernels share: vectors of doubles as wide as the registers at hand, and the choice of
 * instructions.
 *
 * Each kernel is written once, on vectors of LANES doubles, in a file that widths.h includes for
 * every width; the one to run is chosen by the processor at hand. Wider vectors than there are
 * registers for live in memory, at several times the cost, so that no width serves all. A second
 * body, in plain C, is for compilers without vectors. Accumulators are separate variables because
 * compilers keep those, and not arrays of them, in registers. */
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
   extensions of GNU. Whoever defines SP_LANES has kernels of that width, for tests. */
#if defined(SP_VECTORS) && !defined(SP_LANES) && defined(__x86_64__) &&                            \
    (defined(__clang__) || __GNUC__ >= 8)
#define SP_CLONES 1
#endif

/* GCC has wide registers spilled by instructions that fault unless the stack is aligned for them,
   which on Windows it is for 16 bytes only (GCC bug 54412): no vector is wider there. */
#if defined(_WIN32) && !defined(__clang__) && !defined(SP_NARROW_STACK)
#define SP_NARROW_STACK 1
#endif

/* Where nothing is known of the processor. Clang makes two registers of a vector that is too wide
   for one. */
#ifndef SP_VECTORS
#undef SP_LANES
#define SP_LANES 1
#elif !defined(SP_LANES) && defined(__clang__) && !defined(__x86_64__)
#define SP_LANES 4
#elif !defined(SP_LANES)
#define SP_LANES 2
#endif

#ifdef SP_VECTORS
#define SP_INLINE static inline __attribute__((always_inline))
#define SP_VECTOR_OF(type, bytes, alignment)                                                       \
  typedef type __attribute__((vector_size(bytes), aligned(alignment), may_alias))
SP_VECTOR_OF(double, 64, 8) wide_8;
SP_VECTOR_OF(double, 32, 8) wide_4;
SP_VECTOR_OF(double, 16, 8) wide_2;
SP_VECTOR_OF(uint64_t, 64, 8) bits_8;
SP_VECTOR_OF(uint64_t, 32, 8) bits_4;
SP_VECTOR_OF(uint64_t, 16, 8) bits_2;
SP_VECTOR_OF(int64_t, 64, 8) longs_8;
SP_VECTOR_OF(int64_t, 32, 8) longs_4;
SP_VECTOR_OF(int64_t, 16, 8) longs_2;
SP_VECTOR_OF(int32_t, 32, 4) ints_8;
SP_VECTOR_OF(int32_t, 16, 4) ints_4;
SP_VECTOR_OF(int32_t, 8, 4) ints_2;
SP_VECTOR_OF(int8_t, 8, 1) bytes_8;
SP_VECTOR_OF(int8_t, 4, 1) bytes_4;
SP_VECTOR_OF(int8_t, 2, 1) bytes_2;
#define LOAD(type, pointer) (*(const type *)(pointer))
#define LOAD_ONCE(type, pointer) (*(const volatile type *)(pointer))
#define STORE(type, pointer, value) (*(type *)(pointer) = (value))
#else
#define SP_INLINE static inline
#endif

#define SP_JOIN_AS_WRITTEN(a, b) a##_##b
#define SP_JOIN(a, b) SP_JOIN_AS_WRITTEN(a, b)

SP_INLINE double sum_of_8(const double *v) {
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

#ifdef SP_VECTORS

/* Adding and subtracting it rounds to a whole number. */
static const double shifter = 0x1.8p52;

/* The bits of infinity: what is no number has larger ones, but for the sign. */
static const uint64_t infinite = UINT64_C(0x7ff) << 52;

/* By address: how vectors are passed by value depends on the instruction set. */
SP_INLINE double total_8(const wide_8 *v) {
  double lanes[8];
  STORE(wide_8, lanes, *v);
  return sum_of_8(lanes);
}

SP_INLINE double total_4(const wide_4 *v) {
  return ((*v)[0] + (*v)[2]) + ((*v)[1] + (*v)[3]);
}

SP_INLINE double total_2(const wide_2 *v) {
  return (*v)[0] + (*v)[1];
}

#endif

/* One public function out of its bodies. `give` is `return` or nothing; `best` is what the body of
   8 lanes is compiled for, where the processor `has` it. */
#ifdef SP_CLONES
#define SP_HAS(instructions) __builtin_cpu_supports(instructions)
#endif
#if defined(SP_CLONES) && !defined(SP_NARROW_STACK)
#define SP_KERNEL_FOR(best, has, type, give, name, body_8, body_4, body, parameters, arguments)    \
  __attribute__((target(best))) static type name##_avx512 parameters {                             \
    give body_8 arguments;                                                                         \
  }                                                                                                \
  __attribute__((target("avx2,fma"))) static type name##_avx2 parameters {                         \
    give body_4 arguments;                                                                         \
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
#elif defined(SP_CLONES)
#define SP_KERNEL_FOR(best, has, type, give, name, body_8, body_4, body, parameters, arguments)    \
  __attribute__((target("avx2,fma,prefer-vector-width=128"))) static type name##_avx2 parameters { \
    give body arguments;                                                                           \
  }                                                                                                \
  static type name##_any parameters {                                                              \
    give body arguments;                                                                           \
  }                                                                                                \
  type name parameters {                                                                           \
    if (SP_HAS("avx2") && SP_HAS("fma"))                                                           \
      give name##_avx2 arguments;                                                                  \
    else                                                                                           \
      give name##_any arguments;                                                                   \
  }
#elif SP_LANES == 8
#define SP_KERNEL_FOR(best, has, type, give, name, body_8, body_4, body, parameters, arguments)    \
  type name parameters {                                                                           \
    give body_8 arguments;                                                                         \
  }
#else
#define SP_KERNEL_FOR(best, has, type, give, name, body_8, body_4, body, parameters, arguments)    \
  type name parameters {                                                                           \
    give body arguments;                                                                           \
  }
#endif

#define SP_KERNEL(type, give, name, body, parameters, arguments)                                   \
  SP_KERNEL_FOR("avx512f", SP_HAS("avx512f"), type, give, name, body##_8, body##_4,                \
                SP_JOIN(body, SP_LANES), parameters, arguments)

#endif
