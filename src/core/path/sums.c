#include "sums.h"

#include "../alloc.h"

#include <math.h>
#include <string.h>

/* Up to this many columns the cross-products of a tall design are shared. */
static const ptrdiff_t most_columns = 512;

/* A response whose spread is a smaller share of its mean may be a constant but for rounding. */
static const double least_y_spread = 1e-8;

int sp_sums_pay(const sp_model_spec *spec, const sp_folds *folds) {
  const ptrdiff_t n = spec->x->n, p = spec->x->p;
  return spec->x->ops->gather && !spec->glm && !folds->train && p <= most_columns && p <= n;
}

ptrdiff_t sp_sums_room(const sp_model_spec *spec, const sp_folds *folds) {
  const ptrdiff_t order = spec->x->p + 2, room = spec->x->n * spec->x->p / (order * order);
  const ptrdiff_t least = order <= 128 ? SP_SETS : 1;
  const ptrdiff_t most = room < least ? least : room < SP_SETS ? room : SP_SETS;
  return most < folds->count ? most : folds->count;
}

/* ---- life ------------------------------------------------------------------------------- */

typedef struct {
  sp_std *z;
  const sp_model_spec *spec;
  const sp_context *ctx;
} description;

static void describe_column(ptrdiff_t j, void *data) {
  const description *d = (const description *)data;
  if (sp_context_poll(d->ctx, NULL) == SP_OK)
    sp_std_describe(d->z, j, d->spec->intercept, d->spec->standardize);
}

sp_status sp_sums_init(sp_sums *s, const sp_model_spec *spec, int threads, const sp_context *ctx,
                       sp_error *err) {
  memset(s, 0, sizeof *s);
  s->order = spec->x->p + 2;
  SP_TRY(sp_std_alloc(&s->z, spec->x, err));
  s->z.v = spec->v;
  description d = {.z = &s->z, .spec = spec, .ctx = ctx};
  sp_crew_run(threads, spec->x->p, describe_column, &d);
  SP_TRY(sp_context_poll(ctx, err));
  const ptrdiff_t unusable = sp_std_unusable(&s->z);
  if (unusable >= 0)
    return sp_fail(err, SP_ERR_NONFINITE, "column %td is not finite", unusable + 1);
  for (ptrdiff_t i = 0; i < spec->x->n; i++)
    s->y_center += sp_model_weight(spec, i) * sp_model_response(spec, i);
  return SP_ALLOC(&s->whole, s->order * s->order, err);
}

void sp_sums_clear(sp_sums *s) {
  sp_std_clear(&s->z);
  sp_free(s->whole);
  for (ptrdiff_t k = 0; k < SP_SETS; k++) sp_free(s->set[k]);
  memset(s, 0, sizeof *s);
}

sp_rows_source sp_sums_source(const sp_sums *s, const sp_model_spec *spec) {
  return (sp_rows_source){
      .spec = spec, .center = s->z.mean, .constant = s->z.constant, .y_center = s->y_center};
}

/* ---- sums ------------------------------------------------------------------------------- */

/* Every row in one fold and no more than one. */
static sp_status is_partition(const sp_folds *folds, ptrdiff_t n, int *answer, sp_error *err) {
  unsigned char *seen;
  *answer = 0;
  if (folds->begin[folds->count] != n) return SP_OK;
  SP_TRY(SP_ALLOC(&seen, n, err));
  for (ptrdiff_t e = 0; e < n; e++) seen[folds->rows[e]] = 1;
  *answer = !memchr(seen, 0, (size_t)n);
  sp_free(seen);
  return SP_OK;
}

static sp_status add_all_rows(sp_sums *s, const sp_rows_source *source, int threads,
                              const sp_context *ctx, sp_error *err) {
  const ptrdiff_t n = source->spec->x->n, begin[2] = {0, n};
  int *rows;
  SP_TRY(SP_ALLOC(&rows, n, err));
  for (ptrdiff_t i = 0; i < n; i++) rows[i] = (int)i;
  const sp_status status =
      sp_crossproducts_add(source, 1, begin, rows, &s->whole, threads, ctx, err);
  sp_free(rows);
  return status;
}

/* The matrix of all rows is the sum of the folds' when they are all here. */
static sp_status sum_up(sp_sums *s, const sp_rows_source *source, const sp_folds *folds,
                        int threads, const sp_context *ctx, sp_error *err) {
  int partition;
  SP_TRY(is_partition(folds, source->spec->x->n, &partition, err));
  if (!partition || s->count < folds->count) return add_all_rows(s, source, threads, ctx, err);
  for (ptrdiff_t k = 0; k < s->count; k++)
    for (ptrdiff_t e = 0; e < s->order * s->order; e++) s->whole[e] += s->set[k][e];
  return SP_OK;
}

sp_status sp_sums_take(sp_sums *s, const sp_model_spec *spec, const sp_folds *folds,
                       ptrdiff_t first, ptrdiff_t count, int threads, const sp_context *ctx,
                       sp_error *err) {
  const sp_rows_source source = sp_sums_source(s, spec);
  const int begins = s->count == 0;
  s->first = first;
  s->count = count;
  for (ptrdiff_t k = 0; k < count; k++) {
    sp_free(s->set[k]);
    SP_TRY(SP_ALLOC(&s->set[k], s->order * s->order, err));
  }
  SP_TRY(sp_crossproducts_add(&source, count, folds->begin + first, folds->rows, s->set, threads,
                              ctx, err));
  return begins ? sum_up(s, &source, folds, threads, ctx, err) : SP_OK;
}

/* ---- the fit of all rows ---------------------------------------------------------------- */

static int has_y_spread(const sp_sums *s) {
  const double weight = s->whole[s->order * s->order - 1];
  const double square = s->whole[(s->order - 2) * s->order + s->order - 2] / weight;
  return sqrt(square) > least_y_spread * fabs(s->y_center);
}

sp_status sp_sums_model(const sp_sums *s, const sp_model_spec *spec, sp_reduced *reduced,
                        sp_model *model, int *trusted, sp_error *err) {
  const sp_rows_source source = sp_sums_source(s, spec);
  *trusted = spec->alpha > 0 && has_y_spread(s);
  if (!*trusted) return SP_OK;
  SP_TRY(sp_reduced_init(reduced, &source, s->whole, s->whole, trusted, err));
  return *trusted ? sp_model_adopt(model, spec, &reduced->z, &reduced->known, err) : SP_OK;
}
