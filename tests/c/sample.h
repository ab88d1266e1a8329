/* Random regression problems for the tests, and what the definition of the objective says about
   them: written out naively in long double, from the matrix itself, sharing nothing with the core.
   (valgrind computes long double with 64 bits: tolerances must leave room for that.) */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "core/path/model.h"

#include <stdint.h>

/* Reproducible on every machine. */
typedef struct {
  uint64_t state;
} rng;

rng rng_seeded(uint64_t seed);
double rng_uniform(rng *g); /* in [0, 1) */
double rng_normal(rng *g);
ptrdiff_t rng_below(rng *g, ptrdiff_t limit); /* 0 .. limit - 1 */

/* One problem; the fields may be changed before sample_model() is called. */
typedef struct {
  ptrdiff_t n, p;
  double *x; /* n x p */
  double *y;
  double *v;      /* n, summing to 1; set to NULL (and keep own_v) for equal weights */
  double *offset; /* n; NULL for none */
  double *factor, *lower, *upper;
  double alpha;
  int intercept, standardize;
  double *own_v, *own_offset;
  int *colptr, *rowidx;
  double *values;
  sp_csc csc;
  sp_design design;
} sample;

/* Correlated normal columns with a sparse truth; factors 1, no bounds, alpha 1, equal weights, no
   offset, intercept, standardised. */
sample sample_new(ptrdiff_t n, ptrdiff_t p, uint64_t seed);
void sample_free(sample *s);

/* Weights of which some are zero; an offset. */
void sample_add_weights(sample *s, rng *g);
void sample_add_offset(sample *s, rng *g);
/* Sets about `share` of the entries of x to zero. */
void sample_thin(sample *s, rng *g, double share);

/* The design as a dense or a sparse matrix of the present x. */
const sp_design *sample_dense(sample *s);
const sp_design *sample_sparse(sample *s);

sp_model_spec sample_spec(sample *s, const sp_design *design);

double sample_weight(const sample *s, ptrdiff_t i);
long double sample_mean(const sample *s, ptrdiff_t j);
/* s_j of the objective, 1 without standardisation. */
long double sample_scale(const sample *s, ptrdiff_t j);
/* Explicit standardised matrix (x - center) / scale, n x p; the caller frees. */
double *sample_standardized(const sample *s);

/* ||z_j||: sqrt(sum_i v_i z_ij^2). */
long double sample_norm(const sample *s, ptrdiff_t j);

/* Excluded or without variation: no coefficient. */
int sample_is_out(const sample *s, ptrdiff_t j);

/* The objective at (b0, beta on the original scale); Inf outside the bounds, which are widened by
   rounding. */
long double sample_objective(const sample *s, double lambda, double b0, const double *beta);

/* The largest violation of the stationarity conditions over b0 and all coefficients, on the
   standardised scale. */
double sample_violation(const sample *s, double lambda, double b0, const double *beta);

/* A lower bound on the objective: the dual at the residual of (b0, beta), scaled until it is
   feasible or until no |c_j| exceeds lambda f_j alpha, whichever is better. Not for problems with
   unpenalised unbounded columns. */
long double sample_dual(const sample *s, double lambda, double b0, const double *beta);

/* sum_i v_i (y_i - offset_i - b0)^2 at the best b0 (0 without an intercept). */
long double sample_null_deviance(const sample *s);

/* n zeros; the caller frees. */
double *zeros(ptrdiff_t n);

/* Solves the m x m system A b = rhs by elimination with row pivoting; A is destroyed, the solution
   is left in rhs. */
void solve_naively(ptrdiff_t m, long double *a, long double *rhs);

#endif
