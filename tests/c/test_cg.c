#include "check_fault.h"
#include "check_solver.h"
#include "core/solver/cd.h"
#include "core/solver/cg.h"

static double lambda = 0.15;

/* A solver without Gram matrix after a few epochs. */
static void start(bench *b, int kind, int epochs) {
  bench_start(b, bench_sample(kind));
  forget_gram(b);
  for (int epoch = 0; epoch < epochs; epoch++) sp_cd_epoch(&b->solver, lambda, NULL);
}

static int is_inside(const bench *b, ptrdiff_t j, const double *beta) {
  const double scale = (double)sample_scale(&b->s, j);
  const int off_kink = beta[j] != 0 || lambda * b->s.alpha * b->s.factor[j] == 0;
  /* The scale is known to rounding only. */
  const double rounding = 1e-14 * fabs(beta[j]);
  return off_kink && isfinite(b->s.factor[j]) && beta[j] > b->s.lower[j] * scale + rounding &&
         beta[j] < b->s.upper[j] * scale - rounding;
}

/* What is next to its kink or to a bound is there. */
static void check_ends(const bench *b, ptrdiff_t j) {
  const double at = b->solver.beta[j], ends[] = {0, b->m.lower[j], b->m.upper[j]};
  for (int k = 0; k < 3; k++) CHECK(at == ends[k] || !(fabs(at - ends[k]) <= 1e-14));
}

static void check_descent(void) {
  for (int kind = 0; kind < 64; kind++)
    for (int epochs = 1; epochs < 4; epochs++) {
      bench b;
      double before[16];
      ptrdiff_t iterations = 0;
      start(&b, kind, epochs);
      memcpy(before, b.solver.beta, (size_t)b.s.p * sizeof *before);
      const double last = naive_objective(&b, lambda, before);
      CHECK_EQUAL(sp_cg_step(&b.solver, lambda, &iterations, NULL), SP_OK);
      CHECK(naive_objective(&b, lambda, b.solver.beta) <= last + 1e-13);
      for (ptrdiff_t j = 0; j < b.s.p; j++) {
        check_ends(&b, j);
        if (is_inside(&b, j, before)) {
          if (lambda * b.s.alpha * b.s.factor[j] > 0) CHECK(before[j] * b.solver.beta[j] >= 0);
        } else {
          CHECK_NEAR(b.solver.beta[j], before[j], 0);
        }
      }
      bench_end(&b);
    }
}

/* At 0.002 many coefficients meet the end of their piece, and stopping them there can cost more
   than the step gains: it must then be shortened as a whole. */
static void the_objective_falls_within_the_pieces(void) {
  check_descent();
  lambda = 0.002;
  check_descent();
  lambda = 0.15;
}

static void the_residual_stays_right(void) {
  for (int kind = 0; kind < 64; kind++) {
    bench b;
    double r[64], b0;
    ptrdiff_t iterations = 0;
    start(&b, kind, 2);
    sp_cg_step(&b.solver, lambda, &iterations, NULL);
    naive_residual(&b, b.solver.beta, r, &b0);
    for (ptrdiff_t j = 0; j < b.s.p; j++)
      CHECK_NEAR(sp_std_dot(&b.m.design, j, &b.solver.residual), naive_gradient(&b, j, r), 1e-12);
    bench_end(&b);
  }
}

static int same_support(const bench *b, const double *before) {
  for (ptrdiff_t j = 0; j < b->s.p; j++)
    if (is_inside(b, j, before) != is_inside(b, j, b->solver.beta)) return 0;
  return 1;
}

/* When no coefficient meets an end, one step solves for the values of all of them. */
static void a_settled_support_is_solved(void) {
  int solved = 0;
  for (int kind = 0; kind < 64; kind++) {
    bench b;
    double r[64], b0, before[16];
    ptrdiff_t iterations = 0;
    start(&b, kind, 20);
    memcpy(before, b.solver.beta, (size_t)b.s.p * sizeof *before);
    CHECK_EQUAL(sp_cg_step(&b.solver, lambda, &iterations, NULL), SP_OK);
    CHECK(iterations <= 2 * b.s.p);
    naive_residual(&b, b.solver.beta, r, &b0);
    if (!same_support(&b, before)) {
      bench_end(&b);
      continue;
    }
    const double ridge = lambda * (1 - b.s.alpha);
    for (ptrdiff_t j = 0; j < b.s.p; j++) {
      const double at = b.solver.beta[j], l1 = lambda * b.s.alpha * b.s.factor[j];
      if (!is_inside(&b, j, b.solver.beta)) continue;
      const double pull = ridge * b.s.factor[j] * at + (at > 0 ? l1 : at < 0 ? -l1 : 0);
      CHECK_NEAR(naive_gradient(&b, j, r), pull, 1e-11);
      solved++;
    }
    bench_end(&b);
  }
  CHECK(solved > 200);
}

static void iterations_are_limited(void) {
  bench b;
  ptrdiff_t iterations = 7;
  start(&b, 0, 2);
  b.solver.tolerance.max_iter = 9;
  CHECK_EQUAL(sp_cg_step(&b.solver, lambda, &iterations, NULL), SP_OK);
  CHECK_EQUAL(iterations, 9);
  bench_end(&b);
}

static int stop_at_once(void *host) {
  (void)host;
  return 1;
}

static void an_interrupt_comes_through(void) {
  const sp_context ctx = {.interrupted = stop_at_once};
  bench b;
  ptrdiff_t iterations = 0;
  start(&b, 0, 1);
  b.solver.ctx = &ctx;
  CHECK_EQUAL(sp_cg_step(&b.solver, lambda, &iterations, NULL), SP_ERR_INTERRUPTED);
  bench_end(&b);
}

static void exhaustion_is_reported_and_leaves_nothing_behind(void) {
  bench b;
  start(&b, 5, 2);
  for (faults f = {0}; faults_next(&f);) {
    ptrdiff_t iterations = 0;
    const sp_status status = sp_cg_step(&b.solver, lambda, &iterations, NULL);
    faults_check(&f, status);
  }
  bench_end(&b);
}

int main(void) {
  RUN(the_objective_falls_within_the_pieces);
  RUN(the_residual_stays_right);
  RUN(a_settled_support_is_solved);
  RUN(iterations_are_limited);
  RUN(an_interrupt_comes_through);
  RUN(exhaustion_is_reported_and_leaves_nothing_behind);
  return check_report();
}
