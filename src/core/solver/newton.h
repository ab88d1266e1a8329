/* Penalised generalised linear models at one lambda after the other, by proximal Newton.
 *
 * At the present linear predictor the loss is replaced by a quadratic on the columns that are
 * nonzero or should be (quadratic.h), whose minimiser gives a direction; the true objective is
 * searched along it, and the intercept solved for exactly. Curvature is kept as long as it has
 * hardly changed, and corrected by what steps show (secant.c). Columns outside the working set are
 * verified lazily (screen.h). Lee, Sun and Saunders (2014), SIAM J. Optim. 24, 1420-1443; Friedman,
 * Hastie and Tibshirani (2010), J. Stat. Softw. 33(1), section 3. */
#ifndef SP_NEWTON_H
#define SP_NEWTON_H

#include "../loss/loss.h"
#include "quadratic.h"
#include "solver.h"

typedef struct {
  const sp_problem *problem;
  const sp_glm_loss *loss;
  sp_tolerance tolerance;
  int closes; /* see sp_newton_allow_closing() */
  const sp_context *ctx;
  double null_value;             /* half the null deviance, sum_i v_i loss_i without any column */
  double null_gradient;          /* max_j |z_j'(v r)| there: the unit of kkt when lambda = 0 */
  double null_curvature;         /* sum_i v_i h_i there */
  double null_square;            /* sum_i v_i r_i^2 there: its size where it has not vanished */
  double *beta;                  /* p; standardised scale */
  double *earlier;               /* p; beta at lambda_earlier, before the present one at lambda */
  double lambda, lambda_earlier; /* Inf: none yet */
  double constant;               /* eta = offset + constant + Z beta */
  double *eta, *r, *h;           /* n; linear predictor, residual, curvature */
  double value;                  /* sum_i v_i loss_i */
  double square;                 /* sum_i v_i r_i^2 */
  sp_rowvec g;                   /* n; v r */
  int assumes;                   /* r is not quite the residual at eta: see sp_newton_assume() */
  double *trial_eta, *trial_r, *trial_h, *direction; /* n; scratch */
  double longest;                                    /* max_j ||z_j|| / cut_j over cut_j > 0 */
  ptrdiff_t size;                                    /* of the working set */
  ptrdiff_t *index, *position; /* p each; its columns, and the place of a column in it or -1 */
  double *gradient;            /* p; c_j of the working set, by place */
  ptrdiff_t usable;            /* columns that are not excluded */
  int has_unpenalised;         /* some of them have no penalty */
  ptrdiff_t *cols, *moved;     /* p; scratch */
  double *c;                   /* p; scratch */
  double *effect;              /* p; scratch: a direction on the original scale */
  sp_screen screen;
  sp_quadratic quadratic;
  double pace;        /* by how much the last step shrank the violation; Inf if it failed */
  double pace_before; /* ... and the one before it, at the same lambda */
  double leverage;    /* gap over violation at the last proof that was asked for; 0: none yet */
  ptrdiff_t wasted;   /* steps that fresh curvature might have saved, since it was taken */
  double lift;        /* added to the curvature, in units of null_square, where steps fail */
  int undefined;      /* the loss was not at some trial of the present lambda */
  int at_edge;        /* ... and steps led nowhere: solutions lie where it is not */
  ptrdiff_t *endless, n_endless; /* columns whose coefficients run to infinity without penalty */
} sp_newton;

/* Fits the null model and the unpenalised coefficients. SP_ERR_NO_FIT when there is no finite
   intercept. Clear also after a failure. */
sp_status sp_newton_init(sp_newton *s, const sp_problem *problem, const sp_glm_loss *loss,
                         sp_tolerance tolerance, const sp_context *ctx, sp_error *err);
void sp_newton_clear(sp_newton *s);

/* From now on the last step at a lambda may be one whose gradients are not formed, if it is proved:
   the residual is then not quite that of the coefficients, and kkt not theirs. See newton_close.c.
   For losses whose curvature is concave, and with no column free of a penalty; else without
   effect. */
void sp_newton_allow_closing(sp_newton *s);

/* The smallest lambda at which every penalised coefficient is zero. Call right after init. */
double sp_newton_lambda_max(const sp_newton *s);

/* As sp_solver_move. A loss without dual has gap NaN and is judged by kkt <= 1e-6, and by the same
   of null_gradient where lambda is larger. */
sp_status sp_newton_move(sp_newton *s, double lambda, double previous, sp_solution *out,
                         sp_error *err);

/* On the original scale. */
double sp_newton_intercept(const sp_newton *s);
/* Share of the null deviance that is explained. */
double sp_newton_dev_ratio(const sp_newton *s);

/* Effective degrees of freedom at the present solution: tr(H (H + D)^-1), H with its curvature and
   D the ridge part. Cost: a new H. */
sp_status sp_newton_df(sp_newton *s, double lambda, double *df, sp_error *err);

#endif
