#include "newton_parts.h"

#include <math.h>

enum {
  MAX_STALLS = 12,
  LATEST = 2,              /* step to close after */
  FEW = 3 * SP_DIRECTIONS, /* columns that cost as much as the screen: it reads the rows so often */
  SCATTERED = 4            /* what an entry of a sparse column counts for */
};

/* Pruning spares who comes this close to its cut. */
static const double near_cut = 0.9;

/* Violations of stationarity, in sp_newton_unit(): what is asked of a loss without dual, and what
   counts as converged there. */
static const double enough = 1e-7, judged = 1e-6;

/* What is left of the null deviance when y is explained up to rounding. */
static const double nothing = 1e-11;

/* A violation without lambda below which steps have found their direction. */
static const double settled = 1e-6;

/* Where the objective falls by this share of the null deviance a step was of use. */
static const double helpful = 1e-4;

/* The first lift of the curvature, and the last. */
static const double least_lift = 1e-4, most_lift = 1e6;

typedef struct {
  double best; /* the least violation so far */
  int stalls;  /* steps since one that was of use */
} sp_progress;

/* ---- the working set -------------------------------------------------------------------- */

sp_status sp_newton_gradients(sp_newton *s, const ptrdiff_t *cols, ptrdiff_t k, double *c,
                              sp_error *err) {
  return sp_screen_products(s->problem->design, &s->g, cols, k, c, s->ctx, err);
}

sp_status sp_newton_reload(sp_newton *s, sp_error *err) {
  return sp_newton_gradients(s, s->index, s->size, s->gradient, err);
}

sp_status sp_newton_admit(sp_newton *s, const ptrdiff_t *cols, ptrdiff_t k, sp_error *err) {
  const ptrdiff_t first = s->size;
  for (ptrdiff_t a = 0; a < k; a++) {
    s->index[s->size] = cols[a];
    s->position[cols[a]] = s->size++;
  }
  return sp_newton_gradients(s, s->index + first, k, s->gradient + first, err);
}

static ptrdiff_t count_nonzero(const sp_newton *s) {
  ptrdiff_t count = 0;
  for (ptrdiff_t k = 0; k < s->size; k++) count += s->beta[s->index[k]] != 0;
  return count;
}

/* Members that have been zero for long only cost time, once the quadratic has forgotten them. */
static void prune(sp_newton *s, double lambda) {
  const sp_penalty *h = s->problem->penalty;
  const ptrdiff_t nonzero = count_nonzero(s);
  ptrdiff_t kept = 0;
  if (s->size <= nonzero + nonzero / 4 + 32) return;
  for (ptrdiff_t k = 0; k < s->size; k++) {
    const ptrdiff_t j = s->index[k];
    const double c = s->gradient[k];
    const int stays = s->beta[j] != 0 || s->quadratic.position[j] >= 0 ||
                      fabs(c) > near_cut * lambda * h->ops->cut(h, j);
    s->position[j] = stays ? kept : -1;
    if (!stays) continue;
    s->gradient[kept] = c;
    s->index[kept++] = j;
  }
  s->size = kept;
}

/* To read the columns outside the working set is less than what the screen does with the rows. The
   entries of sparse columns, here and there, count for more. */
static int are_few_outside(const sp_newton *s) {
  const sp_design *x = s->problem->design->x;
  const double share = (double)(s->usable - s->size) / (double)x->p;
  const double entries = share * (double)x->entries * (x->ops->pack ? SCATTERED : 1);
  return entries <= (double)FEW * (double)x->n;
}

static sp_status violators_among_few(sp_newton *s, double lambda, ptrdiff_t *count, sp_error *err) {
  const sp_penalty *h = s->problem->penalty;
  ptrdiff_t k = 0;
  *count = 0;
  for (ptrdiff_t j = 0; j < s->problem->design->x->p; j++)
    if (s->position[j] < 0 && !sp_penalty_is_excluded(h, j)) s->cols[k++] = j;
  SP_TRY(sp_newton_gradients(s, s->cols, k, s->c, err));
  for (ptrdiff_t a = 0; a < k; a++) {
    const ptrdiff_t j = s->cols[a];
    s->screen.c[j] = s->c[a];
    if (h->ops->violation(h, j, 0, s->c[a], lambda) > 0) s->cols[(*count)++] = j;
  }
  return SP_OK;
}

static sp_status find_violators(sp_newton *s, double lambda, ptrdiff_t *count, sp_error *err) {
  *count = 0;
  if (s->size == s->usable) return SP_OK;
  if (are_few_outside(s)) return violators_among_few(s, lambda, count, err);
  const sp_screen_site here = {.design = s->problem->design,
                               .penalty = s->problem->penalty,
                               .r = s->r,
                               .g = &s->g,
                               .position = s->position,
                               .lambda = lambda,
                               .most = sp_screen_most(count_nonzero(s)),
                               .cols = s->cols,
                               .c = s->c};
  return sp_screen_verify(&s->screen, &here, count, s->ctx, err);
}

/* Violations are small against lambda, or against what there was to balance where that is less: far
   above it all of that could be violated, as for ridge with tiny coefficients. */
double sp_newton_unit(const sp_newton *s, double lambda) {
  if (s->null_gradient <= 0) return lambda > 0 ? lambda : 1;
  return lambda > 0 ? fmin(lambda, s->null_gradient) : s->null_gradient;
}

/* ---- one lambda ------------------------------------------------------------------------- */

/* What is asked of a loss with a dual besides its gap, which can be small by luck: 1e-3 at the
   default tolerance. */
static double coarse(const sp_newton *s) {
  return fmin(1e-3, fmax(1e-10, 1e4 * s->tolerance.tol));
}

/* The kkt of the certificate, in that unit. */
static double relative_violation(const sp_newton *s, const sp_certificate *certificate,
                                 double lambda) {
  return lambda > 0 ? certificate->kkt * (lambda / sp_newton_unit(s, lambda)) : certificate->kkt;
}

static int is_good(const sp_newton *s, const sp_certificate *certificate, double lambda) {
  if (lambda == 0 && !(certificate->kkt <= sp_newton_finest)) return 0;
  if (!s->loss->ops->divergence) return relative_violation(s, certificate, lambda) <= enough;
  return certificate->gap <= s->tolerance.tol && certificate->kkt <= coarse(s);
}

static int is_converged(const sp_newton *s, const sp_certificate *certificate, double lambda) {
  if (s->loss->ops->divergence) return certificate->gap <= s->tolerance.tol;
  return relative_violation(s, certificate, lambda) <= judged;
}

/* The violation up to which a proof is to be hoped for. The gap is nearly proportional to it, by a
   factor that changes slowly along the path; where that misleads, a few steps are lost. */
static double hopeful(const sp_newton *s) {
  const double most = coarse(s);
  if (!(s->leverage > 0)) return most;
  return fmax(1e-3 * most, fmin(most, 10 * s->tolerance.tol / s->leverage));
}

static sp_status prove(sp_newton *s, double lambda, sp_certificate *certificate, sp_error *err) {
  SP_TRY(sp_newton_certify(s, lambda, certificate, err));
  const double gap = certificate->gap;
  const int is_rounding = gap < 1e-3 * s->tolerance.tol;
  if (lambda > 0 && !is_rounding && gap < INFINITY)
    s->leverage = gap / relative_violation(s, certificate, lambda);
  return SP_OK;
}

/* The gap is only asked for where it may be small enough. The last word takes the curvature anew if
   that of earlier coefficients proves nothing, as it may where columns are free. */
static sp_status judge(sp_newton *s, double lambda, double violation, int last,
                       sp_certificate *certificate, sp_error *err) {
  *certificate = (sp_certificate){.gap = INFINITY, .kkt = INFINITY};
  if (!last && violation > hopeful(s) * sp_newton_unit(s, lambda)) return SP_OK;
  SP_TRY(sp_newton_settle(s, err));
  SP_TRY(prove(s, lambda, certificate, err));
  if (!last || certificate->gap < INFINITY || !s->loss->ops->divergence) return SP_OK;
  SP_TRY(sp_newton_refresh(s, lambda, err));
  return prove(s, lambda, certificate, err);
}

/* More where the quadratic promised too much or had nothing to promise, less where it was right. */
static double next_lift(double lift, int was_right) {
  if (was_right) return lift < 1e-6 ? 0 : lift / 10;
  return lift == 0 ? least_lift : fmin(most_lift, 100 * lift);
}

/* One step and what it says about the next ones. */
static sp_status advance(sp_newton *s, double lambda, ptrdiff_t iteration, double *violation,
                         sp_progress *progress, sp_error *err) {
  const double last = *violation, value = s->value;
  double gain;
  SP_TRY(sp_newton_step(s, lambda, last, &gain, err));
  const double now = sp_newton_violation(s, lambda);
  if (lambda == 0 && gain >= 0 && now <= settled * sp_newton_unit(s, lambda))
    SP_TRY(sp_newton_seek_recession(s, err));
  s->wasted += iteration > 1; /* one is needed at any rate */
  s->pace_before = s->pace;
  s->pace = gain >= 0 && last > 0 ? now / last : INFINITY;
  const int led_on = now < 0.99 * last || now <= sp_newton_finest * sp_newton_unit(s, lambda);
  s->lift = next_lift(s->lift, isinf(gain) ? led_on : gain >= 0.25);
  const int helped = now < 0.9 * progress->best || value - s->value > helpful * s->null_value;
  progress->stalls = helped ? 0 : progress->stalls + 1;
  progress->best = fmin(progress->best, now);
  *violation = now;
  return SP_OK;
}

sp_status sp_newton_solve(sp_newton *s, double lambda, sp_certificate *certificate,
                          ptrdiff_t *iterations, sp_error *err) {
  double violation = sp_newton_violation(s, lambda);
  sp_progress progress = {.best = INFINITY};
  for (;;) {
    SP_TRY(sp_context_poll(s->ctx, err));
    if (*iterations > 0 && *iterations <= LATEST) {
      int closed;
      SP_TRY(sp_newton_close(s, lambda, certificate, &closed, err));
      if (closed) return SP_OK;
      violation = sp_newton_violation(s, lambda);
    }
    const int ends = *iterations >= s->tolerance.max_iter || progress.stalls > MAX_STALLS ||
                     s->value <= nothing * s->null_value;
    SP_TRY(judge(s, lambda, violation, ends, certificate, err));
    const int unmoved = lambda == 0 && *iterations == 0; /* nothing is known of what is free */
    if (ends || s->n_endless > 0 || (!unmoved && is_good(s, certificate, lambda))) return SP_OK;
    ++*iterations;
    SP_TRY(advance(s, lambda, *iterations, &violation, &progress, err));
  }
}

sp_status sp_newton_move(sp_newton *s, double lambda, double previous, sp_solution *out,
                         sp_error *err) {
  ptrdiff_t iterations = 0, count;
  sp_certificate certificate;
  prune(s, lambda);
  count = sp_screen_likely(&s->screen, s->problem->design->x->p, s->position, lambda, previous,
                           sp_screen_most(count_nonzero(s)), s->cols, s->c);
  SP_TRY(sp_newton_admit(s, s->cols, count, err));
  s->pace = s->pace_before = 0;
  s->lift = fmin(s->lift, least_lift);
  s->undefined = 0;
  SP_TRY(sp_newton_forecast(s, lambda, err));
  for (;;) {
    SP_TRY(sp_newton_solve(s, lambda, &certificate, &iterations, err));
    SP_TRY(find_violators(s, lambda, &count, err));
    if (count == 0) break;
    SP_TRY(sp_newton_admit(s, s->cols, count, err));
  }
  for (ptrdiff_t k = 0; k < s->size; k++) s->screen.c[s->index[k]] = s->gradient[k];
  sp_screen_settle(&s->screen, lambda);
  *out = (sp_solution){.certificate = certificate,
                       .iterations = iterations,
                       .converged = s->n_endless == 0 && is_converged(s, &certificate, lambda)};
  s->at_edge = s->undefined && !out->converged;
  return SP_OK;
}
