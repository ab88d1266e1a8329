/* A solver on a sample, and its state recomputed from the definition. */
#ifndef CHECK_SOLVER_H
#define CHECK_SOLVER_H

#include "check.h"
#include "core/alloc.h"
#include "core/path/model.h"
#include "core/solver/residual.h"
#include "sample.h"

#include <stdlib.h>

typedef struct {
  sample s;
  sp_model m;
  sp_solver solver;
  double *z; /* explicit standardised matrix */
} bench;

/* Tall enough for the whole Gram matrix; bits of `kind` choose the difficulties. */
static inline sample bench_sample(int kind) {
  rng g = rng_seeded((uint64_t)kind + 500);
  sample s = sample_new(30, 12, (uint64_t)kind);
  s.alpha = kind & 1 ? 0.5 : 1;
  s.intercept = !(kind & 2);
  if (kind & 4) sample_add_weights(&s, &g);
  if (kind & 8) {
    sample_add_offset(&s, &g);
    s.standardize = 0;
  }
  s.factor[3] = 1.7;
  if (kind & 16) {
    s.lower[0] = 0;
    s.upper[1] = 0.1;
    s.lower[2] = -0.15;
    s.upper[2] = 0.15;
    s.factor[5] = INFINITY;
  }
  if (kind & 32) s.factor[4] = s.factor[7] = 0;
  return s;
}

/* Takes over `s`; the bench must stay where it is. */
static inline void bench_start(bench *b, sample s) {
  static const sp_tolerance tolerance = {.tol = 1e-7, .max_iter = 10000};
  b->s = s;
  const sp_model_spec spec = sample_spec(&b->s, sample_dense(&b->s));
  CHECK_EQUAL(sp_model_init(&b->m, &spec, NULL), SP_OK);
  CHECK_EQUAL(sp_solver_init(&b->solver, &b->m.problem, tolerance, NULL, NULL), SP_OK);
  b->solver.precision = 1e-12;
  b->z = sample_standardized(&b->s);
}

static inline void bench_end(bench *b) {
  sp_solver_clear(&b->solver);
  sp_model_clear(&b->m);
  free(b->z);
  sample_free(&b->s);
}

/* Without the Gram matrix, as for a working set that is too large. The residual takes its place. */
static inline void forget_gram(bench *b) {
  sp_working_set_give_up_gram(&b->solver.working_set);
  sp_residual_update(&b->solver);
}

/* The original-scale coefficients that belong to standardised ones; the caller frees. */
static inline double *original(const bench *b, const double *beta) {
  double *out = zeros(b->s.p);
  for (ptrdiff_t j = 0; j < b->s.p; j++) out[j] = beta[j] / (double)sample_scale(&b->s, j);
  return out;
}

/* Residual of the best intercept, which goes to *b0. */
static inline void naive_residual(const bench *b, const double *beta, double *r, double *b0) {
  const sample *s = &b->s;
  double *coefficients = original(b, beta);
  long double mean = 0, total = 0;
  for (ptrdiff_t i = 0; i < s->n; i++) {
    long double rest = (long double)s->y[i] - (s->offset ? s->offset[i] : 0);
    for (ptrdiff_t j = 0; j < s->p; j++) rest -= (long double)s->x[i + j * s->n] * coefficients[j];
    r[i] = (double)rest;
    mean += sample_weight(s, i) * rest;
    total += sample_weight(s, i);
  }
  *b0 = s->intercept ? (double)(mean / total) : 0;
  for (ptrdiff_t i = 0; i < s->n; i++) r[i] -= *b0;
  free(coefficients);
}

static inline double naive_gradient(const bench *b, ptrdiff_t j, const double *r) {
  long double sum = 0;
  for (ptrdiff_t i = 0; i < b->s.n; i++)
    sum += (long double)sample_weight(&b->s, i) * b->z[i + j * b->s.n] * r[i];
  return (double)sum;
}

static inline double naive_objective(const bench *b, double lambda, const double *beta) {
  double r[64], b0, *coefficients = original(b, beta);
  naive_residual(b, beta, r, &b0);
  const double out = (double)sample_objective(&b->s, lambda, b0, coefficients);
  free(coefficients);
  return out;
}

static inline double naive_violation(const bench *b, double lambda, const double *beta) {
  double r[64], b0, *coefficients = original(b, beta);
  naive_residual(b, beta, r, &b0);
  const double out = sample_violation(&b->s, lambda, b0, coefficients);
  free(coefficients);
  return out;
}

/* The gradients kept for the working set are those of the coefficients. */
static inline void check_gradients(const bench *b, double tolerance) {
  const sp_working_set *w = &b->solver.working_set;
  double r[64], b0;
  naive_residual(b, b->solver.beta, r, &b0);
  for (ptrdiff_t k = 0; k < w->size; k++)
    CHECK_NEAR(w->gradient[k], naive_gradient(b, w->index[k], r), tolerance);
}

/* Minimiser over one coefficient: soft threshold, shrink, clamp. */
static inline double naive_update(const bench *b, ptrdiff_t j, double c, double old,
                                  double lambda) {
  const sample *s = &b->s;
  const double scale = (double)sample_scale(s, j);
  const double l1 = lambda * s->factor[j] * s->alpha, l2 = lambda * s->factor[j] * (1 - s->alpha);
  const double pull = c + b->m.design.sqnorm[j] * old;
  const double shrunk = copysign(fmax(0, fabs(pull) - l1), pull) / (b->m.design.sqnorm[j] + l2);
  return fmin(fmax(shrunk, s->lower[j] * scale), s->upper[j] * scale);
}

/* At rest on zero or on a bound. */
static inline int rests(const bench *b, ptrdiff_t j, double lambda) {
  const double scale = (double)sample_scale(&b->s, j), at = b->solver.beta[j];
  const double slack = 1e-14 * fabs(at);
  if (at == 0 && lambda * b->s.alpha * b->s.factor[j] > 0) return 1;
  return fabs(at - b->s.lower[j] * scale) <= slack || fabs(at - b->s.upper[j] * scale) <= slack;
}

/* One epoch, column by column from the definition; `only_resting` as sp_cd_release does. */
static inline ptrdiff_t naive_epoch(const bench *b, double lambda, int only_resting, double *beta) {
  const sp_working_set *w = &b->solver.working_set;
  ptrdiff_t moved = 0;
  for (ptrdiff_t k = 0; k < w->size; k++) {
    const ptrdiff_t j = w->index[k];
    double r[64], b0;
    if (only_resting && !rests(b, j, lambda)) continue;
    naive_residual(b, beta, r, &b0);
    const double next = naive_update(b, j, naive_gradient(b, j, r), beta[j], lambda);
    moved += fabs(next - beta[j]) > 1e-11;
    beta[j] = next;
  }
  return moved;
}

#endif
