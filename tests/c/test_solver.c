#include "check_solver.h"
#include "fault.h"

static void init_describes_the_null_model(void) {
  for (int kind = 0; kind < 64; kind++) {
    bench b;
    double zeros[16] = {0}, r[64], b0, square = 0, largest = 0;
    bench_start(&b, bench_sample(kind));
    naive_residual(&b, zeros, r, &b0);
    for (ptrdiff_t i = 0; i < b.s.n; i++) square += sample_weight(&b.s, i) * r[i] * r[i];
    for (ptrdiff_t j = 0; j < b.s.p; j++) {
      CHECK_NEAR(b.solver.origin[j], naive_gradient(&b, j, r), 1e-12);
      largest = fmax(largest, fabs(naive_gradient(&b, j, r)));
    }
    CHECK_NEAR(b.solver.null_model.objective, square / 2, 1e-12 * square);
    CHECK_NEAR(b.solver.null_model.radius, sqrt(square), 1e-12 * square);
    CHECK_NEAR(b.solver.null_model.gradient, largest, 1e-12);
    CHECK_NEAR(b.solver.null_intercept, b0, 1e-13);
    bench_end(&b);
  }
}

/* What depends on beta, against the definition: residual, its sum, rss, intercept, gradients. */
static void check_refreshed(const bench *b) {
  const sp_solver *s = &b->solver;
  double r[64], b0, rss = 0, sum = 0;
  naive_residual(b, s->beta, r, &b0);
  for (ptrdiff_t i = 0; i < b->s.n; i++) {
    const double g = sample_weight(&b->s, i) * r[i];
    CHECK_NEAR(s->residual.values[i], g, 1e-13);
    rss += g * r[i];
    sum += g;
  }
  CHECK_NEAR(s->residual.sum, sum, 1e-13);
  CHECK_NEAR(s->rss, rss, 1e-12 * rss);
  CHECK_NEAR(s->intercept, b0, 1e-12);
  for (ptrdiff_t j = 0; j < b->s.p; j++) CHECK_NEAR(s->gradient[j], naive_gradient(b, j, r), 1e-12);
}

static void refresh_recomputes_everything_from_beta(void) {
  for (int kind = 0; kind < 64; kind++) {
    rng g = rng_seeded((uint64_t)kind);
    bench b;
    bench_start(&b, bench_sample(kind));
    for (ptrdiff_t j = 0; j < b.s.p; j++) b.solver.beta[j] = j % 3 ? rng_normal(&g) : 0;
    CHECK_EQUAL(sp_solver_refresh(&b.solver, NULL), SP_OK);
    check_refreshed(&b);
    bench_end(&b);
  }
}

static void certify_tells_the_gap_of_what_was_refreshed(void) {
  for (int kind = 0; kind < 32; kind++) {
    const double lambda = 0.3;
    rng g = rng_seeded((uint64_t)kind);
    bench b;
    bench_start(&b, bench_sample(kind));
    for (ptrdiff_t j = 0; j < b.s.p; j++)
      if (!sample_is_out(&b.s, j))
        b.solver.beta[j] = fmin(fmax(rng_normal(&g), b.m.lower[j]), b.m.upper[j]);
    CHECK_EQUAL(sp_solver_refresh(&b.solver, NULL), SP_OK);
    const sp_solution found = sp_solver_certify(&b.solver, lambda, 0);
    double *beta = original(&b, b.solver.beta);
    const double primal = (double)sample_objective(&b.s, lambda, b.solver.intercept, beta);
    const double dual = (double)sample_dual(&b.s, lambda, b.solver.intercept, beta);
    CHECK_NEAR(found.certificate.gap * b.solver.null_model.objective, primal - dual, 1e-9 * primal);
    CHECK_NEAR(found.certificate.kkt * lambda, naive_violation(&b, lambda, b.solver.beta), 1e-11);
    CHECK_EQUAL(found.converged, 0);
    CHECK_EQUAL(found.iterations, 0);
    free(beta);
    bench_end(&b);
  }
}

static void init_fits_the_unpenalised_coefficients(void) {
  for (int kind = 32; kind < 64; kind++) {
    bench b;
    bench_start(&b, bench_sample(kind));
    for (ptrdiff_t j = 0; j < b.s.p; j++) {
      CHECK((b.solver.beta[j] != 0) == (b.s.factor[j] == 0));
      if (b.s.factor[j] == 0) CHECK_NEAR(b.solver.gradient[j], 0, 1e-12);
    }
    check_refreshed(&b);
    bench_end(&b);
  }
}

static void lambda_max_is_the_largest_entry(void) {
  for (int kind = 0; kind < 64; kind++) {
    bench b;
    double expected = 0, r[64], b0;
    bench_start(&b, bench_sample(kind));
    naive_residual(&b, b.solver.beta, r, &b0);
    for (ptrdiff_t j = 0; j < b.s.p; j++) {
      const double c = naive_gradient(&b, j, r);
      if (b.s.factor[j] == 0 || sample_is_out(&b.s, j)) continue;
      if (c > 0 ? b.s.upper[j] == 0 : b.s.lower[j] == 0) continue;
      expected = fmax(expected, fabs(c) / (b.s.alpha * b.s.factor[j]));
    }
    const double found = sp_solver_lambda_max(&b.solver);
    CHECK_NEAR(found, expected, 1e-12 * expected);
    sp_solution solution;
    CHECK_EQUAL(sp_solver_move(&b.solver, found, found, &solution, NULL), SP_OK);
    for (ptrdiff_t j = 0; j < b.s.p; j++)
      if (b.s.factor[j] > 0) CHECK_NEAR(b.solver.beta[j], 0, 0);
    CHECK_NEAR(solution.certificate.gap, 0, 1e-12);
    bench_end(&b);
  }
}

/* Wherever it comes from, near or far, from above or below; `previous` is only a hint. */
static void move_solves_wherever_it_comes_from(void) {
  const double lambdas[] = {0.5, 0.4, 0.01, 0.3, 2, 1e-3, 0};
  for (int kind = 0; kind < 64; kind++)
    for (int with_gram = 0; with_gram < 2; with_gram++) {
      bench b;
      bench_start(&b, bench_sample(kind));
      if (!with_gram) forget_gram(&b);
      for (int l = 0; l < 7; l++) {
        sp_solution found;
        const double lambda = lambdas[l], hint = l % 2 ? lambdas[l - 1] : lambda;
        CHECK_EQUAL(sp_solver_move(&b.solver, lambda, hint, &found, NULL), SP_OK);
        CHECK_EQUAL(found.converged, 1);
        CHECK_NEAR(found.certificate.gap, 0, 1e-7);
        CHECK_NEAR(naive_violation(&b, lambda, b.solver.beta), 0, with_gram ? 1e-10 : 1e-2);
        double r[64], b0, rss = 0;
        naive_residual(&b, b.solver.beta, r, &b0);
        for (ptrdiff_t i = 0; i < b.s.n; i++) rss += sample_weight(&b.s, i) * r[i] * r[i];
        CHECK_NEAR(b.solver.intercept, b0, 1e-11);
        CHECK_NEAR(b.solver.rss, rss, 1e-11 * (1 + rss));
      }
      bench_end(&b);
    }
}

/* In residual space too the promise is kept, by true numbers. */
static void without_the_gram_matrix_the_gap_is_still_true(void) {
  for (int kind = 0; kind < 32; kind++) {
    const double lambda = 0.05;
    bench b;
    sp_solution found;
    bench_start(&b, bench_sample(kind));
    forget_gram(&b);
    CHECK_EQUAL(sp_solver_move(&b.solver, lambda, 0.1, &found, NULL), SP_OK);
    double *beta = original(&b, b.solver.beta);
    const double primal = (double)sample_objective(&b.s, lambda, b.solver.intercept, beta);
    const double dual = (double)sample_dual(&b.s, lambda, b.solver.intercept, beta);
    CHECK_NEAR(found.certificate.gap, (primal - dual) / b.solver.null_model.objective, 1e-11);
    CHECK_NEAR(found.certificate.kkt * lambda, naive_violation(&b, lambda, b.solver.beta), 1e-10);
    free(beta);
    bench_end(&b);
  }
}

static void a_move_to_the_same_lambda_changes_nothing(void) {
  bench b;
  sp_solution first, second;
  bench_start(&b, bench_sample(1));
  sp_solver_move(&b.solver, 0.1, 0.2, &first, NULL);
  double before[16];
  memcpy(before, b.solver.beta, (size_t)b.s.p * sizeof *before);
  sp_solver_move(&b.solver, 0.1, 0.1, &second, NULL);
  CHECK_EQUAL(second.iterations, 1);
  for (ptrdiff_t j = 0; j < b.s.p; j++) CHECK_NEAR(b.solver.beta[j], before[j], 1e-13);
  bench_end(&b);
}

static void iterations_are_limited_and_the_shortfall_shown(void) {
  for (int with_gram = 0; with_gram < 2; with_gram++) {
    bench b;
    sp_solution found;
    bench_start(&b, bench_sample(0));
    if (!with_gram) forget_gram(&b);
    b.solver.tolerance = (sp_tolerance){.tol = 1e-15, .max_iter = 1};
    CHECK_EQUAL(sp_solver_move(&b.solver, 0.01, 0.02, &found, NULL), SP_OK);
    CHECK_EQUAL(found.iterations, 1);
    CHECK_EQUAL(found.converged, 0);
    CHECK_NEAR(found.certificate.kkt * 0.01, naive_violation(&b, 0.01, b.solver.beta), 1e-12);
    bench_end(&b);
  }
}

/* A share of the penalty, or what rounding leaves of a gradient. */
static void slack_is_the_larger_of_precision_and_rounding(void) {
  bench b;
  bench_start(&b, bench_sample(8));
  for (ptrdiff_t j = 0; j < b.s.p; j++) {
    const double norm = sqrt(b.m.design.sqnorm[j]);
    const double rounding = 16 * 0x1p-52 * norm * b.solver.null_model.radius;
    b.solver.precision = 1e-3;
    CHECK_NEAR(sp_solver_slack(&b.solver, j, 2), 2e-3 * b.s.factor[j], 1e-15);
    CHECK_NEAR(sp_solver_slack(&b.solver, j, 0), rounding, 1e-18);
  }
  bench_end(&b);
}

/* Nothing but rounding is left after the mean: no gradient, no gap, no lambda. */
static void a_flat_response_has_nothing_to_explain(void) {
  for (int weighted = 0; weighted < 2; weighted++) {
    rng g = rng_seeded(1);
    bench b;
    sp_solution found;
    sample s = sample_new(30, 4, 2);
    if (weighted) sample_add_weights(&s, &g);
    sample_add_offset(&s, &g);
    for (ptrdiff_t i = 0; i < 30; i++) s.y[i] = s.offset[i] + 0.1;
    bench_start(&b, s);
    CHECK_NEAR(b.solver.null_model.objective, 0, 0);
    CHECK_NEAR(sp_solver_lambda_max(&b.solver), 0, 0);
    CHECK_EQUAL(sp_solver_move(&b.solver, 0, 0, &found, NULL), SP_OK);
    CHECK_EQUAL(found.converged, 1);
    for (ptrdiff_t j = 0; j < 4; j++) CHECK_NEAR(b.solver.beta[j], 0, 0);
    CHECK_NEAR(b.solver.intercept, 0.1, 1e-14);
    bench_end(&b);
  }
}

/* But a response that varies little against its size is not flat. */
static void a_response_far_from_zero_is_not_flat(void) {
  bench b;
  sp_solution found;
  sample s = sample_new(30, 4, 3);
  for (ptrdiff_t i = 0; i < 30; i++) s.y[i] = 1e6 + 1e-3 * s.y[i];
  bench_start(&b, s);
  CHECK(b.solver.null_model.objective > 0);
  const double lambda = 0.1 * sp_solver_lambda_max(&b.solver);
  CHECK_EQUAL(sp_solver_move(&b.solver, lambda, lambda, &found, NULL), SP_OK);
  CHECK_EQUAL(found.converged, 1);
  CHECK(b.solver.beta[0] != 0);
  bench_end(&b);
}

static int always(void *unused) {
  (void)unused;
  return 1;
}

static void init_can_be_interrupted(void) {
  const sp_context ctx = {.interrupted = always};
  const sp_tolerance tolerance = {.tol = 1e-7, .max_iter = 100};
  sample s = sample_new(10, 3, 4);
  sp_model m;
  sp_solver solver;
  const sp_model_spec spec = sample_spec(&s, sample_dense(&s));
  sp_model_init(&m, &spec, NULL);
  const long alive = fault_alive();
  CHECK_EQUAL(sp_solver_init(&solver, &m.problem, tolerance, &ctx, NULL), SP_ERR_INTERRUPTED);
  sp_solver_clear(&solver);
  sp_solver_clear(&solver);
  CHECK_EQUAL(fault_alive(), alive);
  sp_model_clear(&m);
  sample_free(&s);
}

/* More rows of zeros than not: its columns join together once some have, but for those excluded. */
static void a_narrow_sparse_matrix_is_taken_in_whole(void) {
  static const sp_tolerance tolerance = {.tol = 1e-7, .max_iter = 10000};
  rng g = rng_seeded(11);
  sample s = sample_new(60, 100, 12);
  sample_thin(&s, &g, 0.9);
  s.factor[40] = INFINITY;
  const sp_model_spec spec = sample_spec(&s, sample_sparse(&s));
  sp_model m;
  sp_solver solver;
  sp_solution solution;
  CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
  CHECK_EQUAL(sp_solver_init(&solver, &m.problem, tolerance, NULL, NULL), SP_OK);
  CHECK_EQUAL(solver.working_set.size, 0);
  double lambda = sp_solver_lambda_max(&solver);
  for (int l = 0; l < 20; l++, lambda *= 0.85) {
    double beta[100];
    CHECK_EQUAL(sp_solver_move(&solver, 0.85 * lambda, lambda, &solution, NULL), SP_OK);
    CHECK(solution.certificate.gap < 1e-13);
    for (ptrdiff_t j = 0; j < s.p; j++) beta[j] = solver.beta[j] / (double)sample_scale(&s, j);
    CHECK_NEAR(sample_violation(&s, 0.85 * lambda, solver.intercept, beta), 0, 1e-12);
  }
  CHECK_EQUAL(solver.working_set.size, solver.usable);
  CHECK_EQUAL(solver.working_set.position[40], -1);
  sp_solver_clear(&solver);
  sp_model_clear(&m);
  sample_free(&s);
}

static ptrdiff_t nonzeros_of(const bench *b) {
  ptrdiff_t count = 0;
  for (ptrdiff_t j = 0; j < b->s.p; j++) count += b->solver.beta[j] != 0;
  return count;
}

/* The ridge part spreads the fit over more columns than there are rows. A grid fine enough that the
   Gram matrix is seen to be kept up to there, and all lambdas are solved before and after. */
static void more_nonzero_coefficients_than_rows_need_no_gram_matrix(void) {
  for (int kind = 0; kind < 8; kind++) {
    const double alpha = kind & 1 ? 0.005 : 1;
    rng g = rng_seeded((uint64_t)kind);
    bench b;
    sample s = sample_new(20, 1000, (uint64_t)kind);
    s.alpha = alpha;
    if (kind & 2) sample_add_weights(&s, &g);
    if (kind & 4) s.factor[3] = s.factor[8] = 0;
    for (ptrdiff_t j = 20; kind & 4 && j < 60; j++) s.lower[j] = 0;
    bench_start(&b, s);
    double lambda = sp_solver_lambda_max(&b.solver);
    for (int l = 0; l < 20; l++, lambda *= 0.85) {
      sp_solution found;
      CHECK_EQUAL(sp_solver_move(&b.solver, 0.85 * lambda, lambda, &found, NULL), SP_OK);
      const int has_gram = b.solver.working_set.gram != NULL;
      CHECK(has_gram || nonzeros_of(&b) > 128);
      CHECK_EQUAL(found.converged, 1);
      CHECK_NEAR(naive_violation(&b, 0.85 * lambda, b.solver.beta), 0,
                 (has_gram ? 1e-9 : 1e-3) * lambda);
      if (alpha == 1) CHECK(found.certificate.gap < 1e-13);
    }
    CHECK_EQUAL(b.solver.working_set.gram == NULL, alpha < 1);
    CHECK(alpha == 1 || nonzeros_of(&b) > 512);
    bench_end(&b);
  }
}

/* More columns than rows, with a factor in common; or counts in rows as unequal as texts. */
static sample sample_in_common(int counts) {
  rng g = rng_seeded(1);
  sample s = sample_new(60, 1500, 1);
  s.alpha = 0.1;
  for (ptrdiff_t i = 0; i < s.n; i++) {
    const double common = rng_normal(&g), share = 0.5 / (1 + exp(-2 * common));
    for (ptrdiff_t j = 0; j < s.p; j++) {
      double *x = s.x + i + j * s.n;
      if (counts)
        *x = rng_uniform(&g) < share ? 1 + fabs(*x) : 0;
      else
        *x += common;
    }
  }
  return s;
}

/* Of passes at each of the lambdas solved without a Gram matrix, on the average. */
static double iterations_of_passes(sample *s, const sp_design *x) {
  const sp_tolerance tolerance = {.tol = 1e-7, .max_iter = 10000};
  const sp_model_spec spec = sample_spec(s, x);
  sp_model m;
  sp_solver solver;
  ptrdiff_t iterations = 0, solved = 0;
  CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
  CHECK_EQUAL(sp_solver_init(&solver, &m.problem, tolerance, NULL, NULL), SP_OK);
  double lambda = sp_solver_lambda_max(&solver);
  for (int l = 0; l < 40; l++, lambda *= 0.85) {
    sp_solution found;
    CHECK_EQUAL(sp_solver_move(&solver, 0.85 * lambda, lambda, &found, NULL), SP_OK);
    CHECK_EQUAL(found.converged, 1);
    if (solver.working_set.gram) continue;
    iterations += found.iterations;
    solved++;
  }
  CHECK(solved > 10);
  sp_solver_clear(&solver);
  sp_model_clear(&m);
  return (double)iterations / (double)solved;
}

static void what_columns_have_in_common_takes_few_iterations(void) {
  for (int counts = 0; counts < 2; counts++) {
    sample s = sample_in_common(counts);
    CHECK(iterations_of_passes(&s, counts ? sample_sparse(&s) : sample_dense(&s)) < 12);
    sample_free(&s);
  }
}

/* Columns of a few entries each, none of them empty. */
static sample sample_of_few(ptrdiff_t n, ptrdiff_t p, double entries, int weighted, uint64_t seed) {
  rng g = rng_seeded(seed);
  sample s = sample_new(n, p, seed);
  sample_thin(&s, &g, 1 - entries / (double)n);
  for (ptrdiff_t j = 0; j < p; j++) s.x[j * n + j % n] = 1;
  if (weighted) sample_add_weights(&s, &g);
  return s;
}

/* Solves for 20 lambdas on the way down, with a Gram matrix for no more members than that. Does it
   have one at the end? */
static int has_gram_at_end(sample *s, ptrdiff_t largest_gram, ptrdiff_t max_iter) {
  const sp_tolerance tolerance = {.tol = 1e-7, .max_iter = max_iter};
  const sp_model_spec spec = sample_spec(s, sample_sparse(s));
  sp_model m;
  sp_solver solver;
  sp_solution found;
  double *beta = zeros(s->p);
  CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
  CHECK_EQUAL(sp_solver_init(&solver, &m.problem, tolerance, NULL, NULL), SP_OK);
  double lambda = sp_solver_lambda_max(&solver);
  solver.working_set.largest_gram = largest_gram;
  for (int l = 0; l < 20; l++, lambda *= 0.7) {
    CHECK_EQUAL(sp_solver_move(&solver, 0.7 * lambda, lambda, &found, NULL), SP_OK);
    CHECK_EQUAL(found.converged, 1);
    CHECK(solver.working_set.gram || solver.precision > 1e-8); /* passes are dear */
    if (l % 5 < 4) continue;
    for (ptrdiff_t j = 0; j < s->p; j++) beta[j] = solver.beta[j] / (double)sample_scale(s, j);
    const double violation = sample_violation(s, 0.7 * lambda, solver.intercept, beta);
    CHECK_NEAR(violation, 0, (solver.working_set.gram ? 1e-9 : 1e-3) * lambda);
  }
  const int has_gram = solver.working_set.gram != NULL;
  CHECK_EQUAL(solver.earlier == NULL, has_gram);
  sp_solver_clear(&solver);
  sp_model_clear(&m);
  free(beta);
  return has_gram;
}

/* At most half as many as rows, and in a lasso no two that are equal, as it is to leave one of them
   at zero: where there are such twins it keeps the matrix. Its columns are to have fewer entries
   than those of an elastic net. */
static void many_columns_of_few_entries_need_no_gram_matrix(void) {
  enum { COLUMNS = 400 };
  static const struct {
    ptrdiff_t n;
    double entries, alpha;
    int twins, keeps;
  } shapes[] = {{900, 3, 0.5, 0, 0}, {700, 3, 0.5, 0, 1}, {900, 3, 0.5, 1, 0}, {900, 1, 1, 0, 0},
                {900, 6, 1, 0, 1},   {700, 1, 1, 0, 1},   {900, 1, 1, 1, 1}};
  for (size_t e = 0; e < sizeof shapes / sizeof *shapes; e++)
    for (int weighted = 0; weighted < 2; weighted++) {
      if (weighted && shapes[e].entries == 1) continue; /* rows without weight make twins */
      sample s = sample_of_few(shapes[e].n, COLUMNS, shapes[e].entries, weighted, 4 * e + 1);
      s.alpha = shapes[e].alpha;
      for (ptrdiff_t i = 0; i < s.n && shapes[e].twins; i++) s.x[i] = -2 * s.x[i + s.n];
      CHECK_EQUAL(has_gram_at_end(&s, COLUMNS, 10000), shapes[e].keeps);
      sample_free(&s);
    }
}

/* As many columns as rows become members, nearly dependent: passes over them crawl. With twice as
   many rows they do not, and an elastic net would have to factorise a matrix for every lambda. They
   leave half of the iterations allowed to the exact solution, of elastic nets as well. */
static void the_gram_matrix_is_taken_up_where_passes_crawl(void) {
  static const struct {
    ptrdiff_t n, p;
    double alpha;
    ptrdiff_t max_iter;
    int takes_up;
  } shapes[] = {{200, 220, 1, 10000, 1},
                {200, 220, 1, 100, 1},
                {1200, 520, 1, 10000, 0},
                {200, 220, 0.9, 10000, 0},
                {200, 220, 0.99, 200, 1}};
  for (size_t e = 0; e < sizeof shapes / sizeof *shapes; e++)
    for (int weighted = 0; weighted < 2; weighted++) {
      sample s = sample_of_few(shapes[e].n, shapes[e].p, 4, weighted, 4 * e + 1);
      s.alpha = shapes[e].alpha;
      CHECK_EQUAL(has_gram_at_end(&s, 64, shapes[e].max_iter), shapes[e].takes_up);
      sample_free(&s);
    }
}

int main(void) {
  RUN(init_describes_the_null_model);
  RUN(refresh_recomputes_everything_from_beta);
  RUN(certify_tells_the_gap_of_what_was_refreshed);
  RUN(init_fits_the_unpenalised_coefficients);
  RUN(lambda_max_is_the_largest_entry);
  RUN(move_solves_wherever_it_comes_from);
  RUN(without_the_gram_matrix_the_gap_is_still_true);
  RUN(a_move_to_the_same_lambda_changes_nothing);
  RUN(iterations_are_limited_and_the_shortfall_shown);
  RUN(slack_is_the_larger_of_precision_and_rounding);
  RUN(a_flat_response_has_nothing_to_explain);
  RUN(a_response_far_from_zero_is_not_flat);
  RUN(a_narrow_sparse_matrix_is_taken_in_whole);
  RUN(more_nonzero_coefficients_than_rows_need_no_gram_matrix);
  RUN(what_columns_have_in_common_takes_few_iterations);
  RUN(many_columns_of_few_entries_need_no_gram_matrix);
  RUN(the_gram_matrix_is_taken_up_where_passes_crawl);
  RUN(init_can_be_interrupted);
  return check_report();
}
