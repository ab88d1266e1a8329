#include "solver.h"

#include "../alloc.h"
#include "../kernels.h"
#include "cd.h"
#include "cg.h"
#include "exact.h"
#include "slip.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum {
  EPOCHS = 3, /* of coordinate descent between steps by conjugate gradients */
  COLUMNS_PER_POLL = 512
};

/* Shares of lambda: how precise a solution on the working set is asked to be. */
static const double finest = 1e-12, coarsest = 1e-4;

/* Pruning spares who comes this close to its cut. */
static const double near_cut = 0.8;

/* Up to this many columns the whole Gram matrix of a tall design is made at once. */
static const ptrdiff_t small_p = 512;

/* ---- life ------------------------------------------------------------------------------- */

static sp_status allocate(sp_solver *s, sp_error *err) {
  const sp_std *z = s->problem->design;
  const ptrdiff_t n = z->x->n, p = z->x->p;
  SP_TRY(SP_ALLOC(&s->beta, p, err));
  SP_TRY(SP_ALLOC(&s->earlier, p, err));
  SP_TRY(SP_ALLOC(&s->origin, p, err));
  SP_TRY(SP_ALLOC(&s->gradient, p, err));
  SP_TRY(SP_ALLOC(&s->support, p, err));
  SP_TRY(SP_ALLOC(&s->effect, p, err));
  SP_TRY(SP_ALLOC(&s->cols, p, err));
  SP_TRY(SP_ALLOC(&s->c, p, err));
  SP_TRY(SP_ALLOC(&s->eta, n, err));
  SP_TRY(SP_ALLOC(&s->r, n, err));
  SP_TRY(SP_ALLOC(&s->residual.values, n, err));
  SP_TRY(sp_screen_init(&s->screen, z, s->problem->penalty, err));
  const sp_known *known = s->problem->known;
  return sp_working_set_init(&s->working_set, z, known ? known->gram : NULL, err);
}

void sp_solver_clear(sp_solver *s) {
  sp_free(s->beta);
  sp_free(s->earlier);
  sp_free(s->origin);
  sp_free(s->gradient);
  sp_free(s->support);
  sp_free(s->effect);
  sp_free(s->cols);
  sp_free(s->c);
  sp_free(s->eta);
  sp_free(s->r);
  sp_free(s->residual.values);
  sp_exact_clear(&s->exact);
  sp_screen_clear(&s->screen);
  sp_working_set_clear(&s->working_set);
  sp_factor_clear(&s->factor);
  memset(s, 0, sizeof *s);
}

/* ---- residual and gradients ------------------------------------------------------------- */

static void predict(sp_solver *s) {
  const sp_std *z = s->problem->design;
  const ptrdiff_t n = z->x->n, p = z->x->p;
  ptrdiff_t k = 0;
  if (s->problem->offset)
    memcpy(s->eta, s->problem->offset, (size_t)n * sizeof *s->eta);
  else
    memset(s->eta, 0, (size_t)n * sizeof *s->eta);
  for (ptrdiff_t j = 0; j < p; j++) {
    if (s->beta[j] == 0) continue;
    s->support[k] = j;
    s->effect[k++] = s->beta[j] / z->scale[j];
  }
  z->x->ops->mul(z->x, s->support, k, s->effect, NULL, s->eta);
}

static void weigh_residual(sp_solver *s) {
  const sp_std *z = s->problem->design;
  for (ptrdiff_t i = 0; i < z->x->n; i++) s->residual.values[i] = sp_std_weight(z, i) * s->r[i];
  s->residual.sum = sp_sum(z->x->n, s->residual.values);
}

static void set_residual_to_zero(sp_solver *s) {
  const size_t bytes = (size_t)s->problem->design->x->n * sizeof *s->r;
  memset(s->r, 0, bytes);
  memset(s->residual.values, 0, bytes);
  s->residual.sum = s->rss = 0;
}

/* With the intercept that minimises the loss, after which the residuals sum to zero. The second
   pass takes away what the rounding of the first mean has left. */
static void update_residual(sp_solver *s) {
  const sp_problem *problem = s->problem;
  const ptrdiff_t n = problem->design->x->n;
  predict(s);
  problem->loss->residual(n, problem->y, s->eta, s->r);
  weigh_residual(s);
  s->intercept = 0;
  for (int pass = 0; pass < 2 && problem->intercept && s->residual.sum != 0; pass++) {
    const double mean = s->residual.sum;
    s->intercept += mean;
    for (ptrdiff_t i = 0; i < n; i++) s->r[i] -= mean;
    weigh_residual(s);
  }
  s->rss = sp_dot(n, s->r, s->residual.values);
  if (s->flat) set_residual_to_zero(s);
}

/* c = c_null - G beta, rss = rss_null - beta'(c_null + c). */
static void refresh_from_known(sp_solver *s) {
  const sp_known *known = s->problem->known;
  const sp_std *z = s->problem->design;
  const ptrdiff_t p = z->x->p;
  memcpy(s->gradient, known->gradient, (size_t)p * sizeof *s->gradient);
  s->rss = known->rss;
  s->intercept = known->intercept;
  for (ptrdiff_t j = 0; j < p; j++)
    if (s->beta[j] != 0) sp_axpy(p, -s->beta[j], known->gram + j * p, s->gradient);
  for (ptrdiff_t j = 0; j < p; j++) {
    s->rss -= s->beta[j] * (known->gradient[j] + s->gradient[j]);
    s->intercept -= s->beta[j] / z->scale[j] * z->center[j];
  }
  s->rss = fmax(0, s->rss);
  const ptrdiff_t k = sp_screen_varying(z, s->cols);
  for (ptrdiff_t a = 0; a < k; a++) s->c[a] = s->gradient[s->cols[a]];
}

sp_status sp_solver_refresh(sp_solver *s, sp_error *err) {
  const sp_std *z = s->problem->design;
  if (s->problem->known) {
    refresh_from_known(s);
    return SP_OK;
  }
  update_residual(s);
  const ptrdiff_t k = sp_screen_varying(z, s->cols);
  SP_TRY(sp_screen_products(z, &s->residual, s->cols, k, s->c, s->ctx, err));
  for (ptrdiff_t a = 0; a < k; a++) s->gradient[s->cols[a]] = s->c[a];
  return SP_OK;
}

/* Gradients of the working set free of accumulated rounding: from the null model's through the
   Gram matrix, or from the residual itself. */
static sp_status reload_gradients(sp_solver *s, sp_error *err) {
  sp_working_set *w = &s->working_set;
  if (!w->gram) {
    update_residual(s);
    return sp_screen_products(s->problem->design, &s->residual, w->index, w->size, w->gradient,
                              s->ctx, err);
  }
  ptrdiff_t count = 0;
  for (ptrdiff_t k = 0; k < w->size; k++) {
    w->gradient[k] = s->origin[w->index[k]];
    if (s->beta[w->index[k]] == 0) continue;
    s->cols[count] = k;
    s->c[count++] = s->beta[w->index[k]];
  }
  sp_working_set_shift(w, s->cols, s->c, count);
  return SP_OK;
}

/* rss and intercept without a look at the rows: with c = c_null - G beta,
   rss = rss_null - 2 beta'c_null + beta'G beta = rss_null - beta'(c_null + c). */
static void update_moments(sp_solver *s) {
  const sp_working_set *w = &s->working_set;
  const sp_std *z = s->problem->design;
  double explained = 0, shift = 0;
  for (ptrdiff_t k = 0; k < w->size; k++) {
    const ptrdiff_t j = w->index[k];
    explained += s->beta[j] * (s->origin[j] + w->gradient[k]);
    shift += s->beta[j] / z->scale[j] * z->center[j];
  }
  s->rss = fmax(0, 2 * s->null_model.objective - explained);
  s->intercept = s->null_intercept - shift;
}

/* ---- the working set -------------------------------------------------------------------- */

static sp_status admit(sp_solver *s, const ptrdiff_t *cols, ptrdiff_t k, sp_error *err) {
  for (ptrdiff_t begin = 0; begin < k; begin += COLUMNS_PER_POLL) {
    const ptrdiff_t count = k - begin < COLUMNS_PER_POLL ? k - begin : COLUMNS_PER_POLL;
    SP_TRY(sp_context_poll(s->ctx, err));
    SP_TRY(sp_working_set_add(&s->working_set, s->problem->design, cols + begin, count, err));
  }
  return reload_gradients(s, err);
}

/* Members at zero and far from their cut leave when they are the most of W. All of them are back as
   soon as the screen finds them likely, or in violation. */
static void prune(sp_solver *s, double lambda) {
  const sp_penalty *h = s->problem->penalty;
  sp_working_set *w = &s->working_set;
  ptrdiff_t *place = s->cols, staying = 0;
  if (w->size == s->usable || w->size <= small_p) return;
  for (ptrdiff_t k = 0; k < w->size; k++) {
    const ptrdiff_t j = w->index[k];
    const double cut = near_cut * lambda * h->ops->cut(h, j);
    const int stays = s->beta[j] != 0 || !(fabs(w->gradient[k]) < cut);
    place[k] = stays ? 0 : -1;
    staying += stays;
  }
  for (ptrdiff_t row = 0; row < s->factor.size; row++) {
    staying += place[s->factor.label[row]] < 0;
    place[s->factor.label[row]] = 0;
  }
  if (w->size <= 2 * staying) return;
  sp_working_set_keep(w, place);
  for (ptrdiff_t row = 0; row < s->factor.size; row++)
    s->factor.label[row] = place[s->factor.label[row]];
}

double sp_solver_slack(const sp_solver *s, ptrdiff_t j, double lambda) {
  const double rounding = 16 * DBL_EPSILON * s->screen.norm[j] * s->null_model.radius;
  return fmax(s->precision * lambda * s->problem->penalty->factor[j], rounding);
}

/* Largest violation of stationarity within W, in units of its slack: at most 1 when solved. */
static double worst_violation(const sp_solver *s, double lambda) {
  const sp_penalty *h = s->problem->penalty;
  const sp_working_set *w = &s->working_set;
  double worst = 0;
  for (ptrdiff_t k = 0; k < w->size; k++) {
    const ptrdiff_t j = w->index[k];
    const double violation = h->ops->violation(h, j, s->beta[j], w->gradient[k], lambda);
    if (violation > 0) worst = fmax(worst, violation / sp_solver_slack(s, j, lambda));
  }
  return worst;
}

/* Without the Gram matrix: epochs, which settle the support, in turn with conjugate gradients. */
static sp_status descend_by_epochs(sp_solver *s, double lambda, ptrdiff_t *iterations,
                                   sp_error *err) {
  while (*iterations < s->tolerance.max_iter) {
    SP_TRY(sp_context_poll(s->ctx, err));
    for (int epoch = 0; epoch < EPOCHS && *iterations < s->tolerance.max_iter; epoch++) {
      ++*iterations;
      if (sp_cd_epoch(s, lambda) == 0) return SP_OK;
    }
    SP_TRY(sp_cg_step(s, lambda, iterations, err));
  }
  return SP_OK;
}

/* Exact steps on the support in turn with the release of members that should join it. */
static sp_status solve_working_set(sp_solver *s, double lambda, ptrdiff_t *iterations,
                                   sp_error *err) {
  if (!s->working_set.gram) return descend_by_epochs(s, lambda, iterations, err);
  while (*iterations < s->tolerance.max_iter) {
    int solved;
    SP_TRY(sp_context_poll(s->ctx, err));
    ++*iterations;
    SP_TRY(sp_exact_step(s, lambda, &solved, err));
    const ptrdiff_t released = sp_cd_release(s, lambda);
    if (solved && released == 0) break;
    if (!solved && sp_cd_epoch(s, lambda) == 0) break;
  }
  return SP_OK;
}

static ptrdiff_t most_to_admit(const sp_solver *s) {
  const sp_working_set *w = &s->working_set;
  ptrdiff_t nonzero = 0;
  for (ptrdiff_t k = 0; k < w->size; k++) nonzero += s->beta[w->index[k]] != 0;
  return sp_screen_most(nonzero);
}

/* The columns outside W that zero is not stationary for: into s->cols, their number into *count. */
static sp_status find_violators(sp_solver *s, double lambda, ptrdiff_t *count, sp_error *err) {
  *count = 0;
  if (s->working_set.size == s->usable) {
    if (s->working_set.gram) update_moments(s);
    return SP_OK;
  }
  update_residual(s);
  const sp_screen_site here = {.design = s->problem->design,
                               .penalty = s->problem->penalty,
                               .r = s->r,
                               .square = s->rss,
                               .position = s->working_set.position,
                               .lambda = lambda,
                               .most = most_to_admit(s),
                               .cols = s->cols,
                               .c = s->c};
  return sp_screen_violators(&s->screen, &here, count, s->ctx, err);
}

/* ---- one lambda ------------------------------------------------------------------------- */

static sp_solution conclude(const sp_solver *s, sp_certificate certificate, ptrdiff_t iterations) {
  return (sp_solution){.certificate = certificate,
                       .iterations = iterations,
                       .converged = certificate.gap <= s->tolerance.tol};
}

sp_solution sp_solver_certify(const sp_solver *s, double lambda, double slip) {
  const sp_problem *problem = s->problem;
  const sp_claim claim = {.design = problem->design,
                          .penalty = problem->penalty,
                          .k = problem->design->x->p,
                          .beta = s->beta,
                          .c = s->gradient,
                          .rss = s->rss,
                          .slip = slip,
                          .lambda = lambda};
  return conclude(s, sp_certify(&claim, &s->null_model), 0);
}

/* Over the free members of W; their list and gradients pass through the scratch vectors. */
static sp_status slip_of_members(sp_solver *s, double lambda, double *slip, sp_error *err) {
  sp_working_set *w = &s->working_set;
  ptrdiff_t k = 0;
  for (ptrdiff_t a = 0; a < w->size; a++) {
    const ptrdiff_t j = w->index[a];
    if (!sp_is_free(s->problem->penalty, j, s->beta[j], w->gradient[a], lambda)) continue;
    s->cols[k] = j;
    s->c[k++] = w->gradient[a];
  }
  return sp_slip(s->problem->design, w, s->cols, k, s->c, &w->batch[0], slip, err);
}

/* Outside W |c_j| is known to be at most lambda cut_j, before the slip. */
static double strain_of(const sp_solver *s, double lambda, double slip) {
  const sp_screen *screen = &s->screen;
  double strain = 0;
  if (slip == 0 || s->working_set.size == s->usable) return 0;
  for (ptrdiff_t j = 0; j < s->problem->design->x->p; j++)
    if (s->working_set.position[j] < 0 && screen->cut[j] > 0)
      strain = fmax(strain, slip * screen->norm[j] / (lambda * screen->cut[j]));
  return strain;
}

static sp_status certify(sp_solver *s, double lambda, ptrdiff_t iterations, sp_solution *out,
                         sp_error *err) {
  const sp_working_set *w = &s->working_set;
  sp_claim claim = {.design = s->problem->design,
                    .penalty = s->problem->penalty,
                    .cols = w->index,
                    .k = w->size,
                    .beta = s->beta,
                    .c = w->gradient,
                    .rss = s->rss,
                    .lambda = lambda};
  SP_TRY(slip_of_members(s, lambda, &claim.slip, err));
  claim.strain = strain_of(s, lambda, claim.slip);
  *out = conclude(s, sp_certify(&claim, &s->null_model), iterations);
  return SP_OK;
}

/* Solves on W until stationary or as far as rounding allows, then lets violators in, until there
   are none: nothing is certified before all columns are verified. It ends because the violation
   halves or W grows. */
static sp_status solve_and_verify(sp_solver *s, double lambda, ptrdiff_t *iterations,
                                  sp_error *err) {
  double last = INFINITY;
  for (;;) {
    SP_TRY(solve_working_set(s, lambda, iterations, err));
    SP_TRY(reload_gradients(s, err));
    const double worst = worst_violation(s, lambda);
    if (worst > 1 && worst <= last / 2 && *iterations < s->tolerance.max_iter) {
      last = worst;
      continue;
    }
    ptrdiff_t count;
    SP_TRY(find_violators(s, lambda, &count, err));
    if (count == 0) return SP_OK;
    SP_TRY(admit(s, s->cols, count, err));
    last = INFINITY;
  }
}

/* The exact step is as precise as it gets; epochs of coordinate descent cost more the more precise
   they are, so there precision follows what the certificate needs. */
static sp_status solve_at(sp_solver *s, double lambda, sp_solution *out, sp_error *err) {
  ptrdiff_t iterations = 0;
  s->precision = s->working_set.gram ? finest : coarsest;
  for (;;) {
    SP_TRY(solve_and_verify(s, lambda, &iterations, err));
    SP_TRY(certify(s, lambda, iterations, out, err));
    const int hopeless = s->precision <= finest || iterations >= s->tolerance.max_iter;
    if (out->converged || hopeless) return SP_OK;
    s->precision /= 10;
  }
}

/* Without the exact step, the line through the last two solutions is a better start than the last
   of them: the path is close to linear in lambda. A coefficient goes no further than its piece. */
static void extrapolate(sp_solver *s, double lambda) {
  const sp_penalty *h = s->problem->penalty;
  const sp_working_set *w = &s->working_set;
  const double stretch =
      (s->screen.lambda - lambda) / (s->screen.lambda_earlier - s->screen.lambda);
  const int worthwhile = !w->gram && stretch > 0 && stretch < 2;
  for (ptrdiff_t k = 0; k < w->size; k++) {
    sp_piece piece;
    const ptrdiff_t j = w->index[k];
    const double b = s->beta[j];
    if (worthwhile && s->earlier[j] != 0 && h->ops->piece(h, j, b, lambda, &piece))
      s->beta[j] = fmin(piece.high, fmax(piece.low, b + stretch * (b - s->earlier[j])));
    s->earlier[j] = b;
  }
  if (worthwhile) update_residual(s);
}

/* Members of W are known better than the screen has them. */
static void settle(sp_solver *s, double lambda) {
  const sp_working_set *w = &s->working_set;
  for (ptrdiff_t k = 0; k < w->size; k++) s->screen.c[w->index[k]] = w->gradient[k];
  sp_screen_settle(&s->screen, lambda);
}

sp_status sp_solver_move(sp_solver *s, double lambda, double previous, sp_solution *out,
                         sp_error *err) {
  const ptrdiff_t p = s->problem->design->x->p;
  prune(s, lambda);
  extrapolate(s, lambda);
  const ptrdiff_t k = sp_screen_likely(&s->screen, p, s->working_set.position, lambda, previous,
                                       most_to_admit(s), s->cols, s->c);
  if (k > 0) SP_TRY(admit(s, s->cols, k, err));
  SP_TRY(solve_at(s, lambda, out, err));
  settle(s, lambda);
  return SP_OK;
}

/* ---- the start -------------------------------------------------------------------------- */

/* After a refresh, whose columns and gradients are still in the scratch vectors. */
static sp_status start_screen(sp_solver *s, sp_error *err) {
  const ptrdiff_t k = sp_screen_varying(s->problem->design, s->cols);
  return sp_screen_start(&s->screen, s->problem->design, s->r, s->rss, s->cols, k, s->c, err);
}

/* The fit at lambda = infinity; lambda does not matter to coefficients without a penalty. */
static sp_status fit_unpenalised(sp_solver *s, sp_error *err) {
  const sp_penalty *h = s->problem->penalty;
  ptrdiff_t k = 0, iterations = 0;
  for (ptrdiff_t j = 0; j < s->problem->design->x->p; j++)
    if (h->factor[j] == 0 && !sp_penalty_is_excluded(h, j)) s->cols[k++] = j;
  if (k == 0) return SP_OK;
  SP_TRY(admit(s, s->cols, k, err));
  s->precision = finest;
  SP_TRY(solve_working_set(s, 0, &iterations, err));
  SP_TRY(sp_solver_refresh(s, err));
  return start_screen(s, err);
}

/* A small tall design is worth its whole Gram matrix: X is then never read again. */
static sp_status admit_all_if_small(sp_solver *s, sp_error *err) {
  const ptrdiff_t n = s->problem->design->x->n, p = s->problem->design->x->p;
  ptrdiff_t k = 0;
  s->usable = s->working_set.size;
  for (ptrdiff_t j = 0; j < p; j++) {
    if (sp_penalty_is_excluded(s->problem->penalty, j) || s->working_set.position[j] >= 0) continue;
    s->usable++;
    s->cols[k++] = j;
  }
  const int worthwhile = s->problem->known || (p <= small_p && p <= n);
  return worthwhile && k > 0 ? admit(s, s->cols, k, err) : SP_OK;
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

sp_status sp_solver_init(sp_solver *s, const sp_problem *problem, sp_tolerance tolerance,
                         const sp_context *ctx, sp_error *err) {
  memset(s, 0, sizeof *s);
  s->problem = problem;
  s->tolerance = tolerance;
  s->ctx = ctx;
  SP_TRY(allocate(s, err));
  if (!problem->known) update_residual(s);
  s->flat = !problem->known && is_rounding(s);
  SP_TRY(sp_solver_refresh(s, err));
  if (!isfinite(s->rss)) return sp_fail(err, SP_ERR_NONFINITE, "the response overflows");
  memcpy(s->origin, s->gradient, (size_t)problem->design->x->p * sizeof *s->origin);
  s->null_model = (sp_null_model){
      .objective = s->rss / 2, .gradient = largest_gradient(s), .radius = sqrt(s->rss)};
  s->null_intercept = s->intercept;
  SP_TRY(start_screen(s, err));
  SP_TRY(fit_unpenalised(s, err));
  return admit_all_if_small(s, err);
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
  /* A breath above, so that rounding in another order of summation cannot let a column in. */
  return largest * (1 + 1e-14);
}
