/* Fitted paths against the definition of the problem. */
#ifndef CHECK_FIT_H
#define CHECK_FIT_H

#include "check.h"
#include "sample.h"

#include <float.h>
#include <stdlib.h>

static const sp_tolerance usual_tolerance = {.tol = 1e-7, .max_iter = 10000};

static inline sp_path_options automatic_grid(ptrdiff_t count) {
  return (sp_path_options){
      .count = count, .ratio = 1e-3, .dev_ratio_max = 0.999, .dev_ratio_change = 1e-5};
}

static inline sp_path_options given_grid(const double *lambda, ptrdiff_t count) {
  return (sp_path_options){.lambda = lambda, .count = count};
}

static inline sp_status fit_with(sample *s, const sp_design *x, sp_path_options options,
                                 sp_tolerance tolerance, const sp_context *ctx, sp_path *path) {
  sp_model m;
  const sp_model_spec spec = sample_spec(s, x);
  memset(path, 0, sizeof *path);
  sp_status status = sp_model_init(&m, &spec, NULL);
  if (status == SP_OK) status = sp_model_fit(&m, path, &options, tolerance, ctx, NULL);
  sp_model_clear(&m);
  return status;
}

static inline sp_path fit(sample *s, sp_path_options options) {
  sp_path path;
  CHECK_EQUAL(fit_with(s, sample_dense(s), options, usual_tolerance, NULL, &path), SP_OK);
  return path;
}

/* Column l of the path, spelt out; the caller frees. */
static inline double *coefficients(const sp_path *path, ptrdiff_t p, ptrdiff_t l) {
  double *beta = zeros(p);
  for (ptrdiff_t e = path->colptr[l]; e < path->colptr[l + 1]; e++)
    beta[path->rowidx[e]] = path->values[e];
  return beta;
}

static inline double naive_rss(const sample *s, double b0, const double *beta) {
  sample plain = *s;
  plain.alpha = 1;
  return 2 * (double)sample_objective(&plain, 0, b0, beta);
}

/* What a gradient can amount to: the scale for tolerances. */
static inline double gradient_unit(const sample *s) {
  double largest = 0;
  for (ptrdiff_t j = 0; j < s->p; j++)
    if (!sample_is_out(s, j)) largest = fmax(largest, (double)sample_norm(s, j));
  return (largest > 0 ? largest : 1) * sqrt((double)sample_null_deviance(s));
}

static inline int has_free_column(const sample *s, double lambda) {
  for (ptrdiff_t j = 0; j < s->p; j++)
    if ((s->factor[j] == 0 || lambda == 0) && (isinf(s->lower[j]) || isinf(s->upper[j]))) return 1;
  return 0;
}

/* What rounding may amount to in a gap: that of products where coefficients nearly cancel, times
   the coefficients. */
static inline double gap_rounding(const sample *s, const sp_path *path, const double *beta) {
  double length = 0;
  for (ptrdiff_t j = 0; j < s->p; j++)
    length += fabs(beta[j]) * (double)(sample_scale(s, j) * sample_norm(s, j));
  return 64 * DBL_EPSILON * (1 + length * length / path->null_deviance);
}

/* What solution l says of itself is true, whether it is good or not: the gap to a factor, as the
   dual point is the core's choice, and to rounding. */
static inline void check_honesty(const sample *s, const sp_path *path, ptrdiff_t l) {
  const double lambda = path->lambda[l], b0 = path->intercept[l];
  double *beta = coefficients(path, s->p, l);
  const double primal = (double)sample_objective(s, lambda, b0, beta);
  const double dual = (double)sample_dual(s, lambda, b0, beta);
  const double gap = 2 * (primal - dual) / path->null_deviance;
  const double rounding = gap_rounding(s, path, beta);
  CHECK(gap <= 4 * path->gap[l] + rounding && path->gap[l] <= 4 * gap + rounding);
  CHECK_EQUAL(path->converged[l], path->gap[l] <= usual_tolerance.tol);
  CHECK_NEAR(path->dev_ratio[l], 1 - naive_rss(s, b0, beta) / path->null_deviance, 1e-7);
  free(beta);
}

/* Solution l is stationary to `tolerance` of the gradient's unit, and what it says is true. */
static inline void check_solution(const sample *s, const sp_path *path, ptrdiff_t l,
                                  double tolerance) {
  const double unit = gradient_unit(s), lambda = path->lambda[l], b0 = path->intercept[l];
  const double null_deviance = (double)sample_null_deviance(s);
  double *beta = coefficients(path, s->p, l);
  const double violation = sample_violation(s, lambda, b0, beta);
  CHECK_NEAR(violation / unit, 0, tolerance);
  CHECK_EQUAL(path->converged[l], 1);
  CHECK_NEAR(path->gap[l], 0, usual_tolerance.tol);
  CHECK(path->gap[l] >= 0);
  if (lambda > 0) CHECK_NEAR(path->kkt[l] * lambda, violation, tolerance * unit);
  CHECK_NEAR(path->dev_ratio[l], 1 - naive_rss(s, b0, beta) / null_deviance, 1e-9);
  if (!s->intercept) CHECK_NEAR(b0, 0, 0);
  if (!has_free_column(s, lambda)) {
    const long double primal = sample_objective(s, lambda, b0, beta);
    const long double dual = sample_dual(s, lambda, b0, beta);
    CHECK_NEAR((double)(primal - dual) / (null_deviance / 2), path->gap[l], 1e-9);
  }
  free(beta);
}

/* The record itself: compressed columns in order, no zeros stored, nothing but finite numbers. */
static inline void check_record(const sp_path *path, ptrdiff_t p) {
  CHECK(path->size >= 1 && path->size <= path->capacity);
  CHECK_EQUAL(path->colptr[0], 0);
  for (ptrdiff_t l = 0; l < path->size; l++) {
    for (ptrdiff_t e = path->colptr[l]; e < path->colptr[l + 1]; e++) {
      CHECK(path->rowidx[e] >= 0 && path->rowidx[e] < p);
      CHECK(e == path->colptr[l] || path->rowidx[e] > path->rowidx[e - 1]);
      CHECK(path->values[e] != 0 && isfinite(path->values[e]));
    }
    CHECK(isfinite(path->intercept[l]) && isfinite(path->df[l]) && path->iterations[l] >= 0);
  }
}

static inline void check_path(const sample *s, const sp_path *path, double tolerance) {
  check_record(path, s->p);
  const double null_deviance = (double)sample_null_deviance(s);
  CHECK_NEAR(path->null_deviance, null_deviance, 1e-12 * null_deviance);
  for (ptrdiff_t l = 0; l < path->size; l++) check_solution(s, path, l, tolerance);
}

/* df of all solvers but ridge. */
static inline void check_df_counts(const sp_path *path) {
  for (ptrdiff_t l = 0; l < path->size; l++)
    CHECK_NEAR(path->df[l], (double)(path->colptr[l + 1] - path->colptr[l]), 0);
}

#endif
