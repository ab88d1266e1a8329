#include "check_passes.h"
#include "core/solver/cg.h"

static double lambda = 0.15;

/* After a few epochs. Every other sparse kind has seen that sweeps are quicker. */
static void start(bench *b, sp_passes *d, int kind, int epochs) {
  ptrdiff_t turned;
  passes_start(d, b, kind, kind / 64, lambda);
  if (kind / 64 && kind & 1) d->pace = (sp_pace){{0.01, 1}};
  for (int epoch = 0; epoch < epochs; epoch++) sp_passes_epoch(d, &turned);
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
  for (int kind = 0; kind < 128; kind++)
    for (int epochs = 1; epochs < 4; epochs++) {
      bench b;
      sp_passes d;
      double before[16];
      ptrdiff_t iterations = 0;
      start(&b, &d, kind, epochs);
      memcpy(before, b.solver.beta, (size_t)b.s.p * sizeof *before);
      const double last = naive_objective(&b, lambda, before);
      CHECK_EQUAL(sp_cg_step(&d, 10000, NULL, &iterations, NULL), SP_OK);
      CHECK(naive_objective(&b, lambda, b.solver.beta) <= last + 1e-13);
      for (ptrdiff_t j = 0; j < b.s.p; j++) {
        check_ends(&b, j);
        if (is_inside(&b, j, before)) {
          if (lambda * b.s.alpha * b.s.factor[j] > 0) CHECK(before[j] * b.solver.beta[j] >= 0);
        } else {
          CHECK_NEAR(b.solver.beta[j], before[j], 0);
        }
      }
      passes_end(&d, &b);
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

static void the_gradients_stay_right(void) {
  for (int kind = 0; kind < 128; kind++) {
    bench b;
    sp_passes d;
    ptrdiff_t iterations = 0;
    start(&b, &d, kind, 2);
    sp_cg_step(&d, 10000, NULL, &iterations, NULL);
    check_carried(&d, &b, 1e-12);
    passes_end(&d, &b);
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
  for (int kind = 0; kind < 128; kind++) {
    bench b;
    sp_passes d;
    double r[64], b0, before[16];
    ptrdiff_t iterations = 0;
    start(&b, &d, kind, 20);
    memcpy(before, b.solver.beta, (size_t)b.s.p * sizeof *before);
    CHECK_EQUAL(sp_cg_step(&d, 10000, NULL, &iterations, NULL), SP_OK);
    CHECK(iterations <= 2 * b.s.p);
    naive_residual(&b, b.solver.beta, r, &b0);
    if (!same_support(&b, before)) {
      passes_end(&d, &b);
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
    passes_end(&d, &b);
  }
  CHECK(solved > 200);
}

static void iterations_are_limited(void) {
  bench b;
  sp_passes d;
  ptrdiff_t iterations = 7;
  start(&b, &d, 0, 2);
  CHECK_EQUAL(sp_cg_step(&d, 2, NULL, &iterations, NULL), SP_OK);
  CHECK_EQUAL(iterations, 9);
  passes_end(&d, &b);
}

/* The quicker of the two; sweeps are tried, where there are any, when it is slow without them. */
static void sweeps_are_made_where_they_are_quicker(void) {
  static const struct {
    int sparse;
    double without, with;
    int sweeps;
  } cases[] = {{1, 0, 0, 0},       {1, 0.01, 0, 1},    {1, 0.5, 0, 0}, {1, 0.02, 0.03, 1},
               {1, 0.03, 0.02, 0}, {0, 0.01, 0.02, 0}, {0, 0.01, 0, 0}};
  for (size_t e = 0; e < sizeof cases / sizeof *cases; e++) {
    bench b;
    sp_passes d;
    ptrdiff_t iterations = 0;
    passes_start(&d, &b, 0, cases[e].sparse, 0.002);
    for (ptrdiff_t k = 0; k < d.size; k++) d.beta[d.index[k]] = k % 2 ? 5 : -5;
    d.pace = (sp_pace){{cases[e].without, cases[e].with}};
    CHECK_EQUAL(sp_cg_step(&d, 4, NULL, &iterations, NULL), SP_OK);
    CHECK(iterations > 1);
    CHECK_EQUAL(d.pace.of[0] != cases[e].without, !cases[e].sweeps);
    CHECK_EQUAL(d.pace.of[1] != cases[e].with, cases[e].sweeps);
    passes_end(&d, &b);
  }
}

static void an_interrupt_comes_through(void) {
  const sp_context ctx = {.interrupted = passes_stop};
  bench b;
  sp_passes d;
  ptrdiff_t iterations = 0;
  start(&b, &d, 0, 1);
  CHECK_EQUAL(sp_cg_step(&d, 9, &ctx, &iterations, NULL), SP_ERR_INTERRUPTED);
  passes_end(&d, &b);
}

int main(void) {
  RUN(the_objective_falls_within_the_pieces);
  RUN(the_gradients_stay_right);
  RUN(a_settled_support_is_solved);
  RUN(iterations_are_limited);
  RUN(sweeps_are_made_where_they_are_quicker);
  RUN(an_interrupt_comes_through);
  return check_report();
}
