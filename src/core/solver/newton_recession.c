/* Whether coefficients without penalty run to infinity. A convex loss has no minimum if and only if
 * there is a direction of recession that it is not constant along (Rockafellar 1970, section 27):
 * for the classes, one that separates some of them and leaves the others where they are (Albert and
 * Anderson 1984, Biometrika 71, 1-10). Newton's steps end in such a direction, each as long as the
 * last: the loss is tried far out on it, where it would have risen if it ever did. */
#include "newton_parts.h"

#include "../alloc.h"

#include <math.h>

/* How far: in units of the linear predictor, and of its size. */
static const double far_out = 100, times_size = 10;

/* Rises of the loss by less than this share of the null deviance are rounding. */
static const double level = 1e-10;

/* A column is part of the direction if its coefficient moves by this share of the largest. */
static const double noticeable = 1e-3;

/* The last step, from trial_eta to eta, is gone on until the predictor that moves most is far out:
   into trial_eta. Returns 0 if the step went nowhere. */
static int extrapolate(sp_newton *s) {
  const sp_std *z = s->problem->design;
  double longest = 0, size = 0;
  for (ptrdiff_t i = 0; i < z->x->n; i++) {
    if (sp_std_weight(z, i) == 0) continue;
    longest = fmax(longest, fabs(s->eta[i] - s->trial_eta[i]));
    size = fmax(size, fabs(s->eta[i]));
  }
  if (!(longest > 1e-6) || !isfinite(size)) return 0;
  const double stretch = (far_out + times_size * size) / longest;
  for (ptrdiff_t i = 0; i < z->x->n; i++)
    s->trial_eta[i] = s->eta[i] + stretch * (s->eta[i] - s->trial_eta[i]);
  return 1;
}

/* Bounds do not allow what is beyond them. */
static int is_bounded(const sp_newton *s) {
  const sp_penalty *h = s->problem->penalty;
  const sp_quadratic *q = &s->quadratic;
  for (ptrdiff_t k = 0; k < q->size; k++) {
    const ptrdiff_t j = q->index[k];
    if (isfinite(q->step[k] > 0 ? h->upper[j] : h->lower[j]) && q->step[k] != 0) return 1;
  }
  return 0;
}

static sp_status list_columns(sp_newton *s, sp_error *err) {
  const sp_quadratic *q = &s->quadratic;
  double largest = 0;
  for (ptrdiff_t k = 0; k < q->size; k++) largest = fmax(largest, fabs(q->step[k]));
  SP_TRY(SP_ALLOC(&s->endless, q->size, err));
  for (ptrdiff_t k = 0; k < q->size; k++)
    if (fabs(q->step[k]) > noticeable * largest) s->endless[s->n_endless++] = q->index[k];
  return SP_OK;
}

sp_status sp_newton_seek_recession(sp_newton *s, sp_error *err) {
  double value;
  if (s->n_endless > 0 || is_bounded(s) || !extrapolate(s)) return SP_OK;
  SP_TRY(sp_newton_try(s, &value, err));
  if (!(value <= s->value + level * s->null_value)) return SP_OK;
  return value > sp_newton_separated * s->null_value ? list_columns(s, err) : SP_OK;
}
