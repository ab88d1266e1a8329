/* What the files of proximal Newton (newton*.c) share. */
#ifndef SP_NEWTON_PARTS_H
#define SP_NEWTON_PARTS_H

#include "newton.h"

/* The violation of stationarity asked for without lambda, in units of sp_newton_unit(). */
static const double sp_newton_finest = 1e-11;

/* What is left of the null deviance where the response is explained altogether. */
static const double sp_newton_separated = 1e-9;

/* ---- newton_predictor.c: the loss along the linear predictor ----------------------------- */

sp_status sp_newton_fit_null(sp_newton *s, sp_error *err);

/* The loss at trial_eta, with trial_r and trial_h. */
sp_status sp_newton_try(sp_newton *s, double *value, sp_error *err);

/* Moves the constant of trial_eta to where the residuals sum to zero, and evaluates the loss
   there. *moved: by how much. */
sp_status sp_newton_solve_constant(sp_newton *s, double *value, double *moved, sp_error *err);

/* What rounding may change the loss by. */
double sp_newton_rounding(const sp_newton *s);

/* sum_i v_i h_i. */
double sp_newton_curvature(const sp_newton *s);

/* The trial, at which the loss has `value`, becomes where the solver stands. */
void sp_newton_accept(sp_newton *s, double value);

/* Goes on as if r (n), which is near it, were the residual. */
void sp_newton_assume(sp_newton *s, const double *r);

/* Do the residuals sum to zero, up to rounding? */
int sp_newton_is_settled(const sp_newton *s);

/* Solves for the constant where they do not, or where they have been assumed. */
sp_status sp_newton_settle(sp_newton *s, sp_error *err);

/* out = Z d (uncentred by a constant, *shift) for the k columns `cols`. */
void sp_newton_direction(sp_newton *s, const ptrdiff_t *cols, const double *d, ptrdiff_t k,
                         double *out, double *shift);

/* ---- newton.c: the working set ------------------------------------------------------------ */

sp_status sp_newton_gradients(sp_newton *s, const ptrdiff_t *cols, ptrdiff_t k, double *c,
                              sp_error *err);

/* Those of the working set, at the present residual. */
sp_status sp_newton_reload(sp_newton *s, sp_error *err);

sp_status sp_newton_admit(sp_newton *s, const ptrdiff_t *cols, ptrdiff_t k, sp_error *err);

/* What violations of stationarity are measured in. */
double sp_newton_unit(const sp_newton *s, double lambda);

/* Steps on the working set until it is solved, or steps no longer help. */
sp_status sp_newton_solve(sp_newton *s, double lambda, sp_certificate *certificate,
                          ptrdiff_t *iterations, sp_error *err);

/* ---- newton_forecast.c -------------------------------------------------------------------- */

/* Moves to where the coefficients are likely to be at `lambda`, if the objective is less there. */
sp_status sp_newton_forecast(sp_newton *s, double lambda, sp_error *err);

/* ---- newton_close.c ----------------------------------------------------------------------- */

/* A step that is the last if that can be proved (*closed); see there. Else it may have been taken
   or not. */
sp_status sp_newton_close(sp_newton *s, double lambda, sp_certificate *certificate, int *closed,
                          sp_error *err);

/* ---- newton_step.c ------------------------------------------------------------------------ */

/* The quadratic around s->beta, where the gradients of the working set are s->gradient, of all that
   is nonzero or should be. */
sp_status sp_newton_prepare(sp_newton *s, double lambda, sp_error *err);

/* The step from s->beta to where the quadratic has been minimised, into its `step`. */
void sp_newton_note_step(sp_newton *s);

/* s->direction = Z d for the step d in the quadratic, up to *shift, of which *constant is what the
   constant moves by. */
void sp_newton_aim(sp_newton *s, double *shift, double *constant);

/* By how much the objective falls on it if the quadratic, which has a Gram matrix, is right. */
double sp_newton_promise(const sp_newton *s, double lambda);

/* One step from where stationarity is violated by `violation`. *gain: the fall of the objective as
   a share of what the quadratic promised, Inf where that is rounding; negative if no step was
   taken. */
sp_status sp_newton_step(sp_newton *s, double lambda, double violation, double *gain,
                         sp_error *err);

/* Takes the curvature anew, as it is. */
sp_status sp_newton_refresh(sp_newton *s, double lambda, sp_error *err);

/* ---- newton_recession.c ------------------------------------------------------------------- */

/* Call after a step that was taken without penalty. Lists the columns in s->endless if the loss has
   no minimum in its direction, other than by explaining the response altogether. */
sp_status sp_newton_seek_recession(sp_newton *s, sp_error *err);

/* ---- newton_certificate.c ----------------------------------------------------------------- */

/* The proof at the present coefficients for a dual point with the gradients s->gradient, if columns
   outside the working set are stationary. */
sp_certificate sp_newton_certificate(const sp_newton *s, double lambda, sp_loss_gap loss_gap,
                                     const void *owner);

/* The same for the residual, as far as free columns allow. */
sp_status sp_newton_certify(sp_newton *s, double lambda, sp_certificate *out, sp_error *err);

/* Largest violation of stationarity in the working set. */
double sp_newton_violation(const sp_newton *s, double lambda);

#endif
