#include "nearby.h"

#include "../alloc.h"
#include "../kernels.h"

#include <math.h>
#include <string.h>

enum { MAX_ITERATIONS = 40 };

static const double largest_stretch = 1.5;

/* The square of what may be left of a right-hand side. */
static const double enough = 1e-12;

int sp_nearby_is_near(double lambda, double factor_lambda) {
  const double more = fmax(lambda, factor_lambda), less = fmin(lambda, factor_lambda);
  return more <= largest_stretch * less;
}

sp_status sp_nearby_resize(sp_nearby *x, ptrdiff_t capacity, sp_error *err) {
  SP_TRY(SP_RESIZE(&x->excess, capacity, err));
  SP_TRY(SP_RESIZE(&x->remainder, capacity, err));
  SP_TRY(SP_RESIZE(&x->conditioned, capacity, err));
  SP_TRY(SP_RESIZE(&x->direction, capacity, err));
  return SP_RESIZE(&x->direction_image, capacity, err);
}

void sp_nearby_clear(sp_nearby *x) {
  sp_free(x->excess);
  sp_free(x->remainder);
  sp_free(x->conditioned);
  sp_free(x->direction);
  sp_free(x->direction_image);
  memset(x, 0, sizeof *x);
}

/* Conjugate gradients, preconditioned by the factor. The image of a preconditioned vector is the
   vector less the excess: there are no products with the matrix. Golub and Van Loan (2013),
   algorithm 11.5.1. */
void sp_nearby_solve(sp_nearby *x, const sp_factor *f, const double *pull, double *step,
                     double *image) {
  const ptrdiff_t size = f->size;
  const size_t bytes = (size_t)size * sizeof *step;
  const double limit = enough * sp_dot(size, pull, pull);
  double last = INFINITY;
  memcpy(x->remainder, pull, bytes);
  memset(step, 0, bytes);
  memset(image, 0, bytes);
  memset(x->direction, 0, bytes);
  memset(x->direction_image, 0, bytes);
  for (int it = 0; it < MAX_ITERATIONS && sp_dot(size, x->remainder, x->remainder) > limit; it++) {
    memcpy(x->conditioned, x->remainder, bytes);
    sp_factor_solve(f, x->conditioned);
    const double now = sp_dot(size, x->remainder, x->conditioned), share = now / last;
    last = now;
    for (ptrdiff_t row = 0; row < size; row++) {
      x->direction[row] = x->conditioned[row] + share * x->direction[row];
      x->direction_image[row] = x->remainder[row] + share * x->direction_image[row];
    }
    sp_axpy_weighted(size, -1, x->excess, x->conditioned, x->direction_image);
    const double bend = sp_dot(size, x->direction, x->direction_image), length = now / bend;
    if (!(bend > 0)) return;
    sp_axpy(size, length, x->direction, step);
    sp_axpy(size, length, x->direction_image, image);
    sp_axpy(size, -length, x->direction_image, x->remainder);
  }
}
