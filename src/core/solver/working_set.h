/* The working set W: the columns that may be nonzero, with their Gram matrix grown as they arrive
   and their gradients kept up to date in Gram space (cost |W| per changed coefficient). */
#ifndef SP_WORKING_SET_H
#define SP_WORKING_SET_H

#include "../context.h"
#include "../design/standardized.h"
#include "../status.h"
#include "gram.h"

typedef struct {
  ptrdiff_t size, capacity;
  ptrdiff_t largest_gram; /* members beyond which the Gram matrix is given up */
  int keeps_gram;         /* up to there, whatever it costs */
  ptrdiff_t *index;       /* size; the columns, in order of arrival */
  ptrdiff_t *position;    /* p; place of a column in `index`, or -1 */
  double *gradient;       /* size; c_j = z_j'(v r) of the members */
  double *gram;           /* z_j'(v z_k), column-major with leading dimension `capacity`;
                             NULL once it is given up, or the set too large for it */
  double *norm;           /* size; roots of the diagonal of the Gram matrix */
  ptrdiff_t *alike;       /* size; for the Gram matrix: see gram.h */
  const double *known;    /* z_j'(v z_k) of all columns, p x p; or NULL: from X */
  sp_rows rows;           /* X by rows, once the Gram matrix of a sparse X is made from them */

  /* Scratch. */
  sp_rowvec batch[SP_FEW]; /* n each; standardised columns; for a dense X the first only */
  double *block;           /* SP_CROSS_SCRATCH; for a dense X */
  double *products;        /* SP_BATCH * capacity */
  double *with_all;        /* p; products of one column with all others, once there are `rows` */
} sp_working_set;

/* known: borrowed, see above; or NULL. */
sp_status sp_working_set_init(sp_working_set *w, const sp_std *z, const double *known,
                              sp_error *err);
void sp_working_set_clear(sp_working_set *w);

/* Appends k columns, none of them a member; their gradients are for the caller to set. Cost while
   the Gram matrix is kept: k |W| dot products, one reading of X_W for SP_BATCH of them. */
sp_status sp_working_set_add(sp_working_set *w, const sp_std *z, const ptrdiff_t *cols, ptrdiff_t k,
                             sp_error *err);

/* Keeps the members a with place[a] >= 0 and writes to `place` where they are now, in the same
   order; the others leave. Cost: |W|^2 moves while the Gram matrix is kept. */
void sp_working_set_keep(sp_working_set *w, ptrdiff_t *place);

/* There are only residuals from now on. Not with the products of all columns known. */
void sp_working_set_give_up_gram(sp_working_set *w);

/* Forms the Gram matrix anew that has been given up, for a `capacity` of SP_GRAM_MOST at most, up
   to which it is kept from now on. After a failure the set is good only to be cleared. */
sp_status sp_working_set_take_up_gram(sp_working_set *w, const sp_std *z, const sp_context *ctx,
                                      sp_error *err);

/* Without the Gram matrix: members in the order of their columns, as they lie in memory. Gradients
   are to be formed anew. Cost: O(p). */
void sp_working_set_sort(sp_working_set *w, ptrdiff_t p);

/* Column k of the Gram matrix, `size` entries. */
const double *sp_working_set_gram(const sp_working_set *w, ptrdiff_t k);

#endif
