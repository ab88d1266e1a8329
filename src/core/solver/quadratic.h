/* The penalised quadratic that stands in for the loss around the present coefficients:
 *   - c'd + d'H d / 2 + sum_j h_j(beta_j + d_j),   H = Z'(w z) with w = v h,
 * over the members, a set of columns that grows. With an intercept the columns are centred in the
 * metric of w, which eliminates it. The weights may be those of earlier coefficients: they change
 * slowly along a path, and H is then a preconditioner. */
#ifndef SP_QUADRATIC_H
#define SP_QUADRATIC_H

#include "../context.h"
#include "../design/standardized.h"
#include "../penalty/penalty.h"
#include "passes.h"
#include "support.h"

typedef struct {
  const sp_std *design;      /* borrowed */
  const sp_penalty *penalty; /* borrowed */
  int intercept;
  ptrdiff_t size, capacity;
  ptrdiff_t *index;    /* size; the members, columns of X */
  ptrdiff_t *position; /* p; place of a column in `index`, or -1 */
  double *gram;    /* H / level of the members, column-major with leading dimension `capacity` */
  int keeps_plain; /* for the owner to set while there are no members */
  double *plain;   /* if so, `gram` before what steps have shown, where `corrected` */
  double level;    /* of the curvature, since its weights: see secant.c */
  int corrected;   /* ... but for what steps have shown since: see secant.c */
  int bare;        /* beyond `most` members there is none: see passes.h */
  ptrdiff_t most;
  sp_pace pace;           /* of conjugate gradients then */
  double *mean;           /* size; of column k in the metric of w, zero without intercept */
  double *diagonal;       /* size, when bare: H_kk */
  double *norm;           /* size, unless bare: sqrt(H_kk), as the weights have it */
  ptrdiff_t *alike;       /* size, unless bare: see gram.h */
  double *weight;         /* n; w */
  double total;           /* sum of w */
  double *beta;           /* p; coefficients, by column */
  double *gradient;       /* size; c at them */
  double *step;           /* size; scratch of the owner: changes of members */
  sp_support support;     /* unless bare; its factor is that of `gram` */
  sp_factor plain_factor; /* the same for `plain` */
  double plain_lambda;
  double *batch[SP_FEW]; /* n each; scratch; one of them where X has `cross` */
  double *block;         /* SP_CROSS_SCRATCH; for that */
  double *products;      /* SP_BATCH * capacity; scratch */
  sp_rows rows;          /* X by rows, once H of a sparse X is made from them */
  double *with_all;      /* p; scratch: products of one column with all others */
} sp_quadratic;

sp_status sp_quadratic_init(sp_quadratic *q, const sp_std *design, const sp_penalty *penalty,
                            int intercept, sp_error *err);
void sp_quadratic_clear(sp_quadratic *q);

/* Forgets all members and takes the weights v h, for some `expected` members. */
void sp_quadratic_restart(sp_quadratic *q, const double *h, ptrdiff_t expected);

/* Appends k columns that are no members. Cost: k |members| dot products of length n; when bare, the
   stored entries of the columns. */
sp_status sp_quadratic_add(sp_quadratic *q, const ptrdiff_t *cols, ptrdiff_t k,
                           const sp_context *ctx, sp_error *err);

/* The quadratic, divided by its level, as its Gram matrix has it. Good until members join. */
sp_gram sp_quadratic_gram(const sp_quadratic *q, double lambda);

/* Needs the Gram matrix. Minimises from q->beta, where the gradient is q->gradient, up to
   violations of stationarity of `slack`, or of 1e-6 of what they were beside another ridge part;
   leaves both at the minimum. Counts its rounds in *iterations. */
sp_status sp_quadratic_minimise(sp_quadratic *q, double lambda, double slack, ptrdiff_t *iterations,
                                sp_error *err);

/* The same by passes over the members, when bare, as far as a number of rounds goes. Leaves
   q->gradient as it was. Where passes crawl, as those over sparse columns that are nearly dependent
   do, there may be a Gram matrix after the next restart, for some more members than there are. */
sp_status sp_quadratic_approach(sp_quadratic *q, double lambda, double slack, const sp_context *ctx,
                                sp_error *err);

/* The same as the first with H as the weights have it, which is to be kept for that. */
sp_status sp_quadratic_minimise_plain(sp_quadratic *q, double lambda, double slack,
                                      ptrdiff_t *iterations, sp_error *err);

/* Around a step q->step that has been taken whole. Before: notes the gradient that is expected
   after it; `gradient` and `position` are those of the members' columns in the caller's working
   set. After: corrects H by the gradient that came, at a cost of 3 |members|^2, or its level
   alone. */
void sp_quadratic_expect(sp_quadratic *q, const double *gradient, const ptrdiff_t *position);
void sp_quadratic_level(sp_quadratic *q, const double *gradient, const ptrdiff_t *position);
sp_status sp_quadratic_correct(sp_quadratic *q, const double *gradient, const ptrdiff_t *position,
                               sp_error *err);

/* Factorises Z'(w Z), without level and corrections, over k members alone into an empty `f`, whose
   labels are members: for the slip of free columns. Dependent ones are left out. Not where H has
   been corrected. */
sp_status sp_quadratic_factorise(const sp_quadratic *q, const ptrdiff_t *members, ptrdiff_t k,
                                 sp_factor *f, sp_error *err);

/* tr(H (H + D)^-1), D the ridge part at lambda: the effective degrees of freedom. For new weights:
   the level is 1, and nothing is corrected. */
sp_status sp_quadratic_df(const sp_quadratic *q, double lambda, double *df, sp_error *err);

#endif
