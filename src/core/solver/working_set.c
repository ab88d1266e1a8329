#include "working_set.h"

#include "../alloc.h"

#include <string.h>

/* 128 MiB of Gram matrix; beyond it the solver works with residuals. */
static const ptrdiff_t largest_gram = 4096;

sp_status sp_working_set_init(sp_working_set *w, const sp_std *z, sp_error *err) {
  const ptrdiff_t p = z->x->p;
  memset(w, 0, sizeof *w);
  w->capacity = p < 64 ? p : 64;
  SP_TRY(SP_ALLOC(&w->position, p, err));
  for (ptrdiff_t j = 0; j < p; j++) w->position[j] = -1;
  SP_TRY(SP_ALLOC(&w->index, w->capacity, err));
  SP_TRY(SP_ALLOC(&w->gradient, w->capacity, err));
  SP_TRY(SP_ALLOC(&w->gram, w->capacity * w->capacity, err));
  return SP_ALLOC(&w->column.values, z->x->n, err);
}

void sp_working_set_clear(sp_working_set *w) {
  sp_free(w->index);
  sp_free(w->position);
  sp_free(w->gradient);
  sp_free(w->gram);
  sp_free(w->column.values);
  memset(w, 0, sizeof *w);
}

const double *sp_working_set_gram(const sp_working_set *w, ptrdiff_t k) {
  return w->gram + k * w->capacity;
}

static sp_status grow(sp_working_set *w, ptrdiff_t p, sp_error *err) {
  const ptrdiff_t capacity = 2 * w->capacity < p ? 2 * w->capacity : p;
  SP_TRY(SP_RESIZE(&w->index, capacity, err));
  SP_TRY(SP_RESIZE(&w->gradient, capacity, err));
  double *gram = NULL;
  if (w->gram && capacity <= largest_gram) {
    SP_TRY(SP_ALLOC(&gram, capacity * capacity, err));
    for (ptrdiff_t k = 0; k < w->size; k++)
      memcpy(gram + k * capacity, sp_working_set_gram(w, k), (size_t)w->size * sizeof *gram);
  }
  sp_free(w->gram);
  w->gram = gram;
  w->capacity = capacity;
  return SP_OK;
}

/* The new column is formed once, centred: that keeps the products accurate when a mean is large
   against its standard deviation. */
static void fill_gram(sp_working_set *w, const sp_std *z, ptrdiff_t j) {
  const ptrdiff_t last = w->size, ld = w->capacity;
  memset(w->column.values, 0, (size_t)z->x->n * sizeof *w->column.values);
  w->column.sum = 0;
  sp_std_axpy_centred(z, j, 1, &w->column);
  for (ptrdiff_t k = 0; k < last; k++) {
    const double product = sp_std_dot(z, w->index[k], &w->column);
    w->gram[k + last * ld] = product;
    w->gram[last + k * ld] = product;
  }
  w->gram[last + last * ld] = z->sqnorm[j];
}

sp_status sp_working_set_add(sp_working_set *w, const sp_std *z, ptrdiff_t j, double c,
                             sp_error *err) {
  if (w->size == w->capacity) SP_TRY(grow(w, z->x->p, err));
  if (w->gram) fill_gram(w, z, j);
  w->index[w->size] = j;
  w->gradient[w->size] = c;
  w->position[j] = w->size++;
  return SP_OK;
}
