#include "check_fault.h"
#include "check_fit.h"
#include "core/kernels.h"
#include "core/path/crossproducts.h"
#include "core/path/folds.h"
#include "core/path/sums.h"

enum { MOST_FOLDS = 20, GRID = 6 };

static const double grid[GRID] = {0.8, 0.4, 0.15, 0.05, 0.02, 0.002};
static const sp_tolerance strict = {.tol = 1e-13, .max_iter = 100000};

/* Rows dealt out at random, of unequal numbers. */
typedef struct {
  ptrdiff_t begin[MOST_FOLDS + 1];
  int *rows;
  sp_folds folds;
} deal;

static deal *deal_new(ptrdiff_t n, ptrdiff_t count, uint64_t seed) {
  deal *d = calloc(1, sizeof *d);
  rng g = rng_seeded(seed);
  int *of = calloc((size_t)n, sizeof *of);
  d->rows = calloc((size_t)n, sizeof *d->rows);
  for (ptrdiff_t i = 0; i < n; i++) of[i] = (int)(i < count ? i : rng_below(&g, count));
  ptrdiff_t e = 0;
  for (ptrdiff_t k = 0; k < count; k++) {
    for (ptrdiff_t i = 0; i < n; i++)
      if (of[i] == k) d->rows[e++] = (int)i;
    d->begin[k + 1] = e;
  }
  free(of);
  d->folds = (sp_folds){.count = count, .begin = d->begin, .rows = d->rows};
  return d;
}

static void deal_free(deal *d) {
  free(d->rows);
  free(d);
}

static sp_status fit_folds(sample *s, const sp_design *x, const sp_folds *folds,
                           const sp_glm_loss *glm, const sp_context *ctx, sp_fold_fit *fits) {
  sp_model_spec spec = sample_spec(s, x);
  const sp_path_options options = given_grid(grid, GRID);
  spec.glm = glm;
  return sp_folds_fit(fits, &spec, folds, NULL, &options, strict, 1, ctx, NULL);
}

/* A fit of its own: with weights that are zero, or with those of the training rows. */
static sp_path separate_fit(sample *s, const sp_design *x, const sp_folds *folds, ptrdiff_t k,
                            const sp_glm_loss *glm) {
  const ptrdiff_t n = s->n;
  double *v = zeros(n), total = 0;
  sp_model m;
  sp_path path = {0};
  sp_model_spec spec = sample_spec(s, x);
  const sp_path_options options = given_grid(grid, GRID);
  for (ptrdiff_t i = 0; i < n; i++) v[i] = folds->train ? 0 : sample_weight(s, i);
  for (ptrdiff_t e = folds->begin[k]; e < folds->begin[k + 1]; e++) v[folds->rows[e]] = 0;
  if (folds->train)
    for (ptrdiff_t e = folds->train_begin[k]; e < folds->train_begin[k + 1]; e++)
      v[folds->train[e]] += sample_weight(s, folds->train[e]);
  for (ptrdiff_t i = 0; i < n; i++) total += v[i];
  for (ptrdiff_t i = 0; i < n; i++) v[i] /= total;
  spec.v = v;
  spec.glm = glm;
  CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
  CHECK_EQUAL(sp_model_fit(&m, &path, &options, strict, NULL, NULL), SP_OK);
  sp_model_clear(&m);
  free(v);
  return path;
}

/* Of least squares or, if there is one, of another loss. */
static double deviance(const sample *s, const sp_folds *folds, ptrdiff_t k, const sp_glm_loss *glm,
                       double b0, const double *beta) {
  long double sum = 0;
  for (ptrdiff_t e = folds->begin[k]; e < folds->begin[k + 1]; e++) {
    const ptrdiff_t i = folds->rows[e];
    long double eta = (s->offset ? s->offset[i] : 0) + b0;
    for (ptrdiff_t j = 0; j < s->p; j++) eta += (long double)s->x[i + j * s->n] * beta[j];
    double r, h;
    const long double miss = s->y[i] - eta;
    sum += sample_weight(s, i) *
           (glm ? 2 * glm->ops->unit(glm, s->y[i], (double)eta, &r, &h) : miss * miss);
  }
  return (double)sum;
}

static void compare(const sample *s, const sp_fold_fit *fit, const sp_path *alone,
                    const sp_folds *folds, ptrdiff_t k, const sp_glm_loss *glm) {
  CHECK_EQUAL(fit->status, SP_OK);
  CHECK_EQUAL(fit->path.size, alone->size);
  for (ptrdiff_t l = 0; l < alone->size && l < fit->path.size; l++) {
    double *b = coefficients(&fit->path, s->p, l), *c = coefficients(alone, s->p, l);
    double unit = 1e-3;
    for (ptrdiff_t j = 0; j < s->p; j++) unit = fmax(unit, fabs(c[j]));
    for (ptrdiff_t j = 0; j < s->p; j++) {
      CHECK_NEAR(b[j], c[j], 1e-8 * unit);
      CHECK_EQUAL(b[j] == s->lower[j], c[j] == s->lower[j]);
      CHECK_EQUAL(b[j] == s->upper[j], c[j] == s->upper[j]);
    }
    CHECK_NEAR(fit->path.intercept[l], alone->intercept[l], 1e-8 * (1 + fabs(alone->intercept[l])));
    CHECK_EQUAL(fit->path.converged[l], alone->converged[l]);
    if (fit->error_sum && !isnan(fit->error_sum[l])) {
      const double expected = deviance(s, folds, k, glm, fit->path.intercept[l], b);
      CHECK_NEAR(fit->error_sum[l], expected, 1e-9 * expected);
    }
    free(b);
    free(c);
  }
}

/* Returns how many folds have come with their errors. */
static int check_folds(sample *s, const sp_design *x, const sp_folds *folds,
                       const sp_glm_loss *glm) {
  sp_fold_fit fits[MOST_FOLDS] = {{0}};
  int with_error = 0;
  CHECK_EQUAL(fit_folds(s, x, folds, glm, NULL, fits), SP_OK);
  for (ptrdiff_t k = 0; k < folds->count; k++) {
    sp_path alone = separate_fit(s, x, folds, k, glm);
    compare(s, fits + k, &alone, folds, k, glm);
    with_error += fits[k].error_sum != NULL;
    sp_path_clear(&alone);
    sp_fold_fit_clear(fits + k);
  }
  return with_error;
}

/* Weights, offset, elastic net, factors, bounds; with and without intercept and standardisation. */
static void vary(sample *s, int variant) {
  rng g = rng_seeded((uint64_t)variant + 100);
  if (variant & 1) sample_add_weights(s, &g);
  if (variant & 2) sample_add_offset(s, &g);
  if (variant & 4) s->alpha = 0.6;
  if (variant & 8) s->intercept = 0;
  if (variant & 16) {
    s->lower[0] = -0.2;
    s->upper[1] = 0.1;
  }
  if (variant % 5 == 0) s->standardize = 0;
  if (variant & 32) {
    s->factor[0] = 0;
    s->factor[2] = INFINITY;
    s->factor[3] = 2.5;
  }
}

static void tall_folds_from_shared_products_are_separate_fits(void) {
  for (int variant = 0; variant < 64; variant++) {
    const ptrdiff_t count = variant % 3 ? 5 : MOST_FOLDS; /* more than are held at once */
    sample s = sample_new(70, 9, (uint64_t)variant);
    vary(&s, variant);
    deal *d = deal_new(70, count, (uint64_t)variant);
    CHECK_EQUAL(check_folds(&s, sample_dense(&s), &d->folds, NULL), count);
    deal_free(d);
    sample_free(&s);
  }
}

static void wide_folds_are_separate_fits(void) {
  for (int variant = 0; variant < 64; variant++) {
    sample s = sample_new(24, 130, (uint64_t)variant);
    vary(&s, variant);
    const ptrdiff_t count = variant % 8 ? 7 : MOST_FOLDS; /* more than are outlined at once */
    deal *d = deal_new(24, count, (uint64_t)variant);
    CHECK_EQUAL(check_folds(&s, sample_dense(&s), &d->folds, NULL), count);
    deal_free(d);
    sample_free(&s);
  }
}

static void folds_share_a_coarse_copy(void) {
  sample s = sample_new(64, 16400, 1);
  vary(&s, 3);
  CHECK(sp_coarse_is_worthwhile(sample_dense(&s)));
  deal *d = deal_new(64, 3, 1);
  CHECK_EQUAL(check_folds(&s, sample_dense(&s), &d->folds, NULL), 3);
  deal_free(d);
  sample_free(&s);
}

static void other_folds_are_separate_fits(void) {
  for (int variant = 0; variant < 64; variant++) {
    rng g = rng_seeded((uint64_t)variant);
    sample s = variant & 1 ? sample_new(40, 30, 5) : sample_new(30, 40, 5);
    vary(&s, variant);
    if (variant % 4 == 1) s.alpha = 0;
    sample_thin(&s, &g, 0.5);
    deal *d = deal_new(s.n, 4, (uint64_t)variant);
    const int sparse = s.alpha > 0;
    CHECK_EQUAL(check_folds(&s, sparse ? sample_sparse(&s) : sample_dense(&s), &d->folds, NULL), 4);
    deal_free(d);
    sample_free(&s);
  }
}

static void folds_of_other_losses_are_separate_fits(void) {
  const sp_glm_loss binomial = {.ops = &sp_glm_binomial};
  for (int variant = 0; variant < 8; variant++) {
    rng g = rng_seeded((uint64_t)variant);
    sample s = sample_new(60, 8, (uint64_t)variant);
    vary(&s, variant);
    for (ptrdiff_t i = 0; i < s.n; i++) s.y[i] = rng_uniform(&g) < 1 / (1 + exp(-s.y[i] / 2));
    deal *d = deal_new(60, 3, (uint64_t)variant);
    CHECK_EQUAL(check_folds(&s, sample_dense(&s), &d->folds, &binomial), 3);
    deal_free(d);
    sample_free(&s);
  }
}

/* Folds that overlap and leave rows out: the whole is then not the sum of its parts. */
static void repeated_folds_are_separate_fits(void) {
  sample s = sample_new(50, 6, 3);
  const int rows[] = {0, 5, 7, 20, 0, 1, 2, 40, 49, 3, 5, 7};
  const ptrdiff_t begin[] = {0, 4, 9, 12};
  const sp_folds folds = {.count = 3, .begin = begin, .rows = rows};
  CHECK_EQUAL(check_folds(&s, sample_dense(&s), &folds, NULL), 3);
  sample_free(&s);
}

/* As in repeated cross-validation: together the folds have more rows than the buffer holds. */
static void folds_with_all_rows_several_times_are_separate_fits(void) {
  enum { N = 60, FOLDS = 3, REPEATS = 4 };
  sample s = sample_new(N, 6, 3);
  int rows[REPEATS * N];
  ptrdiff_t begin[FOLDS * REPEATS + 1] = {0};
  for (int repeat = 0; repeat < REPEATS; repeat++) {
    deal *d = deal_new(N, FOLDS, (uint64_t)repeat);
    memcpy(rows + repeat * N, d->rows, N * sizeof *rows);
    for (int k = 1; k <= FOLDS; k++) begin[repeat * FOLDS + k] = repeat * N + d->begin[k];
    deal_free(d);
  }
  const sp_folds folds = {.count = FOLDS * REPEATS, .begin = begin, .rows = rows};
  CHECK_EQUAL(check_folds(&s, sample_dense(&s), &folds, NULL), FOLDS * REPEATS);
  sample_free(&s);
}

static void training_rows_may_be_given(void) {
  for (int wide = 0; wide < 2; wide++) {
    sample s = wide ? sample_new(20, 60, 4) : sample_new(40, 6, 4);
    const int rows[] = {15, 16, 17, 18, 19}, train[] = {0, 1, 2, 3, 4, 5, 6,  7,  8,  9,  9,  9,
                                                        0, 2, 4, 6, 8, 9, 10, 11, 12, 13, 14, 1};
    const ptrdiff_t begin[] = {0, 2, 5}, train_begin[] = {0, 12, 24};
    const sp_folds folds = {
        .count = 2, .begin = begin, .rows = rows, .train_begin = train_begin, .train = train};
    CHECK_EQUAL(check_folds(&s, sample_dense(&s), &folds, NULL), 2);
    sample_free(&s);
  }
}

/* A column that lives in one fold alone is constant without it: no difference of products may
   pretend otherwise. One with little variation left is computed from the rows, too. */
static void a_column_of_one_fold_is_left_to_the_rows(void) {
  sample s = sample_new(60, 7, 6);
  deal *d = deal_new(60, 5, 6);
  for (ptrdiff_t i = 0; i < 60; i++) s.x[i + 60] = 0.1;
  for (ptrdiff_t i = 0; i < 60; i++) s.x[i + 2 * 60] = 1e-3 * s.x[i];
  for (ptrdiff_t e = d->begin[2]; e < d->begin[3]; e++) s.x[d->rows[e] + 60] = 7;
  for (ptrdiff_t e = d->begin[4]; e < d->begin[5]; e++) s.x[d->rows[e] + 2 * 60] = 1;
  CHECK_EQUAL(check_folds(&s, sample_dense(&s), &d->folds, NULL), 5);
  for (ptrdiff_t i = 0; i < 60; i++) s.x[i + 3 * 60] = 0.1; /* constant altogether */
  CHECK_EQUAL(check_folds(&s, sample_dense(&s), &d->folds, NULL), 5);
  deal_free(d);
  sample_free(&s);
}

/* ---- the fit of all rows from the same sums --------------------------------------------- */

static int same_path(const sp_path *a, const sp_path *b, double tolerance) {
  if (a->size != b->size || a->colptr[a->size] != b->colptr[b->size]) return 0;
  for (ptrdiff_t e = 0; e < a->colptr[a->size]; e++)
    if (a->rowidx[e] != b->rowidx[e] ||
        !(fabs(a->values[e] - b->values[e]) <= tolerance * (1 + fabs(b->values[e]))))
      return 0;
  for (ptrdiff_t l = 0; l < a->size; l++)
    if (!(fabs(a->lambda[l] - b->lambda[l]) <= tolerance * b->lambda[l]) ||
        !(fabs(a->intercept[l] - b->intercept[l]) <= tolerance * (1 + fabs(b->intercept[l]))) ||
        !(fabs(a->dev_ratio[l] - b->dev_ratio[l]) <= tolerance))
      return 0;
  return 1;
}

/* From sums where `sums` is not NULL. Returns whether they were trusted. */
static int fit_all(sample *s, const sp_sums *sums, sp_path *path) {
  const sp_path_options options = {.count = 12, .ratio = 0.01, .dev_ratio_max = 1};
  const sp_model_spec spec = sample_spec(s, sample_dense(s));
  sp_reduced reduced = {0};
  sp_model model = {0};
  int trusted = 0;
  if (sums)
    CHECK_EQUAL(sp_sums_model(sums, &spec, &reduced, &model, &trusted, NULL), SP_OK);
  else
    CHECK_EQUAL(sp_model_init(&model, &spec, NULL), SP_OK);
  if (!sums || trusted)
    CHECK_EQUAL(sp_model_fit(&model, path, &options, strict, NULL, NULL), SP_OK);
  sp_model_clear(&model);
  sp_reduced_clear(&reduced);
  return trusted;
}

static sp_sums sums_of(sample *s, const sp_folds *folds, int threads) {
  sp_sums sums;
  const sp_model_spec spec = sample_spec(s, sample_dense(s));
  CHECK(sp_sums_pay(&spec, folds));
  CHECK_EQUAL(sp_sums_room(&spec, folds), folds->count);
  CHECK_EQUAL(sp_sums_init(&sums, &spec, threads, NULL, NULL), SP_OK);
  CHECK_EQUAL(sp_sums_take(&sums, &spec, folds, 0, folds->count, threads, NULL, NULL), SP_OK);
  return sums;
}

static void sums_serve_the_fit_of_all_rows_and_every_penalty(void) {
  for (int variant = 0; variant < 64; variant++) {
    sample s = sample_new(70, 9, (uint64_t)variant);
    vary(&s, variant);
    deal *d = deal_new(70, 5, (uint64_t)variant);
    sp_sums sums = sums_of(&s, &d->folds, 1 + variant % 3);
    s.alpha = variant % 7 ? s.alpha : 0.3;
    sp_path alone = {0}, all = {0};
    fit_all(&s, NULL, &alone);
    CHECK(fit_all(&s, &sums, &all));
    CHECK(same_path(&all, &alone, 1e-8));
    sp_path_clear(&alone);
    sp_path_clear(&all);
    sp_fold_fit with[5] = {{0}}, without[5] = {{0}};
    const sp_path_options options = given_grid(grid, GRID);
    const sp_model_spec spec = sample_spec(&s, sample_dense(&s));
    CHECK_EQUAL(sp_folds_fit(with, &spec, &d->folds, &sums, &options, strict, 2, NULL, NULL),
                SP_OK);
    CHECK_EQUAL(fit_folds(&s, sample_dense(&s), &d->folds, NULL, NULL, without), SP_OK);
    for (int k = 0; k < 5; k++) {
      CHECK(same_path(&with[k].path, &without[k].path, 0));
      sp_fold_fit_clear(with + k);
      sp_fold_fit_clear(without + k);
    }
    sp_sums_clear(&sums);
    deal_free(d);
    sample_free(&s);
  }
}

/* A response without spread, products that lose digits to underflow, and ridge. */
static void sums_know_what_they_cannot_serve(void) {
  for (int trouble = 0; trouble < 3; trouble++) {
    sample s = sample_new(40, 4, 1);
    deal *d = deal_new(40, 5, 1);
    for (ptrdiff_t i = 0; i < 40; i++) {
      if (trouble == 0) s.y[i] = 0.1 + 1e-17 * (double)(i % 3);
      if (trouble == 1) s.x[i + 40] *= 1e-145;
    }
    if (trouble == 2) s.alpha = 0;
    sp_sums sums = sums_of(&s, &d->folds, 1);
    sp_path path = {0};
    CHECK(!fit_all(&s, &sums, &path));
    sp_sums_clear(&sums);
    deal_free(d);
    sample_free(&s);
  }
}

/* Where next to nothing is left of the error the sum says that it does not know. */
static void an_error_that_is_rounding_is_not_reported(void) {
  sample s = sample_new(60, 5, 7);
  for (ptrdiff_t i = 0; i < 60; i++) s.y[i] = 3 * s.x[i] + 1e-5 * s.y[i];
  deal *d = deal_new(60, 4, 7);
  sp_fold_fit fits[4] = {{0}};
  CHECK_EQUAL(fit_folds(&s, sample_dense(&s), &d->folds, NULL, NULL, fits), SP_OK);
  for (int k = 0; k < 4; k++) {
    CHECK(fits[k].error_sum[0] > 0 && isnan(fits[k].error_sum[GRID - 1]));
    sp_fold_fit_clear(fits + k);
  }
  deal_free(d);
  sample_free(&s);
}

/* ---- what can go wrong ------------------------------------------------------------------ */

typedef struct {
  int polls, stop_at;
  ptrdiff_t told;
} watch;

static int stop(void *host) {
  watch *w = (watch *)host;
  return ++w->polls >= w->stop_at;
}

static void note(void *host, ptrdiff_t done, ptrdiff_t all) {
  watch *w = (watch *)host;
  CHECK(done > w->told && done <= all);
  w->told = done;
}

static sample sample_of_route(int route) {
  sample s = route == 0 ? sample_new(40, 6, 8) : sample_new(12, 60, 8);
  if (route == 2) s.alpha = 0;
  return s;
}

static void an_interrupt_ends_all_and_progress_is_told(void) {
  for (int route = 0; route < 3; route++) {
    sample s = sample_of_route(route);
    deal *d = deal_new(s.n, 4, 1);
    for (int stop_at = 1; stop_at < 1000; stop_at += 1 + stop_at / 2) {
      watch w = {.stop_at = stop_at};
      const sp_context ctx = {.interrupted = stop, .progress = note, .host = &w};
      sp_fold_fit fits[4] = {{0}};
      const sp_status status = fit_folds(&s, sample_dense(&s), &d->folds, NULL, &ctx, fits);
      CHECK_EQUAL(status, w.polls >= stop_at ? SP_ERR_INTERRUPTED : SP_OK);
      if (stop_at == 1) CHECK_EQUAL(status, SP_ERR_INTERRUPTED);
      if (status == SP_OK) CHECK_EQUAL(w.told, 4);
      for (int k = 0; k < 4; k++) sp_fold_fit_clear(fits + k);
    }
    deal_free(d);
    sample_free(&s);
  }
}

/* Looks at columns since somebody was asked. */
static ptrdiff_t looks;

static void look_moments(const sp_design *x, ptrdiff_t j, const double *v, sp_moments *out) {
  looks++;
  sp_design_dense(x->n, x->p, x->data).ops->moments(x, j, v, out);
}

static void look_mul_t(const sp_design *x, const ptrdiff_t *cols, ptrdiff_t k,
                       const double *const *u, ptrdiff_t m, double *out) {
  looks += k;
  sp_design_dense(x->n, x->p, x->data).ops->mul_t(x, cols, k, u, m, out);
}

static void nobody_waits_for_more_than_a_few_columns(void) {
  sample s = sample_new(12, 3000, 8);
  deal *d = deal_new(s.n, 4, 1);
  sp_design x = *sample_dense(&s);
  sp_design_ops ops = *x.ops;
  ops.moments = look_moments;
  ops.mul_t = look_mul_t;
  x.ops = &ops;
  for (int stop_at = 1; stop_at < 40; stop_at++) {
    watch w = {.stop_at = stop_at};
    const sp_context ctx = {.interrupted = stop, .host = &w};
    sp_fold_fit fits[4] = {{0}};
    looks = 0;
    CHECK_EQUAL(fit_folds(&s, &x, &d->folds, NULL, &ctx, fits), SP_ERR_INTERRUPTED);
    CHECK(looks <= 4 * 256 * (stop_at - 1));
    for (int k = 0; k < 4; k++) sp_fold_fit_clear(fits + k);
  }
  deal_free(d);
  sample_free(&s);
}

static void exhaustion_is_reported_and_leaves_nothing_behind(void) {
  for (int route = 0; route < 3; route++) {
    sample s = sample_of_route(route);
    deal *d = deal_new(s.n, 3, 1);
    const sp_design *x = sample_dense(&s);
    for (faults f = {.least = 20}; faults_next(&f);) {
      sp_fold_fit fits[3] = {{0}};
      const sp_status status = fit_folds(&s, x, &d->folds, NULL, NULL, fits);
      faults_check(&f, status);
      for (int k = 0; k < 3; k++) sp_fold_fit_clear(fits + k);
    }
    deal_free(d);
    sample_free(&s);
  }
}

/* Numbers that are not finite are no matter of one fold. */
static void a_column_that_is_not_finite_is_an_error(void) {
  sample s = sample_new(40, 6, 9);
  deal *d = deal_new(40, 4, 1);
  s.x[45] = NAN;
  sp_fold_fit fits[4] = {{0}};
  CHECK_EQUAL(fit_folds(&s, sample_dense(&s), &d->folds, NULL, NULL, fits), SP_ERR_NONFINITE);
  deal_free(d);
  sample_free(&s);
}

/* ---- sums of products ------------------------------------------------------------------- */

/* Every seventh column with all that follow. */
static void check_set(const sample *s, const double *center, const int *rows, ptrdiff_t count,
                      const double *set) {
  const ptrdiff_t p = s->p, order = p + 2;
  double *u = calloc((size_t)order * (size_t)count, sizeof *u);
  for (ptrdiff_t e = 0; e < count; e++) {
    const ptrdiff_t i = rows[e];
    for (ptrdiff_t j = 0; j < p; j++) u[j * count + e] = s->x[i + j * s->n] - center[j];
    u[p * count + e] = s->y[i] - (s->offset ? s->offset[i] : 0) - 0.7;
    u[(p + 1) * count + e] = 1;
  }
  for (ptrdiff_t a = order % 7; a < order; a += p < 7 ? 1 : 7)
    for (ptrdiff_t b = a; b < order; b++) {
      long double sum = 0;
      for (ptrdiff_t e = 0; e < count; e++)
        sum += (long double)sample_weight(s, rows[e]) * u[a * count + e] * u[b * count + e];
      CHECK_NEAR(set[b * order + a], (double)sum, 1e-12);
    }
  free(u);
}

/* One block, several, several in each part; columns enough for panels, and in a set rows beyond
   one of their blocks. */
static void products_of_sets_are_those_of_their_rows(void) {
  enum { SETS = 6 };
  static const struct {
    ptrdiff_t n, p;
  } shapes[] = {{90, 5},    {20000, 5}, {70000, 5}, {90, 8 * SP_PANEL - 3}, {90, 8 * SP_PANEL - 2},
                {7000, 199}};
  for (int variant = 0; variant < 12; variant++) {
    const ptrdiff_t n = shapes[variant % 6].n, p = shapes[variant % 6].p, order = p + 2;
    sample s = sample_new(n, p, (uint64_t)variant);
    vary(&s, variant / 6 + variant % 2);
    double *center = calloc((size_t)p, sizeof *center), *out[SETS];
    unsigned char *constant = calloc((size_t)p, 1);
    for (ptrdiff_t j = 0; j < p; j++) center[j] = 0.1 * (double)(j % 5) - 0.2;
    const sp_model_spec spec = sample_spec(&s, sample_dense(&s));
    const sp_rows_source source = {
        .spec = &spec, .center = center, .constant = constant, .y_center = 0.7};
    deal *d = deal_new(n, SETS, (uint64_t)variant);
    for (int k = 0; k < SETS; k++) out[k] = calloc((size_t)(order * order), sizeof **out);
    CHECK_EQUAL(sp_crossproducts_order(&source), order);
    CHECK_EQUAL(sp_crossproducts_add(&source, SETS, d->begin, d->rows, out, 1, NULL, NULL), SP_OK);
    for (int k = 0; k < SETS; k++) {
      check_set(&s, center, d->rows + d->begin[k], d->begin[k + 1] - d->begin[k], out[k]);
      free(out[k]);
    }
    free(center);
    free(constant);
    deal_free(d);
    sample_free(&s);
  }
}

/* Rows enough to be summed in parts: what goes wrong in one of them is not lost. */
static void sums_in_parts_fail_as_one(void) {
  enum { N = 33000, ORDER = 3 };
  sample s = sample_new(N, 1, 1);
  const double center = 0;
  const unsigned char constant = 0;
  const sp_model_spec spec = sample_spec(&s, sample_dense(&s));
  const sp_rows_source source = {.spec = &spec, .center = &center, .constant = &constant};
  deal *d = deal_new(N, 2, 1);
  for (int stopped = 0; stopped < 2; stopped++) {
    long k = 1;
    for (int failed = 1; failed; k++) {
      double first[ORDER * ORDER] = {0}, second[ORDER * ORDER] = {0};
      double *out[] = {first, second};
      watch w = {.stop_at = stopped ? (int)k : 1000};
      const sp_context ctx = {.interrupted = stop, .host = &w};
      const long alive = fault_alive();
      if (!stopped) fault_arm(k);
      const sp_status status =
          sp_crossproducts_add(&source, 2, d->begin, d->rows, out, 1, &ctx, NULL);
      failed = stopped ? w.polls >= w.stop_at : fault_happened();
      fault_arm(0);
      CHECK_EQUAL(status, !failed ? SP_OK : stopped ? SP_ERR_INTERRUPTED : SP_ERR_MEMORY);
      CHECK_EQUAL(fault_alive(), alive);
    }
    CHECK(k > 4);
  }
  deal_free(d);
  sample_free(&s);
}

int main(void) {
  RUN(products_of_sets_are_those_of_their_rows);
  RUN(sums_in_parts_fail_as_one);
  RUN(tall_folds_from_shared_products_are_separate_fits);
  RUN(wide_folds_are_separate_fits);
  RUN(folds_share_a_coarse_copy);
  RUN(other_folds_are_separate_fits);
  RUN(folds_of_other_losses_are_separate_fits);
  RUN(repeated_folds_are_separate_fits);
  RUN(folds_with_all_rows_several_times_are_separate_fits);
  RUN(training_rows_may_be_given);
  RUN(a_column_of_one_fold_is_left_to_the_rows);
  RUN(sums_serve_the_fit_of_all_rows_and_every_penalty);
  RUN(sums_know_what_they_cannot_serve);
  RUN(an_error_that_is_rounding_is_not_reported);
  RUN(an_interrupt_ends_all_and_progress_is_told);
  RUN(nobody_waits_for_more_than_a_few_columns);
  RUN(exhaustion_is_reported_and_leaves_nothing_behind);
  RUN(a_column_that_is_not_finite_is_an_error);
  return check_report();
}
