#include "check.h"
#include "core/alloc.h"
#include "core/loss/loss_terms.h"
#include "core/path/glm_kernel.h"
#include "core/path/model.h"
#include "core/solver/newton_parts.h"
#include "fault.h"
#include "sample.h"

#include <stdlib.h>

enum { LOSSES = 5, KINDS = 40 /* of problems; the last eight without an intercept */ };

static const sp_glm_ops *const all[LOSSES] = {&sp_glm_binomial, &sp_glm_poisson, &sp_glm_gamma,
                                              &sp_glm_negative_binomial, &sp_glm_gaussian_log};

/* A response that the loss allows. */
static double response(const sp_glm_ops *ops, double signal, rng *g) {
  if (ops == &sp_glm_binomial) return rng_uniform(g) < 1 / (1 + exp(-signal));
  if (ops == &sp_glm_gamma || ops == &sp_glm_gaussian_log)
    return exp(0.3 * signal) * (0.5 + rng_uniform(g));
  return floor(3 * exp(0.3 * signal) * rng_uniform(g));
}

static void residual_and_curvature_are_derivatives(void) {
  const double step = 1e-5, etas[] = {-2, -0.3, 0.1, 1.5};
  for (int l = 0; l < LOSSES; l++)
    for (int e = 0; e < 4; e++)
      for (double y = all[l] == &sp_glm_gamma; y <= 1; y += 0.5) {
        const sp_glm_loss loss = {.ops = all[l], .theta = 1.7};
        double r, h, above, below, unused, eta = etas[e];
        const double up = all[l]->unit(&loss, y, eta + step, &above, &unused);
        const double down = all[l]->unit(&loss, y, eta - step, &below, &unused);
        CHECK(all[l]->unit(&loss, y, eta, &r, &h) >= 0);
        CHECK_NEAR(r, -(up - down) / (2 * step), 1e-8);
        CHECK(h > 0);
        if (all[l] != &sp_glm_gaussian_log) CHECK_NEAR(h, (below - above) / (2 * step), 1e-8);
      }
}

static void losses_are_found_by_name(void) {
  for (int l = 0; l < LOSSES; l++) CHECK(sp_glm_find(all[l]->name) == all[l]);
  CHECK(sp_glm_find("host") == &sp_glm_host);
  CHECK(sp_glm_find("gaussian") == NULL && sp_glm_find("") == NULL);
}

/* All at once as one by one. */
static void many_observations_are_evaluated_like_single_ones(void) {
  enum { N = 200 };
  for (int l = 0; l < LOSSES; l++) {
    const sp_glm_loss loss = {.ops = all[l], .theta = 1.7};
    double y[N], eta[N], r[N], h[N], sum = 0, value;
    rng g = rng_seeded(3);
    for (int i = 0; i < N; i++) {
      eta[i] = 8 * rng_uniform(&g) - 4 + 600 * (i == 7) - 600 * (i == 8);
      y[i] = i % 3 == 0 ? 0.25 + rng_uniform(&g) / 2 : response(all[l], 2 * eta[i], &g);
      if (l == 1) y[i] *= 1 + i / 10;
    }
    eta[7] = l == 0 ? eta[7] : 3;
    CHECK_EQUAL(sp_glm_evaluate(&loss, N, y, eta, NULL, &value, r, h, NULL), SP_OK);
    for (int i = 0; i < N; i++) {
      double r_i, h_i;
      sum += all[l]->unit(&loss, y[i], eta[i], &r_i, &h_i) / N;
      CHECK_NEAR(r[i], r_i, 1e-15 * (fabs(r_i) + fabs(h_i)));
      CHECK_NEAR(h[i], h_i, 2e-15 * fabs(h_i));
    }
    CHECK_NEAR(value, sum, 1e-13 * sum);
  }
}

/* Equal numbers are all rounded the same way: plain addition loses more digits than steps can do
   without. */
static void equal_observations_add_up_to_the_last_digit(void) {
  enum { N = 300001 };
  double *rows = calloc(5 * N, sizeof *rows), *y = rows, *eta = y + N, *v = eta + N, *r = v + N;
  for (int i = 0; i < N; i++) {
    y[i] = 1;
    eta[i] = 0.3;
    v[i] = 1.0 / N;
  }
  for (int l = 0; l < LOSSES; l++) {
    const sp_glm_loss loss = {.ops = all[l], .theta = 1.7};
    double one, many, weighted, *h = r + N;
    CHECK_EQUAL(sp_glm_evaluate(&loss, 1, y, eta, NULL, &one, r, h, NULL), SP_OK);
    CHECK_EQUAL(sp_glm_evaluate(&loss, N, y, eta, NULL, &many, r, h, NULL), SP_OK);
    CHECK_EQUAL(sp_glm_evaluate(&loss, N, y, eta, v, &weighted, r, h, NULL), SP_OK);
    CHECK_NEAR(many, one, 5e-15 * one);
    CHECK_NEAR(weighted, one, 5e-15 * one);
  }
  free(rows);
}

/* Rows of weight zero hold anything, many of them or few. */
static void rows_of_weight_zero_do_not_count(void) {
  enum { N = 600 };
  for (int l = 0; l < LOSSES; l++) {
    const sp_glm_loss loss = {.ops = all[l], .theta = 1.7};
    double y[N], eta[N], v[N], r[N], h[N], sum = 0, value;
    rng g = rng_seeded(4);
    for (int i = 0; i < N; i++) {
      eta[i] = 4 * rng_uniform(&g) - 2;
      y[i] = response(all[l], eta[i], &g);
      v[i] = i % (i < 300 ? 2 : 9) == 0 ? 0 : 1 + rng_uniform(&g);
      if (v[i] == 0 && i < 400) eta[i] = i % 4 == 0 ? 800 : -800;
    }
    CHECK_EQUAL(sp_glm_evaluate(&loss, N, y, eta, v, &value, r, h, NULL), SP_OK);
    for (int i = 0; i < N; i++) {
      double r_i, h_i;
      CHECK_EQUAL(v[i] == 0 && (v[i] * r[i] != 0 || v[i] * h[i] != 0), 0);
      if (v[i] == 0) continue;
      sum += v[i] * all[l]->unit(&loss, y[i], eta[i], &r_i, &h_i);
      CHECK_NEAR(r[i], r_i, 1e-15 * (fabs(r_i) + fabs(h_i)));
      CHECK_NEAR(h[i], h_i, 2e-15 * fabs(h_i));
    }
    CHECK_NEAR(value, sum, 1e-13 * sum);
  }
}

/* Against the definition where that is not cancelled away, and its series elsewhere. */
static void relative_entropy_is_accurate_everywhere(void) {
  const double shares[] = {0.5, 0.1, 0.0101, 0.00999, 1e-3, 1e-6, 1e-12};
  for (int k = 0; k < 7; k++)
    for (int sign = -1; sign <= 1; sign += 2) {
      const double x = sign * shares[k], b = 3, a = b * (1 + x);
      double exact = 0, power = x * x;
      for (int m = 2; m < 60; m++, power *= -x) exact += power / ((double)m * (m - 1));
      CHECK_NEAR(sp_relative_entropy(a, b), b * exact, (1e-11 + 1e-14 / (x * x)) * b * exact);
    }
  CHECK_NEAR(sp_relative_entropy(0, 2), 2, 0);
  CHECK(isinf(sp_relative_entropy(-1e-300, 2)));
}

/* Zero exactly where t is the residual, and above zero elsewhere: brute force over eta for the
   conjugate. */
static void divergence_is_that_of_fenchel_and_young(void) {
  for (int l = 0; l < LOSSES; l++) {
    const sp_glm_loss loss = {.ops = all[l], .theta = 1.7};
    if (!all[l]->divergence) continue;
    const double y = 1, eta = 0.4, other = -0.5;
    double r, h, r_other;
    double h_other;
    const double here = all[l]->unit(&loss, y, eta, &r, &h);
    const double there = all[l]->unit(&loss, y, other, &r_other, &h_other);
    const sp_glm_point at = {eta, r, h};
    CHECK_NEAR(all[l]->divergence(&loss, y, &at, r), 0, 1e-15);
    CHECK_NEAR(all[l]->divergence(&loss, y, &at, r_other), here - there + r_other * (eta - other),
               1e-14);
    CHECK(isinf(all[l]->divergence(&loss, y, &at, all[l] == &sp_glm_gamma ? -3 : 3)));
  }
}

/* Whatever the scale: also where y is no class, and where the mean is far from it. */
static void divergence_of_a_scaled_residual_is_bounded(void) {
  rng g = rng_seeded(8);
  double closest = 0;
  for (int l = 0; l < LOSSES; l++) {
    const sp_glm_loss loss = {.ops = all[l], .theta = 1.7};
    for (int draw = 0; draw < 5000 && all[l]->concave; draw++) {
      const double eta = 12 * rng_uniform(&g) - 6, t = pow(rng_uniform(&g), 0.1);
      const double y = draw % 3 ? response(all[l], eta, &g) : rng_uniform(&g);
      double r, h;
      all[l]->unit(&loss, y, eta, &r, &h);
      const sp_glm_point at = {eta, r, h};
      const double exact = all[l]->divergence(&loss, y, &at, t * r);
      const double bound = (1 - t) * (1 - t) / (2 * t) * (r * r / h);
      CHECK(exact <= bound * (1 + 1e-9) + 1e-15);
      if (bound > 1e-9) closest = fmax(closest, exact / bound);
    }
  }
  CHECK(closest > 0.99);
}

/* The same of any dual point: see newton_close.c. */
static void divergence_of_a_point_nearby_is_bounded(void) {
  rng g = rng_seeded(18);
  double closest = 0;
  for (int l = 0; l < LOSSES; l++) {
    const sp_glm_loss loss = {.ops = all[l], .theta = 1.7};
    for (int draw = 0; draw < 5000 && all[l]->concave; draw++) {
      const double eta = 12 * rng_uniform(&g) - 6;
      const double y = draw % 3 ? response(all[l], eta, &g) : rng_uniform(&g);
      double r, h;
      all[l]->unit(&loss, y, eta, &r, &h);
      const sp_glm_point at = {eta, r, h};
      const double miss = (2 * rng_uniform(&g) - 1) * (draw % 2 ? h : 0.1 * h);
      const double exact = all[l]->divergence(&loss, y, &at, r + miss);
      const double bound = miss * miss / (h - fabs(miss)) / 2;
      CHECK(exact <= bound * (1 + 1e-9) + 1e-15);
      if (bound > 1e-9) closest = fmax(closest, exact / bound);
    }
  }
  CHECK(closest > 0.99);
}

typedef struct {
  sample s;
  sp_glm_loss loss;
  sp_model_spec spec;
  sp_model m;
  sp_path path;
} bench;

static void bench_start(bench *b, int kind, int l, int sparse, double alpha) {
  rng g = rng_seeded((uint64_t)kind + 900);
  memset(b, 0, sizeof *b);
  b->s = sample_new(kind & 1 ? 25 : 80, kind & 1 ? 60 : 12, (uint64_t)kind);
  b->s.alpha = alpha;
  if (kind & 4) sample_add_weights(&b->s, &g);
  if (kind & 8) b->s.factor[4] = b->s.factor[7] = 0;
  if (kind & 16) {
    b->s.lower[0] = 0;
    b->s.upper[1] = 0.1;
    b->s.factor[5] = INFINITY;
  }
  b->s.intercept = !(kind & 32);
  if (sparse) sample_thin(&b->s, &g, 0.5);
  for (ptrdiff_t i = 0; i < b->s.n; i++) b->s.y[i] = response(all[l], b->s.y[i], &g);
  b->loss = (sp_glm_loss){.ops = all[l], .theta = 1.7};
  b->spec = sample_spec(&b->s, sparse ? sample_sparse(&b->s) : sample_dense(&b->s));
  b->spec.glm = &b->loss;
  CHECK_EQUAL(sp_model_init(&b->m, &b->spec, NULL), SP_OK);
}

static void bench_fit(bench *b, int kind, int l, int sparse) {
  const sp_path_options options = {
      .count = 20, .ratio = 0.01, .dev_ratio_max = 0.999, .dev_ratio_change = 1e-5};
  bench_start(b, kind, l, sparse, kind & 2 ? 0.5 : 1);
  CHECK_EQUAL(sp_model_fit(&b->m, &b->path, &options, (sp_tolerance){1e-7, 1000}, NULL, NULL),
              SP_OK);
}

static void bench_end(bench *b) {
  sp_path_clear(&b->path);
  sp_model_clear(&b->m);
  sample_free(&b->s);
}

/* A coefficient at its bound, which a scale that is rounded otherwise may have moved away. */
static double at_bound(const sp_model *m, ptrdiff_t j, double b) {
  if (fabs(b - m->lower[j]) <= 1e-14 * fabs(b)) return m->lower[j];
  return fabs(b - m->upper[j]) <= 1e-14 * fabs(b) ? m->upper[j] : b;
}

/* Largest violation of stationarity at solution k, from X itself. */
static double naive_violation(bench *b, ptrdiff_t k) {
  const sample *s = &b->s;
  double *beta = calloc((size_t)s->p, sizeof *beta), *z = sample_standardized(s), worst = 0;
  double *r = calloc((size_t)s->n, sizeof *r), sum = 0, size = 0;
  for (ptrdiff_t e = b->path.colptr[k]; e < b->path.colptr[k + 1]; e++)
    beta[b->path.rowidx[e]] = b->path.values[e];
  for (ptrdiff_t i = 0; i < s->n; i++) {
    double eta = b->path.intercept[k], h;
    for (ptrdiff_t j = 0; j < s->p; j++) eta += s->x[i + j * s->n] * beta[j];
    b->loss.ops->unit(&b->loss, s->y[i], eta, &r[i], &h);
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

/* That of the first solution, if nothing but the intercept has entered. */
static void check_null_deviance(const bench *b) {
  double sum = 0, r, h;
  if (b->path.colptr[1] > 0) return;
  for (ptrdiff_t i = 0; i < b->s.n; i++)
    sum += 2 * sample_weight(&b->s, i) *
           b->loss.ops->unit(&b->loss, b->s.y[i], b->path.intercept[0], &r, &h);
  CHECK_NEAR(b->path.null_deviance, sum, 1e-12 * sum);
  CHECK_NEAR(b->path.dev_ratio[0], 0, 1e-12);
}

static void every_solution_is_certified_and_the_certificate_true(void) {
  for (int l = 0; l < LOSSES; l++)
    for (int kind = 0; kind < KINDS; kind++)
      for (int sparse = 0; sparse < 2; sparse++) {
        bench b;
        bench_fit(&b, kind, l, sparse);
        CHECK(b.path.size > 1);
        check_null_deviance(&b);
        for (ptrdiff_t k = 0; k < b.path.size; k++) {
          if (all[l]->divergence) {
            CHECK_EQUAL(b.path.converged[k], 1);
            CHECK(b.path.gap[k] <= 1e-7);
          } else { /* not convex: it may get stuck, and says so */
            CHECK_EQUAL(b.path.converged[k], b.path.kkt[k] <= 1e-6);
            CHECK(isnan(b.path.gap[k]));
          }
          CHECK_NEAR(naive_violation(&b, k), b.path.kkt[k], 1e-7 + 1e-6 * b.path.kkt[k]);
        }
        bench_end(&b);
      }
}

static double objective_at(const sp_newton *s, double lambda) {
  const sp_std *z = s->problem->design;
  double value, *r = calloc((size_t)z->x->n, sizeof *r), *h = calloc((size_t)z->x->n, sizeof *h);
  CHECK_EQUAL(sp_glm_evaluate(s->loss, z->x->n, s->problem->y, s->eta, z->v, &value, r, h, NULL),
              SP_OK);
  for (ptrdiff_t j = 0; j < z->x->p; j++)
    value += s->problem->penalty->ops->value(s->problem->penalty, j, s->beta[j], lambda);
  free(r);
  free(h);
  return value;
}

/* The objective at the last solution of the path, written out. */
static double objective_of(const bench *b) {
  const sample *s = &b->s;
  const sp_path *path = &b->path;
  const ptrdiff_t l = path->size - 1;
  double *beta = calloc((size_t)s->p, sizeof *beta), value = 0, r, h;
  for (ptrdiff_t e = path->colptr[l]; e < path->colptr[l + 1]; e++)
    beta[path->rowidx[e]] = path->values[e];
  for (ptrdiff_t i = 0; i < s->n; i++) {
    long double eta = path->intercept[l];
    for (ptrdiff_t j = 0; j < s->p; j++) eta += (long double)s->x[i + j * s->n] * beta[j];
    value += sample_weight(s, i) * b->loss.ops->unit(&b->loss, s->y[i], (double)eta, &r, &h);
  }
  for (ptrdiff_t j = 0; j < s->p; j++)
    value += path->lambda[l] * s->factor[j] * fabs(beta[j]) * (double)sample_scale(s, j);
  free(beta);
  return value;
}

/* Column 4 is column 7 and next to nothing else, or that alone: they explain the same. */
static void fit_collinear(bench *b, int l, double amount) {
  const double lambda = 0.05;
  const sp_path_options options = {.count = 1, .lambda = &lambda};
  rng g = rng_seeded(77);
  b->path = (sp_path){0};
  b->s = sample_new(80, 12, 5);
  b->s.factor[4] = b->s.factor[7] = 0;
  for (ptrdiff_t i = 0; i < b->s.n; i++) {
    const double other = rng_normal(&g), x = b->s.x[i + 7 * b->s.n];
    b->s.x[i + 4 * b->s.n] = amount > 0 ? x + amount * other : other;
    b->s.y[i] = response(all[l], b->s.y[i] + other, &g);
  }
  b->loss = (sp_glm_loss){.ops = all[l], .theta = 1.7};
  b->spec = sample_spec(&b->s, sample_dense(&b->s));
  b->spec.glm = &b->loss;
  CHECK_EQUAL(sp_model_init(&b->m, &b->spec, NULL), SP_OK);
  CHECK_EQUAL(sp_model_fit(&b->m, &b->path, &options, (sp_tolerance){1e-7, 1000}, NULL, NULL),
              SP_OK);
}

/* What is collinear up to rounding may be out of reach, and it says so then. */
static void nothing_is_proved_that_collinear_free_columns_would_improve(void) {
  for (int l = 0; l < LOSSES; l++) {
    bench best;
    if (!all[l]->divergence) continue;
    fit_collinear(&best, l, 0);
    CHECK_EQUAL(best.path.converged[0], 1);
    for (int digits = 2; digits <= 9; digits++) {
      bench b;
      fit_collinear(&b, l, pow(10, -digits));
      const double excess = 2 * (objective_of(&b) - objective_of(&best)) / b.path.null_deviance;
      CHECK(excess <= b.path.gap[0] + 1e-7);
      CHECK_EQUAL(b.path.converged[0], b.path.gap[0] <= 1e-7);
      if (digits <= 4) CHECK_EQUAL(b.path.converged[0], 1);
      bench_end(&b);
    }
    bench_end(&best);
  }
}

/* Coefficient 4, which has no penalty, is moved off by so much from where it is best alone. By how
   much is the objective above the least one of all at lambda, and what says the certificate?
   Returns whether it may be asked: whether all others are at rest where they are, at zero. */
static int move_off(bench *b, int bare, double share, double shift, double *excess, double *gap) {
  const sp_tolerance tolerance = {1e-10, 1000};
  sp_newton s, best;
  sp_solution found;
  sp_certificate certificate;
  double value, moved;
  int at_rest = 1;
  CHECK_EQUAL(sp_newton_init(&s, &b->m.problem, &b->loss, tolerance, NULL, NULL), SP_OK);
  CHECK_EQUAL(sp_newton_init(&best, &b->m.problem, &b->loss, tolerance, NULL, NULL), SP_OK);
  if (bare) s.quadratic.most = 0;
  const double most = sp_newton_lambda_max(&s), lambda = most > 0 ? share * most : 1;
  CHECK_EQUAL(sp_newton_move(&best, lambda, most, &found, NULL), SP_OK);
  memcpy(s.trial_eta, s.eta, (size_t)b->s.n * sizeof *s.eta);
  b->spec.x->ops->axpy(b->spec.x, 4, shift / b->m.design.scale[4], NULL, s.trial_eta);
  s.beta[4] += shift;
  CHECK_EQUAL(b->s.intercept ? sp_newton_solve_constant(&s, &value, &moved, NULL)
                             : sp_newton_try(&s, &value, NULL),
              SP_OK);
  sp_newton_accept(&s, value);
  CHECK_EQUAL(sp_newton_reload(&s, NULL), SP_OK);
  CHECK_EQUAL(sp_newton_refresh(&s, lambda, NULL), SP_OK);
  CHECK_EQUAL(sp_newton_certify(&s, lambda, &certificate, NULL), SP_OK);
  *excess = objective_at(&s, lambda) - objective_at(&best, lambda);
  *gap = certificate.gap * s.null_value;
  CHECK_EQUAL(s.quadratic.bare, bare);
  for (ptrdiff_t j = 0; j < b->s.p; j++)
    at_rest &= b->m.factor[j] == 0 || fabs(sp_std_dot(&b->m.design, j, &s.g)) <= lambda;
  sp_newton_clear(&s);
  sp_newton_clear(&best);
  return at_rest;
}

/* The residual is relieved of what free columns would still explain, which is what the gap is made
   of. Where that carries columns elsewhere past their cuts, they are in the gap, too. With and
   without a Gram matrix. */
static void the_gap_of_a_free_coefficient_is_what_it_is_off_by(void) {
  const double shifts[] = {0.3, 0.03, -0.03, 1e-3, -0.3}, shares[] = {1.01, 0.98};
  int asked[2] = {0};
  for (int l = 0; l < LOSSES; l++)
    for (int kind = 8; kind < 48; kind += kind == 12 ? 28 : 4)
      for (int alone = 0; alone < 2; alone++)
        for (int a = 0; a < 20 && all[l]->divergence; a++) {
          bench b;
          double excess, gap;
          bench_start(&b, kind, l, 0, 1);
          for (ptrdiff_t j = 0; j < b.s.p && alone; j++)
            if (b.s.factor[j] > 0) b.s.factor[j] = INFINITY;
          sp_model_clear(&b.m);
          CHECK_EQUAL(sp_model_init(&b.m, &b.spec, NULL), SP_OK);
          if (move_off(&b, a / 10, shares[a / 5 % 2], shifts[a % 5], &excess, &gap)) {
            CHECK(excess > 0 && gap >= excess * (1 - 1e-6));
            if (alone && fabs(shifts[a % 5]) < 0.1) CHECK(gap <= 1.5 * excess);
            asked[a / 5 % 2] += !alone;
          }
          bench_end(&b);
        }
  CHECK(asked[0] > 20 && asked[1] > 5);
}

/* Is the residual it goes on with another than that of its linear predictor? */
static int has_closed(const sp_newton *s) {
  double r, h;
  for (ptrdiff_t i = 0; i < s->problem->design->x->n; i++) {
    s->loss->ops->unit(s->loss, s->problem->y[i], s->eta[i], &r, &h);
    if (sp_std_weight(s->problem->design, i) > 0 && fabs(r - s->r[i]) > 1e-12 * (fabs(r) + h))
      return 1;
  }
  return 0;
}

/* The gradients are those of the residual it goes on with, and the gap is no less than what that
   misses. */
static void check_dual_point(const sp_newton *s, double gap) {
  const sp_std *z = s->problem->design;
  const ptrdiff_t n = z->x->n;
  double r[80], h[80];
  for (ptrdiff_t i = 0; i < n; i++)
    s->loss->ops->unit(s->loss, s->problem->y[i], s->eta[i], &r[i], &h[i]);
  const double missed = sp_glm_divergence(s->loss, n, s->problem->y, s->eta, r, h, z->v, s->r);
  CHECK(missed <= gap * s->null_value * (1 + 1e-6) + 1e-17);
  for (ptrdiff_t k = 0; k < s->size; k++)
    CHECK_NEAR(s->gradient[k], sp_std_dot(z, s->index[k], &s->g), 1e-12 * s->null_gradient);
}

static int close_path(const bench *b) {
  const double *lambda = b->path.lambda;
  const sp_tolerance usual = {1e-7, 1000}, strict = {1e-13, 1000};
  sp_newton quick, exact;
  sp_solution found, best;
  int closed = 0;
  CHECK_EQUAL(sp_newton_init(&quick, &b->m.problem, &b->loss, usual, NULL, NULL), SP_OK);
  CHECK_EQUAL(sp_newton_init(&exact, &b->m.problem, &b->loss, strict, NULL, NULL), SP_OK);
  sp_newton_allow_closing(&quick);
  for (ptrdiff_t k = 0; k < b->path.size; k++) {
    const double previous = lambda[k > 0 ? k - 1 : 0];
    CHECK_EQUAL(sp_newton_move(&quick, lambda[k], previous, &found, NULL), SP_OK);
    CHECK_EQUAL(sp_newton_move(&exact, lambda[k], previous, &best, NULL), SP_OK);
    const double excess = objective_at(&quick, lambda[k]) - objective_at(&exact, lambda[k]);
    CHECK(found.converged && found.certificate.gap <= 1e-7);
    CHECK(excess <= found.certificate.gap * quick.null_value + 1e-13);
    for (ptrdiff_t j = 0; j < b->s.p; j++) CHECK_NEAR(quick.beta[j], exact.beta[j], 2e-3);
    if (!has_closed(&quick)) continue;
    check_dual_point(&quick, found.certificate.gap);
    closed++;
    CHECK_EQUAL(sp_newton_move(&quick, lambda[k], lambda[k], &found, NULL), SP_OK);
    CHECK(found.converged);
    check_dual_point(&quick, found.certificate.gap);
  }
  sp_newton_clear(&quick);
  sp_newton_clear(&exact);
  return closed;
}

static void a_lambda_is_closed_by_a_step_whose_gradients_are_not_formed(void) {
  int closed = 0, all_lambdas = 0;
  for (int l = 0; l < LOSSES; l++)
    for (int kind = 0; kind < KINDS; kind++)
      for (int sparse = 0; sparse < 2; sparse++) {
        bench b;
        if (!all[l]->divergence) continue;
        bench_fit(&b, kind, l, sparse);
        closed += close_path(&b);
        all_lambdas += (int)b.path.size;
        bench_end(&b);
      }
  CHECK(8 * closed > all_lambdas);
}

/* The same problems with passes over the rows in place of the Gram matrix. */
static void supports_of_any_size_are_solved_without_a_gram_matrix(void) {
  for (int l = 0; l < LOSSES; l++)
    for (int kind = 0; kind < KINDS; kind++)
      for (int sparse = 0; sparse < 2; sparse++) {
        bench b;
        sp_newton newton;
        sp_solution solution;
        double worst = 0;
        if (!all[l]->divergence) continue;
        bench_fit(&b, kind, l, sparse);
        CHECK_EQUAL(
            sp_newton_init(&newton, &b.m.problem, &b.loss, (sp_tolerance){1e-7, 1000}, NULL, NULL),
            SP_OK);
        newton.quadratic.most = 0;
        for (ptrdiff_t k = 0; k < b.path.size; k++) {
          const double *lambda = b.path.lambda;
          CHECK_EQUAL(
              sp_newton_move(&newton, lambda[k], lambda[k > 0 ? k - 1 : 0], &solution, NULL),
              SP_OK);
          CHECK(k == 0 || newton.quadratic.bare);
          CHECK(solution.converged);
          CHECK(solution.certificate.gap <= 1e-7);
          CHECK_NEAR(sp_newton_dev_ratio(&newton), b.path.dev_ratio[k], 1e-3);
        }
        for (ptrdiff_t j = 0; j < b.s.p; j++) {
          const ptrdiff_t last = b.path.size - 1;
          double beta = 0;
          for (ptrdiff_t e = b.path.colptr[last]; e < b.path.colptr[last + 1]; e++)
            if (b.path.rowidx[e] == j) beta = b.path.values[e] * b.m.design.scale[j];
          worst = fmax(worst, fabs(newton.beta[j] - beta));
        }
        CHECK_NEAR(worst, 0, 1e-2);
        sp_newton_clear(&newton);
        bench_end(&b);
      }
}

/* As many columns as rows: those that enter are soon nearly dependent. Passes over dense ones never
   pay beside a Gram matrix: where they go without, it is for memory. */
static void crawling_passes_bring_the_gram_matrix_back(void) {
  enum { N = 400, P = 400, FEW = 256 };
  const sp_glm_loss loss = {.ops = &sp_glm_poisson};
  for (int sparse = 0; sparse < 2; sparse++) {
    rng g = rng_seeded(5);
    sample s = sample_new(N, P, 5);
    sp_model m;
    sp_newton newton;
    sp_solution found;
    for (ptrdiff_t e = 0; e < N * P; e++) s.x[e] = rng_uniform(&g) < 0.03 ? rng_normal(&g) : 0;
    for (ptrdiff_t i = 0; i < N; i++) s.y[i] = floor(10 * rng_uniform(&g) * rng_uniform(&g));
    sp_model_spec spec = sample_spec(&s, sparse ? sample_sparse(&s) : sample_dense(&s));
    spec.glm = &loss;
    CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
    CHECK_EQUAL(sp_newton_init(&newton, &m.problem, &loss, (sp_tolerance){1e-7, 1000}, NULL, NULL),
                SP_OK);
    newton.quadratic.most = FEW;
    double lambda = sp_newton_lambda_max(&newton);
    for (int l = 0; l < 6; l++, lambda *= 0.55) {
      CHECK_EQUAL(sp_newton_move(&newton, 0.55 * lambda, lambda, &found, NULL), SP_OK);
      CHECK(found.converged);
    }
    CHECK(newton.quadratic.size > FEW);
    CHECK_EQUAL(newton.quadratic.bare, !sparse);
    CHECK_EQUAL(newton.quadratic.most > FEW, sparse);
    sp_newton_clear(&newton);
    sp_model_clear(&m);
    sample_free(&s);
  }
}

/* tr(H (H + D)^-1) at solution k, H with the curvature there, from X itself: every column counts
   fully, less what its penalty has of the inverse. */
static double naive_df(bench *b, ptrdiff_t k) {
  enum { MOST = 60 };
  static long double system[MOST * MOST], copy[MOST * MOST], column[MOST];
  const sample *s = &b->s;
  const ptrdiff_t n = s->n, p = s->p;
  double *beta = calloc((size_t)p, sizeof *beta), *z = sample_standardized(s), df = (double)p;
  double w[80], total = 0, r, h;
  for (ptrdiff_t e = b->path.colptr[k]; e < b->path.colptr[k + 1]; e++)
    beta[b->path.rowidx[e]] = b->path.values[e];
  for (ptrdiff_t i = 0; i < n; i++) {
    double eta = b->path.intercept[k];
    for (ptrdiff_t j = 0; j < p; j++) eta += s->x[i + j * n] * beta[j];
    b->loss.ops->unit(&b->loss, s->y[i], eta, &r, &h);
    total += w[i] = sample_weight(s, i) > 0 ? sample_weight(s, i) * h : 0;
  }
  for (ptrdiff_t j = 0; j < p && s->intercept; j++) {
    double mean = 0;
    for (ptrdiff_t i = 0; i < n; i++) mean += w[i] * z[i + j * n] / total;
    for (ptrdiff_t i = 0; i < n; i++) z[i + j * n] -= mean;
  }
  for (ptrdiff_t a = 0; a < p; a++)
    for (ptrdiff_t c = 0; c < p; c++) {
      long double sum = a == c ? b->path.lambda[k] * s->factor[a] : 0;
      for (ptrdiff_t i = 0; i < n; i++) sum += (long double)w[i] * z[i + a * n] * z[i + c * n];
      system[a + c * p] = sum;
    }
  for (ptrdiff_t a = 0; a < p; a++) {
    memset(column, 0, sizeof column);
    memcpy(copy, system, sizeof copy);
    column[a] = 1;
    solve_naively(p, copy, column);
    df -= b->path.lambda[k] * s->factor[a] * (double)column[a];
  }
  free(beta);
  free(z);
  return df;
}

static void degrees_of_freedom_are_those_of_the_weighted_ridge(void) {
  const double lambda[] = {0.5, 0.02};
  const int kinds[] = {0, 1, 12, 13, 40, 41};
  const sp_path_options options = {.count = 2, .lambda = lambda};
  for (int l = 0; l < 3; l++)
    for (int a = 0; a < 6; a++)
      for (int sparse = 0; sparse < 2 - a % 2; sparse++) {
        bench b;
        bench_start(&b, kinds[a], l, sparse, 0);
        CHECK_EQUAL(sp_model_fit(&b.m, &b.path, &options, (sp_tolerance){1e-13, 1000}, NULL, NULL),
                    SP_OK);
        CHECK_EQUAL(b.path.size, 2);
        CHECK_NEAR(b.path.df[a % 2], naive_df(&b, a % 2), 1e-4);
        bench_end(&b);
      }
}

/* So many columns with so few entries would else have no Gram matrix to take the trace of. */
static void degrees_of_freedom_of_sparse_columns_are_those_of_dense_ones(void) {
  const double lambda = 0.1;
  const sp_path_options options = {.count = 1, .lambda = &lambda};
  double df[2] = {0};
  for (int sparse = 0; sparse < 2; sparse++) {
    rng g = rng_seeded(6);
    bench b = {.loss = {.ops = &sp_glm_poisson}};
    b.s = sample_new(310, 300, 3);
    b.s.alpha = 0;
    sample_thin(&b.s, &g, 0.98);
    for (ptrdiff_t i = 0; i < 310; i++) b.s.y[i] = response(b.loss.ops, rng_normal(&g), &g);
    b.spec = sample_spec(&b.s, sparse ? sample_sparse(&b.s) : sample_dense(&b.s));
    b.spec.glm = &b.loss;
    CHECK_EQUAL(sp_model_init(&b.m, &b.spec, NULL), SP_OK);
    CHECK_EQUAL(sp_model_fit(&b.m, &b.path, &options, (sp_tolerance){1e-10, 1000}, NULL, NULL),
                SP_OK);
    CHECK_EQUAL(b.path.converged[0], 1);
    df[sparse] = b.path.df[0];
    bench_end(&b);
  }
  CHECK(df[0] > 100 && df[0] < 300);
  CHECK_NEAR(df[1], df[0], 1e-4);
}

/* Far above all gradients the penalty leaves tiny coefficients, of which all could be violated. */
static void tiny_coefficients_are_as_exact_as_others(void) {
  const double lambda = 1e7;
  const sp_path_options options = {.count = 1, .lambda = &lambda};
  for (int l = 0; l < LOSSES; l++)
    for (int wide = 0; wide < 2; wide++) {
      bench b;
      bench_start(&b, wide, l, 0, 0);
      CHECK_EQUAL(sp_model_fit(&b.m, &b.path, &options, (sp_tolerance){1e-7, 1000}, NULL, NULL),
                  SP_OK);
      CHECK_EQUAL(b.path.converged[0], 1);
      double largest = 0;
      for (ptrdiff_t e = 0; e < b.path.colptr[1]; e++)
        largest = fmax(largest, fabs(b.path.values[e] * b.m.design.scale[b.path.rowidx[e]]));
      CHECK(largest > 0);
      CHECK(naive_violation(&b, 0) <= 1e-4 * largest);
      bench_end(&b);
    }
}

/* Ridge through the kernel of the rows: stationary for X itself, and free where nothing is
   penalised. Also with little memory. */
static void wide_ridge_is_solved_in_the_kernel(void) {
  const double lambda[] = {1, 0.3, 0.1};
  const sp_path_options options = {.count = 3, .lambda = lambda};
  for (int l = 0; l < 4; l++)
    for (int kind = 1; kind < 16; kind += 2)
      for (int sparse = 0; sparse < 2; sparse++) {
        bench b;
        bench_start(&b, kind, l, sparse, 0);
        CHECK(sp_glm_has_kernel(&b.m.problem));
        CHECK_EQUAL(sp_model_fit(&b.m, &b.path, &options, (sp_tolerance){1e-10, 1000}, NULL, NULL),
                    SP_OK);
        CHECK_EQUAL(b.path.size, 3);
        for (ptrdiff_t k = 0; k < b.path.size; k++) {
          CHECK_NEAR(b.path.lambda[k], lambda[k], 0);
          CHECK_EQUAL(b.path.converged[k], 1);
          CHECK(b.path.gap[k] <= 1e-10);
          CHECK_NEAR(naive_violation(&b, k), b.path.kkt[k], 1e-8);
        }
        sp_path_clear(&b.path);
        CHECK_EQUAL(sp_model_fit(&b.m, &b.path, &options, (sp_tolerance){1e-10, 1}, NULL, NULL),
                    SP_OK);
        CHECK(b.path.kkt[0] > 1e-6);
        CHECK_NEAR(naive_violation(&b, 0), b.path.kkt[0], 1e-8);
        bench_end(&b);
      }
  for (long allowed = 0; allowed < 80; allowed++) {
    bench b;
    bench_start(&b, 9, 0, 0, 0);
    const long alive = fault_alive();
    fault_arm(allowed + 1);
    const sp_status status =
        sp_model_fit(&b.m, &b.path, &options, (sp_tolerance){1e-7, 100}, NULL, NULL);
    fault_arm(0);
    CHECK(status == SP_OK || status == SP_ERR_MEMORY);
    sp_path_clear(&b.path);
    CHECK_EQUAL(fault_alive(), alive);
    bench_end(&b);
  }
}

/* Columns leave the working set on the way back up, but not from under the quadratic. */
static void members_of_the_quadratic_stay_in_the_working_set(void) {
  rng g = rng_seeded(5);
  sample s = sample_new(3000, 200, 5);
  const sp_glm_loss loss = {.ops = &sp_glm_binomial};
  const sp_tolerance tolerance = {.tol = 1e-7, .max_iter = 1000};
  sp_model m;
  sp_newton newton;
  sp_solution solution;
  for (ptrdiff_t i = 0; i < s.n; i++) s.y[i] = response(loss.ops, 0, &g);
  const sp_model_spec spec = sample_spec(&s, sample_dense(&s));
  CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
  CHECK_EQUAL(sp_newton_init(&newton, &m.problem, &loss, tolerance, NULL, NULL), SP_OK);
  const double largest = sp_newton_lambda_max(&newton), shares[] = {0.5, 0.1, 0.05, 0.6, 0.6, 0.5};
  for (int l = 0; l < 6; l++) { /* y is noise: the curvature hardly changes, nothing is outdated */
    CHECK_EQUAL(sp_newton_move(&newton, shares[l] * largest, largest, &solution, NULL), SP_OK);
    CHECK(solution.converged);
    for (ptrdiff_t k = 0; k < newton.quadratic.size; k++)
      CHECK(newton.position[newton.quadratic.index[k]] >= 0);
  }
  sp_newton_clear(&newton);
  sp_model_clear(&m);
  sample_free(&s);
}

/* Free coefficients are relieved of what is left of their gradient by H as the weights have it. */
static void steps_do_not_correct_curvature_that_proves(void) {
  for (int unpenalised = 0; unpenalised < 2; unpenalised++) {
    rng g = rng_seeded(8);
    sample s = sample_new(800, 6, 8);
    const sp_glm_loss loss = {.ops = &sp_glm_poisson};
    const sp_tolerance tolerance = {.tol = 1e-7, .max_iter = 1000};
    const double shares[] = {0.6, 0.4, 0.25, 0.15, 0.1, 0.05, 0};
    sp_model m;
    sp_newton newton;
    sp_solution solution;
    int corrected = 0;
    for (ptrdiff_t i = 0; i < s.n; i++) s.y[i] = response(loss.ops, 2 * s.y[i], &g);
    if (unpenalised) s.factor[1] = 0;
    const sp_model_spec spec = sample_spec(&s, sample_dense(&s));
    CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
    CHECK_EQUAL(sp_newton_init(&newton, &m.problem, &loss, tolerance, NULL, NULL), SP_OK);
    const double largest = sp_newton_lambda_max(&newton);
    for (int l = 0; l < 7; l++) {
      CHECK_EQUAL(sp_newton_move(&newton, shares[l] * largest, largest, &solution, NULL), SP_OK);
      CHECK(solution.converged);
      CHECK(solution.iterations <= 8); /* what proves nothing would be tried in vain */
      corrected += newton.quadratic.corrected;
    }
    CHECK_EQUAL(corrected > 0, !unpenalised);
    CHECK_EQUAL(newton.quadratic.corrected, 0);
    sp_newton_clear(&newton);
    sp_model_clear(&m);
    sample_free(&s);
  }
}

/* The last step of the intercept is taken without looking at the loss where that is exact. */
static void the_loss_follows_the_intercept(void) {
  const double shifts[] = {0.9, -0.9, 0.01, 1e-6, 9e-7, -1e-8};
  for (int l = 0; l < LOSSES; l++)
    for (int kind = 0; kind < 8; kind += 4)
      for (int a = 0; a < 6; a++) {
        bench b;
        sp_newton newton;
        double value, moved, fresh, r[80], h[80];
        bench_start(&b, kind, l, 0, 1);
        const sp_tolerance tolerance = {.tol = 1e-7, .max_iter = 1000};
        CHECK_EQUAL(sp_newton_init(&newton, &b.m.problem, &b.loss, tolerance, NULL, NULL), SP_OK);
        for (ptrdiff_t i = 0; i < b.s.n; i++) newton.trial_eta[i] = newton.eta[i] + shifts[a];
        CHECK_EQUAL(sp_newton_solve_constant(&newton, &value, &moved, NULL), SP_OK);
        CHECK_NEAR(moved, -shifts[a], 1e-12);
        CHECK_EQUAL(sp_glm_evaluate(&b.loss, b.s.n, b.s.y, newton.trial_eta, b.m.problem.design->v,
                                    &fresh, r, h, NULL),
                    SP_OK);
        CHECK_NEAR(value, fresh, 1e-14 * (1 + fresh));
        for (ptrdiff_t i = 0; i < b.s.n; i++) {
          CHECK_NEAR(newton.trial_r[i], r[i], 6e-13 * (fabs(r[i]) + h[i]));
          CHECK_NEAR(newton.trial_h[i], h[i], 2e-6 * h[i]);
        }
        sp_newton_clear(&newton);
        bench_end(&b);
      }
}

static void memory_may_run_out_anywhere(void) {
  for (long allowed = 0; allowed < 60; allowed++) {
    sp_newton newton;
    rng g = rng_seeded(1);
    sp_model m;
    sample s = sample_new(20, 6, 1);
    const sp_glm_loss loss = {.ops = &sp_glm_poisson};
    for (ptrdiff_t i = 0; i < 20; i++) s.y[i] = response(&sp_glm_poisson, s.y[i], &g);
    s.factor[2] = 0;
    const sp_model_spec spec = sample_spec(&s, sample_dense(&s));
    CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
    const sp_tolerance tolerance = {.tol = 1e-7, .max_iter = 100};
    const long alive = fault_alive();
    fault_arm(allowed + 1);
    const sp_status status = sp_newton_init(&newton, &m.problem, &loss, tolerance, NULL, NULL);
    fault_arm(0);
    CHECK(status == SP_OK || status == SP_ERR_MEMORY);
    sp_newton_clear(&newton);
    sp_newton_clear(&newton);
    CHECK_EQUAL(fault_alive(), alive);
    sp_model_clear(&m);
    sample_free(&s);
  }
}

static void a_null_model_without_finite_intercept_is_an_error(void) {
  sp_newton newton;
  sp_model m;
  sample s = sample_new(20, 3, 2);
  const sp_glm_loss loss = {.ops = &sp_glm_binomial};
  const sp_tolerance tolerance = {.tol = 1e-7, .max_iter = 100};
  for (ptrdiff_t i = 0; i < 20; i++) s.y[i] = 1;
  const sp_model_spec spec = sample_spec(&s, sample_dense(&s));
  CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
  const sp_status status = sp_newton_init(&newton, &m.problem, &loss, tolerance, NULL, NULL);
  CHECK(status == SP_OK || status == SP_ERR_NO_FIT);
  if (status == SP_OK) CHECK_NEAR(sp_newton_lambda_max(&newton), 0, 1e-12);
  sp_newton_clear(&newton);
  sp_model_clear(&m);
  sample_free(&s);
}

/* No grid is laid over nothing. */
static void where_nothing_is_penalised_or_used_there_is_one_solution(void) {
  for (int kind = 0; kind < 2; kind++)
    for (int excluded = 0; excluded < 2; excluded++) {
      const sp_path_options options = {.count = 5, .ratio = 0.1, .dev_ratio_max = 1};
      bench b;
      sp_path path = {0};
      bench_start(&b, 0, kind, 0, 0);
      for (ptrdiff_t j = 0; j < b.s.p; j++) b.s.factor[j] = excluded ? INFINITY : 0;
      sp_model_clear(&b.m);
      CHECK_EQUAL(sp_model_init(&b.m, &b.spec, NULL), SP_OK);
      CHECK_EQUAL(sp_model_fit(&b.m, &path, &options, (sp_tolerance){1e-7, 1000}, NULL, NULL),
                  SP_OK);
      CHECK_EQUAL(path.size, 1);
      CHECK_EQUAL(path.stop, SP_STOP_NOTHING);
      CHECK_EQUAL(path.converged[0], 1);
      CHECK_NEAR(path.kkt[0], 0, 1e-10);
      CHECK_EQUAL(path.colptr[1], excluded ? 0 : b.s.p);
      sp_path_clear(&path);
      bench_end(&b);
    }
}

/* Without a penalty, violations are told in units of the null model's; there may be none. */
static void violations_without_a_penalty_have_a_unit(void) {
  for (int l = 0; l < LOSSES; l++)
    for (int constant = 0; constant < 2; constant++) {
      bench b;
      sp_newton s;
      sp_solution found;
      const sp_tolerance tolerance = {.tol = 1e-7, .max_iter = 1};
      if (constant && !l) continue; /* of classes there must be two */
      bench_start(&b, 0, l, 0, 1);
      for (ptrdiff_t i = 0; i < b.s.n && constant; i++) b.s.y[i] = 1;
      CHECK_EQUAL(sp_newton_init(&s, &b.m.problem, &b.loss, tolerance, NULL, NULL), SP_OK);
      CHECK_EQUAL(sp_newton_move(&s, 0, 1, &found, NULL), SP_OK);
      if (constant) {
        CHECK_NEAR(found.certificate.kkt, 0, 0);
        CHECK_EQUAL(found.converged, 1);
      } else {
        CHECK(found.certificate.kkt > 1e-6);
        CHECK_NEAR(found.certificate.kkt * s.null_gradient, sp_newton_violation(&s, 0),
                   1e-12 * s.null_gradient);
      }
      sp_newton_clear(&s);
      bench_end(&b);
    }
}

/* Large counts leave little of their deviance, and yet all that there is. */
static void a_fit_that_leaves_little_is_no_saturated_one(void) {
  const double zero = 0;
  const sp_path_options options = {.count = 1, .lambda = &zero};
  bench b = {.loss = {.ops = &sp_glm_poisson}};
  b.s = sample_new(60, 4, 3);
  for (ptrdiff_t i = 0; i < 60; i++) b.s.y[i] = floor(1e3 * exp(b.s.x[i] - 0.5 * b.s.x[i + 60]));
  b.spec = sample_spec(&b.s, sample_dense(&b.s));
  b.spec.glm = &b.loss;
  CHECK_EQUAL(sp_model_init(&b.m, &b.spec, NULL), SP_OK);
  CHECK_EQUAL(sp_model_fit(&b.m, &b.path, &options, (sp_tolerance){1e-7, 1000}, NULL, NULL), SP_OK);
  CHECK_EQUAL(b.path.size, 1);
  if (b.path.size == 1) {
    CHECK_EQUAL(b.path.converged[0], 1);
    CHECK(b.path.dev_ratio[0] > 1 - 1e-4 && b.path.dev_ratio[0] < 1 - 1e-9);
    CHECK_NEAR(b.path.values[0], 1, 1e-2);
  }
  bench_end(&b);
}

/* Column 0 separates a few classes, column 1 none. */
static void coefficients_without_end_are_named(void) {
  for (int unpenalised = 0; unpenalised < 2; unpenalised++) {
    sp_path path;
    sp_model m;
    rng g = rng_seeded(5);
    const double zero = 0;
    sample s = sample_new(60, 2, 1);
    const sp_glm_loss loss = {.ops = &sp_glm_binomial};
    const sp_tolerance tolerance = {.tol = 1e-7, .max_iter = 1000};
    for (ptrdiff_t i = 0; i < 60; i++) {
      s.x[i] = i < 7;
      s.y[i] = i < 7 || rng_uniform(&g) < 0.5;
    }
    if (unpenalised) s.factor[0] = 0;
    const sp_model_spec spec = sample_spec(&s, sample_dense(&s));
    const sp_path_options options = {.lambda = unpenalised ? NULL : &zero,
                                     .count = unpenalised ? 5 : 1,
                                     .ratio = 0.1,
                                     .dev_ratio_max = 1};
    CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
    const sp_status status = sp_glm_fit(&path, &m.problem, &loss, &options, tolerance, NULL, NULL);
    CHECK_EQUAL(status, unpenalised ? SP_ERR_NO_FIT : SP_OK);
    CHECK_EQUAL(path.size, 0);
    if (!unpenalised) CHECK_EQUAL(path.stop, SP_STOP_ENDLESS);
    CHECK_EQUAL(path.n_endless, 1);
    if (path.n_endless == 1) CHECK_EQUAL(path.endless[0], 0);
    sp_path_clear(&path);
    sp_model_clear(&m);
    sample_free(&s);
  }
}

/* A bound in the way ends them, one elsewhere does not. */
static void bounds_end_coefficients_on_their_side_alone(void) {
  enum { AHEAD, BEHIND, OF_ANOTHER, BOUNDS };
  for (int bound = 0; bound < BOUNDS; bound++)
    for (int sign = -1; sign <= 1; sign += 2) {
      const double zero = 0;
      const sp_path_options options = {.lambda = &zero, .count = 1};
      bench b = {.loss = {.ops = &sp_glm_binomial}};
      rng g = rng_seeded(5);
      b.s = sample_new(60, 2, 1);
      for (ptrdiff_t i = 0; i < 60; i++) {
        b.s.x[i] = sign * (i < 7);
        b.s.y[i] = i < 7 || rng_uniform(&g) < 1 / (1 + exp(-b.s.x[i + 60]));
      }
      (sign > 0 ? b.s.upper : b.s.lower)[0] = bound == AHEAD ? 20 * sign : sign * INFINITY;
      (sign > 0 ? b.s.lower : b.s.upper)[0] = bound == BEHIND ? -sign : -sign * INFINITY;
      if (bound == OF_ANOTHER) b.s.lower[1] = -(b.s.upper[1] = 0.1);
      b.spec = sample_spec(&b.s, sample_dense(&b.s));
      b.spec.glm = &b.loss;
      CHECK_EQUAL(sp_model_init(&b.m, &b.spec, NULL), SP_OK);
      CHECK_EQUAL(sp_model_fit(&b.m, &b.path, &options, (sp_tolerance){1e-7, 1000}, NULL, NULL),
                  SP_OK);
      CHECK_EQUAL(b.path.size, bound == AHEAD);
      CHECK_EQUAL(b.path.n_endless, bound != AHEAD);
      if (bound != AHEAD) CHECK_EQUAL(b.path.stop, SP_STOP_ENDLESS);
      if (b.path.n_endless == 1) CHECK_EQUAL(b.path.endless[0], 0);
      if (b.path.size == 1) {
        CHECK_EQUAL(b.path.converged[0], 1);
        CHECK_NEAR(b.path.values[0], 20 * sign, 0);
      }
      bench_end(&b);
    }
}

/* The same of wide ridge, which is solved in the kernel: one of two columns without penalty. */
static void coefficients_without_end_are_named_in_a_wide_ridge(void) {
  for (int which = 0; which < 2; which++) {
    const ptrdiff_t freed[] = {2, 5}, endless = freed[which];
    const double lambda = 0.5;
    const sp_path_options options = {.lambda = &lambda, .count = 1};
    bench b = {.loss = {.ops = &sp_glm_binomial}};
    rng g = rng_seeded(5);
    b.s = sample_new(60, 90, 1);
    b.s.alpha = b.s.factor[2] = b.s.factor[5] = 0;
    for (ptrdiff_t i = 0; i < 60; i++) {
      b.s.x[i + 60 * endless] = i < 7;
      b.s.y[i] = i < 7 || rng_uniform(&g) < 0.5;
    }
    b.spec = sample_spec(&b.s, sample_dense(&b.s));
    b.spec.glm = &b.loss;
    CHECK_EQUAL(sp_model_init(&b.m, &b.spec, NULL), SP_OK);
    CHECK(sp_glm_has_kernel(&b.m.problem));
    CHECK_EQUAL(sp_model_fit(&b.m, &b.path, &options, (sp_tolerance){1e-7, 1000}, NULL, NULL),
                SP_ERR_NO_FIT);
    CHECK_EQUAL(b.path.n_endless, 1);
    if (b.path.n_endless == 1) CHECK_EQUAL(b.path.endless[0], endless);
    bench_end(&b);
  }
}

int main(void) {
  RUN(losses_are_found_by_name);
  RUN(residual_and_curvature_are_derivatives);
  RUN(many_observations_are_evaluated_like_single_ones);
  RUN(equal_observations_add_up_to_the_last_digit);
  RUN(rows_of_weight_zero_do_not_count);
  RUN(relative_entropy_is_accurate_everywhere);
  RUN(divergence_is_that_of_fenchel_and_young);
  RUN(divergence_of_a_scaled_residual_is_bounded);
  RUN(divergence_of_a_point_nearby_is_bounded);
  RUN(every_solution_is_certified_and_the_certificate_true);
  RUN(nothing_is_proved_that_collinear_free_columns_would_improve);
  RUN(the_gap_of_a_free_coefficient_is_what_it_is_off_by);
  RUN(a_lambda_is_closed_by_a_step_whose_gradients_are_not_formed);
  RUN(supports_of_any_size_are_solved_without_a_gram_matrix);
  RUN(crawling_passes_bring_the_gram_matrix_back);
  RUN(degrees_of_freedom_are_those_of_the_weighted_ridge);
  RUN(degrees_of_freedom_of_sparse_columns_are_those_of_dense_ones);
  RUN(tiny_coefficients_are_as_exact_as_others);
  RUN(wide_ridge_is_solved_in_the_kernel);
  RUN(members_of_the_quadratic_stay_in_the_working_set);
  RUN(steps_do_not_correct_curvature_that_proves);
  RUN(the_loss_follows_the_intercept);
  RUN(memory_may_run_out_anywhere);
  RUN(a_null_model_without_finite_intercept_is_an_error);
  RUN(where_nothing_is_penalised_or_used_there_is_one_solution);
  RUN(violations_without_a_penalty_have_a_unit);
  RUN(a_fit_that_leaves_little_is_no_saturated_one);
  RUN(coefficients_without_end_are_named);
  RUN(bounds_end_coefficients_on_their_side_alone);
  RUN(coefficients_without_end_are_named_in_a_wide_ridge);
  return check_report();
}
