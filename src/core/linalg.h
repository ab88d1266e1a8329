/* The linear-algebra seam: LAPACK-sized work, implemented by the host at link time (R's BLAS and
   LAPACK in the package, plain C in tests/c). Matrices are column-major. */
#ifndef SP_LINALG_H
#define SP_LINALG_H

#include "status.h"

#include <stddef.h>

/* Adds A A' (A is n x k) to the lower triangle of the n x n matrix C. */
sp_status sp_linalg_syrk(ptrdiff_t n, ptrdiff_t k, const double *a, double *c, sp_error *err);

/* C = A B for A (m x k) and B (k x n), or C = A' B for A (k x m) when `transpose` is nonzero. */
sp_status sp_linalg_gemm(int transpose, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const double *a,
                         const double *b, double *c, sp_error *err);

/* Eigenvalues (ascending, in `values`, length n) and eigenvectors (columns, overwriting A) of the
   symmetric matrix whose lower triangle is in A (n x n). */
sp_status sp_linalg_syevd(ptrdiff_t n, double *a, double *values, sp_error *err);

#endif
