/* Vector kernels on contiguous doubles. All lengths are ptrdiff_t; results do not depend on BLAS. */
#ifndef SP_KERNELS_H
#define SP_KERNELS_H

#include <stddef.h>

double sp_dot(ptrdiff_t n, const double *x, const double *y);                  /* sum x_i y_i */
double sp_sum(ptrdiff_t n, const double *x);                                   /* sum x_i */
void sp_axpy(ptrdiff_t n, double a, const double *x, double *y);               /* y += a x */
void sp_axpy_weighted(ptrdiff_t n, double a, const double *w, const double *x, /* y += a w x */
                      double *y);

#endif
