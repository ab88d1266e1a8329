#include "check.h"
#include "core/path/grid.h"

static void log_grid_runs_from_largest_to_ratio_times_it(void) {
  double lambda[50];
  sp_grid_log(7.3, 1e-4, 50, lambda);
  CHECK_NEAR(lambda[0], 7.3, 0);
  CHECK_NEAR(lambda[49], 7.3e-4, 1e-17);
  for (int l = 1; l < 50; l++) CHECK_NEAR(log(lambda[l] / lambda[l - 1]), log(1e-4) / 49, 1e-13);
}

static void log_grid_of_one_is_the_largest(void) {
  double lambda = -1;
  sp_grid_log(0.4, 1e-2, 1, &lambda);
  CHECK_NEAR(lambda, 0.4, 0);
  sp_grid_log(0.4, 1e-2, 0, NULL);
}

static void ridge_df_is_the_sum_of_shrinkage_factors(void) {
  const double d[] = {4, 1, 0.25, 0};
  CHECK_NEAR(sp_ridge_df(3, d, 1), 0.8 + 0.5 + 0.2, 1e-15);
  CHECK_NEAR(sp_ridge_df(4, d, 1), 0.8 + 0.5 + 0.2, 1e-15);
  CHECK_NEAR(sp_ridge_df(3, d, 0), 3, 0);
  CHECK_NEAR(sp_ridge_df(0, d, 1), 0, 0);
}

/* lambda = 0 with a zero eigenvalue is 0 / 0; a direction without data has no degree of freedom. */
static void ridge_df_of_an_empty_direction_is_zero(void) {
  const double d[] = {0, 2};
  CHECK_NEAR(sp_ridge_df(2, d, 0), 1, 0);
}

static void check_df_grid(ptrdiff_t rank, const double *d, ptrdiff_t count) {
  double lambda[120];
  sp_grid_df(rank, d, count, lambda);
  for (ptrdiff_t l = 0; l < count; l++) {
    const double expected = (double)rank * ((double)l + 0.5) / (double)count;
    double df = 0;
    for (ptrdiff_t k = 0; k < rank; k++) df += d[k] / (d[k] + lambda[l]);
    CHECK_NEAR(df, expected, 1e-12 * (double)rank);
    CHECK(lambda[l] > 0 && (l == 0 || lambda[l] < lambda[l - 1]));
  }
}

static void df_grid_rises_in_equal_steps(void) {
  const double even[] = {2, 2, 2, 2}, wide[] = {1e-12, 3e-5, 0.1, 1, 4, 1e6, 1e12},
               tiny[] = {1e-290, 2e-290}, huge[] = {1e290, 3e290};
  check_df_grid(4, even, 100);
  check_df_grid(1, even, 100);
  check_df_grid(4, even, 1);
  check_df_grid(7, wide, 100);
  check_df_grid(7, wide, 3);
  check_df_grid(2, tiny, 20);
  check_df_grid(2, huge, 20);
}

int main(void) {
  RUN(log_grid_runs_from_largest_to_ratio_times_it);
  RUN(log_grid_of_one_is_the_largest);
  RUN(ridge_df_is_the_sum_of_shrinkage_factors);
  RUN(ridge_df_of_an_empty_direction_is_zero);
  RUN(df_grid_rises_in_equal_steps);
  return check_report();
}
