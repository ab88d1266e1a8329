#include "exact.h"

#include "../alloc.h"
#include "../kernels.h"

#include <math.h>

/* Coordinate descent drops several crossing coefficients at once, so after this many single drops
   it is its turn again. */
enum { MAX_DROPS = 16, MAX_REFINEMENTS = 3 };

static double curvature_of(const sp_solver *s, ptrdiff_t k, double lambda) {
  const sp_penalty *h = s->problem->penalty;
  return h->ops->curvature(h, s->working_set.index[k], lambda);
}

static int piece_of(const sp_solver *s, ptrdiff_t k, double lambda, sp_piece *piece) {
  const sp_penalty *h = s->problem->penalty;
  const ptrdiff_t j = s->working_set.index[k];
  if (s->problem->design->sqnorm[j] == 0) return 0;
  return h->ops->piece(h, j, s->beta[j], lambda, piece);
}

/* Minus the derivative of the objective on the piece. */
static double pull_on(const sp_solver *s, ptrdiff_t k, double lambda, const sp_piece *piece) {
  const sp_working_set *w = &s->working_set;
  return w->gradient[k] - piece->slope - curvature_of(s, k, lambda) * s->beta[w->index[k]];
}

/* Off its kinks, and not pressed against the end of its piece. */
static int is_movable(const sp_solver *s, ptrdiff_t k, double lambda) {
  sp_piece piece;
  if (!piece_of(s, k, lambda, &piece)) return 0;
  const double b = s->beta[s->working_set.index[k]], pull = pull_on(s, k, lambda, &piece);
  return !((b <= piece.low && pull <= 0) || (b >= piece.high && pull >= 0));
}

static void drop_strangers(sp_solver *s, double lambda) {
  sp_factor *f = &s->factor;
  for (ptrdiff_t row = f->size - 1; row >= 0; row--) {
    const int stale = lambda != s->factor_lambda && curvature_of(s, f->label[row], lambda) > 0;
    if (stale) {
      f->size = 0;
      break;
    }
    if (!is_movable(s, f->label[row], lambda)) sp_factor_delete(f, row);
  }
  s->factor_lambda = lambda;
}

static sp_status append_member(sp_solver *s, ptrdiff_t k, double lambda, int *dependent,
                               sp_error *err) {
  const double *gram = sp_working_set_gram(&s->working_set, k);
  for (ptrdiff_t row = 0; row < s->factor.size; row++) s->step[row] = gram[s->factor.label[row]];
  return sp_factor_append(&s->factor, k, s->step, gram[k] + curvature_of(s, k, lambda), dependent,
                          err);
}

/* Makes the factor that of the present support; `member` marks its rows (scratch, |W|). */
static sp_status follow_support(sp_solver *s, double lambda, unsigned char *member, int *complete,
                                sp_error *err) {
  const sp_working_set *w = &s->working_set;
  drop_strangers(s, lambda);
  for (ptrdiff_t row = 0; row < s->factor.size; row++) member[s->factor.label[row]] = 1;
  *complete = 1;
  for (ptrdiff_t k = 0; k < w->size; k++) {
    if (member[k] || !is_movable(s, k, lambda)) continue;
    int dependent;
    SP_TRY(append_member(s, k, lambda, &dependent, err));
    if (dependent) *complete = 0;
  }
  return SP_OK;
}

/* Right-hand side of the system; returns its largest entry. */
static double right_hand_side(sp_solver *s, double lambda) {
  double largest = 0;
  for (ptrdiff_t row = 0; row < s->factor.size; row++) {
    sp_piece piece;
    const ptrdiff_t k = s->factor.label[row];
    s->step[row] = piece_of(s, k, lambda, &piece) ? pull_on(s, k, lambda, &piece) : 0;
    largest = fmax(largest, fabs(s->step[row]));
  }
  return largest;
}

/* The longest admissible step in [0, 1] and the row that limits it (-1: none). */
static double step_length(const sp_solver *s, double lambda, ptrdiff_t *blocking, double *end) {
  double length = 1;
  sp_piece piece;
  *blocking = -1;
  for (ptrdiff_t row = 0; row < s->factor.size; row++) {
    const ptrdiff_t k = s->factor.label[row];
    const double b = s->beta[s->working_set.index[k]], d = s->step[row];
    if (d == 0 || !piece_of(s, k, lambda, &piece)) continue;
    const double limit = d > 0 ? piece.high : piece.low;
    if (isfinite(limit) && (limit - b) / d < length) {
      length = fmax(0, (limit - b) / d);
      *blocking = row;
      *end = limit;
    }
  }
  return length;
}

static void take_step(sp_solver *s, double length) {
  sp_working_set *w = &s->working_set;
  for (ptrdiff_t row = 0; row < s->factor.size; row++) {
    const double change = length * s->step[row];
    const ptrdiff_t k = s->factor.label[row];
    s->beta[w->index[k]] += change;
    sp_axpy(w->size, -change, sp_working_set_gram(w, k), w->gradient);
  }
}

static sp_status reserve_step(sp_solver *s, sp_error *err) {
  if (s->step_capacity >= s->working_set.size) return SP_OK;
  s->step_capacity = s->working_set.capacity;
  return SP_RESIZE(&s->step, s->step_capacity, err);
}

/* Steps until a full one is taken and refined, or too many coefficients dropped out. */
static int descend(sp_solver *s, double lambda) {
  int refinements = 0;
  double last = INFINITY;
  for (int drops = 0; drops < MAX_DROPS;) {
    const double size = right_hand_side(s, lambda);
    if (refinements > 0 && (size > last / 2 || refinements > MAX_REFINEMENTS)) return 1;
    if (size == 0) return 1;
    last = size;
    sp_factor_solve(&s->factor, s->step);
    ptrdiff_t blocking;
    double end = 0;
    take_step(s, step_length(s, lambda, &blocking, &end));
    if (blocking < 0) {
      refinements++;
    } else {
      s->beta[s->working_set.index[s->factor.label[blocking]]] = end;
      sp_factor_delete(&s->factor, blocking);
      refinements = 0;
      drops++;
    }
  }
  return 0;
}

sp_status sp_exact_step(sp_solver *s, double lambda, int *solved, sp_error *err) {
  unsigned char *member = NULL;
  int complete = 0;
  *solved = 0;
  SP_TRY(reserve_step(s, err));
  SP_TRY(SP_ALLOC(&member, s->working_set.size, err));
  const sp_status status = follow_support(s, lambda, member, &complete, err);
  sp_free(member);
  SP_TRY(status);
  *solved = descend(s, lambda) && complete;
  return SP_OK;
}
