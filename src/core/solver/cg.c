#include "cg.h"

#include "../alloc.h"
#include "../kernels.h"

#include <math.h>
#include <string.h>

enum {
  MAX_ITERATIONS = 300,
  LOOK = 15 /* iterations between looks at whether the step leaves the pieces */
};

/* The system (G + ridge) step = pull, scaled to a diagonal of ones. Vectors over the support,
   unless said otherwise. */
typedef struct {
  ptrdiff_t size;
  const sp_design *x; /* the support alone where that can be packed, else all of X */
  ptrdiff_t *cols;    /* the columns */
  ptrdiff_t *place;   /* where they are in x */
  double *scale;      /* from the scaled step to the step */
  double *per_column; /* scale over that of the column */
  double *tilt;       /* what centring takes from the columns */
  double *ridge;      /* second derivatives of the penalty */
  double *enough;     /* remainders that count as none */
  double *pull;       /* the right-hand side */
  double *step;       /* the solution as it grows */
  double *remainder;  /* pull minus matrix times step */
  double *image;      /* matrix times remainder */
  double *direction, *direction_image;
  double *scratch;
  double *along; /* n; scratch */
  double *pool;
  sp_packed packed;
} support;

enum { VECTORS = 12 };

static void release(support *a) {
  sp_free(a->cols);
  sp_free(a->place);
  sp_free(a->pool);
  sp_packed_clear(&a->packed);
}

static int piece_of(const sp_solver *s, ptrdiff_t j, double lambda, sp_piece *piece) {
  const sp_penalty *h = s->problem->penalty;
  return h->ops->piece(h, j, s->beta[j], lambda, piece) && sp_piece_is_inside(piece, s->beta[j]) &&
         s->problem->design->sqnorm[j] > 0;
}

static sp_status allocate(support *a, sp_error *err) {
  double **vectors[VECTORS] = {
      &a->scale, &a->per_column, &a->tilt,  &a->ridge,     &a->enough,          &a->pull,
      &a->step,  &a->remainder,  &a->image, &a->direction, &a->direction_image, &a->scratch};
  SP_TRY(SP_ALLOC(&a->place, a->size, err));
  SP_TRY(SP_ALLOC(&a->pool, VECTORS * a->size, err));
  for (ptrdiff_t v = 0; v < VECTORS; v++) *vectors[v] = a->pool + v * a->size;
  return SP_OK;
}

/* A sparse support is read dozens of times: it is laid out in one piece. */
static sp_status pack(const sp_std *z, support *a, sp_error *err) {
  a->x = z->x;
  for (ptrdiff_t e = 0; e < a->size; e++) a->place[e] = z->x->ops->pack ? e : a->cols[e];
  if (!z->x->ops->pack) return SP_OK;
  SP_TRY(z->x->ops->pack(z->x, a->cols, a->size, &a->packed, err));
  a->x = &a->packed.design;
  return SP_OK;
}

static sp_status gather(sp_solver *s, double lambda, support *a, sp_error *err) {
  const sp_working_set *w = &s->working_set;
  sp_piece piece;
  memset(a, 0, sizeof *a);
  a->along = w->batch[0].values;
  SP_TRY(SP_ALLOC(&a->cols, w->size, err));
  for (ptrdiff_t k = 0; k < w->size; k++)
    if (piece_of(s, w->index[k], lambda, &piece)) a->cols[a->size++] = w->index[k];
  SP_TRY(allocate(a, err));
  return pack(s->problem->design, a, err);
}

static void start(const sp_solver *s, double lambda, support *a) {
  const sp_std *z = s->problem->design;
  const sp_penalty *h = s->problem->penalty;
  sp_std_mul_t(z, a->cols, a->size, &s->residual, 1, a->pull);
  for (ptrdiff_t e = 0; e < a->size; e++) {
    sp_piece piece;
    const ptrdiff_t j = a->cols[e];
    const double ridge = h->ops->curvature(h, j, lambda), diagonal = z->sqnorm[j] + ridge;
    if (piece_of(s, j, lambda, &piece)) a->pull[e] -= piece.slope + ridge * s->beta[j];
    a->scale[e] = 1 / sqrt(diagonal);
    a->per_column[e] = a->scale[e] / z->scale[j];
    a->tilt[e] = z->center[j] * a->per_column[e];
    a->ridge[e] = ridge / diagonal;
    a->enough[e] = sp_solver_slack(s, j, lambda) / 2 * a->scale[e];
    a->pull[e] *= a->scale[e];
    a->remainder[e] = a->pull[e];
  }
}

/* image = matrix times vector, through the rows. */
static void multiply(const sp_std *z, support *a, const double *vector, double *image) {
  const sp_design *x = a->x;
  const double *along[] = {a->along}, unit = z->v ? 1 : 1 / (double)x->n;
  memset(a->along, 0, (size_t)x->n * sizeof *a->along);
  for (ptrdiff_t e = 0; e < a->size; e++) a->scratch[e] = vector[e] * a->per_column[e];
  x->ops->mul(x, a->place, a->size, a->scratch, z->v, a->along);
  x->ops->mul_t(x, a->place, a->size, along, 1, image);
  for (ptrdiff_t e = 0; e < a->size; e++) image[e] *= unit * a->per_column[e];
  sp_axpy(a->size, -sp_dot(a->size, vector, a->tilt), a->tilt, image);
  sp_axpy_weighted(a->size, 1, a->ridge, vector, image);
}

static int is_solved(const support *a) {
  for (ptrdiff_t e = 0; e < a->size; e++)
    if (fabs(a->remainder[e]) > a->enough[e]) return 0;
  return 1;
}

/* *direction = onward + share *direction; the room of `onward` takes its place. */
static void turn(ptrdiff_t size, double share, double **onward, double **direction) {
  double *next = *onward;
  sp_axpy(size, share, *direction, next);
  *onward = *direction;
  *direction = next;
}

/* Shortens the step of every coefficient that would leave its piece; the largest share of the whole
   step that none would leave at. */
static double clip(const sp_solver *s, double lambda, const support *a, double *clipped) {
  double share = 1;
  for (ptrdiff_t e = 0; e < a->size; e++) {
    sp_piece piece;
    const double b = s->beta[a->cols[e]], d = a->step[e] * a->scale[e];
    clipped[e] = a->step[e];
    if (!piece_of(s, a->cols[e], lambda, &piece)) continue;
    const double room = sp_piece_end(&piece, d) - b;
    if (fabs(d) <= fabs(room)) continue;
    clipped[e] = room / a->scale[e];
    share = fmin(share, room / d);
  }
  return share;
}

/* Conjugate residuals: the remainder, by which a solution is judged, is the least in the Krylov
   space. Saad (2003), Iterative Methods for Sparse Linear Systems, algorithm 6.20. A step that
   leaves the pieces will be cut, which undoes what precision it has: it is made no more precise. */
static sp_status solve(sp_solver *s, double lambda, support *a, ptrdiff_t *iterations,
                       sp_error *err) {
  double last = INFINITY;
  for (int it = 0; it < MAX_ITERATIONS && !is_solved(a); it++) {
    if (*iterations >= s->tolerance.max_iter) break;
    SP_TRY(sp_context_poll(s->ctx, err));
    if (it > 0 && it % LOOK == 0 && clip(s, lambda, a, a->scratch) < 1) break;
    multiply(s->problem->design, a, a->remainder, a->image);
    const double energy = sp_dot(a->size, a->remainder, a->image);
    if (!(energy > 0)) break;
    memcpy(a->scratch, a->remainder, (size_t)a->size * sizeof *a->scratch);
    turn(a->size, energy / last, &a->scratch, &a->direction);
    turn(a->size, energy / last, &a->image, &a->direction_image);
    const double share = energy / sp_dot(a->size, a->direction_image, a->direction_image);
    sp_axpy(a->size, share, a->direction, a->step);
    sp_axpy(a->size, -share, a->direction_image, a->remainder);
    last = energy;
    ++*iterations;
  }
  return SP_OK;
}

/* Change of the objective by a step within the pieces. */
static double change_of_objective(const sp_std *z, support *a, const double *step) {
  multiply(z, a, step, a->image);
  return sp_dot(a->size, step, a->image) / 2 - sp_dot(a->size, step, a->pull);
}

static void take_step(sp_solver *s, support *a, const double *step, double lambda) {
  for (ptrdiff_t e = 0; e < a->size; e++) {
    sp_piece piece;
    double *b = &s->beta[a->cols[e]];
    const double old = *b;
    if (piece_of(s, a->cols[e], lambda, &piece))
      *b = sp_piece_step(&piece, old, step[e] * a->scale[e]);
    a->scratch[e] = old - *b;
  }
  sp_std_mul(s->problem->design, a->cols, a->size, a->scratch, &s->residual);
}

sp_status sp_cg_step(sp_solver *s, double lambda, ptrdiff_t *iterations, sp_error *err) {
  support a;
  sp_status status = gather(s, lambda, &a, err);
  if (status == SP_OK) {
    start(s, lambda, &a);
    status = solve(s, lambda, &a, iterations, err);
  }
  if (status == SP_OK) {
    double *clipped = a.direction;
    const double share = clip(s, lambda, &a, clipped);
    if (share < 1 && change_of_objective(s->problem->design, &a, clipped) > 0)
      for (ptrdiff_t e = 0; e < a.size; e++) clipped[e] = share * a.step[e];
    take_step(s, &a, clipped, lambda);
  }
  release(&a);
  return status;
}
