#include "residual.h"

#include "../kernels.h"
#include "members.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Drift of the gradients, see below, that is not worth a product with the Gram matrix. */
static const double negligible = 1e-5;

/* Gradients that were carried along may be off by this share of the largest there can be. */
static const double unseen = 1e-10;

enum { FEW = 64 /* gradients are formed sooner than checked */, ONE_IN = 32 /* is checked */ };

/* From the first k of s->cols, the columns with beta_j != 0. NULL: zeros. */
static const double *predict(sp_solver *s, ptrdiff_t k) {
  const sp_std *z = s->problem->design;
  const double *offset = s->problem->offset;
  const size_t bytes = (size_t)z->x->n * sizeof *s->eta;
  if (k == 0) return offset;
  if (offset)
    memcpy(s->eta, offset, bytes);
  else
    memset(s->eta, 0, bytes);
  for (ptrdiff_t a = 0; a < k; a++) s->c[a] = s->beta[s->cols[a]] / z->scale[s->cols[a]];
  z->x->ops->mul(z->x, s->cols, k, s->c, NULL, s->eta);
  return s->eta;
}

static void set_residual_to_zero(sp_solver *s) {
  const size_t bytes = (size_t)s->problem->design->x->n * sizeof *s->r;
  memset(s->r, 0, bytes);
  memset(s->residual.values, 0, bytes);
  s->residual.sum = s->rss = 0;
}

/* With the intercept that minimises the loss, after which the residuals sum to zero. */
static void update(sp_solver *s, ptrdiff_t k) {
  const sp_problem *problem = s->problem;
  const ptrdiff_t n = problem->design->x->n;
  const double *v = problem->design->v, *eta = predict(s, k);
  for (ptrdiff_t i = 0; i < n; i++) s->r[i] = problem->y[i] - (eta ? eta[i] : 0);
  s->intercept = problem->intercept ? sp_center(n, v, s->r) : 0;
  s->rss = sp_weigh(n, v, s->r, &s->residual);
  if (s->flat) set_residual_to_zero(s);
}

void sp_residual_update(sp_solver *s) {
  const sp_working_set *w = &s->working_set;
  ptrdiff_t k = 0;
  for (ptrdiff_t a = 0; a < w->size; a++)
    if (s->beta[w->index[a]] != 0) s->cols[k++] = w->index[a];
  update(s, k);
}

/* c = c_null - G beta, rss = rss_null - beta'(c_null + c). */
static void refresh_from_known(sp_solver *s) {
  const sp_known *known = s->problem->known;
  const sp_std *z = s->problem->design;
  const ptrdiff_t p = z->x->p;
  memcpy(s->gradient, known->gradient, (size_t)p * sizeof *s->gradient);
  s->rss = known->rss;
  s->intercept = known->intercept;
  for (ptrdiff_t j = 0; j < p; j++)
    if (s->beta[j] != 0) sp_axpy(p, -s->beta[j], known->gram + j * p, s->gradient);
  for (ptrdiff_t j = 0; j < p; j++) {
    s->rss -= s->beta[j] * (known->gradient[j] + s->gradient[j]);
    s->intercept -= s->beta[j] / z->scale[j] * z->center[j];
  }
  s->rss = s->rss < 0 ? 0 : s->rss; /* NaN stays */
  const ptrdiff_t k = sp_screen_varying(z, s->cols);
  for (ptrdiff_t a = 0; a < k; a++) s->c[a] = s->gradient[s->cols[a]];
}

sp_status sp_solver_refresh(sp_solver *s, sp_error *err) {
  const sp_std *z = s->problem->design;
  if (s->problem->known && s->problem->known->gram) {
    refresh_from_known(s);
    return SP_OK;
  }
  update(s, sp_nonzeros(z->x->p, s->beta, s->cols));
  const ptrdiff_t k = sp_screen_varying(z, s->cols);
  SP_TRY(sp_screen_products(z, &s->residual, s->cols, k, s->c, s->ctx, err));
  for (ptrdiff_t a = 0; a < k; a++) s->gradient[s->cols[a]] = s->c[a];
  return SP_OK;
}

/* sum |beta_j| norm_j. */
static double length(const sp_solver *s) {
  const sp_working_set *w = &s->working_set;
  double sum = 0;
  for (ptrdiff_t k = 0; k < w->size; k++)
    sum += fabs(s->beta[w->index[k]]) * s->screen.norm[w->index[k]];
  return sum;
}

double sp_gradients_rounding(const sp_solver *s) {
  return DBL_EPSILON * (length(s) + s->travelled);
}

/* |beta|'|rounding of c|, by which the duality gap may differ from what the gradients say, relative
   to the gap asked for. */
static double drift(const sp_solver *s) {
  return length(s) * sp_gradients_rounding(s) / (s->tolerance.tol * s->null_model.objective);
}

/* Gradients that steps carried along against some that are formed anew, others each time: whatever
   goes wrong on the way is not certified. */
static int is_right_here_and_there(sp_solver *s) {
  const sp_working_set *w = &s->working_set;
  double *beta = s->c;
  for (ptrdiff_t k = 0; k < w->size; k++) beta[k] = s->beta[w->index[k]];
  s->turn = (s->turn + 1) % ONE_IN;
  for (ptrdiff_t k = s->turn; k < w->size; k += ONE_IN) {
    const ptrdiff_t j = w->index[k];
    const double formed = s->origin[j] - sp_dot(w->size, beta, sp_working_set_gram(w, k));
    const double size = s->screen.norm[j] * s->null_model.radius;
    if (!(fabs(formed - w->gradient[k]) <= unseen * size)) return 0;
  }
  return 1;
}

static void reload_through_gram(sp_solver *s) {
  const sp_gram g = sp_members_gram(s, 0);
  sp_working_set *w = &s->working_set;
  ptrdiff_t count = 0;
  for (ptrdiff_t k = 0; k < w->size; k++) {
    w->gradient[k] = s->origin[w->index[k]];
    if (s->beta[w->index[k]] == 0) continue;
    s->cols[count] = k;
    s->c[count++] = s->beta[w->index[k]];
  }
  sp_gram_carry(&g, s->cols, s->c, count);
  s->travelled = 0;
}

sp_status sp_gradients_reload(sp_solver *s, sp_error *err) {
  sp_working_set *w = &s->working_set;
  if (!w->gram) {
    sp_residual_update(s);
    return sp_screen_products(s->problem->design, &s->residual, w->index, w->size, w->gradient,
                              s->ctx, err);
  }
  if (w->size <= FEW || !(drift(s) <= negligible) || !is_right_here_and_there(s))
    reload_through_gram(s);
  return SP_OK;
}

void sp_gradients_extend(sp_solver *s, ptrdiff_t first) {
  const sp_gram g = sp_members_gram(s, 0);
  sp_working_set *w = &s->working_set;
  double *beta = s->c;
  ptrdiff_t *added = s->cols;
  for (ptrdiff_t k = 0; k < w->size; k++) beta[k] = s->beta[w->index[k]];
  for (ptrdiff_t k = first; k < w->size; k++) {
    added[k - first] = k;
    w->gradient[k] = s->origin[w->index[k]];
  }
  sp_gram_catch_up(&g, added, w->size - first, beta);
}

void sp_gradients_outdate(sp_solver *s, ptrdiff_t j, double change) {
  s->travelled += fabs(change) * s->screen.norm[j];
}

/* rss and intercept without a look at the rows: with c = c_null - G beta,
   rss = rss_null - 2 beta'c_null + beta'G beta = rss_null - beta'(c_null + c). */
void sp_moments_update(sp_solver *s) {
  const sp_working_set *w = &s->working_set;
  const sp_std *z = s->problem->design;
  double explained = 0, shift = 0;
  for (ptrdiff_t k = 0; k < w->size; k++) {
    const ptrdiff_t j = w->index[k];
    explained += s->beta[j] * (s->origin[j] + w->gradient[k]);
    shift += s->beta[j] / z->scale[j] * z->center[j];
  }
  const double rss = 2 * s->null_model.objective - explained;
  s->rss = rss < 0 ? 0 : rss; /* NaN stays */
  s->intercept = s->null_intercept - shift;
}
