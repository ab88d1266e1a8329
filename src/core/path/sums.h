/* Cross-products over all rows and over those of each fold, for as many folds as there is room:
 * made once, the fit of all rows and those without a fold follow without another look at X,
 * whatever the penalty. */
#ifndef SP_SUMS_H
#define SP_SUMS_H

#include "crossproducts.h"
#include "folds.h"

enum { SP_SETS = 16 /* whose cross-products are held at once */ };

struct sp_sums {
  sp_std z; /* of all rows; the centers of the products */
  double y_center;
  ptrdiff_t order;
  ptrdiff_t first, count; /* the folds at hand */
  double *whole;          /* order x order, lower triangle; once folds are at hand */
  double *set[SP_SETS];   /* order x order each */
};

/* Do they pay? For dense designs with many rows and few columns. */
int sp_sums_pay(const sp_model_spec *spec, const sp_folds *folds);

/* How many folds there is room for: no more than X takes, and at least one. */
ptrdiff_t sp_sums_room(const sp_model_spec *spec, const sp_folds *folds);

/* Looks at the columns. SP_ERR_NONFINITE as in sp_model_init(). Clear also after a failure. */
sp_status sp_sums_init(sp_sums *s, const sp_model_spec *spec, int threads, const sp_context *ctx,
                       sp_error *err);
void sp_sums_clear(sp_sums *s);

/* The sums of folds first .. first + count - 1 take the place of others. One pass over X. */
sp_status sp_sums_take(sp_sums *s, const sp_model_spec *spec, const sp_folds *folds,
                       ptrdiff_t first, ptrdiff_t count, int threads, const sp_context *ctx,
                       sp_error *err);

/* For functions of crossproducts.h; `spec` as for sp_sums_init() but for its penalty. */
sp_rows_source sp_sums_source(const sp_sums *s, const sp_model_spec *spec);

/* The model of all rows. *trusted: as in crossproducts.h. `reduced` must outlive the model; clear
   both also after a failure. */
sp_status sp_sums_model(const sp_sums *s, const sp_model_spec *spec, sp_reduced *reduced,
                        sp_model *model, int *trusted, sp_error *err);

#endif
