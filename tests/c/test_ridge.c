#include "check_fault.h"
#include "check_fit.h"
#include "core/path/ridge.h"

/* ---- the naive solution: normal equations of intercept and coefficients ------------------ */

typedef struct {
  ptrdiff_t size;       /* unknowns */
  ptrdiff_t column[64]; /* -1 for the intercept */
  long double a[64 * 64], penalty[64], rhs[64];
} normal_equations;

static double entry(const sample *s, ptrdiff_t i, ptrdiff_t column) {
  return column < 0 ? 1 : s->x[i + column * s->n];
}

static normal_equations set_up_equations(const sample *s) {
  normal_equations e = {0};
  if (s->intercept) e.column[e.size++] = -1;
  for (ptrdiff_t j = 0; j < s->p; j++)
    if (!sample_is_out(s, j)) e.column[e.size++] = j;
  for (ptrdiff_t a = 0; a < e.size; a++) {
    const ptrdiff_t j = e.column[a];
    e.penalty[a] = j < 0 ? 0 : s->factor[j] * sample_scale(s, j) * sample_scale(s, j);
    for (ptrdiff_t i = 0; i < s->n; i++) {
      const long double weighted = (long double)sample_weight(s, i) * entry(s, i, j);
      e.rhs[a] += weighted * (s->y[i] - (s->offset ? s->offset[i] : 0));
      for (ptrdiff_t b = 0; b < e.size; b++)
        e.a[b + a * e.size] += weighted * entry(s, i, e.column[b]);
    }
  }
  return e;
}

static void penalised_system(const normal_equations *e, double lambda, long double *system) {
  memcpy(system, e->a, (size_t)(e->size * e->size) * sizeof *system);
  for (ptrdiff_t a = 0; a < e->size; a++) system[a + a * e->size] += lambda * e->penalty[a];
}

static void solve_ridge_naively(const sample *s, double lambda, double *b0, double *beta) {
  static long double system[64 * 64];
  normal_equations e = set_up_equations(s);
  penalised_system(&e, lambda, system);
  solve_naively(e.size, system, e.rhs);
  *b0 = 0;
  for (ptrdiff_t j = 0; j < s->p; j++) beta[j] = 0;
  for (ptrdiff_t a = 0; a < e.size; a++) {
    if (e.column[a] < 0)
      *b0 = (double)e.rhs[a];
    else
      beta[e.column[a]] = (double)e.rhs[a];
  }
}

/* Trace of the hat matrix without the intercept: tr((A + lambda P)^-1 A) - 1. */
static double naive_df(const sample *s, double lambda) {
  static long double system[64 * 64];
  const normal_equations e = set_up_equations(s);
  long double trace = s->intercept ? -1 : 0, column[64];
  for (ptrdiff_t a = 0; a < e.size; a++) {
    penalised_system(&e, lambda, system);
    memcpy(column, e.a + a * e.size, (size_t)e.size * sizeof *column);
    solve_naively(e.size, system, column);
    trace += column[a];
  }
  return (double)trace;
}

/* ---- against it -------------------------------------------------------------------------- */

/* Both sides of p = n; bits of `kind` choose the difficulties. */
static sample ridge_sample(int kind) {
  rng g = rng_seeded((uint64_t)kind);
  sample s = kind & 1 ? sample_new(12, 30, (uint64_t)kind) : sample_new(25, 8, (uint64_t)kind);
  s.alpha = 0;
  s.intercept = !(kind & 2);
  if (kind & 4) sample_add_weights(&s, &g);
  if (kind & 8) sample_add_offset(&s, &g);
  s.standardize = !(kind & 16);
  for (ptrdiff_t j = 0; kind & 32 && j < s.p; j++) s.factor[j] = 0.2 + 2 * rng_uniform(&g);
  if (kind & 64) s.factor[1] = s.factor[5] = 0;
  if (kind & 128) s.factor[2] = INFINITY;
  return s;
}

static void check_against_naive(const sample *s, const sp_path *path, ptrdiff_t l) {
  double b0, *expected = zeros(s->p);
  double *beta = coefficients(path, s->p, l);
  solve_ridge_naively(s, path->lambda[l], &b0, expected);
  for (ptrdiff_t j = 0; j < s->p; j++) CHECK_NEAR(beta[j], expected[j], 1e-9);
  CHECK_NEAR(path->intercept[l], b0, 1e-9);
  CHECK_NEAR(path->df[l], naive_df(s, path->lambda[l]), 1e-8);
  CHECK_EQUAL(path->iterations[l], 0);
  free(beta);
  free(expected);
}

static void solutions_are_those_of_the_normal_equations(void) {
  const double grid[] = {100, 3, 0.2, 0.01};
  for (int kind = 0; kind < 256; kind++)
    for (int sparse = 0; sparse < 2; sparse++) {
      sample s = ridge_sample(kind);
      rng g = rng_seeded(7);
      if (sparse) sample_thin(&s, &g, 0.4);
      const sp_design *x = sparse ? sample_sparse(&s) : sample_dense(&s);
      sp_path path;
      CHECK_EQUAL(fit_with(&s, x, given_grid(grid, 4), usual_tolerance, NULL, &path), SP_OK);
      CHECK_EQUAL(path.size, 4);
      CHECK_EQUAL(path.stop, SP_STOP_GRID_DONE);
      check_path(&s, &path, 1e-9);
      for (ptrdiff_t l = 0; l < path.size; l++) {
        CHECK_NEAR(path.lambda[l], grid[l], 0);
        check_against_naive(&s, &path, l);
      }
      sp_path_clear(&path);
      sample_free(&s);
    }
}

/* What one column has on the diagonal is far below what others have, but not what rounding is. */
static void penalty_factors_of_all_sizes_are_told_from_rounding(void) {
  const double grid[] = {1, 1e-4, 1e-8};
  for (int kind = 0; kind < 32; kind++) {
    sample s = ridge_sample(kind & ~1);
    s.factor[0] = kind & 1 ? 1e-8 : 1e8;
    sp_path path = fit(&s, given_grid(grid, 3));
    CHECK_EQUAL(path.size, 3);
    for (ptrdiff_t l = 0; l < path.size; l++) check_against_naive(&s, &path, l);
    sp_path_clear(&path);
    sample_free(&s);
  }
}

static void an_automatic_grid_lies_over_the_degrees_of_freedom(void) {
  for (int kind = 0; kind < 256; kind += 5) {
    sample s = ridge_sample(kind);
    sp_path path = fit(&s, automatic_grid(12));
    CHECK_EQUAL(path.size, 12);
    const ptrdiff_t freed = kind & 64 ? 2 : 0, out = kind & 128 ? 1 : 0;
    ptrdiff_t rows = 0;
    for (ptrdiff_t i = 0; i < s.n; i++) rows += sample_weight(&s, i) > 0;
    const ptrdiff_t by_rows = rows - s.intercept - freed, by_columns = s.p - freed - out;
    const double rank = (double)(by_rows < by_columns ? by_rows : by_columns);
    for (ptrdiff_t l = 0; l < path.size; l++) {
      CHECK_NEAR(path.df[l], (double)freed + rank * ((double)l + 0.5) / 12, 1e-8);
      check_against_naive(&s, &path, l);
    }
    CHECK_NEAR(path.lambda_max, INFINITY, 0);
    check_path(&s, &path, 1e-9);
    sp_path_clear(&path);
    sample_free(&s);
  }
}

/* Least squares when that is unique, the solution of least norm when it is not. */
static void lambda_zero_is_the_limit(void) {
  const double grid[] = {1e-9, 0};
  for (int kind = 0; kind < 128; kind += 3) {
    sample s = ridge_sample(kind);
    sp_path path = fit(&s, given_grid(grid, 2));
    double *near = coefficients(&path, s.p, 0), *limit = coefficients(&path, s.p, 1);
    for (ptrdiff_t j = 0; j < s.p; j++) CHECK_NEAR(limit[j], near[j], 1e-5);
    CHECK_NEAR(path.intercept[1], path.intercept[0], 1e-4);
    CHECK_NEAR(path.df[1], path.df[0], 1e-5);
    check_solution(&s, &path, 1, 1e-9);
    free(near);
    free(limit);
    sp_path_clear(&path);
    sample_free(&s);
  }
}

static void duplicates_and_constants_are_handled(void) {
  const double grid[] = {1, 0.05, 0};
  for (int kind = 0; kind < 16; kind++) {
    sample s = ridge_sample(kind);
    for (ptrdiff_t i = 0; i < s.n; i++) {
      s.x[i + 3 * s.n] = s.x[i];
      s.x[i + 4 * s.n] = 0.1;
    }
    if (!s.intercept) s.standardize = 1;
    sp_path path = fit(&s, given_grid(grid, 3));
    for (ptrdiff_t l = 0; l < 2; l++) check_against_naive(&s, &path, l);
    for (ptrdiff_t l = 0; l < 3; l++) {
      double *beta = coefficients(&path, s.p, l);
      CHECK_NEAR(beta[3], beta[0], 1e-9);
      CHECK_NEAR(beta[4], 0, 0);
      check_solution(&s, &path, l, 1e-9);
      free(beta);
    }
    sp_path_clear(&path);
    sample_free(&s);
  }
}

/* Many copies of two columns, in units of their own: what rounding leaves beyond their rank grows
   with their number. */
static void rounding_of_many_copies_is_no_rank(void) {
  const double zero = 0;
  for (int wide = 0; wide < 2; wide++) {
    sample s = sample_new(wide ? 40 : 120, 100, 4);
    s.alpha = 0;
    for (ptrdiff_t j = 2; j < s.p; j++)
      for (ptrdiff_t i = 0; i < s.n; i++)
        s.x[i + j * s.n] = (1 + 0.37 * (double)j) * s.x[i + j % 2 * s.n];
    sp_path path = fit(&s, given_grid(&zero, 1)), grid = fit(&s, automatic_grid(4));
    CHECK_NEAR(path.df[0], 2, 1e-8);
    for (ptrdiff_t l = 0; l < 4; l++) CHECK_NEAR(grid.df[l], ((double)l + 0.5) / 2, 1e-8);
    double *beta = coefficients(&path, s.p, 0);
    for (ptrdiff_t j = 2; j < s.p; j++)
      CHECK_NEAR(beta[j] * (1 + 0.37 * (double)j), beta[j % 2], 1e-9);
    free(beta);
    sp_path_clear(&path);
    sp_path_clear(&grid);
    sample_free(&s);
  }
}

/* Unpenalised columns that repeat each other count once; their fit is unique, they are not. */
static void dependent_unpenalised_columns_count_once(void) {
  const double lambda = 0.3;
  for (int kind = 0; kind < 8; kind++) {
    sample s = ridge_sample(kind), reduced = ridge_sample(kind);
    for (ptrdiff_t i = 0; i < s.n; i++)
      s.x[i + 2 * s.n] = reduced.x[i + 2 * s.n] = 2 * s.x[i] - s.x[i + s.n];
    for (ptrdiff_t j = 0; j < 3; j++) s.factor[j] = reduced.factor[j] = 0;
    reduced.factor[2] = INFINITY;
    sp_path path = fit(&s, given_grid(&lambda, 1)),
            expected = fit(&reduced, given_grid(&lambda, 1));
    CHECK_NEAR(path.df[0], expected.df[0], 1e-8);
    CHECK_NEAR(path.dev_ratio[0], expected.dev_ratio[0], 1e-10);
    check_solution(&s, &path, 0, 1e-9);
    sp_path_clear(&path);
    sp_path_clear(&expected);
    sample_free(&s);
    sample_free(&reduced);
  }
}

/* A column without a penalty that is another and next to nothing else is left out where its own
   part is taken for rounding: what that would still explain is in the gap. */
static void nothing_is_proved_that_collinear_free_columns_would_improve(void) {
  const double lambda = 0.05;
  int proved = 0, refused = 0;
  for (int kind = 0; kind < 8; kind += 2)
    for (int digits = 0; digits <= 10; digits++) {
      sample s = ridge_sample(kind), best = ridge_sample(kind);
      rng g = rng_seeded(77);
      for (ptrdiff_t i = 0; i < s.n; i++) {
        const double other = rng_normal(&g);
        s.y[i] = best.y[i] += other;
        best.x[i + 4 * s.n] = other;
        s.x[i + 4 * s.n] = s.x[i + 7 * s.n] + pow(10, -digits) * other;
      }
      s.factor[4] = s.factor[7] = best.factor[4] = best.factor[7] = 0;
      sp_path path = fit(&s, given_grid(&lambda, 1)), lowest = fit(&best, given_grid(&lambda, 1));
      double *beta = coefficients(&path, s.p, 0), *least = coefficients(&lowest, s.p, 0);
      const long double excess = sample_objective(&s, lambda, path.intercept[0], beta) -
                                 sample_objective(&best, lambda, lowest.intercept[0], least);
      CHECK_NEAR(lowest.gap[0], 0, 1e-12);
      CHECK(2 * (double)excess / path.null_deviance <= path.gap[0] * (1 + 1e-6) + 1e-9);
      CHECK_EQUAL(path.converged[0], path.gap[0] <= usual_tolerance.tol);
      proved += path.converged[0];
      refused += !path.converged[0];
      free(beta);
      free(least);
      sp_path_clear(&path);
      sp_path_clear(&lowest);
      sample_free(&s);
      sample_free(&best);
    }
  CHECK(proved > 8 && refused > 4);
}

/* A penalised copy of an unpenalised column has nothing left to explain: no degree of freedom. */
static void a_penalised_copy_of_an_unpenalised_column_gets_nothing(void) {
  sample s = sample_new(20, 2, 3);
  s.alpha = 0;
  s.factor[0] = 0;
  for (ptrdiff_t i = 0; i < 20; i++) s.x[i + 20] = -2 * s.x[i];
  sp_path path = fit(&s, automatic_grid(10));
  CHECK_EQUAL(path.size, 1);
  CHECK_EQUAL(path.stop, SP_STOP_NOTHING);
  CHECK_NEAR(path.df[0], 1, 1e-12);
  double *beta = coefficients(&path, 2, 0);
  CHECK_NEAR(beta[1], 0, 1e-12);
  free(beta);
  sp_path_clear(&path);
  sample_free(&s);
}

static void nothing_to_penalise_or_to_explain_is_one_solution(void) {
  for (int k = 0; k < 4; k++) {
    sample s = sample_new(15, 4, 5);
    s.alpha = 0;
    for (ptrdiff_t j = 0; j < 4; j++) s.factor[j] = k == 0 ? 0 : k == 1 ? INFINITY : 1;
    for (ptrdiff_t i = 0; k == 2 && i < 60; i++) s.x[i] = 0.1;
    for (ptrdiff_t i = 0; k == 3 && i < 15; i++) s.y[i] = 0.1;
    sp_path path = fit(&s, automatic_grid(10));
    CHECK_EQUAL(path.size, 1);
    CHECK_EQUAL(path.stop, SP_STOP_NOTHING);
    CHECK_NEAR(path.df[0], k == 0 || k == 3 ? 4 : 0, k == 0 || k == 3 ? 1e-12 : 0);
    CHECK_EQUAL(path.converged[0], 1);
    if (k < 3) check_path(&s, &path, 1e-10);
    sp_path_clear(&path);
    sample_free(&s);
  }
}

static void one_row_and_one_column_are_problems_too(void) {
  const double lambda = 0.5;
  for (int k = 0; k < 4; k++) {
    sample s = sample_new(k & 1 ? 1 : 6, k & 2 ? 1 : 4, 6);
    s.alpha = 0;
    s.intercept = s.standardize = 0;
    sp_path path = fit(&s, given_grid(&lambda, 1));
    check_against_naive(&s, &path, 0);
    check_path(&s, &path, 1e-10);
    sp_path_clear(&path);
    sample_free(&s);
  }
}

/* The grid for solvers other than the closed form, which takes its own from a decomposition. */
static void grid_alone(sample *s, ptrdiff_t count, double *grid) {
  sp_model m;
  const sp_model_spec spec = sample_spec(s, sample_dense(s));
  CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
  CHECK_EQUAL(sp_ridge_grid(&m.problem, count, grid, NULL, NULL), SP_OK);
  sp_model_clear(&m);
}

static void the_grid_can_be_had_alone(void) {
  for (int kind = 0; kind < 8; kind++) {
    sample s = ridge_sample(kind);
    double grid[9];
    grid_alone(&s, 9, grid);
    sp_path path = fit(&s, automatic_grid(9));
    for (ptrdiff_t l = 0; l < 9; l++) CHECK_NEAR(grid[l], path.lambda[l], 1e-12 * grid[l]);
    sp_path_clear(&path);
    sample_free(&s);
  }
}

/* Solvers that factorise cannot tell a column from its neighbour who differs in the sixth digit. */
static void the_grid_alone_ends_where_factors_do(void) {
  sample s = sample_new(30, 3, 5);
  double grid[20];
  s.alpha = 0;
  for (ptrdiff_t i = 0; i < 30; i++) s.x[i + 30] = s.x[i] + 1e-6 * s.y[i];
  grid_alone(&s, 20, grid);
  sp_path path = fit(&s, automatic_grid(20));
  CHECK(path.lambda[19] < 1e-12 && path.df[19] > 2.9);
  CHECK(grid[19] > 1e-3 && grid[19] < 0.1);
  sp_path_clear(&path);
  sample_free(&s);
}

/* ---- with bounds ------------------------------------------------------------------------- */

static sample bounded_sample(int wide) {
  sample s = ridge_sample(wide);
  s.lower[0] = 0;
  s.upper[1] = 0.05;
  s.lower[3] = -0.01;
  return s;
}

static void bounded_ridge_is_solved_on_the_grid_of_ridge(void) {
  for (int wide = 0; wide < 2; wide++) {
    sample s = bounded_sample(wide), unbounded = ridge_sample(wide);
    sp_path path = fit(&s, automatic_grid(15)), plain = fit(&unbounded, automatic_grid(15));
    CHECK_EQUAL(path.size, 15);
    for (ptrdiff_t l = 0; l < path.size; l++)
      CHECK_NEAR(path.lambda[l], plain.lambda[l], 1e-12 * plain.lambda[l]);
    check_path(&s, &path, 1e-9);
    check_df_counts(&path);
    int at_bound = 0;
    for (ptrdiff_t l = 0; l < path.size; l++) {
      double *beta = coefficients(&path, s.p, l);
      at_bound += beta[0] == 0 || beta[1] == 0.05 || beta[3] == -0.01;
      free(beta);
    }
    CHECK(at_bound > 0);
    sp_path_clear(&path);
    sp_path_clear(&plain);
    sample_free(&s);
    sample_free(&unbounded);
  }
}

static void bounded_ridge_takes_a_users_grid_down_to_zero(void) {
  const double grid[] = {10, 0.1, 0};
  sample s = bounded_sample(0);
  sp_path path = fit(&s, given_grid(grid, 3));
  check_path(&s, &path, 1e-9);
  for (ptrdiff_t l = 0; l < 3; l++) CHECK(path.iterations[l] <= 100);
  sp_path_clear(&path);
  sample_free(&s);
}

/* ---- failures ---------------------------------------------------------------------------- */

typedef struct {
  long polls, stop_at;
} host;

static int interrupt_at(void *pointer) {
  host *h = (host *)pointer;
  return ++h->polls == h->stop_at;
}

/* Primal, dual, and bounded of either kind; with unpenalised columns. */
static sample failing_sample(int k) {
  sample s = k & 2 ? bounded_sample(k & 1) : ridge_sample(k & 1);
  s.factor[5] = s.factor[6] = 0;
  return s;
}

static void exhaustion_at_any_allocation_leaves_nothing_behind(void) {
  for (int k = 0; k < 4; k++) {
    sample s = failing_sample(k);
    const sp_design *x = sample_dense(&s);
    for (faults f = {.least = 40}; faults_next(&f);) {
      sp_path path;
      const sp_status status = fit_with(&s, x, automatic_grid(6), usual_tolerance, NULL, &path);
      faults_check(&f, status);
      sp_path_clear(&path);
    }
    sample_free(&s);
  }
}

static void an_interrupt_at_any_poll_leaves_nothing_behind(void) {
  for (int k = 0; k < 4; k++) {
    sample s = failing_sample(k);
    const sp_design *x = sample_dense(&s);
    long polls = 0;
    for (int interrupted = 1; interrupted; polls++) {
      host h = {.stop_at = polls + 1};
      const sp_context ctx = {.interrupted = interrupt_at, .host = &h};
      const long alive = fault_alive();
      sp_path path;
      const sp_status status = fit_with(&s, x, automatic_grid(6), usual_tolerance, &ctx, &path);
      interrupted = h.polls >= h.stop_at;
      CHECK_EQUAL(status, interrupted ? SP_ERR_INTERRUPTED : SP_OK);
      if (interrupted) CHECK_EQUAL(h.polls, h.stop_at);
      sp_path_clear(&path);
      CHECK_EQUAL(fault_alive(), alive);
    }
    CHECK(polls > 6);
    sample_free(&s);
  }
}

int main(void) {
  RUN(solutions_are_those_of_the_normal_equations);
  RUN(penalty_factors_of_all_sizes_are_told_from_rounding);
  RUN(an_automatic_grid_lies_over_the_degrees_of_freedom);
  RUN(lambda_zero_is_the_limit);
  RUN(duplicates_and_constants_are_handled);
  RUN(rounding_of_many_copies_is_no_rank);
  RUN(dependent_unpenalised_columns_count_once);
  RUN(nothing_is_proved_that_collinear_free_columns_would_improve);
  RUN(a_penalised_copy_of_an_unpenalised_column_gets_nothing);
  RUN(nothing_to_penalise_or_to_explain_is_one_solution);
  RUN(one_row_and_one_column_are_problems_too);
  RUN(the_grid_can_be_had_alone);
  RUN(the_grid_alone_ends_where_factors_do);
  RUN(bounded_ridge_is_solved_on_the_grid_of_ridge);
  RUN(bounded_ridge_takes_a_users_grid_down_to_zero);
  RUN(exhaustion_at_any_allocation_leaves_nothing_behind);
  RUN(an_interrupt_at_any_poll_leaves_nothing_behind);
  return check_report();
}
