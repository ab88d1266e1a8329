/* The last step at a lambda where nothing is asked for but coefficients and a proof: one whose
 * gradients are not formed from X.
 *
 * The quadratic around beta, with its weights w and H = Z'(w Z), has its minimum at beta + d, where
 * the residual theta = r - (w / v) Z d would be were the loss that quadratic, with the gradients
 * c - H d. Whether or not it is, theta is a dual point, and stationary on the members. So all that
 * is left of the gap at beta + d are the terms of Fenchel and Young between theta and the residual
 * there: the square of what the quadratic missed. The residual itself would have to be scaled to be
 * a dual point, and proves as much after one more step only. */
#include "newton_parts.h"

#include "../kernels.h"

#include <float.h>
#include <math.h>

/* The step is tried when no more than this share of the tolerance is to be gained by it. */
static const double near = 1;

/* The share of the tolerance that may be left to gain after it, far less than it: what scaled
   residuals prove is far from all that is true, and solutions shall be as good as others. */
static const double negligible = 1e-5, most = 1e-2;

/* theta and the loss at the trial. */
typedef struct {
  const sp_newton *s;
  const double *theta; /* n */
} proposal;

/* The curvature is a concave function of the mean, and no larger than its distance from the ends of
   its range: at a distance t of the mean it has fallen by t at most. See `concave` in loss.h. */
static double loss_gap(const void *owner, double share, double rest) {
  const proposal *x = (const proposal *)owner;
  const sp_newton *s = x->s;
  double sum = 0;
  (void)rest;
  for (ptrdiff_t i = 0; i < s->problem->design->x->n; i++) {
    const double v = sp_std_weight(s->problem->design, i);
    const double miss = fabs(share * x->theta[i] - s->trial_r[i]);
    if (v == 0 || miss == 0) continue;
    sum += v * (miss * miss) / fmax(0, s->trial_h[i] - miss);
  }
  return sum / 2;
}

/* theta into s->direction, v theta into s->g; eta of the trial. *constant: what the constant moves
   by. */
static void aim(sp_newton *s, double *constant) {
  const sp_quadratic *q = &s->quadratic;
  const ptrdiff_t n = s->problem->design->x->n;
  double shift;
  sp_newton_aim(s, &shift, constant);
  for (ptrdiff_t i = 0; i < n; i++) {
    const double v = sp_std_weight(s->problem->design, i), change = s->direction[i] + shift;
    s->trial_eta[i] = s->eta[i] + change;
    s->direction[i] = v > 0 ? s->r[i] - q->level * q->weight[i] / v * change : 0;
    s->g.values[i] = v * s->direction[i];
  }
  s->g.sum = sp_sum(n, s->g.values);
}

/* The gradients at theta: of members as the quadratic has them, of others from X. */
static sp_status gradients(sp_newton *s, sp_error *err) {
  const sp_quadratic *q = &s->quadratic;
  ptrdiff_t count = 0;
  for (ptrdiff_t k = 0; k < s->size; k++) {
    const ptrdiff_t at = q->position[s->index[k]];
    if (at >= 0)
      s->gradient[k] = q->gradient[at];
    else
      s->cols[count++] = s->index[k];
  }
  SP_TRY(sp_newton_gradients(s, s->cols, count, s->c, err));
  for (ptrdiff_t a = 0; a < count; a++) s->gradient[s->position[s->cols[a]]] = s->c[a];
  return SP_OK;
}

/* Of what the quadratic missed in n rows, only the share that k columns can explain moves the
   solution. Where a step promises no more than rounding of the objective there is no better one. */
static int is_last(const sp_newton *s, double promise, double gap) {
  const double share = (double)s->quadratic.size / (double)s->problem->design->x->n;
  const double tol = s->tolerance.tol;
  const int is_rounding = promise <= 64 * DBL_EPSILON * (s->value + s->null_value);
  return gap <= most * tol && (is_rounding || gap * fmin(1, share) <= negligible * tol);
}

/* Takes the step, which promises so much. *closed: is it the last? If not it is one like others. */
static sp_status take(sp_newton *s, double lambda, double promise, sp_certificate *certificate,
                      int *closed, sp_error *err) {
  const sp_quadratic *q = &s->quadratic;
  double constant, value;
  aim(s, &constant);
  SP_TRY(sp_newton_try(s, &value, err));
  if (!isfinite(value)) { /* it is not taken */
    sp_newton_assume(s, s->r);
    return SP_OK;
  }
  SP_TRY(gradients(s, err));
  for (ptrdiff_t k = 0; k < q->size; k++) s->beta[q->index[k]] = q->beta[q->index[k]];
  s->constant += constant;
  const proposal x = {.s = s, .theta = s->direction};
  *certificate = sp_newton_certificate(s, lambda, loss_gap, &x);
  *closed = is_last(s, promise, certificate->gap);
  sp_newton_accept(s, value);
  if (!*closed) return sp_newton_reload(s, err);
  sp_newton_assume(s, s->direction);
  return SP_OK;
}

void sp_newton_allow_closing(sp_newton *s) {
  s->closes = s->loss->ops->concave && !s->has_unpenalised;
  s->quadratic.keeps_plain = s->closes;
}

sp_status sp_newton_close(sp_newton *s, double lambda, sp_certificate *certificate, int *closed,
                          sp_error *err) {
  sp_quadratic *q = &s->quadratic;
  ptrdiff_t rounds = 0;
  *closed = 0;
  if (!s->closes || lambda == 0 || !sp_newton_is_settled(s)) return SP_OK;
  SP_TRY(sp_newton_prepare(s, lambda, err));
  if (q->bare) return SP_OK;
  SP_TRY(sp_quadratic_minimise_plain(q, lambda, 0, &rounds, err));
  sp_newton_note_step(s);
  const double promise = sp_newton_promise(s, lambda);
  if (!(promise <= near * s->tolerance.tol * s->null_value)) return SP_OK;
  return take(s, lambda, promise, certificate, closed, err);
}
