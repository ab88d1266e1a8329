/* One lambda: solving on the working set and verifying all other columns in turn. */
#include "solver.h"

#include "../alloc.h"
#include "members.h"
#include "residual.h"
#include "slip.h"

#include <math.h>

/* Shares of lambda: how precise a solution on the working set is asked to be. */
static const double finest = SP_FINEST, coarsest = 1e-3;

/* ---- verification ----------------------------------------------------------------------- */

/* The columns outside W that zero is not stationary for: into s->cols, their number into *count. */
static sp_status verify(sp_solver *s, double lambda, ptrdiff_t *count, sp_error *err) {
  *count = 0;
  if (s->working_set.size == s->usable) {
    if (s->working_set.gram) sp_moments_update(s);
    return SP_OK;
  }
  sp_residual_update(s);
  const sp_screen_site here = {.design = s->problem->design,
                               .penalty = s->problem->penalty,
                               .r = s->r,
                               .g = &s->residual,
                               .position = s->working_set.position,
                               .lambda = lambda,
                               .most = sp_members_welcome(s),
                               .cols = s->cols,
                               .c = s->c};
  return sp_screen_verify(&s->screen, &here, count, s->ctx, err);
}

/* ---- the certificate -------------------------------------------------------------------- */

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
  const double noise = SP_FINEST * s->null_model.radius + 16 * sp_gradients_rounding(s);
  return sp_slip(s->problem->design, w, s->cols, k, s->c, noise, &w->batch[0], slip, err);
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

/* Without the exact step, the line through the last two solutions is a better start than the last
   of them: the path is close to linear in lambda. A coefficient goes no further than its piece. */
static sp_status extrapolate(sp_solver *s, double lambda, sp_error *err) {
  const sp_penalty *h = s->problem->penalty;
  const sp_working_set *w = &s->working_set;
  const double stretch =
      (s->screen.lambda - lambda) / (s->screen.lambda_earlier - s->screen.lambda);
  const int worthwhile = s->earlier && stretch > 0 && stretch < 2;
  if (w->gram) return SP_OK;
  if (!s->earlier) SP_TRY(SP_ALLOC(&s->earlier, s->problem->design->x->p, err));
  for (ptrdiff_t k = 0; k < w->size; k++) {
    sp_piece piece;
    const ptrdiff_t j = w->index[k];
    const double b = s->beta[j];
    if (worthwhile && s->earlier[j] != 0 && h->ops->piece(h, j, b, lambda, &piece))
      s->beta[j] = sp_piece_clamp(&piece, b + stretch * (b - s->earlier[j]));
    s->earlier[j] = b;
  }
  return worthwhile ? sp_gradients_reload(s, err) : SP_OK;
}

/* Members of W are known better than the screen has them. */
static void settle(sp_solver *s, double lambda) {
  const sp_working_set *w = &s->working_set;
  for (ptrdiff_t k = 0; k < w->size; k++) s->screen.c[w->index[k]] = w->gradient[k];
  sp_screen_settle(&s->screen, lambda);
}

/* ---- the visit -------------------------------------------------------------------------- */

/* Without the Gram matrix it is that of the last lambda, unless there was one then. */
static void choose_precision(sp_solver *s) {
  s->precision = s->working_set.gram ? finest : s->precision > finest ? s->precision : coarsest;
}

static sp_status begin(sp_solver *s, double lambda, double previous, sp_error *err) {
  const ptrdiff_t p = s->problem->design->x->p;
  sp_members_prune(s, lambda);
  SP_TRY(sp_members_relieve(s, err));
  SP_TRY(sp_members_complete(s, err));
  SP_TRY(extrapolate(s, lambda, err));
  const ptrdiff_t k = sp_screen_likely(&s->screen, p, s->working_set.position, lambda, previous,
                                       sp_members_welcome(s), s->cols, s->c);
  if (k > 0) SP_TRY(sp_members_admit(s, s->cols, k, err));
  choose_precision(s);
  return SP_OK;
}

/* Solves on W until it is stationary, or as far as rounding allows: the violation halves each
   time. */
static sp_status solve(sp_solver *s, double lambda, ptrdiff_t *iterations, sp_error *err) {
  for (double last = INFINITY;;) {
    SP_TRY(sp_members_solve(s, lambda, iterations, err));
    SP_TRY(sp_gradients_reload(s, err));
    const double worst = sp_members_violation(s, lambda);
    if (!(worst > 1 && worst <= last / 2 && *iterations < s->tolerance.max_iter)) return SP_OK;
    last = worst;
  }
}

/* Nothing is certified before all columns are verified. The exact step is as precise as it gets;
   epochs of coordinate descent cost more the more precise they are, so there precision follows what
   the certificate needs. */
static sp_status conclude_or_refine(sp_solver *s, double lambda, ptrdiff_t iterations, int *done,
                                    sp_solution *out, sp_error *err) {
  SP_TRY(certify(s, lambda, iterations, out, err));
  *done = out->converged || s->precision <= finest || iterations >= s->tolerance.max_iter;
  const double missing = s->tolerance.tol / out->certificate.gap;
  if (*done) settle(s, lambda);
  if (*done && !s->working_set.gram)
    s->precision = fmin(coarsest, missing > 4 ? 2 * s->precision : s->precision);
  if (!*done) s->precision *= fmin(0.5, fmax(0.1, missing / 2));
  return SP_OK;
}

/* It ends because W grows, or the precision. */
sp_status sp_solver_move(sp_solver *s, double lambda, double previous, sp_solution *out,
                         sp_error *err) {
  ptrdiff_t iterations = 0;
  SP_TRY(begin(s, lambda, previous, err));
  for (int done = 0; !done;) {
    ptrdiff_t count;
    SP_TRY(solve(s, lambda, &iterations, err));
    SP_TRY(verify(s, lambda, &count, err));
    if (count == 0) {
      SP_TRY(conclude_or_refine(s, lambda, iterations, &done, out, err));
      continue;
    }
    const int had_gram = s->working_set.gram != NULL;
    SP_TRY(sp_members_admit(s, s->cols, count, err));
    if (had_gram) choose_precision(s);
  }
  return SP_OK;
}
