/* Who is likely to enter at the next lambda. */
#include "screen.h"

#include "../kernels.h"

#include <math.h>

/* Predictions are allowed to fall this much short. */
static const double nearly = 0.97;

/* ---- the foremost ----------------------------------------------------------------------- */

static const ptrdiff_t at_least = 64;

ptrdiff_t sp_screen_most(ptrdiff_t nonzero) {
  return nonzero < at_least ? at_least : nonzero;
}

static void swap(ptrdiff_t *cols, double *score, ptrdiff_t a, ptrdiff_t b) {
  const ptrdiff_t col = cols[a];
  const double value = score[a];
  cols[a] = cols[b];
  score[a] = score[b];
  cols[b] = col;
  score[b] = value;
}

/* Hoare (1961), Algorithm 65: Find. */
ptrdiff_t sp_screen_foremost(ptrdiff_t *cols, double *score, ptrdiff_t k, ptrdiff_t most) {
  if (k <= most) return k;
  for (ptrdiff_t low = 0, high = k - 1; low < high;) {
    const double pivot = score[low + (high - low) / 2];
    ptrdiff_t a = low, b = high;
    while (a <= b) {
      while (score[a] > pivot) a++;
      while (score[b] < pivot) b--;
      if (a <= b) swap(cols, score, a++, b--);
    }
    if (most <= b)
      high = b;
    else if (most >= a)
      low = a;
    else
      break;
  }
  return most;
}

/* ---- prediction ------------------------------------------------------------------------- */

void sp_screen_settle(sp_screen *s, double lambda) {
  double *oldest = s->earlier;
  s->earlier = s->settled;
  s->settled = s->c;
  s->c = oldest;
  s->lambda_earlier = s->lambda;
  s->lambda = lambda;
}

/* Columns with |c_j| beyond lambda cut_j. */
static ptrdiff_t beyond(const sp_screen *s, const double *c, ptrdiff_t p, double lambda,
                        ptrdiff_t *cols) {
  return sp_exceeding(p, c, 0, s->norm, 0, s->norm, lambda, s->cut, cols);
}

/* Strong rule: gradients are assumed to change no faster than lambda. Tibshirani et al. (2012),
   J. R. Stat. Soc. B 74, 245-266, eq. (13). */
ptrdiff_t sp_screen_likely(const sp_screen *s, ptrdiff_t p, const ptrdiff_t *position,
                           double lambda, double previous, ptrdiff_t most, ptrdiff_t *cols,
                           double *score) {
  const double strong = fmax(0, 2 * lambda - previous);
  const double stretch = (s->lambda - lambda) / (s->lambda_earlier - s->lambda);
  const double onward = stretch >= 0 && stretch <= 2 ? stretch : NAN;
  const ptrdiff_t k = beyond(s, s->settled, p, strong, cols);
  ptrdiff_t count = 0;
  for (ptrdiff_t a = 0; a < k; a++) {
    const ptrdiff_t j = cols[a];
    const double c = s->settled[j], predicted = fabs(c + onward * (c - s->earlier[j]));
    if (fabs(c) > strong * s->cut[j] && !(predicted <= nearly * lambda * s->cut[j]) &&
        position[j] < 0) {
      score[count] = (predicted >= 0 ? predicted : fabs(c)) / s->cut[j];
      cols[count++] = j;
    }
  }
  return sp_screen_foremost(cols, score, count, most);
}
