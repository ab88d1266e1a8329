#include "exact.h"

#include "members.h"
#include "residual.h"

#include <math.h>

enum { MAX_SOLVES = 100, MAX_REFINEMENTS = 40 };

/* Share of a diagonal of the Gram matrix: curvatures that are rounding. */
static const double no_curvature = 1e-14;

/* ---- descent on the support ------------------------------------------------------------- */

/* Puts the right-hand side in place; returns its largest entry, in units of the slack. */
static double right_hand_side(sp_solver *s, const sp_gram *g) {
  const sp_support *a = &s->support;
  double largest = 0;
  sp_support_load(&s->support, g);
  for (ptrdiff_t row = 0; row < a->factor.size; row++) {
    const double slack = sp_solver_slack(s, g->index[a->factor.label[row]], g->lambda);
    if (a->pull[row] != 0) largest = sp_larger(fabs(a->pull[row]) / slack, largest);
  }
  return largest;
}

/* The coefficients of the support go by a share of the step. */
static void move_support(sp_solver *s, const sp_gram *g, double share) {
  const sp_support *a = &s->support;
  sp_support_go(&s->support, g, share);
  for (ptrdiff_t row = 0; row < a->factor.size; row++)
    sp_gradients_outdate(s, g->index[a->factor.label[row]], a->step[row]);
}

static void settle(sp_solver *s, const sp_gram *g, const sp_meeting *m) {
  const ptrdiff_t k = s->support.factor.label[m->row];
  sp_gradients_outdate(s, g->index[k], sp_support_settle(&s->support, g, m));
}

/* Follows the step for as long as the objective falls; those who meet an end on the way settle
   there. Returns how many did. */
static ptrdiff_t take_step(sp_solver *s, const sp_gram *g) {
  ptrdiff_t met;
  const double share = sp_support_search(&s->support, g, &met);
  move_support(s, g, share);
  sp_support_relieve(&s->support, g);
  for (ptrdiff_t m = 0; m < met; m++) settle(s, g, &s->support.meetings[m]);
  return met;
}

/* Solves on the support until no coefficient has to settle, then refines: beside another ridge part
   a solution is approximate. 1 when done. */
static int descend(sp_solver *s, const sp_gram *g) {
  int refinements = 0;
  double last = INFINITY;
  for (int solves = 0; solves < MAX_SOLVES; solves++) {
    const double size = right_hand_side(s, g);
    if (size <= 1 || refinements > MAX_REFINEMENTS) return 1;
    if (refinements > 0 && size > last / 2) return 1;
    last = size;
    sp_support_solve(&s->support, g);
    refinements = take_step(s, g) > 0 ? 0 : refinements + 1;
    if (refinements > 0) s->support.halfway = 0;
  }
  return 0;
}

/* ---- linear dependence ------------------------------------------------------------------ */

/* A pull on member k that counts as none. */
static double noise_of(const sp_solver *s, const sp_gram *g, ptrdiff_t k, double rounding) {
  const ptrdiff_t j = g->index[k];
  return sp_larger(sp_solver_slack(s, j, g->lambda), rounding * s->screen.norm[j]);
}

/* Column k is (nearly) the combination a of the support's columns: a into s->support.step; minus
   the objective's slope along (1, -a), its curvature there and what is rounding of the slope. */
static int direction_of(sp_solver *s, const sp_gram *g, ptrdiff_t k, double *fall, double *bend,
                        double *noise) {
  const sp_factor *f = &s->support.factor;
  const double *column = sp_gram_column(g, k);
  double *step = s->support.step;
  sp_piece piece;
  if (!sp_gram_piece(g, k, &piece)) return 0;
  for (ptrdiff_t row = 0; row < f->size; row++) step[row] = column[f->label[row]];
  sp_factor_solve(f, step);
  *fall = sp_gram_pull(g, k, &piece);
  *bend = column[k] + sp_gram_ridge(g, k);
  const double rounding = 16 * sp_gradients_rounding(s);
  *noise = noise_of(s, g, k, rounding);
  for (ptrdiff_t row = 0; row < f->size; row++) {
    const ptrdiff_t member = f->label[row];
    const double excess = sp_support_excess(&s->support, g, member);
    *bend -= step[row] * (column[member] + excess * step[row]);
    *noise += fabs(step[row]) * noise_of(s, g, member, rounding);
    if (sp_gram_piece(g, member, &piece)) *fall -= step[row] * sp_gram_pull(g, member, &piece);
  }
  return 1;
}

/* Moving beta_k by t and the support by -t a leaves the fit (nearly) unchanged while the penalty
   falls: until the least along that line, or until a coefficient reaches an end. Returns whether
   any moves. */
static int slide(sp_solver *s, const sp_gram *g, ptrdiff_t k) {
  const sp_factor *f = &s->support.factor;
  double *step = s->support.step, fall, bend, noise;
  if (!direction_of(s, g, k, &fall, &bend, &noise)) return 0;
  const double sign = fall > 0 ? 1 : -1;
  for (ptrdiff_t row = 0; row < f->size; row++) step[row] *= -sign;
  s->support.halfway = 0;

  double own_end = 0;
  const double diagonal = sp_gram_column(g, k)[k] + sp_gram_ridge(g, k);
  const sp_meeting others = sp_support_first(&s->support, g);
  const double own = sp_gram_share_to_end(g, k, sign, &own_end);
  const double least = bend > no_curvature * diagonal ? fabs(fall) / bend : INFINITY;
  const double share = fmin(least, fmin(own, others.share));
  if (isinf(share) || !(fabs(fall) > noise)) return 0;
  move_support(s, g, share);
  sp_gram_carry(g, f->label, step, f->size);
  sp_gram_shift(g, k, sign * share);
  sp_gradients_outdate(s, g->index[k], sign * share);
  if (share == own) *sp_gram_beta(g, k) = own_end;
  if (share == others.share) settle(s, g, &others);
  return 1;
}

/* Slides every coefficient that should move and is not in the factor; counts them. */
static ptrdiff_t slide_dependent(sp_solver *s, const sp_gram *g) {
  ptrdiff_t moved = 0;
  sp_support_mark(&s->support, g->size);
  for (ptrdiff_t k = 0; k < g->size; k++) {
    sp_piece piece;
    if (s->support.marked[k] || !sp_gram_is_movable(g, k) || !sp_gram_piece(g, k, &piece)) continue;
    if (fabs(sp_gram_pull(g, k, &piece)) <= sp_solver_slack(s, g->index[k], g->lambda)) continue;
    moved += slide(s, g, k);
  }
  return moved;
}

/* ---- the step --------------------------------------------------------------------------- */

sp_status sp_exact_step(sp_solver *s, double lambda, int *solved, sp_error *err) {
  const sp_gram g = sp_members_gram(s, lambda);
  *solved = 0;
  SP_TRY(sp_support_reserve(&s->support, s->working_set.capacity, err));
  SP_TRY(sp_support_follow(&s->support, &g, err));
  sp_support_depart(&s->support, &g);
  const int done = descend(s, &g);
  sp_support_arrive(&s->support, &g);
  *solved = slide_dependent(s, &g) == 0 && done;
  return SP_OK;
}
