#include "rank.h"

#include "../alloc.h"
#include "../kernels.h"

enum { COLUMNS_PER_POLL = 64, COLUMNS = 256 /* looked through at once */ };

static sp_status append_all(const sp_working_set *w, sp_factor *f, double *cross, sp_error *err) {
  for (ptrdiff_t k = 0; k < w->size; k++) {
    int dependent;
    const double *gram = sp_working_set_gram(w, k);
    for (ptrdiff_t row = 0; row < f->size; row++) cross[row] = gram[f->label[row]];
    cross[f->size] = gram[k];
    SP_TRY(sp_factor_append(f, 1, &k, &cross, NULL, &dependent, err));
  }
  return SP_OK;
}

static sp_status rank_of_members(const sp_working_set *w, ptrdiff_t *rank, sp_error *err) {
  sp_factor f = {.least = SP_FACTOR_FINEST};
  double *cross;
  SP_TRY(SP_ALLOC(&cross, w->size + 1, err));
  const sp_status status = append_all(w, &f, cross, err);
  *rank = f.size;
  sp_factor_clear(&f);
  sp_free(cross);
  return status;
}

static sp_status gather(sp_working_set *w, const sp_problem *problem, const ptrdiff_t *cols,
                        ptrdiff_t k, const sp_context *ctx, sp_error *err) {
  const sp_std *z = problem->design;
  SP_TRY(sp_working_set_init(w, z, problem->known ? problem->known->gram : NULL, err));
  for (ptrdiff_t begin = 0; begin < k; begin += COLUMNS_PER_POLL) {
    const ptrdiff_t rest = k - begin, count = rest < COLUMNS_PER_POLL ? rest : COLUMNS_PER_POLL;
    SP_TRY(sp_context_poll(ctx, err));
    SP_TRY(sp_working_set_add(w, z, cols + begin, count, err));
  }
  return SP_OK;
}

static sp_status rank_of(const sp_problem *problem, const ptrdiff_t *cols, ptrdiff_t k,
                         ptrdiff_t *rank, const sp_context *ctx, sp_error *err) {
  const ptrdiff_t n = problem->design->x->n;
  sp_working_set w;
  sp_status status = gather(&w, problem, cols, k, ctx, err);
  *rank = k < n ? k : n;
  if (status == SP_OK && w.gram) status = rank_of_members(&w, rank, err);
  sp_working_set_clear(&w);
  return status;
}

void sp_rank_clear(sp_rank *known) {
  sp_free(known->cols);
  *known = (sp_rank){0};
}

static int is_free(const sp_penalty *h, ptrdiff_t j, double lambda) {
  return lambda * h->factor[j] == 0;
}

/* Counts the columns that are not zero and have no penalty, into `cols` if that is not NULL;
   *nonzero counts all that are not zero. */
static ptrdiff_t find_free(const sp_penalty *h, const double *beta, ptrdiff_t p, double lambda,
                           ptrdiff_t *cols, ptrdiff_t *nonzero) {
  ptrdiff_t count = 0;
  *nonzero = 0;
  for (ptrdiff_t begin = 0; begin < p; begin += COLUMNS) {
    ptrdiff_t places[COLUMNS];
    const ptrdiff_t width = p - begin < COLUMNS ? p - begin : COLUMNS;
    const ptrdiff_t k = sp_nonzeros(width, beta + begin, places);
    *nonzero += k;
    for (ptrdiff_t a = 0; a < k; a++) {
      if (!is_free(h, begin + places[a], lambda)) continue;
      if (cols) cols[count] = begin + places[a];
      count++;
    }
  }
  return count;
}

static int are_known(const sp_rank *known, const sp_penalty *h, const double *beta, double lambda,
                     ptrdiff_t count) {
  if (count != known->count) return 0;
  for (ptrdiff_t a = 0; a < count; a++)
    if (beta[known->cols[a]] == 0 || !is_free(h, known->cols[a], lambda)) return 0;
  return 1;
}

static sp_status update(sp_rank *known, ptrdiff_t count, const sp_problem *problem,
                        const double *beta, double lambda, const sp_context *ctx, sp_error *err) {
  ptrdiff_t nonzero;
  sp_rank_clear(known);
  SP_TRY(SP_ALLOC(&known->cols, count, err));
  find_free(problem->penalty, beta, problem->design->x->p, lambda, known->cols, &nonzero);
  known->count = known->rank = count;
  return count < 2 ? SP_OK : rank_of(problem, known->cols, count, &known->rank, ctx, err);
}

sp_status sp_rank_df(sp_rank *known, const sp_problem *problem, const double *beta, double lambda,
                     double *df, const sp_context *ctx, sp_error *err) {
  const sp_penalty *h = problem->penalty;
  ptrdiff_t nonzero;
  const ptrdiff_t count = find_free(h, beta, problem->design->x->p, lambda, NULL, &nonzero);
  if (!are_known(known, h, beta, lambda, count))
    SP_TRY(update(known, count, problem, beta, lambda, ctx, err));
  *df = (double)(nonzero - known->count + known->rank);
  return SP_OK;
}
