/* The penalised least-squares problem at one lambda after the other, warm-started from the last.
 *
 * Coordinate descent on a working set finds which coefficients are nonzero; a linear solve on that
 * support then finds their values exactly; all other columns are checked against X. The gradients
 * in the certificate come from the Gram matrix of the working set, whose entries are products of
 * centred columns of X, or without it from X itself. */
#ifndef SP_SOLVER_H
#define SP_SOLVER_H

#include "../context.h"
#include "../design/standardized.h"
#include "../penalty/penalty.h"
#include "certificate.h"
#include "passes.h"
#include "screen.h"
#include "support.h"
#include "working_set.h"

/* What is known of the null model beforehand and, with the Gram matrix, all that least squares asks
   of rows that are not at hand. */
typedef struct {
  const double *gradient; /* p; z_j'(v r) */
  double intercept, rss;
  const double *gram; /* p x p; z_j'(v z_k), or NULL */
} sp_known;

/* All pointers are borrowed and must outlive the solver. */
typedef struct {
  const sp_std *design;
  const sp_penalty *penalty; /* on the standardised scale */
  const double *y;           /* n */
  const double *offset;      /* n, or NULL */
  int intercept;
  const sp_known *known;   /* or NULL: a pass over X finds it */
  const sp_coarse *coarse; /* of X, or NULL */
} sp_problem;

typedef struct {
  double tol;         /* on the relative duality gap */
  ptrdiff_t max_iter; /* exact steps, epochs and conjugate-gradient iterations per lambda */
} sp_tolerance;

/* No violation of stationarity is asked to be below this share of lambda, and no gradient below
   this share of the largest there can be, ||z_j|| ||r|| for the residual r of the null model. */
#define SP_FINEST 1e-12

/* lambda_max is a breath more than it need be, so that rounding in another order of summation
   cannot let a column in. */
#define SP_BREATH (1 + 1e-14)

enum {
  SP_SMALL = 512 /* columns that are few: all those of a tall design are members from the start */
};

typedef struct {
  const sp_problem *problem;
  sp_tolerance tolerance;
  const sp_context *ctx;
  sp_null_model null_model;
  double null_intercept;
  double precision;   /* share of lambda up to which a violation of stationarity counts as none */
  double *beta;       /* p; standardised scale */
  double *earlier;    /* p; beta at the lambda before; NULL while there is a Gram matrix */
  double *origin;     /* p; gradient c_j of the null model */
  double *gradient;   /* p; c_j as of the last refresh */
  double *eta;        /* n; scratch */
  double *r;          /* n; residual as of its last update */
  sp_rowvec residual; /* n; v r */
  double intercept;
  double rss;       /* sum_i v_i r_i^2 */
  int flat;         /* the null model explains y up to rounding: residuals count as zero */
  ptrdiff_t usable; /* columns that are not excluded */
  ptrdiff_t *cols;  /* p; scratch: a list of columns */
  double *c;        /* p; scratch: their gradients */
  sp_working_set working_set;
  sp_screen screen;
  sp_support support; /* of the working set, while that has a Gram matrix */
  int turn;           /* whose gradients are checked next: see residual.c */
  sp_pace pace;       /* of conjugate gradients, where there is no Gram matrix */
  double travelled;   /* sum |change of beta_j| norm_j since gradients were last formed anew */
} sp_solver;

typedef struct {
  sp_certificate certificate;
  ptrdiff_t iterations;
  int converged;
} sp_solution;

/* Fits the null model and the unpenalised coefficients. Clear also after a failure. */
sp_status sp_solver_init(sp_solver *s, const sp_problem *problem, sp_tolerance tolerance,
                         const sp_context *ctx, sp_error *err);
void sp_solver_clear(sp_solver *s);

/* The smallest lambda at which every penalised coefficient is zero. Call right after init. */
double sp_solver_lambda_max(const sp_solver *s);

/* Moves to `lambda`; `previous` is where the solver stands (screening assumes little change). */
sp_status sp_solver_move(sp_solver *s, double lambda, double previous, sp_solution *out,
                         sp_error *err);

/* The violation of stationarity that counts as none in column j: a share of its penalty, or what
   rounding leaves of its gradient. */
double sp_solver_slack(const sp_solver *s, ptrdiff_t j, double lambda);

/* For solvers that find beta by other means: recomputes residual, rss, intercept and the gradients
   of all columns from beta. Cost: one pass over X, and one over the columns with beta_j != 0. */
sp_status sp_solver_refresh(sp_solver *s, sp_error *err);

/* The certificate of the present coefficients, as of the last refresh. slip: see certificate.h.
   Cost: O(p). */
sp_solution sp_solver_certify(const sp_solver *s, double lambda, double slip);

#endif
