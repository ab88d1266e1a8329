#include "check_solver.h"
#include "core/solver/cd.h"

static void compare(const bench *b, const double *expected) {
  for (ptrdiff_t j = 0; j < b->s.p; j++) CHECK_NEAR(b->solver.beta[j], expected[j], 1e-12);
}

static void an_epoch_is_that_of_the_definition(void) {
  for (int kind = 0; kind < 64; kind++) {
    const double lambda = 0.3;
    bench b;
    bench_start(&b, bench_sample(kind));
    for (int epoch = 0; epoch < 4; epoch++) {
      double expected[16];
      memcpy(expected, b.solver.beta, (size_t)b.s.p * sizeof *expected);
      const ptrdiff_t moved = naive_epoch(&b, lambda, 0, expected);
      CHECK_EQUAL(sp_cd_epoch(&b.solver, lambda), moved);
      compare(&b, expected);
      check_gradients(&b, 1e-12);
    }
    bench_end(&b);
  }
}

static void epochs_descend_to_the_solution_and_stop(void) {
  for (int kind = 0; kind < 64; kind += 3) {
    const double lambda = 0.15;
    bench b;
    bench_start(&b, bench_sample(kind));
    double last = naive_objective(&b, lambda, b.solver.beta);
    int epochs = 0;
    while (epochs++ < 2000 && sp_cd_epoch(&b.solver, lambda) > 0) {
      const double now = naive_objective(&b, lambda, b.solver.beta);
      CHECK(now <= last + 1e-13);
      last = now;
    }
    CHECK(epochs < 2000);
    CHECK_NEAR(naive_violation(&b, lambda, b.solver.beta), 0, 1e-10);
    CHECK_EQUAL(sp_cd_epoch(&b.solver, lambda), 0);
    bench_end(&b);
  }
}

static void release_moves_only_what_rests(void) {
  int released = 0;
  for (int kind = 0; kind < 64; kind++) {
    bench b;
    double expected[16];
    bench_start(&b, bench_sample(kind));
    sp_cd_epoch(&b.solver, 0.6);
    memcpy(expected, b.solver.beta, (size_t)b.s.p * sizeof *expected);
    const ptrdiff_t moved = naive_epoch(&b, 0.2, 1, expected);
    CHECK_EQUAL(sp_cd_release(&b.solver, 0.2), moved);
    compare(&b, expected);
    check_gradients(&b, 1e-12);
    released += (int)moved;
    bench_end(&b);
  }
  CHECK(released > 64);
}

/* Within the slack nothing moves: there the rounding of the gradients begins. */
static void what_is_within_its_slack_stays(void) {
  bench b;
  bench_start(&b, bench_sample(0));
  const double lambda = 0.2;
  while (sp_cd_epoch(&b.solver, lambda) > 0) continue;
  ptrdiff_t k = 0;
  while (b.solver.beta[b.solver.working_set.index[k]] == 0) k++;
  const ptrdiff_t j = b.solver.working_set.index[k];
  const double before = b.solver.beta[j], slack = sp_solver_slack(&b.solver, j, lambda);
  const double sign = copysign(1, before);
  b.solver.working_set.gradient[k] = sign * lambda * b.s.factor[j] + 0.5 * slack;
  sp_cd_epoch(&b.solver, lambda);
  CHECK_NEAR(b.solver.beta[j], before, 0);
  b.solver.working_set.gradient[k] = sign * lambda * b.s.factor[j] + 3 * slack;
  sp_cd_epoch(&b.solver, lambda);
  CHECK(b.solver.beta[j] != before);
  bench_end(&b);
}

int main(void) {
  RUN(an_epoch_is_that_of_the_definition);
  RUN(epochs_descend_to_the_solution_and_stop);
  RUN(release_moves_only_what_rests);
  RUN(what_is_within_its_slack_stays);
  return check_report();
}
