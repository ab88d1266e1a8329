/* The core's linear-algebra seam, implemented by the BLAS and LAPACK that R was built with. */
#include "core/linalg.h"

#include "core/alloc.h"

#ifndef USE_FC_LEN_T
#define USE_FC_LEN_T
#endif
#include <R_ext/BLAS.h>
#include <R_ext/Lapack.h>
#include <Rconfig.h>
#include <limits.h>
#ifndef FCONE
#define FCONE
#endif

static sp_status check_size(ptrdiff_t a, ptrdiff_t b, sp_error *err) {
  if (a > INT_MAX || b > INT_MAX)
    return sp_fail(err, SP_ERR_LAPACK, "a matrix of %td x %td is too large for LAPACK", a, b);
  return SP_OK;
}

sp_status sp_linalg_syrk(ptrdiff_t n, ptrdiff_t k, const double *a, double *c, sp_error *err) {
  SP_TRY(check_size(n, k, err));
  const int in = (int)n, ik = (int)k;
  const double one = 1;
  F77_CALL(dsyrk)("L", "N", &in, &ik, &one, a, &in, &one, c, &in FCONE FCONE);
  return SP_OK;
}

sp_status sp_linalg_gemm(int transpose, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const double *a,
                         const double *b, double *c, sp_error *err) {
  SP_TRY(check_size(m, n, err));
  SP_TRY(check_size(k, k, err));
  if (m == 0 || n == 0) return SP_OK;
  const int im = (int)m, in = (int)n, ik = (int)k;
  const int lda = transpose ? ik : im;
  const double one = 1, zero = 0;
  F77_CALL(dgemm)
  (transpose ? "T" : "N", "N", &im, &in, &ik, &one, a, &lda, b, &ik, &zero, c, &im FCONE FCONE);
  return SP_OK;
}

sp_status sp_linalg_syevd(ptrdiff_t n, double *a, double *values, sp_error *err) {
  SP_TRY(check_size(n, n, err));
  const int in = (int)n, query = -1;
  int info, iwork_size;
  double work_size;
  F77_CALL(dsyevd)
  ("V", "L", &in, a, &in, values, &work_size, &query, &iwork_size, &query, &info FCONE FCONE);
  if (work_size > INT_MAX)
    return sp_fail(err, SP_ERR_LAPACK, "a matrix of order %td is too large for LAPACK", n);
  const int lwork = (int)work_size;
  double *work = NULL;
  int *iwork = NULL;
  sp_status status = SP_ALLOC(&work, lwork, err);
  if (status == SP_OK) status = SP_ALLOC(&iwork, iwork_size, err);
  if (status == SP_OK) {
    F77_CALL(dsyevd)
    ("V", "L", &in, a, &in, values, work, &lwork, iwork, &iwork_size, &info FCONE FCONE);
    if (info != 0)
      status = sp_fail(err, SP_ERR_LAPACK, "dsyevd did not converge (info = %d)", info);
  }
  sp_free(work);
  sp_free(iwork);
  return status;
}
