/* The standardised view of a design: z_j = (x_j - center_j) / scale_j, never formed.
 *
 * Weighted residuals are carried as g = v r, where r may be off by a constant: with an intercept in
 * the model the exact residual is r - sum(g) (v sums to 1), and because every centred column is
 * orthogonal to v, z_j'(v r) = (x_j'g - center_j sum(g)) / scale_j whatever that constant is.
 * So a sparse X stays sparse and a step never touches more than the stored entries of a column. */
#ifndef SP_STANDARDIZED_H
#define SP_STANDARDIZED_H

#include "../status.h"
#include "design.h"

typedef struct {
  const sp_design *x;      /* borrowed */
  const double *v;         /* borrowed; n weights summing to 1, or NULL for 1/n each */
  double *center;          /* p; zero when the model has no intercept */
  double *scale;           /* p; 1 when not standardised or constant */
  double *mean;            /* p; weighted column means */
  double *sqnorm;          /* p; sum_i v_i z_ij^2; NaN for NaN, Inf or values too large to square */
  unsigned char *constant; /* p; 1 for a column without variation that the model cannot use */
} sp_std;

/* A weighted vector over the rows together with its sum. */
typedef struct {
  double *values; /* n */
  double sum;
} sp_rowvec;

/* One pass over X, up to the first column that is not usable. Clear with sp_std_clear also after a
   failure. */
sp_status sp_std_init(sp_std *z, const sp_design *x, const double *v, int intercept,
                      int standardize, sp_error *err);

/* The same without looking at X: all that describes the columns is for the caller to fill in. */
sp_status sp_std_alloc(sp_std *z, const sp_design *x, sp_error *err);
void sp_std_clear(sp_std *z);

/* Column j of such a z: finds its moments and describes it. Returns whether it is usable. Columns
   may be described at the same time. */
int sp_std_describe(sp_std *z, ptrdiff_t j, int intercept, int standardize);

/* Are products of columns with `members` others to be formed from the rows of a sparse X? By rows
   one with all columns costs as much as the rows hold; by columns, one with each. */
int sp_std_rows_pay(const sp_std *z, ptrdiff_t members);

/* The first column described as not usable, or -1. With such a column z is not to be used. */
ptrdiff_t sp_std_unusable(const sp_std *z);

static inline double sp_std_weight(const sp_std *z, ptrdiff_t i) {
  return z->v ? z->v[i] : 1 / (double)z->x->n;
}

/* z_j'g, where g carries weights. */
double sp_std_dot(const sp_std *z, ptrdiff_t j, const sp_rowvec *g);

/* out[r k + a] = z_cols[a]'g[r] for k columns and m vectors. */
void sp_std_mul_t(const sp_std *z, const ptrdiff_t *cols, ptrdiff_t k, const sp_rowvec *g,
                  ptrdiff_t m, double *out);

/* g += a v z_j up to the constant explained above. */
void sp_std_axpy(const sp_std *z, ptrdiff_t j, double a, sp_rowvec *g);

/* g += a v z_j exactly, centring included; touches all n rows. */
void sp_std_axpy_centred(const sp_std *z, ptrdiff_t j, double a, sp_rowvec *g);

/* Are z_j and z_l one column up to scale, and to the given sign, but for the rounding of X and of
   these sums? scratch: n. Cost: their entries and the rows. */
int sp_std_are_equal(const sp_std *z, ptrdiff_t j, ptrdiff_t l, double sign, double *scratch);

/* Takes its mean from r, and what the rounding of that mean has left; returns what was taken. v as
   above. */
double sp_center(ptrdiff_t n, const double *v, double *r);

/* g = v r, which may take the place of r; returns sum_i v_i r_i^2. */
double sp_weigh(ptrdiff_t n, const double *v, const double *r, sp_rowvec *g);

#endif
