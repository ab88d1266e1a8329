#include "loss.h"

#include "../alloc.h"

#include <math.h>
#include <string.h>

static const sp_loss_ops *const registry[] = {
    &sp_loss_gaussian,
};

const sp_loss_ops *sp_loss_find(const char *name) {
  for (size_t k = 0; k < sizeof registry / sizeof *registry; k++)
    if (strcmp(registry[k]->name, name) == 0) return registry[k];
  return NULL;
}

/* ---- generalised linear models ---------------------------------------------------------- */

static const sp_glm_ops *const glm_registry[] = {
    &sp_glm_binomial,          &sp_glm_poisson,      &sp_glm_gamma,
    &sp_glm_negative_binomial, &sp_glm_gaussian_log, &sp_glm_host,
};

const sp_glm_ops *sp_glm_find(const char *name) {
  for (size_t k = 0; k < sizeof glm_registry / sizeof *glm_registry; k++)
    if (strcmp(glm_registry[k]->name, name) == 0) return glm_registry[k];
  return NULL;
}

static sp_status evaluate_by_host(const sp_glm_loss *loss, ptrdiff_t n, const double *eta,
                                  const double *v, double *value, double *r, double *h,
                                  sp_error *err) {
  double *unit;
  SP_TRY(SP_ALLOC(&unit, n, err));
  const int failed = loss->host_evaluate(loss->host, n, eta, unit, r, h);
  double sum = 0;
  for (ptrdiff_t i = 0; i < n && !failed; i++) {
    if (v && v[i] == 0) r[i] = h[i] = 0;
    if (!v || v[i] > 0) sum += (v ? v[i] : 1) * unit[i];
  }
  *value = sum / (v ? 1 : (double)n);
  sp_free(unit);
  return failed ? sp_fail(err, SP_ERR_HOST, "a function of the family failed") : SP_OK;
}

static double units(const sp_glm_loss *loss, ptrdiff_t n, const double *y, const double *eta,
                    const double *v, double *r, double *h) {
  return (loss->ops->units ? loss->ops->units : sp_glm_units)(loss, n, y, eta, v, r, h);
}

double sp_glm_units(const sp_glm_loss *loss, ptrdiff_t n, const double *y, const double *eta,
                    const double *v, double *r, double *h) {
  double sum = 0;
  for (ptrdiff_t i = 0; i < n; i++)
    sum += (v ? v[i] : 1) * loss->ops->unit(loss, y[i], eta[i], &r[i], &h[i]);
  return sum;
}

static int has_zero(ptrdiff_t n, const double *v) {
  for (ptrdiff_t i = 0; v && i < n; i++)
    if (v[i] == 0) return 1;
  return 0;
}

enum { TOGETHER = 256 /* rows that are gathered at a time */ };

/* NULL, and the weight itself in *all, where all k weights are the same. */
static const double *unless_equal(ptrdiff_t k, const double *v, double *all) {
  *all = 1;
  for (ptrdiff_t a = 1; a < k; a++)
    if (v[a] != v[0]) return v;
  *all = k > 0 ? v[0] : 1;
  return NULL;
}

/* Whatever there is in rows of weight zero does not count: the others are gathered, up to TOGETHER of
   them. */
static double units_that_count(const sp_glm_loss *loss, ptrdiff_t n, const double *y,
                               const double *eta, const double *v, double *r, double *h) {
  ptrdiff_t rows[TOGETHER], k = 0;
  double y_k[TOGETHER], eta_k[TOGETHER], v_k[TOGETHER], r_k[TOGETHER], h_k[TOGETHER], all;
  for (ptrdiff_t i = 0; i < n; i++) {
    r[i] = h[i] = 0;
    if (v[i] == 0) continue;
    rows[k] = i;
    y_k[k] = y[i];
    eta_k[k] = eta[i];
    v_k[k++] = v[i];
  }
  const double *weights = unless_equal(k, v_k, &all);
  const double sum = units(loss, k, y_k, eta_k, weights, r_k, h_k);
  for (ptrdiff_t a = 0; a < k; a++) {
    r[rows[a]] = r_k[a];
    h[rows[a]] = h_k[a];
  }
  return all * sum;
}

static ptrdiff_t count_zeros(ptrdiff_t n, const double *v) {
  ptrdiff_t count = 0;
  for (ptrdiff_t i = 0; i < n; i++) count += v[i] == 0;
  return count;
}

/* Few rows of weight zero are sooner evaluated than left out, if that gives numbers. */
static double units_of_block(const sp_glm_loss *loss, ptrdiff_t n, const double *y,
                             const double *eta, const double *v, double *r, double *h) {
  const double sum = count_zeros(n, v) > n / 4 ? NAN : units(loss, n, y, eta, v, r, h);
  if (!isfinite(sum)) return units_that_count(loss, n, y, eta, v, r, h);
  for (ptrdiff_t i = 0; i < n; i++)
    if (v[i] == 0) r[i] = h[i] = 0;
  return sum;
}

static double units_by_blocks(const sp_glm_loss *loss, ptrdiff_t n, const double *y,
                              const double *eta, const double *v, double *r, double *h) {
  double sum = 0;
  for (ptrdiff_t i = 0; i < n; i += TOGETHER) {
    const ptrdiff_t rows = n - i < TOGETHER ? n - i : TOGETHER;
    sum += units_of_block(loss, rows, y + i, eta + i, v + i, r + i, h + i);
  }
  return sum;
}

sp_status sp_glm_evaluate(const sp_glm_loss *loss, ptrdiff_t n, const double *y, const double *eta,
                          const double *v, double *value, double *r, double *h, sp_error *err) {
  if (!loss->ops->unit) return evaluate_by_host(loss, n, eta, v, value, r, h, err);
  const double sum = (has_zero(n, v) ? units_by_blocks : units)(loss, n, y, eta, v, r, h);
  *value = sum / (v ? 1 : (double)n);
  return SP_OK;
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
