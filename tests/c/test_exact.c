#include "check_solver.h"
#include "core/solver/cd.h"
#include "core/solver/exact.h"

static int is_penalised(const bench *b, ptrdiff_t j, double lambda) {
  return lambda * b->s.alpha * b->s.factor[j] > 0;
}

/* Off the kink and off the bounds. */
static int is_inside(const bench *b, ptrdiff_t j, double lambda) {
  const double scale = (double)sample_scale(&b->s, j), at = b->solver.beta[j];
  if (at == 0 && is_penalised(b, j, lambda)) return 0;
  return at > b->s.lower[j] * scale + 1e-12 && at < b->s.upper[j] * scale - 1e-12;
}

/* Minus the slope of the objective along coefficient j, on the piece it is on. */
static double slope(const bench *b, ptrdiff_t j, double lambda, const double *r) {
  const double l1 = lambda * b->s.alpha * b->s.factor[j], at = b->solver.beta[j];
  const double l2 = lambda * (1 - b->s.alpha) * b->s.factor[j];
  return naive_gradient(b, j, r) - (at == 0 ? 0 : copysign(l1, at)) - l2 * at;
}

/* A solved step leaves no slope on the support. */
static void check_support(const bench *b, double lambda) {
  double r[64], b0;
  naive_residual(b, b->solver.beta, r, &b0);
  for (ptrdiff_t k = 0; k < b->solver.working_set.size; k++) {
    const ptrdiff_t j = b->solver.working_set.index[k];
    if (is_inside(b, j, lambda)) CHECK_NEAR(slope(b, j, lambda, r), 0, 1e-11);
  }
}

static void check_within_bounds(const bench *b) {
  for (ptrdiff_t j = 0; j < b->s.p; j++)
    CHECK(b->solver.beta[j] >= b->m.lower[j] && b->solver.beta[j] <= b->m.upper[j]);
}

/* Takes one exact step, checks what must hold whatever the outcome, and returns `solved`. */
static int step_and_check(bench *b, double lambda) {
  double before[16];
  memcpy(before, b->solver.beta, (size_t)b->s.p * sizeof *before);
  const double objective = naive_objective(b, lambda, before);
  int solved = -1;
  CHECK_EQUAL(sp_exact_step(&b->solver, lambda, &solved, NULL), SP_OK);
  CHECK(solved == 0 || solved == 1);
  CHECK(naive_objective(b, lambda, b->solver.beta) <= objective + 1e-11 * fabs(objective));
  check_gradients(b, 1e-11);
  check_within_bounds(b);
  for (ptrdiff_t j = 0; j < b->s.p; j++)
    if (is_penalised(b, j, lambda)) CHECK(before[j] * b->solver.beta[j] >= 0);
  if (solved) check_support(b, lambda);
  return solved;
}

/* Steps and epochs in turn, at lambdas near and far, up and down. */
static void steps_descend_and_solve_the_support(void) {
  const double lambdas[] = {1, 0.5, 0.1, 0.11, 0.01, 0.3, 1e-4};
  int solved = 0, all = 0;
  for (int kind = 0; kind < 64; kind++) {
    bench b;
    bench_start(&b, bench_sample(kind));
    for (int l = 0; l < 7; l++)
      for (int turn = 0; turn < 3; turn++) {
        sp_cd_epoch(&b.solver, lambdas[l]);
        solved += step_and_check(&b, lambdas[l]);
        all++;
      }
    bench_end(&b);
  }
  CHECK(solved > 0.9 * all);
}

/* With the release of resting members the steps reach the solution, and in few turns. */
static void steps_and_releases_reach_the_solution(void) {
  for (int kind = 0; kind < 64; kind++) {
    const double lambda = 0.05;
    bench b;
    bench_start(&b, bench_sample(kind));
    int turns = 0, solved = 0;
    while (turns++ < 30) {
      solved = step_and_check(&b, lambda);
      if (sp_cd_release(&b.solver, lambda) == 0 && solved) break;
    }
    CHECK(turns <= 30);
    CHECK_NEAR(naive_violation(&b, lambda, b.solver.beta), 0, 1e-10);
    bench_end(&b);
  }
}

/* The ridge part belongs to lambda: no trace of the last one may stay in the factor. */
static void a_new_lambda_is_solved_at_once(void) {
  const double lambdas[] = {0.5, 0.25, 0, 0.1, 0};
  for (int kind = 1; kind < 16; kind += 2) {
    bench b;
    bench_start(&b, bench_sample(kind));
    for (int l = 0; l < 5; l++) {
      for (int epoch = 0; epoch < 200; epoch++) sp_cd_epoch(&b.solver, lambdas[l]);
      CHECK_EQUAL(step_and_check(&b, lambdas[l]), 1);
    }
    bench_end(&b);
  }
}

/* Repeated columns, sums of columns, and all levels of a factor. */
static sample dependent_sample(int kind) {
  sample s = bench_sample(kind & ~32);
  for (ptrdiff_t i = 0; i < s.n; i++) {
    s.x[i + 6 * s.n] = -2 * s.x[i + 8 * s.n];
    s.x[i + 9 * s.n] = s.x[i] + s.x[i + 8 * s.n];
    for (ptrdiff_t j = 10; j < 12; j++) s.x[i + j * s.n] = i % 2 == j - 10;
  }
  return s;
}

static void dependent_columns_are_settled_too(void) {
  for (int kind = 0; kind < 32; kind++) {
    const double lambda = 0.02;
    bench b;
    bench_start(&b, dependent_sample(kind));
    for (int epoch = 0; epoch < 3; epoch++) sp_cd_epoch(&b.solver, lambda);
    int turns = 0, solved = 0;
    while (turns++ < 60) {
      solved = step_and_check(&b, lambda);
      if (sp_cd_release(&b.solver, lambda) == 0 && solved) break;
    }
    CHECK(turns <= 60);
    CHECK_NEAR(naive_violation(&b, lambda, b.solver.beta), 0, 1e-9);
    bench_end(&b);
  }
}

/* Two columns that mirror each other reach their ends together: neither may pass its own. */
static void ties_end_together(void) {
  enum { N = 8 };
  const int signs[2][N] = {{1, 1, 1, 1, -1, -1, -1, -1}, {1, 1, -1, -1, 1, 1, -1, -1}};
  rng g = rng_seeded(9);
  for (int trial = 0; trial < 200; trial++) {
    sample s = sample_new(N, 2, 1);
    const double start = 0.1 * rng_uniform(&g), bound = start + 0.1 * rng_uniform(&g);
    for (ptrdiff_t i = 0; i < N; i++) {
      for (ptrdiff_t j = 0; j < 2; j++) s.x[i + j * N] = signs[j][i];
      s.y[i] = (1 + rng_uniform(&g) / 10) * (signs[0][i] + signs[1][i]);
    }
    s.upper[0] = s.upper[1] = bound;
    bench b;
    bench_start(&b, s);
    b.solver.beta[0] = b.solver.beta[1] = start;
    for (ptrdiff_t k = 0; k < 2; k++)
      b.solver.working_set.gradient[k] = b.solver.origin[b.solver.working_set.index[k]] - start;
    step_and_check(&b, 0.01);
    CHECK(b.solver.beta[0] == bound && b.solver.beta[1] == bound);
    bench_end(&b);
  }
}

/* Two copies of a column that must both go to their bounds: one of them slides there. */
static void a_slide_ends_on_the_bound_itself(void) {
  rng g = rng_seeded(10);
  for (int trial = 0; trial < 300; trial++) {
    sample s = sample_new(10, 2, 2);
    for (ptrdiff_t i = 0; i < 10; i++) {
      s.x[i + 10] = s.x[i];
      s.y[i] = 2 * s.x[i];
    }
    const double scale = (double)sample_scale(&s, 0);
    s.upper[0] = (0.1 + 0.1 * rng_uniform(&g)) / scale;
    s.upper[1] = (0.1 + 0.1 * rng_uniform(&g)) / scale;
    bench b;
    bench_start(&b, s);
    for (ptrdiff_t k = 0; k < 2; k++) {
      const ptrdiff_t j = b.solver.working_set.index[k];
      b.solver.beta[j] = 0.09 * rng_uniform(&g);
    }
    for (ptrdiff_t k = 0; k < 2; k++)
      b.solver.working_set.gradient[k] = b.solver.origin[0] - b.solver.beta[0] - b.solver.beta[1];
    for (int turn = 0; turn < 3; turn++) step_and_check(&b, 0.01);
    CHECK_NEAR(b.solver.beta[0], b.m.upper[0], 0);
    CHECK_NEAR(b.solver.beta[1], b.m.upper[1], 0);
    bench_end(&b);
  }
}

int main(void) {
  RUN(steps_descend_and_solve_the_support);
  RUN(steps_and_releases_reach_the_solution);
  RUN(a_new_lambda_is_solved_at_once);
  RUN(dependent_columns_are_settled_too);
  RUN(ties_end_together);
  RUN(a_slide_ends_on_the_bound_itself);
  return check_report();
}
