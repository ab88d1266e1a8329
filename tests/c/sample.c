#include "sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- random numbers: splitmix64 ---------------------------------------------------------- */

static uint64_t next(rng *g) {
  uint64_t z = (g->state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

rng rng_seeded(uint64_t seed) {
  return (rng){seed * 7919 + 1};
}

double rng_uniform(rng *g) {
  return (double)(next(g) >> 11) * 0x1p-53;
}

double rng_normal(rng *g) {
  const double radius = sqrt(-2 * log(1 - rng_uniform(g)));
  return radius * cos(2 * 3.14159265358979323846 * rng_uniform(g));
}

ptrdiff_t rng_below(rng *g, ptrdiff_t limit) {
  return (ptrdiff_t)(next(g) % (uint64_t)limit);
}

/* ---- samples ----------------------------------------------------------------------------- */

double *zeros(ptrdiff_t n) {
  return calloc((size_t)n + 1, sizeof(double));
}

static double *vector(ptrdiff_t count, double value) {
  double *out = zeros(count);
  for (ptrdiff_t k = 0; k < count; k++) out[k] = value;
  return out;
}

sample sample_new(ptrdiff_t n, ptrdiff_t p, uint64_t seed) {
  rng g = rng_seeded(seed);
  sample s = {.n = n, .p = p, .alpha = 1, .intercept = 1, .standardize = 1};
  s.x = zeros(n * p);
  s.y = zeros(n);
  s.own_v = zeros(n);
  s.own_offset = zeros(n);
  s.factor = vector(p, 1);
  s.lower = vector(p, -INFINITY);
  s.upper = vector(p, INFINITY);
  for (ptrdiff_t i = 0; i < n; i++) {
    const double common = rng_normal(&g);
    s.y[i] = 3 + rng_normal(&g);
    for (ptrdiff_t j = 0; j < p; j++) {
      const double z = rng_normal(&g) + 0.7 * common;
      s.x[i + j * n] = (1 + (double)(j % 3)) * z + (double)(j % 4);
      if (j % 3 == 0) s.y[i] += (j % 2 ? -1.5 : 1) * z;
    }
  }
  return s;
}

void sample_free(sample *s) {
  free(s->x);
  free(s->y);
  free(s->own_v);
  free(s->own_offset);
  free(s->factor);
  free(s->lower);
  free(s->upper);
  free(s->colptr);
  free(s->rowidx);
  free(s->values);
  memset(s, 0, sizeof *s);
}

void sample_add_weights(sample *s, rng *g) {
  long double total = 0;
  s->v = s->own_v;
  for (ptrdiff_t i = 0; i < s->n; i++) {
    s->v[i] = i > 0 && i % 5 == 0 ? 0 : 0.2 + rng_uniform(g);
    total += s->v[i];
  }
  for (ptrdiff_t i = 0; i < s->n; i++) s->v[i] = (double)(s->v[i] / total);
}

void sample_add_offset(sample *s, rng *g) {
  s->offset = s->own_offset;
  for (ptrdiff_t i = 0; i < s->n; i++) s->offset[i] = 1 + 2 * rng_normal(g);
}

void sample_thin(sample *s, rng *g, double share) {
  for (ptrdiff_t k = 0; k < s->n * s->p; k++)
    if (rng_uniform(g) < share) s->x[k] = 0;
}

const sp_design *sample_dense(sample *s) {
  s->design = sp_design_dense(s->n, s->p, s->x);
  return &s->design;
}

const sp_design *sample_sparse(sample *s) {
  free(s->colptr);
  free(s->rowidx);
  free(s->values);
  s->colptr = calloc((size_t)s->p + 1, sizeof *s->colptr);
  s->rowidx = calloc((size_t)(s->n * s->p) + 1, sizeof *s->rowidx);
  s->values = zeros(s->n * s->p);
  int stored = 0;
  for (ptrdiff_t j = 0; j < s->p; j++) {
    for (ptrdiff_t i = 0; i < s->n; i++) {
      const double value = s->x[i + j * s->n];
      if (value == 0) continue;
      s->rowidx[stored] = (int)i;
      s->values[stored++] = value;
    }
    s->colptr[j + 1] = stored;
  }
  s->csc = (sp_csc){.colptr = s->colptr, .rowidx = s->rowidx, .values = s->values};
  s->design = sp_design_csc(s->n, s->p, &s->csc);
  return &s->design;
}

sp_model_spec sample_spec(sample *s, const sp_design *design) {
  return (sp_model_spec){.x = design,
                         .y = s->y,
                         .v = s->v,
                         .offset = s->offset,
                         .alpha = s->alpha,
                         .factor = s->factor,
                         .lower = s->lower,
                         .upper = s->upper,
                         .intercept = s->intercept,
                         .standardize = s->standardize};
}

/* ---- the definition ---------------------------------------------------------------------- */

double sample_weight(const sample *s, ptrdiff_t i) {
  return s->v ? s->v[i] : 1 / (double)s->n;
}

static long double total_weight(const sample *s) {
  long double total = 0;
  for (ptrdiff_t i = 0; i < s->n; i++) total += sample_weight(s, i);
  return total;
}

static long double mean_beyond(const sample *s, ptrdiff_t j, long double origin) {
  long double sum = 0;
  for (ptrdiff_t i = 0; i < s->n; i++)
    if (sample_weight(s, i) > 0) sum += sample_weight(s, i) * (s->x[i + j * s->n] - origin);
  return origin + sum / total_weight(s);
}

/* Twice, for want of more digits where long double is short. */
long double sample_mean(const sample *s, ptrdiff_t j) {
  return mean_beyond(s, j, mean_beyond(s, j, 0));
}

static long double spread(const sample *s, ptrdiff_t j) {
  const long double mean = sample_mean(s, j);
  long double unit = 0, sum = 0;
  for (ptrdiff_t i = 0; i < s->n; i++)
    if (sample_weight(s, i) > 0) unit = fmaxl(unit, fabsl(s->x[i + j * s->n] - mean));
  for (ptrdiff_t i = 0; unit > 0 && i < s->n; i++) {
    const long double d = (s->x[i + j * s->n] - mean) / unit;
    if (sample_weight(s, i) > 0) sum += sample_weight(s, i) * d * d;
  }
  return unit * sqrtl(sum / total_weight(s));
}

static int is_constant(const sample *s, ptrdiff_t j) {
  double first = NAN;
  for (ptrdiff_t i = 0; i < s->n; i++) {
    if (sample_weight(s, i) == 0) continue;
    if (isnan(first)) first = s->x[i + j * s->n];
    if (s->x[i + j * s->n] != first) return 0;
  }
  return s->intercept || s->standardize || first == 0;
}

long double sample_scale(const sample *s, ptrdiff_t j) {
  return s->standardize && !is_constant(s, j) ? spread(s, j) : 1;
}

int sample_is_out(const sample *s, ptrdiff_t j) {
  return isinf(s->factor[j]) || is_constant(s, j) || (s->lower[j] == 0 && s->upper[j] == 0);
}

long double sample_norm(const sample *s, ptrdiff_t j) {
  const long double mean = s->intercept ? sample_mean(s, j) : 0, scale = sample_scale(s, j);
  long double square = 0;
  for (ptrdiff_t i = 0; i < s->n; i++) {
    const long double d = (s->x[i + j * s->n] - mean) / scale;
    if (sample_weight(s, i) > 0) square += sample_weight(s, i) * d * d;
  }
  return sqrtl(square);
}

double *sample_standardized(const sample *s) {
  double *z = zeros(s->n * s->p);
  for (ptrdiff_t j = 0; j < s->p; j++) {
    const long double center = s->intercept ? sample_mean(s, j) : 0, scale = sample_scale(s, j);
    for (ptrdiff_t i = 0; i < s->n; i++)
      z[i + j * s->n] = (double)((s->x[i + j * s->n] - center) / scale);
  }
  return z;
}

/* n of them; for the caller to free. */
static long double *residuals(const sample *s, double b0, const double *beta) {
  long double *r = malloc((size_t)s->n * sizeof *r);
  for (ptrdiff_t i = 0; i < s->n; i++) {
    r[i] = (long double)s->y[i] - b0 - (s->offset ? s->offset[i] : 0);
    for (ptrdiff_t j = 0; j < s->p; j++)
      if (beta[j] != 0) r[i] -= (long double)s->x[i + j * s->n] * beta[j];
  }
  return r;
}

static long double penalty_of(const sample *s, ptrdiff_t j, double lambda, double beta) {
  if (sample_is_out(s, j)) return beta == 0 ? 0 : INFINITY;
  const double slack = 1e-14 * fabs(beta);
  if (beta < s->lower[j] - slack || beta > s->upper[j] + slack) return INFINITY;
  const long double b = fabsl(sample_scale(s, j) * beta);
  return lambda * s->factor[j] * (s->alpha * b + (1 - s->alpha) / 2 * b * b);
}

long double sample_objective(const sample *s, double lambda, double b0, const double *beta) {
  long double sum = 0, *r = residuals(s, b0, beta);
  for (ptrdiff_t i = 0; i < s->n; i++) sum += sample_weight(s, i) * r[i] * r[i] / 2;
  for (ptrdiff_t j = 0; j < s->p; j++) sum += penalty_of(s, j, lambda, beta[j]);
  free(r);
  return sum;
}

/* z_j'(v r), with r centred when there is an intercept: then it does not matter whether z_j is. */
static long double correlation(const sample *s, ptrdiff_t j, const long double *r) {
  long double sum = 0, total = 0, column = 0;
  for (ptrdiff_t i = 0; i < s->n; i++) {
    if (sample_weight(s, i) == 0) continue;
    const long double g = sample_weight(s, i) * r[i];
    sum += s->x[i + j * s->n] * g;
    column += (long double)sample_weight(s, i) * s->x[i + j * s->n];
    total += g;
  }
  if (s->intercept) sum -= column * total;
  return sum / sample_scale(s, j);
}

static double violation_of(const sample *s, ptrdiff_t j, double lambda, double beta, double c) {
  const double scale = (double)sample_scale(s, j), b = beta * scale;
  const double l1 = lambda * s->factor[j] * s->alpha;
  const double ridge = lambda * s->factor[j] * (1 - s->alpha) * b;
  const double slack = 1e-14 * fabs(beta);
  const double excess = c - ridge;
  if (beta <= s->lower[j] + slack && excess <= (b == 0 ? l1 : -l1)) return 0;
  if (beta >= s->upper[j] - slack && excess >= (b == 0 ? -l1 : l1)) return 0;
  if (b == 0) return fmax(0, fabs(excess) - l1);
  return fabs(excess - copysign(l1, b));
}

double sample_violation(const sample *s, double lambda, double b0, const double *beta) {
  double worst = 0;
  long double sum = 0, *r = residuals(s, b0, beta);
  for (ptrdiff_t i = 0; i < s->n; i++) sum += sample_weight(s, i) * r[i];
  if (s->intercept) worst = fabs((double)sum);
  for (ptrdiff_t j = 0; j < s->p; j++) {
    if (isinf((double)penalty_of(s, j, lambda, beta[j]))) worst = INFINITY;
    if (sample_is_out(s, j)) continue;
    const double c = (double)correlation(s, j, r);
    worst = fmax(worst, violation_of(s, j, lambda, beta[j], c));
  }
  free(r);
  return worst;
}

/* The largest c b - h(b): a concave parabola on each side of zero, so at its vertex or an end. */
static long double conjugate_of(const sample *s, ptrdiff_t j, double lambda, long double c) {
  const long double scale = sample_scale(s, j);
  const long double bound = c > 0 ? s->upper[j] * scale : s->lower[j] * scale;
  const long double excess = fabsl(c) - lambda * s->factor[j] * s->alpha;
  const long double ridge = lambda * s->factor[j] * (1 - s->alpha);
  if (excess <= 0 || sample_is_out(s, j)) return 0;
  const long double b = fminl(fabsl(bound), ridge > 0 ? excess / ridge : INFINITY);
  return b > 0 ? excess * b - ridge / 2 * b * b : 0;
}

static long double dual_at(const sample *s, double lambda, const long double *r,
                           long double shrink) {
  long double dual = 0, mean = 0;
  /* Only a residual orthogonal to the intercept is feasible. */
  for (ptrdiff_t i = 0; s->intercept && i < s->n; i++) mean += sample_weight(s, i) * r[i];
  for (ptrdiff_t i = 0; i < s->n; i++) {
    if (sample_weight(s, i) == 0) continue;
    const long double theta = shrink * (r[i] - mean);
    const long double target = s->y[i] - (long double)(s->offset ? s->offset[i] : 0);
    dual += sample_weight(s, i) * (theta * target - theta * theta / 2);
  }
  for (ptrdiff_t j = 0; j < s->p; j++) {
    const long double c = shrink * correlation(s, j, r) * (1 - 1e-15L);
    dual -= conjugate_of(s, j, lambda, c);
  }
  return dual;
}

long double sample_dual(const sample *s, double lambda, double b0, const double *beta) {
  long double feasible = 1, below_cut = 1, *r = residuals(s, b0, beta);
  for (ptrdiff_t j = 0; j < s->p; j++) {
    const long double c = correlation(s, j, r), l1 = lambda * s->factor[j] * s->alpha;
    if (sample_is_out(s, j) || fabsl(c) <= l1) continue;
    below_cut = fminl(below_cut, l1 / fabsl(c));
    if (!isfinite((double)conjugate_of(s, j, lambda, c))) feasible = fminl(feasible, l1 / fabsl(c));
  }
  const long double dual = fmaxl(dual_at(s, lambda, r, feasible), dual_at(s, lambda, r, below_cut));
  free(r);
  return dual;
}

long double sample_null_deviance(const sample *s) {
  long double mean = 0, sum = 0;
  for (ptrdiff_t i = 0; s->intercept && i < s->n; i++)
    mean += sample_weight(s, i) * ((long double)s->y[i] - (s->offset ? s->offset[i] : 0));
  mean /= total_weight(s);
  for (ptrdiff_t i = 0; i < s->n; i++) {
    const long double r = (long double)s->y[i] - (s->offset ? s->offset[i] : 0) - mean;
    sum += sample_weight(s, i) * r * r;
  }
  return sum;
}

void solve_naively(ptrdiff_t m, long double *a, long double *rhs) {
  for (ptrdiff_t k = 0; k < m; k++) {
    ptrdiff_t pivot = k;
    for (ptrdiff_t i = k + 1; i < m; i++)
      if (fabsl(a[i + k * m]) > fabsl(a[pivot + k * m])) pivot = i;
    for (ptrdiff_t c = 0; c < m; c++) {
      const long double kept = a[k + c * m];
      a[k + c * m] = a[pivot + c * m];
      a[pivot + c * m] = kept;
    }
    const long double kept = rhs[k];
    rhs[k] = rhs[pivot];
    rhs[pivot] = kept;
    for (ptrdiff_t i = k + 1; i < m; i++) {
      const long double by = a[i + k * m] / a[k + k * m];
      for (ptrdiff_t c = k; c < m; c++) a[i + c * m] -= by * a[k + c * m];
      rhs[i] -= by * rhs[k];
    }
  }
  for (ptrdiff_t k = m - 1; k >= 0; k--) {
    for (ptrdiff_t c = k + 1; c < m; c++) rhs[k] -= a[k + c * m] * rhs[c];
    rhs[k] /= a[k + k * m];
  }
}
