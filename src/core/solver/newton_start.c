#include "newton_parts.h"

#include "../alloc.h"

#include <math.h>
#include <string.h>

/* What is left of the curvature where only coefficients without end explain it. */
static const double flat = 1e-6;

static sp_status allocate(sp_newton *s, sp_error *err) {
  const ptrdiff_t n = s->problem->design->x->n, p = s->problem->design->x->p;
  SP_TRY(SP_ALLOC(&s->beta, p, err));
  SP_TRY(SP_ALLOC(&s->earlier, p, err));
  SP_TRY(SP_ALLOC(&s->eta, n, err));
  SP_TRY(SP_ALLOC(&s->r, n, err));
  SP_TRY(SP_ALLOC(&s->h, n, err));
  SP_TRY(SP_ALLOC(&s->g.values, n, err));
  SP_TRY(SP_ALLOC(&s->trial_eta, n, err));
  SP_TRY(SP_ALLOC(&s->trial_r, n, err));
  SP_TRY(SP_ALLOC(&s->trial_h, n, err));
  SP_TRY(SP_ALLOC(&s->direction, n, err));
  SP_TRY(SP_ALLOC(&s->index, p, err));
  SP_TRY(SP_ALLOC(&s->position, p, err));
  SP_TRY(SP_ALLOC(&s->gradient, p, err));
  SP_TRY(SP_ALLOC(&s->cols, p, err));
  SP_TRY(SP_ALLOC(&s->moved, p, err));
  SP_TRY(SP_ALLOC(&s->c, p, err));
  SP_TRY(SP_ALLOC(&s->effect, p, err));
  for (ptrdiff_t j = 0; j < p; j++) s->position[j] = -1;
  SP_TRY(
      sp_screen_init(&s->screen, s->problem->design, s->problem->penalty, s->problem->coarse, err));
  return sp_quadratic_init(&s->quadratic, s->problem->design, s->problem->penalty,
                           s->problem->intercept, err);
}

void sp_newton_clear(sp_newton *s) {
  double *vectors[] = {s->beta,     s->earlier,   s->eta,     s->r,       s->h,
                       s->g.values, s->trial_eta, s->trial_r, s->trial_h, s->direction,
                       s->gradient, s->c,         s->effect};
  for (size_t k = 0; k < sizeof vectors / sizeof *vectors; k++) sp_free(vectors[k]);
  sp_free(s->index);
  sp_free(s->position);
  sp_free(s->cols);
  sp_free(s->moved);
  sp_free(s->endless);
  sp_screen_clear(&s->screen);
  sp_quadratic_clear(&s->quadratic);
  memset(s, 0, sizeof *s);
}

static sp_status fit_unpenalised(sp_newton *s, sp_error *err) {
  const sp_penalty *h = s->problem->penalty;
  const ptrdiff_t p = s->problem->design->x->p;
  sp_certificate certificate;
  ptrdiff_t k = 0, iterations = 0;
  for (ptrdiff_t j = 0; j < p; j++)
    if (h->factor[j] == 0 && !sp_penalty_is_excluded(h, j)) s->cols[k++] = j;
  s->has_unpenalised = k > 0;
  if (k == 0) return SP_OK;
  SP_TRY(sp_newton_admit(s, s->cols, k, err));
  SP_TRY(sp_newton_solve(s, 0, &certificate, &iterations, err));
  if (s->n_endless > 0)
    return sp_fail(err, SP_ERR_NO_FIT, "coefficients without penalty run to infinity");
  if (s->value > sp_newton_separated * s->null_value ||
      sp_newton_curvature(s) > flat * s->null_curvature)
    return SP_OK;
  return sp_fail(err, SP_ERR_NO_FIT, "the columns without penalty explain the response altogether");
}

/* The gradients of all columns: the first direction of the screen. */
static sp_status start_screen(sp_newton *s, sp_error *err) {
  const sp_std *z = s->problem->design;
  const ptrdiff_t k = sp_screen_varying(z, s->cols);
  SP_TRY(sp_newton_gradients(s, s->cols, k, s->c, err));
  for (ptrdiff_t a = 0; a < k; a++) s->null_gradient = fmax(s->null_gradient, fabs(s->c[a]));
  return sp_screen_start(&s->screen, z, s->r, s->square, s->cols, k, s->c, err);
}

sp_status sp_newton_init(sp_newton *s, const sp_problem *problem, const sp_glm_loss *loss,
                         sp_tolerance tolerance, const sp_context *ctx, sp_error *err) {
  memset(s, 0, sizeof *s);
  s->problem = problem;
  s->loss = loss;
  s->tolerance = tolerance;
  s->ctx = ctx;
  s->lambda = s->lambda_earlier = INFINITY;
  s->constant = problem->intercept ? loss->start : 0;
  SP_TRY(allocate(s, err));
  SP_TRY(sp_newton_fit_null(s, err));
  for (ptrdiff_t j = 0; j < problem->design->x->p; j++) {
    if (sp_penalty_is_excluded(problem->penalty, j)) continue;
    s->usable++;
    if (s->screen.cut[j] > 0) s->longest = fmax(s->longest, s->screen.norm[j] / s->screen.cut[j]);
  }
  SP_TRY(start_screen(s, err));
  SP_TRY(fit_unpenalised(s, err));
  return s->size > 0 ? start_screen(s, err) : SP_OK;
}

double sp_newton_lambda_max(const sp_newton *s) {
  const sp_penalty *h = s->problem->penalty;
  double largest = 0;
  if (s->value <= 1e-12 * s->null_value || s->null_value <= 0) return 0;
  for (ptrdiff_t j = 0; j < s->problem->design->x->p; j++)
    if (h->factor[j] > 0) largest = fmax(largest, h->ops->entry(h, j, s->screen.settled[j]));
  return SP_BREATH * largest;
}

double sp_newton_intercept(const sp_newton *s) {
  const sp_std *z = s->problem->design;
  double shift = 0;
  for (ptrdiff_t k = 0; k < s->size; k++) {
    const ptrdiff_t j = s->index[k];
    shift += s->beta[j] / z->scale[j] * z->center[j];
  }
  return s->constant - shift;
}

double sp_newton_dev_ratio(const sp_newton *s) {
  return s->null_value > 0 ? 1 - s->value / s->null_value : 0;
}
