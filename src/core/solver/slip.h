/* How much of the residual the free columns still explain: see certificate.h. */
#ifndef SP_SLIP_H
#define SP_SLIP_H

#include "working_set.h"

/* *slip = sqrt(c' G^-1 c) for the k columns cols[a] with gradients c[a] (overwritten), leaving out
   those that are linearly dependent on others; members of `w` first. Inf where one that is left
   out has a gradient that theirs do not explain, beyond what is `noise` for a column of norm 1:
   nothing is known then. G comes from the Gram matrix of `w` where the columns are members and it
   is kept, else from X. `column`: scratch of length n. Cost: O(k^3), and k^2 dot products in the
   second case. */
sp_status sp_slip(const sp_std *z, const sp_working_set *w, const ptrdiff_t *cols, ptrdiff_t k,
                  double *c, double noise, sp_rowvec *column, double *slip, sp_error *err);

#endif
