/* A coarse copy of a dense X with one byte for each double,
 *   x_ij = middle_j + unit_j digit_ij + e_ij,   -127 <= digit_ij <= 127.
 * Products with it read an eighth of the memory and add up whole numbers, which is exact; for how
 * far they may be off there is a bound, by Cauchy and Schwarz. */
#ifndef SP_COARSE_H
#define SP_COARSE_H

#include "standardized.h"

#include <stdint.h>

typedef struct {
  ptrdiff_t n, p;
  ptrdiff_t stride;      /* n, up to the next multiple of SP_BYTES */
  int8_t *digit;         /* stride x p; zeros beyond n */
  double *middle, *unit; /* p */
  double *miss; /* p; ||e_j||, and not less than what a unit is worth: unit_j sqrt(n) / 4 */
} sp_coarse;

/* Is X of a kind that has ops->to_bytes, and large enough? Less than 2 MB of it stay in cache. */
int sp_coarse_is_worthwhile(const sp_design *x);

/* Room for all columns. Clear also after a failure. */
sp_status sp_coarse_init(sp_coarse *c, const sp_design *x, sp_error *err);
void sp_coarse_clear(sp_coarse *c);

/* Column j is read and rounded; its mean is a good middle. Columns can be rounded at the same
   time. */
void sp_coarse_round(sp_coarse *c, const sp_design *x, ptrdiff_t j, double middle);

/* A vector g of length n as g_i = unit digit_i + f_i, with -32767 <= digit_i <= 32767. */
typedef struct {
  int16_t *digit; /* stride */
  double unit, sum;
  double blur; /* what f adds to the bound: see sp_coarse_products() */
} sp_coarse_vector;

sp_status sp_coarse_vector_init(sp_coarse_vector *v, const sp_coarse *c, sp_error *err);
void sp_coarse_vector_clear(sp_coarse_vector *v);
void sp_coarse_vector_set(sp_coarse_vector *v, const sp_coarse *c, const sp_rowvec *g);

/* out[a] = z_j'g for k columns j of z, off by at most miss_j / scale_j (||g|| + blur), but for the
   rounding of any dot product. */
void sp_coarse_products(const sp_coarse *c, const sp_std *z, const ptrdiff_t *cols, ptrdiff_t k,
                        const sp_coarse_vector *v, double *out);

#endif
