#include "design.h"

#include "../alloc.h"

#include <math.h>
#include <string.h>

static const sp_csc *self(const sp_design *x) {
  return (const sp_csc *)x->data;
}

/* Two sums: each addition waits for the one before it. */
static inline double dot_of(const sp_csc *m, ptrdiff_t j, const double *u) {
  const double *values = m->values;
  const int *rows = m->rowidx, end = m->colptr[j + 1];
  double even = 0, odd = 0;
  int e = m->colptr[j];
  for (; end - e > 1; e += 2) { /* e + 1 may not be an int */
    even += values[e] * u[rows[e]];
    odd += values[e + 1] * u[rows[e + 1]];
  }
  return e < end ? even + odd + values[e] * u[rows[e]] : even + odd;
}

static double csc_dot(const sp_design *x, ptrdiff_t j, const double *u) {
  return dot_of(self(x), j, u);
}

static inline void axpy_of(const sp_csc *m, ptrdiff_t j, double a, const double *w, double *u) {
  const double *values = m->values;
  const int *rows = m->rowidx, end = m->colptr[j + 1];
  if (w)
    for (int e = m->colptr[j]; e < end; e++) u[rows[e]] += a * (w[rows[e]] * values[e]);
  else
    for (int e = m->colptr[j]; e < end; e++) u[rows[e]] += a * values[e];
}

static void csc_axpy(const sp_design *x, ptrdiff_t j, double a, const double *w, double *u) {
  axpy_of(self(x), j, a, w, u);
}

static void csc_mul(const sp_design *x, const ptrdiff_t *cols, ptrdiff_t k, const double *b,
                    const double *w, double *u) {
  for (ptrdiff_t a = 0; a < k; a++) axpy_of(self(x), cols[a], b[a], w, u);
}

static void csc_sweep(const sp_design *x, const sp_products *m, int backwards, const double *rhs,
                      double *out, double *u) {
  double shift = 0;
  for (ptrdiff_t turn = 0; turn < m->k; turn++) {
    const ptrdiff_t a = backwards ? m->k - 1 - turn : turn, j = m->cols[a];
    out[a] = rhs[a] + m->tilt[a] * shift - m->rate[a] * dot_of(self(x), j, u);
    shift += m->tilt[a] * out[a];
    axpy_of(self(x), j, m->rate[a] * out[a], m->w, u);
  }
}

/* Four vectors share one reading of the column. */
static void dots_4(const sp_csc *m, ptrdiff_t j, const double *const *u, double *out) {
  double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  for (int e = m->colptr[j]; e < m->colptr[j + 1]; e++) {
    const double value = m->values[e];
    const int i = m->rowidx[e];
    s0 += value * u[0][i];
    s1 += value * u[1][i];
    s2 += value * u[2][i];
    s3 += value * u[3][i];
  }
  out[0] = s0;
  out[1] = s1;
  out[2] = s2;
  out[3] = s3;
}

static void csc_mul_t(const sp_design *x, const ptrdiff_t *cols, ptrdiff_t k,
                      const double *const *u, ptrdiff_t m, double *out) {
  ptrdiff_t r = 0;
  for (; r + 4 <= m; r += 4)
    for (ptrdiff_t a = 0; a < k; a++) {
      double four[4];
      dots_4(self(x), cols[a], u + r, four);
      for (int c = 0; c < 4; c++) out[(r + c) * k + a] = four[c];
    }
  for (; r < m; r++)
    for (ptrdiff_t a = 0; a < k; a++) out[r * k + a] = dot_of(self(x), cols[a], u[r]);
}

static sp_status csc_pack(const sp_design *x, const ptrdiff_t *cols, ptrdiff_t k, const double *w,
                          sp_packed *out, sp_error *err) {
  const sp_csc *m = self(x);
  ptrdiff_t entries = 0;
  memset(out, 0, sizeof *out);
  for (ptrdiff_t a = 0; a < k; a++) entries += m->colptr[cols[a] + 1] - m->colptr[cols[a]];
  SP_TRY(SP_ALLOC(&out->colptr, k + 1, err));
  SP_TRY(SP_ALLOC(&out->rowidx, entries, err));
  SP_TRY(SP_ALLOC(&out->values, entries, err));
  for (ptrdiff_t a = 0; a < k; a++) {
    const int begin = m->colptr[cols[a]], count = m->colptr[cols[a] + 1] - begin;
    out->colptr[a + 1] = out->colptr[a] + count;
    memcpy(out->rowidx + out->colptr[a], m->rowidx + begin, (size_t)count * sizeof *m->rowidx);
    memcpy(out->values + out->colptr[a], m->values + begin, (size_t)count * sizeof *m->values);
  }
  for (ptrdiff_t e = 0; w && e < entries; e++) out->values[e] *= sqrt(w[out->rowidx[e]]);
  out->csc = (sp_csc){.colptr = out->colptr, .rowidx = out->rowidx, .values = out->values};
  out->design = sp_design_csc(x->n, k, &out->csc);
  return SP_OK;
}

void sp_packed_clear(sp_packed *packed) {
  sp_free(packed->colptr);
  sp_free(packed->rowidx);
  sp_free(packed->values);
  memset(packed, 0, sizeof *packed);
}

enum { PREFETCHED = 64 /* entries of a row, at most; of the last one there need not be so many */ };

/* Counting sort by rows; rowptr[i] runs ahead to the end of row i meanwhile. */
static sp_status csc_by_rows(const sp_design *x, sp_rows *out, sp_error *err) {
  const sp_csc *m = self(x);
  memset(out, 0, sizeof *out);
  SP_TRY(SP_ALLOC(&out->rowptr, x->n + 1, err));
  SP_TRY(SP_ALLOC(&out->colidx, x->entries + PREFETCHED, err));
  SP_TRY(SP_ALLOC(&out->values, x->entries + PREFETCHED, err));
  for (ptrdiff_t e = 0; e < x->entries; e++) out->rowptr[m->rowidx[e] + 1]++;
  for (ptrdiff_t i = 0; i < x->n; i++) out->rowptr[i + 1] += out->rowptr[i];
  for (ptrdiff_t j = 0; j < x->p; j++)
    for (int e = m->colptr[j]; e < m->colptr[j + 1]; e++) {
      const int at = out->rowptr[m->rowidx[e]]++;
      out->colidx[at] = (int)j;
      out->values[at] = m->values[e];
    }
  memmove(out->rowptr + 1, out->rowptr, (size_t)x->n * sizeof *out->rowptr);
  out->rowptr[0] = 0;
  return SP_OK;
}

#ifdef __GNUC__
#define PREFETCH(address) __builtin_prefetch(address)
#else
#define PREFETCH(address) ((void)(address))
#endif

/* The rows of a column lie all over memory: of each as much as a row has on average, within reason,
   is asked for some rows ahead. */
static void csc_row_products(const sp_design *x, const sp_rows *rows, ptrdiff_t j, const double *w,
                             double *out) {
  enum { AHEAD = 12, LINE = 8 /* values of a line of the cache */ };
  const sp_csc *m = self(x);
  const int end = m->colptr[j + 1];
  const ptrdiff_t mean = x->entries / x->n + 1, part = mean < PREFETCHED ? mean : PREFETCHED;
  for (int e = m->colptr[j]; e < end; e++) {
    const int i = m->rowidx[e];
    const double value = w ? w[i] * m->values[e] : m->values[e];
    if (e + AHEAD < end) {
      const int begin = rows->rowptr[m->rowidx[e + AHEAD]];
      for (ptrdiff_t r = 0; r < part; r += LINE) {
        PREFETCH(rows->values + begin + r);
        PREFETCH(rows->colidx + begin + r);
      }
    }
    for (int r = rows->rowptr[i]; r < rows->rowptr[i + 1]; r++)
      out[rows->colidx[r]] += value * rows->values[r];
  }
}

/* The weight of the rows that are not stored. One minus the rest loses all digits when little is
   left, so then they are added up, in the gaps between the stored rows. */
static double weight_of_zeros(ptrdiff_t n, int stored, const int *rows, const double *v) {
  if (!v) return (double)(n - stored) / (double)n;
  double weight = 1;
  for (int e = 0; e < stored; e++) weight -= v[rows[e]];
  if (weight > 0.5) return weight;
  weight = 0;
  ptrdiff_t i = 0;
  for (int e = 0; e <= stored; e++, i++)
    for (const ptrdiff_t end = e < stored ? rows[e] : n; i < end; i++) weight += v[i];
  return weight;
}

static double deviation_sum(int stored, const double *values, const int *rows, const double *v,
                            double uniform, double mean) {
  double sum = 0;
  for (int e = 0; e < stored; e++) {
    const double weight = v ? v[rows[e]] : uniform;
    if (weight > 0) sum += weight * (values[e] - mean);
  }
  return sum;
}

/* Without the care that squares need which leave the range of a double; 0 where they do, or where a
   value is no number. As for a dense column the second pass takes the rounding of the first out of
   the mean; the entries that are not stored are zeros, each of which deviates by -mean. */
static int plain_moments(int stored, const double *values, const int *rows, const double *v,
                         double uniform, double zeros, sp_moments *out) {
  double mean = 0, rest = 0, square = 0;
  for (int e = 0; e < stored; e++) mean += (v ? v[rows[e]] : uniform) * values[e];
  for (int e = 0; e < stored; e++) {
    const double deviation = values[e] - mean, part = (v ? v[rows[e]] : uniform) * deviation;
    rest += part;
    square += part * deviation;
  }
  rest -= zeros * mean;
  square += zeros * (mean * mean) - rest * rest;
  mean += rest;
  *out = (sp_moments){.mean = mean, .sd = sqrt(square), .largest = fabs(mean) + sqrt(square)};
  return square > 1e-200 && square < 1e200;
}

static void csc_moments(const sp_design *x, ptrdiff_t j, const double *v, sp_moments *out) {
  const sp_csc *c = self(x);
  const int begin = c->colptr[j], stored = c->colptr[j + 1] - begin;
  const double *values = c->values + begin;
  const int *rows = c->rowidx + begin;
  const double uniform = 1 / (double)x->n;
  const double zeros = weight_of_zeros(x->n, stored, rows, v);
  if (plain_moments(stored, values, rows, v, uniform, zeros, out)) return;

  sp_moments m = {0};
  for (int e = 0; e < stored; e++) sp_moments_see(&m, values[e], !v || v[rows[e]] > 0);
  m.mean = deviation_sum(stored, values, rows, v, uniform, 0);
  m.mean += deviation_sum(stored, values, rows, v, uniform, m.mean) - zeros * m.mean;
  double deviation = 0;
  for (int e = 0; e < stored; e++)
    if (!v || v[rows[e]] > 0) deviation = fmax(deviation, fabs(values[e] - m.mean));
  const double around = sp_scaled_norm(stored, values, rows, v, m.mean, deviation);
  const double from_stored = v ? around : around * sqrt(stored * uniform);
  m.sd = hypot(from_stored, fabs(m.mean) * sqrt(zeros));
  *out = m;
}

static const sp_design_ops csc_ops = {
    .name = "csc",
    .dot = csc_dot,
    .axpy = csc_axpy,
    .mul = csc_mul,
    .mul_t = csc_mul_t,
    .sweep = csc_sweep,
    .pack = csc_pack,
    .by_rows = csc_by_rows,
    .row_products = csc_row_products,
    .moments = csc_moments,
};

sp_design sp_design_csc(ptrdiff_t n, ptrdiff_t p, const sp_csc *csc) {
  return (sp_design){.ops = &csc_ops, .n = n, .p = p, .entries = csc->colptr[p], .data = csc};
}
