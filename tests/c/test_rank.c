#include "check_fault.h"
#include "check_fit.h"
#include "core/path/rank.h"

/* Columns 0 to 3 are the levels of a factor, whose sum is 1, and 4 repeats 5. */
static sample dependent_sample(int kind) {
  sample s = sample_new(60, 8, (uint64_t)kind);
  rng g = rng_seeded((uint64_t)kind);
  s.intercept = !(kind & 1);
  if (kind & 2) sample_add_weights(&s, &g);
  if (kind & 4) s.standardize = 0;
  s.alpha = kind & 8 ? 0.5 : 1;
  for (ptrdiff_t i = 0; i < s.n; i++) {
    const ptrdiff_t level = i < 4 ? i : rng_below(&g, 4);
    for (ptrdiff_t j = 0; j < 4; j++) s.x[i + j * s.n] = j == level;
    s.x[i + 4 * s.n] = -2 * s.x[i + 5 * s.n];
  }
  return s;
}

static double df_at(sp_rank *known, const sp_model *m, const double *beta, double lambda) {
  double df;
  CHECK_EQUAL(sp_rank_df(known, &m->problem, beta, lambda, &df, NULL, NULL), SP_OK);
  return df;
}

static void columns_that_others_make_up_do_not_count(void) {
  for (int kind = 0; kind < 32; kind++) {
    sample s = dependent_sample(kind);
    const sp_design *x = kind & 16 ? sample_sparse(&s) : sample_dense(&s);
    s.factor[0] = s.factor[1] = s.factor[2] = s.factor[3] = 0;
    const sp_model_spec spec = sample_spec(&s, x);
    sp_model m;
    sp_rank known = {0};
    double beta[8] = {1, -1, 2, 3, 0, 0, 0.5, 0};
    const double levels = s.intercept ? 3 : 4;
    CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
    CHECK_NEAR(df_at(&known, &m, beta, 0.1), levels + 1, 0);
    beta[7] = 1;
    CHECK_NEAR(df_at(&known, &m, beta, 0.1), levels + 2, 0);
    beta[4] = beta[5] = 1;
    CHECK_NEAR(df_at(&known, &m, beta, 0.1), levels + 4, 0);
    CHECK_NEAR(df_at(&known, &m, beta, 0), levels + 3, 0);
    beta[3] = 0;
    CHECK_NEAR(df_at(&known, &m, beta, 0.1), 3 + 4, 0);
    memset(beta, 0, sizeof beta);
    CHECK_NEAR(df_at(&known, &m, beta, 0.1), 0, 0);
    sp_rank_clear(&known);
    sp_model_clear(&m);
    sample_free(&s);
  }
}

/* As many columns without a penalty as the last time need not be the same ones. */
static void other_columns_have_another_rank(void) {
  sample s = dependent_sample(0);
  const double with_another[8] = {1, 1, 1, 0, 0, 0, 0, 1}, all_levels[8] = {1, 1, 1, 1};
  sp_model m;
  sp_rank known = {0};
  for (int j = 0; j < 4; j++) s.factor[j] = 0;
  s.factor[7] = 0;
  const sp_model_spec spec = sample_spec(&s, sample_dense(&s));
  CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
  CHECK_NEAR(df_at(&known, &m, with_another, 0.1), 4, 0);
  CHECK_NEAR(df_at(&known, &m, all_levels, 0.1), 3, 0);
  CHECK_NEAR(df_at(&known, &m, with_another, 0.1), 4, 0);
  sp_rank_clear(&known);
  sp_model_clear(&m);
  sample_free(&s);
}

/* Of 120 nonzero coefficients three have no penalty, two of them of one column: the last ones are
   found, too. */
static void many_columns_are_looked_through(void) {
  enum { P = 600 };
  sample s = sample_new(40, P, 1);
  double beta[P] = {0};
  sp_model m;
  sp_rank known = {0};
  for (ptrdiff_t i = 0; i < s.n; i++) s.x[i + 590 * s.n] = 3 * s.x[i + 300 * s.n];
  s.factor[300] = s.factor[590] = s.factor[45] = 0;
  for (ptrdiff_t j = 0; j < P; j += 5) beta[j] = 1;
  const sp_model_spec spec = sample_spec(&s, sample_dense(&s));
  CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
  CHECK_NEAR(df_at(&known, &m, beta, 0.1), P / 5 - 1, 0);
  CHECK_EQUAL(known.count, 3);
  CHECK_EQUAL(known.rank, 2);
  sp_rank_clear(&known);
  sp_model_clear(&m);
  sample_free(&s);
}

static void a_path_tells_the_rank(void) {
  const double lambda[] = {0.1, 0.01, 0};
  sample s = dependent_sample(0);
  sp_path path = fit(&s, given_grid(lambda, 3));
  for (ptrdiff_t l = 0; l < 2; l++)
    CHECK_NEAR(path.df[l], (double)(path.colptr[l + 1] - path.colptr[l]), 0);
  CHECK_NEAR(path.df[2], 6, 0);
  sp_path_clear(&path);
  sample_free(&s);
}

static void exhaustion_is_reported_and_leaves_nothing_behind(void) {
  const double beta[8] = {1, -1, 2, 3, 1, 1, 0.5, 1};
  sample s = dependent_sample(2);
  const sp_model_spec spec = sample_spec(&s, sample_dense(&s));
  sp_model m;
  CHECK_EQUAL(sp_model_init(&m, &spec, NULL), SP_OK);
  for (faults f = {0}; faults_next(&f);) {
    sp_rank known = {0};
    double df;
    const sp_status status = sp_rank_df(&known, &m.problem, beta, 0, &df, NULL, NULL);
    sp_rank_clear(&known);
    faults_check(&f, status);
  }
  sp_model_clear(&m);
  sample_free(&s);
}

int main(void) {
  RUN(columns_that_others_make_up_do_not_count);
  RUN(other_columns_have_another_rank);
  RUN(many_columns_are_looked_through);
  RUN(a_path_tells_the_rank);
  RUN(exhaustion_is_reported_and_leaves_nothing_behind);
  return check_report();
}
