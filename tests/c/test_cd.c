#include "check_solver.h"
#include "core/solver/cd.h"

/* At rest on zero or on a bound. */
static int rests(const bench *b, ptrdiff_t j, double lambda) {
  const double scale = (double)sample_scale(&b->s, j), at = b->solver.beta[j];
  const double slack = 1e-14 * fabs(at);
  if (at == 0 && lambda * b->s.alpha * b->s.factor[j] > 0) return 1;
  return fabs(at - b->s.lower[j] * scale) <= slack || fabs(at - b->s.upper[j] * scale) <= slack;
}

/* One epoch, column by column from the definition; `only_resting` as sp_cd_release does. */
static ptrdiff_t naive_epoch(const bench *b, double lambda, int only_resting, double *beta) {
  const sp_working_set *w = &b->solver.working_set;
  ptrdiff_t moved = 0;
  for (ptrdiff_t k = 0; k < w->size; k++) {
    const ptrdiff_t j = w->index[k];
    double r[64], b0;
    if (only_resting && !rests(b, j, lambda)) continue;
    naive_residual(b, beta, r, &b0);
    const double next = naive_update(b, j, naive_gradient(b, j, r), beta[j], lambda);
    moved += fabs(next - beta[j]) > 1e-11;
    beta[j] = next;
  }
  return moved;
}

static void compare(const bench *b, const double *expected) {
  for (ptrdiff_t j = 0; j < b->s.p; j++) CHECK_NEAR(b->solver.beta[j], expected[j], 1e-12);
}

static void an_epoch_is_that_of_the_definition(void) {
  for (int kind = 0; kind < 64; kind++)
    for (int with_gram = 0; with_gram < 2; with_gram++) {
      const double lambda = 0.3;
      bench b;
      bench_start(&b, bench_sample(kind));
      if (!with_gram) forget_gram(&b);
      for (int epoch = 0; epoch < 4; epoch++) {
        double expected[16], before[16];
        ptrdiff_t turned, turns = 0;
        memcpy(expected, b.solver.beta, (size_t)b.s.p * sizeof *expected);
        memcpy(before, expected, sizeof before);
        const ptrdiff_t moved = naive_epoch(&b, lambda, 0, expected);
        for (ptrdiff_t j = 0; j < b.s.p; j++) turns += (before[j] == 0) != (expected[j] == 0);
        CHECK_EQUAL(sp_cd_epoch(&b.solver, lambda, &turned), moved);
        CHECK_EQUAL(turned, turns);
        compare(&b, expected);
        if (with_gram) check_gradients(&b, 1e-12);
      }
      bench_end(&b);
    }
}

/* Without the Gram matrix it is the residual that is kept, up to its constant. */
static void an_epoch_keeps_the_residual_right(void) {
  for (int kind = 0; kind < 64; kind++) {
    bench b;
    double r[64], b0;
    bench_start(&b, bench_sample(kind));
    forget_gram(&b);
    sp_cd_epoch(&b.solver, 0.2, NULL);
    sp_cd_epoch(&b.solver, 0.2, NULL);
    naive_residual(&b, b.solver.beta, r, &b0);
    for (ptrdiff_t j = 0; j < b.s.p; j++)
      CHECK_NEAR(sp_std_dot(&b.m.design, j, &b.solver.residual), naive_gradient(&b, j, r), 1e-12);
    bench_end(&b);
  }
}

static void epochs_descend_to_the_solution_and_stop(void) {
  for (int kind = 0; kind < 64; kind += 3)
    for (int with_gram = 0; with_gram < 2; with_gram++) {
      const double lambda = 0.15;
      bench b;
      bench_start(&b, bench_sample(kind));
      if (!with_gram) forget_gram(&b);
      double last = naive_objective(&b, lambda, b.solver.beta);
      int epochs = 0;
      while (epochs++ < 2000 && sp_cd_epoch(&b.solver, lambda, NULL) > 0) {
        const double now = naive_objective(&b, lambda, b.solver.beta);
        CHECK(now <= last + 1e-13);
        last = now;
      }
      CHECK(epochs < 2000);
      CHECK_NEAR(naive_violation(&b, lambda, b.solver.beta), 0, 1e-10);
      CHECK_EQUAL(sp_cd_epoch(&b.solver, lambda, NULL), 0);
      bench_end(&b);
    }
}

static void release_moves_only_what_rests(void) {
  int released = 0;
  for (int kind = 0; kind < 64; kind++) {
    bench b;
    double expected[16];
    bench_start(&b, bench_sample(kind));
    sp_cd_epoch(&b.solver, 0.6, NULL);
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
  while (sp_cd_epoch(&b.solver, lambda, NULL) > 0) continue;
  ptrdiff_t k = 0;
  while (b.solver.beta[b.solver.working_set.index[k]] == 0) k++;
  const ptrdiff_t j = b.solver.working_set.index[k];
  const double before = b.solver.beta[j], slack = sp_solver_slack(&b.solver, j, lambda);
  const double sign = copysign(1, before);
  b.solver.working_set.gradient[k] = sign * lambda * b.s.factor[j] + 0.5 * slack;
  sp_cd_epoch(&b.solver, lambda, NULL);
  CHECK_NEAR(b.solver.beta[j], before, 0);
  b.solver.working_set.gradient[k] = sign * lambda * b.s.factor[j] + 3 * slack;
  sp_cd_epoch(&b.solver, lambda, NULL);
  CHECK(b.solver.beta[j] != before);
  bench_end(&b);
}

int main(void) {
  RUN(an_epoch_is_that_of_the_definition);
  RUN(an_epoch_keeps_the_residual_right);
  RUN(epochs_descend_to_the_solution_and_stop);
  RUN(release_moves_only_what_rests);
  RUN(what_is_within_its_slack_stays);
  return check_report();
}
