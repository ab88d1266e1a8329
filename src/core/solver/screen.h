/* Safe verification of the columns outside the working set without reading most of X.
 *
 * For every column the last computed c_j = z_j'(v R) is kept with the residual R it belongs to. For
 * the present residual r and any number a, by Cauchy and Schwarz,
 *   |z_j'(v r)| <= |a| |c_j| + ||r - a R|| ||z_j||,
 * smallest at a = <r, R> / <R, R>. Only columns whose bound reaches their cut are computed again.
 * The bounds hold for every r, so nothing is missed. */
#ifndef SP_SCREEN_H
#define SP_SCREEN_H

#include "../design/standardized.h"
#include "../penalty/penalty.h"

enum { SP_REFERENCES = 24 /* residuals kept at most */ };

typedef struct {
  double *cut;            /* p; zero is stationary when |c_j| <= lambda cut_j */
  double *norm;           /* p; ||z_j|| */
  double *c;              /* p; with reference[j] */
  signed char *reference; /* p; -1: nothing is known */
  int count;
  double *residual[SP_REFERENCES]; /* n each; R, unweighted */
  double square[SP_REFERENCES];    /* <R, R> = sum_i v_i R_i^2 */
  double slope[SP_REFERENCES];     /* a, for the residual approached last */
  double distance[SP_REFERENCES];  /* ||r - a R|| */
} sp_screen;

sp_status sp_screen_init(sp_screen *s, const sp_std *z, const sp_penalty *h, sp_error *err);
void sp_screen_clear(sp_screen *s);

/* Prepares the bounds for the residual r with weighted form g = v r and square <r, r>. Cost: one
   dot product of length n per reference. */
void sp_screen_approach(sp_screen *s, ptrdiff_t n, const double *g, double square);

/* Columns with position[j] < 0 whose estimate |a c_j| exceeds lambda cut_j: likely to enter. Writes
   them to `cols` and returns their number. Cost: O(p). */
ptrdiff_t sp_screen_likely(const sp_screen *s, ptrdiff_t p, const ptrdiff_t *position,
                           double lambda, ptrdiff_t *cols);

/* Columns with position[j] < 0 that the bounds do not clear at lambda. Cost: O(p). */
ptrdiff_t sp_screen_suspects(const sp_screen *s, ptrdiff_t p, const ptrdiff_t *position,
                             double lambda, ptrdiff_t *cols);

/* Notes the gradients c of k columns at the residual r, which becomes a reference. */
sp_status sp_screen_record(sp_screen *s, ptrdiff_t n, ptrdiff_t p, const ptrdiff_t *cols,
                           ptrdiff_t k, const double *c, const double *r, double square,
                           sp_error *err);

#endif
