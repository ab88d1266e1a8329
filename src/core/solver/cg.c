#include "cg.h"

#include "../kernels.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum {
  MAX_ITERATIONS = 300,
  LOOK = 6,  /* iterations between looks at whether the step leaves the pieces */
  TRIAL = 24 /* iterations without sweeps, or with, that are to show their pace */
};

/* Below this pace, a digit in 29 iterations, sweeps are worth a trial. Measured. */
static const double brisk = 0.08;

/* The system G step = pull for G = H + ridge, scaled to a diagonal of ones. Vectors over the
   support, unless said otherwise. */
typedef struct {
  sp_passes *d;
  const sp_design *x;
  int sweeps; /* is there a preconditioner? */
  ptrdiff_t size;
  ptrdiff_t *member;   /* places in d */
  ptrdiff_t *cols;     /* columns of x */
  sp_piece *piece;     /* around the coefficients */
  double *low, *high;  /* steps that lead to its ends */
  double *scale;       /* from the scaled step to the step */
  double *rate, *tilt; /* G = I + (rate x)'w (rate x) - tilt tilt' off the diagonal */
  double *ridge;       /* the penalty's share of the diagonal */
  double *enough;      /* remainders that count as none */
  double *pull;        /* the right-hand side */
  double *step;        /* the solution as it grows */
  double *remainder;   /* what is left of the right-hand side, preconditioned */
  double *onward;      /* the remainder as a step */
  double *image;       /* the preconditioned matrix times remainder */
  double *direction, *direction_image;
  double *along; /* n; scratch */
} support;

/* ---- the system ------------------------------------------------------------------------- */

static int piece_of(const sp_passes *d, ptrdiff_t k, sp_piece *piece) {
  const sp_penalty *h = d->penalty;
  const double b = d->beta[d->index[k]];
  return d->diagonal[k] > 0 && h->ops->piece(h, d->index[k], b, d->lambda, piece) &&
         sp_piece_is_inside(piece, b);
}

/* Member k, if it is off its kinks. */
static void enter(support *a, ptrdiff_t k) {
  const sp_passes *d = a->d;
  const ptrdiff_t e = a->size, j = d->index[k];
  if (!piece_of(d, k, &a->piece[e])) return;
  const double ridge = d->penalty->ops->curvature(d->penalty, j, d->lambda), b = d->beta[j];
  const double diagonal = d->diagonal[k] + ridge, scale = 1 / sqrt(diagonal);
  a->member[e] = k;
  a->cols[e] = d->column[k];
  a->scale[e] = scale;
  a->low[e] = (a->piece[e].low - b) / scale;
  a->high[e] = (a->piece[e].high - b) / scale;
  a->rate[e] = d->rate[k] * scale;
  a->tilt[e] = d->tilt[k] * scale;
  a->ridge[e] = ridge / diagonal;
  a->enough[e] = d->slack[k] / 2 * scale;
  a->pull[e] = (d->gradient[k] - a->piece[e].slope - ridge * b) * scale;
  a->step[e] = a->direction[e] = a->direction_image[e] = 0;
  a->size++;
}

static support gather(sp_passes *d) {
  support a = {
      .d = d, .x = d->x, .member = d->places, .cols = d->places + d->size, .piece = d->pieces};
  double **vectors[SP_PASSES_VECTORS] = {
      &a.low,  &a.high, &a.scale,     &a.rate,   &a.tilt,  &a.ridge,     &a.enough,
      &a.pull, &a.step, &a.remainder, &a.onward, &a.image, &a.direction, &a.direction_image};
  for (ptrdiff_t v = 0; v < SP_PASSES_VECTORS; v++) *vectors[v] = d->numbers + v * d->size;
  a.along = d->numbers + SP_PASSES_VECTORS * d->size;
  for (ptrdiff_t k = 0; k < d->size; k++) enter(&a, k);
  return a;
}

/* out = (rate x)'u - shift tilt. */
static void products(const support *a, const double *u, double shift, double *out) {
  a->x->ops->mul_t(a->x, a->cols, a->size, &u, 1, out);
  for (ptrdiff_t e = 0; e < a->size; e++) out[e] = out[e] * a->rate[e] - shift * a->tilt[e];
}

/* u += w sum_e rate_e vector_e x_e; returns tilt'vector. */
static double combine(const support *a, const double *vector, double *scratch, double *u) {
  for (ptrdiff_t e = 0; e < a->size; e++) scratch[e] = vector[e] * a->rate[e];
  a->x->ops->mul(a->x, a->cols, a->size, scratch, a->d->weight, u);
  return sp_dot(a->size, vector, a->tilt);
}

/* out = G vector; `onward` is overwritten. */
static void multiply(const support *a, const double *vector, double *out) {
  memset(a->along, 0, (size_t)a->x->n * sizeof *a->along);
  const double shift = combine(a, vector, a->onward, a->along);
  products(a, a->along, shift, out);
  sp_axpy_weighted(a->size, 1, a->ridge, vector, out);
}

/* ---- the preconditioner ----------------------------------------------------------------- */

/* Sweeps help where G has eigenvalues of all sizes, as that of sparse columns nearly as many as
   rows. A few large ones, of what columns have in common, cost no more iterations than there are of
   them without sweeps, and many with. */
static int choose_sweeps(const sp_design *x, const sp_pace *pace) {
  if (!x->ops->sweep) return 0;
  if (pace->of[1] > 0) return pace->of[1] > pace->of[0];
  return pace->of[0] > 0 && pace->of[0] < brisk;
}

/* C out = rhs or, backwards, C'out = rhs by a sweep of Gauss and Seidel, with C = I + the strictly
   lower triangle of G. out may be rhs. */
static void sweep(const support *a, int backwards, const double *rhs, double *out) {
  const sp_products m = {
      .cols = a->cols, .k = a->size, .rate = a->rate, .tilt = a->tilt, .w = a->d->weight};
  memset(a->along, 0, (size_t)a->x->n * sizeof *a->along);
  a->x->ops->sweep(a->x, &m, backwards, rhs, out, a->along);
}

/* onward = C^-T remainder and image = C^-1 G C^-T remainder, where G = C + C' - I. Eisenstat
   (1981), SIAM J. Sci. Stat. Comput. 2, 1-4; through the rows, where G is not formed, Bjorck and
   Elfving (1979), BIT 19, 145-163. Without sweeps C = I in the first of the two. */
static void precondition(const support *a) {
  if (!a->sweeps) {
    multiply(a, a->remainder, a->image);
    memcpy(a->onward, a->remainder, (size_t)a->size * sizeof *a->onward);
    return;
  }
  sweep(a, 1, a->remainder, a->onward);
  for (ptrdiff_t e = 0; e < a->size; e++) a->image[e] = a->remainder[e] - a->onward[e];
  sweep(a, 0, a->image, a->image);
  sp_axpy(a->size, 1, a->onward, a->image);
}

/* ---- the solution ----------------------------------------------------------------------- */

static void start(support *a) {
  products(a, a->d->image, a->d->shift, a->image);
  for (ptrdiff_t e = 0; e < a->size; e++) a->pull[e] -= a->image[e];
  if (a->sweeps)
    sweep(a, 0, a->pull, a->remainder);
  else
    memcpy(a->remainder, a->pull, (size_t)a->size * sizeof *a->remainder);
}

static int is_solved(const support *a) {
  for (ptrdiff_t e = 0; e < a->size; e++)
    if (fabs(a->remainder[e]) > a->enough[e]) return 0;
  return 1;
}

static int leaves_pieces(const support *a) {
  for (ptrdiff_t e = 0; e < a->size; e++)
    if (a->step[e] < a->low[e] || a->step[e] > a->high[e]) return 1;
  return 0;
}

/* *direction = onward + share *direction; the room of `onward` takes its place. */
static void turn(ptrdiff_t size, double share, double **onward, double **direction) {
  double *next = *onward;
  sp_axpy(size, share, *direction, next);
  *onward = *direction;
  *direction = next;
}

/* Conjugate residuals: the remainder, by which a solution is judged, is the least in the Krylov
   space. Saad (2003), Iterative Methods for Sparse Linear Systems, algorithm 6.20. A step that
   leaves the pieces will be cut, which undoes what precision it has: it is made no more precise. */
static sp_status solve(support *a, ptrdiff_t most, const sp_context *ctx, ptrdiff_t *iterations,
                       sp_error *err) {
  double last = INFINITY, *pace = &a->d->pace.of[a->sweeps];
  const double first = sp_dot(a->size, a->remainder, a->remainder);
  const int limit = *pace > 0 ? MAX_ITERATIONS : TRIAL;
  int it = 0;
  for (; it < limit && it < most && !is_solved(a); it++) {
    SP_TRY(sp_context_poll(ctx, err));
    if (it > 0 && it % LOOK == 0 && leaves_pieces(a)) break;
    precondition(a);
    a->d->passes += 1 + a->sweeps;
    const double energy = sp_dot(a->size, a->remainder, a->image);
    if (!(energy > 0)) break;
    turn(a->size, energy / last, &a->onward, &a->direction);
    turn(a->size, energy / last, &a->image, &a->direction_image);
    const double share = energy / sp_dot(a->size, a->direction_image, a->direction_image);
    sp_axpy(a->size, share, a->direction, a->step);
    sp_axpy(a->size, -share, a->direction_image, a->remainder);
    last = energy;
    ++*iterations;
  }
  const double left = sp_dot(a->size, a->remainder, a->remainder);
  if (it > 1) *pace = sp_larger(log(first / sp_larger(left, DBL_MIN)) / (2 * it), DBL_EPSILON);
  return SP_OK;
}

/* ---- the step --------------------------------------------------------------------------- */

/* Shortens the step of every coefficient that would leave its piece; the largest share of the whole
   step that none would leave at. */
static double clip(const support *a, double *clipped) {
  double share = 1;
  for (ptrdiff_t e = 0; e < a->size; e++) {
    clipped[e] = sp_clamp(a->step[e], a->low[e], a->high[e]);
    if (clipped[e] != a->step[e]) share = sp_smaller(clipped[e] / a->step[e], share);
  }
  return share;
}

/* Change of the quadratic by a step within the pieces. */
static double change(const support *a, const double *step) {
  multiply(a, step, a->image);
  return sp_dot(a->size, step, a->image) / 2 - sp_dot(a->size, step, a->pull);
}

/* The coefficients follow the step as far as rounding and the ends of their pieces allow. */
static void take(support *a, double *step) {
  sp_passes *d = a->d;
  for (ptrdiff_t e = 0; e < a->size; e++) {
    double *b = &d->beta[d->index[a->member[e]]];
    const double old = *b;
    *b = sp_piece_step(&a->piece[e], old, step[e] * a->scale[e]);
    step[e] = (*b - old) / a->scale[e];
  }
  d->shift += combine(a, step, a->onward, d->image);
}

sp_status sp_cg_step(sp_passes *d, ptrdiff_t most, const sp_context *ctx, ptrdiff_t *iterations,
                     sp_error *err) {
  support a = gather(d);
  a.sweeps = choose_sweeps(d->x, &d->pace);
  start(&a);
  SP_TRY(solve(&a, most, ctx, iterations, err));
  double *clipped = a.direction;
  const double share = clip(&a, clipped);
  if (share < 1 && change(&a, clipped) > 0)
    for (ptrdiff_t e = 0; e < a.size; e++) clipped[e] = share * a.step[e];
  take(&a, clipped);
  return SP_OK;
}
