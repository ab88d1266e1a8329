#include "design.h"

#include "../kernels.h"

#include <math.h>

static const double *column(const sp_design *x, ptrdiff_t j) {
  return (const double *)x->data + j * x->n;
}

static double dense_dot(const sp_design *x, ptrdiff_t j, const double *u) {
  return sp_dot(x->n, column(x, j), u);
}

static void dense_axpy(const sp_design *x, ptrdiff_t j, double a, const double *w, double *u) {
  if (w)
    sp_axpy_weighted(x->n, a, w, column(x, j), u);
  else
    sp_axpy(x->n, a, column(x, j), u);
}

static void dense_mul(const sp_design *x, const ptrdiff_t *cols, ptrdiff_t k, const double *b,
                      const double *w, double *u) {
  ptrdiff_t a = 0;
  for (; !w && a + 4 <= k; a += 4) {
    const double *columns[4];
    for (int c = 0; c < 4; c++) columns[c] = column(x, cols[a + c]);
    sp_axpy_4(x->n, b + a, columns, u);
  }
  for (; a < k; a++) dense_axpy(x, cols[a], b[a], w, u);
}

/* Rows are taken in blocks that stay in cache while all columns and vectors meet there; columns and
   vectors in fours. A group that is not full repeats its first member and drops the surplus. */
enum { GROUP = 4 };

static void group_of(const double *const *all, ptrdiff_t begin, ptrdiff_t count, ptrdiff_t row,
                     const double **group) {
  for (ptrdiff_t g = 0; g < GROUP; g++) group[g] = all[begin + (g < count ? g : 0)] + row;
}

static ptrdiff_t at_most(ptrdiff_t limit, ptrdiff_t value) {
  return value < limit ? value : limit;
}

/* Products of up to four columns with all vectors over one block of rows, added to out. */
static void multiply_group(const double **columns, ptrdiff_t width, ptrdiff_t rows,
                           const double *const *u, ptrdiff_t m, ptrdiff_t row, ptrdiff_t k,
                           double *out) {
  for (ptrdiff_t r = 0; r < m; r += GROUP) {
    const ptrdiff_t count = at_most(GROUP, m - r);
    const double *vectors[GROUP];
    double sums[GROUP * GROUP] = {0};
    group_of(u, r, count, row, vectors);
    const int single = count == 1;
    if (single)
      sp_dots_4x1(rows, columns, vectors[0], sums);
    else
      sp_dots_4x4(rows, columns, vectors, sums);
    for (ptrdiff_t c = 0; c < width; c++)
      for (ptrdiff_t g = 0; g < count; g++)
        out[(r + g) * k + c] += sums[single ? c : GROUP * c + g];
  }
}

enum { AHEAD = 64, LINE = 8 /* doubles */ };

/* Columns that are looked up lie here and there: their beginnings are fetched while the group
   before them is at work. What comes after is fetched unasked, and so are neighbours. */
static void fetch(const double *values, ptrdiff_t rows) {
#ifdef __GNUC__
  for (ptrdiff_t i = 0; i < rows && i < AHEAD; i += LINE) __builtin_prefetch(values + i);
#else
  (void)values;
  (void)rows;
#endif
}

/* The columns of the group that begins at `a`. Returns their number. */
static ptrdiff_t look_up(const sp_design *x, const ptrdiff_t *cols, ptrdiff_t k, ptrdiff_t a,
                         ptrdiff_t from, ptrdiff_t rows, const double **columns) {
  const ptrdiff_t width = at_most(GROUP, k - a);
  for (ptrdiff_t c = 0; c < GROUP; c++)
    columns[c] = column(x, cols[a + (c < width ? c : 0)]) + from;
  for (ptrdiff_t c = a + GROUP; c < k && c < a + 2 * GROUP; c++)
    if (cols[c] != cols[c - 1] + 1) fetch(column(x, cols[c]) + from, rows);
  return width;
}

/* Products of all k columns with all m vectors over one block of rows, added to out. */
static void multiply_block(const sp_design *x, const ptrdiff_t *cols, ptrdiff_t k, ptrdiff_t from,
                           ptrdiff_t rows, const double *const *u, ptrdiff_t m, ptrdiff_t row,
                           double *out) {
  for (ptrdiff_t a = 0; a < k; a += GROUP) {
    const double *columns[GROUP];
    const ptrdiff_t width = look_up(x, cols, k, a, from, rows, columns);
    multiply_group(columns, width, rows, u, m, row, k, out + a);
  }
}

/* The same of m vectors in a panel. */
static void multiply_panel(const sp_design *x, const ptrdiff_t *cols, ptrdiff_t k, ptrdiff_t from,
                           ptrdiff_t rows, const double *panel, ptrdiff_t m, double *out) {
  for (ptrdiff_t a = 0; a < k; a += GROUP) {
    const double *columns[GROUP];
    double sums[GROUP * SP_PANEL] = {0};
    const ptrdiff_t width = look_up(x, cols, k, a, from, rows, columns);
    sp_dots_panel(rows, columns, panel, sp_panel_width(m), sums);
    for (ptrdiff_t b = 0; b < m; b++)
      for (ptrdiff_t c = 0; c < width; c++) out[b * k + a + c] += sums[SP_PANEL * c + b];
  }
}

static void dense_mul_t(const sp_design *x, const ptrdiff_t *cols, ptrdiff_t k,
                        const double *const *u, ptrdiff_t m, double *out) {
  for (ptrdiff_t e = 0; e < k * m; e++) out[e] = 0;
  for (ptrdiff_t row = 0; row < x->n; row += SP_BLOCK)
    multiply_block(x, cols, k, row, at_most(SP_BLOCK, x->n - row), u, m, row, out);
}

enum { PIECE = 128 /* rows of a panel that stay in cache */ };

/* Some columns less their centers, times w. */
typedef struct {
  const sp_design *x;
  const ptrdiff_t *cols;
  ptrdiff_t count;
  const double *center, *w;
  double *sums; /* count; NULL where not asked for */
} columns;

static void deviations(const columns *c, ptrdiff_t b, ptrdiff_t row, ptrdiff_t rows, double *d) {
  sp_deviations(rows, column(c->x, c->cols[b]) + row, c->center[b], c->w ? c->w + row : NULL, d);
  if (c->sums) c->sums[b] += sp_sum(rows, d);
}

static void fill_panel(const columns *c, ptrdiff_t row, ptrdiff_t rows, double *panel) {
  double d[PIECE];
  const int width = sp_panel_width(c->count);
  for (ptrdiff_t from = 0; from < rows; from += PIECE)
    for (ptrdiff_t b = 0; b < c->count; b++) {
      const ptrdiff_t piece = at_most(PIECE, rows - from);
      deviations(c, b, row + from, piece, d);
      sp_lay_beside(piece, d, width, panel + from * width + b);
    }
}

/* Are m vectors worth the time to lay them out, and columns that are left empty? Measured. Short
   ones are sooner, as otherwise little is summed up in many sums. */
static int panel_pays(ptrdiff_t n, ptrdiff_t k, ptrdiff_t m) {
  return n <= PIECE ? m >= 5 && k >= 16 : m >= 12 && k >= 48;
}

static void dense_cross(const sp_design *x, const ptrdiff_t *cols, ptrdiff_t k,
                        const ptrdiff_t *more, ptrdiff_t m, const double *center, const double *w,
                        double *scratch, double *out, double *sums) {
  const columns newest = {x, more, m, center, w, sums};
  const double *u[SP_BATCH];
  double *panel = sp_panel_begin(scratch);
  for (ptrdiff_t b = 0; b < m; b++) u[b] = scratch + b * SP_BLOCK;
  for (ptrdiff_t b = 0; b < m && sums; b++) sums[b] = 0;
  for (ptrdiff_t e = 0; e < k * m; e++) out[e] = 0;
  for (ptrdiff_t row = 0; row < x->n; row += SP_BLOCK) {
    const ptrdiff_t rows = at_most(SP_BLOCK, x->n - row);
    if (panel_pays(x->n, k, m)) {
      fill_panel(&newest, row, rows, panel);
      multiply_panel(x, cols, k, row, rows, panel, m, out);
    } else {
      for (ptrdiff_t b = 0; b < m; b++) deviations(&newest, b, row, rows, scratch + b * SP_BLOCK);
      multiply_block(x, cols, k, row, rows, u, m, 0, out);
    }
  }
}

/* Smaller numbers are not worth a division. */
static const double smallest = 1e-290;

static void dense_gather(const sp_design *x, ptrdiff_t j, const int *rows, ptrdiff_t count,
                         double *out) {
  const double *values = column(x, j);
  for (ptrdiff_t i = 0; i < count; i++) out[i] = values[rows[i]];
}

static double dense_to_bytes(const sp_design *x, ptrdiff_t j, double center, int8_t *digit,
                             double *unit) {
  const double *values = column(x, j), farthest = sp_farthest(x->n, values, center);
  *unit = farthest > smallest ? farthest / 127 : 0;
  if (*unit > 0) return sp_round_to_bytes(x->n, values, center, *unit, digit);
  return sp_sqdev(x->n, NULL, values, center);
}

static double largest_of(ptrdiff_t n, const double *values, const double *v) {
  sp_moments m = {0};
  for (ptrdiff_t i = 0; i < n; i++) sp_moments_see(&m, values[i], !v || v[i] > 0);
  return m.largest;
}

static double mean_of(ptrdiff_t n, const double *v, const double *values, double around) {
  double sum = 0;
  for (ptrdiff_t i = 0; i < n; i++) sum += (v ? v[i] : 1) * (values[i] - around);
  return around + sum / (v ? 1 : (double)n);
}

/* One reading of memory: each block of rows is read twice while it is in cache, and blocks are put
   together by their means, which takes no digits. Chan, Golub and LeVeque (1983), The American
   Statistician 37, 242-247. */
static void moments_by_blocks(ptrdiff_t n, const double *v, const double *values, double *mean,
                              double *square) {
  double total = 0, sum = 0;
  *mean = 0;
  for (ptrdiff_t row = 0; row < n; row += SP_BLOCK) {
    const ptrdiff_t rows = at_most(SP_BLOCK, n - row);
    const double *w = v ? v + row : NULL, *x = values + row;
    const double weight = w ? sp_sum(rows, w) : (double)rows;
    if (weight == 0) {
      *mean += sp_dot(rows, w, x); /* zero, or no number */
      continue;
    }
    const double here = (w ? sp_dot(rows, w, x) : sp_sum(rows, x)) / weight, apart = here - *mean;
    const double before = total;
    total += weight;
    *mean += weight / total * apart;
    sum += sp_sqdev(rows, w, x, here) + weight * before / total * apart * apart;
  }
  *square = sum / total;
}

/* The largest entry costs as much as all the rest and matters only where squares leave the range
   of a double, or are not numbers. */
static void dense_moments(const sp_design *x, ptrdiff_t j, const double *v, sp_moments *out) {
  const double *values = column(x, j);
  const ptrdiff_t n = x->n;
  double mean, square;
  moments_by_blocks(n, v, values, &mean, &square);
  /* Where little is left beside the mean it may be the mean's own rounding, which a second pass
     removes: a constant column must show no spread, however long it is. */
  if (square <= 1e-16 * mean * mean) {
    mean = mean_of(n, v, values, mean);
    square = sp_sqdev(n, v, values, mean) / (v ? 1 : (double)n);
  }
  out->mean = mean;
  out->sd = sqrt(square);
  out->largest = fabs(mean) + out->sd;
  if (square > 1e-200 && square < 1e200) return;
  out->largest = largest_of(n, values, v);
  double deviation = 0;
  for (ptrdiff_t i = 0; i < n; i++)
    if (!v || v[i] > 0) deviation = fmax(deviation, fabs(values[i] - mean));
  out->sd = sp_scaled_norm(n, values, NULL, v, mean, deviation);
}

static const sp_design_ops dense_ops = {
    .name = "dense",
    .dot = dense_dot,
    .axpy = dense_axpy,
    .mul = dense_mul,
    .mul_t = dense_mul_t,
    .cross = dense_cross,
    .gather = dense_gather,
    .to_bytes = dense_to_bytes,
    .moments = dense_moments,
};

sp_design sp_design_dense(ptrdiff_t n, ptrdiff_t p, const double *values) {
  return (sp_design){.ops = &dense_ops, .n = n, .p = p, .entries = n * p, .data = values};
}
