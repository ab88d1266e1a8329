#include "check_fit.h"
#include "core/solver/certificate.h"

enum { N = 18, P = 6 };

/* Everything sp_certify wants to know about one point, computed naively. */
typedef struct {
  double b0, original[P], beta[P], c[P], rss, slip;
  sp_null_model null_model;
} point;

static long double residual_at(const sample *s, ptrdiff_t i, double b0, const double *beta) {
  long double r = (long double)s->y[i] - (s->offset ? s->offset[i] : 0) - b0;
  for (ptrdiff_t j = 0; j < s->p; j++) r -= (long double)s->x[i + j * s->n] * beta[j];
  return r;
}

static void describe_residual(const sample *s, const double *explicit, point *at) {
  long double mean = 0, total = 0, rss = 0;
  for (ptrdiff_t i = 0; i < s->n; i++) {
    mean += sample_weight(s, i) * residual_at(s, i, 0, at->original);
    total += sample_weight(s, i);
  }
  at->b0 = s->intercept ? (double)(mean / total) : 0;
  for (ptrdiff_t j = 0; j < s->p; j++) {
    long double c = 0;
    for (ptrdiff_t i = 0; i < s->n; i++)
      c += sample_weight(s, i) * residual_at(s, i, at->b0, at->original) * explicit[i + j * s->n];
    at->c[j] = (double)c;
  }
  for (ptrdiff_t i = 0; i < s->n; i++) {
    const long double r = residual_at(s, i, at->b0, at->original);
    rss += sample_weight(s, i) * r * r;
  }
  at->rss = (double)rss;
}

static void describe_point(const sample *s, point *at) {
  double *explicit = sample_standardized(s);
  point nothing = {0};
  describe_residual(s, explicit, &nothing);
  describe_residual(s, explicit, at);
  at->slip = 0;
  at->null_model.objective = nothing.rss / 2;
  at->null_model.radius = sqrt(nothing.rss);
  at->null_model.gradient = 0;
  for (ptrdiff_t j = 0; j < s->p; j++) {
    at->beta[j] = at->original[j] * (double)sample_scale(s, j);
    at->null_model.gradient = fmax(at->null_model.gradient, fabs(nothing.c[j]));
  }
  free(explicit);
}

/* Within the bounds, some zero, some at a bound. */
static void random_point(const sample *s, rng *g, double size, point *at) {
  for (ptrdiff_t j = 0; j < s->p; j++) {
    const double kind = rng_uniform(g);
    double b = kind < 0.3 ? 0 : size * rng_normal(g);
    b = fmin(fmax(b, s->lower[j]), s->upper[j]);
    at->original[j] = sample_is_out(s, j) ? 0 : b;
  }
  describe_point(s, at);
}

static sample random_sample(int k, rng *g) {
  const double alphas[] = {1, 0.5, 0};
  sample s = sample_new(N, P, (uint64_t)k);
  s.alpha = alphas[k % 3];
  s.intercept = k % 2;
  s.standardize = k % 5 != 0;
  if (k % 4 > 1) sample_add_weights(&s, g);
  if (k % 7 > 3) sample_add_offset(&s, g);
  s.factor[1] = 2.5;
  s.factor[2] = k % 2 ? INFINITY : 0.3;
  if (k % 3 == 1 || k % 8 == 0) {
    s.lower[0] = -0.2;
    s.upper[0] = 0.7;
    s.lower[3] = 0;
    s.upper[4] = 0;
    s.factor[5] = 0;
    s.lower[5] = -1;
    s.upper[5] = 1;
  }
  return s;
}

/* The core scales bounds and coefficients with one scale; here rounding may part them. */
static void snap(double *b, double bound) {
  if (isfinite(bound) && fabs(*b - bound) <= 1e-14 * fabs(bound)) *b = bound;
}

/* Columns at zero and stationary may be left out, the others come in any order. */
static void check_subset(const sp_model *m, const double *beta, const point *at, double lambda,
                         sp_certificate all) {
  ptrdiff_t cols[P], k = 0;
  double c[P];
  for (ptrdiff_t j = m->design.x->p - 1; j >= 0; j--) {
    const int stationary = m->penalty.ops->violation(&m->penalty, j, 0, at->c[j], lambda) == 0;
    if (beta[j] == 0 && stationary) continue;
    cols[k] = j;
    c[k++] = at->c[j];
  }
  const sp_claim claim = {.design = &m->design,
                          .penalty = &m->penalty,
                          .cols = cols,
                          .k = k,
                          .beta = beta,
                          .c = c,
                          .rss = at->rss,
                          .slip = at->slip,
                          .lambda = lambda};
  const sp_certificate found = sp_certify(&claim, &at->null_model);
  if (isnan(all.gap) || at->slip > 0) return; /* the slip reaches every column */
  CHECK_NEAR(found.gap, all.gap, 1e-14 * (1 + all.gap));
  CHECK_NEAR(found.kkt, all.kkt, 1e-14 * (1 + all.kkt));
}

static sp_certificate certify(sample *s, const point *at, double lambda) {
  sp_model m;
  const sp_model_spec spec = sample_spec(s, sample_dense(s));
  CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
  double beta[P];
  for (ptrdiff_t j = 0; j < s->p; j++) {
    beta[j] = at->beta[j];
    snap(&beta[j], m.lower[j]);
    snap(&beta[j], m.upper[j]);
  }
  const sp_claim claim = {.design = &m.design,
                          .penalty = &m.penalty,
                          .k = s->p,
                          .beta = beta,
                          .c = at->c,
                          .rss = at->rss,
                          .slip = at->slip,
                          .lambda = lambda};
  const sp_certificate found = sp_certify(&claim, &at->null_model);
  check_subset(&m, beta, at, lambda, found);
  sp_model_clear(&m);
  return found;
}

static void gap_is_primal_minus_dual(void) {
  rng g = rng_seeded(61);
  for (int k = 0; k < 120; k++) {
    sample s = random_sample(k, &g);
    const double lambda = 0.02 + rng_uniform(&g);
    point at;
    random_point(&s, &g, 0.5, &at);
    const sp_certificate found = certify(&s, &at, lambda);
    const double primal = (double)sample_objective(&s, lambda, at.b0, at.original);
    const double dual = (double)sample_dual(&s, lambda, at.b0, at.original);
    CHECK(isfinite(primal) && isfinite(dual));
    CHECK_NEAR(found.gap * at.null_model.objective, primal - dual, 1e-11 * (primal + fabs(dual)));
    CHECK_NEAR(found.kkt * lambda, sample_violation(&s, lambda, at.b0, at.original), 1e-11);
    sample_free(&s);
  }
}

/* Finite bounds leave a gap also without a penalty; kkt has the null gradient for its unit. */
static void lambda_zero_with_bounds_has_a_gap(void) {
  rng g = rng_seeded(62);
  for (int k = 0; k < 20; k++) {
    sample s = random_sample(2, &g);
    for (ptrdiff_t j = 0; j < P; j++) {
      s.lower[j] = -0.1 * (double)j;
      s.upper[j] = 0.5;
    }
    point at;
    random_point(&s, &g, 0.5, &at);
    const sp_certificate found = certify(&s, &at, 0);
    const double primal = (double)sample_objective(&s, 0, at.b0, at.original);
    const double dual = (double)sample_dual(&s, 0, at.b0, at.original);
    CHECK_NEAR(found.gap * at.null_model.objective, primal - dual, 1e-11 * (primal + fabs(dual)));
    CHECK_NEAR(found.kkt * at.null_model.gradient, sample_violation(&s, 0, at.b0, at.original),
               1e-11);
    sample_free(&s);
  }
}

/* ---- free coefficients ------------------------------------------------------------------- */

/* Without penalty, with a side without bound, and not held by the bound that c points to. */
static int is_free(const sample *s, const point *at, ptrdiff_t j, double lambda) {
  const double towards = at->c[j] > 0 ? s->upper[j] : s->lower[j];
  if (sample_is_out(s, j) || lambda * s->factor[j] > 0) return 0;
  if (isinf(s->lower[j]) && isinf(s->upper[j])) return 1;
  return isinf(towards) ||
         ((isinf(s->lower[j]) || isinf(s->upper[j])) && at->original[j] != towards);
}

/* sqrt(c' G^-1 c) over the free columns. */
static double naive_slip(const sample *s, const point *at, double lambda) {
  long double gram[P * P], rhs[P], sum = 0;
  ptrdiff_t cols[P], k = 0;
  double *z = sample_standardized(s);
  for (ptrdiff_t j = 0; j < s->p; j++)
    if (is_free(s, at, j, lambda)) cols[k++] = j;
  for (ptrdiff_t a = 0; a < k; a++) {
    rhs[a] = at->c[cols[a]];
    for (ptrdiff_t b = 0; b < k; b++) {
      gram[b + a * k] = 0;
      for (ptrdiff_t i = 0; i < s->n; i++)
        gram[b + a * k] +=
            (long double)sample_weight(s, i) * z[i + cols[a] * s->n] * z[i + cols[b] * s->n];
    }
  }
  solve_naively(k, gram, rhs);
  for (ptrdiff_t a = 0; a < k; a++) sum += rhs[a] * at->c[cols[a]];
  free(z);
  return (double)sqrtl(sum);
}

static sample sample_with_free_columns(int k, rng *g) {
  sample s = sample_new(N, P, (uint64_t)k);
  s.alpha = k % 3 ? 1 : 0.5;
  s.intercept = k % 2;
  s.standardize = k % 5 != 0;
  if (k % 4 > 1) sample_add_weights(&s, g);
  s.factor[1] = s.factor[4] = 0;
  s.factor[5] = 0;
  s.lower[5] = -0.1;
  s.upper[3] = 0.2;
  return s;
}

/* The proof does what it promises: near the best of many points with the free coefficients and all
   others at random, nothing beats the certified point by more than its gap - and the gap is not
   idle, it shrinks with the distance to a solution. */
static void the_gap_holds_with_free_coefficients(void) {
  const double grid[] = {0.2};
  rng g = rng_seeded(63);
  for (int k = 0; k < 30; k++) {
    sample s = sample_with_free_columns(k, &g);
    sp_path path = fit(&s, given_grid(grid, 1));
    double *best = coefficients(&path, P, 0);
    const double least = (double)sample_objective(&s, grid[0], path.intercept[0], best);
    CHECK_NEAR(sample_violation(&s, grid[0], path.intercept[0], best), 0, 1e-9);
    double last = INFINITY;
    for (double away = 1; away > 1e-9; away /= 10) {
      point at = {0};
      for (ptrdiff_t j = 0; j < P; j++) {
        const int held = best[j] == 0 || best[j] == s.lower[j] || best[j] == s.upper[j];
        const double b = best[j] + (held ? 0 : away * rng_normal(&g));
        at.original[j] = fmin(fmax(b, s.lower[j]), s.upper[j]);
      }
      describe_point(&s, &at);
      at.slip = naive_slip(&s, &at, grid[0]);
      const double here = (double)sample_objective(&s, grid[0], at.b0, at.original);
      const double gap = certify(&s, &at, grid[0]).gap * at.null_model.objective;
      CHECK(here - least <= gap + 1e-12);
      if (away < 1e-3) CHECK(gap < 30 * last);
      if (away < 1e-8) CHECK_NEAR(gap, 0, 1e-5);
      last = gap;
    }
    free(best);
    sp_path_clear(&path);
    sample_free(&s);
  }
}

/* The formula of the header; the worst c within the slip lies at an end. */
static double gap_of_header(const sample *s, const point *at, double lambda, double shrink) {
  double gap = (1 - shrink) * (1 - shrink) * at->rss + shrink * (2 - shrink) * at->slip * at->slip;
  gap /= 2;
  for (ptrdiff_t j = 0; j < P; j++) {
    if (is_free(s, at, j, lambda)) continue;
    const double l1 = lambda * s->factor[j], slack = at->slip * (double)sample_norm(s, j);
    double worst = 0;
    for (int end = -1; end <= 1; end += 2) {
      const double c = shrink * (at->c[j] + end * slack), excess = fabs(c) - l1;
      const double conjugate = excess > 1e-12 ? INFINITY : 0;
      worst = fmax(worst, l1 * fabs(at->beta[j]) + conjugate - c * at->beta[j]);
    }
    gap += worst;
  }
  return gap;
}

static void free_coefficients_are_relieved_as_the_header_says(void) {
  rng g = rng_seeded(64);
  for (int k = 0; k < 40; k++) {
    const double lambda = 0.3;
    sample s = sample_new(N, P, (uint64_t)k);
    s.standardize = k % 2;
    s.factor[2] = s.factor[4] = 0;
    point at;
    random_point(&s, &g, 0.5, &at);
    at.slip = naive_slip(&s, &at, lambda);
    double shrink = 1;
    for (ptrdiff_t j = 0; j < P; j++)
      if (s.factor[j] > 0)
        shrink = fmin(shrink, lambda / (fabs(at.c[j]) + at.slip * (double)sample_norm(&s, j)));
    const double expected = gap_of_header(&s, &at, lambda, shrink);
    const sp_certificate found = certify(&s, &at, lambda);
    CHECK_NEAR(found.gap * at.null_model.objective, expected, 1e-11 * expected);
    CHECK_NEAR(found.kkt * lambda, sample_violation(&s, lambda, at.b0, at.original), 1e-11);
    sample_free(&s);
  }
}

static void free_is_what_no_penalty_and_no_bound_holds(void) {
  enum { CASES = 9 };
  const double factor[] = {1, 0, 0, 0, 0, 0, 0, 0, 1};
  const double lower[] = {-INFINITY, -INFINITY, 0, 0, 0, -1, -1, -INFINITY, -INFINITY};
  const double upper[] = {INFINITY, INFINITY, INFINITY, INFINITY, INFINITY, 1, 1, 2, INFINITY};
  const double b[] = {0, 0, 0, 0, 0.5, 1, 0.2, 2, 0}, c[] = {1, 1, 1, -1, -1, 1, 1, 1, 1},
               lambda[] = {1, 1, 1, 1, 1, 1, 1, 1, 0};
  const int expected[] = {0, 1, 1, 0, 1, 0, 0, 0, 1};
  const sp_penalty h = sp_penalty_elastic_net(1, factor, lower, upper);
  for (ptrdiff_t j = 0; j < CASES; j++)
    CHECK_EQUAL(sp_is_free(&h, j, b[j], c[j], lambda[j]), expected[j]);
}

/* What the gap is for: no point, here the best of many, beats the certified one by more. */
static void no_point_is_better_than_the_gap_allows(void) {
  rng g = rng_seeded(65);
  for (int k = 0; k < 12; k++) {
    sample s = random_sample(k, &g);
    const double lambda = 0.2;
    point at, other;
    random_point(&s, &g, 0.3, &at);
    const double gap = certify(&s, &at, lambda).gap * at.null_model.objective;
    const double here = (double)sample_objective(&s, lambda, at.b0, at.original);
    int beaten = 0;
    for (int trial = 0; trial < 200; trial++) {
      random_point(&s, &g, 0.5, &other);
      beaten += sample_objective(&s, lambda, other.b0, other.original) < here - gap - 1e-12;
    }
    CHECK(gap > 0);
    CHECK_EQUAL(beaten, 0);
    sample_free(&s);
  }
}

/* One standardised column: the solution is known, and its gap is rounding - for any lambda. */
static void the_gap_of_a_solution_is_rounding(void) {
  rng g = rng_seeded(66);
  sample s = sample_new(N, 1, 4);
  point nothing = {0};
  describe_point(&s, &nothing);
  for (int k = 0; k < 500; k++) {
    const double lambda = nothing.null_model.gradient * rng_uniform(&g);
    point at = {0};
    at.original[0] = copysign(fabs(nothing.c[0]) - lambda, nothing.c[0]);
    at.original[0] /= (double)sample_scale(&s, 0);
    describe_point(&s, &at);
    const sp_certificate found = certify(&s, &at, lambda);
    CHECK_NEAR(found.gap, 0, 1e-14);
    CHECK_NEAR(found.kkt * lambda, 0, 1e-14);
  }
  sample_free(&s);
}

static void nothing_to_explain_has_no_gap(void) {
  sample s = sample_new(N, P, 5);
  for (ptrdiff_t i = 0; i < N; i++) s.y[i] = 0;
  s.intercept = 0;
  point at = {0};
  describe_point(&s, &at);
  sp_certificate found = certify(&s, &at, 0.5);
  CHECK_NEAR(found.gap, 0, 0);
  CHECK_NEAR(found.kkt, 0, 0);
  found = certify(&s, &at, 0);
  CHECK_NEAR(found.gap, 0, 0);
  CHECK_NEAR(found.kkt, 0, 0);
  sample_free(&s);
}

/* A number that is none must never pass for a proof. */
/* Columns that are not listed limit the dual scale through the strain alone. */
static void the_strain_limits_the_scale(void) {
  rng g = rng_seeded(77);
  sample s = sample_new(N, P, 77);
  point at = {0};
  describe_point(&s, &at);
  sp_model m;
  const sp_model_spec spec = sample_spec(&s, sample_dense(&s));
  CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
  for (int k = 0; k < 20; k++) {
    const double strain = rng_uniform(&g), scale = 1 / (1 + strain);
    const sp_claim claim = {.design = &m.design,
                            .penalty = &m.penalty,
                            .beta = at.beta,
                            .c = at.c,
                            .rss = at.rss,
                            .strain = strain,
                            .lambda = 2 * at.null_model.gradient};
    const double gap = (1 - scale) * (1 - scale) / 2 * at.rss / at.null_model.objective;
    CHECK_NEAR(sp_certify(&claim, &at.null_model).gap, gap, 1e-15);
  }
  sp_model_clear(&m);
  sample_free(&s);
}

static void nan_is_no_proof(void) {
  sample s = sample_new(N, P, 6);
  point at = {0};
  describe_point(&s, &at);
  at.c[3] = NAN;
  CHECK(!(certify(&s, &at, 1e6).gap <= 1e-7));
  describe_point(&s, &at);
  at.beta[3] = NAN;
  CHECK(!(certify(&s, &at, 1e6).gap <= 1e-7));
  sample_free(&s);
}

int main(void) {
  RUN(gap_is_primal_minus_dual);
  RUN(lambda_zero_with_bounds_has_a_gap);
  RUN(the_gap_holds_with_free_coefficients);
  RUN(free_coefficients_are_relieved_as_the_header_says);
  RUN(free_is_what_no_penalty_and_no_bound_holds);
  RUN(no_point_is_better_than_the_gap_allows);
  RUN(the_gap_of_a_solution_is_rounding);
  RUN(nothing_to_explain_has_no_gap);
  RUN(the_strain_limits_the_scale);
  RUN(nan_is_no_proof);
  return check_report();
}
