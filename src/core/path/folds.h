/* One path for each fold, fitted without the rows of the fold, on a common grid and on common
 * rows of X: nothing is copied for a fold.
 *
 * Three routes lead there, and the answers are those of separate fits:
 *   shared    tall dense designs of few columns: cross-products of all rows less those of the fold
 *   outlined  other dense designs, least squares: one reading of X tells what the fits of several
 *             folds know of its columns
 *   apart     all others: each fold is a fit of its own */
#ifndef SP_FOLDS_H
#define SP_FOLDS_H

#include "model.h"

/* Fold k leaves out rows[begin[k]] .. rows[begin[k + 1] - 1], increasing and counted from 0. With
   `train`, fold k is instead fitted to the rows with train_begin[k] <= place < train_begin[k + 1],
   each as often as it is there. */
typedef struct {
  ptrdiff_t count;
  const ptrdiff_t *begin; /* count + 1 */
  const int *rows;
  const ptrdiff_t *train_begin; /* count + 1, or NULL */
  const int *train;
} sp_folds;

/* What is known of one fold. */
typedef struct {
  sp_status status; /* of the fit; a fold that fails does not stop the others */
  sp_error error;
  sp_path path; /* Clear also after a failure */
  /* NULL, or for each lambda the sum over the rows left out of v_i (y_i - eta_i)^2, or v_i times
     the deviance; NaN where rounding leaves too little of it, or it is not known without
     predictions. */
  double *error_sum;
} sp_fold_fit;

void sp_fold_fit_clear(sp_fold_fit *fit);

typedef struct sp_sums sp_sums;

/* options->lambda is the common grid. `fits` has folds->count elements of zeros. sums: of just
   these folds (see sums.h), or NULL. Returns what ended the whole, such as an interrupt. Results do
   not depend on `threads`. */
sp_status sp_folds_fit(sp_fold_fit *fits, const sp_model_spec *spec, const sp_folds *folds,
                       const sp_sums *sums, const sp_path_options *options, sp_tolerance tolerance,
                       int threads, const sp_context *ctx, sp_error *err);

#endif
