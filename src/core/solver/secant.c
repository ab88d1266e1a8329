/* What a step has shown about the curvature: along it, s, the gradient has changed by y rather than
 * by H s. The correction of Broyden, Fletcher, Goldfarb and Shanno,
 *   H + y y' / (y's) - H s (H s)' / (s'H s),
 * has H s = y and stays positive definite (Nocedal and Wright 2006, Numerical Optimization, section
 * 6.1). Along a path one step points nearly where the last did, so H keeps up with the curvature.
 * Where that costs as much as steps do, H is but multiplied by y's / s'H s: the better the response
 * is explained, the less curvature there is in all directions. */
#include "quadratic.h"

#include "../alloc.h"
#include "../kernels.h"

#include <math.h>
#include <string.h>

/* Nothing is learnt from a step that finds H more than so much too large. */
static const double largest_fall = 10;

/* A level that changes by more than so much is none. */
static const double largest_change = 10;

/* y and H s of the members in their places. */
typedef struct {
  const double *y, *hs;
  double along_y, along_hs; /* y's, s'H s, by the level */
} secant;

static void correct_gram(sp_quadratic *q, const secant *x) {
  for (ptrdiff_t k = 0; k < q->size; k++) {
    double *column = q->gram + k * q->capacity;
    sp_axpy(q->size, x->y[k] / x->along_y, x->y, column);
    sp_axpy(q->size, -x->hs[k] / x->along_hs, x->hs, column);
  }
}

/* Where rounding denies it the factor is formed anew when it is asked for. */
static void correct_factor(sp_quadratic *q, const secant *x) {
  sp_factor *f = &q->support.factor;
  double *up = q->support.cross[2], *down = q->support.cross[3];
  for (ptrdiff_t row = 0; row < f->size; row++) {
    up[row] = x->y[f->label[row]] / sqrt(x->along_y);
    down[row] = x->hs[f->label[row]] / sqrt(x->along_hs);
  }
  sp_factor_modify(f, up, down);
}

void sp_quadratic_expect(sp_quadratic *q, const double *gradient, const ptrdiff_t *position) {
  for (ptrdiff_t k = 0; k < q->size; k++) {
    q->support.cross[0][k] = gradient[position[q->index[k]]];
    q->support.cross[1][k] = q->support.cross[0][k] - q->gradient[k];
  }
}

void sp_quadratic_level(sp_quadratic *q, const double *gradient, const ptrdiff_t *position) {
  double along_y = 0;
  for (ptrdiff_t k = 0; k < q->size; k++)
    along_y += (q->support.cross[0][k] - gradient[position[q->index[k]]]) * q->step[k];
  const double change = along_y / sp_dot(q->size, q->support.cross[1], q->step);
  if (change > 1 / largest_change && change < largest_change) q->level *= change;
}

/* Before the first correction. */
static sp_status keep_plain(sp_quadratic *q, sp_error *err) {
  const ptrdiff_t size = q->capacity * q->capacity;
  if (!q->plain) SP_TRY(SP_ALLOC(&q->plain, size, err));
  memcpy(q->plain, q->gram, (size_t)size * sizeof *q->plain);
  return SP_OK;
}

sp_status sp_quadratic_correct(sp_quadratic *q, const double *gradient, const ptrdiff_t *position,
                               sp_error *err) {
  double *y = q->support.cross[0], *hs = q->support.cross[1];
  for (ptrdiff_t k = 0; k < q->size; k++) y[k] -= gradient[position[q->index[k]]];
  const secant x = {.y = y,
                    .hs = hs,
                    .along_y = q->level * sp_dot(q->size, y, q->step),
                    .along_hs = q->level * sp_dot(q->size, hs, q->step)};
  if (!(x.along_hs > 0 && x.along_y > x.along_hs / largest_fall)) return SP_OK;
  if (q->keeps_plain && !q->corrected) SP_TRY(keep_plain(q, err));
  correct_gram(q, &x);
  correct_factor(q, &x);
  q->corrected = 1;
  return SP_OK;
}
