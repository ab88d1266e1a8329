#include "cg.h"

#include "../alloc.h"
#include "../kernels.h"

#include <math.h>
#include <string.h>

enum { MAX_ITERATIONS = 60 };

typedef struct {
  ptrdiff_t size;
  ptrdiff_t *cols;     /* size; the support */
  double *step;        /* size; the solution as it grows */
  double *remainder;   /* size; right-hand side minus G step */
  double *direction;   /* size */
  double *image;       /* size; (G + ridge) direction */
  double *conditioned; /* size; remainder over the diagonal */
  double *pull;        /* size; the right-hand side */
  double *ridge;       /* size; second derivatives of the penalty */
  sp_rowvec *along;    /* n; v Z direction */
  sp_std view;         /* the support alone where that can be packed, else all of Z */
  ptrdiff_t *place;    /* size; its columns there */
  sp_packed packed;
} support;

static void release(support *a) {
  sp_free(a->cols);
  sp_free(a->step);
  sp_free(a->remainder);
  sp_free(a->direction);
  sp_free(a->image);
  sp_free(a->conditioned);
  sp_free(a->pull);
  sp_free(a->ridge);
  sp_free(a->place);
  if (a->packed.colptr) {
    sp_free(a->view.center);
    sp_free(a->view.scale);
    sp_free(a->view.mean);
  }
  sp_packed_clear(&a->packed);
}

static double curvature_of(const sp_solver *s, ptrdiff_t j, double lambda) {
  const sp_penalty *h = s->problem->penalty;
  return h->ops->curvature(h, j, lambda);
}

static int piece_of(const sp_solver *s, ptrdiff_t j, double lambda, sp_piece *piece) {
  const sp_penalty *h = s->problem->penalty;
  return h->ops->piece(h, j, s->beta[j], lambda, piece) && s->beta[j] > piece->low &&
         s->beta[j] < piece->high && s->problem->design->sqnorm[j] > 0;
}

/* A sparse support is read sixty times and more: it is laid out in one piece. */
static sp_status pack(const sp_solver *s, support *a, sp_error *err) {
  const sp_std *z = s->problem->design;
  a->view = *z;
  for (ptrdiff_t e = 0; e < a->size; e++) a->place[e] = a->cols[e];
  if (!z->x->ops->pack) return SP_OK;
  a->view.center = a->view.scale = a->view.mean = NULL;
  SP_TRY(z->x->ops->pack(z->x, a->cols, a->size, &a->packed, err));
  SP_TRY(SP_ALLOC(&a->view.center, a->size, err));
  SP_TRY(SP_ALLOC(&a->view.scale, a->size, err));
  SP_TRY(SP_ALLOC(&a->view.mean, a->size, err));
  a->view.x = &a->packed.design;
  for (ptrdiff_t e = 0; e < a->size; e++) {
    a->place[e] = e;
    a->view.center[e] = z->center[a->cols[e]];
    a->view.scale[e] = z->scale[a->cols[e]];
    a->view.mean[e] = z->mean[a->cols[e]];
  }
  return SP_OK;
}

static sp_status gather(sp_solver *s, double lambda, support *a, sp_error *err) {
  const sp_working_set *w = &s->working_set;
  sp_piece piece;
  memset(a, 0, sizeof *a);
  a->along = &s->working_set.batch[0];
  SP_TRY(SP_ALLOC(&a->cols, w->size, err));
  for (ptrdiff_t k = 0; k < w->size; k++)
    if (piece_of(s, w->index[k], lambda, &piece)) a->cols[a->size++] = w->index[k];
  SP_TRY(SP_ALLOC(&a->step, a->size, err));
  SP_TRY(SP_ALLOC(&a->remainder, a->size, err));
  SP_TRY(SP_ALLOC(&a->direction, a->size, err));
  SP_TRY(SP_ALLOC(&a->image, a->size, err));
  SP_TRY(SP_ALLOC(&a->conditioned, a->size, err));
  SP_TRY(SP_ALLOC(&a->pull, a->size, err));
  SP_TRY(SP_ALLOC(&a->ridge, a->size, err));
  for (ptrdiff_t e = 0; e < a->size; e++) a->ridge[e] = curvature_of(s, a->cols[e], lambda);
  SP_TRY(SP_ALLOC(&a->place, a->size, err));
  return pack(s, a, err);
}

/* image = (G + ridge) vector, through the rows. */
static void multiply(support *a, const double *vector) {
  const sp_std *z = &a->view;
  memset(a->along->values, 0, (size_t)z->x->n * sizeof *a->along->values);
  a->along->sum = 0;
  memcpy(a->image, vector, (size_t)a->size * sizeof *vector);
  sp_std_mul(z, a->place, a->size, a->image, a->along);
  sp_std_mul_t(z, a->place, a->size, a->along, 1, a->image);
  for (ptrdiff_t e = 0; e < a->size; e++) a->image[e] += a->ridge[e] * vector[e];
}

static void start(const sp_solver *s, double lambda, support *a) {
  const sp_std *z = s->problem->design;
  sp_std_mul_t(z, a->cols, a->size, &s->residual, 1, a->pull);
  for (ptrdiff_t e = 0; e < a->size; e++) {
    sp_piece piece;
    const ptrdiff_t j = a->cols[e];
    if (piece_of(s, j, lambda, &piece)) a->pull[e] -= piece.slope + a->ridge[e] * s->beta[j];
    a->remainder[e] = a->pull[e];
  }
}

static int is_solved(const sp_solver *s, double lambda, const support *a) {
  for (ptrdiff_t e = 0; e < a->size; e++)
    if (fabs(a->remainder[e]) > sp_solver_slack(s, a->cols[e], lambda) / 2) return 0;
  return 1;
}

/* Preconditioned by the diagonal. Golub and Van Loan (2013), algorithm 11.5.1. */
static sp_status solve(sp_solver *s, double lambda, support *a, ptrdiff_t *iterations,
                       sp_error *err) {
  const sp_std *z = s->problem->design;
  double last = 0;
  for (int it = 0; it < MAX_ITERATIONS && !is_solved(s, lambda, a); it++) {
    if (*iterations >= s->tolerance.max_iter) break;
    SP_TRY(sp_context_poll(s->ctx, err));
    for (ptrdiff_t e = 0; e < a->size; e++)
      a->conditioned[e] = a->remainder[e] / (z->sqnorm[a->cols[e]] + a->ridge[e]);
    const double now = sp_dot(a->size, a->remainder, a->conditioned);
    const double share = it > 0 ? now / last : 0;
    for (ptrdiff_t e = 0; e < a->size; e++)
      a->direction[e] = a->conditioned[e] + share * a->direction[e];
    multiply(a, a->direction);
    const double bend = sp_dot(a->size, a->direction, a->image);
    if (!(bend > 0)) break;
    sp_axpy(a->size, now / bend, a->direction, a->step);
    sp_axpy(a->size, -now / bend, a->image, a->remainder);
    last = now;
    ++*iterations;
  }
  return SP_OK;
}

/* Shortens the step of every coefficient that would leave its piece; the largest share of the whole
   step that none would leave at. */
static double clip(const sp_solver *s, double lambda, const support *a, double *clipped) {
  double share = 1;
  for (ptrdiff_t e = 0; e < a->size; e++) {
    sp_piece piece;
    const double b = s->beta[a->cols[e]], d = a->step[e];
    clipped[e] = d;
    if (!piece_of(s, a->cols[e], lambda, &piece)) continue;
    const double room = d > 0 ? piece.high - b : piece.low - b;
    if (fabs(d) <= fabs(room)) continue;
    clipped[e] = room;
    share = fmin(share, room / d);
  }
  return share;
}

/* Change of the objective by a step within the pieces. */
static double change_of_objective(support *a, const double *step) {
  multiply(a, step);
  return sp_dot(a->size, step, a->image) / 2 - sp_dot(a->size, step, a->pull);
}

static void take_step(sp_solver *s, const support *a, const double *step, double lambda) {
  for (ptrdiff_t e = 0; e < a->size; e++) {
    sp_piece piece;
    const ptrdiff_t j = a->cols[e];
    if (step[e] == 0 || !piece_of(s, j, lambda, &piece)) continue;
    const double b = fmin(piece.high, fmax(piece.low, s->beta[j] + step[e]));
    sp_std_axpy(s->problem->design, j, s->beta[j] - b, &s->residual);
    s->beta[j] = b;
  }
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
    if (share < 1 && change_of_objective(&a, clipped) > 0)
      for (ptrdiff_t e = 0; e < a.size; e++) clipped[e] = share * a.step[e];
    take_step(s, &a, clipped, lambda);
  }
  release(&a);
  return status;
}
