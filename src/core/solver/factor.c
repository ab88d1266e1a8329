#include "factor.h"

#include "../alloc.h"
#include "../kernels.h"

#include <math.h>
#include <string.h>

_Static_assert((int)SP_FACTOR_GROUP < (int)SP_PANEL, "a group and what is solved beside it");

/* The share of its diagonal that must be left of a member, unless `least` says else. */
static const double dependence = 1e-10;

void sp_factor_clear(sp_factor *f) {
  sp_free(f->label);
  sp_free(f->pool);
  sp_free(f->row);
  sp_free(f->scratch);
  memset(f, 0, sizeof *f);
}

enum { ROWS = 4 /* that are worked on together */ };

static sp_status grow(sp_factor *f, sp_error *err) {
  const ptrdiff_t capacity = f->capacity ? 2 * f->capacity : 32;
  double *pool;
  SP_TRY(SP_RESIZE(&f->label, capacity, err));
  SP_TRY(SP_RESIZE(&f->scratch, SP_PANEL * capacity + SP_BESIDE, err));
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

/* The products of four rows with what is solved share one reading of b. */
void sp_factor_solve_lower(const sp_factor *f, double *b) {
  ptrdiff_t i = 0;
  for (; i + ROWS <= f->size; i += ROWS) {
    double sums[ROWS] = {0}, *const *rows = f->row + i;
    sp_dots_4x1(i, (const double *const *)rows, b, sums);
    for (int a = 0; a < ROWS; a++) {
      for (int e = 0; e < a; e++) sums[a] += rows[a][i + e] * b[i + e];
      b[i + a] = (b[i + a] - sums[a]) / rows[a][i + a];
    }
  }
  for (; i < f->size; i++) b[i] = (b[i] - sp_dot(i, f->row[i], b)) / f->row[i][i];
}

/* By rows of L, so that memory is read in order. */
void sp_factor_solve_upper(const sp_factor *f, double *b) {
  ptrdiff_t i = f->size;
  for (; i >= ROWS; i -= ROWS) {
    double minus[ROWS], *const *rows = f->row + i - ROWS;
    const ptrdiff_t first = i - ROWS;
    for (int a = ROWS - 1; a >= 0; a--) {
      b[first + a] /= rows[a][first + a];
      minus[a] = -b[first + a];
      for (int e = 0; e < a; e++) b[first + e] += minus[a] * rows[a][first + e];
    }
    sp_axpy_4(first, minus, (const double *const *)rows, b);
  }
  while (i-- > 0) {
    b[i] /= f->row[i][i];
    sp_axpy(i, -b[i], f->row[i], b);
  }
}

/* Eliminates the existing rows from up to four new ones: cross[a] becomes L^-1 cross[a]. The
   products of the new rows with four old ones are one call of the block kernel. */
static void eliminate_few(const sp_factor *f, double *const *cross, int count) {
  const double *left[ROWS], *right[ROWS];
  for (int a = 0; a < ROWS; a++) left[a] = cross[a < count ? a : 0];
  ptrdiff_t i = 0;
  for (; i + ROWS <= f->size; i += ROWS) {
    double sums[ROWS * ROWS] = {0};
    for (int b = 0; b < ROWS; b++) right[b] = f->row[i + b];
    sp_dots_4x4(i, left, right, sums);
    for (int a = 0; a < count; a++)
      for (int b = 0; b < ROWS; b++) {
        double rest = cross[a][i + b] - sums[ROWS * a + b];
        for (int e = 0; e < b; e++) rest -= cross[a][i + e] * right[b][i + e];
        cross[a][i + b] = rest / right[b][i + b];
      }
  }
  for (; i < f->size; i++)
    for (int a = 0; a < count; a++)
      cross[a][i] = (cross[a][i] - sp_dot(i, f->row[i], cross[a])) / f->row[i][i];
}

/* The next entries of all rows of a panel: `sums` are the products of row[0 .. count - 1] with
   those before. */
static void solve_beside(ptrdiff_t i, int count, const double *const *row, double *sums,
                         double *panel, int width) {
  for (int b = 0; b < count; b++) {
    double *left = sums + SP_PANEL * b, *next = panel + width * (i + b);
    const double diagonal = row[b][i + b];
    for (int e = 0; e < b; e++)
      for (int a = 0; a < width; a++) left[a] += row[b][i + e] * panel[width * (i + e) + a];
    for (int a = 0; a < width; a++) next[a] = (next[a] - left[a]) / diagonal;
  }
}

/* The same for a panel of new rows, which share one reading of the existing ones. Places that are
   left over are zeros. */
static void eliminate_many(const sp_factor *f, double *const *cross, int count) {
  double *panel = sp_panel_begin(f->scratch);
  const int width = sp_panel_width(count);
  memset(panel, 0, (size_t)(width * f->size) * sizeof *panel);
  for (int a = 0; a < count; a++) sp_lay_beside(f->size, cross[a], width, panel + a);
  for (ptrdiff_t i = 0; i < f->size; i += ROWS) {
    const double *row[ROWS];
    double sums[ROWS * SP_PANEL] = {0};
    const int rows = f->size - i < ROWS ? (int)(f->size - i) : ROWS;
    for (int b = 0; b < ROWS; b++) row[b] = f->row[i + (b < rows ? b : 0)];
    sp_dots_panel(i, row, panel, width, sums);
    solve_beside(i, rows, row, sums, panel, width);
  }
  for (int a = 0; a < count; a++)
    for (ptrdiff_t i = 0; i < f->size; i++) cross[a][i] = panel[width * i + a];
}

/* Of the new rows, and of a right-hand side b beside them. */
static void eliminate(const sp_factor *f, double *const *cross, int count, double *b) {
  double *all[SP_PANEL];
  memcpy(all, cross, (size_t)count * sizeof *all);
  if (b) all[count++] = b;
  (count > ROWS ? eliminate_many : eliminate_few)(f, all, count);
}

sp_status sp_factor_append(sp_factor *f, int count, const ptrdiff_t *label, double *const *cross,
                           double *b, int *dependent, sp_error *err) {
  const ptrdiff_t before = f->size;
  const double least = f->least > 0 ? f->least : dependence;
  while (f->size + count > f->capacity) SP_TRY(grow(f, err));
  if (count == 0) return SP_OK;
  eliminate(f, cross, count, b);
  for (int a = 0; a < count; a++) {
    double *row = f->row[f->size];
    const double diagonal = cross[a][before + a];
    memcpy(row, cross[a], (size_t)before * sizeof *row);
    /* Members of the same group that went before. `kept` counts those that were not dependent. */
    ptrdiff_t kept = before;
    for (int e = 0; e < a; e++) {
      if (dependent[e]) continue;
      row[kept] = (cross[a][before + e] - sp_dot(kept, row, f->row[kept])) / f->row[kept][kept];
      kept++;
    }
    const double rest = diagonal - sp_dot(kept, row, row);
    dependent[a] = !(rest > least * diagonal);
    if (dependent[a]) continue;
    row[kept] = sqrt(rest);
    f->label[f->size++] = label[a];
  }
  return SP_OK;
}

/* The rows above the deleted one stay as they are. Those below lose the column w, whose share of
   their products comes back as a change of rank one: with w = L p, entry L_ik becomes stretch_k
   L_ik + shear_k w_ik, where w_ik is what the columns up to k leave of w_i = sum_k L_ik p_k. */
typedef struct {
  double *p, *stretch, *shear; /* of the columns so far */
  double length;               /* sqrt(1 + sum p_k^2) */
} absorption;

static void absorb(double *row, ptrdiff_t begin, ptrdiff_t end, double *carried,
                   const absorption *a) {
  for (ptrdiff_t k = begin; k < end; k++) {
    *carried -= a->p[k] * row[k + 1];
    row[k] = a->stretch[k] * row[k + 1] + a->shear[k] * *carried;
  }
}

/* Row i from column `begin` to its diagonal, whose turn it is then. */
static void absorb_row(double *row, ptrdiff_t begin, ptrdiff_t i, double carried, absorption *a) {
  absorb(row, begin, i, &carried, a);
  const double p = carried / row[i + 1], longer = hypot(a->length, p);
  a->p[i] = p;
  a->stretch[i] = longer / a->length;
  a->shear[i] = p / a->length / longer;
  a->length = longer;
  row[i] = a->stretch[i] * row[i + 1];
}

static void take_out(sp_factor *f, ptrdiff_t row) {
  const ptrdiff_t last = --f->size;
  double *freed = f->row[row];
  for (ptrdiff_t i = row; i < last; i++) {
    f->row[i] = f->row[i + 1];
    f->label[i] = f->label[i + 1];
  }
  f->row[last] = freed;
}

static absorption close_gap(sp_factor *f, ptrdiff_t row) {
  absorption a = {.p = f->scratch,
                  .stretch = f->scratch + f->capacity,
                  .shear = f->scratch + 2 * f->capacity,
                  .length = 1};
  take_out(f, row);
  for (ptrdiff_t begin = row; begin < f->size; begin += ROWS) {
    const ptrdiff_t rest = f->size - begin, count = rest < ROWS ? rest : ROWS;
    double carried[ROWS], *from[ROWS];
    for (ptrdiff_t e = 0; e < count; e++) {
      from[e] = f->row[begin + e] + row;
      carried[e] = from[e][0];
    }
    const int together = count == ROWS;
    if (together)
      sp_absorb_4(begin - row, from, a.p + row, a.stretch + row, a.shear + row, carried);
    for (ptrdiff_t e = 0; e < count; e++)
      absorb_row(f->row[begin + e], together ? begin : row, begin + e, carried[e], &a);
  }
  return a;
}

void sp_factor_delete(sp_factor *f, ptrdiff_t row) {
  close_gap(f, row);
}

/* With L_row the deleted row, b - G_row value = L (half - L_row value), and half is one more
   row. */
void sp_factor_fix(sp_factor *f, ptrdiff_t row, double value, double *half) {
  sp_axpy(row + 1, -value, f->row[row], half);
  const absorption a = close_gap(f, row);
  double carried = half[row];
  absorb(half, row, f->size, &carried, &a);
}

void sp_factor_solve(const sp_factor *f, double *b) {
  sp_factor_solve_lower(f, b);
  sp_factor_solve_upper(f, b);
}

/* ---- changes of rank two ------------------------------------------------------------------ */

/* A rotation that takes `up` into the diagonal and a hyperbolic one that takes `down` out of it. */
typedef struct {
  double cosine, sine, stretch, shear;
} turn;

/* The turns of the rows above: the row's entries begin .. end - 1 and what it carries. */
static void turn_row(double *row, ptrdiff_t begin, ptrdiff_t end, const turn *turns, double *up,
                     double *down) {
  double u = *up, d = *down;
  for (ptrdiff_t k = begin; k < end; k++) {
    const turn t = turns[k];
    const double between = t.cosine * row[k] + t.sine * u;
    u = t.cosine * u - t.sine * row[k];
    row[k] = t.stretch * between - t.shear * d;
    d = t.stretch * d - t.shear * between;
  }
  *up = u;
  *down = d;
}

/* Four rows side by side, as in sp_absorb_4(). */
static void turn_4(double *const *rows, ptrdiff_t end, const turn *turns, double *up,
                   double *down) {
  double u[4], d[4], between[4];
  for (int a = 0; a < 4; a++) {
    u[a] = up[a];
    d[a] = down[a];
  }
  for (ptrdiff_t k = 0; k < end; k++) {
    const turn t = turns[k];
    for (int a = 0; a < 4; a++) between[a] = t.cosine * rows[a][k] + t.sine * u[a];
    for (int a = 0; a < 4; a++) u[a] = t.cosine * u[a] - t.sine * rows[a][k];
    for (int a = 0; a < 4; a++) rows[a][k] = t.stretch * between[a] - t.shear * d[a];
    for (int a = 0; a < 4; a++) d[a] = t.stretch * d[a] - t.shear * between[a];
  }
  for (int a = 0; a < 4; a++) {
    up[a] = u[a];
    down[a] = d[a];
  }
}

static int turn_diagonal(double *diagonal, double up, double down, turn *t) {
  const double before = *diagonal, between = hypot(before, up);
  const double square = (between - down) * (between + down);
  if (!(square > dependence * between * between)) return 0;
  *diagonal = sqrt(square);
  *t = (turn){.cosine = before / between,
              .sine = up / between,
              .stretch = between / *diagonal,
              .shear = down / *diagonal};
  return 1;
}

void sp_factor_modify(sp_factor *f, double *up, double *down) {
  turn *turns = (turn *)f->scratch;
  for (ptrdiff_t i = 0; i < f->size; i++) {
    const ptrdiff_t first = i - i % 4, together = first + 4 <= f->size;
    if (together && i == first) turn_4(f->row + i, i, turns, up + i, down + i);
    turn_row(f->row[i], together ? first : 0, i, turns, up + i, down + i);
    if (turn_diagonal(f->row[i] + i, up[i], down[i], turns + i)) continue;
    f->size = 0;
    return;
  }
}
