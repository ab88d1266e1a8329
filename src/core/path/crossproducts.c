#include "crossproducts.h"

#include "../alloc.h"
#include "../kernels.h"

#include <math.h>
#include <string.h>

/* Below these shares of the whole, rounding in differences and quadratic forms is felt. */
static const double least_spread = 1e-4, least_error = 1e-5;

/* Squares below this lose digits to underflow. */
static const double least_square = 1e-280;

enum {
  GROUP = 4,
  LEAST_ROWS = 4096,
  MOST_ROWS = 16384,
  BUFFER = 1 << 19 /* doubles */,
  COLUMNS = 16,                    /* gathered in one job */
  PIECE = 128,                     /* rows of a panel that stay in cache */
  LEAST_FOR_PANELS = 8 * SP_PANEL, /* columns; half of what a panel makes of itself is of no use */
  PARTS = 4,                       /* of the rows that are summed apart */
  SMALL_ORDER = 128,
  MANY_ROWS = 1 << 15
};

ptrdiff_t sp_crossproducts_order(const sp_rows_source *source) {
  return source->spec->x->p + 2;
}

/* ---- gathering -------------------------------------------------------------------------- */

/* Rows of one block, sorted by set, where they lie together: column a begins at a * stride. */
typedef struct {
  const sp_rows_source *source;
  ptrdiff_t order, width; /* width: order, filled up with columns of zeros to whole groups */
  ptrdiff_t stride, size;
  int *rows;    /* stride */
  double *root; /* stride; sqrt(v) */
  double *u;    /* width x stride */
  ptrdiff_t panel_count;
  double *panels; /* the same once more, SP_PANEL columns side by side; NULL for few columns */
  double *pool;   /* holds the panels */
} buffer;

static sp_status buffer_init(buffer *b, const sp_rows_source *source, sp_error *err) {
  const ptrdiff_t order = sp_crossproducts_order(source), n = source->spec->x->n;
  memset(b, 0, sizeof *b);
  b->source = source;
  b->order = order;
  b->width = (order + GROUP - 1) / GROUP * GROUP;
  b->stride = BUFFER / b->width;
  const ptrdiff_t least = order < LEAST_FOR_PANELS ? LEAST_ROWS : LEAST_ROWS / 2; /* held twice */
  if (b->stride < least) b->stride = least;
  if (b->stride > MOST_ROWS) b->stride = MOST_ROWS;
  if (b->stride > n) b->stride = n;
  b->stride = b->stride / 16 * 16 + 8; /* columns a power of two apart would meet in the cache */
  SP_TRY(SP_ALLOC(&b->rows, b->stride, err));
  SP_TRY(SP_ALLOC(&b->root, b->stride, err));
  SP_TRY(SP_ALLOC(&b->u, b->width * b->stride, err));
  if (order < LEAST_FOR_PANELS) return SP_OK;
  b->panel_count = (order + SP_PANEL - 1) / SP_PANEL;
  SP_TRY(SP_ALLOC(&b->pool, b->panel_count * SP_PANEL * b->stride + SP_BESIDE, err));
  b->panels = sp_panel_begin(b->pool);
  return SP_OK;
}

static void buffer_clear(buffer *b) {
  sp_free(b->rows);
  sp_free(b->root);
  sp_free(b->u);
  sp_free(b->pool);
}

/* Some columns of X for the rows in the buffer. */
static void gather_columns(ptrdiff_t job, void *data) {
  buffer *b = (buffer *)data;
  const sp_design *x = b->source->spec->x;
  for (ptrdiff_t j = job * COLUMNS; j < (job + 1) * COLUMNS && j < x->p; j++) {
    double *u = b->u + j * b->stride;
    x->ops->gather(x, j, b->rows, b->size, u);
    sp_deviations(b->size, u, b->source->center[j], b->root, u);
  }
}

static double *panel_at(const buffer *b, ptrdiff_t q, ptrdiff_t row) {
  return b->panels + (q * b->stride + row) * SP_PANEL;
}

static void fill_panel(ptrdiff_t q, void *data) {
  buffer *b = (buffer *)data;
  const ptrdiff_t first = q * SP_PANEL, left = b->order - first;
  for (ptrdiff_t row = 0; row < b->size; row += PIECE) {
    const ptrdiff_t rows = b->size - row < PIECE ? b->size - row : PIECE;
    for (ptrdiff_t a = 0; a < SP_PANEL && a < left; a++)
      sp_lay_beside(rows, b->u + (first + a) * b->stride + row, SP_PANEL, panel_at(b, q, row) + a);
  }
}

/* Fills the columns for the first `size` of b->rows. */
static void gather(buffer *b, int threads) {
  const sp_model_spec *spec = b->source->spec;
  const sp_design *x = spec->x;
  double *y = b->u + x->p * b->stride, *one = y + b->stride;
  for (ptrdiff_t i = 0; i < b->size; i++)
    one[i] = b->root[i] = sqrt(sp_model_weight(spec, b->rows[i]));
  for (ptrdiff_t i = 0; i < b->size; i++)
    y[i] = b->root[i] > 0 ? b->root[i] * (sp_model_response(spec, b->rows[i]) - b->source->y_center)
                          : 0;
  sp_crew_run(threads, (x->p + COLUMNS - 1) / COLUMNS, gather_columns, b);
  sp_crew_run(threads, b->panel_count, fill_panel, b);
}

/* The products of a panel with the columns from its first on, over some rows. */
static void multiply_panel(const buffer *b, ptrdiff_t q, ptrdiff_t row, ptrdiff_t rows,
                           double *out) {
  const ptrdiff_t first = q * SP_PANEL;
  for (ptrdiff_t e = first; e < b->order; e += GROUP) {
    const double *columns[GROUP];
    double sums[GROUP * SP_PANEL] = {0};
    for (ptrdiff_t g = 0; g < GROUP; g++) columns[g] = b->u + (e + g) * b->stride + row;
    sp_dots_panel(rows, columns, panel_at(b, q, row), SP_PANEL, sums);
    for (ptrdiff_t g = 0; g < GROUP && e + g < b->order; g++) {
      double *entries = out + (e + g) * b->order + first;
      for (ptrdiff_t a = 0; a < SP_PANEL && first + a <= e + g; a++)
        entries[a] += sums[SP_PANEL * g + a];
    }
  }
}

static void multiply_panels(const buffer *b, ptrdiff_t from, ptrdiff_t to, double *out) {
  for (ptrdiff_t row = from; row < to; row += SP_BLOCK)
    for (ptrdiff_t q = 0; q < b->panel_count; q++)
      multiply_panel(b, q, row, to - row < SP_BLOCK ? to - row : SP_BLOCK, out);
}

static void multiply_groups(const buffer *b, ptrdiff_t from, ptrdiff_t to, double *out) {
  for (ptrdiff_t a = 0; a < b->order; a += GROUP)
    for (ptrdiff_t e = a; e < b->order; e += GROUP) {
      const double *left[GROUP], *right[GROUP];
      double sums[GROUP * GROUP] = {0};
      for (ptrdiff_t g = 0; g < GROUP; g++) {
        left[g] = b->u + (a + g) * b->stride + from;
        right[g] = b->u + (e + g) * b->stride + from;
      }
      sp_dots_4x4(to - from, left, right, sums);
      for (ptrdiff_t r = 0; r < GROUP && e + r < b->order; r++)
        for (ptrdiff_t c = 0; c < GROUP && a + c <= e + r; c++)
          out[(e + r) * b->order + a + c] += sums[GROUP * c + r];
    }
}

/* out += the products of all columns over rows from .. to - 1 of the buffer. */
static void multiply(const buffer *b, ptrdiff_t from, ptrdiff_t to, double *out) {
  if (from < to) (b->panels ? multiply_panels : multiply_groups)(b, from, to, out);
}

/* ---- sums over sets --------------------------------------------------------------------- */

/* The rows of all sets below `limit`, as far as there is room: next[k] moves on, those of set k are
   from[k] .. from[k + 1] - 1 in the buffer. */
static void next_rows(buffer *b, ptrdiff_t count, const ptrdiff_t *begin, const int *rows,
                      ptrdiff_t limit, ptrdiff_t *next, ptrdiff_t *from) {
  b->size = 0;
  for (ptrdiff_t k = 0; k < count; k++) {
    from[k] = b->size;
    while (next[k] < begin[k + 1] && rows[next[k]] < limit && b->size < b->stride)
      b->rows[b->size++] = rows[next[k]++];
  }
  from[count] = b->size;
}

/* Rows first .. end - 1 of all sets, whose sums go to `out`. */
typedef struct {
  const sp_rows_source *source;
  ptrdiff_t count, first, end;
  const ptrdiff_t *begin;
  const int *rows;
  double *const *out;
  int threads; /* within a block */
  const sp_context *ctx;
  buffer buffer;
  ptrdiff_t *next, *from; /* count, count + 1: rows of the buffer */
} sums;

static void multiply_set(ptrdiff_t k, void *data) {
  const sums *s = (const sums *)data;
  multiply(&s->buffer, s->from[k], s->from[k + 1], s->out[k]);
}

static sp_status add_blocks(sums *s, sp_error *err) {
  buffer *b = &s->buffer;
  for (ptrdiff_t k = 0; k < s->count; k++)
    for (s->next[k] = s->begin[k]; s->next[k] < s->begin[k + 1]; s->next[k]++)
      if (s->rows[s->next[k]] >= s->first) break;
  for (ptrdiff_t row = s->first; row < s->end; row += b->stride) {
    const ptrdiff_t limit = row + b->stride < s->end ? row + b->stride : s->end;
    do {
      SP_TRY(sp_context_poll(s->ctx, err));
      next_rows(b, s->count, s->begin, s->rows, limit, s->next, s->from);
      gather(b, s->threads);
      sp_crew_run(s->threads, s->count, multiply_set, s);
    } while (b->size == b->stride);
  }
  return SP_OK;
}

static sp_status add_rows(sums *s, sp_error *err) {
  sp_status status = buffer_init(&s->buffer, s->source, err);
  if (status == SP_OK) status = SP_ALLOC(&s->next, s->count, err);
  if (status == SP_OK) status = SP_ALLOC(&s->from, s->count + 1, err);
  if (status == SP_OK) status = add_blocks(s, err);
  sp_free(s->next);
  sp_free(s->from);
  buffer_clear(&s->buffer);
  return status;
}

/* ---- parts of the rows ------------------------------------------------------------------ */

/* Sums of a part of the rows: one job. Where the matrices are small threads would meet again and
   again within the blocks. */
typedef struct {
  sums sums;
  double *pool, **out; /* count matrices, one after the other */
  sp_status status;
  sp_error error;
} part;

static sp_status add_part(part *p) {
  const ptrdiff_t order = sp_crossproducts_order(p->sums.source), count = p->sums.count;
  SP_TRY(SP_ALLOC(&p->pool, count * order * order, &p->error));
  SP_TRY(SP_ALLOC(&p->out, count, &p->error));
  for (ptrdiff_t k = 0; k < count; k++) p->out[k] = p->pool + k * order * order;
  p->sums.out = p->out;
  return add_rows(&p->sums, &p->error);
}

static void run_part(ptrdiff_t job, void *data) {
  part *p = (part *)data + job;
  p->status = add_part(p);
}

/* In the order of the parts, whoever was first. */
static sp_status collect(part *parts, double *const *out, sp_error *err) {
  sp_status status = SP_OK;
  const ptrdiff_t order = sp_crossproducts_order(parts->sums.source);
  for (ptrdiff_t q = 0; q < PARTS; q++) {
    if (status == SP_OK && parts[q].status != SP_OK)
      status = sp_fail(err, parts[q].status, "%s", parts[q].error.message);
    for (ptrdiff_t k = 0; status == SP_OK && k < parts[q].sums.count; k++)
      sp_axpy(order * order, 1, parts[q].out[k], out[k]);
    sp_free(parts[q].pool);
    sp_free(parts[q].out);
  }
  return status;
}

static sp_status add_in_parts(const sums *all, int threads, sp_error *err) {
  part parts[PARTS];
  for (ptrdiff_t q = 0; q < PARTS; q++) {
    parts[q] = (part){.sums = *all};
    parts[q].sums.threads = 1;
    parts[q].sums.first = all->end * q / PARTS;
    parts[q].sums.end = all->end * (q + 1) / PARTS;
  }
  sp_crew_run(threads, PARTS, run_part, parts);
  return collect(parts, all->out, err);
}

sp_status sp_crossproducts_add(const sp_rows_source *source, ptrdiff_t count,
                               const ptrdiff_t *begin, const int *rows, double *const *out,
                               int threads, const sp_context *ctx, sp_error *err) {
  const ptrdiff_t n = source->spec->x->n;
  sums s = {.source = source,
            .count = count,
            .end = n,
            .begin = begin,
            .rows = rows,
            .out = out,
            .threads = threads,
            .ctx = ctx};
  const int in_parts = sp_crossproducts_order(source) <= SMALL_ORDER && n >= MANY_ROWS;
  return in_parts ? add_in_parts(&s, threads, err) : add_rows(&s, err);
}

/* ---- the reduced problem ---------------------------------------------------------------- */

static double entry(const double *set, ptrdiff_t order, ptrdiff_t a, ptrdiff_t b) {
  return a <= b ? set[b * order + a] : set[a * order + b];
}

/* A set's matrix with its total weight; means and covariances below are those of u. */
typedef struct {
  const double *set;
  ptrdiff_t order;
  double weight;
  int intercept;
} moments;

static double mean_of(const moments *m, ptrdiff_t a) {
  return m->set[(m->order - 1) * m->order + a] / m->weight;
}

static double covariance(const moments *m, ptrdiff_t a, ptrdiff_t b) {
  return entry(m->set, m->order, a, b) / m->weight - mean_of(m, a) * mean_of(m, b);
}

static int has_digits(const moments *m, const double *whole, ptrdiff_t a) {
  const double all = whole[a * m->order + a];
  const int is_y = a == m->order - 2;
  if (is_y && all == 0) return 1;
  return all > least_square && covariance(m, a, a) * m->weight > least_spread * all;
}

static int is_trusted(const moments *m, const double *whole, const unsigned char *constant) {
  if (!(m->weight > 0)) return 0;
  for (ptrdiff_t a = 0; a < m->order - 1; a++)
    if ((a == m->order - 2 || !constant[a]) && !has_digits(m, whole, a)) return 0;
  return 1;
}

static void describe_columns(sp_reduced *r, const sp_rows_source *source, const moments *m) {
  for (ptrdiff_t j = 0; j < m->order - 2; j++) {
    const double variance = source->constant[j] ? 0 : fmax(0, covariance(m, j, j));
    const double mean = source->center[j] + mean_of(m, j);
    r->z.mean[j] = mean;
    r->z.center[j] = m->intercept ? mean : 0;
    r->z.scale[j] = source->spec->standardize && variance > 0 ? sqrt(variance) : 1;
    const double square = variance + (m->intercept ? 0 : mean * mean);
    r->z.sqnorm[j] = square / (r->z.scale[j] * r->z.scale[j]);
    r->z.constant[j] = source->constant[j];
  }
}

static void fill_products(sp_reduced *r, const sp_rows_source *source, const moments *m) {
  const ptrdiff_t p = m->order - 2;
  const sp_std *z = &r->z;
  const double y_mean = source->y_center + mean_of(m, p);
  for (ptrdiff_t j = 0; j < p; j++) {
    for (ptrdiff_t l = 0; l <= j; l++) {
      const double raw = covariance(m, j, l) + (m->intercept ? 0 : z->mean[j] * z->mean[l]);
      r->gram[j + l * p] = r->gram[l + j * p] = raw / (z->scale[j] * z->scale[l]);
    }
    r->gram[j + j * p] = z->sqnorm[j];
    r->gradient[j] = (covariance(m, p, j) + (m->intercept ? 0 : z->mean[j] * y_mean)) / z->scale[j];
  }
  r->known = (sp_known){.gram = r->gram,
                        .gradient = r->gradient,
                        .intercept = m->intercept ? y_mean : 0,
                        .rss = fmax(0, covariance(m, p, p)) + (m->intercept ? 0 : y_mean * y_mean)};
}

sp_status sp_reduced_init(sp_reduced *r, const sp_rows_source *source, const double *set,
                          const double *whole, int *trusted, sp_error *err) {
  const ptrdiff_t order = sp_crossproducts_order(source), p = order - 2;
  const moments m = {.set = set,
                     .order = order,
                     .weight = set[order * order - 1],
                     .intercept = source->spec->intercept};
  memset(r, 0, sizeof *r);
  *trusted = is_trusted(&m, whole, source->constant);
  if (!*trusted) return SP_OK;
  r->design = sp_design_rowless(p);
  SP_TRY(sp_std_alloc(&r->z, &r->design, err));
  SP_TRY(SP_ALLOC(&r->gram, p * p, err));
  SP_TRY(SP_ALLOC(&r->gradient, p, err));
  describe_columns(r, source, &m);
  fill_products(r, source, &m);
  return SP_OK;
}

void sp_reduced_clear(sp_reduced *r) {
  sp_std_clear(&r->z);
  sp_free(r->gram);
  sp_free(r->gradient);
  memset(r, 0, sizeof *r);
}

/* ---- the error of a set ----------------------------------------------------------------- */

double sp_crossproducts_error(const sp_rows_source *source, const double *set, const int *cols,
                              const double *b, ptrdiff_t k, double intercept, double *t) {
  const ptrdiff_t order = sp_crossproducts_order(source), y = order - 2, one = order - 1;
  double level = intercept - source->y_center, sum = 0;
  memset(t, 0, (size_t)order * sizeof *t);
  for (ptrdiff_t a = 0; a < k; a++) {
    level += source->center[cols[a]] * b[a];
    t[cols[a]] = -b[a];
  }
  t[y] = 1;
  t[one] = -level;
  for (ptrdiff_t j = 0; j < order; j++) {
    if (t[j] == 0) continue;
    const double *column = set + j * order;
    sum += t[j] * (t[j] * column[j] + 2 * sp_dot(j, column, t));
  }
  return sum > least_error * set[y * order + y] ? sum : NAN;
}
