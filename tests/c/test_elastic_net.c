#include "check.h"
#include "core/penalty/penalty.h"
#include "sample.h"

/* Every combination of alpha, factor and box that makes a difference; coefficient j = 0. */
typedef struct {
  double alpha, factor, lower, upper;
} setting;

static const double alphas[] = {1, 0.6, 0}, factors[] = {1, 2.5, 0}, lambdas[] = {0.7, 0.1, 0},
                    boxes[][2] = {{-INFINITY, INFINITY}, {0, INFINITY}, {-INFINITY, 0},
                                  {-0.5, 0.8},           {0, 0},        {-2, INFINITY}};

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

typedef void (*setting_check)(const sp_penalty *, const setting *, double lambda);

static void over_all_settings(setting_check check) {
  for (int a = 0; a < COUNT(alphas); a++)
    for (int f = 0; f < COUNT(factors); f++)
      for (int b = 0; b < COUNT(boxes); b++)
        for (int l = 0; l < COUNT(lambdas); l++) {
          const setting s = {alphas[a], factors[f], boxes[b][0], boxes[b][1]};
          const sp_penalty h = sp_penalty_elastic_net(s.alpha, &s.factor, &s.lower, &s.upper);
          check(&h, &s, lambdas[l]);
        }
}

/* The definition, and nothing else, is what the checks below know. */
static double definition(const setting *s, double lambda, double b) {
  if (b < s->lower || b > s->upper) return INFINITY;
  return lambda * s->factor * (s->alpha * fabs(b) + (1 - s->alpha) / 2 * b * b);
}

static void check_value(const sp_penalty *h, const setting *s, double lambda) {
  for (double b = -3; b <= 3; b += 0.1)
    CHECK_NEAR(h->ops->value(h, 0, b, lambda), definition(s, lambda, b), 1e-15);
  CHECK_NEAR(h->ops->value(h, 0, 0, lambda), 0, 0);
}

static void value_is_the_definition(void) {
  over_all_settings(check_value);
}

/* Grid over the admissible interval: a step of 1e-3 finds the minimum of a function with curvature
   below 3 to 1e-6 in value, and the minimiser to 1e-3. */
static void check_prox(const sp_penalty *h, const setting *s, double lambda) {
  const double a = 1.3;
  for (double c = -3; c <= 3; c += 0.63) {
    const double found = h->ops->prox(h, 0, c, a, lambda);
    double best = 0, least = 0;
    for (int k = -4000; k <= 4000; k++) {
      const double b = k * 1e-3, value = a * b * b / 2 - c * b + definition(s, lambda, b);
      if (value < least) {
        least = value;
        best = b;
      }
    }
    CHECK_NEAR(found, best, 1e-3);
    CHECK(a * found * found / 2 - c * found + definition(s, lambda, found) <= least + 1e-14);
  }
}

static void prox_is_the_best_of_a_grid(void) {
  over_all_settings(check_prox);
}

/* One-sided derivatives of the definition, infinite outwards at a bound. */
static void check_violation_at(const sp_penalty *h, const setting *s, double lambda, double b) {
  const double step = 1e-6, here = definition(s, lambda, b);
  const double low = (here - definition(s, lambda, b - step)) / step;
  const double high = (definition(s, lambda, b + step) - here) / step;
  for (double c = -3; c <= 3; c += 0.23) {
    const double distance = c < low ? low - c : c > high ? c - high : 0;
    CHECK_NEAR(h->ops->violation(h, 0, b, c, lambda), distance, 3e-6);
  }
}

static void check_violation(const sp_penalty *h, const setting *s, double lambda) {
  for (double b = -1.95; b <= 2; b += 0.1)
    if (b >= s->lower && b <= s->upper) check_violation_at(h, s, lambda, b);
  check_violation_at(h, s, lambda, 0);
  if (isfinite(s->lower)) check_violation_at(h, s, lambda, s->lower);
  if (isfinite(s->upper)) check_violation_at(h, s, lambda, s->upper);
}

static void violation_is_the_distance_to_the_numerical_subdifferential(void) {
  over_all_settings(check_violation);
}

/* c b - h(b) over a grid that reaches far: still rising at its end means that the supremum is
   infinite (with these numbers all finite ones are reached before |b| = 50). */
static double best_on_grid(const setting *s, double lambda, double c, double *at) {
  double best = 0;
  *at = 0;
  for (int k = -6000; k <= 6000; k++) {
    const double b = k * 1e-2, value = c * b - definition(s, lambda, b);
    if (value > best) {
      best = value;
      *at = b;
    }
  }
  return best;
}

static void check_conjugate(const sp_penalty *h, const setting *s, double lambda) {
  for (double c = -2; c <= 2.1; c += 0.413) {
    double at;
    const double best = best_on_grid(s, lambda, c, &at);
    const double found = h->ops->conjugate(h, 0, c, lambda);
    if (fabs(at) >= 59.9)
      CHECK_NEAR(found, INFINITY, 0);
    else
      CHECK_NEAR(found, best, 3e-5);
  }
}

static void conjugate_is_the_supremum_over_a_grid(void) {
  over_all_settings(check_conjugate);
}

/* Finite at s c, infinite just above (unless s = 1), and s = 1 whenever that is allowed. */
static void check_dual_scale(const sp_penalty *h, const setting *s, double lambda) {
  (void)s;
  for (double c = -2; c <= 2.1; c += 0.413) {
    const double scale = h->ops->dual_scale(h, 0, c, lambda);
    CHECK(scale >= 0 && scale <= 1);
    CHECK(isfinite(h->ops->conjugate(h, 0, scale * c, lambda)));
    if (scale < 1) CHECK(isinf(h->ops->conjugate(h, 0, scale * c * (1 + 1e-9) + 1e-9 * c, lambda)));
  }
}

static void dual_scale_is_the_largest_that_is_feasible(void) {
  over_all_settings(check_dual_scale);
}

/* Rounding may not put s c outside: the gap would be infinite at a perfect solution. */
static void dual_scale_is_feasible_for_every_rounding(void) {
  rng g = rng_seeded(41);
  const double one = 1, low = -INFINITY, high = INFINITY;
  const sp_penalty h = sp_penalty_elastic_net(1, &one, &low, &high);
  int infinite = 0;
  for (int k = 0; k < 100000; k++) {
    const double lambda = exp(10 * rng_normal(&g));
    const double c = lambda * (1 + (k % 2 ? 1e-15 * (double)rng_below(&g, 20) : rng_uniform(&g)));
    const double scale = h.ops->dual_scale(&h, 0, c, lambda);
    infinite += isinf(h.ops->conjugate(&h, 0, scale * c, lambda));
    infinite += isinf(h.ops->conjugate(&h, 0, -scale * c, lambda));
  }
  CHECK_EQUAL(infinite, 0);
}

/* Zero is stationary from `entry` on, and not below. */
static void check_entry(const sp_penalty *h, const setting *s, double lambda) {
  (void)s;
  (void)lambda;
  for (double c = -2; c <= 2.1; c += 0.413) {
    const double entry = h->ops->entry(h, 0, c);
    CHECK(entry >= 0);
    if (isinf(entry)) {
      CHECK(h->ops->violation(h, 0, 0, c, 1e12) > 0);
      continue;
    }
    CHECK_NEAR(h->ops->violation(h, 0, 0, c, entry), 0, 1e-15);
    CHECK_NEAR(h->ops->violation(h, 0, 0, c, 10 * entry), 0, 0);
    if (entry > 0) CHECK(h->ops->violation(h, 0, 0, c, 0.999 * entry) > 0);
  }
  CHECK_NEAR(h->ops->entry(h, 0, 0), 0, 0);
}

static void entry_is_where_zero_becomes_stationary(void) {
  over_all_settings(check_entry);
}

/* Zero is stationary up to lambda * cut on both sides, beyond it on neither unless bounds help. */
static void check_cut(const sp_penalty *h, const setting *s, double lambda) {
  const double cut = h->ops->cut(h, 0);
  if (s->lower == 0 && s->upper == 0) {
    CHECK_NEAR(cut, INFINITY, 0);
    return;
  }
  CHECK_NEAR(cut, s->alpha * s->factor, 1e-15);
  CHECK_NEAR(h->ops->violation(h, 0, 0, lambda * cut, lambda), 0, 1e-16);
  CHECK_NEAR(h->ops->violation(h, 0, 0, -lambda * cut, lambda), 0, 1e-16);
  const double beyond = lambda * cut + 0.1;
  if (s->upper > 0) CHECK(h->ops->violation(h, 0, 0, beyond, lambda) > 0);
  if (s->lower < 0) CHECK(h->ops->violation(h, 0, 0, -beyond, lambda) > 0);
}

static void cut_is_where_screening_may_stop(void) {
  over_all_settings(check_cut);
}

static void check_curvature(const sp_penalty *h, const setting *s, double lambda) {
  CHECK_NEAR(h->ops->curvature(h, 0, lambda), lambda * s->factor * (1 - s->alpha), 1e-15);
}

static void curvature_is_the_second_derivative(void) {
  over_all_settings(check_curvature);
}

/* On the piece, h(x) - curvature x^2 / 2 must be linear with the slope that is given. */
static void check_piece_is_smooth(const sp_penalty *h, const setting *s, double lambda, double b,
                                  const sp_piece *piece) {
  const double curvature = h->ops->curvature(h, 0, lambda);
  const double low = fmax(piece->low, b - 5), high = fmin(piece->high, b + 5);
  const double start = definition(s, lambda, low) - curvature / 2 * low * low;
  CHECK(piece->low <= b && b <= piece->high && low < high);
  for (int k = 0; k <= 10; k++) {
    const double x = k == 10 ? high : low + k * (high - low) / 10;
    const double linear = definition(s, lambda, x) - curvature / 2 * x * x;
    CHECK_NEAR(linear, start + piece->slope * (x - low), 1e-13);
  }
}

/* And it must be the whole of it: beyond its ends there is a kink or a bound. */
static void check_piece_is_maximal(const setting *s, double lambda, const sp_piece *piece) {
  const int has_kink = lambda * s->factor * s->alpha > 0;
  CHECK(piece->low == s->lower || (has_kink && piece->low == 0));
  CHECK(piece->high == s->upper || (has_kink && piece->high == 0));
}

static void check_piece(const sp_penalty *h, const setting *s, double lambda) {
  const double points[] = {-1.2, -0.5, -0.1, 0, 0.3, 0.8, 1.9};
  const int has_kink = lambda * s->factor * s->alpha > 0;
  for (int k = 0; k < COUNT(points); k++) {
    const double b = points[k];
    if (b < s->lower || b > s->upper) continue;
    sp_piece piece;
    const int free_to_move = h->ops->piece(h, 0, b, lambda, &piece);
    CHECK_EQUAL(free_to_move, s->lower < s->upper && !(has_kink && b == 0));
    if (!free_to_move) continue;
    check_piece_is_smooth(h, s, lambda, b, &piece);
    check_piece_is_maximal(s, lambda, &piece);
  }
}

static void piece_is_the_smooth_stretch_around_b(void) {
  over_all_settings(check_piece);
}

static void coefficients_have_their_own_settings(void) {
  const double factor[] = {1, 3}, lower[] = {-1, 0}, upper[] = {1, 2};
  const sp_penalty h = sp_penalty_elastic_net(0.5, factor, lower, upper);
  CHECK_NEAR(h.ops->value(&h, 0, -1, 2), 1.5, 1e-15);
  CHECK_NEAR(h.ops->value(&h, 1, 2, 2), 12, 1e-15);
  CHECK_NEAR(h.ops->value(&h, 1, -1, 2), INFINITY, 0);
  CHECK_TEXT(h.ops->name, "elastic net");
}

static void the_excluded_are_known(void) {
  const double factor[] = {0, 0, 0, 1, 0, 2}, lower[] = {-INFINITY, -INFINITY, 0, -INFINITY, 0, 0},
               upper[] = {INFINITY, 1, INFINITY, INFINITY, 0, 0};
  const int is_excluded[] = {0, 0, 0, 0, 1, 1};
  const sp_penalty h = sp_penalty_elastic_net(1, factor, lower, upper);
  for (int j = 0; j < COUNT(factor); j++) {
    CHECK_EQUAL(sp_penalty_is_excluded(&h, j), is_excluded[j]);
  }
}

int main(void) {
  RUN(value_is_the_definition);
  RUN(prox_is_the_best_of_a_grid);
  RUN(violation_is_the_distance_to_the_numerical_subdifferential);
  RUN(conjugate_is_the_supremum_over_a_grid);
  RUN(dual_scale_is_the_largest_that_is_feasible);
  RUN(dual_scale_is_feasible_for_every_rounding);
  RUN(entry_is_where_zero_becomes_stationary);
  RUN(cut_is_where_screening_may_stop);
  RUN(curvature_is_the_second_derivative);
  RUN(piece_is_the_smooth_stretch_around_b);
  RUN(coefficients_have_their_own_settings);
  RUN(the_excluded_are_known);
  return check_report();
}
