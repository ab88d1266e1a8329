#include "check_fault.h"
#include "check_fit.h"

static void the_penalty_goes_to_the_standardised_scale(void) {
  enum { P = 6 };
  for (int standardize = 0; standardize < 2; standardize++) {
    sample s = sample_new(20, P, 1);
    s.standardize = standardize;
    s.alpha = 0.7;
    for (ptrdiff_t i = 0; i < 20; i++) s.x[i + 5 * 20] = 0.1;
    s.factor[1] = 2;
    s.factor[2] = INFINITY;
    s.lower[3] = -0.4;
    s.upper[3] = 0.6;
    sp_model m;
    const sp_model_spec spec = sample_spec(&s, sample_dense(&s));
    CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
    const double scale = (double)sample_scale(&s, 3);
    const double factor[P] = {1, 2, 0, 1, 1, 0},
                 low[P] = {-INFINITY, -INFINITY, 0, -0.4 * scale, -INFINITY, 0};
    for (ptrdiff_t j = 0; j < P; j++) {
      CHECK_NEAR(m.factor[j], factor[j], 0);
      CHECK_NEAR(m.lower[j], low[j], 1e-15);
      CHECK_NEAR(m.upper[j], j == 3 ? 0.6 * scale : -low[j], 1e-15);
      CHECK_EQUAL(sp_penalty_is_excluded(&m.penalty, j), j == 2 || j == 5);
    }
    CHECK_NEAR(m.penalty.alpha, 0.7, 0);
    CHECK(m.problem.design == &m.design && m.problem.penalty == &m.penalty);
    CHECK(m.problem.y == s.y && m.problem.intercept == 1);
    sp_model_clear(&m);
    sample_free(&s);
  }
}

/* From the definition; without columns that have no coefficient. */
static void the_null_model_is_known(void) {
  rng g = rng_seeded(7);
  for (int kind = 0; kind < 16; kind++) {
    sample s = sample_new(20, 6, (uint64_t)kind);
    s.intercept = kind & 1;
    s.standardize = (kind >> 1) & 1;
    if (kind & 4) sample_add_weights(&s, &g);
    if (kind & 8) sample_add_offset(&s, &g);
    sp_model m;
    const sp_model_spec spec = sample_spec(&s, kind & 2 ? sample_dense(&s) : sample_sparse(&s));
    CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
    double *z = sample_standardized(&s);
    long double mean = 0, total = 0;
    for (ptrdiff_t i = 0; i < s.n; i++) {
      mean += sample_weight(&s, i) * (long double)sp_model_response(&spec, i);
      total += sample_weight(&s, i);
    }
    const long double constant = s.intercept ? mean / total : 0;
    long double rss = 0;
    for (ptrdiff_t i = 0; i < s.n; i++) {
      const long double r = sp_model_response(&spec, i) - constant;
      rss += sample_weight(&s, i) * r * r;
    }
    CHECK_NEAR(m.problem.known->intercept, (double)constant, 1e-14);
    CHECK_NEAR(m.problem.known->rss, (double)rss, 1e-13);
    for (ptrdiff_t j = 0; j < s.p; j++) {
      long double product = 0;
      for (ptrdiff_t i = 0; i < s.n; i++)
        product += sample_weight(&s, i) * (long double)z[i + j * s.n] *
                   (sp_model_response(&spec, i) - constant);
      CHECK_NEAR(m.problem.known->gradient[j], (double)product, 1e-13);
    }
    free(z);
    sp_model_clear(&m);
    sample_free(&s);
  }
}

static int is_closed_form(sample *s) {
  sp_model m;
  const sp_model_spec spec = sample_spec(s, sample_dense(s));
  CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
  const int closed = m.closed_form;
  sp_model_clear(&m);
  return closed;
}

static void ridge_without_bounds_has_a_closed_form(void) {
  sample s = sample_new(20, 4, 2);
  CHECK_EQUAL(is_closed_form(&s), 0);
  s.alpha = 0.01;
  CHECK_EQUAL(is_closed_form(&s), 0);
  s.alpha = 0;
  CHECK_EQUAL(is_closed_form(&s), 1);
  s.factor[1] = 0;
  s.factor[2] = INFINITY;
  s.lower[2] = -1; /* of an excluded column */
  CHECK_EQUAL(is_closed_form(&s), 1);
  s.lower[3] = s.upper[3] = 0; /* excludes */
  CHECK_EQUAL(is_closed_form(&s), 1);
  s.upper[0] = 100;
  CHECK_EQUAL(is_closed_form(&s), 0);
  sample_free(&s);
}

static void columns_that_are_not_finite_are_named(void) {
  sp_error err = {{0}};
  sp_model m;
  sample s = sample_new(8, 5, 3);
  s.x[2 + 3 * 8] = NAN;
  s.x[2 + 4 * 8] = INFINITY;
  const sp_model_spec spec = sample_spec(&s, sample_dense(&s));
  CHECK_EQUAL(sp_model_init(&m, &spec, &err), SP_ERR_NONFINITE);
  CHECK_EQUAL(sp_std_unusable(&m.design), 3);
  CHECK_TEXT(err.message, "column 4 holds NaN, Inf or values too large to be squared");
  sp_model_clear(&m);
  sample_free(&s);
}

/* Different routes, one problem: alpha near 0 by coordinate descent, alpha = 0 in closed form. */
static void the_choice_of_the_solver_does_not_show(void) {
  const double grid[] = {2, 0.3, 0.02};
  for (int wide = 0; wide < 2; wide++) {
    sample s = wide ? sample_new(15, 40, 4) : sample_new(40, 15, 4);
    s.alpha = 0;
    sp_path closed = fit(&s, given_grid(grid, 3));
    s.upper[0] = 1e6; /* never reached */
    sp_path descent = fit(&s, given_grid(grid, 3));
    for (ptrdiff_t l = 0; l < 3; l++) {
      double *a = coefficients(&closed, s.p, l), *b = coefficients(&descent, s.p, l);
      for (ptrdiff_t j = 0; j < s.p; j++) CHECK_NEAR(b[j], a[j], 1e-9);
      CHECK_NEAR(descent.intercept[l], closed.intercept[l], 1e-9);
      free(a);
      free(b);
    }
    CHECK_NEAR(closed.null_deviance, descent.null_deviance, 1e-12 * closed.null_deviance);
    sp_path_clear(&closed);
    sp_path_clear(&descent);
    sample_free(&s);
  }
}

/* To the standardised scale and back a bound may lose its last digit; a coefficient must not. */
static void coefficients_at_a_bound_are_the_bound(void) {
  const double lambda = 0.001;
  int at_lower = 0, at_upper = 0;
  for (uint64_t seed = 0; seed < 40; seed++) {
    sample s = sample_new(20, 5, seed);
    for (ptrdiff_t j = 0; j < 5; j++) {
      s.lower[j] = -0.01 - 0.003 * (double)j;
      s.upper[j] = 0.017 + 0.007 * (double)j;
    }
    sp_path path = fit(&s, given_grid(&lambda, 1));
    double *beta = coefficients(&path, 5, 0);
    for (ptrdiff_t j = 0; j < 5; j++) {
      const double least = s.lower[j], most = s.upper[j];
      CHECK(beta[j] == least || (beta[j] > least * (1 - 1e-12) && beta[j] < most * (1 - 1e-12)) ||
            beta[j] == most);
      at_lower += beta[j] == least;
      at_upper += beta[j] == most;
    }
    free(beta);
    sp_path_clear(&path);
    sample_free(&s);
  }
  CHECK(at_lower > 20 && at_upper > 20);
}

static void only_last_digits_are_put_right(void) {
  const double lambda = 1e-6, steps[] = {-1e-12, -4e-16, 0, 4e-16, 1e-12};
  sample s = sample_new(20, 2, 3);
  s.lower[0] = -0.3;
  s.upper[0] = 0.2;
  sp_model m;
  const sp_model_spec spec = sample_spec(&s, sample_dense(&s));
  CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
  sp_path path = fit(&s, given_grid(&lambda, 1));
  CHECK_EQUAL(path.rowidx[0], 0);
  for (int k = 0; k < 5; k++)
    for (int at_lower = 0; at_lower < 2; at_lower++) {
      const double bound = at_lower ? -0.3 : 0.2, near = bound * (1 + steps[k]);
      path.values[0] = near;
      sp_model_restore_bounds(&m, &path);
      CHECK_NEAR(path.values[0], fabs(steps[k]) < 1e-15 ? bound : near, 0);
    }
  sp_path_clear(&path);
  sp_model_clear(&m);
  sample_free(&s);
}

/* Rescaling a standardised column rescales its coefficient and nothing else. */
static void standardised_fits_do_not_depend_on_units(void) {
  const double units[] = {1e-100, 1e-3, 1, 1e7, 1e100};
  enum { N = 25, P = 5 };
  sample s = sample_new(N, P, 5), rescaled = sample_new(N, P, 5);
  for (ptrdiff_t j = 0; j < P; j++)
    for (ptrdiff_t i = 0; i < N; i++) rescaled.x[i + j * N] *= units[j];
  sp_path path = fit(&s, automatic_grid(10)), other = fit(&rescaled, automatic_grid(10));
  CHECK_EQUAL(path.size, other.size);
  for (ptrdiff_t l = 0; l < path.size && l < other.size; l++) {
    double *a = coefficients(&path, P, l), *b = coefficients(&other, P, l);
    for (ptrdiff_t j = 0; j < P; j++) CHECK_NEAR(b[j] * units[j], a[j], 1e-11);
    free(a);
    free(b);
  }
  sp_path_clear(&path);
  sp_path_clear(&other);
  sample_free(&s);
  sample_free(&rescaled);
}

/* y, lambda and coefficients share a unit; the response may be of any size. */
static void the_response_may_be_of_any_size(void) {
  const double units[] = {1e-140, 1e-8, 1e8, 1e140};
  for (int k = 0; k < 4; k++)
    for (int ridge = 0; ridge < 2; ridge++) {
      sample s = sample_new(25, 5, 6), large = sample_new(25, 5, 6);
      s.alpha = large.alpha = ridge ? 0 : 1;
      for (ptrdiff_t i = 0; i < 25; i++) large.y[i] *= units[k];
      sp_path path = fit(&s, automatic_grid(10)), other = fit(&large, automatic_grid(10));
      CHECK_EQUAL(path.size, other.size);
      for (ptrdiff_t l = 0; l < path.size && l < other.size; l++) {
        double *a = coefficients(&path, 5, l), *b = coefficients(&other, 5, l);
        CHECK_EQUAL(other.converged[l], 1);
        for (ptrdiff_t j = 0; j < 5; j++) CHECK_NEAR(b[j] / units[k], a[j], 1e-10);
        CHECK_NEAR(other.dev_ratio[l], path.dev_ratio[l], 1e-11);
        free(a);
        free(b);
      }
      sp_path_clear(&path);
      sp_path_clear(&other);
      sample_free(&s);
      sample_free(&large);
    }
}

static void init_reports_exhaustion_at_every_allocation(void) {
  sample s = sample_new(6, 4, 7);
  const sp_model_spec spec = sample_spec(&s, sample_dense(&s));
  for (faults f = {.least = 8}; faults_next(&f);) {
    sp_model m;
    const sp_status status = sp_model_init(&m, &spec, NULL);
    faults_check(&f, status);
    sp_model_clear(&m);
    sp_model_clear(&m);
  }
  sample_free(&s);
}

int main(void) {
  RUN(the_penalty_goes_to_the_standardised_scale);
  RUN(the_null_model_is_known);
  RUN(ridge_without_bounds_has_a_closed_form);
  RUN(columns_that_are_not_finite_are_named);
  RUN(the_choice_of_the_solver_does_not_show);
  RUN(coefficients_at_a_bound_are_the_bound);
  RUN(only_last_digits_are_put_right);
  RUN(standardised_fits_do_not_depend_on_units);
  RUN(the_response_may_be_of_any_size);
  RUN(init_reports_exhaustion_at_every_allocation);
  return check_report();
}
