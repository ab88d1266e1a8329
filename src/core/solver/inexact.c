#include "inexact.h"

#include "../alloc.h"
#include "../kernels.h"

#include <math.h>
#include <string.h>

enum {
  MAX_ROUNDS = 30,
  EPOCHS = 2,
  MAX_ITERATIONS = 300,
  LOOK = 15, /* iterations between looks at whether the step leaves the pieces */
  VECTORS = 13
};

/* The gradient of the quadratic in the linear predictor is `base` + lift w: columns are centred in
   the metric of w, so that a change of a coefficient touches all rows, but always along w. */
typedef struct {
  sp_quadratic *q;
  const sp_design *x;      /* the members alone where they can be packed, else all columns */
  const ptrdiff_t *column; /* size of q; the members' columns there */
  double lambda, slack;
  double *base;  /* n */
  double *along; /* n; scratch */
  double lift;
  ptrdiff_t passes; /* there and back */

  /* Of all members, by place: 1 / scale, what the lift adds to c, and what the sum of g takes from
     it, which is rounding or what a model without intercept leaves. */
  double *per_scale, *lean, *aside;

  ptrdiff_t size;    /* of the support: members off their kinks */
  ptrdiff_t *member; /* size; places in the quadratic */
  ptrdiff_t *cols;   /* size; their columns */
  double *pull, *step, *remainder, *direction, *conditioned, *image; /* size each */
  double *rate, *tilt, *ridge; /* size; 1 / scale, total mean / scale, curvature of h */
  double *coefficient;         /* size; scratch */
} descent;

/* c_k given x_k'base. */
static double centred(const descent *d, ptrdiff_t k, double product) {
  return product * d->per_scale[k] + d->lift * d->lean[k] - d->aside[k];
}

static int piece_of(const descent *d, ptrdiff_t k, sp_piece *piece) {
  const sp_quadratic *q = d->q;
  const double b = q->beta[q->index[k]];
  return q->diagonal[k] > 0 &&
         q->penalty->ops->piece(q->penalty, q->index[k], b, d->lambda, piece) &&
         sp_piece_is_inside(piece, b);
}

/* One pass of coordinate descent over all members; counts those that moved. */
static ptrdiff_t epoch(descent *d) {
  sp_quadratic *q = d->q;
  const sp_design *x = d->x;
  const sp_penalty *h = q->penalty;
  ptrdiff_t moved = 0;
  d->passes++;
  for (ptrdiff_t k = 0; k < q->size; k++) {
    const ptrdiff_t j = q->index[k];
    const double a = q->diagonal[k], old = q->beta[j];
    if (!(a > 0)) continue;
    const double c = centred(d, k, x->ops->dot(x, d->column[k], d->base));
    if (h->ops->violation(h, j, old, c, d->lambda) <= d->slack) continue;
    q->beta[j] = h->ops->prox(h, j, c + a * old, a, d->lambda);
    const double change = (q->beta[j] - old) * d->per_scale[k];
    if (change == 0) continue;
    x->ops->axpy(x, d->column[k], -change, q->weight, d->base);
    d->lift += change * q->mean[k];
    moved++;
  }
  return moved;
}

/* image = (H + ridge) vector; w Z vector, not centred, stays in `along`. Returns what centring
   takes from that, in units of w. */
static double multiply(descent *d, const double *vector) {
  const sp_quadratic *q = d->q;
  const sp_design *x = d->x;
  const double *along[] = {d->along};
  d->passes++;
  memset(d->along, 0, (size_t)x->n * sizeof *d->along);
  for (ptrdiff_t e = 0; e < d->size; e++) d->coefficient[e] = vector[e] * d->rate[e];
  x->ops->mul(x, d->cols, d->size, d->coefficient, NULL, d->along);
  for (ptrdiff_t i = 0; i < x->n; i++) d->along[i] *= q->weight[i];
  x->ops->mul_t(x, d->cols, d->size, along, 1, d->image);
  const double shift = q->total > 0 ? sp_dot(d->size, vector, d->tilt) / q->total : 0;
  for (ptrdiff_t e = 0; e < d->size; e++)
    d->image[e] = d->image[e] * d->rate[e] - shift * d->tilt[e] + d->ridge[e] * vector[e];
  return shift;
}

static void gather(descent *d) {
  const sp_quadratic *q = d->q;
  sp_piece piece;
  d->size = 0;
  for (ptrdiff_t k = 0; k < q->size; k++) {
    const ptrdiff_t j = q->index[k];
    if (!piece_of(d, k, &piece)) continue;
    d->ridge[d->size] = q->penalty->ops->curvature(q->penalty, j, d->lambda);
    d->pull[d->size] = -piece.slope - d->ridge[d->size] * q->beta[j];
    d->rate[d->size] = d->per_scale[k];
    d->tilt[d->size] = d->lean[k];
    d->member[d->size] = k;
    d->cols[d->size++] = d->column[k];
  }
  const double *base[] = {d->base};
  d->x->ops->mul_t(d->x, d->cols, d->size, base, 1, d->image);
  for (ptrdiff_t e = 0; e < d->size; e++) {
    d->pull[e] += centred(d, d->member[e], d->image[e]);
    d->remainder[e] = d->pull[e];
    d->step[e] = d->direction[e] = 0;
  }
}

static int is_solved(const descent *d) {
  for (ptrdiff_t e = 0; e < d->size; e++)
    if (fabs(d->remainder[e]) > d->slack / 2) return 0;
  return 1;
}

/* Shortens the step of every coefficient that would leave its piece; the largest share of the whole
   step that none would leave at. */
static double clip(const descent *d, double *clipped) {
  double share = 1;
  for (ptrdiff_t e = 0; e < d->size; e++) {
    sp_piece piece;
    const double b = d->q->beta[d->q->index[d->member[e]]], step = d->step[e];
    clipped[e] = step;
    if (!piece_of(d, d->member[e], &piece)) continue;
    const double room = sp_piece_end(&piece, step) - b;
    if (fabs(step) <= fabs(room)) continue;
    clipped[e] = room;
    share = fmin(share, room / step);
  }
  return share;
}

/* Preconditioned by the diagonal. Golub and Van Loan (2013), algorithm 11.5.1. A step that leaves
   the pieces will be cut, which undoes what precision it has: it is not made more precise. */
static sp_status solve(descent *d, const sp_context *ctx, sp_error *err) {
  double last = 0;
  for (int it = 0; it < MAX_ITERATIONS && !is_solved(d); it++) {
    if (it > 0 && it % LOOK == 0 && clip(d, d->image) < 1) break;
    SP_TRY(sp_context_poll(ctx, err));
    for (ptrdiff_t e = 0; e < d->size; e++)
      d->conditioned[e] = d->remainder[e] / (d->q->diagonal[d->member[e]] + d->ridge[e]);
    const double now = sp_dot(d->size, d->remainder, d->conditioned);
    const double share = it > 0 ? now / last : 0;
    for (ptrdiff_t e = 0; e < d->size; e++)
      d->direction[e] = d->conditioned[e] + share * d->direction[e];
    multiply(d, d->direction);
    const double bend = sp_dot(d->size, d->direction, d->image);
    if (!(bend > 0)) break;
    sp_axpy(d->size, now / bend, d->direction, d->step);
    sp_axpy(d->size, -now / bend, d->image, d->remainder);
    last = now;
  }
  return SP_OK;
}

/* The coefficients follow d->direction, whose image has just been formed. */
static void follow(descent *d, double shift) {
  for (ptrdiff_t e = 0; e < d->size; e++) {
    sp_piece piece;
    double *b = &d->q->beta[d->q->index[d->member[e]]];
    if (piece_of(d, d->member[e], &piece)) *b = sp_piece_step(&piece, *b, d->direction[e]);
  }
  sp_axpy(d->q->design->x->n, -1, d->along, d->base);
  d->lift += shift;
}

static sp_status step_on_support(descent *d, const sp_context *ctx, sp_error *err) {
  gather(d);
  SP_TRY(solve(d, ctx, err));
  const double share = clip(d, d->direction);
  double shift = multiply(d, d->direction);
  const double change = sp_dot(d->size, d->direction, d->image) / 2;
  if (share < 1 && change > sp_dot(d->size, d->direction, d->pull)) {
    for (ptrdiff_t e = 0; e < d->size; e++) d->direction[e] = share * d->step[e];
    shift = multiply(d, d->direction);
  }
  follow(d, shift);
  return SP_OK;
}

static sp_status descend(descent *d, const sp_context *ctx, sp_error *err) {
  for (int round = 0; round < MAX_ROUNDS; round++) {
    for (int e = 0; e < EPOCHS; e++)
      if (epoch(d) == 0) return SP_OK;
    SP_TRY(step_on_support(d, ctx, err));
  }
  return SP_OK;
}

static sp_status allocate(descent *d, double **pool, ptrdiff_t **places, sp_error *err) {
  const ptrdiff_t size = d->q->size;
  SP_TRY(SP_ALLOC(places, 3 * size, err));
  SP_TRY(SP_ALLOC(pool, VECTORS * size, err));
  double **vectors[VECTORS] = {&d->per_scale, &d->lean,      &d->aside,       &d->pull,  &d->step,
                               &d->remainder, &d->direction, &d->conditioned, &d->image, &d->rate,
                               &d->tilt,      &d->ridge,     &d->coefficient};
  for (ptrdiff_t a = 0; a < VECTORS; a++) *vectors[a] = *pool + a * size;
  d->member = *places;
  d->cols = *places + size;
  for (ptrdiff_t k = 0; k < size; k++)
    (*places)[2 * size + k] = d->x->ops->pack ? k : d->q->index[k];
  d->column = *places + 2 * size;
  return SP_OK;
}

static void describe_members(descent *d, double sum) {
  const sp_quadratic *q = d->q;
  for (ptrdiff_t k = 0; k < q->size; k++) {
    const ptrdiff_t j = q->index[k];
    d->per_scale[k] = 1 / q->design->scale[j];
    d->lean[k] = q->total * q->mean[k] * d->per_scale[k];
    d->aside[k] = q->design->center[j] * sum * d->per_scale[k];
  }
}

sp_status sp_inexact_minimise(sp_quadratic *q, const sp_rowvec *g, double lambda, double slack,
                              const sp_context *ctx, sp_error *err) {
  descent d = {.q = q,
               .x = q->design->x,
               .lambda = lambda,
               .slack = slack,
               .base = q->batch[0],
               .along = q->batch[1]};
  double *pool = NULL;
  ptrdiff_t *places = NULL;
  sp_packed packed = {0};
  memcpy(d.base, g->values, (size_t)d.x->n * sizeof *d.base);
  sp_status status = allocate(&d, &pool, &places, err);
  if (status == SP_OK && d.x->ops->pack) {
    status = d.x->ops->pack(d.x, q->index, q->size, &packed, err);
    d.x = &packed.design;
  }
  if (status == SP_OK) {
    describe_members(&d, g->sum);
    status = descend(&d, ctx, err);
    sp_quadratic_reconsider(q, d.passes);
  }
  sp_packed_clear(&packed);
  sp_free(places);
  sp_free(pool);
  return status;
}
