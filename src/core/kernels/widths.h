/* Includes SP_BODIES once for each width, with vectors of LANES doubles, bits, longs, ints or
 * bytes, and BODY(name) as the name of a function of that width. No guard: every file of kernels
 * has its own bodies. */
#include "wide.h"

#ifdef SP_VECTORS

#define BODY(name) SP_JOIN(name, LANES)
#define wide SP_JOIN(wide, LANES)
#define wide_bits SP_JOIN(bits, LANES)
#define wide_bytes SP_JOIN(bytes, LANES)
#define wide_longs SP_JOIN(longs, LANES)
#define wide_ints SP_JOIN(ints, LANES)
#define total SP_JOIN(total, LANES)

/* All bits where a is less than b, or v is no number; else none. GCC 16 compares vectors of 8 lanes
   one by one: those are subtracted, for the sign. */
#define LESS SP_JOIN(LESS, LANES)
#define IS_NAN SP_JOIN(IS_NAN, LANES)
#define LESS_8(a, b) (NEGATIVE((a) - (b)) & ~IS_NAN_8((a) - (b)))
#define IS_NAN_8(v) NEGATIVE(infinite - ((wide_bits)(v) << 1 >> 1))
#define NEGATIVE(v) ((wide_bits)((wide_longs)(v) >> 63))
#define LESS_4(a, b) ((wide_bits)((a) < (b)))
#define IS_NAN_4(v) ((wide_bits)((v) != (v)))
#define LESS_2 LESS_4
#define IS_NAN_2 IS_NAN_4

#define LANES 8
#include SP_BODIES
#undef LANES

#define LANES 4
#include SP_BODIES
#undef LANES

#define LANES 2
#include SP_BODIES
#undef LANES

#undef SP_BODIES
#undef BODY
#undef LESS
#undef IS_NAN
#undef LESS_8
#undef IS_NAN_8
#undef NEGATIVE
#undef LESS_4
#undef IS_NAN_4
#undef LESS_2
#undef IS_NAN_2
#undef wide
#undef wide_bits
#undef wide_bytes
#undef wide_longs
#undef wide_ints
#undef total

#endif
