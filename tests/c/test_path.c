#include "check_fault.h"
#include "check_fit.h"
#include "core/solver/members.h"

/* ---- a random generator of ordinary and nasty problems ----------------------------------- */

static void rescale(sample *s, ptrdiff_t j, double unit) {
  for (ptrdiff_t i = 0; i < s->n; i++) s->x[i + j * s->n] *= unit;
  s->lower[j] /= unit;
  s->upper[j] /= unit;
}

static void make_nasty(sample *s, rng *g) {
  for (ptrdiff_t j = 0; j < s->p; j++) {
    double *x = s->x + j * s->n;
    const double kind = rng_uniform(g);
    const ptrdiff_t other = rng_below(g, s->p);
    for (ptrdiff_t i = 0; i < s->n; i++) {
      if (kind < 0.08)
        x[i] = 0.1; /* constant */
      else if (kind < 0.16)
        x[i] = s->x[i + other * s->n]; /* duplicate */
      else if (kind < 0.2)
        x[i] = -3 * s->x[i + other * s->n]; /* and reversed */
      else if (kind >= 0.3 && kind < 0.35)
        x[i] += 1e3;
      else if (kind >= 0.35 && kind < 0.4)
        x[i] = (double)(i % 2);
    }
    if (kind >= 0.2 && kind < 0.3) rescale(s, j, kind < 0.25 ? 1e6 : 1e-6);
  }
}

static void make_bounds(sample *s, rng *g) {
  for (ptrdiff_t j = 0; j < s->p; j++) {
    const double kind = rng_uniform(g);
    if (kind < 0.3) s->lower[j] = kind < 0.15 ? 0 : -0.3 * rng_uniform(g);
    if (kind > 0.2 && kind < 0.5) s->upper[j] = kind > 0.4 ? 0 : 0.3 * rng_uniform(g);
  }
}

static void make_factors(sample *s, rng *g) {
  for (ptrdiff_t j = 0; j < s->p; j++) {
    const double kind = rng_uniform(g);
    s->factor[j] = kind < 0.1 ? INFINITY : kind < 0.5 ? 1 : 0.1 + 2 * rng_uniform(g);
  }
}

static void free_some(sample *s, rng *g, ptrdiff_t count) {
  for (ptrdiff_t k = 0; k < count; k++) s->factor[rng_below(g, s->p)] = 0;
}

/* Bits of `kind` choose the difficulties; n and p wander. */
static sample random_sample(uint64_t seed, int kind) {
  rng g = rng_seeded(1000 + seed);
  const ptrdiff_t n = 2 + rng_below(&g, 40), p = 1 + rng_below(&g, 30);
  sample s = sample_new(n, p, seed);
  s.alpha = kind & 1 ? 0.1 + 0.8 * rng_uniform(&g) : 1;
  s.intercept = !(kind & 2);
  if (kind & 4) sample_add_weights(&s, &g);
  if (kind & 8) sample_add_offset(&s, &g);
  s.standardize = !(kind & 16);
  if (kind & 32) make_factors(&s, &g);
  if (kind & 64) make_bounds(&s, &g);
  if (kind & 128) free_some(&s, &g, 1 + rng_below(&g, n / 4 + 1));
  return s;
}

static void random_problems_are_solved_to_rounding(void) {
  for (int seed = 0; seed < 256; seed++) {
    sample s = random_sample((uint64_t)seed, seed);
    sp_path path = fit(&s, automatic_grid(20));
    check_path(&s, &path, 1e-9);
    check_df_counts(&path);
    sp_path_clear(&path);
    sample_free(&s);
  }
}

/* Standardised, so that scales do not hide one column behind another. */
static void nasty_problems_are_solved_to_rounding(void) {
  for (int seed = 0; seed < 150; seed++) {
    rng g = rng_seeded((uint64_t)seed);
    sample s = random_sample((uint64_t)seed, seed * 7 % 256 & ~(16 | 128));
    make_nasty(&s, &g);
    sp_path path = fit(&s, automatic_grid(15));
    if (path.stop != SP_STOP_NOTHING) check_path(&s, &path, 1e-8);
    check_record(&path, s.p);
    sp_path_clear(&path);
    sample_free(&s);
  }
}

/* The second half of the columns repeats the first with the other sign. The lasso leaves one of
   each pair at zero, the elastic net shares. */
static void of_equal_columns_the_lasso_takes_one_and_the_elastic_net_all(void) {
  enum { PAIRS = 30 };
  for (int kind = 0; kind < 8; kind++) {
    rng g = rng_seeded((uint64_t)kind);
    sample s = sample_new(kind & 1 ? 25 : 80, 2 * PAIRS, (uint64_t)kind);
    if (kind & 2) sample_add_weights(&s, &g);
    s.alpha = kind & 4 ? 0.5 : 1;
    for (ptrdiff_t e = 0; e < PAIRS * s.n; e++) s.x[PAIRS * s.n + e] = -s.x[e];
    sp_path path = fit(&s, automatic_grid(40));
    check_path(&s, &path, 1e-9);
    for (ptrdiff_t l = 0; l < path.size; l++) {
      double *beta = coefficients(&path, s.p, l);
      for (ptrdiff_t j = 0; j < PAIRS; j++) {
        if (s.alpha == 1) CHECK(beta[j] == 0 || beta[PAIRS + j] == 0);
        if (s.alpha < 1) CHECK_NEAR(beta[j], -beta[PAIRS + j], 1e-9);
      }
      free(beta);
    }
    sp_path_clear(&path);
    sample_free(&s);
  }
}

/* More columns than rows, where screening and growth of the working set matter. */
static void wide_problems_are_solved_to_rounding(void) {
  for (int k = 0; k < 6; k++) {
    rng g = rng_seeded((uint64_t)k);
    sample s = sample_new(30, 250, (uint64_t)k);
    s.alpha = k % 2 ? 0.3 : 1;
    if (k > 3) sample_add_weights(&s, &g);
    if (k > 1) make_bounds(&s, &g);
    sp_path_options options = automatic_grid(25);
    options.ratio = 1e-2;
    sp_path path = fit(&s, options);
    check_path(&s, &path, 1e-9);
    check_df_counts(&path);
    sp_path_clear(&path);
    sample_free(&s);
  }
}

/* All columns but one become members. */
static void bloat(sp_solver *s, ptrdiff_t p) {
  ptrdiff_t *cols = calloc((size_t)p, sizeof *cols), k = 0;
  for (ptrdiff_t j = 0; j < p - 1; j++)
    if (s->working_set.position[j] < 0) cols[k++] = j;
  CHECK_EQUAL(sp_members_admit(s, cols, k, NULL), SP_OK);
  free(cols);
}

enum { WIDE = 700 };

/* A model of many more columns than rows; it must stay where it is. */
static void start_wide(sample *s, sp_model *m, sp_model_spec *spec) {
  *s = sample_new(30, WIDE, 5);
  *spec = sample_spec(s, sample_dense(s));
  CHECK_EQUAL(sp_model_init(m, spec, NULL), SP_OK);
}

/* A working set that holds nearly all columns is pruned, and the solution is none the worse: the
   factor goes on with the members that stay. */
static void a_bloated_working_set_is_pruned(void) {
  sample s;
  sp_model_spec spec;
  sp_model m;
  sp_solver lean, bloated;
  sp_solution out, other;
  start_wide(&s, &m, &spec);
  CHECK_EQUAL(sp_solver_init(&lean, &m.problem, usual_tolerance, NULL, NULL), SP_OK);
  CHECK_EQUAL(sp_solver_init(&bloated, &m.problem, usual_tolerance, NULL, NULL), SP_OK);
  const double top = sp_solver_lambda_max(&lean);
  for (double lambda = top; lambda > top / 20; lambda *= 0.8) {
    const double previous = lambda == top ? top : lambda / 0.8;
    CHECK_EQUAL(sp_solver_move(&lean, lambda, previous, &out, NULL), SP_OK);
    bloat(&bloated, WIDE);
    CHECK_EQUAL(sp_solver_move(&bloated, lambda, previous, &other, NULL), SP_OK);
    CHECK_EQUAL(other.converged, 1);
    CHECK(other.iterations <= out.iterations + 1);
    CHECK(bloated.working_set.size < WIDE / 2);
    double apart = 0;
    for (ptrdiff_t j = 0; j < WIDE; j++) apart = fmax(apart, fabs(lean.beta[j] - bloated.beta[j]));
    CHECK_NEAR(apart, 0, 1e-9);
  }
  sp_solver_clear(&lean);
  sp_solver_clear(&bloated);
  sp_model_clear(&m);
  sample_free(&s);
}

/* Even one that seems to be at rest. */
static void members_of_the_factor_are_not_pruned(void) {
  sample s;
  sp_model_spec spec;
  sp_model m;
  sp_solver solver;
  sp_solution out;
  start_wide(&s, &m, &spec);
  CHECK_EQUAL(sp_solver_init(&solver, &m.problem, usual_tolerance, NULL, NULL), SP_OK);
  const double top = sp_solver_lambda_max(&solver), lambda = top / 10;
  CHECK_EQUAL(sp_solver_move(&solver, lambda, top, &out, NULL), SP_OK);
  bloat(&solver, WIDE);
  const sp_working_set *w = &solver.working_set;
  const sp_factor *f = &solver.support.factor;
  CHECK(f->size > 2);
  const ptrdiff_t j = w->index[f->label[1]];
  solver.beta[j] = w->gradient[f->label[1]] = 0;
  sp_members_prune(&solver, lambda);
  CHECK(w->size < WIDE / 2);
  CHECK(w->position[j] >= 0 && f->label[1] == w->position[j]);
  sp_solver_clear(&solver);
  sp_model_clear(&m);
  sample_free(&s);
}

static void sparse_and_dense_give_the_same_path(void) {
  for (int seed = 0; seed < 40; seed++) {
    rng g = rng_seeded((uint64_t)seed);
    sample s = random_sample((uint64_t)seed, seed * 11 % 256);
    sample_thin(&s, &g, 0.5);
    sp_path dense, sparse;
    const sp_path_options options = automatic_grid(10);
    fit_with(&s, sample_dense(&s), options, usual_tolerance, NULL, &dense);
    fit_with(&s, sample_sparse(&s), options, usual_tolerance, NULL, &sparse);
    CHECK_EQUAL(dense.size, sparse.size);
    for (ptrdiff_t l = 0; l < dense.size && l < sparse.size; l++) {
      CHECK_NEAR(dense.lambda[l], sparse.lambda[l], 1e-12 * dense.lambda[l]);
      CHECK_NEAR(dense.dev_ratio[l], sparse.dev_ratio[l], 1e-9);
      check_solution(&s, &sparse, l, 1e-9);
    }
    sp_path_clear(&dense);
    sp_path_clear(&sparse);
    sample_free(&s);
  }
}

/* ---- the grid ---------------------------------------------------------------------------- */

static void the_grid_starts_where_the_first_coefficient_enters(void) {
  for (int seed = 0; seed < 64; seed++) {
    sample s = random_sample((uint64_t)seed, seed * 3 % 128);
    sp_path path = fit(&s, automatic_grid(5));
    if (path.stop == SP_STOP_NOTHING) CHECK_NEAR(path.lambda[0], 0, 0);
    if (path.stop != SP_STOP_NOTHING) {
      CHECK_NEAR(path.lambda[0], path.lambda_max, 0);
      CHECK_EQUAL(path.colptr[1], 0);
      const double below = 0.999 * path.lambda_max;
      sp_path next = fit(&s, given_grid(&below, 1));
      CHECK(next.colptr[1] > 0);
      CHECK_NEAR(next.lambda_max, path.lambda_max, 0);
      sp_path_clear(&next);
    }
    sp_path_clear(&path);
    sample_free(&s);
  }
}

static void an_automatic_grid_is_log_spaced_to_its_ratio(void) {
  sample s = sample_new(30, 5, 1);
  sp_path_options options = automatic_grid(7);
  options.dev_ratio_max = 2;
  options.dev_ratio_change = 0;
  sp_path path = fit(&s, options);
  CHECK_EQUAL(path.size, 7);
  CHECK_EQUAL(path.stop, SP_STOP_GRID_DONE);
  for (ptrdiff_t l = 0; l < 7; l++)
    CHECK_NEAR(path.lambda[l], path.lambda_max * pow(1e-3, (double)l / 6), 1e-14);
  sp_path_clear(&path);
  sample_free(&s);
}

/* Whatever the user's grid skips, each of its solutions is the one of the fine grid. */
static void a_users_grid_is_fitted_as_given(void) {
  const double single[] = {0.01}, jump[] = {5, 0.5, 1e-5}, repeated[] = {0.3, 0.3, 0.1},
               zero[] = {0.2, 0}, far[] = {1e6, 1e3}, only_zero[] = {0};
  const double *grids[] = {single, jump, repeated, zero, far, only_zero};
  const ptrdiff_t counts[] = {1, 3, 3, 2, 2, 1};
  for (int k = 0; k < 6; k++)
    for (int wide = 0; wide < 2; wide++) {
      if (wide && grids[k][counts[k] - 1] == 0) continue;
      sample s = wide ? sample_new(20, 60, 2) : sample_new(40, 12, 2);
      sp_path path = fit(&s, given_grid(grids[k], counts[k]));
      CHECK_EQUAL(path.size, counts[k]);
      CHECK_EQUAL(path.stop, SP_STOP_GRID_DONE);
      for (ptrdiff_t l = 0; l < counts[k]; l++) CHECK_NEAR(path.lambda[l], grids[k][l], 0);
      check_path(&s, &path, 1e-9);
      sp_path_clear(&path);
      sample_free(&s);
    }
}

/* The ridge part of the factor goes with lambda, and at lambda = 0 must be gone from it. */
static void lambda_zero_is_reached_quickly_from_an_elastic_net(void) {
  const double grid[] = {0.5, 0.1, 0};
  for (int seed = 0; seed < 10; seed++) {
    sample s = sample_new(40, 12, (uint64_t)seed);
    s.alpha = 0.2;
    for (ptrdiff_t i = 0; i < 40; i++) s.x[i] = s.x[i + 40] + 1e-2 * s.x[i];
    sp_path path = fit(&s, given_grid(grid, 3));
    check_path(&s, &path, 1e-9);
    for (ptrdiff_t l = 0; l < 3; l++) CHECK(path.iterations[l] <= 100);
    sp_path_clear(&path);
    sample_free(&s);
  }
}

/* lambda = 0 with fewer columns than rows is least squares. */
static void lambda_zero_is_least_squares(void) {
  const double zero = 0;
  for (int k = 0; k < 8; k++) {
    enum { N = 25, P = 6 };
    rng g = rng_seeded((uint64_t)k);
    sample s = sample_new(N, P, (uint64_t)k);
    if (k & 1) sample_add_weights(&s, &g);
    s.intercept = (k & 2) != 0;
    if (k & 4) sample_add_offset(&s, &g);
    const ptrdiff_t m = P + s.intercept;
    long double a[(P + 1) * (P + 1)] = {0}, rhs[P + 1] = {0};
    for (ptrdiff_t i = 0; i < N; i++) {
      double row[P + 1];
      for (ptrdiff_t j = 0; j < P; j++) row[j] = s.x[i + j * N];
      row[P] = 1;
      for (ptrdiff_t c = 0; c < m; c++) {
        rhs[c] += (long double)sample_weight(&s, i) * row[c] * (s.y[i] - (k & 4 ? s.offset[i] : 0));
        for (ptrdiff_t d = 0; d < m; d++)
          a[d + c * m] += (long double)sample_weight(&s, i) * row[c] * row[d];
      }
    }
    solve_naively(m, a, rhs);
    sp_path path = fit(&s, given_grid(&zero, 1));
    double *beta = coefficients(&path, P, 0);
    for (ptrdiff_t j = 0; j < P; j++) CHECK_NEAR(beta[j], (double)rhs[j], 1e-10);
    CHECK_NEAR(path.intercept[0], s.intercept ? (double)rhs[P] : 0, 1e-10);
    free(beta);
    sp_path_clear(&path);
    sample_free(&s);
  }
}

/* ---- when it ends ------------------------------------------------------------------------ */

static void a_path_that_explains_everything_stops(void) {
  sample s = sample_new(30, 4, 3);
  for (ptrdiff_t i = 0; i < 30; i++) s.y[i] = 2 * s.x[i] - s.x[i + 30] + 1e-4 * s.y[i];
  sp_path path = fit(&s, automatic_grid(100));
  CHECK_EQUAL(path.stop, SP_STOP_EXPLAINED);
  CHECK(path.size > 5 && path.size < 100);
  CHECK(path.dev_ratio[path.size - 1] >= 0.999);
  CHECK(path.dev_ratio[path.size - 2] < 0.999);
  check_path(&s, &path, 1e-9);
  sp_path_clear(&path);
  sample_free(&s);
}

static void a_path_that_stalls_stops(void) {
  sample s = sample_new(60, 3, 4);
  sp_path_options options = automatic_grid(200);
  options.ratio = 1e-6;
  sp_path path = fit(&s, options);
  CHECK_EQUAL(path.stop, SP_STOP_STALLED);
  CHECK(path.size > 20 && path.size < 200);
  const ptrdiff_t last = path.size - 1;
  CHECK(path.dev_ratio[last] - path.dev_ratio[last - 5] < 5e-5 * path.dev_ratio[last]);
  CHECK(path.dev_ratio[last - 1] - path.dev_ratio[last - 6] >= 5e-5 * path.dev_ratio[last - 1]);
  sp_path_clear(&path);
  sample_free(&s);
}

static void a_path_without_candidates_is_one_solution(void) {
  for (int k = 0; k < 3; k++) {
    sample s = sample_new(20, 3, 5);
    for (ptrdiff_t j = 0; j < 3; j++) s.factor[j] = k == 0 ? INFINITY : 0;
    for (ptrdiff_t i = 0; k == 2 && i < 60; i++) s.x[i] = 0.1;
    sp_path path = fit(&s, automatic_grid(50));
    CHECK_EQUAL(path.size, 1);
    CHECK_EQUAL(path.stop, SP_STOP_NOTHING);
    CHECK_NEAR(path.lambda[0], 0, 0);
    CHECK_NEAR(path.lambda_max, 0, 0);
    check_path(&s, &path, 1e-10);
    CHECK_EQUAL(path.colptr[1], k == 1 ? 3 : 0);
    sp_path_clear(&path);
    sample_free(&s);
  }
}

/* Values without an exact binary form: their mean is rounded, and the residuals are not zero. */
static void a_constant_response_is_one_solution(void) {
  const double values[] = {0, 1, 0.1, -1e8 / 3};
  const ptrdiff_t sizes[] = {2, 7, 30, 1000};
  for (int k = 0; k < 4; k++)
    for (int a = 0; a < 4; a++)
      for (int weighted = 0; weighted < 2; weighted++) {
        rng g = rng_seeded((uint64_t)k);
        sample s = sample_new(sizes[a], 3, 6);
        if (weighted) sample_add_weights(&s, &g);
        for (ptrdiff_t i = 0; i < s.n; i++) s.y[i] = values[k];
        sp_path path = fit(&s, automatic_grid(30));
        CHECK_EQUAL(path.size, 1);
        CHECK_EQUAL(path.stop, SP_STOP_NOTHING);
        CHECK_EQUAL(path.colptr[path.size], 0);
        CHECK_NEAR(path.intercept[0], values[k], 1e-13 * fabs(values[k]));
        CHECK_NEAR(path.dev_ratio[0], 0, 0);
        sp_path_clear(&path);
        sample_free(&s);
      }
}

static void one_row_and_one_column_are_problems_too(void) {
  for (int k = 0; k < 8; k++) {
    sample s = sample_new(k & 1 ? 1 : 9, k & 2 ? 1 : 5, 7);
    s.intercept = (k & 4) != 0;
    s.standardize = s.intercept;
    sp_path path = fit(&s, automatic_grid(10));
    check_record(&path, s.p);
    if (s.n == 1 && s.intercept) CHECK_EQUAL(path.stop, SP_STOP_NOTHING);
    if (path.null_deviance > 0) check_path(&s, &path, 1e-10);
    sp_path_clear(&path);
    sample_free(&s);
  }
}

/* Orthonormal columns: the solution is the soft threshold of the least-squares coefficient. */
static void orthonormal_columns_are_soft_thresholded(void) {
  enum { N = 8, P = 3 };
  const int signs[P][N] = {
      {1, 1, 1, 1, -1, -1, -1, -1}, {1, 1, -1, -1, 1, 1, -1, -1}, {1, -1, 1, -1, 1, -1, 1, -1}};
  const double truth[P] = {2, -0.7, 0.1}, grid[] = {1, 0.5, 0.05};
  sample s = sample_new(N, P, 8);
  for (ptrdiff_t i = 0; i < N; i++) {
    s.y[i] = 4;
    for (ptrdiff_t j = 0; j < P; j++) {
      s.x[i + j * N] = signs[j][i];
      s.y[i] += truth[j] * signs[j][i];
    }
  }
  sp_path path = fit(&s, given_grid(grid, 3));
  CHECK_NEAR(path.lambda_max, 2, 1e-13);
  for (ptrdiff_t l = 0; l < 3; l++) {
    double *beta = coefficients(&path, P, l);
    for (ptrdiff_t j = 0; j < P; j++)
      CHECK_NEAR(beta[j], copysign(fmax(0, fabs(truth[j]) - grid[l]), truth[j]), 1e-14);
    CHECK_NEAR(path.intercept[l], 4, 1e-14);
    free(beta);
  }
  sp_path_clear(&path);
  sample_free(&s);
}

/* ---- honesty ----------------------------------------------------------------------------- */

static void too_few_iterations_are_owned_up_to(void) {
  const double grid[] = {0.5, 0.01};
  sample s = sample_new(30, 40, 9);
  sp_path path;
  const sp_tolerance hurried = {.tol = 1e-12, .max_iter = 1};
  CHECK_EQUAL(fit_with(&s, sample_dense(&s), given_grid(grid, 2), hurried, NULL, &path), SP_OK);
  CHECK_EQUAL(path.size, 2);
  for (ptrdiff_t l = 0; l < 2; l++) {
    double *beta = coefficients(&path, s.p, l);
    CHECK_EQUAL(path.iterations[l], 1);
    CHECK_EQUAL(path.converged[l], path.gap[l] <= 1e-12);
    const double primal = (double)sample_objective(&s, grid[l], path.intercept[l], beta);
    const double dual = (double)sample_dual(&s, grid[l], path.intercept[l], beta);
    CHECK_NEAR(path.gap[l] * path.null_deviance / 2, primal - dual, 1e-10);
    CHECK_NEAR(path.kkt[l] * grid[l], sample_violation(&s, grid[l], path.intercept[l], beta),
               1e-10);
    free(beta);
  }
  CHECK_EQUAL(path.converged[1], 0);
  sp_path_clear(&path);
  sample_free(&s);
}

/* Columns so close to each other that coefficients are large and cancel: not everything can be
   solved to rounding, but what is said must be true, and time must not run away. */
static void nearly_collinear_columns_keep_the_certificate_honest(void) {
  const double closeness[] = {1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8};
  for (int k = 0; k < 6; k++)
    for (int wide = 0; wide < 2; wide++) {
      sample s = wide ? sample_new(20, 40, 10) : sample_new(40, 20, 10);
      for (ptrdiff_t j = 1; j < s.p; j += 2)
        for (ptrdiff_t i = 0; i < s.n; i++)
          s.x[i + j * s.n] = s.x[i + (j - 1) * s.n] + closeness[k] * s.x[i + j * s.n];
      sp_path_options options = automatic_grid(20);
      options.ratio = 1e-5;
      options.dev_ratio_max = 2;
      options.dev_ratio_change = 0;
      sp_path path = fit(&s, options);
      check_record(&path, s.p);
      for (ptrdiff_t l = 0; l < path.size; l++) {
        check_honesty(&s, &path, l);
        CHECK(path.iterations[l] <= 500);
        if (closeness[k] >= 1e-3) CHECK_EQUAL(path.converged[l], 1);
      }
      sp_path_clear(&path);
      sample_free(&s);
    }
}

/* Bounds hold exactly on the user's scale, not to rounding. */
static void bounds_hold_to_the_last_digit(void) {
  for (int seed = 0; seed < 60; seed++) {
    rng g = rng_seeded((uint64_t)seed);
    sample s = sample_new(30, 10, (uint64_t)seed);
    for (ptrdiff_t j = 0; j < 10; j++) {
      s.lower[j] = -0.3 * rng_uniform(&g);
      s.upper[j] = 0.3 * rng_uniform(&g);
    }
    sp_path path = fit(&s, automatic_grid(15));
    int outside = 0;
    for (ptrdiff_t e = 0; e < path.colptr[path.size]; e++) {
      const ptrdiff_t j = path.rowidx[e];
      outside += path.values[e] < s.lower[j] || path.values[e] > s.upper[j];
    }
    CHECK_EQUAL(outside, 0);
    sp_path_clear(&path);
    sample_free(&s);
  }
}

/* A row without weight may hold anything finite. */
static void rows_of_weight_zero_change_nothing(void) {
  rng g = rng_seeded(11);
  for (int sparse = 0; sparse < 2; sparse++) {
    sample s = sample_new(30, 6, 11);
    sp_path path, disturbed;
    sample_add_weights(&s, &g);
    const sp_design *x = sparse ? sample_sparse(&s) : sample_dense(&s);
    fit_with(&s, x, automatic_grid(10), usual_tolerance, NULL, &path);
    for (ptrdiff_t i = 0; i < 30; i++) {
      if (s.v[i] > 0) continue;
      s.y[i] = 1e200;
      for (ptrdiff_t j = 0; j < 6; j++) s.x[i + j * 30] = j % 2 ? -1e150 : 1e20;
    }
    x = sparse ? sample_sparse(&s) : sample_dense(&s);
    CHECK_EQUAL(fit_with(&s, x, automatic_grid(10), usual_tolerance, NULL, &disturbed), SP_OK);
    CHECK_EQUAL(disturbed.size, path.size);
    for (ptrdiff_t l = 0; l < path.size && l < disturbed.size; l++) {
      double *beta = coefficients(&path, 6, l), *other = coefficients(&disturbed, 6, l);
      CHECK_EQUAL(disturbed.converged[l], 1);
      for (ptrdiff_t j = 0; j < 6; j++) CHECK_NEAR(other[j], beta[j], 1e-10);
      CHECK_NEAR(disturbed.intercept[l], path.intercept[l], 1e-9);
      CHECK_NEAR(disturbed.dev_ratio[l], path.dev_ratio[l], 1e-10);
      free(beta);
      free(other);
    }
    sp_path_clear(&path);
    sp_path_clear(&disturbed);
    sample_free(&s);
  }
}

/* Integer weights are replications. */
static void weights_are_replications(void) {
  enum { N = 12, P = 5 };
  sample s = sample_new(N, P, 12), longer = sample_new(3 * N, P, 12);
  ptrdiff_t rows = 0;
  double total = 0;
  s.v = s.own_v;
  for (ptrdiff_t i = 0; i < N; i++) total += s.v[i] = (double)(i % 4);
  for (ptrdiff_t i = 0; i < N; i++)
    for (ptrdiff_t copy = 0; copy < i % 4; copy++) {
      longer.y[rows] = s.y[i];
      for (ptrdiff_t j = 0; j < P; j++) longer.x[rows + j * (ptrdiff_t)total] = s.x[i + j * N];
      rows++;
    }
  longer.n = rows;
  for (ptrdiff_t i = 0; i < N; i++) s.v[i] /= total;
  sp_path path = fit(&s, automatic_grid(10)), expected = fit(&longer, automatic_grid(10));
  CHECK_EQUAL(path.size, expected.size);
  for (ptrdiff_t l = 0; l < path.size; l++) {
    double *beta = coefficients(&path, P, l), *other = coefficients(&expected, P, l);
    for (ptrdiff_t j = 0; j < P; j++) CHECK_NEAR(beta[j], other[j], 1e-11);
    CHECK_NEAR(path.intercept[l], expected.intercept[l], 1e-11);
    free(beta);
    free(other);
  }
  sp_path_clear(&path);
  sp_path_clear(&expected);
  sample_free(&s);
  sample_free(&longer);
}

/* ---- the host ---------------------------------------------------------------------------- */

typedef struct {
  long polls, stop_at;
  ptrdiff_t calls, done, all;
} host;

static int interrupt_at(void *pointer) {
  host *h = (host *)pointer;
  return ++h->polls == h->stop_at;
}

static void watch(void *pointer, ptrdiff_t done, ptrdiff_t all) {
  host *h = (host *)pointer;
  h->calls++;
  h->done = done;
  h->all = all;
}

static void progress_is_told_lambda_by_lambda(void) {
  const double grid[] = {1, 0.5, 0.2, 0.1};
  host h = {0};
  const sp_context ctx = {.progress = watch, .host = &h};
  for (int ridge = 0; ridge < 2; ridge++) {
    h = (host){0};
    sample s = sample_new(20, 4, 13);
    s.alpha = !ridge;
    sp_path path;
    fit_with(&s, sample_dense(&s), given_grid(grid, 4), usual_tolerance, &ctx, &path);
    CHECK_EQUAL(h.calls, 4);
    CHECK_EQUAL(h.done, 4);
    CHECK_EQUAL(h.all, 4);
    sp_path_clear(&path);
    sample_free(&s);
  }
}

static long polls_of_fit(sample *s, const double *grid, ptrdiff_t count) {
  host h = {0};
  const sp_context ctx = {.interrupted = interrupt_at, .host = &h};
  sp_path path;
  const sp_design *x = sample_dense(s);
  CHECK_EQUAL(fit_with(s, x, given_grid(grid, count), usual_tolerance, &ctx, &path), SP_OK);
  CHECK_EQUAL(path.size, count);
  sp_path_clear(&path);
  return h.polls;
}

/* Above lambda_max nothing happens, so the way down begins there, however high the grid does; and
   on the way far down there is company: as if the user had asked for half, a quarter ... of it. */
static void a_grid_with_gaps_is_walked_in_halves(void) {
  const double usual[] = {5, 0.5}, sky[] = {1e9, 0.5}, far[] = {0.05};
  sample s = sample_new(20, 60, 18);
  CHECK_EQUAL(polls_of_fit(&s, sky, 2), polls_of_fit(&s, usual, 2));
  sp_path path = fit(&s, given_grid(far, 1));
  double halves[20], lambda = path.lambda_max;
  ptrdiff_t count = 0;
  while (far[0] < 0.5 * lambda) halves[count++] = lambda *= 0.5;
  halves[count++] = far[0];
  CHECK(count > 5);
  CHECK_EQUAL(polls_of_fit(&s, far, 1), polls_of_fit(&s, halves, count));
  sp_path_clear(&path);
  sample_free(&s);
}

static void an_interrupt_at_any_poll_leaves_nothing_behind(void) {
  sample s = sample_new(20, 90, 14);
  s.factor[0] = 0;
  long polls = 0;
  for (int interrupted = 1; interrupted; polls++) {
    host h = {.stop_at = polls + 1};
    const sp_context ctx = {.interrupted = interrupt_at, .host = &h};
    const long alive = fault_alive();
    sp_path path;
    const sp_design *x = sample_dense(&s);
    const sp_status status = fit_with(&s, x, automatic_grid(8), usual_tolerance, &ctx, &path);
    interrupted = h.polls >= h.stop_at;
    CHECK_EQUAL(status, interrupted ? SP_ERR_INTERRUPTED : SP_OK);
    CHECK_EQUAL(h.polls, interrupted ? h.stop_at : h.polls); /* it is not asked again */
    sp_path_clear(&path);
    CHECK_EQUAL(fault_alive(), alive);
  }
  CHECK(polls > 20);
  sample_free(&s);
}

static void exhaustion_at_any_allocation_leaves_nothing_behind(void) {
  sample s = sample_new(20, 150, 15);
  s.factor[0] = 0;
  sp_path_options options = automatic_grid(20);
  options.ratio = 1e-2;
  const sp_design *x = sample_dense(&s);
  for (faults f = {.least = 40}; faults_next(&f);) {
    sp_path path;
    const sp_status status = fit_with(&s, x, options, usual_tolerance, NULL, &path);
    faults_check(&f, status);
    sp_path_clear(&path);
    sp_path_clear(&path);
  }
  sample_free(&s);
}

static void an_overflowing_response_is_an_error(void) {
  sp_path path;
  sample s = sample_new(10, 2, 16);
  s.y[3] = 1e200;
  CHECK_EQUAL(fit_with(&s, sample_dense(&s), automatic_grid(5), usual_tolerance, NULL, &path),
              SP_ERR_NONFINITE);
  sp_path_clear(&path);
  s.y[3] = NAN;
  CHECK_EQUAL(fit_with(&s, sample_dense(&s), automatic_grid(5), usual_tolerance, NULL, &path),
              SP_ERR_NONFINITE);
  sp_path_clear(&path);
  sample_free(&s);
}

/* x'y beyond the range of a double: an error, or a fit; never a column silently left out. */
static void an_overflowing_product_is_an_error_or_a_fit(void) {
  sample s = sample_new(10, 2, 17);
  for (ptrdiff_t i = 0; i < 10; i++) {
    s.x[i] = (i % 2 ? 1e300 : -1e300) * (1 + 0.01 * (double)i);
    s.y[i] = 1e12 * s.x[i + 10] + (i % 3 ? 1e12 : -1e12);
  }
  sp_path path;
  const sp_status status =
      fit_with(&s, sample_dense(&s), automatic_grid(5), usual_tolerance, NULL, &path);
  CHECK(status == SP_OK || status == SP_ERR_NONFINITE);
  if (status == SP_OK) {
    CHECK(isfinite(path.lambda_max));
    for (ptrdiff_t l = 0; l < path.size; l++) CHECK_EQUAL(path.converged[l], 1);
    double *beta = coefficients(&path, 2, path.size - 1);
    CHECK(sample_violation(&s, path.lambda[path.size - 1], path.intercept[path.size - 1], beta) <
          1e-6 * path.lambda_max);
    free(beta);
  }
  sp_path_clear(&path);
  sample_free(&s);
}

int main(void) {
  RUN(random_problems_are_solved_to_rounding);
  RUN(nasty_problems_are_solved_to_rounding);
  RUN(of_equal_columns_the_lasso_takes_one_and_the_elastic_net_all);
  RUN(wide_problems_are_solved_to_rounding);
  RUN(a_bloated_working_set_is_pruned);
  RUN(members_of_the_factor_are_not_pruned);
  RUN(sparse_and_dense_give_the_same_path);
  RUN(the_grid_starts_where_the_first_coefficient_enters);
  RUN(an_automatic_grid_is_log_spaced_to_its_ratio);
  RUN(a_users_grid_is_fitted_as_given);
  RUN(lambda_zero_is_reached_quickly_from_an_elastic_net);
  RUN(lambda_zero_is_least_squares);
  RUN(a_path_that_explains_everything_stops);
  RUN(a_path_that_stalls_stops);
  RUN(a_path_without_candidates_is_one_solution);
  RUN(a_constant_response_is_one_solution);
  RUN(one_row_and_one_column_are_problems_too);
  RUN(orthonormal_columns_are_soft_thresholded);
  RUN(too_few_iterations_are_owned_up_to);
  RUN(nearly_collinear_columns_keep_the_certificate_honest);
  RUN(bounds_hold_to_the_last_digit);
  RUN(rows_of_weight_zero_change_nothing);
  RUN(weights_are_replications);
  RUN(progress_is_told_lambda_by_lambda);
  RUN(a_grid_with_gaps_is_walked_in_halves);
  RUN(an_interrupt_at_any_poll_leaves_nothing_behind);
  RUN(exhaustion_at_any_allocation_leaves_nothing_behind);
  RUN(an_overflowing_response_is_an_error);
  RUN(an_overflowing_product_is_an_error_or_a_fit);
  return check_report();
}
