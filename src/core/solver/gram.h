/* A penalised quadratic as its Gram matrix has it,
 *   - c'd + d'G d / 2 + sum_k h_k(beta_k + d_k),
 * over some columns of X, its members: least squares on a working set, or the quadratic of
 * quadratic.h. What happens to one member at a time; the support is solved for in support.h. */
#ifndef SP_GRAM_H
#define SP_GRAM_H

#include "../design/standardized.h"
#include "../penalty/penalty.h"

#include <stddef.h>

enum { SP_GRAM_MOST = 4096 /* members that have a Gram matrix, at most, but for ridge: 128 MiB */ };

/* A view: everything is borrowed. Members k are places in `index`. */
typedef struct {
  const sp_penalty *penalty;
  double lambda;
  ptrdiff_t size;
  const ptrdiff_t *index; /* size; the columns */
  double *beta;           /* by column */
  double *gradient;       /* size; c at beta */
  const double *sqnorm;   /* by column; those of Z */
  const double *norm;     /* size; roots of the diagonal of G, or of what it was at first */
  const ptrdiff_t *alike; /* size; the column that stands for all that equal it: see below */
  const double *entries;  /* G, column-major with leading dimension `stride` */
  ptrdiff_t stride;
} sp_gram;

/* Column k of G, `size` entries. */
static inline const double *sp_gram_column(const sp_gram *g, ptrdiff_t k) {
  return g->entries + k * g->stride;
}

static inline double *sp_gram_beta(const sp_gram *g, ptrdiff_t k) {
  return &g->beta[g->index[k]];
}

/* Second derivative of the penalty on member k. */
static inline double sp_gram_ridge(const sp_gram *g, ptrdiff_t k) {
  return g->penalty->ops->curvature(g->penalty, g->index[k], g->lambda);
}

/* Where the penalty of member k is smooth; 0 at a kink, or for a column that does not vary. */
int sp_gram_piece(const sp_gram *g, ptrdiff_t k, sp_piece *piece);

/* Minus the derivative of the objective on the piece. */
double sp_gram_pull(const sp_gram *g, ptrdiff_t k, const sp_piece *piece);

/* Off its kinks and its bounds. */
int sp_gram_is_inside(const sp_gram *g, ptrdiff_t k);

/* Off its kinks, and not pressed against the end of its piece. */
int sp_gram_is_movable(const sp_gram *g, ptrdiff_t k);

/* The share of the step d after which member k meets the end of its piece, at *end: Inf for
   never. */
double sp_gram_share_to_end(const sp_gram *g, ptrdiff_t k, double d, double *end);

/* Moves member k by `change`, and all gradients with it. Cost: |members|. */
void sp_gram_shift(const sp_gram *g, ptrdiff_t k, double change);

/* gradient -= G_m change for the `count` members[a] that have moved by change[a]. Cost: count
   |members|. */
void sp_gram_carry(const sp_gram *g, const ptrdiff_t *members, const double *change,
                   ptrdiff_t count);

/* The same for the gradients of those `count` members[a] alone, with the change of every member.
   Cost: count |members|. */
void sp_gram_catch_up(const sp_gram *g, const ptrdiff_t *members, ptrdiff_t count,
                      const double *change);

/* Of a new member k, with the norms and the entries of G with earlier members, as X gave them: an
   earlier one whose column is the same up to sign and scale; k if there is none. Products tell
   columns apart only that differ by more than the root of their rounding, and not by what weights
   hide: those that are near are compared, in X or, where there are none but the products `known` of
   all columns, in those. known: p x p, or NULL and scratch: n. */
ptrdiff_t sp_gram_find_equal(const sp_std *z, const double *known, const ptrdiff_t *index,
                             const double *column, const double *norm, ptrdiff_t k,
                             double *scratch);

/* Does any member equal another one, or one that was a member? */
int sp_gram_has_equals(const sp_gram *g);

/* Minimises over coefficient k alone where it violates stationarity by more than `slack`, unless
   the same column moves with another coefficient as well. Returns the change. Cost: |members|. */
double sp_gram_descend(const sp_gram *g, ptrdiff_t k, double slack);

#endif
