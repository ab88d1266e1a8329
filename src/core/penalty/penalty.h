/* A separable penalty sum_j h_j(beta_j; lambda) on the standardised coefficients, with the box
   lower_j <= beta_j <= upper_j as part of h_j. Solvers know penalties through this table alone. */
#ifndef SP_PENALTY_H
#define SP_PENALTY_H

#include "../extremes.h"

#include <math.h>
#include <stddef.h>

typedef struct sp_penalty sp_penalty;

/* An interval around beta_j on which h_j is smooth. */
typedef struct {
  double low, high; /* low <= beta_j <= high */
  double slope;     /* derivative of the part of h_j that is linear there */
} sp_piece;

/* The end that a change in the direction of d leads to; a choice of addresses is no branch. */
static inline double sp_piece_end(const sp_piece *piece, double d) {
  return *(d > 0 ? &piece->high : &piece->low);
}

static inline int sp_piece_is_inside(const sp_piece *piece, double b) {
  return b > piece->low && b < piece->high;
}

static inline double sp_piece_clamp(const sp_piece *piece, double b) {
  return sp_clamp(b, piece->low, piece->high);
}

/* Where a step of d from b, inside the piece, leads: to its end where the step is cut there,
   whatever rounding makes of the sum. */
static inline double sp_piece_step(const sp_piece *piece, double b, double d) {
  const double end = sp_piece_end(piece, d);
  return fabs(d) < fabs(end - b) * (1 - 0x1p-49) ? b + d : end;
}

/* c is the negative gradient of the loss with respect to beta_j; lambda >= 0. */
typedef struct {
  const char *name;
  /* h_j(b), +Inf outside the box. */
  double (*value)(const sp_penalty *h, ptrdiff_t j, double b, double lambda);
  /* argmin_b  a b^2 / 2 - c b + h_j(b), for a > 0. */
  double (*prox)(const sp_penalty *h, ptrdiff_t j, double c, double a, double lambda);
  /* Distance of c to the subdifferential of h_j at b: zero exactly when b is stationary. */
  double (*violation)(const sp_penalty *h, ptrdiff_t j, double b, double c, double lambda);
  /* The conjugate h_j*(c) = sup_b c b - h_j(b), possibly +Inf. */
  double (*conjugate)(const sp_penalty *h, ptrdiff_t j, double c, double lambda);
  /* The largest s <= 1 with h_j*(s c) finite. */
  double (*dual_scale)(const sp_penalty *h, ptrdiff_t j, double c, double lambda);
  /* The smallest lambda at which b = 0 is stationary; +Inf when there is none. */
  double (*entry)(const sp_penalty *h, ptrdiff_t j, double c);
  /* Screening: b = 0 is stationary at lambda whenever |c| <= lambda * cut. */
  double (*cut)(const sp_penalty *h, ptrdiff_t j);
  /* Second derivative of h_j where it is smooth. */
  double (*curvature)(const sp_penalty *h, ptrdiff_t j, double lambda);
  /* 0 when b sits on a kink or has no freedom; otherwise 1 and the piece around b. */
  int (*piece)(const sp_penalty *h, ptrdiff_t j, double b, double lambda, sp_piece *out);
} sp_penalty_ops;

/* Immutable; the arrays have length p and are borrowed. */
struct sp_penalty {
  const sp_penalty_ops *ops;
  double alpha;         /* share of the L1 part */
  const double *factor; /* >= 0, finite */
  const double *lower;  /* <= 0, may be -Inf */
  const double *upper;  /* >= 0, may be +Inf; lower = upper = 0 excludes the coefficient */
};

/* h_j(b) = lambda factor_j [alpha |b| + (1 - alpha)/2 b^2] on [lower_j, upper_j].
   Zou and Hastie (2005), J. R. Stat. Soc. B 67, 301-320. */
sp_penalty sp_penalty_elastic_net(double alpha, const double *factor, const double *lower,
                                  const double *upper);

/* Excluded: the only admissible value is zero. */
int sp_penalty_is_excluded(const sp_penalty *h, ptrdiff_t j);

#endif
