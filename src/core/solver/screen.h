/* Safe verification of the columns outside the working set without reading most of X.
 *
 * Some residuals of the past, made orthonormal, are kept as directions q_m together with the
 * products K_jm = z_j'(v q_m) of all columns. The present residual is r = sum_m a_m q_m + d with d
 * orthogonal to the directions, so by Cauchy and Schwarz, applied to what the directions leave,
 *   |z_j'(v r) - sum_m a_m K_jm| <= ||d|| sqrt(||z_j||^2 - sum_m K_jm^2).
 * Only columns whose bound reaches their cut are looked up in X. Once that has cost as much as a
 * pass over all columns, such a pass is made and d becomes a direction. Where there is a coarse
 * copy of X, passes read that one, and what their products may be off joins the bound.
 * The bounds hold for every r, so nothing is missed. Directions come from solutions nearby on a
 * path that is close to linear in lambda: d is short. */
#ifndef SP_SCREEN_H
#define SP_SCREEN_H

#include "../context.h"
#include "../design/coarse.h"
#include "../design/standardized.h"
#include "../penalty/penalty.h"

enum { SP_DIRECTIONS = 16 /* kept at most; fewer when there are few rows */ };

typedef struct {
  double *cut;                   /* p; zero is stationary when |c_j| <= lambda cut_j */
  double *norm;                  /* p; ||z_j|| */
  double *around;                /* p; ||z_j||^2 beyond the directions */
  double *c;                     /* p; z_j'(v r): looked up, or as far as it is known */
  double *settled, *earlier;     /* p; c at the last lambda and at the one before */
  double lambda, lambda_earlier; /* those; Inf: none yet */

  int count, capacity;
  double *direction[SP_DIRECTIONS]; /* n each; q_m, unweighted */
  double *loading[SP_DIRECTIONS];   /* p each; K_jm */
  double share[SP_DIRECTIONS];      /* a_m */
  double *rest;                     /* n; d */
  sp_rowvec weighted;               /* n; v d */
  double distance;                  /* ||d|| */

  const sp_coarse *coarse;      /* of X, or NULL */
  sp_coarse_vector vector;      /* of the pass that is being made */
  double heaviest;              /* root of the largest weight */
  int is_coarse[SP_DIRECTIONS]; /* are its loadings? */
  double blur[SP_DIRECTIONS];   /* of the vector that they were made with, over its length */
  double *doubt;                /* p; what they may be off; ||z_j|| where there are none */
  double haze;                  /* what sum_m a_m K_jm may be off, in units of doubt_j */

  ptrdiff_t looked_up; /* columns since the last pass */
  double price;        /* of a pass, in look-ups of all columns */
} sp_screen;

/* coarse: borrowed, or NULL. Clear also after a failure. */
sp_status sp_screen_init(sp_screen *s, const sp_std *z, const sp_penalty *h,
                         const sp_coarse *coarse, sp_error *err);
void sp_screen_clear(sp_screen *s);

/* Products of k columns with g, with a look at `ctx` now and then. */
sp_status sp_screen_products(const sp_std *z, const sp_rowvec *g, const ptrdiff_t *cols,
                             ptrdiff_t k, double *out, const sp_context *ctx, sp_error *err);

/* The columns that are not constant. */
ptrdiff_t sp_screen_varying(const sp_std *z, ptrdiff_t *cols);

/* Where verification is to happen. cols, c: scratch of length p. */
typedef struct {
  const sp_std *design;
  const sp_penalty *penalty;
  const double *r;           /* n; the residual */
  const sp_rowvec *g;        /* n; v r */
  const ptrdiff_t *position; /* p; columns with position >= 0 are not looked at */
  double lambda;
  ptrdiff_t most; /* columns that are wanted */
  ptrdiff_t *cols;
  double *c;
} sp_screen_site;

/* How many columns may join a working set at once that has `nonzero` coefficients: as many again.
   Where columns are correlated one that joins settles the case of many others. */
ptrdiff_t sp_screen_most(ptrdiff_t nonzero);

/* The columns with position[j] < 0 that zero is not stationary for, all of them or the `most` that
   are furthest from it: *count of them, into `cols`. c_j is in the screen's c. */
sp_status sp_screen_verify(sp_screen *s, const sp_screen_site *at, ptrdiff_t *count,
                           const sp_context *ctx, sp_error *err);

/* Forgets all directions but r, given its square <r, r> and the products c of k columns with it:
   all columns but those that are constant. */
sp_status sp_screen_start(sp_screen *s, const sp_std *z, const double *r, double square,
                          const ptrdiff_t *cols, ptrdiff_t k, const double *c, sp_error *err);

/* Prepares estimates and bounds for the residual r. To be followed by sp_screen_suspects. Cost:
   O((n + p) count). */
void sp_screen_approach(sp_screen *s, const sp_std *z, const double *r);

/* Columns with position[j] < 0 that the bounds do not clear at lambda: into `cols`. Returns their
   number. Cost: O(p). */
ptrdiff_t sp_screen_suspects(const sp_screen *s, ptrdiff_t p, const ptrdiff_t *position,
                             double lambda, ptrdiff_t *cols);

/* Is a pass over all columns in order, now that k of them have to be looked up? */
int sp_screen_is_due(const sp_screen *s, ptrdiff_t p, ptrdiff_t k);

/* Forms the products z_j'(v d) of all columns, after sp_screen_approach(): d becomes a direction,
   in place of the one that matters least when there is no room. */
sp_status sp_screen_pass(sp_screen *s, const sp_screen_site *at, const sp_context *ctx,
                         sp_error *err);

/* Lambda is done: what is known of c is kept for sp_screen_likely. */
void sp_screen_settle(sp_screen *s, double lambda);

/* Columns with position[j] < 0 that are likely to enter at lambda, coming from `previous`: those of
   the strong rule whose c also gets there when it goes on as between the last two lambdas.
   At most `most` of them, the foremost. score: scratch, p. Cost: O(p). */
ptrdiff_t sp_screen_likely(const sp_screen *s, ptrdiff_t p, const ptrdiff_t *position,
                           double lambda, double previous, ptrdiff_t most, ptrdiff_t *cols,
                           double *score);

/* Moves the `most` of k columns with the largest scores to the front, unless there are no more than
   that. Returns how many they are. */
ptrdiff_t sp_screen_foremost(ptrdiff_t *cols, double *score, ptrdiff_t k, ptrdiff_t most);

#endif
