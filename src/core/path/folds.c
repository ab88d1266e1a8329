#include "folds.h"

#include "../alloc.h"
#include "crew.h"
#include "outline.h"
#include "sums.h"

#include <math.h>

void sp_fold_fit_clear(sp_fold_fit *fit) {
  sp_path_clear(&fit->path);
  sp_free(fit->error_sum);
  fit->error_sum = NULL;
}

/* What all folds need, whichever route they take. */
typedef struct {
  sp_fold_fit *fits;
  const sp_model_spec *spec;
  const sp_folds *folds;
  const sp_path_options *options;
  sp_tolerance tolerance;
  int threads;
  sp_crew_context crew;
} task;

/* ---- the coarse copy of X ---------------------------------------------------------------- */

enum { COLUMNS = 256 /* rounded in one job */ };

typedef struct {
  const sp_model_spec *spec;
  const sp_context *ctx;
  sp_coarse *coarse;
} rounding;

static void round_columns(ptrdiff_t job, void *data) {
  const rounding *r = (const rounding *)data;
  const sp_design *x = r->spec->x;
  if (sp_context_poll(r->ctx, NULL) != SP_OK) return;
  for (ptrdiff_t j = job * COLUMNS; j < (job + 1) * COLUMNS && j < x->p; j++) {
    sp_moments m;
    x->ops->moments(x, j, r->spec->v, &m);
    sp_coarse_round(r->coarse, x, j, m.mean);
  }
}

/* One for all folds. */
static sp_status make_coarse(const task *t, sp_coarse *coarse, sp_error *err) {
  const sp_model_spec *spec = t->spec;
  rounding r = {.spec = spec, .ctx = &t->crew.context, .coarse = coarse};
  SP_TRY(sp_coarse_init(coarse, spec->x, err));
  sp_crew_run(t->threads, (spec->x->p + COLUMNS - 1) / COLUMNS, round_columns, &r);
  return sp_context_poll(&t->crew.context, err);
}

/* ---- apart ------------------------------------------------------------------------------ */

static sp_status fold_weights(const sp_model_spec *spec, const sp_folds *folds, ptrdiff_t k,
                              double **v, sp_error *err) {
  const ptrdiff_t n = spec->x->n;
  double total = 0;
  SP_TRY(SP_ALLOC(v, n, err));
  if (folds->train) {
    for (ptrdiff_t e = folds->train_begin[k]; e < folds->train_begin[k + 1]; e++)
      (*v)[folds->train[e]] += sp_model_weight(spec, folds->train[e]);
  } else {
    for (ptrdiff_t i = 0; i < n; i++) (*v)[i] = sp_model_weight(spec, i);
    for (ptrdiff_t e = folds->begin[k]; e < folds->begin[k + 1]; e++) (*v)[folds->rows[e]] = 0;
  }
  for (ptrdiff_t i = 0; i < n; i++) total += (*v)[i];
  for (ptrdiff_t i = 0; i < n; i++) (*v)[i] /= total;
  return SP_OK;
}

/* The model tells the errors of the rows left out. */
static sp_status fit_model(const task *t, ptrdiff_t k, const sp_model *model, sp_error *err) {
  sp_fold_fit *fit = t->fits + k;
  sp_path_options options = *t->options;
  const int *rows = t->folds->rows + t->folds->begin[k];
  const ptrdiff_t count = t->folds->begin[k + 1] - t->folds->begin[k];
  double *v;
  SP_TRY(SP_ALLOC(&fit->error_sum, options.count, err));
  for (ptrdiff_t l = 0; l < options.count; l++) fit->error_sum[l] = NAN;
  SP_TRY(SP_ALLOC(&v, count, err));
  for (ptrdiff_t e = 0; e < count; e++) v[e] = sp_model_weight(t->spec, rows[e]);
  const sp_held_out held_out = {.count = count, .rows = rows, .v = v, .error_sum = fit->error_sum};
  /* In a sparse X the rows left out are predicted in less time than all of them. */
  if (t->spec->glm || t->spec->x->ops->cross) options.held_out = &held_out;
  const sp_status status =
      sp_model_fit(model, &fit->path, &options, t->tolerance, &t->crew.context, err);
  sp_free(v);
  return status;
}

static sp_status fit_weighted(const task *t, ptrdiff_t k, const double *v, sp_error *err) {
  sp_model_spec spec = *t->spec;
  sp_model model;
  spec.v = v;
  sp_status status = sp_model_init(&model, &spec, err);
  if (status == SP_OK) status = fit_model(t, k, &model, err);
  sp_model_clear(&model);
  return status;
}

static void fit_apart(ptrdiff_t k, void *data) {
  task *t = (task *)data;
  sp_fold_fit *fit = t->fits + k;
  double *v = NULL;
  fit->status = fold_weights(t->spec, t->folds, k, &v, &fit->error);
  if (fit->status == SP_OK) fit->status = fit_weighted(t, k, v, &fit->error);
  sp_free(v);
  sp_crew_progress(&t->crew, t->folds->count);
}

/* ---- shared ----------------------------------------------------------------------------- */

typedef struct {
  task *task;
  const sp_sums *sums;
  sp_rows_source source;
} shared;

static void rest_of(const sp_sums *sums, const double *set, double *out) {
  for (ptrdiff_t e = 0; e < sums->order * sums->order; e++) out[e] = sums->whole[e] - set[e];
}

static sp_status add_errors(const shared *s, sp_fold_fit *fit, const double *set, sp_error *err) {
  const sp_path *path = &fit->path;
  double *t;
  SP_TRY(SP_ALLOC(&fit->error_sum, path->size, err));
  SP_TRY(SP_ALLOC(&t, s->sums->order, err));
  for (ptrdiff_t l = 0; l < path->size; l++) {
    const ptrdiff_t e = path->colptr[l];
    fit->error_sum[l] = sp_crossproducts_error(&s->source, set, path->rowidx + e, path->values + e,
                                               path->colptr[l + 1] - e, path->intercept[l], t);
  }
  sp_free(t);
  return SP_OK;
}

static sp_status fit_reduced(const shared *s, sp_fold_fit *fit, sp_reduced *reduced,
                             const double *set, sp_error *err) {
  const task *t = s->task;
  sp_model model;
  sp_status status = sp_model_adopt(&model, t->spec, &reduced->z, &reduced->known, err);
  if (status == SP_OK)
    status = sp_model_fit(&model, &fit->path, t->options, t->tolerance, &t->crew.context, err);
  sp_model_clear(&model);
  return status == SP_OK ? add_errors(s, fit, set, err) : status;
}

/* *trusted: as in crossproducts.h. */
static sp_status fit_from_sums(const shared *s, sp_fold_fit *fit, const double *set, int *trusted,
                               sp_error *err) {
  double *rest = NULL;
  sp_reduced reduced = {0};
  sp_status status = SP_ALLOC(&rest, s->sums->order * s->sums->order, err);
  if (status == SP_OK) {
    rest_of(s->sums, set, rest);
    status = sp_reduced_init(&reduced, &s->source, rest, s->sums->whole, trusted, err);
  }
  if (status == SP_OK && *trusted) status = fit_reduced(s, fit, &reduced, set, err);
  sp_reduced_clear(&reduced);
  sp_free(rest);
  return status;
}

static void fit_shared(ptrdiff_t job, void *data) {
  shared *s = (shared *)data;
  const ptrdiff_t k = s->sums->first + job;
  sp_fold_fit *fit = s->task->fits + k;
  int trusted = 1;
  fit->status = fit_from_sums(s, fit, s->sums->set[job], &trusted, &fit->error);
  if (trusted)
    sp_crew_progress(&s->task->crew, s->task->folds->count);
  else
    fit_apart(k, s->task);
}

static void fit_those_at_hand(task *t, const sp_sums *sums) {
  shared s = {.task = t, .sums = sums, .source = sp_sums_source(sums, t->spec)};
  sp_crew_run(t->threads, sums->count, fit_shared, &s);
}

static sp_status fit_in_turns(task *t, sp_sums *sums, sp_error *err) {
  const ptrdiff_t count = t->folds->count, most = sp_sums_room(t->spec, t->folds);
  const sp_context *ctx = &t->crew.context;
  SP_TRY(sp_sums_init(sums, t->spec, t->threads, ctx, err));
  for (ptrdiff_t first = 0; first < count; first += most) {
    const ptrdiff_t some = count - first < most ? count - first : most;
    SP_TRY(sp_sums_take(sums, t->spec, t->folds, first, some, t->threads, ctx, err));
    fit_those_at_hand(t, sums);
  }
  return SP_OK;
}

static sp_status share(task *t, sp_error *err) {
  sp_sums sums = {0};
  const sp_status status = fit_in_turns(t, &sums, err);
  sp_sums_clear(&sums);
  return status;
}

/* ---- outlined --------------------------------------------------------------------------- */

typedef struct {
  task *task;
  ptrdiff_t first, count;
  double *v[SP_OUTLINES];
  sp_model_spec specs[SP_OUTLINES];
  sp_outline outlines[SP_OUTLINES];
} outlined;

/* An outline has five vectors of length p: those at hand shall not need more than a third of X,
   unless that is next to nothing. */
static const ptrdiff_t next_to_nothing = 1 << 20;

static ptrdiff_t outlines_in_room(const sp_model_spec *spec) {
  const ptrdiff_t n = spec->x->n, p = spec->x->p, most = n * p > next_to_nothing ? n / 15 : n;
  return most < 2 ? 2 : most > SP_OUTLINES ? SP_OUTLINES : most;
}

static void fit_outlined(ptrdiff_t job, void *data) {
  outlined *o = (outlined *)data;
  const ptrdiff_t k = o->first + job;
  sp_outline *outline = o->outlines + job;
  sp_fold_fit *fit = o->task->fits + k;
  sp_model model;
  fit->status = sp_model_adopt(&model, o->specs + job, &outline->z, &outline->known, &fit->error);
  if (fit->status == SP_OK) fit->status = fit_model(o->task, k, &model, &fit->error);
  sp_model_clear(&model);
  sp_crew_progress(&o->task->crew, o->task->folds->count);
}

static sp_status fit_some_outlined(outlined *o, sp_error *err) {
  const task *t = o->task;
  for (ptrdiff_t m = 0; m < o->count; m++) {
    SP_TRY(fold_weights(t->spec, t->folds, o->first + m, o->v + m, err));
    o->specs[m] = *t->spec;
    o->specs[m].v = o->v[m];
  }
  SP_TRY(sp_outlines_init(o->outlines, o->specs, o->count, t->threads, &t->crew.context, err));
  sp_crew_run(t->threads, o->count, fit_outlined, o);
  return SP_OK;
}

static sp_status fit_from_outlines(task *t, sp_error *err) {
  const ptrdiff_t count = t->folds->count, most = outlines_in_room(t->spec);
  for (ptrdiff_t first = 0; first < count; first += most) {
    outlined o = {.task = t, .first = first, .count = count - first < most ? count - first : most};
    const sp_status status = fit_some_outlined(&o, err);
    sp_outlines_clear(o.outlines, o.count);
    for (ptrdiff_t m = 0; m < o.count; m++) sp_free(o.v[m]);
    SP_TRY(status);
  }
  return SP_OK;
}

/* ---- the choice ------------------------------------------------------------------------- */

static sp_status stopped(const task *t, sp_error *err) {
  for (ptrdiff_t k = 0; k < t->folds->count; k++)
    if (t->fits[k].status == SP_ERR_INTERRUPTED || t->fits[k].status == SP_ERR_MEMORY)
      return sp_fail(err, t->fits[k].status, "%s", t->fits[k].error.message);
  return SP_OK;
}

static sp_status fit_from_rows(task *t, sp_error *err) {
  const sp_model_spec *given = t->spec;
  sp_coarse coarse = {0};
  sp_model_spec spec = *given;
  sp_status status = SP_OK;
  if (sp_model_verifies(&spec) && !spec.coarse) {
    status = make_coarse(t, &coarse, err);
    spec.coarse = &coarse;
    t->spec = &spec;
  }
  const int in_outlines = !spec.glm && spec.alpha > 0 && spec.x->ops->cross;
  if (status == SP_OK && in_outlines)
    status = fit_from_outlines(t, err);
  else if (status == SP_OK)
    sp_crew_run(t->threads, t->folds->count, fit_apart, t);
  t->spec = given;
  sp_coarse_clear(&coarse);
  return status;
}

sp_status sp_folds_fit(sp_fold_fit *fits, const sp_model_spec *spec, const sp_folds *folds,
                       const sp_sums *sums, const sp_path_options *options, sp_tolerance tolerance,
                       int threads, const sp_context *ctx, sp_error *err) {
  task t = {.fits = fits,
            .spec = spec,
            .folds = folds,
            .options = options,
            .tolerance = tolerance,
            .threads = threads};
  sp_crew_context_init(&t.crew, ctx);
  if (sums && spec->alpha > 0)
    fit_those_at_hand(&t, sums);
  else if (spec->alpha > 0 && sp_sums_pay(spec, folds))
    SP_TRY(share(&t, err));
  else
    SP_TRY(fit_from_rows(&t, err));
  return stopped(&t, err);
}
