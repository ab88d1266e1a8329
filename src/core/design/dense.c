#include "design.h"

#include "../kernels.h"

#include <math.h>

static const double *column(const sp_design *x, ptrdiff_t j) {
  return (const double *)x->data + j * x->n;
}

static double dense_dot(const sp_design *x, ptrdiff_t j, const double *u) {
  return sp_dot(x->n, column(x, j), u);
}

static void dense_axpy(const sp_design *x, ptrdiff_t j, double a, const double *w, double *u) {
  if (w)
    sp_axpy_weighted(x->n, a, w, column(x, j), u);
  else
    sp_axpy(x->n, a, column(x, j), u);
}

static void dense_moments(const sp_design *x, ptrdiff_t j, const double *v, sp_moments *out) {
  const double *values = column(x, j);
  const ptrdiff_t n = x->n;
  double largest = 0;
  for (ptrdiff_t i = 0; i < n; i++) /* The negated comparison lets a NaN through and keeps it. */
    if (!(fabs(values[i]) <= largest) && !isnan(largest)) largest = fabs(values[i]);
  const double mean = v ? sp_dot(n, v, values) : sp_sum(n, values) / (double)n;

  double deviation = 0;
  for (ptrdiff_t i = 0; i < n; i++)
    if (!v || v[i] > 0) deviation = fmax(deviation, fabs(values[i] - mean));
  out->mean = mean;
  out->largest = largest;
  out->sd = sp_scaled_norm(n, values, NULL, v, mean, deviation);
}

static const sp_design_ops dense_ops = {
    .name = "dense",
    .dot = dense_dot,
    .axpy = dense_axpy,
    .moments = dense_moments,
};

sp_design sp_design_dense(ptrdiff_t n, ptrdiff_t p, const double *values) {
  return (sp_design){.ops = &dense_ops, .n = n, .p = p, .data = values};
}
