#include "members.h"

#include "../alloc.h"
#include "cd.h"
#include "exact.h"
#include "passes.h"
#include "residual.h"

#include <float.h>
#include <math.h>

enum {
  COLUMNS_PER_POLL = 512,
  WHOLE = 2048, /* columns of a sparse X whose Gram matrix may be made whole: 32 MiB */
  WAIT = 16,    /* ... once this part of them are members */
  FEW = 256     /* nonzero coefficients, whose exact solution is quick in any case */
};

/* Pruning spares who comes this close to its cut. */
static const double near_cut = 0.8;

/* Times the entries of a sparse column: the square of a support whose factor costs as much at every
   lambda as passes over its entries, where it is made anew each time and where members come and go.
   Measured; the second so that supports that passes solve slowly, of counts or indicators that are
   nearly dependent, lose little. */
static const double dear_factor = 12000, dear_updates = 48000;

/* Times the members: readings of a sparse column's entries that cost as much as to make the Gram
   matrix and its factor, and the entries that a column costs besides its own. Measured. */
static const double crawling = 8, per_column = 6;

static ptrdiff_t count_nonzero(const sp_solver *s) {
  const sp_working_set *w = &s->working_set;
  ptrdiff_t count = 0;
  for (ptrdiff_t k = 0; k < w->size; k++) count += s->beta[w->index[k]] != 0;
  return count;
}

/* With a ridge part every lambda has a matrix of its own to factorise: k^3 / 3 operations for k
   members; without one each member that comes or goes costs k^2. A pass there and back over the
   entries of sparse columns costs less by far, and a few of them solve for columns that are far
   from dependent, as up to half as many as rows are. */
static int passes_are_cheaper(const sp_solver *s, ptrdiff_t nonzero) {
  const sp_design *x = s->problem->design->x;
  const double dear = s->problem->penalty->alpha < 1 ? dear_factor : dear_updates;
  const double k = (double)nonzero, entries = (double)x->entries / (double)x->p;
  return x->ops->pack && s->usable <= x->n / 2 && k * k > dear * entries;
}

/* A ridge part lets more coefficients be nonzero than there are rows. Their Gram matrix then has
   more entries than X_W and no more rank, and the ridge part, which all directions beyond that rank
   have in common, lets conjugate gradients converge in a few passes over X_W. */
static int gram_is_a_burden(const sp_solver *s) {
  const sp_working_set *w = &s->working_set;
  if (!w->gram || w->known || w->keeps_gram) return 0;
  const int is_net = s->problem->penalty->alpha < 1;
  const ptrdiff_t nonzero = count_nonzero(s), n = s->problem->design->x->n;
  return nonzero > FEW && ((is_net && nonzero > n) || passes_are_cheaper(s, nonzero));
}

static sp_status without_gram(sp_solver *s, sp_error *err) {
  s->support.factor.size = 0;
  sp_working_set_sort(&s->working_set, s->problem->design->x->p);
  return sp_gradients_reload(s, err);
}

/* A lasso leaves all but one of equal columns at zero, and its degrees of freedom count on that:
   without the Gram matrix it could not tell them. */
sp_status sp_members_relieve(sp_solver *s, sp_error *err) {
  sp_working_set *w = &s->working_set;
  if (!gram_is_a_burden(s)) return SP_OK;
  const sp_gram g = sp_members_gram(s, s->screen.lambda);
  w->keeps_gram = s->problem->penalty->alpha == 1 && sp_gram_has_equals(&g);
  if (w->keeps_gram) return SP_OK;
  sp_working_set_give_up_gram(w);
  return without_gram(s, err);
}

sp_status sp_members_admit(sp_solver *s, const ptrdiff_t *cols, ptrdiff_t k, sp_error *err) {
  const ptrdiff_t before = s->working_set.size;
  for (ptrdiff_t begin = 0; begin < k; begin += COLUMNS_PER_POLL) {
    const ptrdiff_t count = k - begin < COLUMNS_PER_POLL ? k - begin : COLUMNS_PER_POLL;
    SP_TRY(sp_context_poll(s->ctx, err));
    SP_TRY(sp_working_set_add(&s->working_set, s->problem->design, cols + begin, count, err));
  }
  if (!s->working_set.gram) return without_gram(s, err);
  sp_gradients_extend(s, before);
  return SP_OK;
}

/* All of them are back as soon as the screen finds them likely, or in violation. */
void sp_members_prune(sp_solver *s, double lambda) {
  const sp_penalty *h = s->problem->penalty;
  sp_working_set *w = &s->working_set;
  sp_factor *f = &s->support.factor;
  ptrdiff_t *place = s->cols, staying = 0;
  if (w->size == s->usable || w->size <= SP_SMALL) return;
  for (ptrdiff_t k = 0; k < w->size; k++) {
    const ptrdiff_t j = w->index[k];
    const double cut = near_cut * lambda * h->ops->cut(h, j);
    const int stays = s->beta[j] != 0 || !(fabs(w->gradient[k]) < cut);
    place[k] = stays ? 0 : -1;
    staying += stays;
  }
  for (ptrdiff_t row = 0; row < f->size; row++) {
    staying += place[f->label[row]] < 0;
    place[f->label[row]] = 0;
  }
  if (w->size <= 2 * staying) return;
  sp_working_set_keep(w, place);
  for (ptrdiff_t row = 0; row < f->size; row++) f->label[row] = place[f->label[row]];
}

/* Once rows make the Gram matrix, all of it costs little more than the columns that are still to
   come, and X need not be read any more. */
sp_status sp_members_complete(sp_solver *s, sp_error *err) {
  const sp_working_set *w = &s->working_set;
  const ptrdiff_t p = s->problem->design->x->p;
  ptrdiff_t k = 0;
  const int worthwhile = w->gram && w->with_all && p <= WHOLE && WAIT * w->size > p;
  if (!worthwhile || w->size == s->usable) return SP_OK;
  for (ptrdiff_t j = 0; j < p; j++)
    if (w->position[j] < 0 && !sp_penalty_is_excluded(s->problem->penalty, j)) s->cols[k++] = j;
  return sp_members_admit(s, s->cols, k, err);
}

double sp_solver_slack(const sp_solver *s, ptrdiff_t j, double lambda) {
  const double rounding = 16 * DBL_EPSILON * s->screen.norm[j] * s->null_model.radius;
  return sp_larger(s->precision * lambda * s->problem->penalty->factor[j], rounding);
}

double sp_members_violation(const sp_solver *s, double lambda) {
  const sp_penalty *h = s->problem->penalty;
  const sp_working_set *w = &s->working_set;
  double worst = 0;
  for (ptrdiff_t k = 0; k < w->size; k++) {
    const ptrdiff_t j = w->index[k];
    const double violation = h->ops->violation(h, j, s->beta[j], w->gradient[k], lambda);
    if (violation > 0) worst = sp_larger(violation / sp_solver_slack(s, j, lambda), worst);
  }
  return worst;
}

sp_gram sp_members_gram(const sp_solver *s, double lambda) {
  const sp_working_set *w = &s->working_set;
  return (sp_gram){.penalty = s->problem->penalty,
                   .lambda = lambda,
                   .size = w->size,
                   .index = w->index,
                   .beta = s->beta,
                   .gradient = w->gradient,
                   .sqnorm = s->problem->design->sqnorm,
                   .norm = w->norm,
                   .alike = w->alike,
                   .entries = w->gram,
                   .stride = w->capacity};
}

/* Passes solve slowly for columns that are nearly dependent, as those of a support nearly as large
   as there are rows are. Have those for one lambda cost what the exact solution of a lasso does,
   with the Gram matrix and its factor still to be made? With a ridge part each lambda needs a
   factor of its own: not before passes have taken half of the iterations allowed. */
static int passes_crawl(const sp_solver *s, ptrdiff_t iterations) {
  const sp_working_set *w = &s->working_set;
  const sp_design *x = s->problem->design->x;
  const double entries = (double)x->entries / (double)x->p;
  const double cost = (double)iterations * (entries + per_column);
  const int is_dear = s->problem->penalty->alpha == 1 && cost > crawling * (double)w->size;
  return x->ops->pack && w->capacity <= SP_GRAM_MOST &&
         (is_dear || iterations > s->tolerance.max_iter / 2);
}

static sp_status take_up_gram(sp_solver *s, sp_error *err) {
  SP_TRY(sp_working_set_take_up_gram(&s->working_set, s->problem->design, s->ctx, err));
  sp_free(s->earlier);
  s->earlier = NULL;
  sp_gradients_extend(s, 0);
  s->travelled = 0;
  s->precision = SP_FINEST;
  return SP_OK;
}

static void describe(const sp_solver *s, double lambda, sp_passes *d) {
  const sp_working_set *w = &s->working_set;
  const sp_std *z = s->problem->design;
  d->penalty = s->problem->penalty;
  d->lambda = lambda;
  d->beta = s->beta;
  d->pace = s->pace;
  for (ptrdiff_t k = 0; k < w->size; k++) {
    const ptrdiff_t j = w->index[k];
    d->gradient[k] = w->gradient[k];
    d->diagonal[k] = z->sqnorm[j];
    d->tilt[k] = z->center[j] / z->scale[j];
    d->slack[k] = sp_solver_slack(s, j, lambda);
  }
}

static sp_status go_round(sp_solver *s, sp_passes *d, ptrdiff_t *iterations, sp_error *err) {
  for (int settled = 0; !settled && !passes_crawl(s, *iterations);) {
    const ptrdiff_t left = s->tolerance.max_iter - *iterations;
    if (left <= 0) return SP_OK;
    SP_TRY(sp_passes_round(d, left, s->ctx, iterations, &settled, err));
  }
  return SP_OK;
}

/* Without the Gram matrix. Where passes have crawled, settled or not, there is one from now on. */
static sp_status solve_by_passes(sp_solver *s, double lambda, ptrdiff_t *iterations,
                                 sp_error *err) {
  const sp_working_set *w = &s->working_set;
  const sp_std *z = s->problem->design;
  sp_passes d;
  sp_status status = sp_passes_init(&d, z, z->v, w->index, w->size, err);
  if (status == SP_OK) {
    describe(s, lambda, &d);
    status = go_round(s, &d, iterations, err);
    s->pace = d.pace;
  }
  sp_passes_clear(&d);
  return status == SP_OK && passes_crawl(s, *iterations) ? take_up_gram(s, err) : status;
}

/* Exact steps on the support in turn with the release of members that should join it. */
static sp_status solve_exactly(sp_solver *s, double lambda, ptrdiff_t *iterations, sp_error *err) {
  while (*iterations < s->tolerance.max_iter) {
    int solved;
    SP_TRY(sp_context_poll(s->ctx, err));
    ++*iterations;
    SP_TRY(sp_exact_step(s, lambda, &solved, err));
    const ptrdiff_t released = sp_cd_release(s, lambda);
    if (solved && released == 0) break;
    if (!solved && sp_cd_epoch(s, lambda) == 0) break;
  }
  return SP_OK;
}

sp_status sp_members_solve(sp_solver *s, double lambda, ptrdiff_t *iterations, sp_error *err) {
  if (!s->working_set.gram) SP_TRY(solve_by_passes(s, lambda, iterations, err));
  return s->working_set.gram ? solve_exactly(s, lambda, iterations, err) : SP_OK;
}

ptrdiff_t sp_members_welcome(const sp_solver *s) {
  return sp_screen_most(count_nonzero(s));
}
