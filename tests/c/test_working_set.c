#include "check_fault.h"
#include "core/alloc.h"
#include "core/solver/gram.h"
#include "core/solver/working_set.h"
#include "sample.h"

#include <stdlib.h>

typedef struct {
  sample s;
  sp_std z;
  double *explicit;
} setup;

static setup set_up(ptrdiff_t n, ptrdiff_t p, int variant) {
  rng g = rng_seeded((uint64_t)variant);
  setup u = {.s = sample_new(n, p, (uint64_t)variant)};
  sample_thin(&u.s, &g, 0.2);
  if (variant & 1) sample_add_weights(&u.s, &g);
  u.s.intercept = (variant & 2) != 0;
  u.s.standardize = (variant & 4) != 0;
  return u;
}

static void describe(setup *u, int sparse) {
  const sp_design *x = sparse ? sample_sparse(&u->s) : sample_dense(&u->s);
  CHECK_EQUAL(sp_std_init(&u->z, x, u->s.v, u->s.intercept, u->s.standardize, NULL), SP_OK);
  u->explicit = sample_standardized(&u->s);
}

static void tear_down(setup *u) {
  sp_std_clear(&u->z);
  free(u->explicit);
  sample_free(&u->s);
}

static double naive_product(const setup *u, ptrdiff_t j, ptrdiff_t k) {
  const sample *s = &u->s;
  long double sum = 0;
  for (ptrdiff_t i = 0; i < s->n; i++)
    sum +=
        (long double)sample_weight(s, i) * u->explicit[i + j * s->n] * u -> explicit[i + k * s->n];
  return (double)sum;
}

static void check_gram(const setup *u, const sp_working_set *w) {
  double worst = 0, asymmetry = 0;
  for (ptrdiff_t k = 0; k < w->size; k++)
    for (ptrdiff_t l = 0; l < w->size; l++) {
      const double found = sp_working_set_gram(w, k)[l];
      worst = fmax(worst, fabs(found - naive_product(u, w->index[k], w->index[l])));
      asymmetry = fmax(asymmetry, fabs(found - sp_working_set_gram(w, l)[k]));
    }
  CHECK_NEAR(worst, 0, 1e-11);
  CHECK_NEAR(asymmetry, 0, 0);
}

/* Adds all columns in a scrambled order (stride must not divide p), in crowds of 0, 1, 2 ... */
static void add_all(const setup *u, sp_working_set *w, ptrdiff_t stride) {
  const ptrdiff_t p = u->s.p;
  ptrdiff_t *cols = calloc((size_t)p, sizeof *cols);
  for (ptrdiff_t k = 0; k < p; k++) cols[k] = k * stride % p;
  for (ptrdiff_t begin = 0, crowd = 0; begin < p; begin += crowd++) {
    const ptrdiff_t count = begin + crowd < p ? crowd : p - begin;
    if (count > 0) CHECK_EQUAL(w->position[cols[begin]], -1);
    CHECK_EQUAL(sp_working_set_add(w, &u->z, cols + begin, count, NULL), SP_OK);
    CHECK_EQUAL(w->size, begin + count);
    for (ptrdiff_t k = begin; k < w->size; k++) w->gradient[k] = 0.5 + (double)cols[k];
  }
  for (ptrdiff_t k = 0; k < p; k++) {
    CHECK_EQUAL(w->index[k], cols[k]);
    CHECK_EQUAL(w->position[cols[k]], k);
    CHECK_NEAR(w->gradient[k], 0.5 + (double)cols[k], 0);
  }
  free(cols);
}

static void the_gram_matrix_grows_column_by_column(void) {
  for (int variant = 0; variant < 16; variant++) {
    setup u = set_up(12, 7, variant);
    describe(&u, variant & 8);
    sp_working_set w;
    CHECK_EQUAL(sp_working_set_init(&w, &u.z, NULL, NULL), SP_OK);
    CHECK_EQUAL(w.size, 0);
    add_all(&u, &w, 3);
    check_gram(&u, &w);
    sp_working_set_clear(&w);
    tear_down(&u);
  }
}

/* Past the first capacity, past a doubled one, and into one that p cuts short. */
static void growth_keeps_what_is_there(void) {
  const ptrdiff_t sizes[] = {1, 63, 64, 65, 131, 150};
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
    setup u = set_up(9, sizes[k], 6);
    describe(&u, 0);
    sp_working_set w;
    CHECK_EQUAL(sp_working_set_init(&w, &u.z, NULL, NULL), SP_OK);
    add_all(&u, &w, 1);
    CHECK(w.capacity <= sizes[k]);
    check_gram(&u, &w);
    sp_working_set_clear(&w);
    tear_down(&u);
  }
}

/* Sparse columns are multiplied by rows once that is cheaper, unless their means are large. */
static void sparse_products_by_rows_are_the_same(void) {
  for (int variant = 0; variant < 8; variant++)
    for (int large_means = 0; large_means < 2; large_means++) {
      setup u = set_up(40, 60, variant);
      rng g = rng_seeded(8);
      sample_thin(&u.s, &g, 0.8);
      for (ptrdiff_t i = 0; large_means && i < 40; i++) u.s.x[i] += 1e3;
      describe(&u, 1);
      sp_working_set w;
      CHECK_EQUAL(sp_working_set_init(&w, &u.z, NULL, NULL), SP_OK);
      add_all(&u, &w, 7);
      CHECK_EQUAL(w.with_all != NULL, !(large_means && u.s.intercept));
      if (!large_means || u.s.intercept) check_gram(&u, &w);
      sp_working_set_clear(&w);
      tear_down(&u);
    }
}

/* Whoever stands for them may leave. */
static void members_know_their_equals_whoever_leaves(void) {
  setup u = set_up(30, 6, 0);
  sp_working_set w;
  const ptrdiff_t first[] = {0, 1, 2, 3}, more[] = {5, 1};
  for (ptrdiff_t i = 0; i < 30; i++) {
    u.s.x[i + 3 * 30] = -2 * u.s.x[i + 30];
    u.s.x[i + 5 * 30] = 3 * u.s.x[i + 30];
  }
  describe(&u, 0);
  CHECK_EQUAL(sp_working_set_init(&w, &u.z, NULL, NULL), SP_OK);
  CHECK_EQUAL(sp_working_set_add(&w, &u.z, first, 4, NULL), SP_OK);
  for (ptrdiff_t k = 0; k < 4; k++) CHECK_EQUAL(w.alike[k], k == 3 ? 1 : k);
  ptrdiff_t place[] = {-1, -1, 0, 0};
  w.norm[3] = 7; /* goes along */
  sp_working_set_keep(&w, place);
  CHECK_EQUAL(w.alike[0], 2);
  CHECK_EQUAL(w.alike[1], 1);
  CHECK_NEAR(w.norm[1], 7, 0);
  w.norm[1] = sqrt(u.z.sqnorm[3]);
  CHECK_EQUAL(sp_working_set_add(&w, &u.z, more, 2, NULL), SP_OK);
  CHECK_EQUAL(w.alike[2], 1);
  CHECK_EQUAL(w.alike[3], 1);
  sp_working_set_clear(&w);
  tear_down(&u);
}

static void sorted_members_stand_in_the_order_of_their_columns(void) {
  setup u = set_up(9, 40, 3);
  sp_working_set w;
  const ptrdiff_t cols[] = {31, 4, 17, 39, 0, 22};
  describe(&u, 1);
  CHECK_EQUAL(sp_working_set_init(&w, &u.z, NULL, NULL), SP_OK);
  CHECK_EQUAL(sp_working_set_add(&w, &u.z, cols, 6, NULL), SP_OK);
  sp_working_set_sort(&w, 40);
  CHECK_EQUAL(w.size, 6);
  for (ptrdiff_t k = 1; k < 6; k++) CHECK(w.index[k - 1] < w.index[k]);
  for (ptrdiff_t j = 0, members = 0; j < 40; j++) {
    if (w.position[j] < 0) continue;
    members++;
    CHECK_EQUAL(w.index[w.position[j]], j);
    CHECK(members <= 6);
  }
  for (int a = 0; a < 6; a++) CHECK(w.position[cols[a]] >= 0);
  sp_working_set_clear(&w);
  tear_down(&u);
}

/* Who stays keeps order, gradient and products; growth goes on as before. */
static void keeping_some_compacts_everything(void) {
  for (int with_gram = 0; with_gram < 2; with_gram++) {
    setup u = set_up(20, 70, 7);
    describe(&u, 0);
    sp_working_set w;
    CHECK_EQUAL(sp_working_set_init(&w, &u.z, NULL, NULL), SP_OK);
    if (!with_gram) {
      free(w.gram);
      w.gram = NULL;
    }
    add_all(&u, &w, 3);
    ptrdiff_t place[70];
    for (ptrdiff_t a = 0; a < 70; a++) place[a] = a % 7 == 2 || a == 69 ? 0 : -1;
    sp_working_set_keep(&w, place);
    CHECK_EQUAL(w.size, 11);
    for (ptrdiff_t a = 0; a < 70; a++) {
      const ptrdiff_t j = a * 3 % 70, at = a % 7 == 2 ? a / 7 : a == 69 ? 10 : -1;
      CHECK_EQUAL(place[a], at);
      CHECK_EQUAL(w.position[j], at);
      if (at >= 0) CHECK(w.index[at] == j && w.gradient[at] == 0.5 + (double)j);
    }
    const ptrdiff_t back[] = {w.position[0] < 0 ? 0 : 3, 9};
    if (with_gram) check_gram(&u, &w);
    CHECK_EQUAL(w.position[9], -1);
    CHECK_EQUAL(sp_working_set_add(&w, &u.z, back, 2, NULL), SP_OK);
    if (with_gram) check_gram(&u, &w);
    sp_working_set_clear(&w);
    tear_down(&u);
  }
}

/* gradient -= G change, around the blocks of four. */
static void shift_moves_the_gradients(void) {
  setup u = set_up(20, 11, 7);
  describe(&u, 0);
  sp_working_set w;
  CHECK_EQUAL(sp_working_set_init(&w, &u.z, NULL, NULL), SP_OK);
  add_all(&u, &w, 3);
  const ptrdiff_t members[] = {9, 2, 5, 0, 10, 7, 3, 1, 8};
  const double change[] = {0.5, -1, 2, 0.1, -0.7, 1.1, 3, -2, 0.4};
  for (ptrdiff_t count = 0; count <= 9; count++) {
    double expected[11];
    for (ptrdiff_t k = 0; k < 11; k++) {
      w.gradient[k] = expected[k] = 0.1 * (double)k;
      for (ptrdiff_t a = 0; a < count; a++)
        expected[k] -= change[a] * naive_product(&u, w.index[members[a]], w.index[k]);
    }
    const sp_gram g = {
        .size = w.size, .gradient = w.gradient, .entries = w.gram, .stride = w.capacity};
    sp_gram_carry(&g, members, change, count);
    for (ptrdiff_t k = 0; k < 11; k++) CHECK_NEAR(w.gradient[k], expected[k], 1e-12);
  }
  sp_working_set_clear(&w);
  tear_down(&u);
}

/* A mean far from zero must not cost the products their digits. */
static void products_are_accurate_beside_a_large_mean(void) {
  setup u = set_up(40, 4, 7);
  for (ptrdiff_t k = 0; k < 160; k++) u.s.x[k] = 1e6 + ldexp(rint(ldexp(u.s.x[k], 20)), -20);
  describe(&u, 0);
  sp_working_set w;
  CHECK_EQUAL(sp_working_set_init(&w, &u.z, NULL, NULL), SP_OK);
  add_all(&u, &w, 1);
  double worst = 0;
  for (ptrdiff_t k = 0; k < 4; k++)
    for (ptrdiff_t l = 0; l < 4; l++)
      worst = fmax(worst, fabs(sp_working_set_gram(&w, k)[l] - naive_product(&u, k, l)));
  CHECK_NEAR(worst, 0, 1e-9);
  sp_working_set_clear(&w);
  tear_down(&u);
}

/* A set as it stands after `size` additions, without the work of making them. */
static void pretend_size(sp_working_set *w, const setup *u, ptrdiff_t size) {
  CHECK_EQUAL(sp_working_set_init(w, &u->z, NULL, NULL), SP_OK);
  SP_RESIZE(&w->index, size, NULL);
  SP_RESIZE(&w->gradient, size, NULL);
  SP_RESIZE(&w->norm, size, NULL);
  SP_RESIZE(&w->alike, size, NULL);
  SP_RESIZE(&w->products, SP_BATCH * size, NULL);
  sp_free(w->gram);
  SP_ALLOC(&w->gram, size * size, NULL);
  for (ptrdiff_t k = 0; k < size; k++) {
    w->index[k] = k;
    w->position[k] = k;
    w->gradient[k] = (double)k;
    w->norm[k] = 1;
    w->alike[k] = k;
  }
  w->gram[size * size - 1] = 17;
  w->size = w->capacity = size;
}

/* The limit is 50 times the stored entries per column, between 1024 and 4096. */
static void check_given_up_past(ptrdiff_t n, ptrdiff_t limit) {
  setup u = set_up(n, limit + 900, 0);
  describe(&u, 0);
  sp_working_set w;
  pretend_size(&w, &u, limit);
  const ptrdiff_t entering[] = {limit + 400, limit + 300};
  CHECK_EQUAL(sp_working_set_add(&w, &u.z, entering, 2, NULL), SP_OK);
  CHECK(w.gram == NULL);
  CHECK_EQUAL(w.size, limit + 2);
  CHECK_EQUAL(w.index[limit + 1], limit + 300);
  CHECK_EQUAL(w.position[limit + 300], limit + 1);
  CHECK_NEAR(w.gradient[limit - 1], (double)(limit - 1), 0);
  sp_working_set_clear(&w);
  tear_down(&u);
}

static void the_gram_matrix_is_given_up_past_its_limit(void) {
  check_given_up_past(1, 1024);
  check_given_up_past(90, 4096);
}

static void check_kept_up_to(ptrdiff_t n, ptrdiff_t limit) {
  setup u = set_up(n, limit, 0);
  describe(&u, 0);
  sp_working_set w;
  const ptrdiff_t half = limit / 2, entering = half + 300;
  pretend_size(&w, &u, half);
  CHECK_EQUAL(sp_working_set_add(&w, &u.z, &entering, 1, NULL), SP_OK);
  CHECK(w.gram != NULL);
  CHECK_EQUAL(w.capacity, limit);
  CHECK_NEAR(sp_working_set_gram(&w, half - 1)[half - 1], 17, 0);
  CHECK_NEAR(sp_working_set_gram(&w, half)[7], naive_product(&u, entering, 7), 1e-12);
  CHECK_NEAR(sp_working_set_gram(&w, 7)[half], naive_product(&u, entering, 7), 1e-12);
  sp_working_set_clear(&w);
  tear_down(&u);
}

static void the_gram_matrix_is_kept_up_to_its_limit(void) {
  check_kept_up_to(1, 1024);
  check_kept_up_to(90, 4096);
}

/* Members that are not yet with rows, and those that are. */
static void a_gram_matrix_that_was_given_up_is_formed_anew(void) {
  for (int variant = 0; variant < 8; variant++) {
    setup u = set_up(40, 70, variant);
    rng g = rng_seeded(9);
    sample_thin(&u.s, &g, 0.8);
    describe(&u, 1);
    sp_working_set w;
    CHECK_EQUAL(sp_working_set_init(&w, &u.z, NULL, NULL), SP_OK);
    w.largest_gram = 64;
    add_all(&u, &w, 3);
    CHECK(w.gram == NULL && w.capacity == 70);
    CHECK_EQUAL(sp_working_set_take_up_gram(&w, &u.z, NULL, NULL), SP_OK);
    CHECK_EQUAL(w.size, 70);
    CHECK_EQUAL(w.largest_gram, SP_GRAM_MOST);
    check_gram(&u, &w);
    sp_working_set_clear(&w);
    tear_down(&u);
  }
}

static int stop_at_zero(void *left) {
  return --*(int *)left == 0;
}

static void what_forms_it_anew_is_interrupted_for_every_batch(void) {
  enum { P = 70 };
  setup u = set_up(40, P, 0);
  describe(&u, 1);
  const ptrdiff_t batch = sp_design_batch(u.z.x), batches = (P + batch - 1) / batch;
  for (int k = 1; k <= batches + 1; k++) {
    int left = k;
    const sp_context ctx = {.interrupted = stop_at_zero, .host = &left};
    const long alive = fault_alive();
    sp_working_set w;
    CHECK_EQUAL(sp_working_set_init(&w, &u.z, NULL, NULL), SP_OK);
    w.largest_gram = 64;
    add_all(&u, &w, 3);
    const sp_status status = sp_working_set_take_up_gram(&w, &u.z, &ctx, NULL);
    CHECK_EQUAL(status, k <= batches ? SP_ERR_INTERRUPTED : SP_OK);
    sp_working_set_clear(&w);
    CHECK_EQUAL(fault_alive(), alive);
  }
  tear_down(&u);
}

/* The allocations of init, those of the growth at 64, and those of the Gram matrix formed anew. */
static void exhaustion_is_reported_and_leaves_nothing_behind(void) {
  setup u = set_up(40, 70, 0);
  rng g = rng_seeded(9);
  sample_thin(&u.s, &g, 0.9);
  describe(&u, 1);
  for (faults f = {0}; faults_next(&f);) {
    sp_working_set w;
    sp_status status = sp_working_set_init(&w, &u.z, NULL, NULL);
    for (ptrdiff_t j = 0; j < 70 && status == SP_OK; j++)
      status = sp_working_set_add(&w, &u.z, &j, 1, NULL);
    if (status == SP_OK) {
      sp_working_set_give_up_gram(&w);
      status = sp_working_set_take_up_gram(&w, &u.z, NULL, NULL);
    }
    faults_check(&f, status);
    sp_working_set_clear(&w);
    sp_working_set_clear(&w);
  }
  tear_down(&u);
}

int main(void) {
  RUN(the_gram_matrix_grows_column_by_column);
  RUN(growth_keeps_what_is_there);
  RUN(sparse_products_by_rows_are_the_same);
  RUN(members_know_their_equals_whoever_leaves);
  RUN(sorted_members_stand_in_the_order_of_their_columns);
  RUN(keeping_some_compacts_everything);
  RUN(shift_moves_the_gradients);
  RUN(products_are_accurate_beside_a_large_mean);
  RUN(the_gram_matrix_is_given_up_past_its_limit);
  RUN(the_gram_matrix_is_kept_up_to_its_limit);
  RUN(a_gram_matrix_that_was_given_up_is_formed_anew);
  RUN(what_forms_it_anew_is_interrupted_for_every_batch);
  RUN(exhaustion_is_reported_and_leaves_nothing_behind);
  return check_report();
}
