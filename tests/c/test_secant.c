#include "check.h"
#include "core/path/model.h"
#include "core/solver/quadratic.h"
#include "sample.h"

#include <string.h>

enum { N = 200, P = 12 };

typedef struct {
  sample s;
  sp_model m;
  sp_quadratic q;
  ptrdiff_t position[P];
  double before[P], after[P], expected[P];
} bench;

/* Coefficients of zero, where the gradient is b->before. */
static void start_at_zero(bench *b) {
  for (int k = 0; k < P; k++) {
    b->q.beta[k] = 0;
    b->q.gradient[k] = b->before[b->position[b->q.index[k]]];
  }
}

static void minimise_from_zero(bench *b) {
  ptrdiff_t rounds = 0;
  start_at_zero(b);
  CHECK_EQUAL(sp_quadratic_minimise(&b->q, 0.1, 1e-13, &rounds, NULL), SP_OK);
  for (int k = 0; k < P; k++) b->q.step[k] = b->q.beta[b->q.index[k]];
}

/* A quadratic with all columns as members, backwards, and a step of its own. */
static void bench_start(bench *b, rng *g) {
  ptrdiff_t cols[P];
  double h[N];
  b->s = sample_new(N, P, 3);
  const sp_model_spec spec = sample_spec(&b->s, sample_dense(&b->s));
  CHECK_EQUAL(sp_model_init(&b->m, &spec, NULL), SP_OK);
  const sp_problem *problem = &b->m.problem;
  CHECK_EQUAL(sp_quadratic_init(&b->q, problem->design, problem->penalty, 1, NULL), SP_OK);
  for (int i = 0; i < N; i++) h[i] = 0.1 + rng_uniform(g);
  for (int k = 0; k < P; k++) cols[k] = P - 1 - k;
  sp_quadratic_restart(&b->q, h, P);
  CHECK_EQUAL(sp_quadratic_add(&b->q, cols, P, NULL, NULL), SP_OK);
  for (int k = 0; k < P; k++) {
    b->position[cols[k]] = (5 * k) % P;
    b->before[b->position[cols[k]]] = rng_normal(g);
  }
  minimise_from_zero(b);
}

static void bench_end(bench *b) {
  sp_quadratic_clear(&b->q);
  sp_model_clear(&b->m);
  sample_free(&b->s);
}

/* By how much H of the members differs from L L', damping apart. */
static double distance_to_factor(const sp_quadratic *q) {
  double worst = 0;
  for (ptrdiff_t i = 0; i < q->support.factor.size; i++)
    for (ptrdiff_t k = 0; k <= i; k++) {
      const ptrdiff_t a = q->support.factor.label[i], b = q->support.factor.label[k];
      double sum = -q->gram[a + b * q->capacity];
      for (ptrdiff_t l = 0; l <= k; l++)
        sum += q->support.factor.row[i][l] * q->support.factor.row[k][l];
      worst = fmax(worst, fabs(sum));
    }
  return worst;
}

/* The gradient falls by `share` of what H expects, and by something else besides. */
static void see(bench *b, rng *g, double share) {
  sp_quadratic_expect(&b->q, b->before, b->position);
  for (int k = 0; k < P; k++) {
    const ptrdiff_t at = b->position[b->q.index[k]];
    b->expected[k] = share * (b->before[at] - b->q.gradient[k]) + 0.01 * rng_normal(g);
    b->after[at] = b->before[at] - b->expected[k];
  }
}

/* The gradient at the present coefficients, by the definition. */
static double gradient_of(const bench *b, int k) {
  double left = b->before[b->position[b->q.index[k]]];
  for (int l = 0; l < P; l++)
    left -= b->q.level * b->q.gram[k + l * b->q.capacity] * b->q.beta[b->q.index[l]];
  return left;
}

/* Nothing is left to gain at lambda, ridge part included; `gradient` is what it should be. */
static void check_minimum(const bench *b, double lambda) {
  const double alpha = b->m.penalty.alpha;
  int nonzero = 0;
  for (int k = 0; k < P; k++) {
    const double factor = b->m.factor[b->q.index[k]], at = b->q.beta[b->q.index[k]];
    const double left = gradient_of(b, k), most = lambda * alpha * factor;
    const double pull = fabs(left - lambda * (1 - alpha) * factor * at);
    CHECK_NEAR(b->q.gradient[k], left, 1e-8);
    CHECK(at == 0 ? pull <= most + 1e-6 : fabs(pull - most) <= 1e-6);
    nonzero += at != 0;
  }
  CHECK(nonzero > 3);
}

static void learn(bench *b, rng *g, double share) {
  see(b, g, share);
  CHECK_EQUAL(sp_quadratic_correct(&b->q, b->after, b->position, NULL), SP_OK);
}

/* H s is what was seen. */
static void check_change(const bench *b) {
  CHECK_EQUAL(b->q.corrected, 1);
  for (int k = 0; k < P; k++) {
    double change = 0;
    for (int l = 0; l < P; l++) {
      change += b->q.level * b->q.gram[k + l * b->q.capacity] * b->q.step[l];
      CHECK_NEAR(b->q.gram[k + l * b->q.capacity], b->q.gram[l + k * b->q.capacity], 1e-13);
    }
    CHECK_NEAR(change, b->expected[k], 1e-12);
  }
  CHECK(b->q.support.factor.size > 3);
  CHECK_NEAR(distance_to_factor(&b->q), 0, 1e-9);
}

static void the_step_has_the_change_that_was_seen(void) {
  rng g = rng_seeded(1);
  for (int round = 0; round < 5; round++) {
    bench b = {0};
    bench_start(&b, &g);
    CHECK(b.q.support.factor.size > 3);
    learn(&b, &g, 0.5 + round / 4.0);
    check_change(&b);
    bench_end(&b);
  }
}

static void the_plain_quadratic_stays_as_it_was(void) {
  rng g = rng_seeded(5);
  bench b = {0};
  double minimum[P], gram[P * P];
  bench_start(&b, &g);
  b.q.keeps_plain = 1;
  memcpy(minimum, b.q.beta, sizeof minimum);
  for (int a = 0; a < P; a++) memcpy(gram + a * P, b.q.gram + a * b.q.capacity, P * sizeof *gram);
  for (int round = 0; round < 2; round++) {
    learn(&b, &g, 0.6);
    ptrdiff_t rounds = 0;
    for (int a = 0; a < P * P; a++) CHECK_NEAR(b.q.plain[a % P + a / P * b.q.capacity], gram[a], 0);
    start_at_zero(&b);
    CHECK_EQUAL(sp_quadratic_minimise_plain(&b.q, 0.1, 1e-13, &rounds, NULL), SP_OK);
    for (int k = 0; k < P; k++) CHECK_NEAR(b.q.beta[k], minimum[k], 1e-11);
    CHECK_NEAR(distance_to_factor(&b.q), 0, 1e-9);
    minimise_from_zero(&b);
  }
  bench_end(&b);
}

/* Each factor has the ridge part of the lambda that it was used for last. */
static void the_plain_quadratic_has_a_ridge_part_of_its_own(void) {
  rng g = rng_seeded(7);
  bench b = {0};
  double minimum[P], beta[P], gradient[P];
  bench_start(&b, &g);
  b.m.penalty.alpha = 0.5;
  b.q.support.factor.size = 0;
  b.q.keeps_plain = 1;
  minimise_from_zero(&b);
  memcpy(minimum, b.q.beta, sizeof minimum);
  learn(&b, &g, 0.6);
  CHECK_EQUAL(b.q.corrected, 1);
  for (int visit = 0; visit < 3; visit++) { /* the second one with the factor of the first */
    const double lambda = visit == 0 ? 0.01 : 0.1;
    ptrdiff_t rounds = 0;
    start_at_zero(&b);
    if (visit > 0) memcpy(b.q.beta, beta, sizeof beta);
    if (visit > 0) memcpy(b.q.gradient, gradient, sizeof gradient);
    CHECK_EQUAL(sp_quadratic_minimise_plain(&b.q, lambda, 1e-13, &rounds, NULL), SP_OK);
    for (int k = 0; k < P && visit > 0; k++) CHECK_NEAR(b.q.beta[k], minimum[k], 1e-9);
    memcpy(beta, b.q.beta, sizeof beta);
    memcpy(gradient, b.q.gradient, sizeof gradient);
    minimise_from_zero(&b);
  }
  bench_end(&b);
}

/* They have rows and columns there also where the first were corrected: with the room there is, and
   past it, where both matrices move. */
static void members_that_join_later_are_in_the_plain_quadratic(void) {
  enum { ROWS = 90, FIRST = 60, ALL = 70 };
  rng g = rng_seeded(9);
  sample s = sample_new(ROWS, ALL, 4);
  const sp_model_spec spec = sample_spec(&s, sample_dense(&s));
  sp_model m;
  sp_quadratic q, whole;
  ptrdiff_t cols[ALL], place[ALL];
  double h[ROWS], before[ALL], after[ALL];
  CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
  CHECK_EQUAL(sp_quadratic_init(&q, &m.design, &m.penalty, 1, NULL), SP_OK);
  CHECK_EQUAL(sp_quadratic_init(&whole, &m.design, &m.penalty, 1, NULL), SP_OK);
  for (int i = 0; i < ROWS; i++) h[i] = 0.1 + rng_uniform(&g);
  for (int k = 0; k < ALL; k++) cols[k] = ALL - 1 - (place[k] = k);
  sp_quadratic_restart(&whole, h, ALL);
  CHECK_EQUAL(sp_quadratic_add(&whole, cols, ALL, NULL, NULL), SP_OK);
  sp_quadratic_restart(&q, h, ALL);
  q.keeps_plain = 1;
  CHECK_EQUAL(sp_quadratic_add(&q, cols, FIRST, NULL, NULL), SP_OK);
  for (int k = 0; k < FIRST; k++) q.step[k] = rng_normal(&g);
  for (int k = 0; k < FIRST; k++) {
    double *fall = &before[cols[k]];
    *fall = q.gradient[k] = 0;
    for (int l = 0; l < FIRST; l++) *fall += q.gram[k + l * q.capacity] * q.step[l];
    after[cols[k]] = 0.3 * *fall;
  }
  sp_quadratic_expect(&q, before, place);
  CHECK_EQUAL(sp_quadratic_correct(&q, after, place, NULL), SP_OK);
  CHECK_EQUAL(q.corrected, 1);
  const ptrdiff_t room = q.capacity;
  CHECK_EQUAL(sp_quadratic_add(&q, cols + FIRST, room - FIRST, NULL, NULL), SP_OK);
  CHECK_EQUAL(q.capacity, room);
  CHECK_EQUAL(sp_quadratic_add(&q, cols + room, ALL - room, NULL, NULL), SP_OK);
  CHECK(q.capacity > room);
  for (int a = 0; a < ALL; a++)
    for (int b = 0; b < ALL; b++)
      CHECK_NEAR(q.plain[a + b * q.capacity], whole.gram[a + b * whole.capacity], 1e-14);
  sp_quadratic_clear(&q);
  sp_quadratic_clear(&whole);
  sp_model_clear(&m);
  sample_free(&s);
}

static void a_step_against_the_curvature_teaches_nothing(void) {
  const double shares[] = {-1, 0.05};
  rng g = rng_seeded(2);
  for (int k = 0; k < 2; k++) {
    bench b = {0};
    double gram[P * P];
    bench_start(&b, &g);
    for (int a = 0; a < P; a++) memcpy(gram + a * P, b.q.gram + a * b.q.capacity, P * sizeof *gram);
    learn(&b, &g, shares[k]);
    CHECK_EQUAL(b.q.corrected, 0);
    for (int a = 0; a < P * P; a++) CHECK_NEAR(b.q.gram[a % P + a / P * b.q.capacity], gram[a], 0);
    bench_end(&b);
  }
}

/* The minimum along the step is where the change that was seen says it is; what is corrected
   afterwards keeps the level. */
static void the_level_follows_the_change_along_the_step(void) {
  rng g = rng_seeded(4);
  for (int round = 0; round < 5; round++) {
    bench b = {0};
    double along = 0, curvature = 0;
    bench_start(&b, &g);
    see(&b, &g, 0.5 + round / 4.0);
    sp_quadratic_level(&b.q, b.after, b.position);
    for (int k = 0; k < P; k++) along += b.expected[k] * b.q.step[k];
    for (int k = 0; k < P; k++)
      for (int l = 0; l < P; l++)
        curvature += b.q.step[k] * b.q.gram[k + l * b.q.capacity] * b.q.step[l];
    CHECK(fabs(b.q.level - 1) > 0.01 || round == 2);
    CHECK_NEAR(b.q.level * curvature, along, 1e-12);
    minimise_from_zero(&b);
    check_minimum(&b, 0.1);
    learn(&b, &g, 1.5);
    check_change(&b);
    bench_end(&b);
  }
}

/* One change after the other. */
static void levels_multiply(void) {
  rng g = rng_seeded(4);
  bench b = {0};
  bench_start(&b, &g);
  for (int k = 0; k < P; k++) b.q.gradient[k] = 0;
  for (int round = 1; round <= 3; round++) {
    sp_quadratic_expect(&b.q, b.before, b.position);
    for (int k = 0; k < P; k++) b.after[k] = 0.2 * b.before[k];
    sp_quadratic_level(&b.q, b.after, b.position);
    CHECK_NEAR(b.q.level, pow(0.8, round), 1e-14);
  }
  bench_end(&b);
}

static void a_level_against_the_curvature_is_none(void) {
  const double shares[] = {-1, 0.05, 20};
  rng g = rng_seeded(5);
  for (int k = 0; k < 3; k++) {
    bench b = {0};
    bench_start(&b, &g);
    see(&b, &g, shares[k]);
    sp_quadratic_level(&b.q, b.after, b.position);
    CHECK_NEAR(b.q.level, 1, 0);
    bench_end(&b);
  }
}

/* The factor of one lambda does for another one, which a change of the level amounts to. */
static void a_ridge_part_and_the_level_go_together(void) {
  rng g = rng_seeded(6);
  for (int round = 0; round < 4; round++) {
    bench b = {0};
    bench_start(&b, &g);
    b.m.penalty.alpha = 0.5;
    b.q.support.factor.size = 0;
    minimise_from_zero(&b);
    see(&b, &g, 0.8 + round / 4.0);
    sp_quadratic_level(&b.q, b.after, b.position);
    CHECK(fabs(b.q.level - 1) > 0.01);
    minimise_from_zero(&b);
    check_minimum(&b, 0.1);
    bench_end(&b);
  }
}

/* The factor is of another lambda; its last member, which has no ridge part, does not tell. */
static void another_ridge_part_is_that_of_any_member(void) {
  const double lambdas[] = {0.1, 0.1, 0.09};
  rng g = rng_seeded(8);
  bench b = {0};
  bench_start(&b, &g);
  b.m.penalty.alpha = 0.5;
  b.m.factor[b.q.index[P - 1]] = 0;
  minimise_from_zero(&b);
  b.q.support.factor.size = 0;
  for (int l = 0; l < 3; l++) {
    ptrdiff_t rounds = 0;
    CHECK_EQUAL(sp_quadratic_minimise(&b.q, lambdas[l], 1e-13, &rounds, NULL), SP_OK);
  }
  const sp_factor *f = &b.q.support.factor;
  CHECK(f->size > 3 && f->label[f->size - 1] == P - 1);
  check_minimum(&b, 0.09);
  bench_end(&b);
}

static void a_restart_forgets_what_was_learnt(void) {
  rng g = rng_seeded(3);
  bench b = {0};
  double h[N];
  bench_start(&b, &g);
  learn(&b, &g, 1.5);
  b.q.level = 2;
  for (int i = 0; i < N; i++) h[i] = 1;
  sp_quadratic_restart(&b.q, h, P);
  CHECK_EQUAL(b.q.corrected, 0);
  CHECK_NEAR(b.q.level, 1, 0);
  CHECK_EQUAL(b.q.size, 0);
  bench_end(&b);
}

static ptrdiff_t most_of(int rows, const sp_design *(*make)(sample *), double alpha) {
  bench b = {.s = sample_new(rows, P, 3)};
  b.s.alpha = alpha;
  const sp_model_spec spec = sample_spec(&b.s, make(&b.s));
  CHECK_EQUAL(sp_model_init(&b.m, &spec, NULL), SP_OK);
  CHECK_EQUAL(sp_quadratic_init(&b.q, b.m.problem.design, b.m.problem.penalty, 1, NULL), SP_OK);
  const ptrdiff_t most = b.q.most;
  bench_end(&b);
  return most;
}

/* An elastic net's, of no more members than there are rows. Thin columns are cheaper to pass
   over. */
static void many_dense_columns_have_a_gram_matrix(void) {
  CHECK_EQUAL(most_of(200, sample_dense, 0.5), 1024);
  CHECK_EQUAL(most_of(2000, sample_dense, 0.5), 2000);
  CHECK_EQUAL(most_of(5000, sample_dense, 0.5), 4096);
  CHECK_EQUAL(most_of(200, sample_dense, 1), 4096);
  CHECK_EQUAL(most_of(20, sample_dense, 1), 500);
  CHECK_EQUAL(most_of(5000, sample_sparse, 1), 1024);
}

/* Nor has it ever had any: there is no room for marks. */
static void a_quadratic_without_members_is_minimised(void) {
  double h[N];
  bench b = {.s = sample_new(N, P, 3)};
  ptrdiff_t rounds = 0;
  const sp_model_spec spec = sample_spec(&b.s, sample_dense(&b.s));
  CHECK_EQUAL(sp_model_init(&b.m, &spec, NULL), SP_OK);
  CHECK_EQUAL(sp_quadratic_init(&b.q, b.m.problem.design, b.m.problem.penalty, 1, NULL), SP_OK);
  for (int i = 0; i < N; i++) h[i] = 1;
  sp_quadratic_restart(&b.q, h, 0);
  CHECK_EQUAL(sp_quadratic_minimise(&b.q, 0.1, 1e-13, &rounds, NULL), SP_OK);
  CHECK_EQUAL(rounds, 1);
  bench_end(&b);
}

int main(void) {
  RUN(the_step_has_the_change_that_was_seen);
  RUN(the_plain_quadratic_stays_as_it_was);
  RUN(the_plain_quadratic_has_a_ridge_part_of_its_own);
  RUN(members_that_join_later_are_in_the_plain_quadratic);
  RUN(a_step_against_the_curvature_teaches_nothing);
  RUN(the_level_follows_the_change_along_the_step);
  RUN(levels_multiply);
  RUN(a_level_against_the_curvature_is_none);
  RUN(a_ridge_part_and_the_level_go_together);
  RUN(another_ridge_part_is_that_of_any_member);
  RUN(a_restart_forgets_what_was_learnt);
  RUN(many_dense_columns_have_a_gram_matrix);
  RUN(a_quadratic_without_members_is_minimised);
  return check_report();
}
