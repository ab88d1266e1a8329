#include "check_fault.h"
#include "check_passes.h"

static void an_epoch_is_that_of_the_definition(void) {
  for (int kind = 0; kind < 64; kind++)
    for (int sparse = 0; sparse < 2; sparse++) {
      const double lambda = 0.3;
      bench b;
      sp_passes d;
      passes_start(&d, &b, kind, sparse, lambda);
      for (int epoch = 0; epoch < 4; epoch++) {
        double expected[16], before[16];
        ptrdiff_t turned, turns = 0;
        memcpy(expected, b.solver.beta, (size_t)b.s.p * sizeof *expected);
        memcpy(before, expected, sizeof before);
        const ptrdiff_t moved = naive_epoch(&b, lambda, 0, expected);
        for (ptrdiff_t j = 0; j < b.s.p; j++) turns += (before[j] == 0) != (expected[j] == 0);
        CHECK_EQUAL(sp_passes_epoch(&d, &turned), moved);
        CHECK_EQUAL(turned, turns);
        for (ptrdiff_t j = 0; j < b.s.p; j++) CHECK_NEAR(b.solver.beta[j], expected[j], 1e-12);
        check_carried(&d, &b, 1e-12);
      }
      CHECK_EQUAL(d.passes, 4);
      passes_end(&d, &b);
    }
}

/* The objective never rises, and rounds come to an end at the solution. */
static void rounds_descend_to_the_solution(void) {
  for (int kind = 0; kind < 64; kind++)
    for (int sparse = 0; sparse < 2; sparse++) {
      const double lambda = kind % 3 ? 0.15 : 0.002;
      bench b;
      sp_passes d;
      passes_start(&d, &b, kind, sparse, lambda);
      double last = naive_objective(&b, lambda, b.solver.beta);
      int settled = 0, rounds = 0;
      for (; rounds < 100 && !settled; rounds++) {
        ptrdiff_t iterations = 0;
        CHECK_EQUAL(sp_passes_round(&d, 1000, NULL, &iterations, &settled, NULL), SP_OK);
        const double now = naive_objective(&b, lambda, b.solver.beta);
        CHECK(iterations > 0 && now <= last + 1e-13);
        last = now;
      }
      CHECK(settled && rounds < 40);
      CHECK_NEAR(naive_violation(&b, lambda, b.solver.beta), 0, 1e-11);
      check_carried(&d, &b, 1e-12);
      passes_end(&d, &b);
    }
}

static void a_round_takes_no_more_than_it_is_given(void) {
  for (ptrdiff_t most = 1; most < 8; most++) {
    bench b;
    sp_passes d;
    ptrdiff_t iterations = 5;
    int settled = 0;
    passes_start(&d, &b, 0, 1, 0.01);
    CHECK_EQUAL(sp_passes_round(&d, most, NULL, &iterations, &settled, NULL), SP_OK);
    CHECK_EQUAL(iterations, 5 + most);
    CHECK(!settled);
    passes_end(&d, &b);
  }
}

/* Within the slack nothing moves, and nothing without curvature ever does. */
static void what_need_not_or_cannot_move_stays(void) {
  bench b;
  sp_passes d;
  ptrdiff_t turned;
  passes_start(&d, &b, 0, 0, 0.05);
  for (ptrdiff_t k = 0; k < d.size; k++) d.slack[k] = k % 2 ? 1e3 : 0;
  for (ptrdiff_t k = 0; k < d.size; k++) d.diagonal[k] = k % 4 ? d.diagonal[k] : 0;
  CHECK(sp_passes_epoch(&d, &turned) > 0);
  for (ptrdiff_t k = 0; k < d.size; k++)
    if (k % 2 || k % 4 == 0) CHECK_NEAR(b.solver.beta[d.index[k]], 0, 0);
  passes_end(&d, &b);
}

static void an_interrupt_comes_through(void) {
  const sp_context ctx = {.interrupted = passes_stop};
  bench b;
  sp_passes d;
  ptrdiff_t iterations = 0;
  int settled = 0;
  passes_start(&d, &b, 0, 0, 0.1);
  CHECK_EQUAL(sp_passes_round(&d, 10, &ctx, &iterations, &settled, NULL), SP_ERR_INTERRUPTED);
  passes_end(&d, &b);
}

static void exhaustion_is_reported_and_leaves_nothing_behind(void) {
  bench b;
  bench_start(&b, bench_sample(4));
  const sp_design *x = sample_sparse(&b.s);
  for (faults f = {0}; faults_next(&f);) {
    sp_passes d;
    const sp_status status = passes_init(&d, &b, x);
    faults_check(&f, status);
    sp_passes_clear(&d);
  }
  bench_end(&b);
}

int main(void) {
  RUN(an_epoch_is_that_of_the_definition);
  RUN(rounds_descend_to_the_solution);
  RUN(a_round_takes_no_more_than_it_is_given);
  RUN(what_need_not_or_cannot_move_stays);
  RUN(an_interrupt_comes_through);
  RUN(exhaustion_is_reported_and_leaves_nothing_behind);
  return check_report();
}
