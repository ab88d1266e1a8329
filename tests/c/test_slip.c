#include "check_fault.h"
#include "check_solver.h"
#include "core/solver/slip.h"

/* The length of the projection of the residual on the columns: what is lost of its square by least
   squares on them. */
static double naive_slip(const bench *b, const ptrdiff_t *cols, ptrdiff_t k, const double *c) {
  long double gram[16 * 16] = {0}, rhs[16], sum = 0;
  for (ptrdiff_t a = 0; a < k; a++) {
    rhs[a] = c[a];
    for (ptrdiff_t e = 0; e < k; e++)
      for (ptrdiff_t i = 0; i < b->s.n; i++)
        gram[e + a * k] += (long double)sample_weight(&b->s, i) * b->z[i + cols[a] * b->s.n] *
                           b->z[i + cols[e] * b->s.n];
  }
  solve_naively(k, gram, rhs);
  for (ptrdiff_t a = 0; a < k; a++) sum += rhs[a] * c[a];
  return (double)sqrtl(sum);
}

static double slip_of(bench *b, const ptrdiff_t *cols, ptrdiff_t k, const double *c) {
  double copy[16], values[64], slip = -1;
  sp_rowvec column = {.values = values};
  memcpy(copy, c, (size_t)k * sizeof *copy);
  CHECK_EQUAL(
      sp_slip(&b->m.design, &b->solver.working_set, cols, k, copy, 1e-12, &column, &slip, NULL),
      SP_OK);
  return slip;
}

/* From the Gram matrix when the columns are members, else from X: the same. */
static void slip_is_the_length_of_the_projection(void) {
  for (int kind = 0; kind < 32; kind++)
    for (int with_gram = 0; with_gram < 2; with_gram++) {
      const ptrdiff_t cols[] = {7, 0, 9, 4, 2, 11};
      rng g = rng_seeded((uint64_t)kind);
      double c[6];
      bench b;
      bench_start(&b, bench_sample(kind));
      if (!with_gram) forget_gram(&b);
      for (ptrdiff_t k = 0; k <= 6; k++) {
        for (int a = 0; a < 6; a++) c[a] = rng_normal(&g);
        CHECK_NEAR(slip_of(&b, cols, k, c), naive_slip(&b, cols, k, c), 1e-11);
      }
      bench_end(&b);
    }
}

/* Wide: nothing is a member yet but the unpenalised columns, which are asked for first. */
static void columns_outside_the_working_set_are_read_from_x(void) {
  const ptrdiff_t cols[] = {3, 0, 9, 4};
  const double c[] = {1, -0.3, 0.2, 2};
  bench b;
  sample s = sample_new(10, 14, 1);
  s.factor[3] = 0;
  bench_start(&b, s);
  CHECK_EQUAL(b.solver.working_set.size, 1);
  CHECK_NEAR(slip_of(&b, cols, 4, c), naive_slip(&b, cols, 4, c), 1e-11);
  bench_end(&b);
}

/* A copy of a column adds nothing, wherever it stands. Standardised it has the same gradient. */
static void dependent_columns_are_left_out(void) {
  const ptrdiff_t with[] = {1, 5, 2, 6}, without[] = {1, 2, 6};
  const double c[] = {0.4, 0.4, -1, 0.3}, c_without[] = {0.4, -1, 0.3};
  bench b;
  sample s = bench_sample(0);
  for (ptrdiff_t i = 0; i < s.n; i++) s.x[i + 5 * s.n] = 2 * s.x[i + s.n];
  bench_start(&b, s);
  CHECK_NEAR(slip_of(&b, with, 4, c), naive_slip(&b, without, 3, c_without), 1e-11);
  bench_end(&b);
}

/* What a column adds is small, but not what it explains; where it is too small to be told from
   rounding nothing is known, unless it explains nothing. */
static void what_nearly_dependent_columns_explain_counts(void) {
  const ptrdiff_t cols[] = {1, 5, 2, 6};
  for (int digits = 2; digits <= 9; digits++) {
    double c[4], r[30];
    bench b;
    rng g = rng_seeded((uint64_t)digits);
    sample s = bench_sample(0);
    for (ptrdiff_t i = 0; i < s.n; i++)
      s.x[i + 5 * s.n] = s.x[i + s.n] + pow(10, -digits) * rng_normal(&g);
    bench_start(&b, s);
    for (ptrdiff_t i = 0; i < s.n; i++) r[i] = rng_normal(&g);
    for (int a = 0; a < 4; a++) c[a] = naive_gradient(&b, cols[a], r);
    const double slip = slip_of(&b, cols, 4, c), naive = naive_slip(&b, cols, 4, c);
    if (digits <= 6)
      CHECK_NEAR(slip, naive, 1e-3 * naive);
    else
      CHECK(isinf(slip));
    c[1] = c[0];
    if (digits == 9) CHECK(isfinite(slip_of(&b, cols, 4, c)));
    bench_end(&b);
  }
}

static void exhaustion_is_reported_and_leaves_nothing_behind(void) {
  const ptrdiff_t cols[] = {0, 1};
  bench b;
  bench_start(&b, bench_sample(0));
  for (faults f = {0}; faults_next(&f);) {
    double c[] = {1, 2}, values[64], slip;
    sp_rowvec column = {.values = values};
    const sp_status status =
        sp_slip(&b.m.design, &b.solver.working_set, cols, 2, c, 1e-12, &column, &slip, NULL);
    faults_check(&f, status);
  }
  bench_end(&b);
}

int main(void) {
  RUN(slip_is_the_length_of_the_projection);
  RUN(columns_outside_the_working_set_are_read_from_x);
  RUN(dependent_columns_are_left_out);
  RUN(what_nearly_dependent_columns_explain_counts);
  RUN(exhaustion_is_reported_and_leaves_nothing_behind);
  return check_report();
}
