#include "check_fault.h"
#include "core/solver/nearby.h"
#include "sample.h"

#include <stdlib.h>
#include <string.h>

enum { SIZE = 60 };

/* Products of random vectors, fewer than there are rows where `deficient`. */
static void gram_matrix(double *gram, int deficient, rng *g) {
  const int length = deficient ? SIZE / 2 : 2 * SIZE;
  double *z = calloc((size_t)(SIZE * length), sizeof *z);
  for (int i = 0; i < SIZE * length; i++) z[i] = rng_normal(g);
  for (int a = 0; a < SIZE; a++)
    for (int b = 0; b < SIZE; b++) {
      double sum = 0;
      for (int i = 0; i < length; i++) sum += z[i + a * length] * z[i + b * length];
      gram[a + b * SIZE] = sum / length;
    }
  free(z);
}

static void factorise(sp_factor *f, const double *gram, const double *diagonal) {
  for (ptrdiff_t k = 0; k < SIZE; k++) {
    double row[SIZE + 1], *const cross[] = {row};
    int dependent;
    for (ptrdiff_t i = 0; i < k; i++) row[i] = gram[i + k * SIZE];
    row[k] = gram[k + k * SIZE] + diagonal[k];
    CHECK_EQUAL(sp_factor_append(f, 1, &k, cross, NULL, &dependent, NULL), SP_OK);
    CHECK_EQUAL(dependent, 0);
  }
}

/* The ridge part of the factor is `stretch` times that of the system, which is solved to 1e-6;
   solving for what is left squares that. */
static void check_system(int deficient, double stretch, rng *g) {
  double gram[SIZE * SIZE], own[SIZE], factors[SIZE], pull[SIZE], step[SIZE], image[SIZE];
  sp_factor f = {0};
  sp_nearby x = {0};
  gram_matrix(gram, deficient, g);
  CHECK_EQUAL(sp_nearby_resize(&x, SIZE, NULL), SP_OK);
  for (int k = 0; k < SIZE; k++) {
    own[k] = k % 7 == 3 && !deficient ? 0 : 0.01 + rng_uniform(g);
    factors[k] = stretch * own[k];
    x.excess[k] = factors[k] - own[k];
    pull[k] = rng_normal(g);
  }
  factorise(&f, gram, factors);
  double before = sqrt(SIZE);
  for (int pass = 0; pass < 2; pass++) {
    double worst = 0;
    sp_nearby_solve(&x, &f, pull, step, image);
    for (int i = 0; i < SIZE; i++) {
      double sum = own[i] * step[i];
      for (int k = 0; k < SIZE; k++) sum += gram[i + k * SIZE] * step[k];
      CHECK_NEAR(image[i], sum, 1e-12 * before);
      pull[i] -= image[i];
      worst = fmax(worst, fabs(pull[i]));
    }
    CHECK(worst <= 2e-6 * before);
    before = worst * sqrt(SIZE);
  }
  sp_factor_clear(&f);
  sp_nearby_clear(&x);
}

static void systems_near_the_factor_are_solved(void) {
  const double stretches[] = {1, 1.01, 1.5, 1 / 1.5, 3};
  rng g = rng_seeded(1);
  for (int deficient = 0; deficient < 2; deficient++)
    for (int s = 0; s < 5; s++) check_system(deficient, stretches[s], &g);
}

/* The matrix has nothing left: there is no step, and no numbers that are none. */
static void where_there_is_no_curvature_there_is_no_step(void) {
  double gram[SIZE * SIZE] = {0}, ones[SIZE], pull[SIZE], step[SIZE], image[SIZE];
  sp_factor f = {0};
  sp_nearby x = {0};
  CHECK_EQUAL(sp_nearby_resize(&x, SIZE, NULL), SP_OK);
  for (int k = 0; k < SIZE; k++) ones[k] = x.excess[k] = pull[k] = 1;
  factorise(&f, gram, ones);
  sp_nearby_solve(&x, &f, pull, step, image);
  for (int k = 0; k < SIZE; k++) CHECK(step[k] == 0 && image[k] == 0);
  sp_factor_clear(&f);
  sp_nearby_clear(&x);
}

static void nearness_is_a_ratio(void) {
  CHECK(sp_nearby_is_near(1, 1.4) && sp_nearby_is_near(1.4, 1) && sp_nearby_is_near(0, 0));
  CHECK(!sp_nearby_is_near(1, 1.6) && !sp_nearby_is_near(1.6, 1) && !sp_nearby_is_near(0, 1));
}

static void exhaustion_is_reported_and_leaves_nothing_behind(void) {
  for (faults f = {0}; faults_next(&f);) {
    sp_nearby x = {0};
    const sp_status status = sp_nearby_resize(&x, SIZE, NULL);
    faults_check(&f, status);
    sp_nearby_clear(&x);
  }
}

int main(void) {
  RUN(systems_near_the_factor_are_solved);
  RUN(where_there_is_no_curvature_there_is_no_step);
  RUN(nearness_is_a_ratio);
  RUN(exhaustion_is_reported_and_leaves_nothing_behind);
  return check_report();
}
