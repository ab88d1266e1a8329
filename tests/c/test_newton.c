#include "check_fault.h"
#include "check_glm.h"
#include "core/path/glm_kernel.h"
#include "core/solver/newton_parts.h"

/* The path of a problem of that kind, a lasso or an elastic net. */
static void fit_kind(bench *b, int kind, int l, int sparse) {
  sp_path_options options = automatic_grid(20);
  options.ratio = 0.01;
  bench_start(b, glm_sample(kind, all[l], sparse, kind & 2 ? 0.5 : 1), all[l], sparse);
  CHECK_EQUAL(bench_fit(b, options, usual_tolerance), SP_OK);
}

static void newton_start(sp_newton *s, const bench *b, sp_tolerance tolerance) {
  CHECK_EQUAL(sp_newton_init(s, &b->m.problem, &b->loss, tolerance, NULL, NULL), SP_OK);
}

/* That of the first solution, if nothing but the intercept has entered. */
static void check_null_deviance(const bench *b) {
  double sum = 0, r, h;
  if (b->path.colptr[1] > 0) return;
  for (ptrdiff_t i = 0; i < b->s.n; i++)
    sum += 2 * sample_weight(&b->s, i) *
           b->loss.ops->unit(&b->loss, b->s.y[i], b->path.intercept[0], &r, &h);
  CHECK_NEAR(b->path.null_deviance, sum, 1e-12 * sum);
  CHECK_NEAR(b->path.dev_ratio[0], 0, 1e-12);
}

static void every_solution_is_certified_and_the_certificate_true(void) {
  for (int l = 0; l < LOSSES; l++)
    for (int kind = 0; kind < KINDS; kind++)
      for (int sparse = 0; sparse < 2; sparse++) {
        bench b;
        fit_kind(&b, kind, l, sparse);
        CHECK(b.path.size > 1);
        check_null_deviance(&b);
        for (ptrdiff_t k = 0; k < b.path.size; k++) {
          if (all[l]->divergence) {
            CHECK_EQUAL(b.path.converged[k], 1);
            CHECK(b.path.gap[k] <= 1e-7);
          } else { /* not convex: it may get stuck, and says so */
            CHECK_EQUAL(b.path.converged[k], b.path.kkt[k] <= 1e-6);
            CHECK(isnan(b.path.gap[k]));
          }
          CHECK_NEAR(naive_violation(&b, k), b.path.kkt[k], 1e-7 + 1e-6 * b.path.kkt[k]);
        }
        bench_end(&b);
      }
}

static double objective_at(const sp_newton *s, double lambda) {
  const sp_std *z = s->problem->design;
  double value, *r = zeros(z->x->n), *h = zeros(z->x->n);
  CHECK_EQUAL(sp_glm_evaluate(s->loss, z->x->n, s->problem->y, s->eta, z->v, &value, r, h, NULL),
              SP_OK);
  for (ptrdiff_t j = 0; j < z->x->p; j++)
    value += s->problem->penalty->ops->value(s->problem->penalty, j, s->beta[j], lambda);
  free(r);
  free(h);
  return value;
}

/* The objective of a lasso at its first solution, written out. */
static double naive_objective(const bench *b) {
  const sample *s = &b->s;
  double *beta = coefficients(&b->path, s->p, 0), value = 0, r, h;
  for (ptrdiff_t i = 0; i < s->n; i++)
    value += sample_weight(s, i) *
             b->loss.ops->unit(&b->loss, s->y[i], naive_eta(b, 0, beta, i), &r, &h);
  for (ptrdiff_t j = 0; j < s->p; j++)
    value += b->path.lambda[0] * s->factor[j] * fabs(beta[j]) * (double)sample_scale(s, j);
  free(beta);
  return value;
}

/* Column 4 is column 7 and `amount` of something else, or that alone where it is 0: they explain
   the same. */
static void fit_collinear(bench *b, int l, double amount) {
  const double lambda = 0.05;
  rng g = rng_seeded(77);
  sample s = sample_new(80, 12, 5);
  s.factor[4] = s.factor[7] = 0;
  for (ptrdiff_t i = 0; i < s.n; i++) {
    const double other = rng_normal(&g), x = s.x[i + 7 * s.n];
    s.x[i + 4 * s.n] = amount > 0 ? x + amount * other : other;
    s.y[i] = response(all[l], s.y[i] + other, &g);
  }
  bench_start(b, s, all[l], 0);
  CHECK_EQUAL(bench_fit(b, given_grid(&lambda, 1), usual_tolerance), SP_OK);
}

/* What is collinear up to rounding may be out of reach, and it says so then. */
static void nothing_is_proved_that_collinear_free_columns_would_improve(void) {
  for (int l = 0; l < LOSSES; l++) {
    bench best;
    if (!all[l]->divergence) continue;
    fit_collinear(&best, l, 0);
    CHECK_EQUAL(best.path.converged[0], 1);
    for (int digits = 2; digits <= 9; digits++) {
      bench b;
      fit_collinear(&b, l, pow(10, -digits));
      const double excess =
          2 * (naive_objective(&b) - naive_objective(&best)) / b.path.null_deviance;
      CHECK(excess <= b.path.gap[0] + 1e-7);
      CHECK_EQUAL(b.path.converged[0], b.path.gap[0] <= 1e-7);
      if (digits <= 4) CHECK_EQUAL(b.path.converged[0], 1);
      bench_end(&b);
    }
    bench_end(&best);
  }
}

/* Moves coefficient 4, which has no penalty, by `shift`; the intercept follows. */
static void move_off(sp_newton *s, double lambda, double shift) {
  const sp_std *z = s->problem->design;
  double value, moved;
  memcpy(s->trial_eta, s->eta, (size_t)z->x->n * sizeof *s->eta);
  z->x->ops->axpy(z->x, 4, shift / z->scale[4], NULL, s->trial_eta);
  s->beta[4] += shift;
  CHECK_EQUAL(s->problem->intercept ? sp_newton_solve_constant(s, &value, &moved, NULL)
                                    : sp_newton_try(s, &value, NULL),
              SP_OK);
  sp_newton_accept(s, value);
  CHECK_EQUAL(sp_newton_reload(s, NULL), SP_OK);
  CHECK_EQUAL(sp_newton_refresh(s, lambda, NULL), SP_OK);
}

/* At `share` of lambda_max, from the null model: by how much is the objective above its minimum
   where a free coefficient is off, and what does the gap say? Returns whether the penalised columns
   are at rest at zero there, so that nothing else could be improved. `bare`: without a Gram
   matrix. */
static int gap_of_shift(const bench *b, int bare, double share, double shift, double *excess,
                        double *gap) {
  const sp_tolerance strict = {1e-10, 1000};
  sp_newton s, best;
  sp_solution found;
  sp_certificate certificate;
  int at_rest = 1;
  newton_start(&s, b, strict);
  newton_start(&best, b, strict);
  if (bare) s.quadratic.most = 0;
  const double most = sp_newton_lambda_max(&s), lambda = most > 0 ? share * most : 1;
  CHECK_EQUAL(sp_newton_move(&best, lambda, most, &found, NULL), SP_OK);
  move_off(&s, lambda, shift);
  CHECK_EQUAL(sp_newton_certify(&s, lambda, &certificate, NULL), SP_OK);
  *excess = objective_at(&s, lambda) - objective_at(&best, lambda);
  *gap = certificate.gap * s.null_value;
  CHECK_EQUAL(s.quadratic.bare, bare);
  for (ptrdiff_t j = 0; j < b->s.p; j++)
    at_rest &= b->m.factor[j] == 0 || fabs(sp_std_dot(&b->m.design, j, &s.g)) <= lambda;
  sp_newton_clear(&s);
  sp_newton_clear(&best);
  return at_rest;
}

/* The residual is relieved of what free columns would still explain, which the gap is made of.
   Where that carries other columns past their cuts, as it does below lambda_max, they are in the
   gap, too; without other columns it is hardly more than what there is to gain. */
static void the_gap_of_a_free_coefficient_is_what_it_is_off_by(void) {
  const int kinds[] = {8, 12, 40, 44}; /* free columns; weights; without an intercept; both */
  const double shifts[] = {0.3, 0.03, -0.03, 1e-3, -0.3}, shares[] = {1.01, 0.98};
  int asked[2] = {0};
  for (int run = 0; run < LOSSES * 4 * 2; run++) {
    const sp_glm_ops *ops = all[run / 8];
    const int alone = run % 2;
    if (!ops->divergence) continue;
    bench b;
    sample s = glm_sample(kinds[run / 2 % 4], ops, 0, 1);
    for (ptrdiff_t j = 0; j < s.p && alone; j++)
      if (s.factor[j] > 0) s.factor[j] = INFINITY;
    bench_start(&b, s, ops, 0);
    for (int bare = 0; bare < 2; bare++)
      for (int below = 0; below < 2; below++)
        for (int a = 0; a < 5; a++) {
          double excess, gap;
          if (!gap_of_shift(&b, bare, shares[below], shifts[a], &excess, &gap)) continue;
          CHECK(excess > 0 && gap >= excess * (1 - 1e-6));
          if (alone && fabs(shifts[a]) < 0.1) CHECK(gap <= 1.5 * excess);
          asked[below] += !alone;
        }
    bench_end(&b);
  }
  CHECK(asked[0] > 20 && asked[1] > 5);
}

/* Is the residual it goes on with another than that of its linear predictor? */
static int has_closed(const sp_newton *s) {
  double r, h;
  for (ptrdiff_t i = 0; i < s->problem->design->x->n; i++) {
    s->loss->ops->unit(s->loss, s->problem->y[i], s->eta[i], &r, &h);
    if (sp_std_weight(s->problem->design, i) > 0 && fabs(r - s->r[i]) > 1e-12 * (fabs(r) + h))
      return 1;
  }
  return 0;
}

/* The gradients are those of the residual it goes on with, and the gap is no less than what that
   misses. */
static void check_dual_point(const sp_newton *s, double gap) {
  const sp_std *z = s->problem->design;
  const ptrdiff_t n = z->x->n;
  double r[80], h[80];
  for (ptrdiff_t i = 0; i < n; i++)
    s->loss->ops->unit(s->loss, s->problem->y[i], s->eta[i], &r[i], &h[i]);
  const double missed = sp_glm_divergence(s->loss, n, s->problem->y, s->eta, r, h, z->v, s->r);
  CHECK(missed <= gap * s->null_value * (1 + 1e-6) + 1e-17);
  for (ptrdiff_t k = 0; k < s->size; k++)
    CHECK_NEAR(s->gradient[k], sp_std_dot(z, s->index[k], &s->g), 1e-12 * s->null_gradient);
}

static int close_path(const bench *b) {
  const double *lambda = b->path.lambda;
  sp_newton quick, exact;
  sp_solution found, best;
  int closed = 0;
  newton_start(&quick, b, usual_tolerance);
  newton_start(&exact, b, (sp_tolerance){1e-13, 1000});
  sp_newton_allow_closing(&quick);
  for (ptrdiff_t k = 0; k < b->path.size; k++) {
    const double previous = lambda[k > 0 ? k - 1 : 0];
    CHECK_EQUAL(sp_newton_move(&quick, lambda[k], previous, &found, NULL), SP_OK);
    CHECK_EQUAL(sp_newton_move(&exact, lambda[k], previous, &best, NULL), SP_OK);
    const double least = objective_at(&exact, lambda[k]);
    const double excess = objective_at(&quick, lambda[k]) - least;
    CHECK(found.converged && found.certificate.gap <= 1e-7);
    CHECK(excess <= found.certificate.gap * quick.null_value + 1e-13 + 1e-15 * least);
    for (ptrdiff_t j = 0; j < b->s.p; j++) CHECK_NEAR(quick.beta[j], exact.beta[j], 2e-3);
    if (!has_closed(&quick)) continue;
    check_dual_point(&quick, found.certificate.gap);
    closed++;
    CHECK_EQUAL(sp_newton_move(&quick, lambda[k], lambda[k], &found, NULL), SP_OK);
    CHECK(found.converged);
    check_dual_point(&quick, found.certificate.gap);
  }
  sp_newton_clear(&quick);
  sp_newton_clear(&exact);
  return closed;
}

/* By losses whose curvature is concave; others never do. */
static void a_lambda_is_closed_by_a_step_whose_gradients_are_not_formed(void) {
  int closed = 0, all_lambdas = 0;
  for (int l = 0; l < LOSSES; l++)
    for (int kind = 0; kind < (all[l]->concave ? KINDS : 4); kind++)
      for (int sparse = 0; sparse < 2; sparse++) {
        bench b;
        if (!all[l]->divergence) continue;
        fit_kind(&b, kind, l, sparse);
        const int count = close_path(&b);
        CHECK(all[l]->concave || count == 0);
        closed += count;
        all_lambdas += (int)b.path.size;
        bench_end(&b);
      }
  CHECK(8 * closed > all_lambdas);
}

/* The same problems with passes over the rows in place of the Gram matrix. */
static void supports_of_any_size_are_solved_without_a_gram_matrix(void) {
  for (int l = 0; l < LOSSES; l++)
    for (int kind = 0; kind < KINDS; kind++)
      for (int sparse = 0; sparse < 2; sparse++) {
        bench b;
        sp_newton newton;
        sp_solution solution;
        if (!all[l]->divergence) continue;
        fit_kind(&b, kind, l, sparse);
        newton_start(&newton, &b, usual_tolerance);
        newton.quadratic.most = 0;
        for (ptrdiff_t k = 0; k < b.path.size; k++) {
          const double *lambda = b.path.lambda, previous = lambda[k > 0 ? k - 1 : 0];
          CHECK_EQUAL(sp_newton_move(&newton, lambda[k], previous, &solution, NULL), SP_OK);
          CHECK(k == 0 || newton.quadratic.bare);
          CHECK(solution.converged && solution.certificate.gap <= 1e-7);
          CHECK_NEAR(sp_newton_dev_ratio(&newton), b.path.dev_ratio[k], 1e-3);
        }
        double *beta = coefficients(&b.path, b.s.p, b.path.size - 1);
        for (ptrdiff_t j = 0; j < b.s.p; j++)
          CHECK_NEAR(newton.beta[j], beta[j] * b.m.design.scale[j], 1e-2);
        free(beta);
        sp_newton_clear(&newton);
        bench_end(&b);
      }
}

/* As many columns as rows: those that enter are soon nearly dependent. Passes over dense ones never
   pay beside a Gram matrix: where they go without, it is for memory. */
static void crawling_passes_bring_the_gram_matrix_back(void) {
  enum { N = 400, P = 400, FEW = 256 };
  for (int sparse = 0; sparse < 2; sparse++) {
    rng g = rng_seeded(5);
    sample s = sample_new(N, P, 5);
    bench b;
    sp_newton newton;
    sp_solution found;
    for (ptrdiff_t e = 0; e < N * P; e++) s.x[e] = rng_uniform(&g) < 0.03 ? rng_normal(&g) : 0;
    for (ptrdiff_t i = 0; i < N; i++) s.y[i] = floor(10 * rng_uniform(&g) * rng_uniform(&g));
    bench_start(&b, s, &sp_glm_poisson, sparse);
    newton_start(&newton, &b, usual_tolerance);
    newton.quadratic.most = FEW;
    double lambda = sp_newton_lambda_max(&newton);
    for (int l = 0; l < 6; l++, lambda *= 0.55) {
      CHECK_EQUAL(sp_newton_move(&newton, 0.55 * lambda, lambda, &found, NULL), SP_OK);
      CHECK(found.converged);
    }
    CHECK(newton.quadratic.size > FEW);
    CHECK_EQUAL(newton.quadratic.bare, !sparse);
    CHECK_EQUAL(newton.quadratic.most > FEW, sparse);
    sp_newton_clear(&newton);
    bench_end(&b);
  }
}

/* Columns leave the working set on the way back up, but not from under the quadratic. */
static void members_of_the_quadratic_stay_in_the_working_set(void) {
  const double shares[] = {0.5, 0.1, 0.05, 0.6, 0.6, 0.5};
  rng g = rng_seeded(5);
  sample s = sample_new(3000, 200, 5);
  bench b;
  sp_newton newton;
  sp_solution solution;
  for (ptrdiff_t i = 0; i < s.n; i++) s.y[i] = response(&sp_glm_binomial, 0, &g);
  bench_start(&b, s, &sp_glm_binomial, 0);
  newton_start(&newton, &b, usual_tolerance);
  const double largest = sp_newton_lambda_max(&newton);
  for (int l = 0; l < 6; l++) { /* y is noise: the curvature hardly changes, nothing is outdated */
    CHECK_EQUAL(sp_newton_move(&newton, shares[l] * largest, largest, &solution, NULL), SP_OK);
    CHECK(solution.converged);
    for (ptrdiff_t k = 0; k < newton.quadratic.size; k++)
      CHECK(newton.position[newton.quadratic.index[k]] >= 0);
  }
  sp_newton_clear(&newton);
  bench_end(&b);
}

/* Free coefficients are relieved of what is left of their gradient by H as the weights have it. */
static void steps_do_not_correct_curvature_that_proves(void) {
  const double shares[] = {0.6, 0.4, 0.25, 0.15, 0.1, 0.05, 0};
  for (int unpenalised = 0; unpenalised < 2; unpenalised++) {
    rng g = rng_seeded(8);
    sample s = sample_new(800, 6, 8);
    bench b;
    sp_newton newton;
    sp_solution solution;
    int corrected = 0;
    for (ptrdiff_t i = 0; i < s.n; i++) s.y[i] = response(&sp_glm_poisson, 2 * s.y[i], &g);
    if (unpenalised) s.factor[1] = 0;
    bench_start(&b, s, &sp_glm_poisson, 0);
    newton_start(&newton, &b, usual_tolerance);
    const double largest = sp_newton_lambda_max(&newton);
    for (int l = 0; l < 7; l++) {
      CHECK_EQUAL(sp_newton_move(&newton, shares[l] * largest, largest, &solution, NULL), SP_OK);
      CHECK(solution.converged);
      CHECK(solution.iterations <= 8); /* what proves nothing would be tried in vain */
      corrected += newton.quadratic.corrected;
    }
    CHECK_EQUAL(corrected > 0, !unpenalised);
    CHECK_EQUAL(newton.quadratic.corrected, 0);
    sp_newton_clear(&newton);
    bench_end(&b);
  }
}

/* The last step of the intercept is taken without looking at the loss where that is exact. */
static void the_loss_follows_the_intercept(void) {
  const double shifts[] = {0.9, -0.9, 0.01, 1e-6, 9e-7, -1e-8};
  for (int l = 0; l < LOSSES; l++)
    for (int weighted = 0; weighted < 2; weighted++) {
      bench b;
      sp_newton newton;
      double value, moved, fresh, r[80], h[80];
      bench_start(&b, glm_sample(4 * weighted, all[l], 0, 1), all[l], 0);
      for (int a = 0; a < 6; a++) {
        newton_start(&newton, &b, usual_tolerance);
        for (ptrdiff_t i = 0; i < b.s.n; i++) newton.trial_eta[i] = newton.eta[i] + shifts[a];
        CHECK_EQUAL(sp_newton_solve_constant(&newton, &value, &moved, NULL), SP_OK);
        CHECK_NEAR(moved, -shifts[a], 1e-12);
        CHECK_EQUAL(sp_glm_evaluate(&b.loss, b.s.n, b.s.y, newton.trial_eta, b.m.problem.design->v,
                                    &fresh, r, h, NULL),
                    SP_OK);
        CHECK_NEAR(value, fresh, 1e-14 * (1 + fresh));
        for (ptrdiff_t i = 0; i < b.s.n; i++) {
          CHECK_NEAR(newton.trial_r[i], r[i], 6e-13 * (fabs(r[i]) + h[i]));
          CHECK_NEAR(newton.trial_h[i], h[i], 2e-6 * h[i]);
        }
        sp_newton_clear(&newton);
      }
      bench_end(&b);
    }
}

static void exhaustion_is_reported_and_leaves_nothing_behind(void) {
  rng g = rng_seeded(1);
  sample s = sample_new(20, 6, 1);
  bench b;
  for (ptrdiff_t i = 0; i < 20; i++) s.y[i] = response(&sp_glm_poisson, s.y[i], &g);
  s.factor[2] = 0;
  bench_start(&b, s, &sp_glm_poisson, 0);
  for (faults f = {0}; faults_next(&f);) {
    sp_newton newton;
    const sp_status status =
        sp_newton_init(&newton, &b.m.problem, &b.loss, usual_tolerance, NULL, NULL);
    faults_check(&f, status);
    sp_newton_clear(&newton);
    sp_newton_clear(&newton);
  }
  bench_end(&b);
}

static void a_null_model_without_finite_intercept_is_an_error(void) {
  sp_newton newton;
  sample s = sample_new(20, 3, 2);
  bench b;
  for (ptrdiff_t i = 0; i < 20; i++) s.y[i] = 1;
  bench_start(&b, s, &sp_glm_binomial, 0);
  const sp_status status =
      sp_newton_init(&newton, &b.m.problem, &b.loss, usual_tolerance, NULL, NULL);
  CHECK(status == SP_OK || status == SP_ERR_NO_FIT);
  if (status == SP_OK) CHECK_NEAR(sp_newton_lambda_max(&newton), 0, 1e-12);
  sp_newton_clear(&newton);
  bench_end(&b);
}

/* No grid is laid over nothing. */
static void where_nothing_is_penalised_or_used_there_is_one_solution(void) {
  for (int l = 0; l < LOSSES; l++)
    for (int excluded = 0; excluded < 2; excluded++) {
      bench b;
      sample s = glm_sample(0, all[l], 0, 0);
      for (ptrdiff_t j = 0; j < s.p; j++) s.factor[j] = excluded ? INFINITY : 0;
      bench_start(&b, s, all[l], 0);
      CHECK_EQUAL(bench_fit(&b, automatic_grid(5), usual_tolerance), SP_OK);
      CHECK_EQUAL(b.path.size, 1);
      CHECK_EQUAL(b.path.stop, SP_STOP_NOTHING);
      CHECK_EQUAL(b.path.converged[0], 1);
      CHECK_NEAR(b.path.kkt[0], 0, 1e-10);
      CHECK_EQUAL(b.path.colptr[1], excluded ? 0 : b.s.p);
      bench_end(&b);
    }
}

/* Without a penalty, violations are told in units of the null model's; there may be none. */
static void violations_without_a_penalty_have_a_unit(void) {
  for (int l = 0; l < LOSSES; l++)
    for (int constant = 0; constant < 2; constant++) {
      sample s = glm_sample(0, all[l], 0, 1);
      bench b;
      sp_newton newton;
      sp_solution found;
      for (ptrdiff_t i = 0; i < s.n && constant; i++) s.y[i] = 0.5;
      bench_start(&b, s, all[l], 0);
      newton_start(&newton, &b, (sp_tolerance){.tol = 1e-7, .max_iter = 1});
      CHECK_EQUAL(sp_newton_move(&newton, 0, 1, &found, NULL), SP_OK);
      const double kkt = found.certificate.kkt, unit = newton.null_gradient;
      if (constant) CHECK_NEAR(kkt, 0, 0);
      if (constant) CHECK_EQUAL(found.converged, 1);
      if (!constant) CHECK(kkt > 1e-6);
      if (!constant) CHECK_NEAR(kkt * unit, sp_newton_violation(&newton, 0), 1e-12 * unit);
      sp_newton_clear(&newton);
      bench_end(&b);
    }
}

/* Large counts leave little of their deviance, and yet all that there is. */
static void a_fit_that_leaves_little_is_no_saturated_one(void) {
  const double zero = 0;
  sample s = sample_new(60, 4, 3);
  bench b;
  for (ptrdiff_t i = 0; i < 60; i++) s.y[i] = floor(1e3 * exp(s.x[i] - 0.5 * s.x[i + 60]));
  bench_start(&b, s, &sp_glm_poisson, 0);
  CHECK_EQUAL(bench_fit(&b, given_grid(&zero, 1), usual_tolerance), SP_OK);
  CHECK_EQUAL(b.path.size, 1);
  if (b.path.size == 1) {
    CHECK_EQUAL(b.path.converged[0], 1);
    CHECK(b.path.dev_ratio[0] > 1 - 1e-4 && b.path.dev_ratio[0] < 1 - 1e-9);
    CHECK_NEAR(b.path.values[0], 1, 1e-2);
  }
  bench_end(&b);
}

/* Column j is `sign` in seven rows of one class and 0 elsewhere, where column 1 tells of the class:
   without a penalty coefficient j has no end on the side of `sign`. */
static sample separated_sample(ptrdiff_t p, ptrdiff_t j, int sign) {
  rng g = rng_seeded(5);
  sample s = sample_new(60, p, 1);
  for (ptrdiff_t i = 0; i < s.n; i++) {
    s.x[i + j * s.n] = sign * (i < 7);
    s.y[i] = i < 7 || response(&sp_glm_binomial, s.x[i + s.n], &g);
  }
  return s;
}

static void check_endless(const bench *b, ptrdiff_t j) {
  CHECK_EQUAL(b->path.size, 0);
  CHECK_EQUAL(b->path.n_endless, 1);
  if (b->path.n_endless == 1) CHECK_EQUAL(b->path.endless[0], j);
}

/* At the end of the path; or from its start, where there is no solution at all. */
static void coefficients_without_end_are_named(void) {
  const double zero = 0;
  for (int unpenalised = 0; unpenalised < 2; unpenalised++) {
    sample s = separated_sample(2, 0, 1);
    bench b;
    if (unpenalised) s.factor[0] = 0;
    bench_start(&b, s, &sp_glm_binomial, 0);
    CHECK_EQUAL(
        bench_fit(&b, unpenalised ? automatic_grid(5) : given_grid(&zero, 1), usual_tolerance),
        unpenalised ? SP_ERR_NO_FIT : SP_OK);
    check_endless(&b, 0);
    if (!unpenalised) CHECK_EQUAL(b.path.stop, SP_STOP_ENDLESS);
    bench_end(&b);
  }
}

/* A bound in the way ends them, one elsewhere does not. */
static void bounds_end_coefficients_on_their_side_alone(void) {
  enum { AHEAD, BEHIND, OF_ANOTHER, BOUNDS };
  const double zero = 0;
  for (int bound = 0; bound < BOUNDS; bound++)
    for (int sign = -1; sign <= 1; sign += 2) {
      sample s = separated_sample(2, 0, sign);
      bench b;
      if (bound == AHEAD) (sign > 0 ? s.upper : s.lower)[0] = 20 * sign;
      if (bound == BEHIND) (sign > 0 ? s.lower : s.upper)[0] = -sign;
      if (bound == OF_ANOTHER) s.lower[1] = -(s.upper[1] = 0.1);
      bench_start(&b, s, &sp_glm_binomial, 0);
      CHECK_EQUAL(bench_fit(&b, given_grid(&zero, 1), usual_tolerance), SP_OK);
      if (bound == AHEAD) {
        CHECK_EQUAL(b.path.n_endless, 0);
        CHECK_EQUAL(b.path.size, 1);
        if (b.path.size == 1) CHECK_EQUAL(b.path.converged[0], 1);
        if (b.path.size == 1) CHECK_NEAR(b.path.values[0], 20 * sign, 0);
      } else {
        CHECK_EQUAL(b.path.stop, SP_STOP_ENDLESS);
        check_endless(&b, 0);
      }
      bench_end(&b);
    }
}

/* A wide ridge is solved in the kernel; one of two columns without a penalty has no end. */
static void coefficients_without_end_are_named_in_a_wide_ridge(void) {
  const double lambda = 0.5;
  const ptrdiff_t freed[] = {2, 5};
  for (int which = 0; which < 2; which++) {
    sample s = separated_sample(90, freed[which], 1);
    bench b;
    s.alpha = s.factor[2] = s.factor[5] = 0;
    bench_start(&b, s, &sp_glm_binomial, 0);
    CHECK(sp_glm_has_kernel(&b.m.problem));
    CHECK_EQUAL(bench_fit(&b, given_grid(&lambda, 1), usual_tolerance), SP_ERR_NO_FIT);
    check_endless(&b, freed[which]);
    bench_end(&b);
  }
}

/* The second half of the columns repeats the first with the other sign: one of each pair stays at
   zero, whatever steps have made of the curvature and rounding of the gradients. */
static void of_equal_columns_one_is_taken(void) {
  enum { PAIRS = 15 };
  for (int l = 0; l < LOSSES; l++)
    for (int trial = 0; trial < 4; trial++) {
      rng g = rng_seeded((uint64_t)trial + 50);
      sample s = sample_new(trial & 1 ? 400 : 40, 2 * PAIRS, (uint64_t)trial);
      bench b;
      for (ptrdiff_t e = 0; e < PAIRS * s.n; e++) s.x[PAIRS * s.n + e] = -s.x[e];
      for (ptrdiff_t i = 0; i < s.n; i++) s.y[i] = response(all[l], s.y[i], &g);
      bench_start(&b, s, all[l], 0);
      CHECK_EQUAL(bench_fit(&b, automatic_grid(60), usual_tolerance), SP_OK);
      for (ptrdiff_t k = 0; k < b.path.size; k++) {
        double *beta = coefficients(&b.path, s.p, k);
        for (ptrdiff_t j = 0; j < PAIRS; j++) CHECK(beta[j] == 0 || beta[PAIRS + j] == 0);
        free(beta);
      }
      bench_end(&b);
    }
}

int main(void) {
  RUN(every_solution_is_certified_and_the_certificate_true);
  RUN(nothing_is_proved_that_collinear_free_columns_would_improve);
  RUN(the_gap_of_a_free_coefficient_is_what_it_is_off_by);
  RUN(a_lambda_is_closed_by_a_step_whose_gradients_are_not_formed);
  RUN(supports_of_any_size_are_solved_without_a_gram_matrix);
  RUN(crawling_passes_bring_the_gram_matrix_back);
  RUN(of_equal_columns_one_is_taken);
  RUN(members_of_the_quadratic_stay_in_the_working_set);
  RUN(steps_do_not_correct_curvature_that_proves);
  RUN(the_loss_follows_the_intercept);
  RUN(exhaustion_is_reported_and_leaves_nothing_behind);
  RUN(a_null_model_without_finite_intercept_is_an_error);
  RUN(where_nothing_is_penalised_or_used_there_is_one_solution);
  RUN(violations_without_a_penalty_have_a_unit);
  RUN(a_fit_that_leaves_little_is_no_saturated_one);
  RUN(coefficients_without_end_are_named);
  RUN(bounds_end_coefficients_on_their_side_alone);
  RUN(coefficients_without_end_are_named_in_a_wide_ridge);
  return check_report();
}
