#include "quadratic_parts.h"

#include "../kernels.h"

#include <math.h>
#include <string.h>

enum { MAX_ROUNDS = 500 };

/* A share of the diagonal is added to it, so that directions without curvature have a direction to
   go, far, until a coefficient meets a kink. */
static const double damping = 1e-10;

/* ---- the support ------------------------------------------------------------------------ */

static int piece_of(const sp_quadratic *q, ptrdiff_t k, double lambda, sp_piece *piece) {
  if (!(sp_quadratic_column(q, k)[k] > 0)) return 0;
  return q->penalty->ops->piece(q->penalty, q->index[k], q->beta[k], lambda, piece);
}

/* Minus the derivative of the objective on the piece. */
static double pull_on(const sp_quadratic *q, ptrdiff_t k, double lambda, const sp_piece *piece) {
  return q->gradient[k] - piece->slope - sp_quadratic_ridge(q, k, lambda) * q->beta[k];
}

static int is_movable(const sp_quadratic *q, ptrdiff_t k, double lambda) {
  sp_piece piece;
  if (!piece_of(q, k, lambda, &piece)) return 0;
  const double b = q->beta[k], pull = pull_on(q, k, lambda, &piece);
  return !((b <= piece.low && pull <= 0) || (b >= piece.high && pull >= 0));
}

static int excess_of_factor(sp_quadratic *q, double lambda) {
  int any = 0;
  for (ptrdiff_t row = 0; row < q->factor.size; row++) {
    const ptrdiff_t k = q->factor.label[row];
    q->nearby.excess[row] =
        sp_quadratic_ridge(q, k, q->factor_lambda) - sp_quadratic_ridge(q, k, lambda);
    any |= q->nearby.excess[row] != 0;
  }
  return any;
}

/* The ridge part on the diagonal is that of factor_lambda, for all members. */
static void bring_near(sp_quadratic *q, double lambda) {
  if (q->factor.size > 0 && sp_nearby_is_near(lambda, q->factor_lambda)) return;
  if (excess_of_factor(q, lambda)) q->factor.size = 0;
  q->factor_lambda = lambda;
}

static sp_status follow_support(sp_quadratic *q, double lambda, sp_error *err) {
  sp_factor *f = &q->factor;
  bring_near(q, lambda);
  for (ptrdiff_t row = f->size - 1; row >= 0; row--)
    if (!is_movable(q, f->label[row], lambda)) sp_factor_delete(f, row);
  memset(q->marked, 0, (size_t)q->size);
  for (ptrdiff_t row = 0; row < f->size; row++) q->marked[f->label[row]] = 1;
  ptrdiff_t group[SP_FACTOR_GROUP];
  int count = 0;
  for (ptrdiff_t k = 0; k < q->size; k++) {
    if (q->marked[k] || !is_movable(q, k, lambda)) continue;
    group[count++] = k;
    if (count < SP_FACTOR_GROUP) continue;
    SP_TRY(sp_quadratic_append(q, f, q->cross, group, count, q->factor_lambda, damping, err));
    count = 0;
  }
  return count > 0
             ? sp_quadratic_append(q, f, q->cross, group, count, q->factor_lambda, damping, err)
             : SP_OK;
}

/* ---- descent ---------------------------------------------------------------------------- */

/* Moves member k by `change`. */
static void shift(sp_quadratic *q, ptrdiff_t k, double change) {
  q->beta[k] += change;
  sp_axpy(q->size, -change, sp_quadratic_column(q, k), q->gradient);
}

/* Right-hand side of the system into q->step and q->pull (by row); returns its largest entry. */
static double right_hand_side(sp_quadratic *q, double lambda) {
  double largest = 0;
  for (ptrdiff_t row = 0; row < q->factor.size; row++) {
    sp_piece piece;
    const ptrdiff_t k = q->factor.label[row];
    q->pull[row] = piece_of(q, k, lambda, &piece) ? pull_on(q, k, lambda, &piece) : 0;
    q->step[row] = q->pull[row];
    largest = fmax(largest, fabs(q->step[row]));
  }
  return largest;
}

/* The step, and its image under H and the ridge part. */
static void find_step(sp_quadratic *q, double lambda) {
  if (excess_of_factor(q, lambda)) {
    sp_nearby_solve(&q->nearby, &q->factor, q->pull, q->step, q->image);
    return;
  }
  memcpy(q->image, q->pull, (size_t)q->factor.size * sizeof *q->image);
  sp_factor_solve(&q->factor, q->step);
}

/* The share of the step that member k of row `row` can take, and where it ends then. */
static double share_to_end(const sp_quadratic *q, ptrdiff_t row, double lambda, double *end) {
  sp_piece piece;
  const ptrdiff_t k = q->factor.label[row];
  const double d = q->step[row];
  if (d == 0 || !piece_of(q, k, lambda, &piece)) return INFINITY;
  *end = d > 0 ? piece.high : piece.low;
  return isfinite(*end) ? fmax(0, (*end - q->beta[k]) / d) : INFINITY;
}

/* Moves the support by `share` of the step. Its gradients follow from the image of the step,
   only those of the others need products. */
static void move_support(sp_quadratic *q, double lambda, double share) {
  const sp_factor *f = &q->factor;
  double *moves = q->cross[0];
  memset(moves, 0, (size_t)q->size * sizeof *moves);
  memset(q->marked, 0, (size_t)q->size);
  for (ptrdiff_t row = 0; row < f->size; row++) {
    const ptrdiff_t k = f->label[row];
    const double added = damping * sp_quadratic_column(q, k)[k] + sp_quadratic_ridge(q, k, lambda);
    moves[k] = share * q->step[row];
    q->marked[k] = 1;
    q->beta[k] += moves[k];
    q->gradient[k] -= share * q->image[row] - added * moves[k];
  }
  for (ptrdiff_t k = 0; k < q->size; k++)
    if (!q->marked[k]) q->gradient[k] -= sp_dot(q->size, sp_quadratic_column(q, k), moves);
}

/* Takes the step up to where the first member meets the end of its piece, which leaves the factor.
   Returns whether one did. */
static int step_to_first_end(sp_quadratic *q, double lambda) {
  double least = 1, end = 0, candidate = 0;
  ptrdiff_t first = -1;
  for (ptrdiff_t row = 0; row < q->factor.size; row++) {
    const double share = share_to_end(q, row, lambda, &candidate);
    if (share >= least) continue;
    least = share;
    first = row;
    end = candidate;
  }
  move_support(q, lambda, least);
  if (first < 0) return 0;
  const ptrdiff_t k = q->factor.label[first];
  shift(q, k, end - q->beta[k]);
  q->beta[k] = end;
  sp_factor_delete(&q->factor, first);
  return 1;
}

/* One minus the squared correlation of columns that only rounding tells apart. */
static const double equality = 1e-13;

static double violation_of(const sp_quadratic *q, ptrdiff_t k, double lambda) {
  return q->penalty->ops->violation(q->penalty, q->index[k], q->beta[k], q->gradient[k], lambda);
}

/* Would member k leave zero although its column is, up to sign, that of one that is not zero and
   should move as much? See cd.c. */
static int waits_for_its_equal(const sp_quadratic *q, ptrdiff_t k, double lambda, double slack) {
  const double *gram = sp_quadratic_column(q, k), violation = violation_of(q, k, lambda);
  if (q->beta[k] != 0 || sp_quadratic_ridge(q, k, lambda) > 0) return 0;
  for (ptrdiff_t m = 0; m < q->size && violation > slack; m++) {
    if (q->beta[m] == 0) continue;
    const double product = gram[k] * sp_quadratic_column(q, m)[m];
    if (gram[m] * gram[m] >= (1 - equality) * product)
      if (violation_of(q, m, lambda) >= violation - slack) return 1;
  }
  return 0;
}

/* One pass of coordinate descent over the members at rest, or over all; counts those that moved. */
static ptrdiff_t epoch(sp_quadratic *q, double lambda, double slack, int all) {
  const sp_penalty *h = q->penalty;
  ptrdiff_t moved = 0;
  for (ptrdiff_t k = 0; k < q->size; k++) {
    sp_piece piece;
    const ptrdiff_t j = q->index[k];
    const double a = sp_quadratic_column(q, k)[k], old = q->beta[k], c = q->gradient[k];
    const int free = piece_of(q, k, lambda, &piece) && old > piece.low && old < piece.high;
    if ((free && !all) || !(a > 0) || h->ops->violation(h, j, old, c, lambda) <= slack) continue;
    if (waits_for_its_equal(q, k, lambda, slack)) continue;
    const double target = h->ops->prox(h, j, c + a * old, a, lambda);
    if (target == old) continue;
    shift(q, k, target - old);
    q->beta[k] = target;
    moved++;
  }
  return moved;
}

static sp_status minimise(sp_quadratic *q, double lambda, double slack, ptrdiff_t *iterations,
                          sp_error *err) {
  for (int round = 0; round < MAX_ROUNDS; round++) {
    ++*iterations;
    SP_TRY(follow_support(q, lambda, err));
    int met = 0;
    while (q->factor.size > 0 && right_hand_side(q, lambda) > slack) {
      find_step(q, lambda);
      met = step_to_first_end(q, lambda);
      if (!met) break;
    }
    if (epoch(q, lambda, slack, round % 8 == 7) == 0 && !met) break;
  }
  return SP_OK;
}

/* In units of the level: the penalty is proportional to lambda. The factor with the ridge part of
   one lambda / level does for others near it. */
sp_status sp_quadratic_minimise(sp_quadratic *q, double lambda, double slack, ptrdiff_t *iterations,
                                sp_error *err) {
  const double level = q->level;
  for (ptrdiff_t k = 0; k < q->size; k++) q->gradient[k] /= level;
  SP_TRY(minimise(q, lambda / level, slack / level, iterations, err));
  for (ptrdiff_t k = 0; k < q->size; k++) q->gradient[k] *= level;
  return SP_OK;
}

static void exchange(sp_quadratic *q) {
  double *gram = q->gram, lambda = q->factor_lambda;
  const sp_factor factor = q->factor;
  q->gram = q->plain;
  q->factor = q->plain_factor;
  q->factor_lambda = q->plain_lambda;
  q->plain = gram;
  q->plain_factor = factor;
  q->plain_lambda = lambda;
}

sp_status sp_quadratic_minimise_plain(sp_quadratic *q, double lambda, double slack,
                                      ptrdiff_t *iterations, sp_error *err) {
  if (!q->corrected) return sp_quadratic_minimise(q, lambda, slack, iterations, err);
  exchange(q);
  const sp_status status = sp_quadratic_minimise(q, lambda, slack, iterations, err);
  exchange(q);
  return status;
}
