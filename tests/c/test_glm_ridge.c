/* Ridge of other losses: its degrees of freedom, and its solution in the kernel of the rows. */
#include "check_fault.h"
#include "check_glm.h"
#include "core/path/glm_kernel.h"

/* (X weighted by the curvature of solution k)'(the same) into `h`, p x p, of standardised columns
   about their weighted means. */
static void naive_curvature(const bench *b, ptrdiff_t k, long double *h) {
  const sample *s = &b->s;
  const ptrdiff_t n = s->n, p = s->p;
  double *beta = coefficients(&b->path, p, k), *z = sample_standardized(s), *w = zeros(n);
  double total = 0, r, curvature;
  for (ptrdiff_t i = 0; i < n; i++) {
    b->loss.ops->unit(&b->loss, s->y[i], naive_eta(b, k, beta, i), &r, &curvature);
    total += w[i] = sample_weight(s, i) > 0 ? sample_weight(s, i) * curvature : 0;
  }
  for (ptrdiff_t j = 0; j < p && s->intercept; j++) {
    double mean = 0;
    for (ptrdiff_t i = 0; i < n; i++) mean += w[i] * z[i + j * n] / total;
    for (ptrdiff_t i = 0; i < n; i++) z[i + j * n] -= mean;
  }
  for (ptrdiff_t a = 0; a < p; a++)
    for (ptrdiff_t c = 0; c < p; c++) {
      h[a + c * p] = 0;
      for (ptrdiff_t i = 0; i < n; i++)
        h[a + c * p] += (long double)w[i] * z[i + a * n] * z[i + c * n];
    }
  free(beta);
  free(z);
  free(w);
}

/* tr((H + D)^-1 H) at solution k: every column counts fully, less what its penalty has of the
   inverse. */
static double naive_df(const bench *b, ptrdiff_t k) {
  enum { MOST = 60 };
  static long double system[MOST * MOST], copy[MOST * MOST], column[MOST];
  const ptrdiff_t p = b->s.p;
  double df = (double)p;
  naive_curvature(b, k, system);
  for (ptrdiff_t a = 0; a < p; a++) system[a + a * p] += b->path.lambda[k] * b->s.factor[a];
  for (ptrdiff_t a = 0; a < p; a++) {
    memset(column, 0, sizeof column);
    memcpy(copy, system, sizeof copy);
    column[a] = 1;
    solve_naively(p, copy, column);
    df -= b->path.lambda[k] * b->s.factor[a] * (double)column[a];
  }
  return df;
}

/* Tall (even kinds) and wide, in the kernel; with free columns and weights (8 + 4); without an
   intercept (32). */
static void degrees_of_freedom_are_those_of_the_weighted_ridge(void) {
  const double lambda[] = {0.5, 0.02};
  const int kinds[] = {0, 1, 12, 13, 40, 41};
  for (int l = 0; l < 3; l++)
    for (int a = 0; a < 6; a++)
      for (int sparse = 0; sparse < 2 - a % 2; sparse++) {
        bench b;
        bench_start(&b, glm_sample(kinds[a], all[l], sparse, 0), all[l], sparse);
        CHECK_EQUAL(bench_fit(&b, given_grid(lambda, 2), (sp_tolerance){1e-13, 1000}), SP_OK);
        CHECK_EQUAL(b.path.size, 2);
        CHECK_NEAR(b.path.df[a % 2], naive_df(&b, a % 2), 1e-4);
        bench_end(&b);
      }
}

/* So many columns with so few entries would else have no Gram matrix to take the trace of. */
static void degrees_of_freedom_of_sparse_columns_are_those_of_dense_ones(void) {
  const double lambda = 0.1;
  double df[2];
  for (int sparse = 0; sparse < 2; sparse++) {
    rng g = rng_seeded(6);
    sample s = sample_new(310, 300, 3);
    bench b;
    s.alpha = 0;
    sample_thin(&s, &g, 0.98);
    for (ptrdiff_t i = 0; i < s.n; i++) s.y[i] = response(&sp_glm_poisson, rng_normal(&g), &g);
    bench_start(&b, s, &sp_glm_poisson, sparse);
    CHECK_EQUAL(bench_fit(&b, given_grid(&lambda, 1), (sp_tolerance){1e-10, 1000}), SP_OK);
    CHECK_EQUAL(b.path.converged[0], 1);
    df[sparse] = b.path.df[0];
    bench_end(&b);
  }
  CHECK(df[0] > 100 && df[0] < 300);
  CHECK_NEAR(df[1], df[0], 1e-4);
}

/* Far above all gradients the penalty leaves tiny coefficients, of which all could be violated. */
static void tiny_coefficients_are_as_exact_as_others(void) {
  const double lambda = 1e7;
  for (int l = 0; l < LOSSES; l++)
    for (int wide = 0; wide < 2; wide++) {
      bench b;
      bench_start(&b, glm_sample(wide, all[l], 0, 0), all[l], 0);
      CHECK_EQUAL(bench_fit(&b, given_grid(&lambda, 1), usual_tolerance), SP_OK);
      CHECK_EQUAL(b.path.converged[0], 1);
      double largest = 0;
      for (ptrdiff_t e = 0; e < b.path.colptr[1]; e++)
        largest = fmax(largest, fabs(b.path.values[e] * b.m.design.scale[b.path.rowidx[e]]));
      CHECK(largest > 0);
      CHECK(naive_violation(&b, 0) <= 1e-4 * largest);
      bench_end(&b);
    }
}

/* Through the kernel of the rows: stationary for X itself, and free where nothing is penalised; and
   what it says after one step is true as well. */
static void wide_ridge_is_solved_in_the_kernel(void) {
  const double lambda[] = {1, 0.3, 0.1};
  const sp_path_options grid = given_grid(lambda, 3);
  for (int l = 0; l < 4; l++)
    for (int kind = 1; kind < 16; kind += 2)
      for (int sparse = 0; sparse < 2; sparse++) {
        bench b;
        bench_start(&b, glm_sample(kind, all[l], sparse, 0), all[l], sparse);
        CHECK(sp_glm_has_kernel(&b.m.problem));
        CHECK_EQUAL(bench_fit(&b, grid, (sp_tolerance){1e-10, 1000}), SP_OK);
        CHECK_EQUAL(b.path.size, 3);
        for (ptrdiff_t k = 0; k < b.path.size; k++) {
          CHECK_NEAR(b.path.lambda[k], lambda[k], 0);
          CHECK_EQUAL(b.path.converged[k], 1);
          CHECK(b.path.gap[k] <= 1e-10);
          CHECK_NEAR(naive_violation(&b, k), b.path.kkt[k], 1e-8);
        }
        CHECK_EQUAL(bench_fit(&b, grid, (sp_tolerance){1e-10, 1}), SP_OK);
        CHECK(b.path.kkt[0] > 1e-6);
        CHECK_NEAR(naive_violation(&b, 0), b.path.kkt[0], 1e-8);
        bench_end(&b);
      }
}

/* Wide, with free columns. */
static void exhaustion_at_any_allocation_leaves_nothing_behind(void) {
  const double lambda = 0.3;
  bench b;
  bench_start(&b, glm_sample(9, &sp_glm_binomial, 0, 0), &sp_glm_binomial, 0);
  CHECK(sp_glm_has_kernel(&b.m.problem));
  for (faults f = {0}; faults_next(&f);) {
    const sp_status status = bench_fit(&b, given_grid(&lambda, 1), usual_tolerance);
    faults_check(&f, status);
    sp_path_clear(&b.path);
  }
  bench_end(&b);
}

int main(void) {
  RUN(degrees_of_freedom_are_those_of_the_weighted_ridge);
  RUN(degrees_of_freedom_of_sparse_columns_are_those_of_dense_ones);
  RUN(tiny_coefficients_are_as_exact_as_others);
  RUN(wide_ridge_is_solved_in_the_kernel);
  RUN(exhaustion_at_any_allocation_leaves_nothing_behind);
  return check_report();
}
