#include "exact.h"

#include "../alloc.h"
#include "../kernels.h"
#include "residual.h"

#include <math.h>
#include <string.h>

enum { MAX_SOLVES = 100, MAX_REFINEMENTS = 40 };

/* A factor whose ridge part is that of another lambda stands for that of the present one: beyond this
   ratio of the two a new one is cheaper. */
static const double largest_stretch = 1.5;

/* The square of the share that conjugate gradients may leave of a right-hand side at a time. */
static const double nearby = 1e-12;

/* ---- pieces ----------------------------------------------------------------------------- */

static double curvature_of(const sp_solver *s, ptrdiff_t k, double lambda) {
  const sp_penalty *h = s->problem->penalty;
  return h->ops->curvature(h, s->working_set.index[k], lambda);
}

static double *beta_of(const sp_solver *s, ptrdiff_t k) {
  return &s->beta[s->working_set.index[k]];
}

static int piece_of(const sp_solver *s, ptrdiff_t k, double lambda, sp_piece *piece) {
  const sp_penalty *h = s->problem->penalty;
  if (s->problem->design->sqnorm[s->working_set.index[k]] == 0) return 0;
  return h->ops->piece(h, s->working_set.index[k], *beta_of(s, k), lambda, piece);
}

/* Minus the derivative of the objective on the piece. */
static double pull_on(const sp_solver *s, ptrdiff_t k, double lambda, const sp_piece *piece) {
  return s->working_set.gradient[k] - piece->slope - curvature_of(s, k, lambda) * *beta_of(s, k);
}

/* Off its kinks, and not pressed against the end of its piece. */
static int is_movable(const sp_solver *s, ptrdiff_t k, double lambda) {
  sp_piece piece;
  if (!piece_of(s, k, lambda, &piece)) return 0;
  const double b = *beta_of(s, k), pull = pull_on(s, k, lambda, &piece);
  return !((b <= piece.low && pull <= 0) || (b >= piece.high && pull >= 0));
}

/* ---- the factor follows the support ----------------------------------------------------- */

/* What the factor's matrix has more on its diagonal than that of `lambda`. Returns whether there is any. */
static int excess_of_factor(sp_solver *s, double lambda) {
  int any = 0;
  for (ptrdiff_t row = 0; row < s->factor.size; row++) {
    const ptrdiff_t k = s->factor.label[row];
    s->exact.excess[row] = curvature_of(s, k, s->factor_lambda) - curvature_of(s, k, lambda);
    any |= s->exact.excess[row] != 0;
  }
  return any;
}

/* The ridge part on the diagonal is that of factor_lambda, for all members. */
static void bring_near(sp_solver *s, double lambda) {
  const double far = s->factor_lambda, stretch = far > lambda ? far / lambda : lambda / far;
  if (s->factor.size > 0 && stretch <= largest_stretch) return;
  if (excess_of_factor(s, lambda)) s->factor.size = 0;
  s->factor_lambda = lambda;
}

static void drop_strangers(sp_solver *s, double lambda) {
  sp_factor *f = &s->factor;
  bring_near(s, lambda);
  for (ptrdiff_t row = f->size - 1; row >= 0; row--)
    if (!is_movable(s, f->label[row], lambda)) sp_factor_delete(f, row);
}

/* Matrix entries of the new members with the old ones and among themselves. */
static sp_status append_group(sp_solver *s, const ptrdiff_t *members, int count, sp_error *err) {
  sp_factor *f = &s->factor;
  int dependent[SP_FACTOR_GROUP];
  for (int a = 0; a < count; a++) {
    const double *gram = sp_working_set_gram(&s->working_set, members[a]);
    double *cross = s->exact.cross[a];
    for (ptrdiff_t row = 0; row < f->size; row++) cross[row] = gram[f->label[row]];
    for (int b = 0; b <= a; b++) cross[f->size + b] = gram[members[b]];
    cross[f->size + a] += curvature_of(s, members[a], s->factor_lambda);
  }
  return sp_factor_append(f, count, members, s->exact.cross, dependent, err);
}

static void mark_members(sp_solver *s) {
  memset(s->exact.member, 0, (size_t)s->working_set.size);
  for (ptrdiff_t row = 0; row < s->factor.size; row++) s->exact.member[s->factor.label[row]] = 1;
}

static sp_status follow_support(sp_solver *s, double lambda, sp_error *err) {
  ptrdiff_t group[SP_FACTOR_GROUP];
  int count = 0;
  drop_strangers(s, lambda);
  mark_members(s);
  for (ptrdiff_t k = 0; k < s->working_set.size; k++) {
    if (s->exact.member[k] || !is_movable(s, k, lambda)) continue;
    group[count++] = k;
    if (count < SP_FACTOR_GROUP) continue;
    SP_TRY(append_group(s, group, count, err));
    count = 0;
  }
  return count > 0 ? append_group(s, group, count, err) : SP_OK;
}

/* ---- descent on the support ------------------------------------------------------------- */

/* Moves coefficient k of W by `change`, which shifts the gradients of all of W. */
static void shift(sp_solver *s, ptrdiff_t k, double change) {
  sp_working_set *w = &s->working_set;
  *beta_of(s, k) += change;
  sp_gradients_outdate(s, w->index[k], change);
  sp_axpy(w->size, -change, sp_working_set_gram(w, k), w->gradient);
}

/* Right-hand side of the system; returns its largest entry, in units of the slack. */
static double right_hand_side(sp_solver *s, double lambda) {
  double largest = 0;
  for (ptrdiff_t row = 0; row < s->factor.size; row++) {
    sp_piece piece;
    const ptrdiff_t k = s->factor.label[row];
    s->exact.step[row] = piece_of(s, k, lambda, &piece) ? pull_on(s, k, lambda, &piece) : 0;
    const double slack = sp_solver_slack(s, s->working_set.index[k], lambda);
    if (s->exact.step[row] != 0) largest = fmax(largest, fabs(s->exact.step[row]) / slack);
  }
  return largest;
}

/* The share of the step d after which coefficient k meets the end of its piece: Inf for never. */
static double share_to_end(const sp_solver *s, ptrdiff_t k, double d, double lambda, double *end) {
  sp_piece piece;
  if (d == 0 || !piece_of(s, k, lambda, &piece)) return INFINITY;
  *end = d > 0 ? piece.high : piece.low;
  return isfinite(*end) ? fmax(0, (*end - *beta_of(s, k)) / d) : INFINITY;
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

/* gradient -= G step. The gradients of the support follow from the image of the step under G + ridge,
   so only the others need products: when they are few, row by row. */
static void shift_gradients(sp_solver *s, double share, double lambda) {
  const sp_factor *f = &s->factor;
  sp_working_set *w = &s->working_set;
  if (w->size - f->size > f->size) {
    sp_working_set_shift(w, f->label, s->exact.step, f->size);
    return;
  }
  double *dense = s->exact.dense;
  memset(dense, 0, (size_t)w->size * sizeof *dense);
  mark_members(s);
  for (ptrdiff_t row = 0; row < f->size; row++) {
    const ptrdiff_t k = f->label[row];
    dense[k] = s->exact.step[row];
    w->gradient[k] -= share * s->exact.image[row] - curvature_of(s, k, lambda) * dense[k];
  }
  for (ptrdiff_t k = 0; k < w->size; k++)
    if (!s->exact.member[k]) w->gradient[k] -= sp_dot(w->size, sp_working_set_gram(w, k), dense);
}

/* The coefficients of the support go by a share of the step. */
static void move_support(sp_solver *s, double share) {
  const sp_factor *f = &s->factor;
  for (ptrdiff_t row = 0; row < f->size; row++) {
    s->exact.step[row] *= share;
    *beta_of(s, f->label[row]) += s->exact.step[row];
    sp_gradients_outdate(s, s->working_set.index[f->label[row]], s->exact.step[row]);
  }
}

static void take_step(sp_solver *s, double share, double lambda) {
  move_support(s, share);
  shift_gradients(s, share, lambda);
}

static void settle_at_end(sp_solver *s, ptrdiff_t row, double end) {
  const ptrdiff_t k = s->factor.label[row];
  shift(s, k, end - *beta_of(s, k));
  *beta_of(s, k) = end;
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

/* Sets the coefficients that the full step would carry past an end, early, to that end; counts them. */
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
  settle_at_end(s, first, end);
  return 1;
}

/* (G + ridge) step = pull by conjugate gradients, preconditioned by the factor with the ridge part of
   another lambda. The image of a preconditioned vector is the vector less the difference of the two:
   there are no products with G. Golub and Van Loan (2013), algorithm 11.5.1. */
static void find_step_nearby(sp_solver *s) {
  sp_exact_scratch *x = &s->exact;
  const ptrdiff_t size = s->factor.size;
  const size_t bytes = (size_t)size * sizeof *x->step;
  double last = INFINITY;
  memcpy(x->remainder, x->pull, bytes);
  memset(x->step, 0, bytes);
  memset(x->image, 0, bytes);
  memset(x->direction, 0, bytes);
  memset(x->direction_image, 0, bytes);
  const double enough = nearby * sp_dot(size, x->pull, x->pull);
  for (int it = 0; it < MAX_REFINEMENTS && sp_dot(size, x->remainder, x->remainder) > enough;
       it++) {
    memcpy(x->conditioned, x->remainder, bytes);
    sp_factor_solve(&s->factor, x->conditioned);
    const double now = sp_dot(size, x->remainder, x->conditioned), share = now / last;
    last = now;
    for (ptrdiff_t row = 0; row < size; row++) {
      x->direction[row] = x->conditioned[row] + share * x->direction[row];
      x->direction_image[row] = x->remainder[row] + share * x->direction_image[row];
    }
    sp_axpy_weighted(size, -1, x->excess, x->conditioned, x->direction_image);
    const double bend = sp_dot(size, x->direction, x->direction_image), length = now / bend;
    if (!(bend > 0)) return;
    sp_axpy(size, length, x->direction, x->step);
    sp_axpy(size, length, x->direction_image, x->image);
    sp_axpy(size, -length, x->direction_image, x->remainder);
  }
}

/* The step for the right-hand side that is in its place, and its image. */
static void find_step(sp_solver *s, double lambda) {
  sp_exact_scratch *x = &s->exact;
  const size_t bytes = (size_t)s->factor.size * sizeof *x->step;
  memcpy(x->pull, x->step, bytes);
  if (excess_of_factor(s, lambda)) {
    find_step_nearby(s);
    return;
  }
  memcpy(x->image, x->pull, bytes);
  sp_factor_solve(&s->factor, x->step);
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
    find_step(s, lambda);
    if (settle(s, lambda) > 0) {
      refinements = 0;
      continue;
    }
    take_step(s, 1, lambda);
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

/* Column k is (nearly) the combination a of the support's columns, so moving beta_k by t and the
   support by -t a leaves the fit (nearly) unchanged while the penalty falls: until the least along
   that line, or until a coefficient reaches an end. */
static void slide(sp_solver *s, ptrdiff_t k, double lambda) {
  const sp_factor *f = &s->factor;
  const double *gram = sp_working_set_gram(&s->working_set, k);
  sp_piece piece;
  if (!piece_of(s, k, lambda, &piece)) return;
  for (ptrdiff_t row = 0; row < f->size; row++) s->exact.step[row] = gram[f->label[row]];
  sp_factor_solve(f, s->exact.step);
  double fall = pull_on(s, k, lambda, &piece), bend = gram[k] + curvature_of(s, k, lambda);
  const double diagonal = bend;
  for (ptrdiff_t row = 0; row < f->size; row++) {
    bend -= s->exact.step[row] * gram[f->label[row]];
    if (piece_of(s, f->label[row], lambda, &piece))
      fall -= s->exact.step[row] * pull_on(s, f->label[row], lambda, &piece);
  }
  const double sign = fall > 0 ? 1 : -1;
  for (ptrdiff_t row = 0; row < f->size; row++) s->exact.step[row] *= -sign;

  double end = 0, own_end = 0;
  ptrdiff_t first;
  const double others = first_end(s, lambda, &first, &end);
  const double own = share_to_end(s, k, sign, lambda, &own_end);
  const double least = bend > 1e-14 * diagonal ? fabs(fall) / bend : INFINITY;
  const double share = fmin(least, fmin(own, others));
  if (isinf(share)) return;
  move_support(s, share);
  sp_working_set_shift(&s->working_set, f->label, s->exact.step, f->size);
  shift(s, k, sign * share);
  if (share == own) *beta_of(s, k) = own_end;
  if (share == others) settle_at_end(s, first, end);
}

/* Slides every coefficient that should move and is not in the factor; counts them. */
static ptrdiff_t slide_dependent(sp_solver *s, double lambda) {
  ptrdiff_t moved = 0;
  mark_members(s);
  for (ptrdiff_t k = 0; k < s->working_set.size; k++) {
    sp_piece piece;
    if (s->exact.member[k] || !is_movable(s, k, lambda) || !piece_of(s, k, lambda, &piece))
      continue;
    const double slack = sp_solver_slack(s, s->working_set.index[k], lambda);
    if (fabs(pull_on(s, k, lambda, &piece)) <= slack) continue;
    slide(s, k, lambda);
    moved++;
  }
  return moved;
}

/* ---- the step --------------------------------------------------------------------------- */

void sp_exact_clear(sp_exact_scratch *x) {
  sp_free(x->step);
  sp_free(x->pull);
  sp_free(x->excess);
  sp_free(x->image);
  sp_free(x->remainder);
  sp_free(x->conditioned);
  sp_free(x->direction);
  sp_free(x->direction_image);
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
  SP_TRY(SP_RESIZE(&x->excess, capacity, err));
  SP_TRY(SP_RESIZE(&x->image, capacity, err));
  SP_TRY(SP_RESIZE(&x->remainder, capacity, err));
  SP_TRY(SP_RESIZE(&x->conditioned, capacity, err));
  SP_TRY(SP_RESIZE(&x->direction, capacity, err));
  SP_TRY(SP_RESIZE(&x->direction_image, capacity, err));
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
  for (ptrdiff_t k = 0; k < w->size; k++) s->exact.beta[k] = *beta_of(s, k);
  memcpy(s->exact.gradient, w->gradient, (size_t)w->size * sizeof *w->gradient);
}

static void take_back(sp_solver *s) {
  sp_working_set *w = &s->working_set;
  for (ptrdiff_t k = 0; k < w->size; k++) *beta_of(s, k) = s->exact.beta[k];
  memcpy(w->gradient, s->exact.gradient, (size_t)w->size * sizeof *w->gradient);
}

sp_status sp_exact_step(sp_solver *s, double lambda, int *solved, sp_error *err) {
  *solved = 0;
  SP_TRY(reserve(&s->exact, s->working_set.capacity, err));
  SP_TRY(follow_support(s, lambda, err));
  remember(s);
  const double before = objective(s, lambda);
  int done = descend(s, lambda, settle_early);
  if (!done || objective(s, lambda) > before + 1e-12 * fabs(before)) {
    take_back(s);
    SP_TRY(follow_support(s, lambda, err));
    done = descend(s, lambda, settle_first);
  }
  *solved = slide_dependent(s, lambda) == 0 && done;
  return SP_OK;
}
