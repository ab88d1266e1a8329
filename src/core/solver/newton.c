#include "newton.h"

#include "../alloc.h"
#include "../kernels.h"
#include "inexact.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { HALVINGS = 40, MAX_STEPS = 500, MAX_STALLS = 12 };

/* Violations of stationarity, in units of lambda: what is asked of a loss without dual, of one with
   a dual besides its gap, and where there is no lambda. */
static const double enough = 1e-7, coarse = 1e-3, finest = 1e-11;
static const double judged = 1e-6;

/* What is left of the null deviance when y is explained up to rounding. */
static const double nothing = 1e-11;

/* How far the curvature may drift, and how slowly steps converge, before it is taken anew. */
static const double drift_limit = 0.1, slowest_pace = 0.3;

/* Share of the violation that a step without a Gram matrix may leave; and, far from the solution,
   any step of the intercept's. */
static const double inexactness = 0.1, negligible = 0.01, far = 0.03;

/* ---- life ------------------------------------------------------------------------------- */

static sp_status allocate(sp_newton *s, sp_error *err) {
  const ptrdiff_t n = s->problem->design->x->n, p = s->problem->design->x->p;
  SP_TRY(SP_ALLOC(&s->beta, p, err));
  SP_TRY(SP_ALLOC(&s->eta, n, err));
  SP_TRY(SP_ALLOC(&s->r, n, err));
  SP_TRY(SP_ALLOC(&s->h, n, err));
  SP_TRY(SP_ALLOC(&s->g.values, n, err));
  SP_TRY(SP_ALLOC(&s->trial_eta, n, err));
  SP_TRY(SP_ALLOC(&s->trial_r, n, err));
  SP_TRY(SP_ALLOC(&s->trial_h, n, err));
  SP_TRY(SP_ALLOC(&s->direction, n, err));
  SP_TRY(SP_ALLOC(&s->curvature, n, err));
  SP_TRY(SP_ALLOC(&s->index, p, err));
  SP_TRY(SP_ALLOC(&s->position, p, err));
  SP_TRY(SP_ALLOC(&s->gradient, p, err));
  SP_TRY(SP_ALLOC(&s->cols, p, err));
  SP_TRY(SP_ALLOC(&s->c, p, err));
  SP_TRY(SP_ALLOC(&s->effect, p, err));
  for (ptrdiff_t j = 0; j < p; j++) s->position[j] = -1;
  SP_TRY(sp_screen_init(&s->screen, s->problem->design, s->problem->penalty, err));
  return sp_quadratic_init(&s->quadratic, s->problem->design, s->problem->penalty,
                           s->problem->intercept, err);
}

void sp_newton_clear(sp_newton *s) {
  double *vectors[] = {s->beta,      s->eta,     s->r,       s->h,         s->g.values,
                       s->trial_eta, s->trial_r, s->trial_h, s->direction, s->curvature,
                       s->gradient,  s->c,       s->effect};
  for (size_t k = 0; k < sizeof vectors / sizeof *vectors; k++) sp_free(vectors[k]);
  sp_free(s->index);
  sp_free(s->position);
  sp_free(s->cols);
  sp_screen_clear(&s->screen);
  sp_quadratic_clear(&s->quadratic);
  memset(s, 0, sizeof *s);
}

/* ---- the loss at a linear predictor ----------------------------------------------------- */

static double weighted_sum(const sp_newton *s, const double *x) {
  const sp_std *z = s->problem->design;
  return z->v ? sp_dot(z->x->n, z->v, x) : sp_sum(z->x->n, x) / (double)z->x->n;
}

static double weighted_size(const sp_newton *s, const double *x) {
  const sp_std *z = s->problem->design;
  double sum = 0;
  for (ptrdiff_t i = 0; i < z->x->n; i++) sum += (z->v ? z->v[i] : 1) * fabs(x[i]);
  return z->v ? sum : sum / (double)z->x->n;
}

static sp_status evaluate_at(const sp_newton *s, const double *eta, double *value, double *r,
                             double *h, sp_error *err) {
  const sp_std *z = s->problem->design;
  return sp_glm_evaluate(s->loss, z->x->n, s->problem->y, eta, z->v, value, r, h, err);
}

/* Nothing but rounding is left of a sum of residuals. */
static int is_rounding(const sp_newton *s, double sum, const double *r) {
  return fabs(sum) <= 64 * DBL_EPSILON * weighted_size(s, r);
}

/* Moves the constant of trial_eta to where the residuals sum to zero, or to less than `slack`:
   Newton's method in one dimension, kept inside a bracket that grows until it holds the root.
   *moved: by how much. */
static sp_status solve_constant(sp_newton *s, double slack, double *value, double *moved,
                                sp_error *err) {
  const ptrdiff_t n = s->problem->design->x->n;
  double low = -INFINITY, high = INFINITY, at = 0, reach = 1, valid = NAN;
  *moved = 0;
  SP_TRY(evaluate_at(s, s->trial_eta, value, s->trial_r, s->trial_h, err));
  for (int round = 0; s->problem->intercept && round < 200; round++) {
    const double pull = weighted_sum(s, s->trial_r), bend = weighted_sum(s, s->trial_h);
    if (fabs(pull) <= slack || is_rounding(s, pull, s->trial_r)) break;
    if (!isfinite(pull) && isnan(valid) && s->null_value > 0) break; /* the trial was too far */
    if (isfinite(pull)) valid = at;
    /* Where there is no number it is back to where there was one, at the start to the left. */
    if (pull > 0 || (!isfinite(pull) && at < valid))
      low = at;
    else
      high = at;
    double next = at + pull / bend;
    if (!(next > low && next < high) || !(fabs(next - at) <= reach)) {
      next = isinf(low) ? high - reach : isinf(high) ? low + reach : low + (high - low) / 2;
      reach *= 2;
    }
    if (next == at || next == low || next == high) break;
    for (ptrdiff_t i = 0; i < n; i++) s->trial_eta[i] += next - at;
    at = next;
    SP_TRY(evaluate_at(s, s->trial_eta, value, s->trial_r, s->trial_h, err));
  }
  *moved = at;
  return SP_OK;
}

static void swap(double **a, double **b) {
  double *c = *a;
  *a = *b;
  *b = c;
}

/* The trial becomes where the solver stands. */
static void accept_trial(sp_newton *s, double value) {
  const sp_std *z = s->problem->design;
  swap(&s->eta, &s->trial_eta);
  swap(&s->r, &s->trial_r);
  swap(&s->h, &s->trial_h);
  s->value = value;
  const double unit = 1 / (double)z->x->n;
  for (ptrdiff_t i = 0; i < z->x->n; i++) s->g.values[i] = (z->v ? z->v[i] : unit) * s->r[i];
  s->g.sum = sp_sum(z->x->n, s->g.values);
  s->square = sp_dot(z->x->n, s->r, s->g.values);
}

void sp_newton_direction(const sp_newton *s, const ptrdiff_t *cols, const double *d, ptrdiff_t k,
                         double *out, double *shift) {
  const sp_std *z = s->problem->design;
  memset(out, 0, (size_t)z->x->n * sizeof *out);
  *shift = 0;
  for (ptrdiff_t a = 0; a < k; a++) {
    s->effect[a] = d[a] / z->scale[cols[a]];
    *shift -= s->effect[a] * z->center[cols[a]];
  }
  z->x->ops->mul(z->x, cols, k, s->effect, NULL, out);
}

/* ---- the working set -------------------------------------------------------------------- */

static sp_status gradients_of(sp_newton *s, const ptrdiff_t *cols, ptrdiff_t k, double *c,
                              sp_error *err) {
  return sp_screen_products(s->problem->design, &s->g, cols, k, c, s->ctx, err);
}

static sp_status reload_gradients(sp_newton *s, sp_error *err) {
  return gradients_of(s, s->index, s->size, s->gradient, err);
}

static sp_status admit(sp_newton *s, const ptrdiff_t *cols, ptrdiff_t k, sp_error *err) {
  const ptrdiff_t first = s->size;
  for (ptrdiff_t a = 0; a < k; a++) {
    s->index[s->size] = cols[a];
    s->position[cols[a]] = s->size++;
  }
  return gradients_of(s, s->index + first, k, s->gradient + first, err);
}

/* Members that have been zero for long only cost time, once the quadratic has forgotten them. */
static void prune(sp_newton *s, double lambda) {
  const sp_penalty *h = s->problem->penalty;
  ptrdiff_t nonzero = 0, kept = 0;
  for (ptrdiff_t k = 0; k < s->size; k++) nonzero += s->beta[s->index[k]] != 0;
  if (s->size <= 2 * nonzero + 64) return;
  for (ptrdiff_t k = 0; k < s->size; k++) {
    const ptrdiff_t j = s->index[k];
    const double c = s->gradient[k];
    const int stays = s->beta[j] != 0 || s->quadratic.position[j] >= 0 ||
                      fabs(c) > 0.9 * lambda * h->ops->cut(h, j);
    s->position[j] = stays ? kept : -1;
    if (!stays) continue;
    s->gradient[kept] = c;
    s->index[kept++] = j;
  }
  s->size = kept;
}

static ptrdiff_t most_to_admit(const sp_newton *s) {
  ptrdiff_t nonzero = 0;
  for (ptrdiff_t k = 0; k < s->size; k++) nonzero += s->beta[s->index[k]] != 0;
  return sp_screen_most(nonzero);
}

static sp_status find_violators(sp_newton *s, double lambda, ptrdiff_t *count, sp_error *err) {
  *count = 0;
  if (s->size == s->usable) return SP_OK;
  const sp_screen_site here = {.design = s->problem->design,
                               .penalty = s->problem->penalty,
                               .r = s->r,
                               .square = s->square,
                               .position = s->position,
                               .lambda = lambda,
                               .most = most_to_admit(s),
                               .cols = s->cols,
                               .c = s->c};
  int due;
  SP_TRY(sp_screen_verify(&s->screen, &here, count, &due, s->ctx, err));
  if (!due) return SP_OK;
  SP_TRY(sp_screen_pass(&s->screen, &here, s->ctx, err));
  *count = sp_screen_violators(&s->screen, &here);
  return SP_OK;
}

/* Largest violation of stationarity in the working set. */
static double worst_violation(const sp_newton *s, double lambda) {
  const sp_penalty *h = s->problem->penalty;
  double worst = 0;
  for (ptrdiff_t k = 0; k < s->size; k++) {
    const ptrdiff_t j = s->index[k];
    worst = fmax(worst, h->ops->violation(h, j, s->beta[j], s->gradient[k], lambda));
  }
  return worst;
}

static double unit_of(const sp_newton *s, double lambda) {
  return lambda > 0 ? lambda : s->null_gradient > 0 ? s->null_gradient : 1;
}

/* ---- one Newton step -------------------------------------------------------------------- */

/* How much the curvature has changed since the quadratic was made. */
static double drift(const sp_newton *s) {
  const sp_std *z = s->problem->design;
  double change = 0, total = 0;
  for (ptrdiff_t i = 0; i < z->x->n; i++) {
    const double v = z->v ? z->v[i] : 1;
    change += v * fabs(s->h[i] - s->curvature[i]);
    total += v * s->h[i];
  }
  return total > 0 ? change / total : 0;
}

/* A new Gram matrix costs |support| readings of the rows, a slow step two: small ones are always
   made anew. */
static int is_outdated(const sp_newton *s) {
  if (s->quadratic.size <= 32 || s->quadratic.bare) return 1;
  return s->pace > slowest_pace || drift(s) > drift_limit;
}

static int is_wanted(const sp_newton *s, ptrdiff_t k, double lambda) {
  const sp_penalty *h = s->problem->penalty;
  const ptrdiff_t j = s->index[k];
  return s->beta[j] != 0 || h->ops->violation(h, j, s->beta[j], s->gradient[k], lambda) > 0;
}

static sp_status prepare_quadratic(sp_newton *s, double lambda, sp_error *err) {
  sp_quadratic *q = &s->quadratic;
  ptrdiff_t wanted = 0, count = 0;
  for (ptrdiff_t k = 0; k < s->size; k++) {
    if (!is_wanted(s, k, lambda)) continue;
    wanted++;
    if (q->position[s->index[k]] < 0) s->cols[count++] = s->index[k];
  }
  if (is_outdated(s) || q->size + count > q->most) {
    memcpy(s->curvature, s->h, (size_t)s->problem->design->x->n * sizeof *s->h);
    sp_quadratic_restart(q, s->h, wanted);
    count = 0;
    for (ptrdiff_t k = 0; k < s->size; k++)
      if (is_wanted(s, k, lambda)) s->cols[count++] = s->index[k];
  }
  SP_TRY(sp_quadratic_add(q, s->cols, count, s->ctx, err));
  for (ptrdiff_t k = 0; k < q->size; k++) {
    q->beta[k] = s->beta[q->index[k]];
    q->gradient[k] = s->gradient[s->position[q->index[k]]];
  }
  return SP_OK;
}

sp_status sp_newton_df(sp_newton *s, double lambda, double *df, sp_error *err) {
  s->pace = 1;
  SP_TRY(prepare_quadratic(s, lambda, err));
  s->pace = 0;
  return sp_quadratic_df(&s->quadratic, lambda, df, err);
}

static double penalty_at(const sp_newton *s, double lambda, double share) {
  const sp_penalty *h = s->problem->penalty;
  const sp_quadratic *q = &s->quadratic;
  double sum = 0;
  for (ptrdiff_t k = 0; k < q->size; k++) {
    const ptrdiff_t j = q->index[k];
    const double b = share == 1 ? q->beta[k] : s->beta[j] + share * q->step[k];
    sum += h->ops->value(h, j, b, lambda);
  }
  return sum;
}

/* From the change of the members in q->step: trial steps along it, halved until the objective does
   not rise beyond rounding. *moved: whether one was taken. */
static sp_status search_line(sp_newton *s, double lambda, double slack, int *taken, sp_error *err) {
  sp_quadratic *q = &s->quadratic;
  const ptrdiff_t n = s->problem->design->x->n;
  double centring, constant = 0;
  sp_newton_direction(s, q->index, q->step, q->size, s->direction, &centring);
  if (s->problem->intercept && q->total > 0)
    constant = -sp_dot(n, q->weight, s->direction) / q->total - centring;
  const double now = s->value + penalty_at(s, lambda, 0);
  const double rounding = 64 * DBL_EPSILON * (now + s->null_value);
  double share = 1;
  *taken = 0;
  for (int halving = 0; halving < HALVINGS && !*taken; halving++, share /= 2) {
    double value, moved;
    for (ptrdiff_t i = 0; i < n; i++)
      s->trial_eta[i] = s->eta[i] + share * (s->direction[i] + (centring + constant));
    SP_TRY(solve_constant(s, slack, &value, &moved, err));
    if (!(value + penalty_at(s, lambda, share) <= now + rounding)) continue;
    *taken = 1;
    for (ptrdiff_t k = 0; k < q->size; k++)
      s->beta[q->index[k]] = share == 1 ? q->beta[k] : s->beta[q->index[k]] + share * q->step[k];
    s->constant += share * constant + moved;
    accept_trial(s, value);
  }
  return SP_OK;
}

/* With a Gram matrix the quadratic is minimised to rounding, which costs nothing; without, no
   further than its minimum is likely to be right. */
static sp_status minimise_quadratic(sp_newton *s, double lambda, double violation, sp_error *err) {
  const double precision = 1e-3 * finest * unit_of(s, lambda);
  ptrdiff_t rounds = 0;
  if (!s->quadratic.bare)
    return sp_quadratic_minimise(&s->quadratic, lambda, precision, &rounds, err);
  const double slack = fmax(precision, inexactness * violation);
  return sp_inexact_minimise(&s->quadratic, &s->g, lambda, slack, s->ctx, err);
}

/* From where stationarity is violated by `violation`. */
static sp_status take_step(sp_newton *s, double lambda, double violation, int *taken,
                           sp_error *err) {
  sp_quadratic *q = &s->quadratic;
  SP_TRY(prepare_quadratic(s, lambda, err));
  SP_TRY(minimise_quadratic(s, lambda, violation, err));
  for (ptrdiff_t k = 0; k < q->size; k++) q->step[k] = q->beta[k] - s->beta[q->index[k]];
  const int is_far = violation > far * unit_of(s, lambda);
  SP_TRY(search_line(s, lambda, is_far ? negligible * violation : 0, taken, err));
  return *taken ? reload_gradients(s, err) : SP_OK;
}

/* ---- one lambda ------------------------------------------------------------------------- */

static int is_good(const sp_newton *s, const sp_certificate *certificate, double lambda) {
  if (lambda == 0) return certificate->kkt <= finest;
  if (!s->loss->ops->divergence) return certificate->kkt <= enough;
  return certificate->gap <= s->tolerance.tol && certificate->kkt <= coarse;
}

static int is_converged(const sp_newton *s, const sp_certificate *certificate) {
  if (s->loss->ops->divergence) return certificate->gap <= s->tolerance.tol;
  return certificate->kkt <= judged;
}

/* The intercept is solved exactly before anything is certified. */
static sp_status settle_constant(sp_newton *s, sp_error *err) {
  double value, moved;
  if (!s->problem->intercept || is_rounding(s, s->g.sum, s->r)) return SP_OK;
  memcpy(s->trial_eta, s->eta, (size_t)s->problem->design->x->n * sizeof *s->eta);
  SP_TRY(solve_constant(s, 0, &value, &moved, err));
  if (!isfinite(value)) return SP_OK;
  s->constant += moved;
  accept_trial(s, value);
  return reload_gradients(s, err);
}

/* The gap is only asked for where it may be small enough. */
static sp_status judge(sp_newton *s, double lambda, double violation, int last,
                       sp_certificate *certificate, sp_error *err) {
  *certificate = (sp_certificate){.gap = INFINITY, .kkt = INFINITY};
  if (!last && violation > coarse * unit_of(s, lambda)) return SP_OK;
  SP_TRY(settle_constant(s, err));
  return sp_newton_certify(s, lambda, certificate, err);
}

/* Steps on the working set until it is solved, or steps no longer help. */
static sp_status solve_working_set(sp_newton *s, double lambda, sp_certificate *certificate,
                                   ptrdiff_t *iterations, sp_error *err) {
  const ptrdiff_t most = s->tolerance.max_iter < MAX_STEPS ? s->tolerance.max_iter : MAX_STEPS;
  double best = INFINITY, last = worst_violation(s, lambda);
  for (int stalls = 0;;) {
    SP_TRY(sp_context_poll(s->ctx, err));
    const int ends =
        *iterations >= most || stalls > MAX_STALLS || s->value <= nothing * s->null_value;
    SP_TRY(judge(s, lambda, last, ends, certificate, err));
    if (ends || is_good(s, certificate, lambda)) return SP_OK;
    int taken;
    ++*iterations;
    SP_TRY(take_step(s, lambda, last, &taken, err));
    const double now = worst_violation(s, lambda);
    s->pace = last > 0 ? now / last : 1;
    last = now;
    if (!taken) {
      s->pace = 1;
      stalls += MAX_STALLS / 2;
    }
    stalls = now < 0.9 * best ? 0 : stalls + 1;
    best = fmin(best, now);
  }
}

sp_status sp_newton_move(sp_newton *s, double lambda, double previous, sp_solution *out,
                         sp_error *err) {
  ptrdiff_t iterations = 0, count;
  sp_certificate certificate;
  prune(s, lambda);
  count = sp_screen_likely(&s->screen, s->problem->design->x->p, s->position, lambda, previous,
                           most_to_admit(s), s->cols, s->c);
  SP_TRY(admit(s, s->cols, count, err));
  s->pace = 0;
  for (;;) {
    SP_TRY(solve_working_set(s, lambda, &certificate, &iterations, err));
    SP_TRY(find_violators(s, lambda, &count, err));
    if (count == 0) break;
    SP_TRY(admit(s, s->cols, count, err));
  }
  for (ptrdiff_t k = 0; k < s->size; k++) s->screen.c[s->index[k]] = s->gradient[k];
  sp_screen_settle(&s->screen, lambda);
  *out = (sp_solution){.certificate = certificate,
                       .iterations = iterations,
                       .converged = is_converged(s, &certificate)};
  return SP_OK;
}

/* ---- the start -------------------------------------------------------------------------- */

/* Whatever the offset is: where the intercept of least loss begins to be sought. */
static sp_status fit_null_model(sp_newton *s, sp_error *err) {
  const ptrdiff_t n = s->problem->design->x->n;
  double value, moved;
  for (ptrdiff_t i = 0; i < n; i++)
    s->trial_eta[i] = (s->problem->offset ? s->problem->offset[i] : 0) + s->constant;
  SP_TRY(solve_constant(s, 0, &value, &moved, err));
  s->constant += moved;
  accept_trial(s, value);
  const double pull = fabs(weighted_sum(s, s->r));
  const double size = weighted_size(s, s->r);
  if (!isfinite(s->value) || !isfinite(s->square))
    return sp_fail(err, SP_ERR_NO_FIT, "the loss overflows at the offset");
  if (s->problem->intercept && pull > 1e-8 * size + 1e-300)
    return sp_fail(err, SP_ERR_NO_FIT, "the intercept has no finite solution");
  for (ptrdiff_t i = 0; i < n; i++)
    if (!isfinite(s->h[i]))
      return sp_fail(err, SP_ERR_NO_FIT, "the curvature of the loss overflows");
  s->null_value = s->value;
  return SP_OK;
}

static sp_status fit_unpenalised(sp_newton *s, sp_error *err) {
  const sp_penalty *h = s->problem->penalty;
  const ptrdiff_t p = s->problem->design->x->p;
  sp_certificate certificate;
  ptrdiff_t k = 0, iterations = 0;
  for (ptrdiff_t j = 0; j < p; j++)
    if (h->factor[j] == 0 && !sp_penalty_is_excluded(h, j)) s->cols[k++] = j;
  if (k == 0) return SP_OK;
  SP_TRY(admit(s, s->cols, k, err));
  return solve_working_set(s, 0, &certificate, &iterations, err);
}

/* The gradients of all columns: the first direction of the screen. */
static sp_status start_screen(sp_newton *s, sp_error *err) {
  const sp_std *z = s->problem->design;
  const ptrdiff_t k = sp_screen_varying(z, s->cols);
  SP_TRY(gradients_of(s, s->cols, k, s->c, err));
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
  s->constant = problem->intercept ? loss->start : 0;
  SP_TRY(allocate(s, err));
  SP_TRY(fit_null_model(s, err));
  for (ptrdiff_t j = 0; j < problem->design->x->p; j++)
    s->usable += !sp_penalty_is_excluded(problem->penalty, j);
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
  return largest * (1 + 1e-14);
}

double sp_newton_intercept(const sp_newton *s) {
  const sp_std *z = s->problem->design;
  double shift = 0;
  for (ptrdiff_t j = 0; j < z->x->p; j++)
    if (s->beta[j] != 0) shift += s->beta[j] / z->scale[j] * z->center[j];
  return s->constant - shift;
}

double sp_newton_dev_ratio(const sp_newton *s) {
  return s->null_value > 0 ? 1 - s->value / s->null_value : 0;
}
