#include "check_fault.h"
#include "core/kernels.h"
#include "core/path/model.h"
#include "core/solver/screen.h"
#include "sample.h"

#include <stdlib.h>

enum { N = 48, P = 40, ROOM = 4 /* for directions, with so few rows */ };

typedef struct {
  sample s;
  sp_model m;
  sp_coarse coarse;
  sp_screen screen;
  double *explicit;
  ptrdiff_t position[P]; /* -1 all over: nothing in the working set */
} setup;

static setup *set_up_from(sample s, int is_coarse) {
  setup *u = calloc(1, sizeof *u);
  u->s = s;
  const sp_model_spec spec = sample_spec(&u->s, sample_dense(&u->s));
  CHECK_EQUAL(sp_model_init(&u->m, &spec, NULL), SP_OK);
  CHECK_EQUAL(sp_coarse_init(&u->coarse, u->m.design.x, NULL), SP_OK);
  for (ptrdiff_t j = 0; j < P; j++)
    sp_coarse_round(&u->coarse, u->m.design.x, j, u->m.design.mean[j]);
  const sp_coarse *coarse = is_coarse ? &u->coarse : NULL;
  CHECK_EQUAL(sp_screen_init(&u->screen, &u->m.design, &u->m.penalty, coarse, NULL), SP_OK);
  u->explicit = sample_standardized(&u->s);
  for (ptrdiff_t j = 0; j < P; j++) u->position[j] = -1;
  return u;
}

static setup *set_up_with(int variant, int is_coarse) {
  rng g = rng_seeded((uint64_t)variant);
  sample s = sample_new(N, P, (uint64_t)variant);
  if (variant & 1) sample_add_weights(&s, &g);
  s.alpha = variant & 2 ? 0.4 : 1;
  s.standardize = (variant & 4) != 0;
  s.factor[3] = 2;
  s.factor[5] = INFINITY;
  return set_up_from(s, is_coarse);
}

static setup *set_up(int variant) {
  return set_up_with(variant, 0);
}

static void tear_down(setup *u) {
  sp_coarse_clear(&u->coarse);
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

/* The columns that are not excluded: what the solver passes over. */
static ptrdiff_t all_columns(ptrdiff_t *cols) {
  for (ptrdiff_t j = 0; j < P; j++) cols[j] = j;
  return P;
}

static void start(setup *u, const double *r) {
  double c[P];
  ptrdiff_t cols[P];
  const ptrdiff_t k = all_columns(cols);
  for (ptrdiff_t j = 0; j < P; j++) c[j] = gradient(u, j, r);
  CHECK_EQUAL(sp_screen_start(&u->screen, &u->m.design, r, square(u, r), cols, k, c, NULL), SP_OK);
}

static ptrdiff_t approach(setup *u, const double *r, double lambda, ptrdiff_t *cols) {
  sp_screen_approach(&u->screen, &u->m.design, r);
  return sp_screen_suspects(&u->screen, P, u->position, lambda, cols);
}

/* What a verification at r needs, all columns wanted. */
typedef struct {
  double g[N], c[P];
  ptrdiff_t cols[P];
  sp_rowvec weighted;
  sp_screen_site at;
} site;

static void settle_at(site *here, const setup *u, const double *r, double lambda) {
  here->weighted = (sp_rowvec){.values = here->g};
  for (ptrdiff_t i = 0; i < N; i++) {
    here->g[i] = sample_weight(&u->s, i) * r[i];
    here->weighted.sum += here->g[i];
  }
  here->at = (sp_screen_site){.design = &u->m.design,
                              .penalty = &u->m.penalty,
                              .r = r,
                              .g = &here->weighted,
                              .position = u->position,
                              .lambda = lambda,
                              .most = P,
                              .cols = here->cols,
                              .c = here->c};
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

/* Without a direction there is Cauchy and Schwarz alone. */
static void at_first_the_length_of_the_residual_decides(void) {
  setup *u = set_up(0);
  rng g = rng_seeded(1);
  double r[N];
  ptrdiff_t cols[P];
  random_residual(u, &g, u->s.y, 0, r);
  u->position[7] = 0;
  const ptrdiff_t k = approach(u, r, 1e-9, cols);
  CHECK_EQUAL(k, P - 2);
  CHECK(!contains(cols, k, 7) && !contains(cols, k, 5));
  CHECK_EQUAL(approach(u, r, 1e9, cols), 0);
  tear_down(u);
}

/* At the first residual itself, and at any multiple of it, the bounds are the gradients. */
static void along_a_direction_the_bounds_are_exact(void) {
  const double multiples[] = {1, 0.3, -2};
  for (int variant = 0; variant < 8; variant++)
    for (int k = 0; k < 3; k++) {
      setup *u = set_up(variant);
      rng g = rng_seeded(1);
      double r[N];
      ptrdiff_t cols[P];
      random_residual(u, &g, u->s.y, 0, r);
      start(u, r);
      for (ptrdiff_t i = 0; i < N; i++) r[i] *= multiples[k];
      for (ptrdiff_t j = 0; j < P; j++) {
        if (is_excluded(u, j)) continue;
        const double edge = fabs(gradient(u, j, r)) / (u->s.alpha * u->s.factor[j]);
        ptrdiff_t found = approach(u, r, edge * 0.999999, cols);
        CHECK(contains(cols, found, j));
        found = approach(u, r, edge * 1.000001 + 1e-12, cols);
        CHECK(!contains(cols, found, j));
        CHECK_NEAR(u->screen.c[j], gradient(u, j, r), 1e-12);
      }
      tear_down(u);
    }
}

/* The promise: whatever was looked up or rounded, and however often, no violator is cleared, and
   those found are right. Residuals wander, so that there are more directions than there is room
   for. */
static void no_violator_is_ever_cleared(void) {
  int missed = 0, false_alarms = 0, violators = 0, suspects = 0, passes = 0;
  for (int variant = 0; variant < 16; variant++) {
    setup *u = set_up_with(variant % 8, variant < 8);
    rng g = rng_seeded((uint64_t)variant);
    double r[N];
    ptrdiff_t cols[P];
    random_residual(u, &g, u->s.y, 0, r);
    start(u, r);
    for (int step = 0; step < 400; step++) {
      site here;
      random_residual(u, &g, r, 0.05 * rng_uniform(&g) * rng_uniform(&g), r);
      const double lambda = 2 * rng_uniform(&g) + 0.5;
      settle_at(&here, u, r, lambda);
      const ptrdiff_t k = approach(u, r, lambda, cols);
      for (ptrdiff_t j = 0; j < P; j++)
        missed += violates(u, j, r, lambda) && !contains(cols, k, j);
      suspects += (int)k;
      passes += sp_screen_is_due(&u->screen, P, k) && k > 0;
      ptrdiff_t found;
      CHECK_EQUAL(sp_screen_verify(&u->screen, &here.at, &found, NULL, NULL), SP_OK);
      for (ptrdiff_t j = 0; j < P; j++) {
        const int is_listed = contains(here.cols, found, j), is_one = violates(u, j, r, lambda);
        missed += is_one && !is_listed;
        false_alarms += is_listed && !is_one;
        violators += is_one;
      }
    }
    CHECK_EQUAL(u->screen.count, ROOM);
    CHECK((u->screen.haze > 1e-3) == (variant < 8));
    tear_down(u);
  }
  CHECK_EQUAL(missed, 0);
  CHECK_EQUAL(false_alarms, 0);
  CHECK(violators > 2000 && passes > 200);
  CHECK(suspects - violators < 16 * 400 * P / 3); /* and it does clear most of the others */
}

/* Directions are orthonormal, loadings their products with the columns, and what is left of column
   and residual is measured right. */
static void directions_are_those_of_the_header(void) {
  setup *u = set_up(5);
  const sp_screen *screen = &u->screen;
  rng g = rng_seeded(2);
  double r[N];
  ptrdiff_t cols[P];
  random_residual(u, &g, u->s.y, 0, r);
  start(u, r);
  for (int pass = 0; pass < 2 * ROOM; pass++) {
    random_residual(u, &g, r, pass % 2 ? 1 : 1e-9, r);
    site here;
    settle_at(&here, u, r, 0);
    approach(u, r, 0, cols);
    CHECK_EQUAL(sp_screen_pass(&u->screen, &here.at, NULL, NULL), SP_OK);
    CHECK(screen->distance == 0 && screen->looked_up == 0);
  }
  CHECK_EQUAL(screen->count, ROOM);
  for (int m = 0; m < ROOM; m++) {
    for (int l = 0; l <= m; l++) {
      double sum[N];
      for (ptrdiff_t i = 0; i < N; i++) sum[i] = screen->direction[m][i] + screen->direction[l][i];
      CHECK_NEAR(square(u, sum), m == l ? 4 : 2, 1e-12);
    }
    for (ptrdiff_t j = 0; j < P; j++)
      CHECK_NEAR(screen->loading[m][j], gradient(u, j, screen->direction[m]), 1e-6);
  }
  for (ptrdiff_t j = 0; j < P; j++) {
    double left = u->m.design.sqnorm[j];
    for (int m = 0; m < ROOM; m++) left -= pow(gradient(u, j, screen->direction[m]), 2);
    CHECK_NEAR(sqrt(screen->around[j]), sqrt(fmax(0, left)), 1e-5);
  }
  random_residual(u, &g, r, 0.5, r);
  approach(u, r, 0, cols);
  for (ptrdiff_t i = 0; i < N; i++)
    for (int m = 0; m < ROOM; m++) r[i] -= screen->share[m] * screen->direction[m][i];
  CHECK_NEAR(screen->distance, sqrt(square(u, r)), 1e-12);
  tear_down(u);
}

/* With coarse loadings an estimate is off by no more than haze and doubt allow, and the bound on
   what is left of a column holds. */
static void coarse_loadings_are_within_their_bounds(void) {
  double closest = 0;
  for (int variant = 0; variant < 8; variant++) {
    setup *u = set_up_with(variant, 1);
    const sp_screen *screen = &u->screen;
    rng g = rng_seeded(3);
    double r[N];
    ptrdiff_t cols[P];
    random_residual(u, &g, u->s.y, 0, r);
    start(u, r);
    for (int pass = 0; pass < 3 * ROOM; pass++) {
      site here;
      random_residual(u, &g, r, 0.3, r);
      settle_at(&here, u, r, 0.1);
      approach(u, r, 0.1, cols);
      CHECK_EQUAL(sp_screen_pass(&u->screen, &here.at, NULL, NULL), SP_OK);
      CHECK(screen->distance == 0);
      for (ptrdiff_t j = 0; j < P; j++) {
        const double miss = fabs(screen->c[j] - gradient(u, j, r));
        CHECK(miss <= screen->haze * screen->doubt[j]);
        closest = fmax(closest, miss / (screen->haze * screen->doubt[j]));
        double left = u->m.design.sqnorm[j];
        for (int m = 0; m < screen->count; m++)
          left -= pow(gradient(u, j, screen->direction[m]), 2);
        CHECK(sqrt(screen->around[j]) >= sqrt(fmax(0, left)) * (1 - 1e-9));
      }
    }
    CHECK(screen->haze > 0 && screen->doubt != screen->norm);
    tear_down(u);
  }
  CHECK(closest > 0.1);
}

/* Columns that lose almost half a unit in every row when they are rounded, always away from r: the
   worst that can happen to the product with r and to what r leaves of them. */
static sample conspiracy(double *r) {
  rng g = rng_seeded(4);
  sample s = sample_new(N, P, 4);
  s.standardize = 0;
  for (ptrdiff_t i = 0; i < N; i++) r[i] = i % 2 ? 1 : -1;
  for (ptrdiff_t j = 0; j < P; j++)
    for (ptrdiff_t i = 0; i < N; i += 2) {
      const double digit = i == 0 ? 127 : floor(20 + 100 * rng_uniform(&g)) - 0.49;
      for (ptrdiff_t e = i; e < i + 2; e++) s.x[e + j * N] = r[e] * digit;
    }
  return s;
}

static void coarse_loadings_are_within_their_bounds_at_worst(void) {
  double r[N], worst = 0;
  ptrdiff_t cols[P];
  setup *u = set_up_from(conspiracy(r), 1);
  const sp_screen *screen = &u->screen;
  site here;
  CHECK_EQUAL(sp_screen_start(&u->screen, &u->m.design, r, 0, NULL, 0, NULL, NULL), SP_OK);
  settle_at(&here, u, r, 0);
  approach(u, r, 0, cols);
  CHECK_EQUAL(sp_screen_pass(&u->screen, &here.at, NULL, NULL), SP_OK);
  for (ptrdiff_t j = 0; j < P; j++) {
    const double exact = gradient(u, j, r), off = screen->c[j] - exact;
    CHECK(off > 0 && off <= screen->haze * screen->doubt[j]);
    worst = fmax(worst, off / (screen->haze * screen->doubt[j]));
    CHECK(screen->around[j] >= u->m.design.sqnorm[j] - exact * exact / square(u, r));
  }
  CHECK(worst > 0.9);
  tear_down(u);
}

static void a_pass_is_due_after_look_ups_that_cost_as_much(void) {
  setup *u = set_up(0);
  CHECK(!sp_screen_is_due(&u->screen, P, P));
  CHECK(sp_screen_is_due(&u->screen, P, P + 1));
  u->screen.looked_up = P - 3;
  CHECK(!sp_screen_is_due(&u->screen, P, 3));
  CHECK(sp_screen_is_due(&u->screen, P, 4));
  tear_down(u);
}

/* Two settled lambdas make a line: who is headed for the cut is likely, who turns away is not. */
static void likely_are_those_on_their_way_to_the_cut(void) {
  setup *u = set_up(0);
  ptrdiff_t cols[P];
  double score[P], *factor = u->screen.cut;
  sp_screen_settle(&u->screen, 2); /* all zero */
  CHECK_EQUAL(sp_screen_likely(&u->screen, P, u->position, 0.9, 1, P, cols, score), 0);
  sp_screen_settle(&u->screen, 1.9);
  for (ptrdiff_t j = 0; j < P; j++) u->screen.settled[j] = (j == 8 ? 0.95 : 0.9) * factor[j];
  u->screen.earlier[8] = factor[8]; /* a line would have it last */
  CHECK_EQUAL(sp_screen_likely(&u->screen, P, u->position, 0.9, 1, 1, cols, score), 1);
  CHECK_EQUAL(cols[0], 8); /* no line leads that far: the largest */
  memset(u->screen.settled, 0, P * sizeof *u->screen.settled);
  for (ptrdiff_t j = 0; j < P; j++) u->screen.c[j] = 0.1;
  u->screen.c[1] = u->screen.c[2] = 0.9 * factor[1];
  u->screen.c[4] = -0.9 * factor[1];
  sp_screen_settle(&u->screen, 1.1);
  for (ptrdiff_t j = 0; j < P; j++) u->screen.c[j] = 0.1;
  u->screen.c[1] = 0.95 * factor[1];
  u->screen.c[2] = 0.85 * factor[1];
  u->screen.c[4] = -0.95 * factor[1];
  u->screen.c[6] = 0.85 * factor[1];
  u->position[6] = 0;
  sp_screen_settle(&u->screen, 1);
  const ptrdiff_t k = sp_screen_likely(&u->screen, P, u->position, 0.9, 1, P, cols, score);
  CHECK_EQUAL(k, 2);
  CHECK(contains(cols, k, 1) && contains(cols, k, 4));
  u->screen.c[4] = 2; /* what is settled counts */
  u->screen.settled[4] *= 1.01;
  CHECK_EQUAL(sp_screen_likely(&u->screen, P, u->position, 0.9, 1, 1, cols, score), 1);
  CHECK_EQUAL(cols[0], 4);
  tear_down(u);
}

/* Against sorting, with ties; every column keeps its score. */
static void the_foremost_are_those_with_the_largest_scores(void) {
  rng g = rng_seeded(5);
  for (int round = 0; round < 300; round++) {
    const ptrdiff_t k = 1 + (ptrdiff_t)(P * rng_uniform(&g)) % P, most = 1 + round % P;
    ptrdiff_t cols[P], count = 0;
    double score[P], all[P];
    for (ptrdiff_t a = 0; a < k; a++) {
      cols[a] = a;
      all[a] = score[a] = round % 2 ? floor(5 * rng_uniform(&g)) : rng_uniform(&g);
    }
    const ptrdiff_t kept = sp_screen_foremost(cols, score, k, most);
    CHECK_EQUAL(kept, k < most ? k : most);
    double least = INFINITY;
    for (ptrdiff_t a = 0; a < kept; a++) least = fmin(least, score[a]);
    for (ptrdiff_t a = 0; a < k; a++) {
      count += all[cols[a]] == score[a];
      CHECK(a < kept || score[a] <= least);
      for (ptrdiff_t b = 0; b < a; b++) CHECK(cols[b] != cols[a]);
    }
    CHECK_EQUAL(count, k);
  }
  CHECK_EQUAL(sp_screen_most(3), 64);
  CHECK_EQUAL(sp_screen_most(300), 300);
}

static void a_gradient_that_is_no_number_is_suspect(void) {
  setup *u = set_up(0);
  rng g = rng_seeded(4);
  double r[N], c[P] = {0};
  ptrdiff_t cols[P];
  all_columns(cols);
  c[9] = NAN;
  random_residual(u, &g, u->s.y, 0, r);
  CHECK_EQUAL(sp_screen_start(&u->screen, &u->m.design, r, square(u, r), cols, P, c, NULL), SP_OK);
  const ptrdiff_t k = approach(u, r, 1e9, cols);
  CHECK(contains(cols, k, 9));
  tear_down(u);
}

/* A perfect fit is no direction. */
static void a_residual_of_zero_divides_nothing(void) {
  setup *u = set_up(0);
  rng g = rng_seeded(5);
  double r[N] = {0};
  ptrdiff_t cols[P];
  start(u, r);
  CHECK_EQUAL(u->screen.count, 0);
  CHECK_EQUAL(approach(u, r, 0.1, cols), 0);
  random_residual(u, &g, u->s.y, 0, r);
  const ptrdiff_t k = approach(u, r, 0.5, cols);
  for (ptrdiff_t j = 0; j < P; j++) CHECK(!violates(u, j, r, 0.5) || contains(cols, k, j));
  tear_down(u);
}

static sp_status use_all(sp_screen *screen, const setup *u, site *here) {
  const double c[1] = {1};
  const ptrdiff_t cols[1] = {0};
  ptrdiff_t count;
  SP_TRY(sp_screen_init(screen, &u->m.design, &u->m.penalty, &u->coarse, NULL));
  SP_TRY(sp_screen_start(screen, &u->m.design, u->s.y, 1, cols, 1, c, NULL));
  sp_screen_approach(screen, &u->m.design, here->at.r);
  for (int pass = 0; pass < 2; pass++) SP_TRY(sp_screen_pass(screen, &here->at, NULL, NULL));
  return sp_screen_verify(screen, &here->at, &count, NULL, NULL);
}

static void exhaustion_is_reported_and_leaves_nothing_behind(void) {
  setup *u = set_up(0);
  const double r[N] = {1};
  site here;
  settle_at(&here, u, r, 0.5);
  for (faults f = {0}; faults_next(&f);) {
    sp_screen screen;
    const sp_status status = use_all(&screen, u, &here);
    faults_check(&f, status);
    sp_screen_clear(&screen);
    sp_screen_clear(&screen);
  }
  tear_down(u);
}

/* Its square is none. */
static void a_tiny_length_is_not_taken_for_zero(void) {
  setup *u = set_up(0);
  ptrdiff_t cols[P];
  const double none[N] = {0}, length = 1e-170;
  CHECK_EQUAL(sp_screen_start(&u->screen, &u->m.design, none, 0, NULL, 0, NULL, NULL), SP_OK);
  CHECK_EQUAL(sp_screen_suspects(&u->screen, P, u->position, length / 100, cols), 0);
  u->screen.distance = length;
  CHECK_EQUAL(sp_screen_suspects(&u->screen, P, u->position, length / 100, cols), P - 1);
  tear_down(u);
}

int main(void) {
  RUN(at_first_the_length_of_the_residual_decides);
  RUN(along_a_direction_the_bounds_are_exact);
  RUN(no_violator_is_ever_cleared);
  RUN(directions_are_those_of_the_header);
  RUN(coarse_loadings_are_within_their_bounds);
  RUN(coarse_loadings_are_within_their_bounds_at_worst);
  RUN(a_pass_is_due_after_look_ups_that_cost_as_much);
  RUN(likely_are_those_on_their_way_to_the_cut);
  RUN(the_foremost_are_those_with_the_largest_scores);
  RUN(a_gradient_that_is_no_number_is_suspect);
  RUN(a_residual_of_zero_divides_nothing);
  RUN(a_tiny_length_is_not_taken_for_zero);
  RUN(exhaustion_is_reported_and_leaves_nothing_behind);
  return check_report();
}
