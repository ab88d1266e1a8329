/* The design matrix X (n x p) as a table of operations. Adding a kind of matrix is one C file that
   defines a table and a constructor; nothing else in the core looks inside. */
#ifndef SP_DESIGN_H
#define SP_DESIGN_H

#include "../kernels.h"
#include "../status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct sp_design sp_design;

/* The stored entries of a sparse matrix by rows. */
typedef struct {
  int *rowptr;    /* n + 1 */
  int *colidx;    /* rowptr[n] */
  double *values; /* rowptr[n] */
} sp_rows;

void sp_rows_clear(sp_rows *rows);

/* Some columns of a sparse matrix, times a vector, side by side in memory of their own. */
typedef struct sp_packed sp_packed;

/* Weighted moments of one column; rows of weight zero count for nothing. */
typedef struct {
  double mean;    /* sum_i v_i x_ij */
  double sd;      /* sqrt(sum_i v_i (x_ij - mean)^2), safe against over- and underflow */
  double largest; /* order of magnitude of |x_ij|, beyond 1e100 the largest; NaN when the column
                     holds NaN or Inf, in whatever row */
} sp_moments;

enum {
  SP_BLOCK = 1024, /* rows that are worked on while they are in cache */
  SP_BATCH = 24,   /* columns of a dense matrix whose products with others share one pass */
  SP_FEW = 4,      /* the same of a sparse one, where each takes a vector of length n */
  SP_CROSS_SCRATCH = SP_BATCH * SP_BLOCK + SP_BESIDE
};

/* The matrix with the entries rate_a rate_b x_a'(w x_b) - tilt_a tilt_b for the columns x_cols[a],
   k of them. */
typedef struct {
  const ptrdiff_t *cols;
  ptrdiff_t k;
  const double *rate, *tilt; /* k each */
  const double *w;           /* n, or NULL for all ones */
} sp_products;

/* u: vector of length n. w: weights of length n, or NULL for all ones. */
typedef struct {
  const char *name;
  /* sum_i x_ij u_i. Cost: the stored entries of column j. */
  double (*dot)(const sp_design *x, ptrdiff_t j, const double *u);
  /* u += a w x_j, elementwise. Cost: the stored entries of column j. */
  void (*axpy)(const sp_design *x, ptrdiff_t j, double a, const double *w, double *u);
  /* u += sum_a b[a] w x_cols[a], elementwise, for k columns. Cost: their stored entries. */
  void (*mul)(const sp_design *x, const ptrdiff_t *cols, ptrdiff_t k, const double *b,
              const double *w, double *u);
  /* out[r k + a] = x_cols[a]'u[r] for k columns and m vectors: one pass over the columns serves
     all of the vectors. Cost: m times the stored entries. */
  void (*mul_t)(const sp_design *x, const ptrdiff_t *cols, ptrdiff_t k, const double *const *u,
                ptrdiff_t m, double *out);
  /* Solves (I + L) out = rhs with the strictly lower triangle L of that matrix, or (I + L') out =
     rhs backwards: Gauss and Seidel, one column after the other. u: zeros, overwritten. out may be
     rhs. NULL for a dense matrix. Cost: the stored entries of the columns, there and back. */
  void (*sweep)(const sp_design *x, const sp_products *m, int backwards, const double *rhs,
                double *out, double *u);
  /* With d_b = w (x_more[b] - center[b]): out[b k + a] = x_cols[a]'d_b for k columns and
     m <= SP_BATCH more, and sums[b] = sum_i d_ib unless `sums` is NULL. scratch:
     SP_CROSS_SCRATCH doubles. NULL for a sparse matrix. Cost: m k dot products, one pass over the
     columns. */
  void (*cross)(const sp_design *x, const ptrdiff_t *cols, ptrdiff_t k, const ptrdiff_t *more,
                ptrdiff_t m, const double *center, const double *w, double *scratch, double *out,
                double *sums);
  /* out[i] = x_j at `count` rows. NULL for a sparse matrix. */
  void (*gather)(const sp_design *x, ptrdiff_t j, const int *rows, ptrdiff_t count, double *out);
  /* x_ij = center + unit digit_i + e_i with bytes from -127 to 127; returns sum_i e_i^2. NULL for a
     sparse matrix. */
  double (*to_bytes)(const sp_design *x, ptrdiff_t j, double center, int8_t *digit, double *unit);
  /* NULL for a dense matrix, like row_products. Clear with sp_rows_clear also after a failure. */
  sp_status (*by_rows)(const sp_design *x, sp_rows *out, sp_error *err);
  /* sqrt(w) x_j for k columns that are read again and again, where they lie close together. NULL
     for a dense matrix, whose columns are long enough. Clear with sp_packed_clear also after a
     failure. */
  sp_status (*pack)(const sp_design *x, const ptrdiff_t *cols, ptrdiff_t k, const double *w,
                    sp_packed *out, sp_error *err);
  /* out[l] += sum_i w_i x_ij x_il for all p columns l. Cost: the entries of the rows in which
     column j has one. */
  void (*row_products)(const sp_design *x, const sp_rows *rows, ptrdiff_t j, const double *w,
                       double *out);
  /* v: weights summing to 1, or NULL for 1/n each. */
  void (*moments)(const sp_design *x, ptrdiff_t j, const double *v, sp_moments *out);
} sp_design_ops;

struct sp_design {
  const sp_design_ops *ops;
  ptrdiff_t n, p;
  ptrdiff_t entries; /* stored; n p for a dense matrix */
  const void *data;  /* borrowed; what it points to is known to `ops` alone */
};

/* Column-major n x p doubles. */
sp_design sp_design_dense(ptrdiff_t n, ptrdiff_t p, const double *values);

/* SP_BATCH or SP_FEW. */
ptrdiff_t sp_design_batch(const sp_design *x);

/* p columns of which no row is at hand, for problems that are given by their moments. */
sp_design sp_design_rowless(ptrdiff_t p);

/* Compressed sparse columns; `rowidx` (increasing within a column) and `values` have colptr[p]
   entries. */
typedef struct {
  const int *colptr; /* p + 1 */
  const int *rowidx;
  const double *values;
} sp_csc;

sp_design sp_design_csc(ptrdiff_t n, ptrdiff_t p, const sp_csc *csc);

struct sp_packed {
  int *colptr, *rowidx;
  double *values;
  sp_csc csc;
  sp_design design; /* n x k */
};

void sp_packed_clear(sp_packed *packed);

/* Keeps m->largest: `counts` tells whether the row has weight. */
void sp_moments_see(sp_moments *m, double value, int counts);

/* sqrt(sum_e v_e (values_e - shift)^2) over n values, given the largest |values_e - shift|:
   rescales only when squares would leave the range of a double. v_e is the weight of row rowidx[e],
   or of row e where rowidx is NULL; v: NULL for 1/n each. */
double sp_scaled_norm(ptrdiff_t n, const double *values, const int *rowidx, const double *v,
                      double shift, double largest);

#endif
