#include "newton_parts.h"

#include "../kernels.h"

#include <float.h>
#include <math.h>

enum { HALVINGS = 40 };

/* How slowly steps may converge before the curvature is taken anew. */
static const double slowest_pace = 0.5;

/* Where steps correct the Gram matrix, so many times its cost may be lost before there is a new
   one. */
static const double patience = 3;

/* A Gram matrix that costs more steps than these is kept through one that converges slowly. */
static const double dear = 64;

/* Shares of the violation that a step without a Gram matrix may leave: as a rule, and where steps
   converge quickly. */
static const double inexactness = 0.03, exactness = 1e-3;

/* With few rows for each member a correction costs as much as the step that it may save. */
static int corrections_pay(const sp_quadratic *q) {
  return !q->bare && 8 * q->size < q->design->x->n;
}

/* What a new Gram matrix and its factor cost, in steps of two passes over the members. */
static double cost_of_gram(const sp_quadratic *q) {
  const double k = (double)q->size, n = (double)q->design->x->n;
  return k / 16 + k * k / (24 * n);
}

/* Steps that close do so with the Gram matrix as it was before corrections. */
static double price_of_gram(const sp_newton *s) {
  const sp_quadratic *q = &s->quadratic;
  return (corrections_pay(q) && !s->closes ? patience : 1) * cost_of_gram(q);
}

/* The first step at a lambda is often slow, as members come and go, and the next ones are not. With
   few rows for each member it is the quadratic that a step costs, and not its passes. */
static int is_slow(const sp_newton *s) {
  const sp_quadratic *q = &s->quadratic;
  const int is_dear = cost_of_gram(q) > dear && 2 * q->size < q->design->x->n;
  const int forgives = is_dear && isfinite(s->pace);
  return (forgives ? fmin(s->pace, s->pace_before) : s->pace) > slowest_pace;
}

/* Curvature changes slowly along a path. That of earlier coefficients costs more steps at each
   lambda: once they have cost as much as a new Gram matrix there is a new one. Without a penalty
   the certificate wants it as it is. */
static int is_outdated(const sp_newton *s, double lambda) {
  const sp_quadratic *q = &s->quadratic;
  return q->bare || (q->corrected && lambda == 0) || is_slow(s) || s->wasted >= price_of_gram(s);
}

static int is_wanted(const sp_newton *s, ptrdiff_t k, double lambda) {
  const sp_penalty *h = s->problem->penalty;
  const ptrdiff_t j = s->index[k];
  return s->beta[j] != 0 || h->ops->violation(h, j, s->beta[j], s->gradient[k], lambda) > 0;
}

/* Where the loss is nearly linear its curvature says too little: Levenberg's remedy. */
static const double *lifted_curvature(sp_newton *s) {
  if (s->lift == 0) return s->h;
  const double more = s->lift * s->null_square;
  for (ptrdiff_t i = 0; i < s->problem->design->x->n; i++) s->trial_h[i] = s->h[i] + more;
  return s->trial_h;
}

sp_status sp_newton_prepare(sp_newton *s, double lambda, sp_error *err) {
  sp_quadratic *q = &s->quadratic;
  ptrdiff_t wanted = 0, count = 0;
  for (ptrdiff_t k = 0; k < s->size; k++) {
    if (!is_wanted(s, k, lambda)) continue;
    wanted++;
    if (q->position[s->index[k]] < 0) s->cols[count++] = s->index[k];
  }
  if (is_outdated(s, lambda) || q->size + count > q->most) {
    s->wasted = 0;
    sp_quadratic_restart(q, lifted_curvature(s), wanted);
    count = 0;
    for (ptrdiff_t k = 0; k < s->size; k++)
      if (is_wanted(s, k, lambda)) s->cols[count++] = s->index[k];
  }
  SP_TRY(sp_quadratic_add(q, s->cols, count, s->ctx, err));
  for (ptrdiff_t k = 0; k < q->size; k++) {
    const ptrdiff_t j = q->index[k];
    q->beta[j] = s->beta[j];
    q->gradient[k] = s->gradient[s->position[j]];
  }
  return SP_OK;
}

sp_status sp_newton_refresh(sp_newton *s, double lambda, sp_error *err) {
  s->lift = 0;
  s->pace = INFINITY;
  SP_TRY(sp_newton_prepare(s, lambda, err));
  s->pace = 0;
  return SP_OK;
}

/* Zero without being held there by a bound. */
static int is_free_zero(const sp_newton *s, ptrdiff_t j, double lambda) {
  const sp_penalty *h = s->problem->penalty;
  sp_piece piece;
  return s->beta[j] == 0 && h->ops->piece(h, j, 0, lambda, &piece) && sp_piece_is_inside(&piece, 0);
}

/* Steps have no use for columns whose coefficient and gradient are zero, but they belong to the
   model: the trace does not depend on what the response happens to be. */
static sp_status add_free_zeros(sp_newton *s, double lambda, sp_error *err) {
  sp_quadratic *q = &s->quadratic;
  ptrdiff_t k = 0;
  for (ptrdiff_t j = 0; j < s->problem->design->x->p; j++)
    if (s->position[j] < 0 && is_free_zero(s, j, lambda)) s->cols[k++] = j;
  SP_TRY(sp_newton_admit(s, s->cols, k, err));
  k = 0;
  for (ptrdiff_t a = 0; a < s->size; a++)
    if (q->position[s->index[a]] < 0 && is_free_zero(s, s->index[a], lambda))
      s->cols[k++] = s->index[a];
  return sp_quadratic_add(q, s->cols, k, s->ctx, err);
}

sp_status sp_newton_df(sp_newton *s, double lambda, double *df, sp_error *err) {
  SP_TRY(sp_newton_refresh(s, lambda, err));
  SP_TRY(add_free_zeros(s, lambda, err));
  return sp_quadratic_df(&s->quadratic, lambda, df, err);
}

static double penalty_at(const sp_newton *s, double lambda, double share) {
  const sp_penalty *h = s->problem->penalty;
  const sp_quadratic *q = &s->quadratic;
  double sum = 0;
  for (ptrdiff_t k = 0; k < q->size; k++) {
    const ptrdiff_t j = q->index[k];
    const double b = share == 1 ? q->beta[j] : s->beta[j] + share * q->step[k];
    sum += h->ops->value(h, j, b, lambda);
  }
  return sum;
}

/* d'H d of the step d, which moves the linear predictor by `direction` + shift. */
static double bend_of(const sp_newton *s, double shift) {
  const sp_quadratic *q = &s->quadratic;
  double bend = 0;
  if (q->bare) {
    for (ptrdiff_t i = 0; i < s->problem->design->x->n; i++) {
      const double change = s->direction[i] + shift;
      bend += q->weight[i] * (change * change);
    }
    return bend;
  }
  for (ptrdiff_t k = 0; k < q->size; k++) /* the gradient has fallen by H d */
    bend += (s->gradient[s->position[q->index[k]]] - q->gradient[k]) * q->step[k];
  return bend;
}

/* By how much the quadratic falls, and the penalty with it, on a whole step of that bend. */
static double fall_of(const sp_newton *s, double lambda, double bend) {
  const sp_quadratic *q = &s->quadratic;
  double slope = 0;
  for (ptrdiff_t k = 0; k < q->size; k++)
    slope += s->gradient[s->position[q->index[k]]] * q->step[k];
  return slope - bend / 2 + penalty_at(s, lambda, 0) - penalty_at(s, lambda, 1);
}

double sp_newton_promise(const sp_newton *s, double lambda) {
  return fall_of(s, lambda, bend_of(s, 0));
}

/* The trial moves by `share` of the step and `moved` in the constant, and is where the solver
   stands. */
static void take(sp_newton *s, double share, double moved, double value) {
  const sp_quadratic *q = &s->quadratic;
  for (ptrdiff_t k = 0; k < q->size; k++) {
    const ptrdiff_t j = q->index[k];
    s->beta[j] = share == 1 ? q->beta[j] : s->beta[j] + share * q->step[k];
  }
  s->constant += moved;
  sp_newton_accept(s, value);
}

/* Is the objective no higher than `most` at the trial, with its constant solved for? Not worth
   asking of a shorter step (share < 1) that does not fall without that. */
static sp_status falls(sp_newton *s, double share, double penalty, double most, double *value,
                       double *moved, int *yes, sp_error *err) {
  *yes = 0;
  if (share < 1) {
    SP_TRY(sp_newton_try(s, value, err));
    if (!(*value + penalty <= most)) return SP_OK;
  }
  SP_TRY(sp_newton_solve_constant(s, value, moved, err));
  *yes = *value + penalty <= most;
  return SP_OK;
}

void sp_newton_aim(sp_newton *s, double *shift, double *constant) {
  const sp_quadratic *q = &s->quadratic;
  double centring;
  sp_newton_direction(s, q->index, q->step, q->size, s->direction, &centring);
  *constant = 0;
  if (s->problem->intercept && q->total > 0)
    *constant = -sp_dot(s->problem->design->x->n, q->weight, s->direction) / q->total - centring;
  *shift = centring + *constant;
}

/* From the change of the members in q->step: trial steps along it, halved until the objective does
   not rise beyond rounding. *gain: by how much it falls, as a share of what the quadratic promised;
   Inf where that is rounding, negative if no step was taken. */
static sp_status search_line(sp_newton *s, double lambda, double *gain, sp_error *err) {
  double shift, constant;
  sp_newton_aim(s, &shift, &constant);
  const double now = s->value + penalty_at(s, lambda, 0);
  const double rounding = 64 * DBL_EPSILON * (now + s->null_value) + sp_newton_rounding(s);
  const double promised = fall_of(s, lambda, bend_of(s, shift));
  double share = 1;
  *gain = -1;
  for (int halving = 0; halving < HALVINGS; halving++, share /= 2) {
    double value, moved;
    for (ptrdiff_t i = 0; i < s->problem->design->x->n; i++)
      s->trial_eta[i] = s->eta[i] + share * (s->direction[i] + shift);
    const double penalty = penalty_at(s, lambda, share);
    int yes;
    SP_TRY(falls(s, share, penalty, now + rounding, &value, &moved, &yes, err));
    s->undefined |= isnan(value);
    if (!yes) continue;
    *gain = promised > rounding ? fmax(0, (now - value - penalty) / promised) : INFINITY;
    take(s, share, share * constant + moved, value);
    break;
  }
  return SP_OK;
}

/* The next step will leave the square of what the last one did, if steps converge quadratically.
   Eisenstat and Walker (1996), SIAM J. Sci. Comput. 17, 16-32, eq. (2.6). A quarter of what the
   certificate is likely to ask for is enough. */
static double slack_without_gram(const sp_newton *s, double lambda, double violation) {
  const double most = inexactness * violation, pace = s->pace > 0 ? s->pace : 1;
  const double proof = s->leverage > 0 ? s->tolerance.tol / s->leverage / 4 : 0;
  const double least = fmax(exactness, pace * pace) * violation;
  return fmin(most, fmax(least, proof * sp_newton_unit(s, lambda)));
}

/* With a Gram matrix the quadratic is minimised to rounding, which costs nothing; without, no
   further than its minimum is likely to be right. */
static sp_status minimise_quadratic(sp_newton *s, double lambda, double violation, sp_error *err) {
  const double precision = 1e-3 * sp_newton_finest * sp_newton_unit(s, lambda);
  ptrdiff_t rounds = 0;
  if (!s->quadratic.bare)
    return sp_quadratic_minimise(&s->quadratic, lambda, precision, &rounds, err);
  const double slack = fmax(precision, slack_without_gram(s, lambda, violation));
  return sp_quadratic_approach(&s->quadratic, lambda, slack, s->ctx, err);
}

void sp_newton_note_step(sp_newton *s) {
  sp_quadratic *q = &s->quadratic;
  for (ptrdiff_t k = 0; k < q->size; k++) {
    const ptrdiff_t j = q->index[k];
    q->step[k] = q->beta[j] - s->beta[j];
  }
}

static int was_taken_whole(const sp_newton *s) {
  const sp_quadratic *q = &s->quadratic;
  for (ptrdiff_t k = 0; k < q->size; k++)
    if (s->beta[q->index[k]] != q->beta[q->index[k]]) return 0;
  return 1;
}

/* What a whole step, of which a share `gain` of what was promised came, teaches. Corrections are
   not for where the certificate needs H to be that of the weights. */
static sp_status reload(sp_newton *s, double lambda, double gain, sp_error *err) {
  sp_quadratic *q = &s->quadratic;
  const int teaches = !q->bare && isfinite(gain) && was_taken_whole(s);
  const int corrects = corrections_pay(q) && lambda > 0 && !s->has_unpenalised;
  if (teaches) sp_quadratic_expect(q, s->gradient, s->position);
  SP_TRY(sp_newton_reload(s, err));
  if (teaches && corrects) return sp_quadratic_correct(q, s->gradient, s->position, err);
  if (teaches) sp_quadratic_level(q, s->gradient, s->position);
  return SP_OK;
}

sp_status sp_newton_step(sp_newton *s, double lambda, double violation, double *gain,
                         sp_error *err) {
  SP_TRY(sp_newton_prepare(s, lambda, err));
  SP_TRY(minimise_quadratic(s, lambda, violation, err));
  sp_newton_note_step(s);
  SP_TRY(search_line(s, lambda, gain, err));
  return *gain < 0 ? SP_OK : reload(s, lambda, *gain, err);
}
