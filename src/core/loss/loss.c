#include "loss.h"

#include "../alloc.h"
#include "../kernels.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const sp_glm_ops *const registry[] = {
    &sp_glm_binomial,          &sp_glm_poisson,      &sp_glm_gamma,
    &sp_glm_negative_binomial, &sp_glm_gaussian_log, &sp_glm_host,
};

const sp_glm_ops *sp_glm_find(const char *name) {
  for (size_t k = 0; k < sizeof registry / sizeof *registry; k++)
    if (strcmp(registry[k]->name, name) == 0) return registry[k];
  return NULL;
}

/* A number without more digits than those of a double, in which the x87 would keep sums. */
#if FLT_EVAL_METHOD == 0 || FLT_EVAL_METHOD == 1
typedef double rounded;
#else
typedef volatile double rounded;
#endif

/* A sum of many numbers that keeps what rounding takes from it (Neumaier 1974): added up plainly,
   1e5 observations that are equal for the most part lose two digits, and steps can no longer be
   judged. */
typedef struct {
  double sum, lost;
} tally;

static void add(tally *t, double more) {
  const rounded next = t->sum + more;
  t->lost += fabs(t->sum) >= fabs(more) ? (t->sum - next) + more : (more - next) + t->sum;
  t->sum = next;
}

static double total(const tally *t) {
  return isfinite(t->sum) ? t->sum + t->lost : t->sum;
}

/* Where losses add up to no more, residuals and curvatures are finite. */
static const double tame = 1e150;

static void units(const sp_glm_loss *loss, ptrdiff_t n, const double *y, const double *eta,
                  double *unit, double *r, double *h) {
  if (loss->ops->units) {
    loss->ops->units(loss, n, y, eta, unit, r, h);
    return;
  }
  for (ptrdiff_t i = 0; i < n; i++) unit[i] = loss->ops->unit(loss, y[i], eta[i], &r[i], &h[i]);
}

static void clear_uncounted(ptrdiff_t n, const double *v, double *x) {
  for (ptrdiff_t i = 0; i < n; i++)
    if (v[i] == 0) x[i] = 0;
}

/* Rows of weight zero are sooner evaluated than left out. */
static double sum_of_block(const sp_glm_loss *loss, ptrdiff_t n, const double *y, const double *eta,
                           const double *v, double *r, double *h) {
  double unit[SP_TOGETHER];
  units(loss, n, y, eta, unit, r, h);
  const double sum = sp_sum(n, unit);
  if (!v) return sum;
  if (!(sum < tame)) { /* it may be in those rows, where nothing is to be seen */
    clear_uncounted(n, v, unit);
    clear_uncounted(n, v, r);
    clear_uncounted(n, v, h);
  }
  return sp_dot(n, v, unit);
}

static double sum_of_units(const sp_glm_loss *loss, ptrdiff_t n, const double *y, const double *eta,
                           const double *v, double *r, double *h) {
  tally t = {0};
  for (ptrdiff_t i = 0; i < n; i += SP_TOGETHER) {
    const ptrdiff_t rows = n - i < SP_TOGETHER ? n - i : SP_TOGETHER;
    add(&t, sum_of_block(loss, rows, y + i, eta + i, v ? v + i : NULL, r + i, h + i));
  }
  return total(&t);
}

static sp_status sum_by_host(const sp_glm_loss *loss, ptrdiff_t n, const double *eta,
                             const double *v, double *sum, double *r, double *h, sp_error *err) {
  double *unit;
  tally t = {0};
  SP_TRY(SP_ALLOC(&unit, n, err));
  const int failed = loss->host_evaluate(loss->host, n, eta, unit, r, h);
  for (ptrdiff_t i = 0; i < n && !failed; i++) {
    if (v && v[i] == 0) r[i] = h[i] = 0;
    if (!v || v[i] > 0) add(&t, (v ? v[i] : 1) * unit[i]);
  }
  *sum = total(&t);
  sp_free(unit);
  return failed ? sp_fail(err, SP_ERR_HOST, "a function of the family failed") : SP_OK;
}

sp_status sp_glm_evaluate(const sp_glm_loss *loss, ptrdiff_t n, const double *y, const double *eta,
                          const double *v, double *value, double *r, double *h, sp_error *err) {
  sp_status status = SP_OK;
  if (loss->ops->unit)
    *value = sum_of_units(loss, n, y, eta, v, r, h);
  else
    status = sum_by_host(loss, n, eta, v, value, r, h, err);
  if (!v) *value /= (double)n;
  return status;
}

double sp_glm_divergence(const sp_glm_loss *loss, ptrdiff_t n, const double *y, const double *eta,
                         const double *r, const double *h, const double *v, const double *t) {
  double sum = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    if (v && v[i] == 0) continue;
    const sp_glm_point at = {eta[i], r[i], h[i]};
    sum += (v ? v[i] : 1) * loss->ops->divergence(loss, y[i], &at, t[i]);
  }
  return sum / (v ? 1 : (double)n);
}
