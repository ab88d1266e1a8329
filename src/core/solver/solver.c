#include "solver.h"

#include "../alloc.h"
#include "../kernels.h"
#include "cd.h"
#include "exact.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum {
  SETTLING_EPOCHS = 8, /* epochs granted to a changing support before the exact step */
  MAX_ROUNDS = 60,     /* rounds of solve and verify per lambda */
  COLUMNS_PER_POLL = 256
};

static sp_status allocate(sp_solver *s, sp_error *err) {
  const ptrdiff_t n = s->problem->design->x->n, p = s->problem->design->x->p;
  SP_TRY(SP_ALLOC(&s->beta, p, err));
  SP_TRY(SP_ALLOC(&s->gradient, p, err));
  SP_TRY(SP_ALLOC(&s->eta, n, err));
  SP_TRY(SP_ALLOC(&s->residual.values, n, err));
  return sp_working_set_init(&s->working_set, s->problem->design, err);
}

void sp_solver_clear(sp_solver *s) {
  sp_free(s->beta);
  sp_free(s->gradient);
  sp_free(s->eta);
  sp_free(s->residual.values);
  sp_free(s->step);
  sp_working_set_clear(&s->working_set);
  sp_factor_clear(&s->factor);
  memset(s, 0, sizeof *s);
}

static void predict(sp_solver *s) {
  const sp_std *z = s->problem->design;
  const ptrdiff_t n = z->x->n, p = z->x->p;
  if (s->problem->offset)
    memcpy(s->eta, s->problem->offset, (size_t)n * sizeof *s->eta);
  else
    memset(s->eta, 0, (size_t)n * sizeof *s->eta);
  for (ptrdiff_t j = 0; j < p; j++)
    if (s->beta[j] != 0) z->x->ops->axpy(z->x, j, s->beta[j] / z->scale[j], NULL, s->eta);
}

/* The intercept that minimises the loss: the residuals then sum to zero. */
static void fit_intercept(sp_solver *s) {
  const sp_std *z = s->problem->design;
  const ptrdiff_t n = z->x->n;
  const double *y = s->problem->y;
  double *g = s->residual.values;
  s->problem->loss->residual(n, y, s->eta, z->v, g);
  s->intercept = s->problem->intercept ? sp_sum(n, g) : 0;
  if (s->intercept != 0) {
    for (ptrdiff_t i = 0; i < n; i++) s->eta[i] += s->intercept;
    s->problem->loss->residual(n, y, s->eta, z->v, g);
  }
  s->residual.sum = sp_sum(n, g);
}

sp_status sp_solver_refresh(sp_solver *s, sp_error *err) {
  const sp_std *z = s->problem->design;
  predict(s);
  fit_intercept(s);
  s->rss = 2 * s->problem->loss->value(z->x->n, s->problem->y, s->eta, z->v);
  for (ptrdiff_t j = 0; j < z->x->p; j++) {
    if (j % COLUMNS_PER_POLL == 0) SP_TRY(sp_context_poll(s->ctx, err));
    s->gradient[j] = z->constant[j] ? 0 : sp_std_dot(z, j, &s->residual);
  }
  sp_working_set *w = &s->working_set;
  for (ptrdiff_t k = 0; k < w->size; k++) w->gradient[k] = s->gradient[w->index[k]];
  return SP_OK;
}

/* Adds the columns outside W that zero is not stationary for at `lambda`; counts them. */
static sp_status add_violators(sp_solver *s, double lambda, ptrdiff_t *added, sp_error *err) {
  const sp_penalty *h = s->problem->penalty;
  sp_working_set *w = &s->working_set;
  *added = 0;
  for (ptrdiff_t j = 0; j < s->problem->design->x->p; j++) {
    if (w->position[j] >= 0 || sp_penalty_is_excluded(h, j)) continue;
    if (h->ops->violation(h, j, 0, s->gradient[j], lambda) == 0) continue;
    SP_TRY(sp_context_poll(s->ctx, err));
    SP_TRY(sp_working_set_add(w, s->problem->design, j, s->gradient[j], err));
    ++*added;
  }
  return SP_OK;
}

/* Largest distance from stationarity within W, by the gradients kept there. */
static double worst_violation(const sp_solver *s, double lambda) {
  const sp_penalty *h = s->problem->penalty;
  const sp_working_set *w = &s->working_set;
  double worst = 0;
  for (ptrdiff_t k = 0; k < w->size; k++) {
    const ptrdiff_t j = w->index[k];
    worst = fmax(worst, h->ops->violation(h, j, s->beta[j], w->gradient[k], lambda));
  }
  return worst;
}

/* Epochs until stationarity holds on W to `target`, or the epochs are used up. */
static sp_status solve_working_set(sp_solver *s, double lambda, double target,
                                   ptrdiff_t *iterations, sp_error *err) {
  int settling = 0;
  while (*iterations < s->tolerance.max_iter) {
    SP_TRY(sp_context_poll(s->ctx, err));
    const sp_epoch epoch = sp_cd_epoch(s, lambda);
    ++*iterations;
    if (epoch.violation <= target) return SP_OK;
    if (!s->working_set.gram) continue;
    if (epoch.support_changed && ++settling < SETTLING_EPOCHS) continue;
    settling = 0;
    int solved;
    SP_TRY(sp_exact_step(s, lambda, &solved, err));
    if (solved && worst_violation(s, lambda) <= target) return SP_OK;
  }
  return SP_OK;
}

sp_solution sp_solver_certify(const sp_solver *s, double lambda, ptrdiff_t iterations) {
  const sp_certificate certificate = sp_certify(s->problem->design, s->problem->penalty, s->beta,
                                                s->gradient, s->rss, lambda, &s->null_model);
  return (sp_solution){.certificate = certificate,
                       .iterations = iterations,
                       .converged = certificate.gap <= s->tolerance.tol};
}

/* Solves on W, recomputes everything from X, lets violators in, until nothing is left to improve:
   no violator, and either stationary to `target` or as far as rounding allows. */
static sp_status solve_and_verify(sp_solver *s, double lambda, sp_solution *out, sp_error *err) {
  const double rounding = 16 * DBL_EPSILON * s->null_model.gradient;
  double target = fmax(1e-12 * lambda, rounding);
  ptrdiff_t iterations = 0;
  double last = INFINITY;
  for (int round = 0; round < MAX_ROUNDS; round++) {
    SP_TRY(solve_working_set(s, lambda, target, &iterations, err));
    SP_TRY(sp_solver_refresh(s, err));
    ptrdiff_t added;
    SP_TRY(add_violators(s, lambda, &added, err));
    *out = sp_solver_certify(s, lambda, iterations);
    if (iterations >= s->tolerance.max_iter) break;
    const double worst = worst_violation(s, lambda);
    if (added > 0) {
      last = INFINITY;
    } else if (worst <= target || worst > last / 2) {
      break;
    } else {
      last = worst;
    }
  }
  return SP_OK;
}

sp_status sp_solver_move(sp_solver *s, double lambda, double previous, sp_solution *out,
                         sp_error *err) {
  /* Strong rule: gradients are assumed to change no faster than lambda. Tibshirani et al. (2012),
     J. R. Stat. Soc. B 74, 245-266, eq. (13). */
  ptrdiff_t added;
  SP_TRY(add_violators(s, fmax(0, 2 * lambda - previous), &added, err));
  return solve_and_verify(s, lambda, out, err);
}

static double largest_gradient(const sp_solver *s) {
  double largest = 0;
  for (ptrdiff_t j = 0; j < s->problem->design->x->p; j++)
    largest = fmax(largest, fabs(s->gradient[j]));
  return largest;
}

/* The coefficients without a penalty are fitted first; lambda does not matter to them. */
static sp_status fit_unpenalised(sp_solver *s, sp_error *err) {
  const sp_penalty *h = s->problem->penalty;
  for (ptrdiff_t j = 0; j < s->problem->design->x->p; j++)
    if (h->factor[j] == 0 && !sp_penalty_is_excluded(h, j))
      SP_TRY(sp_working_set_add(&s->working_set, s->problem->design, j, s->gradient[j], err));
  ptrdiff_t iterations = 0;
  if (s->working_set.size == 0) return SP_OK;
  SP_TRY(solve_working_set(s, 0, 16 * DBL_EPSILON * s->null_model.gradient, &iterations, err));
  return sp_solver_refresh(s, err);
}

sp_status sp_solver_init(sp_solver *s, const sp_problem *problem, sp_tolerance tolerance,
                         const sp_context *ctx, sp_error *err) {
  memset(s, 0, sizeof *s);
  s->problem = problem;
  s->tolerance = tolerance;
  s->ctx = ctx;
  SP_TRY(allocate(s, err));
  SP_TRY(sp_solver_refresh(s, err));
  if (!isfinite(s->rss)) return sp_fail(err, SP_ERR_NONFINITE, "the response overflows");
  s->null_model = (sp_null_model){.objective = s->rss / 2, .gradient = largest_gradient(s)};
  s->null_intercept = s->intercept;
  return fit_unpenalised(s, err);
}

double sp_solver_lambda_max(const sp_solver *s) {
  const sp_penalty *h = s->problem->penalty;
  double largest = 0;
  for (ptrdiff_t j = 0; j < s->problem->design->x->p; j++)
    if (h->factor[j] > 0) largest = fmax(largest, h->ops->entry(h, j, s->gradient[j]));
  /* A breath above, so that rounding in another order of summation cannot let a column in. */
  return largest * (1 + 1e-14);
}
