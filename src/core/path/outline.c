#include "outline.h"

#include "../alloc.h"

#include <string.h>

enum { COLUMNS = 256 /* of one job */ };

typedef struct {
  const sp_design *x;
  const sp_model_spec *specs;
  ptrdiff_t count;
  const sp_context *ctx;
  sp_outline *outlines;
  sp_rowvec residual[SP_OUTLINES]; /* of the null model, weighted */
} task;

static void multiply(const task *t, ptrdiff_t begin, ptrdiff_t k) {
  ptrdiff_t cols[COLUMNS];
  double out[COLUMNS * SP_OUTLINES];
  const double *u[SP_OUTLINES] = {0};
  for (ptrdiff_t a = 0; a < k; a++) cols[a] = begin + a;
  for (ptrdiff_t m = 0; m < t->count; m++) u[m] = t->residual[m].values;
  t->x->ops->mul_t(t->x, cols, k, u, t->count, out);
  for (ptrdiff_t m = 0; m < t->count; m++) {
    const sp_std *z = &t->outlines[m].z;
    for (ptrdiff_t a = 0, j = begin; a < k; a++, j++)
      t->outlines[m].products[j] =
          (out[m * k + a] - z->center[j] * t->residual[m].sum) / z->scale[j];
  }
}

static void outline_columns(ptrdiff_t job, void *data) {
  const task *t = (const task *)data;
  const ptrdiff_t begin = job * COLUMNS, rest = t->x->p - begin;
  const ptrdiff_t k = rest < COLUMNS ? rest : COLUMNS;
  if (sp_context_poll(t->ctx, NULL) != SP_OK) return;
  for (ptrdiff_t j = begin; j < begin + k; j++)
    for (ptrdiff_t m = 0; m < t->count; m++)
      sp_std_describe(&t->outlines[m].z, j, t->specs[m].intercept, t->specs[m].standardize);
  if (sp_context_poll(t->ctx, NULL) == SP_OK) multiply(t, begin, k);
}

static sp_status prepare(task *t, sp_error *err) {
  for (ptrdiff_t m = 0; m < t->count; m++) {
    SP_TRY(sp_std_alloc(&t->outlines[m].z, t->x, err));
    t->outlines[m].z.v = t->specs[m].v;
    SP_TRY(SP_ALLOC(&t->outlines[m].products, t->x->p, err));
    SP_TRY(SP_ALLOC(&t->residual[m].values, t->x->n, err));
    sp_model_null_residual(&t->specs[m], &t->residual[m], &t->outlines[m].known);
    t->outlines[m].known.gradient = t->outlines[m].products;
  }
  return SP_OK;
}

sp_status sp_outlines_init(sp_outline *outlines, const sp_model_spec *specs, ptrdiff_t count,
                           int threads, const sp_context *ctx, sp_error *err) {
  task t = {.x = specs->x, .specs = specs, .count = count, .ctx = ctx, .outlines = outlines};
  memset(outlines, 0, (size_t)count * sizeof *outlines);
  const sp_status status = prepare(&t, err);
  if (status == SP_OK) sp_crew_run(threads, (t.x->p + COLUMNS - 1) / COLUMNS, outline_columns, &t);
  for (ptrdiff_t m = 0; m < count; m++) sp_free(t.residual[m].values);
  return status == SP_OK ? sp_context_poll(ctx, err) : status;
}

void sp_outlines_clear(sp_outline *outlines, ptrdiff_t count) {
  for (ptrdiff_t m = 0; m < count; m++) {
    sp_std_clear(&outlines[m].z);
    sp_free(outlines[m].products);
    outlines[m].products = NULL;
  }
}
