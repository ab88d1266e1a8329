#include "newton_parts.h"

#include "../kernels.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { LONG = 8 /* rounds after which it is asked whether the predictor still changes */ };

/* Residuals are rounding if the predictor would move by this share of itself, or by this much, to
   be rid of them; beyond the size that exponentials allow it has run to infinity instead. */
static const double exact = 1e-12, largest = 700;

static double weighted_sum(const sp_newton *s, const double *x) {
  const sp_std *z = s->problem->design;
  return z->v ? sp_dot(z->x->n, z->v, x) : sp_sum(z->x->n, x) / (double)z->x->n;
}

/* At least sum_i v_i |x_i|. */
static double weighted_size(const sp_newton *s, const double *x) {
  const sp_std *z = s->problem->design;
  return sqrt(sp_sqdev(z->x->n, z->v, x, 0) / (z->v ? 1 : (double)z->x->n));
}

double sp_newton_curvature(const sp_newton *s) {
  return weighted_sum(s, s->h);
}

sp_status sp_newton_try(sp_newton *s, double *value, sp_error *err) {
  const sp_std *z = s->problem->design;
  return sp_glm_evaluate(s->loss, z->x->n, s->problem->y, s->trial_eta, z->v, value, s->trial_r,
                         s->trial_h, err);
}

/* That of the linear predictor counts r times, and of y log(y / mu) - (y - mu) there is left as
   much as of y: where counts are large, r is large beside the loss. */
double sp_newton_rounding(const sp_newton *s) {
  return DBL_EPSILON * sqrt(s->square) * (64 + weighted_size(s, s->eta));
}

/* Nothing but rounding is left of a sum of residuals r, whose size is that of the last ones. */
static int is_rounding(const sp_newton *s, double sum, const double *r) {
  const double size = s->square > 0 ? sqrt(s->square) : weighted_size(s, r);
  return fabs(sum) <= 512 * DBL_EPSILON * size;
}

/* From the step of Newton's method, sum y / sum mu - 1 where the loss is exponential. */
static double constant_step(const sp_newton *s, double step) {
  return s->loss->ops->exponential ? log1p(step) : step;
}

/* A step whose square is next to rounding: with a canonical link r follows it linearly, and nothing
   else changes noticeably. */
static const double short_step = 1e-6;

/* The same where a step may close the lambda: its proof does not ask how r came about. */
static const double short_before_closing = 1e-4;

/* A step beyond which an exponential loss is evaluated anew. */
static const double long_step = 1;

/* Is the loss known after the step, without being evaluated? */
static int can_follow(const sp_newton *s, double pull, double bend) {
  const double step = constant_step(s, pull / bend);
  if (s->loss->ops->exponential) return fabs(step) <= long_step;
  const double shortest = s->closes ? short_before_closing : short_step;
  return s->loss->ops->concave && fabs(step) <= shortest;
}

/* Takes it; returns the step. An exponential h grows by the factor 1 + pull / bend, and the loss by
   that much of sum_i v_i h_i = bend, less the step times sum_i v_i y_i = bend + pull. */
static double follow(sp_newton *s, double pull, double bend, double *value) {
  const double share = pull / bend, step = constant_step(s, share);
  const double growth = s->loss->ops->exponential ? share : 0;
  for (ptrdiff_t i = 0; i < s->problem->design->x->n; i++) {
    s->trial_eta[i] += step;
    s->trial_r[i] -= share * s->trial_h[i];
    s->trial_h[i] += growth * s->trial_h[i];
  }
  *value += s->loss->ops->exponential ? pull - step * (bend + pull) : -step * pull / 2;
  return step;
}

/* Newton's method in one dimension, kept inside a bracket that grows until it holds the root. */
sp_status sp_newton_solve_constant(sp_newton *s, double *value, double *moved, sp_error *err) {
  const ptrdiff_t n = s->problem->design->x->n;
  double low = -INFINITY, high = INFINITY, at = 0, reach = 1, valid = NAN;
  *moved = 0;
  SP_TRY(sp_newton_try(s, value, err));
  for (int round = 0; s->problem->intercept && round < 200; round++) {
    const double pull = weighted_sum(s, s->trial_r), bend = weighted_sum(s, s->trial_h);
    if (is_rounding(s, pull, s->trial_r)) break;
    if (!isfinite(pull) && isnan(valid) && s->null_value > 0) break; /* the trial was too far */
    if (isfinite(pull)) valid = at;
    /* Where there is no number it is back to where there was one, at the start to the left. */
    if (pull > 0 || (!isfinite(pull) && at < valid))
      low = at;
    else
      high = at;
    if (can_follow(s, pull, bend)) {
      at += follow(s, pull, bend, value);
      break;
    }
    double next = at + constant_step(s, pull / bend);
    if (!(next > low && next < high) || !(fabs(next - at) <= reach)) {
      next = isinf(low) ? high - reach : isinf(high) ? low + reach : low + (high - low) / 2;
      reach *= 2;
    }
    if (next == at || next == low || next == high) break;
    if (round >= LONG && fabs(next - at) <= DBL_EPSILON * weighted_size(s, s->trial_eta)) break;
    for (ptrdiff_t i = 0; i < n; i++) s->trial_eta[i] += next - at;
    at = next;
    SP_TRY(sp_newton_try(s, value, err));
  }
  *moved = at;
  return SP_OK;
}

static void swap(double **a, double **b) {
  double *c = *a;
  *a = *b;
  *b = c;
}

/* What follows from r. */
static void weigh_residual(sp_newton *s) {
  const sp_std *z = s->problem->design;
  s->square = sp_weigh(z->x->n, z->v, s->r, &s->g);
}

void sp_newton_accept(sp_newton *s, double value) {
  swap(&s->eta, &s->trial_eta);
  swap(&s->r, &s->trial_r);
  swap(&s->h, &s->trial_h);
  s->value = value;
  s->assumes = 0;
  weigh_residual(s);
}

void sp_newton_assume(sp_newton *s, const double *r) {
  s->assumes |= r != s->r;
  memmove(s->r, r, (size_t)s->problem->design->x->n * sizeof *r);
  weigh_residual(s);
}

void sp_newton_direction(sp_newton *s, const ptrdiff_t *cols, const double *d, ptrdiff_t k,
                         double *out, double *shift) {
  const sp_std *z = s->problem->design;
  memset(out, 0, (size_t)z->x->n * sizeof *out);
  *shift = 0;
  ptrdiff_t count = 0;
  for (ptrdiff_t a = 0; a < k; a++) {
    if (d[a] == 0) continue;
    s->effect[count] = d[a] / z->scale[cols[a]];
    *shift -= s->effect[count] * z->center[cols[a]];
    s->moved[count++] = cols[a];
  }
  z->x->ops->mul(z->x, s->moved, count, s->effect, NULL, out);
}

int sp_newton_is_settled(const sp_newton *s) {
  return !s->problem->intercept || is_rounding(s, s->g.sum, s->r);
}

sp_status sp_newton_settle(sp_newton *s, sp_error *err) {
  double value, moved;
  if (!s->assumes && sp_newton_is_settled(s)) return SP_OK;
  memcpy(s->trial_eta, s->eta, (size_t)s->problem->design->x->n * sizeof *s->eta);
  SP_TRY(sp_newton_solve_constant(s, &value, &moved, err));
  if (!isfinite(value)) return SP_OK;
  s->constant += moved;
  sp_newton_accept(s, value);
  return sp_newton_reload(s, err);
}

static double rounding_of_residual(const sp_newton *s) {
  return exact * (1 + fmin(weighted_size(s, s->eta), largest)) * sp_newton_curvature(s);
}

/* Where the null model explains a constant response, or the offset does, y - mu is rounding and of
   no use: neither its sum nor the loss is small against it. It counts as zero, as it is where
   rounding happens to cancel. */
static void forget_rounding(sp_newton *s) {
  if (!(weighted_size(s, s->r) <= rounding_of_residual(s))) return;
  memset(s->r, 0, (size_t)s->problem->design->x->n * sizeof *s->r);
  s->value = 0;
  weigh_residual(s);
}

/* Whatever the offset is: where the intercept of least loss begins to be sought. */
sp_status sp_newton_fit_null(sp_newton *s, sp_error *err) {
  const ptrdiff_t n = s->problem->design->x->n;
  double value, moved;
  for (ptrdiff_t i = 0; i < n; i++)
    s->trial_eta[i] = (s->problem->offset ? s->problem->offset[i] : 0) + s->constant;
  SP_TRY(sp_newton_solve_constant(s, &value, &moved, err));
  s->constant += moved;
  sp_newton_accept(s, value);
  forget_rounding(s);
  const double pull = fabs(weighted_sum(s, s->r));
  const double most = 1e-8 * weighted_size(s, s->r) + rounding_of_residual(s);
  if (!isfinite(s->value) || !isfinite(s->square))
    return sp_fail(err, SP_ERR_NO_FIT, "the loss overflows at the offset");
  if (s->problem->intercept && !(pull <= most + 1e-300))
    return sp_fail(err, SP_ERR_NO_FIT, "the intercept has no finite solution");
  for (ptrdiff_t i = 0; i < n; i++)
    if (!isfinite(s->h[i]))
      return sp_fail(err, SP_ERR_NO_FIT, "the curvature of the loss overflows");
  s->null_value = s->value;
  s->null_curvature = sp_newton_curvature(s);
  s->null_square = s->square;
  return SP_OK;
}
