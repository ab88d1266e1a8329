#include "exact.h"

#include "../alloc.h"
#include "../kernels.h"
#include "residual.h"
#include "support.h"

#include <math.h>
#include <string.h>

enum { MAX_SOLVES = 100, MAX_REFINEMENTS = 40 };

/* ---- descent on the support ------------------------------------------------------------- */

/* Moves coefficient k of W by `change`, which shifts the gradients of all of W. */
static void shift(sp_solver *s, ptrdiff_t k, double change) {
  sp_working_set *w = &s->working_set;
  *sp_support_beta(s, k) += change;
  sp_gradients_outdate(s, w->index[k], change);
  sp_axpy(w->size, -change, sp_working_set_gram(w, k), w->gradient);
}

/* Right-hand side of the system; returns its largest entry, in units of the slack. Who rests on a
   kink is not pulled, whatever was carried along says. */
static double right_hand_side(sp_solver *s, double lambda) {
  double largest = 0;
  for (ptrdiff_t row = 0; row < s->factor.size; row++) {
    sp_piece piece;
    const ptrdiff_t k = s->factor.label[row];
    const int free = sp_support_piece(s, k, lambda, &piece);
    s->exact.step[row] = free ? sp_support_pull(s, k, lambda, &piece) : 0;
    s->exact.halfway &= free;
    const double slack = sp_solver_slack(s, s->working_set.index[k], lambda);
    if (s->exact.step[row] != 0) largest = fmax(largest, fabs(s->exact.step[row]) / slack);
  }
  return largest;
}

/* The share of the step d after which coefficient k meets the end of its piece: Inf for never. */
static double share_to_end(const sp_solver *s, ptrdiff_t k, double d, double lambda, double *end) {
  sp_piece piece;
  if (d == 0 || !sp_support_piece(s, k, lambda, &piece)) return INFINITY;
  *end = d > 0 ? piece.high : piece.low;
  return isfinite(*end) ? fmax(0, (*end - *sp_support_beta(s, k)) / d) : INFINITY;
}

/* Over all rows: the least share, where it ends and in which row (-1: never). */
static double first_end(const sp_solver *s, double lambda, ptrdiff_t *first, double *end) {
  double least = INFINITY, candidate = 0;
  *first = -1;
  for (ptrdiff_t row = 0; row < s->factor.size; row++) {
    const double share =
        share_to_end(s, s->factor.label[row], s->exact.step[row], lambda, &candidate);
    if (share >= least) continue;
    least = share;
    *first = row;
    *end = candidate;
  }
  return least;
}

/* gradient -= G step. The gradients of the support follow from the image of the step under G +
   ridge, so only the others need products: when they are few, row by row. */
static void shift_gradients(sp_solver *s, double share, double lambda) {
  const sp_factor *f = &s->factor;
  sp_working_set *w = &s->working_set;
  if (w->size - f->size > f->size) {
    sp_working_set_shift(w, f->label, s->exact.step, f->size);
    return;
  }
  double *dense = s->exact.dense;
  memset(dense, 0, (size_t)w->size * sizeof *dense);
  sp_support_mark(s);
  for (ptrdiff_t row = 0; row < f->size; row++) {
    const ptrdiff_t k = f->label[row];
    dense[k] = s->exact.step[row];
    w->gradient[k] -= share * s->exact.image[row] - sp_support_curvature(s, k, lambda) * dense[k];
  }
  ptrdiff_t *others = s->cols, count = 0;
  for (ptrdiff_t k = 0; k < w->size; k++)
    if (!s->exact.member[k]) others[count++] = k;
  sp_working_set_follow(w, others, count, dense);
}

/* The coefficients of the support go by a share of the step. */
static void move_support(sp_solver *s, double share) {
  const sp_factor *f = &s->factor;
  for (ptrdiff_t row = 0; row < f->size; row++) {
    s->exact.step[row] *= share;
    *sp_support_beta(s, f->label[row]) += s->exact.step[row];
    sp_gradients_outdate(s, s->working_set.index[f->label[row]], s->exact.step[row]);
  }
}

static void take_step(sp_solver *s, double share, double lambda) {
  move_support(s, share);
  shift_gradients(s, share, lambda);
}

static void settle_at_end(sp_solver *s, ptrdiff_t row, double end) {
  const ptrdiff_t k = s->factor.label[row];
  const double change = end - *sp_support_beta(s, k);
  shift(s, k, change);
  *sp_support_beta(s, k) = end;
  if (s->exact.halfway)
    sp_factor_fix(&s->factor, row, change, s->exact.half);
  else
    sp_factor_delete(&s->factor, row);
}

/* Who meets an end in the first quarter of the step, or not much later than the first one, will
   surely settle there; whether the others will depends on those. On a small support another solve
   costs more than bringing some back: there all are early. */
static double early(const sp_solver *s, double lambda) {
  ptrdiff_t first;
  double end;
  if (s->factor.size < SP_SMALL) return 1;
  return fmin(1, fmax(0.25, 2 * first_end(s, lambda, &first, &end)));
}

/* Sets the coefficients that the full step would carry past an end, early, to that end; counts
   them. */
static ptrdiff_t settle_early(sp_solver *s, double lambda) {
  ptrdiff_t settled = 0;
  double end = 0;
  const double limit = early(s, lambda);
  for (ptrdiff_t row = s->factor.size - 1; row >= 0; row--) {
    if (share_to_end(s, s->factor.label[row], s->exact.step[row], lambda, &end) >= limit) continue;
    settle_at_end(s, row, end);
    settled++;
  }
  return settled;
}

/* Steps to the first end on the way and settles that coefficient; 0 when there is none. */
static ptrdiff_t settle_first(sp_solver *s, double lambda) {
  double end = 0;
  ptrdiff_t first;
  const double share = first_end(s, lambda, &first, &end);
  if (share >= 1) return 0;
  take_step(s, share, lambda);
  s->exact.halfway = 0;
  settle_at_end(s, first, end);
  return 1;
}

/* Solves on the support, settling coefficients by `settle`, then refines. 1 when done. */
static int descend(sp_solver *s, double lambda, ptrdiff_t (*settle)(sp_solver *, double)) {
  int refinements = 0;
  double last = INFINITY;
  for (int solves = 0; solves < MAX_SOLVES; solves++) {
    const double size = right_hand_side(s, lambda);
    if (size <= 1 || refinements > MAX_REFINEMENTS) return 1;
    if (refinements > 0 && size > last / 2) return 1;
    last = size;
    sp_support_solve(s, lambda);
    if (settle(s, lambda) > 0) {
      refinements = 0;
      continue;
    }
    take_step(s, 1, lambda);
    s->exact.halfway = 0;
    refinements++;
  }
  return 0;
}

/* The objective up to a constant: -beta'(c_null + c) / 2 + sum_j h_j(beta_j). */
static double objective(const sp_solver *s, double lambda) {
  const sp_working_set *w = &s->working_set;
  const sp_penalty *h = s->problem->penalty;
  double sum = 0;
  for (ptrdiff_t k = 0; k < w->size; k++) {
    const ptrdiff_t j = w->index[k];
    sum += h->ops->value(h, j, s->beta[j], lambda);
    sum -= s->beta[j] * (s->origin[j] + w->gradient[k]) / 2;
  }
  return sum;
}

/* ---- linear dependence ------------------------------------------------------------------ */

/* A pull on member k that counts as none. */
static double noise_of(const sp_solver *s, ptrdiff_t k, double lambda, double rounding) {
  const ptrdiff_t j = s->working_set.index[k];
  return fmax(sp_solver_slack(s, j, lambda), rounding * s->screen.norm[j]);
}

/* Column k is (nearly) the combination a of the support's columns: a into s->exact.step; minus the
   objective's slope along (1, -a), its curvature there and what is rounding of the slope. */
static int direction_of(sp_solver *s, ptrdiff_t k, double lambda, double *fall, double *bend,
                        double *noise) {
  const sp_factor *f = &s->factor;
  const double *gram = sp_working_set_gram(&s->working_set, k);
  double *step = s->exact.step;
  sp_piece piece;
  if (!sp_support_piece(s, k, lambda, &piece)) return 0;
  for (ptrdiff_t row = 0; row < f->size; row++) step[row] = gram[f->label[row]];
  sp_factor_solve(f, step);
  *fall = sp_support_pull(s, k, lambda, &piece);
  *bend = gram[k] + sp_support_curvature(s, k, lambda);
  const double rounding = 16 * sp_gradients_rounding(s);
  *noise = noise_of(s, k, lambda, rounding);
  for (ptrdiff_t row = 0; row < f->size; row++) {
    const ptrdiff_t member = f->label[row];
    const double excess =
        sp_support_curvature(s, member, s->factor_lambda) - sp_support_curvature(s, member, lambda);
    *bend -= step[row] * (gram[member] + excess * step[row]);
    *noise += fabs(step[row]) * noise_of(s, member, lambda, rounding);
    if (sp_support_piece(s, member, lambda, &piece))
      *fall -= step[row] * sp_support_pull(s, member, lambda, &piece);
  }
  return 1;
}

/* Moving beta_k by t and the support by -t a leaves the fit (nearly) unchanged while the penalty
   falls: until the least along that line, or until a coefficient reaches an end. Returns whether
   any moves. */
static int slide(sp_solver *s, ptrdiff_t k, double lambda) {
  const sp_factor *f = &s->factor;
  const double *gram = sp_working_set_gram(&s->working_set, k);
  double *step = s->exact.step, fall, bend, noise;
  if (!direction_of(s, k, lambda, &fall, &bend, &noise)) return 0;
  const double sign = fall > 0 ? 1 : -1;
  for (ptrdiff_t row = 0; row < f->size; row++) step[row] *= -sign;

  double end = 0, own_end = 0;
  ptrdiff_t first;
  const double diagonal = gram[k] + sp_support_curvature(s, k, lambda);
  const double others = first_end(s, lambda, &first, &end);
  const double own = share_to_end(s, k, sign, lambda, &own_end);
  const double least = bend > 1e-14 * diagonal ? fabs(fall) / bend : INFINITY;
  const double share = fmin(least, fmin(own, others));
  if (isinf(share) || !(fabs(fall) > noise)) return 0;
  move_support(s, share);
  sp_working_set_shift(&s->working_set, f->label, step, f->size);
  shift(s, k, sign * share);
  if (share == own) *sp_support_beta(s, k) = own_end;
  if (share == others) settle_at_end(s, first, end);
  return 1;
}

/* Slides every coefficient that should move and is not in the factor; counts them. */
static ptrdiff_t slide_dependent(sp_solver *s, double lambda) {
  ptrdiff_t moved = 0;
  sp_support_mark(s);
  for (ptrdiff_t k = 0; k < s->working_set.size; k++) {
    sp_piece piece;
    if (s->exact.member[k] || !sp_support_is_movable(s, k, lambda) ||
        !sp_support_piece(s, k, lambda, &piece))
      continue;
    const double slack = sp_solver_slack(s, s->working_set.index[k], lambda);
    if (fabs(sp_support_pull(s, k, lambda, &piece)) <= slack) continue;
    moved += slide(s, k, lambda);
  }
  return moved;
}

/* ---- the step --------------------------------------------------------------------------- */

void sp_exact_clear(sp_exact_scratch *x) {
  sp_free(x->step);
  sp_free(x->pull);
  sp_free(x->half);
  sp_free(x->image);
  sp_nearby_clear(&x->nearby);
  sp_free(x->dense);
  sp_free(x->beta);
  sp_free(x->gradient);
  for (int a = 0; a < SP_FACTOR_GROUP; a++) sp_free(x->cross[a]);
  sp_free(x->member);
  memset(x, 0, sizeof *x);
}

static sp_status reserve(sp_exact_scratch *x, ptrdiff_t capacity, sp_error *err) {
  if (x->capacity >= capacity) return SP_OK;
  SP_TRY(SP_RESIZE(&x->step, capacity, err));
  SP_TRY(SP_RESIZE(&x->pull, capacity, err));
  SP_TRY(SP_RESIZE(&x->half, capacity, err));
  SP_TRY(SP_RESIZE(&x->image, capacity, err));
  SP_TRY(sp_nearby_resize(&x->nearby, capacity, err));
  SP_TRY(SP_RESIZE(&x->dense, capacity, err));
  SP_TRY(SP_RESIZE(&x->beta, capacity, err));
  SP_TRY(SP_RESIZE(&x->gradient, capacity, err));
  for (int a = 0; a < SP_FACTOR_GROUP; a++)
    SP_TRY(SP_RESIZE(&x->cross[a], capacity + SP_FACTOR_GROUP, err));
  SP_TRY(SP_RESIZE(&x->member, capacity, err));
  x->capacity = capacity;
  return SP_OK;
}

static void remember(sp_solver *s) {
  const sp_working_set *w = &s->working_set;
  for (ptrdiff_t k = 0; k < w->size; k++) s->exact.beta[k] = *sp_support_beta(s, k);
  memcpy(s->exact.gradient, w->gradient, (size_t)w->size * sizeof *w->gradient);
}

static void take_back(sp_solver *s) {
  sp_working_set *w = &s->working_set;
  for (ptrdiff_t k = 0; k < w->size; k++) *sp_support_beta(s, k) = s->exact.beta[k];
  memcpy(w->gradient, s->exact.gradient, (size_t)w->size * sizeof *w->gradient);
}

sp_status sp_exact_step(sp_solver *s, double lambda, int *solved, sp_error *err) {
  *solved = 0;
  SP_TRY(reserve(&s->exact, s->working_set.capacity, err));
  SP_TRY(sp_support_follow(s, lambda, err));
  remember(s);
  const double before = objective(s, lambda);
  int done = descend(s, lambda, settle_early);
  if (!done || objective(s, lambda) > before + 1e-12 * fabs(before)) {
    take_back(s);
    SP_TRY(sp_support_follow(s, lambda, err));
    done = descend(s, lambda, settle_first);
  }
  *solved = slide_dependent(s, lambda) == 0 && done;
  return SP_OK;
}
