#include "support.h"

#include "../alloc.h"
#include "../kernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- life ------------------------------------------------------------------------------- */

sp_status sp_support_reserve(sp_support *s, ptrdiff_t capacity, sp_error *err) {
  if (s->capacity >= capacity) return SP_OK;
  SP_TRY(SP_RESIZE(&s->pull, capacity, err));
  SP_TRY(SP_RESIZE(&s->step, capacity, err));
  SP_TRY(SP_RESIZE(&s->image, capacity, err));
  SP_TRY(SP_RESIZE(&s->half, capacity, err));
  SP_TRY(sp_nearby_resize(&s->nearby, capacity, err));
  for (int a = 0; a < SP_FACTOR_GROUP; a++)
    SP_TRY(SP_RESIZE(&s->cross[a], capacity + SP_FACTOR_GROUP, err));
  SP_TRY(SP_RESIZE(&s->meetings, capacity, err));
  SP_TRY(SP_RESIZE(&s->beta, capacity, err));
  SP_TRY(SP_RESIZE(&s->gradient, capacity, err));
  SP_TRY(SP_RESIZE(&s->listed, capacity, err));
  SP_TRY(SP_RESIZE(&s->marked, capacity, err));
  s->capacity = capacity;
  return SP_OK;
}

void sp_support_clear(sp_support *s) {
  sp_factor_clear(&s->factor);
  sp_free(s->pull);
  sp_free(s->step);
  sp_free(s->image);
  sp_free(s->half);
  sp_nearby_clear(&s->nearby);
  for (int a = 0; a < SP_FACTOR_GROUP; a++) sp_free(s->cross[a]);
  sp_free(s->meetings);
  sp_free(s->beta);
  sp_free(s->gradient);
  sp_free(s->listed);
  sp_free(s->marked);
  memset(s, 0, sizeof *s);
}

/* ---- the factor follows the support ----------------------------------------------------- */

/* The problem as the factor has it: with the ridge part of an earlier lambda. */
static sp_gram as_factorised(const sp_support *s, const sp_gram *g) {
  sp_gram earlier = *g;
  earlier.lambda = s->lambda;
  return earlier;
}

double sp_support_excess(const sp_support *s, const sp_gram *g, ptrdiff_t k) {
  const sp_gram earlier = as_factorised(s, g);
  return sp_gram_ridge(&earlier, k) - sp_gram_ridge(g, k);
}

/* Of all members of the factor. Returns whether there is any. */
static int excess_of_factor(sp_support *s, const sp_gram *g) {
  int any = 0;
  for (ptrdiff_t row = 0; row < s->factor.size; row++) {
    s->nearby.excess[row] = sp_support_excess(s, g, s->factor.label[row]);
    any |= s->nearby.excess[row] != 0;
  }
  return any;
}

/* The ridge part on the diagonal is that of one lambda, for all members. */
static void bring_near(sp_support *s, const sp_gram *g) {
  if (s->factor.size > 0 && sp_nearby_is_near(g->lambda, s->lambda)) return;
  if (excess_of_factor(s, g)) s->factor.size = 0;
  s->lambda = g->lambda;
}

sp_status sp_gram_append(const sp_gram *g, double damping, sp_factor *f, const ptrdiff_t *members,
                         int count, double *const *cross, double *b, sp_error *err) {
  int dependent[SP_FACTOR_GROUP];
  for (int a = 0; a < count; a++) {
    const double *column = sp_gram_column(g, members[a]);
    for (ptrdiff_t row = 0; row < f->size; row++) cross[a][row] = column[f->label[row]];
    for (int e = 0; e <= a; e++) cross[a][f->size + e] = column[members[e]];
    cross[a][f->size + a] += damping * column[members[a]] + sp_gram_ridge(g, members[a]);
  }
  return sp_factor_append(f, count, members, cross, b, dependent, err);
}

void sp_support_mark(sp_support *s, ptrdiff_t members) {
  if (members > 0) memset(s->marked, 0, (size_t)members);
  for (ptrdiff_t row = 0; row < s->factor.size; row++) s->marked[s->factor.label[row]] = 1;
}

static void drop_strangers(sp_support *s, const sp_gram *g) {
  for (ptrdiff_t row = s->factor.size - 1; row >= 0; row--)
    if (!sp_gram_is_movable(g, s->factor.label[row])) sp_factor_delete(&s->factor, row);
}

static void load_from(sp_support *s, const sp_gram *g, ptrdiff_t first) {
  for (ptrdiff_t row = first; row < s->factor.size; row++) {
    sp_piece piece;
    const ptrdiff_t k = s->factor.label[row];
    const int free = sp_gram_piece(g, k, &piece);
    s->pull[row] = free ? sp_gram_pull(g, k, &piece) : 0;
    s->halfway &= free;
  }
}

void sp_support_load(sp_support *s, const sp_gram *g) {
  load_from(s, g, 0);
}

/* The forward substitution shares the first reading of the rows that there are; the new ones
   continue it. */
static sp_status join(sp_support *s, const sp_gram *g, const ptrdiff_t *members, int count,
                      sp_error *err) {
  sp_factor *f = &s->factor;
  const sp_gram earlier = as_factorised(s, g);
  const ptrdiff_t before = f->size;
  double *half = s->halfway ? NULL : s->half;
  if (half) sp_support_load(s, g);
  if (half && before > 0) memcpy(half, s->pull, (size_t)before * sizeof *half);
  SP_TRY(sp_gram_append(&earlier, s->damping, f, members, count, s->cross, half, err));
  s->halfway = 1;
  load_from(s, g, before);
  for (ptrdiff_t row = before; row < f->size; row++)
    s->half[row] = (s->pull[row] - sp_dot(row, f->row[row], s->half)) / f->row[row][row];
  return SP_OK;
}

sp_status sp_support_follow(sp_support *s, const sp_gram *g, sp_error *err) {
  ptrdiff_t group[SP_FACTOR_GROUP];
  int count = 0;
  s->halfway = 0;
  bring_near(s, g);
  drop_strangers(s, g);
  sp_support_mark(s, g->size);
  for (ptrdiff_t k = 0; k < g->size; k++) {
    if (s->marked[k] || !sp_gram_is_movable(g, k)) continue;
    group[count++] = k;
    if (count < SP_FACTOR_GROUP) continue;
    SP_TRY(join(s, g, group, count, err));
    count = 0;
  }
  return count > 0 ? join(s, g, group, count, err) : SP_OK;
}

/* ---- its solution ----------------------------------------------------------------------- */

void sp_support_solve(sp_support *s, const sp_gram *g) {
  const size_t bytes = (size_t)s->factor.size * sizeof *s->step;
  if (excess_of_factor(s, g)) {
    s->halfway = 0;
    sp_nearby_solve(&s->nearby, &s->factor, s->pull, s->step, s->image);
    return;
  }
  memcpy(s->image, s->pull, bytes);
  if (!s->halfway) {
    memcpy(s->half, s->pull, bytes);
    sp_factor_solve_lower(&s->factor, s->half);
    s->halfway = 1;
  }
  memcpy(s->step, s->half, bytes);
  sp_factor_solve_upper(&s->factor, s->step);
}

/* ---- the bent line ---------------------------------------------------------------------- */

static int by_share(const void *a, const void *b) {
  const double left = ((const sp_meeting *)a)->share, right = ((const sp_meeting *)b)->share;
  return (left > right) - (left < right);
}

static int by_falling_row(const void *a, const void *b) {
  const ptrdiff_t left = ((const sp_meeting *)a)->row, right = ((const sp_meeting *)b)->row;
  return (left < right) - (left > right);
}

static sp_meeting meeting_of(const sp_support *s, const sp_gram *g, ptrdiff_t row) {
  sp_meeting m = {.row = row};
  m.share = sp_gram_share_to_end(g, s->factor.label[row], s->step[row], &m.end);
  return m;
}

sp_meeting sp_support_first(const sp_support *s, const sp_gram *g) {
  sp_meeting first = {.row = -1, .share = INFINITY};
  for (ptrdiff_t row = 0; row < s->factor.size; row++) {
    const sp_meeting m = meeting_of(s, g, row);
    if (m.share < first.share) first = m;
  }
  return first;
}

/* During the step, in turn. */
static ptrdiff_t list_meetings(sp_support *s, const sp_gram *g) {
  ptrdiff_t count = 0;
  for (ptrdiff_t row = 0; row < s->factor.size; row++) {
    const sp_meeting m = meeting_of(s, g, row);
    if (m.share < 1) s->meetings[count++] = m;
  }
  qsort(s->meetings, (size_t)count, sizeof *s->meetings, by_share);
  return count;
}

/* The direction and its image from where a member stays behind, but for the image's own row. */
static void bend(const sp_support *s, const sp_gram *g, ptrdiff_t row, double *direction,
                 double *image) {
  const ptrdiff_t k = s->factor.label[row];
  const double *column = sp_gram_column(g, k), stopped = direction[row];
  for (ptrdiff_t i = 0; i < s->factor.size; i++) image[i] -= stopped * column[s->factor.label[i]];
  direction[row] = 0;
}

/* The share at which a parabola with this slope and curvature is least, from `share` on. */
static double least_from(double share, double fall, double curvature) {
  if (!(fall > 0)) return share;
  return curvature > 0 ? share + fall / curvature : INFINITY;
}

double sp_support_search(sp_support *s, const sp_gram *g, ptrdiff_t *met) {
  const ptrdiff_t size = s->factor.size, count = list_meetings(s, g);
  const size_t bytes = (size_t)size * sizeof *s->step;
  double *direction = s->cross[0], *image = s->cross[1], *pull = s->cross[2];
  double share = 0, least = INFINITY;
  memcpy(direction, s->step, bytes);
  memcpy(image, s->image, bytes);
  memcpy(pull, s->pull, bytes);
  for (*met = 0; *met < count && s->meetings[*met].share <= least; ++*met) {
    const sp_meeting *m = &s->meetings[*met];
    sp_axpy(size, share - m->share, image, pull);
    share = m->share;
    bend(s, g, m->row, direction, image);
    least = least_from(share, sp_dot(size, direction, pull), sp_dot(size, direction, image));
  }
  qsort(s->meetings, (size_t)*met, sizeof *s->meetings, by_falling_row);
  return fmin(1, least);
}

/* What damping has kept from a step is left of the pull, besides the share that was not taken. */
void sp_support_go(sp_support *s, const sp_gram *g, double share) {
  s->halfway &= s->damping == 0;
  for (ptrdiff_t row = 0; row < s->factor.size; row++) {
    s->step[row] *= share;
    s->image[row] *= share;
    *sp_gram_beta(g, s->factor.label[row]) += s->step[row];
    if (s->halfway) s->half[row] *= 1 - share;
  }
}

double sp_support_settle(sp_support *s, const sp_gram *g, const sp_meeting *m) {
  const ptrdiff_t k = s->factor.label[m->row];
  const double change = m->end - *sp_gram_beta(g, k);
  sp_gram_shift(g, k, change);
  *sp_gram_beta(g, k) = m->end;
  if (s->halfway)
    sp_factor_fix(&s->factor, m->row, change, s->half);
  else
    sp_factor_delete(&s->factor, m->row);
  return change;
}

/* ---- gradients -------------------------------------------------------------------------- */

void sp_support_depart(sp_support *s, const sp_gram *g) {
  for (ptrdiff_t k = 0; k < g->size; k++) {
    s->beta[k] = *sp_gram_beta(g, k);
    s->gradient[k] = g->gradient[k];
  }
}

void sp_support_relieve(const sp_support *s, const sp_gram *g) {
  for (ptrdiff_t row = 0; row < s->factor.size; row++) {
    const ptrdiff_t k = s->factor.label[row];
    const double damping = s->damping > 0 ? s->damping * sp_gram_column(g, k)[k] : 0;
    g->gradient[k] -= s->image[row] - (damping + sp_gram_ridge(g, k)) * s->step[row];
  }
}

/* The moves since the departure; their number. */
static ptrdiff_t list_moves(const sp_support *s, const sp_gram *g, double *all, double *moves,
                            ptrdiff_t *movers) {
  ptrdiff_t moved = 0;
  for (ptrdiff_t k = 0; k < g->size; k++) {
    all[k] = *sp_gram_beta(g, k) - s->beta[k];
    if (all[k] == 0) continue;
    moves[moved] = all[k];
    movers[moved++] = k;
  }
  return moved;
}

void sp_support_arrive(sp_support *s, const sp_gram *g) {
  double *all = s->cross[0], *moves = s->cross[1];
  const ptrdiff_t moved = list_moves(s, g, all, moves, s->listed);
  if (moved < g->size - s->factor.size) {
    memcpy(g->gradient, s->gradient, (size_t)g->size * sizeof *s->gradient);
    sp_gram_carry(g, s->listed, moves, moved);
    return;
  }
  ptrdiff_t others = 0;
  sp_support_mark(s, g->size);
  for (ptrdiff_t k = 0; k < g->size; k++) {
    if (s->marked[k]) continue;
    g->gradient[k] = s->gradient[k];
    s->listed[others++] = k;
  }
  sp_gram_catch_up(g, s->listed, others, all);
}
