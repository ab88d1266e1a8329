#include "check.h"
#include "core/loss/loss.h"
#include "sample.h"

static void value_is_half_the_weighted_square(void) {
  const double y[] = {1, 2, 4}, eta[] = {0, 4, 3}, v[] = {0.5, 0.2, 0.3};
  CHECK_NEAR(sp_loss_gaussian.value(3, y, eta, NULL), (1 + 4 + 1) / 6.0, 1e-15);
  CHECK_NEAR(sp_loss_gaussian.value(3, y, eta, v), (0.5 + 0.8 + 0.3) / 2, 1e-15);
  CHECK_NEAR(sp_loss_gaussian.value(3, y, y, v), 0, 0);
}

/* Of the loss of one observation: weights do not enter. */
static void residual_is_minus_the_derivative_of_value(void) {
  const double step = 1e-5;
  rng g = rng_seeded(1);
  double y[12], eta[12], residual[12];
  for (int i = 0; i < 12; i++) {
    y[i] = 3 * rng_normal(&g);
    eta[i] = rng_normal(&g);
  }
  sp_loss_gaussian.residual(12, y, eta, residual);
  for (int i = 0; i < 12; i++) {
    const double above = eta[i] + step, below = eta[i] - step;
    const double rise = sp_loss_gaussian.value(1, &y[i], &above, NULL) -
                        sp_loss_gaussian.value(1, &y[i], &below, NULL);
    CHECK_NEAR(residual[i], -rise / (2 * step), 1e-9);
  }
}

static void rows_of_weight_zero_count_for_nothing(void) {
  const double y[] = {1, 1e150, 3}, eta[] = {0, -1e150, 1}, v[] = {0.5, 0, 0.5};
  CHECK_NEAR(sp_loss_gaussian.value(3, y, eta, v), 1.25, 1e-15);
}

static void losses_are_found_by_name(void) {
  CHECK(sp_loss_find("gaussian") == &sp_loss_gaussian);
  CHECK_TEXT(sp_loss_gaussian.name, "gaussian");
  CHECK(sp_loss_find("gauss") == NULL);
  CHECK(sp_loss_find("") == NULL);
}

int main(void) {
  RUN(value_is_half_the_weighted_square);
  RUN(residual_is_minus_the_derivative_of_value);
  RUN(rows_of_weight_zero_count_for_nothing);
  RUN(losses_are_found_by_name);
  return check_report();
}
