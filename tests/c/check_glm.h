/* Models of other losses than least squares, their fits, and what the definition says of them. */
#ifndef CHECK_GLM_H
#define CHECK_GLM_H

#include "check_fit.h"
#include "core/loss/loss.h"

enum { LOSSES = 5 };

static const sp_glm_ops *const all[LOSSES] = {&sp_glm_binomial, &sp_glm_poisson, &sp_glm_gamma,
                                              &sp_glm_negative_binomial, &sp_glm_gaussian_log};

/* A response that the loss allows. */
static inline double response(const sp_glm_ops *ops, double signal, rng *g) {
  const double mean = exp(0.3 * signal), u = rng_uniform(g);
  if (ops == &sp_glm_binomial) return u < 1 / (1 + exp(-signal));
  if (ops == &sp_glm_poisson || ops == &sp_glm_negative_binomial) return floor(3 * mean * u);
  if (ops == &sp_glm_gamma || ops == &sp_glm_gaussian_log) return mean * (0.5 + u);
  CHECK(!"a response of that loss is known");
  return NAN;
}

enum { KINDS = 40 /* of problems; the last eight without an intercept */ };

/* Tall, or wide where `kind` is odd; its other bits choose the difficulties. */
static inline sample glm_sample(int kind, const sp_glm_ops *ops, int sparse, double alpha) {
  rng g = rng_seeded((uint64_t)kind + 900);
  sample s = sample_new(kind & 1 ? 25 : 80, kind & 1 ? 60 : 12, (uint64_t)kind);
  s.alpha = alpha;
  if (kind & 4) sample_add_weights(&s, &g);
  if (kind & 8) s.factor[4] = s.factor[7] = 0;
  if (kind & 16) {
    s.lower[0] = 0;
    s.upper[1] = 0.1;
    s.factor[5] = INFINITY;
  }
  s.intercept = !(kind & 32);
  if (sparse) sample_thin(&s, &g, 0.5);
  for (ptrdiff_t i = 0; i < s.n; i++) s.y[i] = response(ops, s.y[i], &g);
  return s;
}

/* A model of a sample and the path that was fitted last. */
typedef struct {
  sample s;
  sp_glm_loss loss;
  sp_model_spec spec;
  sp_model m;
  sp_path path;
} bench;

/* Takes over `s`; the bench must stay where it is. */
static inline void bench_start(bench *b, sample s, const sp_glm_ops *ops, int sparse) {
  *b = (bench){.s = s, .loss = {.ops = ops, .theta = 1.7}};
  b->spec = sample_spec(&b->s, sparse ? sample_sparse(&b->s) : sample_dense(&b->s));
  b->spec.glm = &b->loss;
  CHECK_EQUAL(sp_model_init(&b->m, &b->spec, NULL), SP_OK);
}

static inline void bench_end(bench *b) {
  sp_path_clear(&b->path);
  sp_model_clear(&b->m);
  sample_free(&b->s);
}

static inline sp_status bench_fit(bench *b, sp_path_options options, sp_tolerance tolerance) {
  sp_path_clear(&b->path);
  return sp_model_fit(&b->m, &b->path, &options, tolerance, NULL, NULL);
}

/* The linear predictor of row i at solution k, whose coefficients are `beta`. */
static inline double naive_eta(const bench *b, ptrdiff_t k, const double *beta, ptrdiff_t i) {
  long double eta = b->path.intercept[k];
  for (ptrdiff_t j = 0; j < b->s.p; j++) eta += (long double)b->s.x[i + j * b->s.n] * beta[j];
  return (double)eta;
}

/* A coefficient at its bound, which a scale that is rounded otherwise may have moved away. */
static inline double at_bound(const sp_model *m, ptrdiff_t j, double b) {
  if (fabs(b - m->lower[j]) <= 1e-14 * fabs(b)) return m->lower[j];
  return fabs(b - m->upper[j]) <= 1e-14 * fabs(b) ? m->upper[j] : b;
}

/* Largest violation of stationarity at solution k in units of lambda, from X itself. */
static inline double naive_violation(const bench *b, ptrdiff_t k) {
  const sample *s = &b->s;
  double *beta = coefficients(&b->path, s->p, k), *z = sample_standardized(s), worst = 0;
  double *r = zeros(s->n), sum = 0, size = 0;
  for (ptrdiff_t i = 0; i < s->n; i++) {
    double h;
    b->loss.ops->unit(&b->loss, s->y[i], naive_eta(b, k, beta, i), &r[i], &h);
    sum += sample_weight(s, i) * r[i];
    size += sample_weight(s, i) * (fabs(r[i]) + h);
  }
  /* eta is a rounded sum of steps, and h multiplies that */
  if (s->intercept) CHECK_NEAR(sum, 0, 4e-12 * size);
  for (ptrdiff_t j = 0; j < s->p; j++) {
    double c = 0;
    if (sample_is_out(s, j)) continue;
    for (ptrdiff_t i = 0; i < s->n; i++) c += sample_weight(s, i) * z[i + j * s->n] * r[i];
    const double standardized = at_bound(&b->m, j, beta[j] * (double)sample_scale(s, j));
    worst = fmax(worst,
                 b->m.penalty.ops->violation(&b->m.penalty, j, standardized, c, b->path.lambda[k]));
  }
  free(beta);
  free(z);
  free(r);
  return worst / b->path.lambda[k];
}

#endif
