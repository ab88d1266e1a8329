#include "screen.h"

#include "../alloc.h"
#include "../extremes.h"
#include "../kernels.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* doubt_j is not below this share of ||z_j||, so that rounding can be counted in it. */
static const double least_doubt = 0x1p-20;

/* Squares of tiny lengths leave the range of a double. */
static const double least_square = 1e-280;

/* A direction costs one part in n of a pass over X each time that it is used. */
static int room_for_directions(ptrdiff_t n) {
  const ptrdiff_t room = n / 12;
  return room < 2 ? 2 : room > SP_DIRECTIONS ? SP_DIRECTIONS : (int)room;
}

/* What a coarse pass costs, the p-vectors that it changes included, as a share of one over X. */
static const double coarse_price = 0.2;

static double heaviest(const sp_std *z) {
  double most = z->v ? 0 : 1 / (double)z->x->n;
  for (ptrdiff_t i = 0; z->v && i < z->x->n; i++) most = fmax(most, z->v[i]);
  return sqrt(most);
}

static sp_status prepare_coarse(sp_screen *s, const sp_std *z, sp_error *err) {
  SP_TRY(sp_coarse_vector_init(&s->vector, s->coarse, err));
  SP_TRY(SP_ALLOC(&s->doubt, z->x->p, err));
  s->heaviest = heaviest(z);
  for (ptrdiff_t j = 0; j < z->x->p; j++)
    s->doubt[j] = fmax(s->heaviest * s->coarse->miss[j] / z->scale[j], least_doubt * s->norm[j]);
  s->price = coarse_price;
  return SP_OK;
}

sp_status sp_screen_init(sp_screen *s, const sp_std *z, const sp_penalty *h,
                         const sp_coarse *coarse, sp_error *err) {
  const ptrdiff_t p = z->x->p;
  memset(s, 0, sizeof *s);
  s->capacity = room_for_directions(z->x->n);
  SP_TRY(SP_ALLOC(&s->cut, p, err));
  SP_TRY(SP_ALLOC(&s->norm, p, err));
  SP_TRY(SP_ALLOC(&s->around, p, err));
  SP_TRY(SP_ALLOC(&s->c, p, err));
  SP_TRY(SP_ALLOC(&s->settled, p, err));
  SP_TRY(SP_ALLOC(&s->earlier, p, err));
  SP_TRY(SP_ALLOC(&s->rest, z->x->n, err));
  SP_TRY(SP_ALLOC(&s->weighted.values, z->x->n, err));
  for (ptrdiff_t j = 0; j < p; j++) {
    s->cut[j] = h->ops->cut(h, j);
    s->norm[j] = sqrt(z->sqnorm[j]);
    s->around[j] = z->sqnorm[j];
  }
  s->doubt = s->norm;
  s->lambda = s->lambda_earlier = INFINITY;
  s->price = 1;
  s->coarse = coarse;
  return coarse ? prepare_coarse(s, z, err) : SP_OK;
}

void sp_screen_clear(sp_screen *s) {
  if (s->doubt != s->norm) sp_free(s->doubt);
  sp_coarse_vector_clear(&s->vector);
  sp_free(s->cut);
  sp_free(s->norm);
  sp_free(s->around);
  sp_free(s->c);
  sp_free(s->settled);
  sp_free(s->earlier);
  sp_free(s->rest);
  sp_free(s->weighted.values);
  for (int m = 0; m < SP_DIRECTIONS; m++) {
    sp_free(s->direction[m]);
    sp_free(s->loading[m]);
  }
  memset(s, 0, sizeof *s);
}

/* ---- directions ------------------------------------------------------------------------- */

enum { COLUMNS = 256 /* looked at together */ };

/* How far the loadings of a column may be off altogether, in units of its doubt. */
static double haze_of_loadings(const sp_screen *s) {
  double any = 0, square = 0;
  for (int m = 0; m < s->count; m++) {
    if (!s->is_coarse[m]) continue;
    any = 1;
    square += s->blur[m] * s->blur[m];
  }
  return any + sqrt(square);
}

/* Neither rounding nor doubt about the loadings must make the rest too small: with ||K|| up to
   ||z|| + h, ||K||^2 may be up to 2 h (||z|| + h) too large. */
static void measure_rest(sp_screen *s, ptrdiff_t p) {
  const double haze = haze_of_loadings(s);
  for (ptrdiff_t begin = 0; begin < p; begin += COLUMNS) {
    const ptrdiff_t width = p - begin < COLUMNS ? p - begin : COLUMNS;
    double loaded[COLUMNS] = {0};
    for (int m = 0; m < s->count; m++)
      sp_axpy_weighted(width, 1, s->loading[m] + begin, s->loading[m] + begin, loaded);
    for (ptrdiff_t a = 0; a < width; a++) {
      const double norm = s->norm[begin + a], square = norm * norm,
                   off = haze * s->doubt[begin + a];
      const double left = square - loaded[a] + 2 * off * (norm + off);
      s->around[begin + a] = (left > 0 ? left : 0) + 64 * DBL_EPSILON * square;
    }
  }
}

/* A place with memory: the next free one, or that of the direction with the smallest share in the
   present residual. The first is there to stay: X'y is needed again and again. */
static sp_status place_for_direction(sp_screen *s, const sp_std *z, int *place, sp_error *err) {
  *place = s->count;
  if (s->count == s->capacity) {
    *place = 1;
    for (int m = 2; m < s->count; m++)
      if (fabs(s->share[m]) < fabs(s->share[*place])) *place = m;
    return SP_OK;
  }
  if (!s->direction[*place]) SP_TRY(SP_ALLOC(&s->direction[*place], z->x->n, err));
  if (!s->loading[*place]) SP_TRY(SP_ALLOC(&s->loading[*place], z->x->p, err));
  s->count++;
  return SP_OK;
}

/* residual = length q for the new direction q, products = z_j'(v residual). */
static sp_status add_direction(sp_screen *s, const sp_std *z, const double *residual, double length,
                               const ptrdiff_t *cols, ptrdiff_t k, const double *products,
                               int is_coarse, sp_error *err) {
  int place;
  const double per_length = 1 / length;
  SP_TRY(place_for_direction(s, z, &place, err));
  for (ptrdiff_t i = 0; i < z->x->n; i++) s->direction[place][i] = residual[i] * per_length;
  memset(s->loading[place], 0, (size_t)z->x->p * sizeof *s->loading[place]);
  for (ptrdiff_t a = 0; a < k; a++) s->loading[place][cols[a]] = products[a] * per_length;
  s->share[place] = length;
  s->is_coarse[place] = is_coarse;
  s->blur[place] = is_coarse ? s->vector.blur / (s->heaviest * length) : 0;
  measure_rest(s, z->x->p);
  return SP_OK;
}

sp_status sp_screen_start(sp_screen *s, const sp_std *z, const double *r, double square,
                          const ptrdiff_t *cols, ptrdiff_t k, const double *c, sp_error *err) {
  s->count = 0;
  s->distance = s->haze = 0;
  s->looked_up = 0;
  memset(s->c, 0, (size_t)z->x->p * sizeof *s->c);
  for (ptrdiff_t a = 0; a < k; a++) s->c[cols[a]] = c[a];
  memcpy(s->settled, s->c, (size_t)z->x->p * sizeof *s->c);
  return square > 0 ? add_direction(s, z, r, sqrt(square), cols, k, c, 0, err) : SP_OK;
}

/* c, as far as the directions have it. */
static void estimate(sp_screen *s, ptrdiff_t p) {
  memset(s->c, 0, (size_t)p * sizeof *s->c);
  int m = 0;
  for (; m + 4 <= s->count; m += 4)
    sp_axpy_4(p, s->share + m, (const double *const *)s->loading + m, s->c);
  for (; m < s->count; m++) sp_axpy(p, s->share[m], s->loading[m], s->c);
}

/* The share of a dot product of length n, summed in several lanes, that may be rounding. */
static double lost_in_dot(ptrdiff_t n) {
  return (16 + (double)n / 16) * DBL_EPSILON;
}

/* What rounding and coarse loadings may hide. */
static void measure_haze(sp_screen *s, ptrdiff_t n) {
  double all = s->distance * s->distance, coarse = 0, blur = 0;
  for (int m = 0; m < s->count; m++) {
    const double square = s->share[m] * s->share[m];
    all += square;
    if (!s->is_coarse[m]) continue;
    coarse += square;
    blur += fabs(s->share[m]) * s->blur[m];
  }
  const double rounding = lost_in_dot(n) * sqrt(all);
  s->haze = s->doubt == s->norm ? rounding : sqrt(coarse) + blur + rounding / least_doubt;
}

/* All columns are known as well as can be without looking them up. */
static sp_status extend(sp_screen *s, const sp_std *z, const ptrdiff_t *cols, ptrdiff_t k,
                        const double *products, int is_coarse, sp_error *err) {
  const double length = s->distance;
  estimate(s, z->x->p);
  for (ptrdiff_t a = 0; a < k; a++) s->c[cols[a]] += products[a];
  s->distance = 0;
  s->looked_up = 0;
  if (length > 0) SP_TRY(add_direction(s, z, s->rest, length, cols, k, products, is_coarse, err));
  measure_haze(s, z->x->n);
  return SP_OK;
}

/* ---- estimates and bounds --------------------------------------------------------------- */

/* Twice is enough (Parlett 1998, The Symmetric Eigenvalue Problem, section 6.9): what rounding has
   left of the directions after the first time is gone after the second. */
static void split_rest(sp_screen *s, const sp_std *z) {
  memset(s->share, 0, sizeof s->share);
  for (int pass = 0; pass < 2; pass++) {
    sp_weigh(z->x->n, z->v, s->rest, &s->weighted);
    for (int m = 0; m < s->count; m++) {
      const double share = sp_dot(z->x->n, s->weighted.values, s->direction[m]);
      sp_axpy(z->x->n, -share, s->direction[m], s->rest);
      s->share[m] += share;
    }
  }
  s->distance = sqrt(sp_weigh(z->x->n, z->v, s->rest, &s->weighted));
}

void sp_screen_approach(sp_screen *s, const sp_std *z, const double *r) {
  const ptrdiff_t n = z->x->n;
  memcpy(s->rest, r, (size_t)n * sizeof *r);
  split_rest(s, z);
  measure_haze(s, n);
  estimate(s, z->x->p);
}

ptrdiff_t sp_screen_suspects(const sp_screen *s, ptrdiff_t p, const ptrdiff_t *position,
                             double lambda, ptrdiff_t *cols) {
  const double square = s->distance > 0 ? sp_larger(s->distance * s->distance, least_square) : 0;
  const ptrdiff_t k =
      sp_exceeding(p, s->c, square, s->around, s->haze, s->doubt, lambda, s->cut, cols);
  ptrdiff_t count = 0;
  for (ptrdiff_t a = 0; a < k; a++) {
    const ptrdiff_t j = cols[a];
    if (position[j] < 0 && s->cut[j] < INFINITY) cols[count++] = j;
  }
  return count;
}

int sp_screen_is_due(const sp_screen *s, ptrdiff_t p, ptrdiff_t k) {
  return (double)(s->looked_up + k) > s->price * (double)p;
}

/* ---- passes ----------------------------------------------------------------------------- */

enum { COLUMNS_PER_POLL = 512 };

sp_status sp_screen_products(const sp_std *z, const sp_rowvec *g, const ptrdiff_t *cols,
                             ptrdiff_t k, double *out, const sp_context *ctx, sp_error *err) {
  for (ptrdiff_t begin = 0; begin < k; begin += COLUMNS_PER_POLL) {
    const ptrdiff_t count = k - begin < COLUMNS_PER_POLL ? k - begin : COLUMNS_PER_POLL;
    SP_TRY(sp_context_poll(ctx, err));
    sp_std_mul_t(z, cols + begin, count, g, 1, out + begin);
  }
  return SP_OK;
}

ptrdiff_t sp_screen_varying(const sp_std *z, ptrdiff_t *cols) {
  ptrdiff_t k = 0;
  for (ptrdiff_t j = 0; j < z->x->p; j++)
    if (!z->constant[j]) cols[k++] = j;
  return k;
}

static sp_status coarse_pass(sp_screen *s, const sp_screen_site *at, ptrdiff_t k,
                             const sp_context *ctx, sp_error *err) {
  SP_TRY(sp_context_poll(ctx, err));
  sp_coarse_vector_set(&s->vector, s->coarse, &s->weighted);
  sp_coarse_products(s->coarse, at->design, at->cols, k, &s->vector, at->c);
  return extend(s, at->design, at->cols, k, at->c, 1, err);
}

sp_status sp_screen_pass(sp_screen *s, const sp_screen_site *at, const sp_context *ctx,
                         sp_error *err) {
  const sp_std *z = at->design;
  const ptrdiff_t k = sp_screen_varying(z, at->cols);
  if (s->coarse) return coarse_pass(s, at, k, ctx, err);
  SP_TRY(sp_screen_products(z, &s->weighted, at->cols, k, at->c, ctx, err));
  return extend(s, z, at->cols, k, at->c, 0, err);
}

/* ---- verification ----------------------------------------------------------------------- */

static int violates(const sp_screen *s, const sp_screen_site *at, ptrdiff_t j) {
  const sp_penalty *h = at->penalty;
  return at->position[j] < 0 && fabs(s->c[j]) > at->lambda * s->cut[j] &&
         h->ops->violation(h, j, 0, s->c[j], at->lambda) > 0;
}

/* Among the first k of at->cols, whose place they take. */
static ptrdiff_t violators_among(const sp_screen *s, const sp_screen_site *at, ptrdiff_t k) {
  ptrdiff_t count = 0;
  for (ptrdiff_t a = 0; a < k; a++) {
    const ptrdiff_t j = at->cols[a];
    if (!violates(s, at, j)) continue;
    at->c[count] = fabs(s->c[j]) / s->cut[j];
    at->cols[count++] = j;
  }
  return sp_screen_foremost(at->cols, at->c, count, at->most);
}

/* Of k columns in at->cols: those that violate take their place. */
static sp_status look_up(sp_screen *s, const sp_screen_site *at, ptrdiff_t k, ptrdiff_t *count,
                         const sp_context *ctx, sp_error *err) {
  SP_TRY(sp_screen_products(at->design, at->g, at->cols, k, at->c, ctx, err));
  for (ptrdiff_t a = 0; a < k; a++) s->c[at->cols[a]] = at->c[a];
  s->looked_up += k;
  *count = violators_among(s, at, k);
  return SP_OK;
}

sp_status sp_screen_verify(sp_screen *s, const sp_screen_site *at, ptrdiff_t *count,
                           const sp_context *ctx, sp_error *err) {
  const ptrdiff_t p = at->design->x->p;
  sp_screen_approach(s, at->design, at->r);
  ptrdiff_t k = sp_screen_suspects(s, p, at->position, at->lambda, at->cols);
  if (k > 0 && sp_screen_is_due(s, p, k)) {
    SP_TRY(sp_screen_pass(s, at, ctx, err));
    k = sp_screen_suspects(s, p, at->position, at->lambda, at->cols);
  }
  return look_up(s, at, k, count, ctx, err);
}
