/* Vector kernels on contiguous doubles, for whatever vector registers the processor has. Results do
   not depend on R's BLAS; between processors they agree to rounding. */
#ifndef SP_KERNELS_H
#define SP_KERNELS_H

#include <stddef.h>
#include <stdint.h>

double sp_dot(ptrdiff_t n, const double *x, const double *y);    /* sum x_i y_i */
double sp_sum(ptrdiff_t n, const double *x);                     /* sum x_i */
void sp_axpy(ptrdiff_t n, double a, const double *x, double *y); /* y += a x */

/* y += a[0] x[0] + ... + a[3] x[3]: reads and writes y once. */
void sp_axpy_4(ptrdiff_t n, const double *a, const double *const *x, double *y);

/* sum w_i (x_i - center)^2; w may be NULL for all ones. */
double sp_sqdev(ptrdiff_t n, const double *w, const double *x, double center);

/* y += a w x, elementwise. */
void sp_axpy_weighted(ptrdiff_t n, double a, const double *w, const double *x, double *y);

/* d_i = w_i (x_i - center); w may be NULL for all ones, d may be x. */
void sp_deviations(ptrdiff_t n, const double *x, double center, const double *w, double *d);

/* max |x_i - center|; what is no number does not count. */
double sp_farthest(ptrdiff_t n, const double *x, double center);

/* digit_i = (x_i - center) / unit rounded to a whole number, which has to be one of a byte. Returns
   sum (x_i - center - unit digit_i)^2. */
double sp_round_to_bytes(ptrdiff_t n, const double *x, double center, double unit, int8_t *digit);

/* out[a] = sum_i x_ij u_i of whole numbers, rounded once, for k columns j = cols[a] of length n, a
   multiple of SP_BYTES; -127 <= x_ij <= 127, -32767 <= u_i <= 32767. */
enum { SP_BYTES = 64 };
void sp_dots_bytes(ptrdiff_t n, const int8_t *x, const ptrdiff_t *cols, ptrdiff_t k,
                   const int16_t *u, double *out);

/* y_i = exp(x_i) to the last digit or two; 0 below -707, where it could hardly be told from 0. */
void sp_exp(ptrdiff_t n, const double *x, double *y);

/* Of y_i = 0 or 1 the logistic loss log(1 + exp(eta_i)) - y_i eta_i, minus its derivative and its
   curvature, all to the last digits. */
void sp_class_loss(ptrdiff_t n, const double *y, const double *eta, double *unit, double *r,
                   double *h);

/* The places where x_i is not zero, in order, into `places`. Returns their number. */
ptrdiff_t sp_nonzeros(ptrdiff_t n, const double *x, ptrdiff_t *places);

/* The same where |c_i| + sqrt(a x_i) + b y_i is not known to be at most limit z_i, be it that one
   of them is no number: then a few places more may be listed. The product a x_i is zero, or larger
   than what is lost when numbers leave the range of a double. */
ptrdiff_t sp_exceeding(ptrdiff_t n, const double *c, double a, const double *x, double b,
                       const double *y, double limit, const double *z, ptrdiff_t *places);

/* Of four vectors x, n + 1 each: the first entry is known as carried, the others move down a place,
   and carried -= p_k x_(k+1), x_k = stretch_k x_(k+1) + shear_k carried for k = 0 ... n - 1. */
void sp_absorb_4(ptrdiff_t n, double *const *x, const double *p, const double *stretch,
                 const double *shear, double *carried);

/* out[c] += x[c]'u for four vectors x[c]: reads u once. */
void sp_dots_4x1(ptrdiff_t n, const double *const *x, const double *u, double *out);

/* out[4 c + r] += x[c]'u[r] for four vectors x[c] and four u[r]: 16 products for 8 reads. */
void sp_dots_4x4(ptrdiff_t n, const double *const *x, const double *const *u, double *out);

/* out[SP_PANEL c + b] += sum_i x[c]_i u[width i + b] for four vectors x[c] and `width` that lie
   side by side: as many registers of products as there is room for, and none to be summed up. The
   width is a multiple of SP_BESIDE, at most SP_PANEL. */
enum { SP_BESIDE = 8, SP_PANEL = 24 };
void sp_dots_panel(ptrdiff_t n, const double *const *x, const double *u, int width, double *out);

/* The least width that has room for `count` vectors, and where in `room` a panel had best begin, up
   to SP_BESIDE - 1 doubles on: with a line of the cache, so that no register is read from two. */
int sp_panel_width(ptrdiff_t count);
double *sp_panel_begin(double *room);

/* Makes x one of the vectors of a panel: panel[width i] = x_i. */
void sp_lay_beside(ptrdiff_t n, const double *x, int width, double *panel);

#endif
