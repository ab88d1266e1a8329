#include "working_set.h"

#include "../alloc.h"
#include "../kernels.h"

#include <math.h>
#include <string.h>

/* Beyond this size the Gram matrix is given up and the solver works with residuals. A full Gram
   matrix costs |W| per change of a coefficient, the residual a column's stored entries: the
   sparser those are, the sooner it pays. */
static ptrdiff_t largest_gram(const sp_design *x) {
  const ptrdiff_t limit = x->p > 0 ? 50 * (x->entries / x->p) : 0;
  return limit < 1024 ? 1024 : limit > SP_GRAM_MOST ? SP_GRAM_MOST : limit;
}

static ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) {
  return a < b ? a : b;
}

sp_status sp_working_set_init(sp_working_set *w, const sp_std *z, const double *known,
                              sp_error *err) {
  const ptrdiff_t p = z->x->p;
  memset(w, 0, sizeof *w);
  w->known = known;
  w->largest_gram = largest_gram(z->x);
  w->capacity = smaller(p, 64);
  SP_TRY(SP_ALLOC(&w->position, p, err));
  for (ptrdiff_t j = 0; j < p; j++) w->position[j] = -1;
  SP_TRY(SP_ALLOC(&w->index, w->capacity, err));
  SP_TRY(SP_ALLOC(&w->gradient, w->capacity, err));
  SP_TRY(SP_ALLOC(&w->norm, w->capacity, err));
  SP_TRY(SP_ALLOC(&w->alike, w->capacity, err));
  SP_TRY(SP_ALLOC(&w->products, SP_BATCH * w->capacity, err));
  SP_TRY(SP_ALLOC(&w->gram, w->capacity * w->capacity, err));
  if (known) return SP_OK;
  const int batch = z->x->ops->cross ? 1 : SP_FEW;
  for (int b = 0; b < batch; b++) SP_TRY(SP_ALLOC(&w->batch[b].values, z->x->n, err));
  if (z->x->ops->cross) SP_TRY(SP_ALLOC(&w->block, SP_CROSS_SCRATCH, err));
  return SP_OK;
}

void sp_working_set_clear(sp_working_set *w) {
  sp_free(w->index);
  sp_free(w->position);
  sp_free(w->gradient);
  sp_free(w->norm);
  sp_free(w->alike);
  sp_free(w->products);
  sp_free(w->block);
  sp_free(w->gram);
  sp_rows_clear(&w->rows);
  sp_free(w->with_all);
  for (int b = 0; b < SP_FEW; b++) sp_free(w->batch[b].values);
  memset(w, 0, sizeof *w);
}

void sp_working_set_give_up_gram(sp_working_set *w) {
  sp_free(w->gram);
  w->gram = NULL;
}

/* Entries move towards the front only, in order: none is overwritten before it has moved. */
static void compact_gram(sp_working_set *w, const ptrdiff_t *place) {
  for (ptrdiff_t a = 0; a < w->size; a++) {
    if (place[a] < 0) continue;
    const double *from = w->gram + a * w->capacity;
    double *to = w->gram + place[a] * w->capacity;
    for (ptrdiff_t b = 0; b < w->size; b++)
      if (place[b] >= 0) to[place[b]] = from[b];
  }
}

void sp_working_set_keep(sp_working_set *w, ptrdiff_t *place) {
  ptrdiff_t kept = 0;
  for (ptrdiff_t a = 0; a < w->size; a++)
    if (place[a] >= 0) place[a] = kept++;
  if (w->gram) compact_gram(w, place);
  for (ptrdiff_t a = 0; a < w->size; a++) {
    w->position[w->index[a]] = place[a];
    if (place[a] < 0) continue;
    w->index[place[a]] = w->index[a];
    w->gradient[place[a]] = w->gradient[a];
    w->norm[place[a]] = w->norm[a];
    w->alike[place[a]] = w->alike[a];
  }
  w->size = kept;
}

void sp_working_set_sort(sp_working_set *w, ptrdiff_t p) {
  ptrdiff_t k = 0;
  for (ptrdiff_t j = 0; j < p; j++) {
    if (w->position[j] < 0) continue;
    w->position[j] = k;
    w->index[k++] = j;
  }
}

const double *sp_working_set_gram(const sp_working_set *w, ptrdiff_t k) {
  return w->gram + k * w->capacity;
}

/* Doubles the room as often as `size` members need. */
static sp_status reserve(sp_working_set *w, const sp_design *x, ptrdiff_t size, sp_error *err) {
  ptrdiff_t capacity = w->capacity;
  if (size <= capacity) return SP_OK;
  while (capacity < size) capacity = smaller(2 * capacity, x->p);
  SP_TRY(SP_RESIZE(&w->index, capacity, err));
  SP_TRY(SP_RESIZE(&w->gradient, capacity, err));
  SP_TRY(SP_RESIZE(&w->norm, capacity, err));
  SP_TRY(SP_RESIZE(&w->alike, capacity, err));
  SP_TRY(SP_RESIZE(&w->products, SP_BATCH * capacity, err));
  double *gram = NULL;
  if (w->gram && (w->known || capacity <= w->largest_gram)) {
    SP_TRY(SP_ALLOC(&gram, capacity * capacity, err));
    for (ptrdiff_t k = 0; k < w->size; k++)
      memcpy(gram + k * capacity, sp_working_set_gram(w, k), (size_t)w->size * sizeof *gram);
  }
  sp_free(w->gram);
  w->gram = gram;
  w->capacity = capacity;
  return SP_OK;
}

/* Products of the newest `count` members with all members. Each is formed once, centred: that keeps
   the products accurate when a mean is large against its standard deviation. */
static void centred_products(sp_working_set *w, const sp_std *z, ptrdiff_t count) {
  const ptrdiff_t first = w->size - count;
  for (ptrdiff_t b = 0; b < count; b++) {
    memset(w->batch[b].values, 0, (size_t)z->x->n * sizeof *w->batch[b].values);
    w->batch[b].sum = 0;
    sp_std_axpy_centred(z, w->index[first + b], 1, &w->batch[b]);
  }
  sp_std_mul_t(z, w->index, w->size, w->batch, count, w->products);
}

/* The same from blocks of rows of a dense X, so that no centred column is ever whole. */
static void products_by_blocks(sp_working_set *w, const sp_std *z, ptrdiff_t count) {
  const ptrdiff_t *more = w->index + w->size - count;
  const double unit = z->v ? 1 : 1 / (double)z->x->n;
  double center[SP_BATCH] = {0}, sums[SP_BATCH];
  for (ptrdiff_t b = 0; b < count; b++) center[b] = z->center[more[b]];
  z->x->ops->cross(z->x, w->index, w->size, more, count, center, z->v, w->block, w->products, sums);
  for (ptrdiff_t b = 0; b < count; b++)
    for (ptrdiff_t k = 0; k < w->size; k++) {
      const ptrdiff_t j = more[b], l = w->index[k];
      const double product = unit * (w->products[b * w->size + k] - z->center[l] * sums[b]);
      w->products[b * w->size + k] = product / (z->scale[j] * z->scale[l]);
    }
}

/* The same from the rows of a sparse X: two columns share few of them. */
static void products_by_rows(sp_working_set *w, const sp_std *z, ptrdiff_t count) {
  const double unit = z->v ? 1 : 1 / (double)z->x->n;
  for (ptrdiff_t b = 0; b < count; b++) {
    const ptrdiff_t j = w->index[w->size - count + b];
    memset(w->with_all, 0, (size_t)z->x->p * sizeof *w->with_all);
    z->x->ops->row_products(z->x, &w->rows, j, z->v, w->with_all);
    for (ptrdiff_t k = 0; k < w->size; k++) {
      const ptrdiff_t l = w->index[k];
      const double product = unit * w->with_all[l] - z->center[j] * z->center[l];
      w->products[b * w->size + k] = product / (z->scale[j] * z->scale[l]);
    }
  }
}

static void products_as_known(sp_working_set *w, const sp_std *z, ptrdiff_t count) {
  for (ptrdiff_t b = 0; b < count; b++) {
    const double *column = w->known + w->index[w->size - count + b] * z->x->p;
    for (ptrdiff_t k = 0; k < w->size; k++) w->products[b * w->size + k] = column[w->index[k]];
  }
}

static sp_status choose_rows(sp_working_set *w, const sp_std *z, sp_error *err) {
  if (w->with_all || !sp_std_rows_pay(z, w->size)) return SP_OK;
  SP_TRY(z->x->ops->by_rows(z->x, &w->rows, err));
  return SP_ALLOC(&w->with_all, z->x->p, err);
}

/* The newest `count` members get their rows and columns of the Gram matrix. */
static sp_status fill_gram(sp_working_set *w, const sp_std *z, ptrdiff_t count, sp_error *err) {
  const ptrdiff_t first = w->size - count, ld = w->capacity;
  SP_TRY(w->known ? SP_OK : choose_rows(w, z, err));
  if (w->known)
    products_as_known(w, z, count);
  else if (w->with_all)
    products_by_rows(w, z, count);
  else if (w->block)
    products_by_blocks(w, z, count);
  else
    centred_products(w, z, count);
  for (ptrdiff_t b = 0; b < count; b++) {
    const ptrdiff_t column = first + b;
    for (ptrdiff_t k = 0; k < column; k++) {
      const double product = w->products[b * w->size + k];
      w->gram[k + column * ld] = product;
      w->gram[column + k * ld] = product;
    }
    w->gram[column + column * ld] = z->sqnorm[w->index[column]];
    w->norm[column] = sqrt(z->sqnorm[w->index[column]]);
    w->alike[column] = w->index[column];
    w->alike[column] = w->alike[sp_gram_find_equal(z, w->known, w->index, w->gram + column * ld,
                                                   w->norm, column, w->batch[0].values)];
  }
  return SP_OK;
}

sp_status sp_working_set_add(sp_working_set *w, const sp_std *z, const ptrdiff_t *cols, ptrdiff_t k,
                             sp_error *err) {
  SP_TRY(reserve(w, z->x, w->size + k, err));
  const ptrdiff_t batch = sp_design_batch(z->x);
  for (ptrdiff_t begin = 0; begin < k; begin += batch) {
    const ptrdiff_t count = smaller(batch, k - begin);
    for (ptrdiff_t b = 0; b < count; b++) {
      w->index[w->size] = cols[begin + b];
      w->gradient[w->size] = 0;
      w->position[cols[begin + b]] = w->size++;
    }
    if (w->gram) SP_TRY(fill_gram(w, z, count, err));
  }
  return SP_OK;
}

sp_status sp_working_set_take_up_gram(sp_working_set *w, const sp_std *z, const sp_context *ctx,
                                      sp_error *err) {
  const ptrdiff_t size = w->size;
  w->largest_gram = SP_GRAM_MOST;
  w->keeps_gram = 1;
  SP_TRY(SP_ALLOC(&w->gram, w->capacity * w->capacity, err));
  for (w->size = 0; w->size < size;) {
    const ptrdiff_t count = smaller(sp_design_batch(z->x), size - w->size);
    w->size += count;
    SP_TRY(sp_context_poll(ctx, err));
    SP_TRY(fill_gram(w, z, count, err));
  }
  return SP_OK;
}
