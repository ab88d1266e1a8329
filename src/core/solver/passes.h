/* The minimum of a penalised quadratic without its matrix,
 *   - c'd + d'H d / 2 + sum_j h_j(beta_j + d_j),   H = Z'(w Z),
 * over `size` members: columns so many, or so sparse, that passes over their entries cost less than
 * H and its factor. w Z d is carried along instead, a vector over the rows. Epochs of coordinate
 * descent, which settle the support, take turns with conjugate gradients on it; none of them lets
 * the quadratic rise. */
#ifndef SP_PASSES_H
#define SP_PASSES_H

#include "../context.h"
#include "../design/standardized.h"
#include "../penalty/penalty.h"

/* By how much an iteration of conjugate gradients lowers the logarithm of what remains, without
   and with sweeps, as last seen; 0: not seen yet. */
typedef struct {
  double of[2];
} sp_pace;

typedef struct {
  const sp_penalty *penalty; /* borrowed, like `index` and `beta` */
  double lambda;
  ptrdiff_t size;
  const ptrdiff_t *index; /* size; the members, columns of X */
  double *beta;           /* p; coefficients, by column */

  /* Of the members, by place. The first four are for the owner to fill in. */
  double *gradient; /* c, at the coefficients of the start */
  double *diagonal; /* H_kk; what has none stays where it is */
  double *slack;    /* violations of stationarity that count as none */
  double *tilt;     /* what centring takes: H_kl = rate_k rate_l x_k'(w x_l) - tilt_k tilt_l */
  double *rate;     /* 1 / scale, and the root of weights that are all the same */

  sp_packed packed;
  const sp_design *x;   /* the members alone where they can be packed, else all of X */
  ptrdiff_t *column;    /* size; the members' columns there */
  const double *weight; /* n; NULL where entries or rates hold it */
  double *image;        /* n; sum_k rate_k d_k w x_k */
  double shift;         /* tilt'd */
  ptrdiff_t passes;     /* made so far, there and back */
  sp_pace pace;         /* for the owner to keep from one quadratic to the next */

  double *numbers;   /* SP_PASSES_VECTORS * size + n; scratch of conjugate gradients */
  ptrdiff_t *places; /* 2 * size; the same */
  sp_piece *pieces;  /* size; the same */
} sp_passes;

enum { SP_PASSES_VECTORS = 14 };

/* With a change d of zero. weight: n, or NULL for 1/n each. Clear also after a failure. */
sp_status sp_passes_init(sp_passes *d, const sp_std *z, const double *weight,
                         const ptrdiff_t *index, ptrdiff_t size, sp_error *err);
void sp_passes_clear(sp_passes *d);

/* The gradient of member k at the present coefficients. */
double sp_passes_gradient(const sp_passes *d, ptrdiff_t k);

/* One epoch of coordinate descent; counts the members that moved, and into *turned those of them
   that left zero or came to it. Friedman, Hastie and Tibshirani (2010), J. Stat. Softw. 33(1),
   section 2. */
ptrdiff_t sp_passes_epoch(sp_passes *d, ptrdiff_t *turned);

/* Two epochs, one where the support has settled, and a step by conjugate gradients. Takes at most
   `most` epochs and iterations and adds their number to *iterations; *settled where an epoch moves
   nobody. */
sp_status sp_passes_round(sp_passes *d, ptrdiff_t most, const sp_context *ctx,
                          ptrdiff_t *iterations, int *settled, sp_error *err);

#endif
