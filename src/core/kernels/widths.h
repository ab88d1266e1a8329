/* Includes SP_BODIES once for each width, with vectors of LANES doubles, bits, ints or bytes, and
   BODY(name) as the name of a function of that width. No guard: every file of kernels has its own
   bodies. */
#include "wide.h"

#ifdef SP_VECTORS

#define BODY(name) SP_JOIN(name, LANES)
#define wide SP_JOIN(wide, LANES)
#define wide_bits SP_JOIN(bits, LANES)
#define wide_bytes SP_JOIN(bytes, LANES)
#define wide_ints SP_JOIN(ints, LANES)
#define total SP_JOIN(total, LANES)

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
#undef wide
#undef wide_bits
#undef wide_bytes
#undef wide_ints
#undef total

#endif
