#include "solver.h"

#include "../alloc.h"
#include "members.h"
#include "residual.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ---- life ------------------------------------------------------------------------------- */

static sp_status allocate(sp_solver *s, sp_error *err) {
  const sp_std *z = s->problem->design;
  const ptrdiff_t n = z->x->n, p = z->x->p;
  SP_TRY(SP_ALLOC(&s->beta, p, err));
  SP_TRY(SP_ALLOC(&s->origin, p, err));
  SP_TRY(SP_ALLOC(&s->gradient, p, err));
  SP_TRY(SP_ALLOC(&s->cols, p, err));
  SP_TRY(SP_ALLOC(&s->c, p, err));
  SP_TRY(SP_ALLOC(&s->eta, n, err));
  SP_TRY(SP_ALLOC(&s->r, n, err));
  SP_TRY(SP_ALLOC(&s->residual.values, n, err));
  SP_TRY(sp_screen_init(&s->screen, z, s->problem->penalty, s->problem->coarse, err));
  const sp_known *known = s->problem->known;
  return sp_working_set_init(&s->working_set, z, known ? known->gram : NULL, err);
}

void sp_solver_clear(sp_solver *s) {
  sp_free(s->beta);
  sp_free(s->earlier);
  sp_free(s->origin);
  sp_free(s->gradient);
  sp_free(s->cols);
  sp_free(s->c);
  sp_free(s->eta);
  sp_free(s->r);
  sp_free(s->residual.values);
  sp_support_clear(&s->support);
  sp_screen_clear(&s->screen);
  sp_working_set_clear(&s->working_set);
  memset(s, 0, sizeof *s);
}

/* ---- the start -------------------------------------------------------------------------- */

static int lacks_rows(const sp_solver *s) {
  return s->problem->known && s->problem->known->gram;
}

/* A small tall design is worth its whole Gram matrix: X is then never read again, and residuals are
   not asked for. */
static int admits_all(const sp_solver *s) {
  const sp_design *x = s->problem->design->x;
  return lacks_rows(s) || (x->p <= SP_SMALL && x->p <= x->n);
}

/* After a refresh, whose columns and gradients are still in the scratch vectors. Where no column is
   ever verified the screen needs no residual. */
static sp_status start_screen(sp_solver *s, sp_error *err) {
  const ptrdiff_t k = sp_screen_varying(s->problem->design, s->cols);
  const double square = admits_all(s) ? 0 : s->rss;
  return sp_screen_start(&s->screen, s->problem->design, s->r, square, s->cols, k, s->c, err);
}

/* The fit at lambda = infinity; lambda does not matter to coefficients without a penalty. */
static sp_status fit_unpenalised(sp_solver *s, sp_error *err) {
  const sp_penalty *h = s->problem->penalty;
  ptrdiff_t k = 0, iterations = 0;
  for (ptrdiff_t j = 0; j < s->problem->design->x->p; j++)
    if (h->factor[j] == 0 && !sp_penalty_is_excluded(h, j)) s->cols[k++] = j;
  if (k == 0) return SP_OK;
  SP_TRY(sp_members_admit(s, s->cols, k, err));
  s->precision = SP_FINEST;
  SP_TRY(sp_members_solve(s, 0, &iterations, err));
  SP_TRY(sp_solver_refresh(s, err));
  return start_screen(s, err);
}

static sp_status admit_all_if_small(sp_solver *s, sp_error *err) {
  const sp_penalty *h = s->problem->penalty;
  ptrdiff_t k = 0;
  s->usable = s->working_set.size;
  for (ptrdiff_t j = 0; j < s->problem->design->x->p; j++) {
    if (sp_penalty_is_excluded(h, j) || s->working_set.position[j] >= 0) continue;
    s->usable++;
    s->cols[k++] = j;
  }
  return admits_all(s) && k > 0 ? sp_members_admit(s, s->cols, k, err) : SP_OK;
}

static double largest_gradient(const sp_solver *s) {
  double largest = 0;
  for (ptrdiff_t j = 0; j < s->problem->design->x->p; j++)
    largest = fmax(largest, fabs(s->gradient[j]));
  return largest;
}

/* Residuals of the size that subtraction leaves of equal numbers. */
static int is_rounding(const sp_solver *s) {
  const double *y = s->problem->y, *offset = s->problem->offset;
  double largest = 0;
  for (ptrdiff_t i = 0; i < s->problem->design->x->n; i++)
    if (sp_std_weight(s->problem->design, i) > 0)
      largest = fmax(largest, fabs(y[i]) + (offset ? fabs(offset[i]) : 0));
  return sqrt(s->rss) <= 8 * DBL_EPSILON * largest;
}

static void start_residual(sp_solver *s) {
  const sp_known *known = s->problem->known;
  if (known && admits_all(s)) {
    s->rss = known->rss;
    s->intercept = known->intercept;
  } else {
    sp_residual_update(s);
  }
}

static sp_status prepare(sp_solver *s, const sp_problem *problem, sp_tolerance tolerance,
                         const sp_context *ctx, sp_error *err) {
  memset(s, 0, sizeof *s);
  s->problem = problem;
  s->tolerance = tolerance;
  s->ctx = ctx;
  SP_TRY(allocate(s, err));
  if (lacks_rows(s)) return SP_OK;
  start_residual(s);
  s->flat = is_rounding(s);
  if (s->flat) sp_residual_update(s);
  return SP_OK;
}

static sp_status gradients_of_null_model(sp_solver *s, sp_error *err) {
  const sp_known *known = s->problem->known;
  if (!known || known->gram || s->flat) return sp_solver_refresh(s, err);
  const ptrdiff_t k = sp_screen_varying(s->problem->design, s->cols);
  for (ptrdiff_t a = 0; a < k; a++) s->gradient[s->cols[a]] = s->c[a] = known->gradient[s->cols[a]];
  return SP_OK;
}

static sp_status start(sp_solver *s, sp_error *err) {
  SP_TRY(gradients_of_null_model(s, err));
  if (!isfinite(s->rss)) return sp_fail(err, SP_ERR_NONFINITE, "the response overflows");
  memcpy(s->origin, s->gradient, (size_t)s->problem->design->x->p * sizeof *s->origin);
  s->null_model = (sp_null_model){
      .objective = s->rss / 2, .gradient = largest_gradient(s), .radius = sqrt(s->rss)};
  s->null_intercept = s->intercept;
  SP_TRY(start_screen(s, err));
  SP_TRY(fit_unpenalised(s, err));
  return admit_all_if_small(s, err);
}

sp_status sp_solver_init(sp_solver *s, const sp_problem *problem, sp_tolerance tolerance,
                         const sp_context *ctx, sp_error *err) {
  SP_TRY(prepare(s, problem, tolerance, ctx, err));
  return start(s, err);
}

double sp_solver_lambda_max(const sp_solver *s) {
  const sp_penalty *h = s->problem->penalty;
  double largest = 0;
  /* Unpenalised columns may explain y altogether; what is left is rounding. */
  if (sqrt(s->rss) <= 64 * DBL_EPSILON * s->null_model.radius) return 0;
  for (ptrdiff_t j = 0; j < s->problem->design->x->p; j++)
    if (h->factor[j] > 0) largest = fmax(largest, h->ops->entry(h, j, s->gradient[j]));
  /* Members of W will be judged by their gradients there, which may differ by a rounding. */
  const sp_working_set *w = &s->working_set;
  for (ptrdiff_t k = 0; k < w->size; k++)
    if (h->factor[w->index[k]] > 0)
      largest = fmax(largest, h->ops->entry(h, w->index[k], w->gradient[k]));
  return SP_BREATH * largest;
}
