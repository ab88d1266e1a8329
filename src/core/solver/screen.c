#include "screen.h"

#include "../alloc.h"
#include "../kernels.h"

#include <float.h>
#include <math.h>
#include <string.h>

sp_status sp_screen_init(sp_screen *s, const sp_std *z, const sp_penalty *h, sp_error *err) {
  const ptrdiff_t p = z->x->p;
  memset(s, 0, sizeof *s);
  SP_TRY(SP_ALLOC(&s->cut, p, err));
  SP_TRY(SP_ALLOC(&s->norm, p, err));
  SP_TRY(SP_ALLOC(&s->c, p, err));
  SP_TRY(SP_ALLOC(&s->reference, p, err));
  for (ptrdiff_t j = 0; j < p; j++) {
    s->cut[j] = h->ops->cut(h, j);
    s->norm[j] = sqrt(z->sqnorm[j]);
    s->reference[j] = -1;
  }
  return SP_OK;
}

void sp_screen_clear(sp_screen *s) {
  sp_free(s->cut);
  sp_free(s->norm);
  sp_free(s->c);
  sp_free(s->reference);
  for (int m = 0; m < s->count; m++) sp_free(s->residual[m]);
  memset(s, 0, sizeof *s);
}

void sp_screen_approach(sp_screen *s, ptrdiff_t n, const double *g, double square) {
  for (int m = 0; m < s->count; m++) {
    const double product = sp_dot(n, g, s->residual[m]);
    s->slope[m] = s->square[m] > 0 ? product / s->square[m] : 0;
    /* What rounding may have taken from the difference is given back: dot products of length n,
       summed in several lanes. */
    const double rounding = (16 + (double)n / 16) * DBL_EPSILON * square;
    const double rest = square - s->slope[m] * product + rounding;
    s->distance[m] = sqrt(fmax(0, rest));
  }
}

ptrdiff_t sp_screen_likely(const sp_screen *s, ptrdiff_t p, const ptrdiff_t *position,
                           double lambda, ptrdiff_t *cols) {
  ptrdiff_t count = 0;
  for (ptrdiff_t j = 0; j < p; j++) {
    if (position[j] >= 0 || s->reference[j] < 0) continue;
    if (fabs(s->slope[s->reference[j]] * s->c[j]) > lambda * s->cut[j]) cols[count++] = j;
  }
  return count;
}

ptrdiff_t sp_screen_suspects(const sp_screen *s, ptrdiff_t p, const ptrdiff_t *position,
                             double lambda, ptrdiff_t *cols) {
  ptrdiff_t count = 0;
  for (ptrdiff_t j = 0; j < p; j++) {
    if (position[j] >= 0) continue;
    const int m = s->reference[j];
    const double bound =
        m < 0 ? INFINITY : fabs(s->slope[m] * s->c[j]) + s->distance[m] * s->norm[j];
    /* Negated, so that a bound that is no number clears nothing. */
    if (s->cut[j] < INFINITY && !(bound <= lambda * s->cut[j])) cols[count++] = j;
  }
  return count;
}

/* A free place, or that of the reference that fewest columns lean on: those are forgotten. */
static int place_for_reference(sp_screen *s, ptrdiff_t p) {
  if (s->count < SP_REFERENCES) return s->count;
  ptrdiff_t leaning[SP_REFERENCES] = {0};
  for (ptrdiff_t j = 0; j < p; j++)
    if (s->reference[j] >= 0) leaning[s->reference[j]]++;
  int least = 0;
  for (int m = 1; m < SP_REFERENCES; m++)
    if (leaning[m] < leaning[least]) least = m;
  for (ptrdiff_t j = 0; j < p; j++)
    if (s->reference[j] == least) s->reference[j] = -1;
  return least;
}

sp_status sp_screen_record(sp_screen *s, ptrdiff_t n, ptrdiff_t p, const ptrdiff_t *cols,
                           ptrdiff_t k, const double *c, const double *r, double square,
                           sp_error *err) {
  if (k == 0) return SP_OK;
  const int m = place_for_reference(s, p);
  if (m == s->count) {
    SP_TRY(SP_ALLOC(&s->residual[m], n, err));
    s->count++;
  }
  memcpy(s->residual[m], r, (size_t)n * sizeof *r);
  s->square[m] = square;
  s->slope[m] = 1;
  s->distance[m] = 0;
  for (ptrdiff_t a = 0; a < k; a++) {
    s->c[cols[a]] = c[a];
    s->reference[cols[a]] = (signed char)m;
  }
  return SP_OK;
}
