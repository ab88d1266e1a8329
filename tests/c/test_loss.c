#include "check_glm.h"
#include "core/loss/loss_terms.h"

static void residual_and_curvature_are_derivatives(void) {
  const double step = 1e-5, etas[] = {-2, -0.3, 0.1, 1.5};
  for (int l = 0; l < LOSSES; l++)
    for (int e = 0; e < 4; e++)
      for (double y = all[l] == &sp_glm_gamma; y <= 1; y += 0.5) {
        const sp_glm_loss loss = {.ops = all[l], .theta = 1.7};
        double r, h, above, below, unused, eta = etas[e];
        const double up = all[l]->unit(&loss, y, eta + step, &above, &unused);
        const double down = all[l]->unit(&loss, y, eta - step, &below, &unused);
        CHECK(all[l]->unit(&loss, y, eta, &r, &h) >= 0);
        CHECK_NEAR(r, -(up - down) / (2 * step), 1e-8);
        CHECK(h > 0);
        if (all[l] != &sp_glm_gaussian_log) CHECK_NEAR(h, (below - above) / (2 * step), 1e-8);
      }
}

static void losses_are_found_by_name(void) {
  for (int l = 0; l < LOSSES; l++) CHECK(sp_glm_find(all[l]->name) == all[l]);
  CHECK(sp_glm_find("host") == &sp_glm_host);
  CHECK(sp_glm_find("gaussian") == NULL && sp_glm_find("") == NULL);
}

/* All at once as one by one. */
static void many_observations_are_evaluated_like_single_ones(void) {
  enum { N = 200 };
  for (int l = 0; l < LOSSES; l++) {
    const sp_glm_loss loss = {.ops = all[l], .theta = 1.7};
    double y[N], eta[N], r[N], h[N], sum = 0, value;
    rng g = rng_seeded(3);
    for (int i = 0; i < N; i++) {
      eta[i] = 8 * rng_uniform(&g) - 4 + 600 * (i == 7) - 600 * (i == 8);
      y[i] = i % 3 == 0 ? 0.25 + rng_uniform(&g) / 2 : response(all[l], 2 * eta[i], &g);
      if (all[l] == &sp_glm_poisson) y[i] *= 1 + i / 10;
    }
    if (all[l] != &sp_glm_binomial) eta[7] = 3;
    CHECK_EQUAL(sp_glm_evaluate(&loss, N, y, eta, NULL, &value, r, h, NULL), SP_OK);
    for (int i = 0; i < N; i++) {
      double r_i, h_i;
      sum += all[l]->unit(&loss, y[i], eta[i], &r_i, &h_i) / N;
      CHECK_NEAR(r[i], r_i, 1e-15 * (fabs(r_i) + fabs(h_i)));
      CHECK_NEAR(h[i], h_i, 2e-15 * fabs(h_i));
    }
    CHECK_NEAR(value, sum, 1e-13 * sum);
  }
}

/* Equal numbers are all rounded the same way: plain addition loses more digits than steps can do
   without. */
static void equal_observations_add_up_to_the_last_digit(void) {
  enum { N = 300001 };
  double *rows = calloc(5 * N, sizeof *rows), *y = rows, *eta = y + N, *v = eta + N, *r = v + N;
  for (int i = 0; i < N; i++) {
    y[i] = 1;
    eta[i] = 0.3;
    v[i] = 1.0 / N;
  }
  for (int l = 0; l < LOSSES; l++) {
    const sp_glm_loss loss = {.ops = all[l], .theta = 1.7};
    double one, many, weighted, *h = r + N;
    CHECK_EQUAL(sp_glm_evaluate(&loss, 1, y, eta, NULL, &one, r, h, NULL), SP_OK);
    CHECK_EQUAL(sp_glm_evaluate(&loss, N, y, eta, NULL, &many, r, h, NULL), SP_OK);
    CHECK_EQUAL(sp_glm_evaluate(&loss, N, y, eta, v, &weighted, r, h, NULL), SP_OK);
    CHECK_NEAR(many, one, 5e-15 * one);
    CHECK_NEAR(weighted, one, 5e-15 * one);
  }
  free(rows);
}

/* Rows of weight zero hold anything, many of them or few. */
static void rows_of_weight_zero_do_not_count(void) {
  enum { N = 600 };
  for (int l = 0; l < LOSSES; l++) {
    const sp_glm_loss loss = {.ops = all[l], .theta = 1.7};
    double y[N], eta[N], v[N], r[N], h[N], sum = 0, value;
    rng g = rng_seeded(4);
    for (int i = 0; i < N; i++) {
      eta[i] = 4 * rng_uniform(&g) - 2;
      y[i] = response(all[l], eta[i], &g);
      v[i] = i % (i < 300 ? 2 : 9) == 0 ? 0 : 1 + rng_uniform(&g);
      if (v[i] == 0 && i < 400) eta[i] = i % 4 == 0 ? 800 : -800;
    }
    CHECK_EQUAL(sp_glm_evaluate(&loss, N, y, eta, v, &value, r, h, NULL), SP_OK);
    for (int i = 0; i < N; i++) {
      double r_i, h_i;
      CHECK_EQUAL(v[i] == 0 && (v[i] * r[i] != 0 || v[i] * h[i] != 0), 0);
      if (v[i] == 0) continue;
      sum += v[i] * all[l]->unit(&loss, y[i], eta[i], &r_i, &h_i);
      CHECK_NEAR(r[i], r_i, 1e-15 * (fabs(r_i) + fabs(h_i)));
      CHECK_NEAR(h[i], h_i, 2e-15 * fabs(h_i));
    }
    CHECK_NEAR(value, sum, 1e-13 * sum);
  }
}

/* Against the definition where that is not cancelled away, and its series elsewhere. */
static void relative_entropy_is_accurate_everywhere(void) {
  const double shares[] = {0.5, 0.1, 0.0101, 0.00999, 1e-3, 1e-6, 1e-12};
  for (int k = 0; k < 7; k++)
    for (int sign = -1; sign <= 1; sign += 2) {
      const double x = sign * shares[k], b = 3, a = b * (1 + x);
      double exact = 0, power = x * x;
      for (int m = 2; m < 60; m++, power *= -x) exact += power / ((double)m * (m - 1));
      CHECK_NEAR(sp_relative_entropy(a, b), b * exact, (1e-11 + 1e-14 / (x * x)) * b * exact);
    }
  CHECK_NEAR(sp_relative_entropy(0, 2), 2, 0);
  CHECK(isinf(sp_relative_entropy(-1e-300, 2)));
}

/* Zero exactly where t is the residual, and above zero elsewhere: brute force over eta for the
   conjugate. */
static void divergence_is_that_of_fenchel_and_young(void) {
  for (int l = 0; l < LOSSES; l++) {
    const sp_glm_loss loss = {.ops = all[l], .theta = 1.7};
    if (!all[l]->divergence) continue;
    const double y = 1, eta = 0.4, other = -0.5;
    double r, h, r_other, h_other;
    const double here = all[l]->unit(&loss, y, eta, &r, &h);
    const double there = all[l]->unit(&loss, y, other, &r_other, &h_other);
    const sp_glm_point at = {eta, r, h};
    CHECK_NEAR(all[l]->divergence(&loss, y, &at, r), 0, 1e-15);
    CHECK_NEAR(all[l]->divergence(&loss, y, &at, r_other), here - there + r_other * (eta - other),
               1e-14);
    CHECK(isinf(all[l]->divergence(&loss, y, &at, all[l] == &sp_glm_gamma ? -3 : 3)));
  }
}

/* What stands in for the divergence of losses that have a costly one is no less, and not much more:
   at a dual point of the residual scaled by 1 - share, and at one that misses it by a share of the
   curvature. Also where y is no class, and where the mean is far from it. */
static void divergence_of_a_dual_point_is_bounded(void) {
  for (int scaled = 0; scaled < 2; scaled++) {
    rng g = rng_seeded(8);
    double closest = 0;
    for (int l = 0; l < LOSSES; l++) {
      const sp_glm_loss loss = {.ops = all[l], .theta = 1.7};
      for (int draw = 0; draw < 5000 && all[l]->concave; draw++) {
        const double eta = 12 * rng_uniform(&g) - 6, u = rng_uniform(&g), t = pow(u, 0.1);
        const double y = draw % 3 ? response(all[l], eta, &g) : rng_uniform(&g);
        double r, h;
        all[l]->unit(&loss, y, eta, &r, &h);
        const sp_glm_point at = {eta, r, h};
        const double miss = scaled ? (t - 1) * r : (2 * u - 1) * (draw % 2 ? h : 0.1 * h);
        const double exact = all[l]->divergence(&loss, y, &at, r + miss);
        const double bound = miss * miss / (scaled ? t * h : h - fabs(miss)) / 2;
        CHECK(exact <= bound * (1 + 1e-9) + 1e-15);
        if (bound > 1e-9) closest = fmax(closest, exact / bound);
      }
    }
    CHECK(closest > 0.99);
  }
}

int main(void) {
  RUN(losses_are_found_by_name);
  RUN(residual_and_curvature_are_derivatives);
  RUN(many_observations_are_evaluated_like_single_ones);
  RUN(equal_observations_add_up_to_the_last_digit);
  RUN(rows_of_weight_zero_do_not_count);
  RUN(relative_entropy_is_accurate_everywhere);
  RUN(divergence_is_that_of_fenchel_and_young);
  RUN(divergence_of_a_dual_point_is_bounded);
  return check_report();
}
