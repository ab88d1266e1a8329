#include "slip.h"

#include "../alloc.h"
#include "../kernels.h"
#include "factor.h"

#include <math.h>
#include <string.h>

/* Entries of column j of G with the members of the factor, and its own. */
static void cross_products(const sp_std *z, const sp_working_set *w, const sp_factor *f,
                           ptrdiff_t j, sp_rowvec *column, double *cross) {
  if (w->gram && w->position[j] >= 0) {
    const double *gram = sp_working_set_gram(w, w->position[j]);
    for (ptrdiff_t row = 0; row < f->size; row++) cross[row] = gram[w->position[f->label[row]]];
  } else {
    memset(column->values, 0, (size_t)z->x->n * sizeof *column->values);
    column->sum = 0;
    sp_std_axpy_centred(z, j, 1, column);
    sp_std_mul_t(z, f->label, f->size, column, 1, cross);
  }
  cross[f->size] = z->sqnorm[j];
}

/* L^-1 c of the columns that are kept takes the place of c, one after the other. The gradient of
   one that is a combination of others is that combination of theirs; where more is left of it, it
   would explain what they do not. */
static sp_status eliminate(const sp_std *z, const sp_working_set *w, const ptrdiff_t *cols,
                           ptrdiff_t k, double *c, double noise, sp_rowvec *column, sp_factor *f,
                           double *cross, double *square, sp_error *err) {
  for (ptrdiff_t a = 0; a < k; a++) {
    int dependent;
    const ptrdiff_t kept = f->size;
    cross_products(z, w, f, cols[a], column, cross);
    SP_TRY(sp_factor_append(f, 1, &cols[a], &cross, NULL, &dependent, err));
    const double left = c[a] - sp_dot(kept, cross, c);
    if (dependent) {
      if (!(fabs(left) <= noise * sqrt(z->sqnorm[cols[a]]))) *square = INFINITY;
      continue;
    }
    c[kept] = left / f->row[kept][kept];
    *square += c[kept] * c[kept];
  }
  return SP_OK;
}

sp_status sp_slip(const sp_std *z, const sp_working_set *w, const ptrdiff_t *cols, ptrdiff_t k,
                  double *c, double noise, sp_rowvec *column, double *slip, sp_error *err) {
  double square = 0;
  *slip = 0;
  if (k == 0) return SP_OK;
  sp_factor f = {.least = SP_FACTOR_FINEST};
  double *cross = NULL;
  sp_status status = SP_ALLOC(&cross, k + 1, err);
  if (status == SP_OK) status = eliminate(z, w, cols, k, c, noise, column, &f, cross, &square, err);
  *slip = sqrt(square);
  sp_free(cross);
  sp_factor_clear(&f);
  return status;
}
