#include "factor.h"

#include "../alloc.h"
#include "../kernels.h"

#include <math.h>
#include <string.h>

static const double dependence = 1e-10;

static double *row_of(const sp_factor *f, ptrdiff_t i) {
  return f->rows + i * f->capacity;
}

void sp_factor_clear(sp_factor *f) {
  sp_free(f->label);
  sp_free(f->rows);
  memset(f, 0, sizeof *f);
}

static sp_status grow(sp_factor *f, sp_error *err) {
  const ptrdiff_t capacity = f->capacity ? 2 * f->capacity : 32;
  double *rows;
  SP_TRY(SP_RESIZE(&f->label, capacity, err));
  SP_TRY(SP_ALLOC(&rows, capacity * capacity, err));
  for (ptrdiff_t i = 0; i < f->size; i++)
    memcpy(rows + i * capacity, row_of(f, i), (size_t)(i + 1) * sizeof *rows);
  sp_free(f->rows);
  f->rows = rows;
  f->capacity = capacity;
  return SP_OK;
}

/* Solves L x = b in place. */
static void solve_lower(const sp_factor *f, double *b) {
  for (ptrdiff_t i = 0; i < f->size; i++)
    b[i] = (b[i] - sp_dot(i, row_of(f, i), b)) / row_of(f, i)[i];
}

/* Solves L' x = b in place, by rows of L so that memory is read in order. */
static void solve_upper(const sp_factor *f, double *b) {
  for (ptrdiff_t i = f->size - 1; i >= 0; i--) {
    b[i] /= row_of(f, i)[i];
    sp_axpy(i, -b[i], row_of(f, i), b);
  }
}

sp_status sp_factor_append(sp_factor *f, ptrdiff_t label, double *cross, double diagonal,
                           int *dependent, sp_error *err) {
  solve_lower(f, cross);
  const double rest = diagonal - sp_dot(f->size, cross, cross);
  *dependent = !(rest > dependence * diagonal);
  if (*dependent) return SP_OK;
  if (f->size == f->capacity) SP_TRY(grow(f, err));
  memcpy(row_of(f, f->size), cross, (size_t)f->size * sizeof *cross);
  row_of(f, f->size)[f->size] = sqrt(rest);
  f->label[f->size++] = label;
  return SP_OK;
}

void sp_factor_delete(sp_factor *f, ptrdiff_t row) {
  const ptrdiff_t last = --f->size;
  for (ptrdiff_t i = row; i < last; i++) {
    f->label[i] = f->label[i + 1];
    memcpy(row_of(f, i), row_of(f, i + 1), (size_t)(i + 2) * sizeof(double));
  }
  /* Row i now reaches one column too far; rotate columns i and i + 1 to annihilate that entry. */
  for (ptrdiff_t i = row; i < last; i++) {
    double *pivot = row_of(f, i) + i;
    const double length = hypot(pivot[0], pivot[1]);
    const double cosine = pivot[0] / length, sine = pivot[1] / length;
    pivot[0] = length;
    for (ptrdiff_t k = i + 1; k < last; k++) {
      double *entry = row_of(f, k) + i;
      const double left = entry[0], right = entry[1];
      entry[0] = cosine * left + sine * right;
      entry[1] = cosine * right - sine * left;
    }
  }
}

void sp_factor_solve(const sp_factor *f, double *b) {
  solve_lower(f, b);
  solve_upper(f, b);
}
