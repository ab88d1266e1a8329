#include "check.h"
#include "core/kernels.h"
#include "core/path/model.h"
#include "core/solver/screen.h"
#include "fault.h"
#include "sample.h"

#include <stdlib.h>

enum { N = 25, P = 40 };

typedef struct {
  sample s;
  sp_model m;
  sp_screen screen;
  double *explicit;
  ptrdiff_t position[P]; /* -1 all over: nothing in the working set */
} setup;

static setup *set_up(int variant) {
  setup *u = calloc(1, sizeof *u);
  rng g = rng_seeded((uint64_t)variant);
  u->s = sample_new(N, P, (uint64_t)variant);
  if (variant & 1) sample_add_weights(&u->s, &g);
  u->s.alpha = variant & 2 ? 0.4 : 1;
  u->s.standardize = (variant & 4) != 0;
  u->s.factor[3] = 2;
  u->s.factor[5] = INFINITY;
  const sp_model_spec spec = sample_spec(&u->s, sample_dense(&u->s));
  CHECK_EQUAL(sp_model_init(&u->m, &spec, NULL), SP_OK);
  CHECK_EQUAL(sp_screen_init(&u->screen, &u->m.design, &u->m.penalty, NULL), SP_OK);
  u->explicit = sample_standardized(&u->s);
  for (ptrdiff_t j = 0; j < P; j++) u->position[j] = -1;
  return u;
}

static void tear_down(setup *u) {
  sp_screen_clear(&u->screen);
  sp_model_clear(&u->m);
  sample_free(&u->s);
  free(u->explicit);
  free(u);
}

/* A residual that sums to zero: base plus some noise. */
static void random_residual(const setup *u, rng *g, const double *base, double noise, double *r) {
  double mean = 0;
  for (ptrdiff_t i = 0; i < N; i++) {
    r[i] = base[i] + noise * rng_normal(g);
    mean += sample_weight(&u->s, i) * r[i];
  }
  for (ptrdiff_t i = 0; i < N; i++) r[i] -= mean;
}

static double gradient(const setup *u, ptrdiff_t j, const double *r) {
  long double sum = 0;
  for (ptrdiff_t i = 0; i < N; i++)
    sum += (long double)sample_weight(&u->s, i) * u->explicit[i + j * N] * r[i];
  return (double)sum;
}

static double square(const setup *u, const double *r) {
  long double sum = 0;
  for (ptrdiff_t i = 0; i < N; i++) sum += (long double)sample_weight(&u->s, i) * r[i] * r[i];
  return (double)sum;
}

static void approach(setup *u, const double *r) {
  double g[N];
  for (ptrdiff_t i = 0; i < N; i++) g[i] = sample_weight(&u->s, i) * r[i];
  sp_screen_approach(&u->screen, N, g, square(u, r));
}

static void record(setup *u, const ptrdiff_t *cols, ptrdiff_t k, const double *r) {
  double c[P];
  for (ptrdiff_t a = 0; a < k; a++) c[a] = gradient(u, cols[a], r);
  CHECK_EQUAL(sp_screen_record(&u->screen, N, P, cols, k, c, r, square(u, r), NULL), SP_OK);
}

static void record_all(setup *u, const double *r) {
  ptrdiff_t cols[P];
  for (ptrdiff_t j = 0; j < P; j++) cols[j] = j;
  record(u, cols, P, r);
}

static int contains(const ptrdiff_t *cols, ptrdiff_t k, ptrdiff_t j) {
  for (ptrdiff_t a = 0; a < k; a++)
    if (cols[a] == j) return 1;
  return 0;
}

static int is_excluded(const setup *u, ptrdiff_t j) {
  return sp_penalty_is_excluded(&u->m.penalty, j);
}

/* Whether zero is not stationary, from the definition; a hair of rounding is allowed. */
static int violates(const setup *u, ptrdiff_t j, const double *r, double lambda) {
  if (is_excluded(u, j)) return 0;
  return fabs(gradient(u, j, r)) > lambda * u->s.alpha * u->s.factor[j] * (1 + 1e-12);
}

static void at_first_everything_that_may_enter_is_suspect(void) {
  setup *u = set_up(0);
  ptrdiff_t cols[P];
  u->position[7] = 0;
  CHECK_EQUAL(sp_screen_suspects(&u->screen, P, u->position, 1e9, cols), P - 2);
  CHECK(!contains(cols, P - 2, 7) && !contains(cols, P - 2, 5));
  CHECK_EQUAL(sp_screen_likely(&u->screen, P, u->position, 0, cols), 0);
  tear_down(u);
}

/* At the recorded residual itself, and at any multiple of it, the bounds are the gradients. */
static void at_a_multiple_of_the_reference_the_bounds_are_exact(void) {
  const double multiples[] = {1, 0.3, -2};
  for (int variant = 0; variant < 8; variant++)
    for (int k = 0; k < 3; k++) {
      setup *u = set_up(variant);
      rng g = rng_seeded(1);
      double r[N];
      ptrdiff_t cols[P];
      random_residual(u, &g, u->s.y, 0, r);
      record_all(u, r);
      for (ptrdiff_t i = 0; i < N; i++) r[i] *= multiples[k];
      approach(u, r);
      for (ptrdiff_t j = 0; j < P; j++) {
        if (is_excluded(u, j)) continue;
        const double edge = fabs(gradient(u, j, r)) / (u->s.alpha * u->s.factor[j]);
        ptrdiff_t found = sp_screen_suspects(&u->screen, P, u->position, edge * 0.999999, cols);
        CHECK(contains(cols, found, j));
        found = sp_screen_suspects(&u->screen, P, u->position, edge * 1.00001 + 1e-5, cols);
        CHECK(!contains(cols, found, j));
        found = sp_screen_likely(&u->screen, P, u->position, edge * 0.999999, cols);
        CHECK(contains(cols, found, j));
        found = sp_screen_likely(&u->screen, P, u->position, edge * 1.000001, cols);
        CHECK(!contains(cols, found, j));
      }
      tear_down(u);
    }
}

/* The promise: whatever was recorded, and however often, no violator is cleared. Residuals wander,
   so that references near and far are in use, and more than there is room for. */
static void no_violator_is_ever_cleared(void) {
  int cleared = 0, computed = 0, violators = 0;
  for (int variant = 0; variant < 8; variant++) {
    setup *u = set_up(variant);
    rng g = rng_seeded((uint64_t)variant);
    double r[N];
    ptrdiff_t cols[P];
    random_residual(u, &g, u->s.y, 0, r);
    record_all(u, r);
    for (int step = 0; step < 80; step++) {
      random_residual(u, &g, r, 0.1 * rng_uniform(&g) * rng_uniform(&g), r);
      const double lambda = 2 * rng_uniform(&g);
      approach(u, r);
      const ptrdiff_t k = sp_screen_suspects(&u->screen, P, u->position, lambda, cols);
      for (ptrdiff_t j = 0; j < P; j++) {
        violators += violates(u, j, r, lambda);
        cleared += violates(u, j, r, lambda) && !contains(cols, k, j);
      }
      computed += (int)k;
      record(u, cols, k, r);
    }
    CHECK_EQUAL(u->screen.count, SP_REFERENCES);
    tear_down(u);
  }
  CHECK_EQUAL(cleared, 0);
  CHECK(violators > 1000);
  CHECK(computed - violators < 8 * 80 * P / 4); /* and it does clear most of the others */
}

static void bounds_are_those_of_the_header(void) {
  setup *u = set_up(5);
  rng g = rng_seeded(2);
  double reference[N], r[N];
  random_residual(u, &g, u->s.y, 0, reference);
  record_all(u, reference);
  random_residual(u, &g, reference, 0.5, r);
  approach(u, r);
  long double product = 0;
  for (ptrdiff_t i = 0; i < N; i++)
    product += (long double)sample_weight(&u->s, i) * r[i] * reference[i];
  const double a = (double)product / square(u, reference);
  double difference[N];
  for (ptrdiff_t i = 0; i < N; i++) difference[i] = r[i] - a * reference[i];
  CHECK_NEAR(u->screen.slope[0], a, 1e-13);
  CHECK_NEAR(u->screen.distance[0], sqrt(square(u, difference)), 1e-7);
  CHECK(u->screen.distance[0] >= sqrt(square(u, difference)) * (1 - 1e-15));
  tear_down(u);
}

/* A reference that no column leans on any more goes first, and nothing is forgotten; when all are
   leaned on, the columns of the one that goes are suspect again. */
static void a_full_house_forgets_the_least_used(void) {
  setup *u = set_up(0);
  rng g = rng_seeded(3);
  double r[N];
  ptrdiff_t cols[P];
  random_residual(u, &g, u->s.y, 0, r);
  record_all(u, r);
  for (ptrdiff_t m = 1; m < SP_REFERENCES; m++) {
    const ptrdiff_t pair[] = {10 + m, 10 + m - 1};
    random_residual(u, &g, r, 0.01, r);
    record(u, pair, m == 4 ? 2 : 1, r);
  }
  CHECK_EQUAL(u->screen.count, SP_REFERENCES);
  const ptrdiff_t first = 0, second = 1;
  record(u, &first, 1, r);
  CHECK_EQUAL(u->screen.reference[0], 3);
  CHECK_EQUAL(sp_screen_suspects(&u->screen, P, u->position, 1e9, cols), 0);
  record(u, &second, 1, r);
  CHECK_EQUAL(u->screen.count, SP_REFERENCES);
  CHECK_EQUAL(sp_screen_suspects(&u->screen, P, u->position, 1e9, cols), 1);
  CHECK_EQUAL(u->screen.reference[cols[0]], -1);
  CHECK(cols[0] != 1);
  tear_down(u);
}

static void a_gradient_that_is_no_number_is_suspect(void) {
  setup *u = set_up(0);
  rng g = rng_seeded(4);
  double r[N], c[P] = {0};
  ptrdiff_t cols[P];
  for (ptrdiff_t j = 0; j < P; j++) cols[j] = j;
  c[9] = NAN;
  random_residual(u, &g, u->s.y, 0, r);
  CHECK_EQUAL(sp_screen_record(&u->screen, N, P, cols, P, c, r, square(u, r), NULL), SP_OK);
  approach(u, r);
  const ptrdiff_t k = sp_screen_suspects(&u->screen, P, u->position, 1e9, cols);
  CHECK(contains(cols, k, 9));
  tear_down(u);
}

static void an_empty_record_takes_no_place(void) {
  setup *u = set_up(0);
  const double r[N] = {0};
  CHECK_EQUAL(sp_screen_record(&u->screen, N, P, NULL, 0, NULL, r, 0, NULL), SP_OK);
  CHECK_EQUAL(u->screen.count, 0);
  tear_down(u);
}

/* A perfect fit is a reference of length zero. */
static void a_residual_of_zero_divides_nothing(void) {
  setup *u = set_up(0);
  rng g = rng_seeded(5);
  double r[N] = {0};
  ptrdiff_t cols[P];
  record_all(u, r);
  approach(u, r);
  CHECK_EQUAL(sp_screen_suspects(&u->screen, P, u->position, 0.1, cols), 0);
  random_residual(u, &g, u->s.y, 0, r);
  approach(u, r);
  const ptrdiff_t k = sp_screen_suspects(&u->screen, P, u->position, 0.5, cols);
  for (ptrdiff_t j = 0; j < P; j++) CHECK(!violates(u, j, r, 0.5) || contains(cols, k, j));
  tear_down(u);
}

static void exhaustion_is_reported_and_leaves_nothing_behind(void) {
  setup *u = set_up(0);
  const double r[N] = {1}, c[1] = {1};
  const ptrdiff_t cols[1] = {0};
  int failed = 1;
  for (long k = 1; failed; k++) {
    const long alive = fault_alive();
    sp_screen screen;
    fault_arm(k);
    sp_status status = sp_screen_init(&screen, &u->m.design, &u->m.penalty, NULL);
    if (status == SP_OK) status = sp_screen_record(&screen, N, P, cols, 1, c, r, 1, NULL);
    failed = fault_happened();
    fault_arm(0);
    CHECK_EQUAL(status, failed ? SP_ERR_MEMORY : SP_OK);
    sp_screen_clear(&screen);
    sp_screen_clear(&screen);
    CHECK_EQUAL(fault_alive(), alive);
  }
  tear_down(u);
}

int main(void) {
  RUN(at_first_everything_that_may_enter_is_suspect);
  RUN(at_a_multiple_of_the_reference_the_bounds_are_exact);
  RUN(no_violator_is_ever_cleared);
  RUN(bounds_are_those_of_the_header);
  RUN(a_full_house_forgets_the_least_used);
  RUN(a_gradient_that_is_no_number_is_suspect);
  RUN(an_empty_record_takes_no_place);
  RUN(a_residual_of_zero_divides_nothing);
  RUN(exhaustion_is_reported_and_leaves_nothing_behind);
  return check_report();
}
