#include "factor.h"

#include "../alloc.h"
#include "../kernels.h"

#include <math.h>
#include <string.h>

static const double dependence = 1e-10;

void sp_factor_clear(sp_factor *f) {
  sp_free(f->label);
  sp_free(f->pool);
  sp_free(f->row);
  sp_free(f->rotations);
  memset(f, 0, sizeof *f);
}

static sp_status grow(sp_factor *f, sp_error *err) {
  const ptrdiff_t capacity = f->capacity ? 2 * f->capacity : 32;
  double *pool;
  SP_TRY(SP_RESIZE(&f->label, capacity, err));
  SP_TRY(SP_RESIZE(&f->rotations, 2 * capacity, err));
  SP_TRY(SP_RESIZE(&f->row, capacity, err));
  SP_TRY(SP_ALLOC(&pool, capacity * capacity, err));
  for (ptrdiff_t i = 0; i < f->size; i++)
    memcpy(pool + i * capacity, f->row[i], (size_t)(i + 1) * sizeof *pool);
  for (ptrdiff_t i = 0; i < capacity; i++) f->row[i] = pool + i * capacity;
  sp_free(f->pool);
  f->pool = pool;
  f->capacity = capacity;
  return SP_OK;
}

/* Solves L x = b in place. */
static void solve_lower(const sp_factor *f, double *b) {
  for (ptrdiff_t i = 0; i < f->size; i++) b[i] = (b[i] - sp_dot(i, f->row[i], b)) / f->row[i][i];
}

/* Solves L' x = b in place, by rows of L so that memory is read in order. */
static void solve_upper(const sp_factor *f, double *b) {
  for (ptrdiff_t i = f->size - 1; i >= 0; i--) {
    b[i] /= f->row[i][i];
    sp_axpy(i, -b[i], f->row[i], b);
  }
}

/* Eliminates the existing rows from up to four new ones at once: cross[a] becomes L^-1 cross[a].
   The products of the new rows with four old ones are one call of the block kernel. */
static void eliminate(const sp_factor *f, double *const *cross, int count) {
  const double *left[SP_FACTOR_GROUP], *right[SP_FACTOR_GROUP];
  for (int a = 0; a < SP_FACTOR_GROUP; a++) left[a] = cross[a < count ? a : 0];
  ptrdiff_t i = 0;
  for (; i + SP_FACTOR_GROUP <= f->size; i += SP_FACTOR_GROUP) {
    double sums[SP_FACTOR_GROUP * SP_FACTOR_GROUP] = {0};
    for (int b = 0; b < SP_FACTOR_GROUP; b++) right[b] = f->row[i + b];
    sp_dots_4x4(i, left, right, sums);
    for (int a = 0; a < count; a++)
      for (int b = 0; b < SP_FACTOR_GROUP; b++) {
        double rest = cross[a][i + b] - sums[SP_FACTOR_GROUP * a + b];
        for (int e = 0; e < b; e++) rest -= cross[a][i + e] * right[b][i + e];
        cross[a][i + b] = rest / right[b][i + b];
      }
  }
  for (; i < f->size; i++)
    for (int a = 0; a < count; a++)
      cross[a][i] = (cross[a][i] - sp_dot(i, f->row[i], cross[a])) / f->row[i][i];
}

sp_status sp_factor_append(sp_factor *f, int count, const ptrdiff_t *label, double *const *cross,
                           int *dependent, sp_error *err) {
  const ptrdiff_t before = f->size;
  while (f->size + count > f->capacity) SP_TRY(grow(f, err));
  eliminate(f, cross, count);
  for (int a = 0; a < count; a++) {
    double *row = f->row[f->size];
    const double diagonal = cross[a][before + a];
    memcpy(row, cross[a], (size_t)before * sizeof *row);
    /* Members of the same group that went before. `kept` counts those that were not dependent. */
    ptrdiff_t kept = before;
    for (int b = 0; b < a; b++) {
      if (dependent[b]) continue;
      row[kept] = (cross[a][before + b] - sp_dot(kept, row, f->row[kept])) / f->row[kept][kept];
      kept++;
    }
    const double rest = diagonal - sp_dot(kept, row, row);
    dependent[a] = !(rest > dependence * diagonal);
    if (dependent[a]) continue;
    row[kept] = sqrt(rest);
    f->label[f->size++] = label[a];
  }
  return SP_OK;
}

/* Row i reaches one column too far once the rows above the deleted one have moved up: columns i and
   i + 1 are rotated to annihilate that entry. Every row meets the rotations of the rows above it
   first, so that memory is read in order. */
void sp_factor_delete(sp_factor *f, ptrdiff_t row) {
  const ptrdiff_t last = --f->size;
  double *freed = f->row[row], *rotation = f->rotations;
  for (ptrdiff_t i = row; i < last; i++) {
    double *entry = f->row[i] = f->row[i + 1];
    f->label[i] = f->label[i + 1];
    double carried = entry[row];
    for (ptrdiff_t k = row; k < i; k++) {
      const double cosine = rotation[2 * (k - row)], sine = rotation[2 * (k - row) + 1];
      const double right = entry[k + 1];
      entry[k] = cosine * carried + sine * right;
      carried = cosine * right - sine * carried;
    }
    const double length = hypot(carried, entry[i + 1]);
    rotation[2 * (i - row)] = carried / length;
    rotation[2 * (i - row) + 1] = entry[i + 1] / length;
    entry[i] = length;
  }
  f->row[last] = freed;
}

void sp_factor_solve(const sp_factor *f, double *b) {
  solve_lower(f, b);
  solve_upper(f, b);
}
