/* Cross-products of the columns of X and of y over sets of rows, from which a least-squares problem
 * on those rows, or on all but those, is made without another look at X.
 *
 * A set's matrix is U'U with the rows sqrt(v_i) [x_i - c, y_i - c_y, 1]: besides the products it
 * has the weight of the set and its weighted sums. Sets add and subtract. */
#ifndef SP_CROSSPRODUCTS_H
#define SP_CROSSPRODUCTS_H

#include "crew.h"
#include "model.h"

/* Borrowed. center: p, near the means of the columns. */
typedef struct {
  const sp_model_spec *spec; /* x: a design with `gather` */
  const double *center;
  const unsigned char *constant; /* p; columns that the model cannot use */
  double y_center;
} sp_rows_source;

/* The order of a set's matrix: p + 2. */
ptrdiff_t sp_crossproducts_order(const sp_rows_source *source);

/* Adds to out[k], order x order, the upper triangle of the set k, which are rows[begin[k]] to
   rows[begin[k + 1] - 1], increasing. One pass over X for all sets, by up to `threads` threads; the
   sums do not depend on their number. */
sp_status sp_crossproducts_add(const sp_rows_source *source, ptrdiff_t count,
                               const ptrdiff_t *begin, const int *rows, double *const *out,
                               int threads, const sp_context *ctx, sp_error *err);

/* A problem on rows that are no longer there. */
typedef struct {
  sp_design design; /* rowless */
  sp_std z;
  double *gram, *gradient; /* p x p, p */
  sp_known known;
} sp_reduced;

/* From the matrix of some rows. *trusted: have differences between sets left digits enough,
   compared with `whole`, the matrix of all rows? If not, the rest is not to be used. Clear also
   after a failure. */
sp_status sp_reduced_init(sp_reduced *r, const sp_rows_source *source, const double *set,
                          const double *whole, int *trusted, sp_error *err);
void sp_reduced_clear(sp_reduced *r);

/* sum_i v_i (y_i - eta_i)^2 over a set for k coefficients b of columns `cols`, original scale; NaN
   where rounding leaves too little of it. t: scratch, order. */
double sp_crossproducts_error(const sp_rows_source *source, const double *set, const int *cols,
                              const double *b, ptrdiff_t k, double intercept, double *t);

#endif
