/* Losses of generalised linear models, which proximal Newton minimises: vectors over the rows in,
   vectors over the rows out. A loss never sees X. Least squares, (y - eta)^2 / 2, has a solver of
   its own: solver.h. */
#ifndef SP_LOSS_H
#define SP_LOSS_H

#include "../status.h"

#include <stddef.h>

/* Taken relative to the least value it can have for its y: half the unit deviance, and never
   negative. */
typedef struct sp_glm_loss sp_glm_loss;

enum { SP_TOGETHER = 256 /* observations in cache */ };

/* An observation's linear predictor, with the residual and the curvature there. */
typedef struct {
  double eta, r, h;
} sp_glm_point;

typedef struct {
  const char *name;
  /* Half the unit deviance of one observation; *r = - d loss / d eta, *h >= 0 its curvature, or
     a positive stand-in where the loss is not convex. NULL for a loss of the host. */
  double (*unit)(const sp_glm_loss *loss, double y, double eta, double *r, double *h);
  /* The same of up to SP_TOGETHER observations, where that is quicker; else NULL. */
  void (*units)(const sp_glm_loss *loss, ptrdiff_t n, const double *y, const double *eta,
                double *unit, double *r, double *h);
  /* loss(eta) + loss*(-t) + t eta, never negative: by how much t misses being the residual at eta
     (Fenchel and Young), with r and h of `unit`. +Inf where the conjugate is. NULL: the loss has no
     dual. */
  double (*divergence)(const sp_glm_loss *loss, double y, const sp_glm_point *at, double t);
  /* The curvature is a concave function of the mean, no larger than the distance of the mean to
     either end of its range, and the link canonical: the conjugate's second derivative between -r
     and -t r, t in (0, 1], is then at most 1 / (t h), and the divergence of t r at most
     (1 - t)^2 / (2 t) r^2 / h. At a distance d of the mean the curvature is at least h - d. */
  int concave;
  /* h = exp(eta), and y = h + r: what a constant does to sum_i v_i r_i is known in closed form. */
  int exponential;
} sp_glm_ops;

/* Immutable; what it points to is borrowed. */
struct sp_glm_loss {
  const sp_glm_ops *ops;
  double theta; /* negative binomial: variance mu + mu^2 / theta */
  double start; /* where the intercept of the null model is sought first */
  /* A loss of the host: fills `unit`, r and h (n each) for all observations at once; nonzero when
     that fails. */
  int (*host_evaluate)(void *host, ptrdiff_t n, const double *eta, double *unit, double *r,
                       double *h);
  void *host;
};

extern const sp_glm_ops sp_glm_binomial, sp_glm_poisson, sp_glm_gamma, sp_glm_negative_binomial,
    sp_glm_gaussian_log, sp_glm_host;

/* NULL when there is no loss of that name. */
const sp_glm_ops *sp_glm_find(const char *name);

/* *value = sum_i v_i loss_i(eta_i); r and h as above, those in rows of weight zero finite. NaN and
   Inf in other rows come through. Vectors have length n; v: weights summing to 1, or NULL for 1/n
   each. SP_ERR_HOST when a loss of the host fails. */
sp_status sp_glm_evaluate(const sp_glm_loss *loss, ptrdiff_t n, const double *y, const double *eta,
                          const double *v, double *value, double *r, double *h, sp_error *err);

/* sum_i v_i divergence_i, with r and h of sp_glm_evaluate. */
double sp_glm_divergence(const sp_glm_loss *loss, ptrdiff_t n, const double *y, const double *eta,
                         const double *r, const double *h, const double *v, const double *t);

#endif
