/* Sums, products and updates of vectors. */
#include "../kernels.h"
#include "wide.h"

#ifdef SP_VECTORS

#define SP_BODIES "vectors_wide.h"
#include "widths.h"

#else /* any C11 compiler */

/* Independent partial sums hide the latency of the addition and keep rounding errors low. */
SP_INLINE double dot_1(ptrdiff_t n, const double *x, const double *y) {
  double lane[8] = {0}, tail = 0;
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (int l = 0; l < 8; l++) lane[l] += x[i + l] * y[i + l];
  for (; i < n; i++) tail += x[i] * y[i];
  return sum_of_8(lane) + tail;
}

SP_INLINE double sum_1(ptrdiff_t n, const double *x) {
  double lane[8] = {0}, tail = 0;
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (int l = 0; l < 8; l++) lane[l] += x[i + l];
  for (; i < n; i++) tail += x[i];
  return sum_of_8(lane) + tail;
}

SP_INLINE double sqdev_1(ptrdiff_t n, const double *w, const double *x, double center) {
  double lane[8] = {0};
  for (ptrdiff_t i = 0; i < n; i++)
    lane[i % 8] += (w ? w[i] : 1) * (x[i] - center) * (x[i] - center);
  return sum_of_8(lane);
}

SP_INLINE void axpy_1(ptrdiff_t n, double a, const double *x, double *y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] += a * x[i];
}

SP_INLINE void axpy_4_1(ptrdiff_t n, const double *a, const double *const *x, double *y) {
  for (ptrdiff_t i = 0; i < n; i++)
    y[i] += (a[0] * x[0][i] + a[1] * x[1][i]) + (a[2] * x[2][i] + a[3] * x[3][i]);
}

SP_INLINE void axpy_weighted_1(ptrdiff_t n, double a, const double *w, const double *x, double *y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] += a * (w[i] * x[i]);
}

SP_INLINE void deviations_1(ptrdiff_t n, const double *x, double center, const double *w,
                            double *d) {
  for (ptrdiff_t i = 0; i < n; i++) d[i] = (w ? w[i] : 1) * (x[i] - center);
}

SP_INLINE void dots_4x1_1(ptrdiff_t n, const double *const *x, const double *u, double *out) {
  for (int c = 0; c < 4; c++) out[c] += dot_1(n, x[c], u);
}

SP_INLINE void dots_4x4_1(ptrdiff_t n, const double *const *x, const double *const *u,
                          double *out) {
  for (int c = 0; c < 4; c++)
    for (int r = 0; r < 4; r++) out[4 * c + r] += dot_1(n, x[c], u[r]);
}

SP_INLINE void dots_panel_1(ptrdiff_t n, const double *const *x, const double *u, int width,
                            double *out) {
  for (ptrdiff_t i = 0; i < n; i++)
    for (int c = 0; c < 4; c++)
      for (int b = 0; b < width; b++) out[SP_PANEL * c + b] += x[c][i] * u[width * i + b];
}

#endif

SP_KERNEL(double, return, sp_dot, dot, (ptrdiff_t n, const double *x, const double *y), (n, x, y))
SP_KERNEL(double, return, sp_sum, sum, (ptrdiff_t n, const double *x), (n, x))
SP_KERNEL(double, return, sp_sqdev, sqdev,
          (ptrdiff_t n, const double *w, const double *x, double center), (n, w, x, center))
SP_KERNEL(void, , sp_axpy, axpy, (ptrdiff_t n, double a, const double *x, double *y), (n, a, x, y))
SP_KERNEL(void, , sp_axpy_4, axpy_4,
          (ptrdiff_t n, const double *a, const double *const *x, double *y), (n, a, x, y))
SP_KERNEL(void, , sp_axpy_weighted, axpy_weighted,
          (ptrdiff_t n, double a, const double *w, const double *x, double *y), (n, a, w, x, y))
SP_KERNEL(void, , sp_deviations, deviations,
          (ptrdiff_t n, const double *x, double center, const double *w, double *d),
          (n, x, center, w, d))
SP_KERNEL(void, , sp_dots_4x1, dots_4x1,
          (ptrdiff_t n, const double *const *x, const double *u, double *out), (n, x, u, out))
SP_KERNEL(void, , sp_dots_4x4, dots_4x4,
          (ptrdiff_t n, const double *const *x, const double *const *u, double *out),
          (n, x, u, out))
SP_KERNEL(void, , sp_dots_panel, dots_panel,
          (ptrdiff_t n, const double *const *x, const double *u, int width, double *out),
          (n, x, u, width, out))

int sp_panel_width(ptrdiff_t count) {
  return (int)(count + SP_BESIDE - 1) / SP_BESIDE * SP_BESIDE;
}

double *sp_panel_begin(double *room) {
  const size_t line = SP_BESIDE * sizeof *room, over = (uintptr_t)room % line;
  return room + (over > 0 ? (line - over) / sizeof *room : 0);
}

void sp_lay_beside(ptrdiff_t n, const double *x, int width, double *panel) {
  for (ptrdiff_t i = 0; i < n; i++) panel[width * i] = x[i];
}
