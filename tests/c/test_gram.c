#include "check.h"
#include "core/solver/gram.h"
#include "sample.h"

#include <stdlib.h>

enum { SIZE = 4 };

/* Members 0 and 2 are one column in other units, 2 of the opposite sign; 1 and 3 stand alone. */
typedef struct {
  double factor[SIZE], lower[SIZE], upper[SIZE], beta[SIZE], gradient[SIZE], sqnorm[SIZE];
  double entries[SIZE * SIZE], norm[SIZE];
  ptrdiff_t index[SIZE], alike[SIZE];
  sp_penalty penalty;
  sp_gram g;
} bench;

static void start(bench *b, double alpha) {
  *b = (bench){.factor = {1, 1, 1.5, 1},
               .beta = {0.2, 0, 0, 0},
               .gradient = {0.1, 0.05, -0.15 - 1e-7, 0.3},
               .sqnorm = {1, 1, 2.25, 1},
               .norm = {1, 1, 1.5, 1},
               .index = {0, 1, 2, 3},
               .alike = {0, 1, 0, 3}};
  const double entries[SIZE * SIZE] = {1,    0.3,   -1.5, 0, /**/ 0.3, 1, -0.45, 0,
                                       -1.5, -0.45, 2.25, 0, /**/ 0,   0, 0,     1};
  memcpy(b->entries, entries, sizeof entries);
  for (int k = 0; k < SIZE; k++) {
    b->lower[k] = -INFINITY;
    b->upper[k] = INFINITY;
  }
  b->penalty = sp_penalty_elastic_net(alpha, b->factor, b->lower, b->upper);
  b->g = (sp_gram){.penalty = &b->penalty,
                   .lambda = 0.1 / alpha,
                   .size = SIZE,
                   .index = b->index,
                   .beta = b->beta,
                   .gradient = b->gradient,
                   .sqnorm = b->sqnorm,
                   .norm = b->norm,
                   .alike = b->alike,
                   .entries = b->entries,
                   .stride = SIZE};
}

/* Does member 2, whose gradient is a little beyond its cut, leave zero? */
static int follows(const bench *b) {
  return sp_gram_descend(&b->g, 2, 1e-12) != 0;
}

static void a_column_does_not_follow_its_equal(void) {
  bench b;
  start(&b, 1);
  CHECK(!follows(&b));
  CHECK(b.beta[2] == 0 && b.gradient[0] == 0.1);
  CHECK(sp_gram_descend(&b.g, 3, 1e-12) != 0); /* one that stands alone */
}

static void it_does_where_that_cannot_serve(void) {
  bench b;
  start(&b, 1);
  b.beta[0] = 0; /* at rest as well */
  CHECK(follows(&b));
  start(&b, 1);
  b.upper[0] = 0.2; /* at its bound */
  CHECK(follows(&b));
  start(&b, 1);
  b.factor[0] = 1 + 1e-9; /* dearer */
  CHECK(follows(&b));
  start(&b, 1);
  b.factor[0] = 0.5; /* cheaper */
  CHECK(!follows(&b));
}

static void with_a_ridge_part_equals_share(void) {
  bench b;
  start(&b, 0.5);
  CHECK(follows(&b));
}

static void members_that_equal_others_are_noticed(void) {
  bench b;
  start(&b, 1);
  CHECK(sp_gram_has_equals(&b.g));
  b.alike[2] = 2;
  CHECK(!sp_gram_has_equals(&b.g));
}

enum { ROWS = 40 };

/* Column 2 is column 0 in other units, of the opposite sign and shifted. */
static sample with_equals(int standardize) {
  sample s = sample_new(ROWS, SIZE, 7);
  s.standardize = standardize;
  for (int i = 0; i < ROWS; i++) s.x[i + 2 * ROWS] = 3 - 1.7 * s.x[i];
  return s;
}

/* Whom member k is found to equal, by the Gram matrix of rows with weights v h (h NULL: of v) and
   without the mean in that metric. */
static ptrdiff_t equal_of(sample *s, const double *h, int sparse, ptrdiff_t k) {
  const ptrdiff_t index[SIZE] = {0, 1, 2, 3};
  double column[SIZE] = {0}, norm[SIZE] = {0}, scratch[ROWS];
  sp_std z;
  const sp_design *x = sparse ? sample_sparse(s) : sample_dense(s);
  CHECK_EQUAL(sp_std_init(&z, x, s->v, s->intercept, s->standardize, NULL), SP_OK);
  double *rows = sample_standardized(s), total = 0;
  for (int i = 0; i < ROWS; i++) total += sp_std_weight(&z, i) * (h ? h[i] : 1);
  for (int j = 0; j < SIZE; j++) {
    double mean = 0;
    for (int i = 0; i < ROWS; i++)
      mean += sp_std_weight(&z, i) * (h ? h[i] : 1) * rows[i + j * ROWS] / total;
    for (int i = 0; i < ROWS; i++) rows[i + j * ROWS] -= mean;
  }
  for (int i = 0; i < ROWS; i++)
    for (int j = 0; j < SIZE; j++) {
      const double w = sp_std_weight(&z, i) * (h ? h[i] : 1), value = rows[i + j * ROWS];
      column[j] += w * value * rows[i + k * ROWS];
      norm[j] += w * value * value;
    }
  for (int j = 0; j < SIZE; j++) norm[j] = sqrt(norm[j]);
  const ptrdiff_t found = sp_gram_find_equal(&z, NULL, index, column, norm, k, scratch);
  free(rows);
  sp_std_clear(&z);
  return found;
}

static void equal_columns_are_found(void) {
  for (int kind = 0; kind < 8; kind++) {
    const int sparse = kind & 1;
    sample s = with_equals(kind & 2);
    rng g = rng_seeded(3);
    if (kind & 4) sample_add_weights(&s, &g);
    CHECK_EQUAL(equal_of(&s, NULL, sparse, 2), 0);
    CHECK_EQUAL(equal_of(&s, NULL, sparse, 1), 1);
    CHECK_EQUAL(equal_of(&s, NULL, sparse, 3), 3);
    for (int j = 0; j < SIZE; j++)
      for (int i = 0; i < ROWS; i++) s.x[i + j * ROWS] *= 1e-120;
    CHECK_EQUAL(equal_of(&s, NULL, sparse, 2), 0);
    CHECK_EQUAL(equal_of(&s, NULL, sparse, 1), 1);
    for (int i = 0; i < ROWS; i++) s.x[i + ROWS] = 1e-120;
    CHECK_EQUAL(equal_of(&s, NULL, sparse, 1), 1); /* a constant is no multiple of a column */
    CHECK_EQUAL(equal_of(&s, NULL, sparse, 3), 3); /* nor the other way round */
    sample_free(&s);
  }
}

/* Where X is not at hand. */
static void equal_columns_are_found_by_their_products(void) {
  const ptrdiff_t index[SIZE] = {0, 1, 2, 3};
  const sp_design x = sp_design_rowless(SIZE);
  const sp_std z = {.x = &x};
  for (double change = 0; change<1e-5; change = change> 0 ? 10 * change : 1e-9) {
    double known[SIZE * SIZE] = {0}, norm[SIZE];
    sample s = with_equals(1);
    rng g = rng_seeded(5);
    for (int i = 0; i < ROWS; i++) s.x[i + 2 * ROWS] += change * rng_normal(&g);
    double *rows = sample_standardized(&s);
    for (int e = 0; e < SIZE * SIZE; e++)
      for (int i = 0; i < ROWS; i++)
        known[e] += rows[i + e % SIZE * ROWS] * rows[i + e / SIZE * ROWS] / ROWS;
    for (int j = 0; j < SIZE; j++) norm[j] = sqrt(known[j + j * SIZE]);
    for (int k = 1; k < SIZE; k++)
      CHECK_EQUAL(sp_gram_find_equal(&z, known, index, known + k * SIZE, norm, k, NULL),
                  k == 2 && change == 0 ? 0 : k);
    free(rows);
    sample_free(&s);
  }
}

/* A column without variation has products like any other's, times zero. */
static void a_constant_column_has_no_equal_products(void) {
  const ptrdiff_t index[2] = {0, 1};
  const sp_design x = sp_design_rowless(2);
  const sp_std z = {.x = &x};
  const double first[4] = {1, 0, 0, 0}, second[4] = {0, 0, 0, 1};
  CHECK_EQUAL(sp_gram_find_equal(&z, first, index, first + 2, (double[]){1, 0}, 1, NULL), 1);
  CHECK_EQUAL(sp_gram_find_equal(&z, second, index, second + 2, (double[]){0, 1}, 1, NULL), 1);
}

/* Their products agree in all digits. */
static void nearly_equal_columns_are_told_apart(void) {
  for (double change = 1e-12; change < 1e-5; change *= 10) {
    sample s = with_equals(1);
    rng g = rng_seeded(4);
    for (int i = 0; i < ROWS; i++) s.x[i + 2 * ROWS] += change * rng_normal(&g);
    CHECK_EQUAL(equal_of(&s, NULL, 0, 2), 2);
    sample_free(&s);
  }
}

/* Far from its mean the digits of a column are worth less, and with them its copies'. */
static void copies_of_columns_far_from_zero_are_found(void) {
  sample s = with_equals(1);
  for (int i = 0; i < ROWS; i++) s.x[i] += 1e5;
  for (int i = 0; i < ROWS; i++) s.x[i + 2 * ROWS] = -0.3 * s.x[i];
  CHECK_EQUAL(equal_of(&s, NULL, 0, 2), 0);
  sample_free(&s);
}

/* Columns differ in a row that has next to no curvature: the residual there may be large. */
static void what_curvature_hides_is_seen(void) {
  double h[ROWS];
  sample s = with_equals(1);
  for (int i = 0; i < ROWS; i++) h[i] = 1;
  CHECK_EQUAL(equal_of(&s, h, 0, 2), 0);
  h[5] = 1e-18;
  s.x[5 + 2 * ROWS] += 4;
  CHECK_EQUAL(equal_of(&s, h, 0, 2), 2);
  sample_free(&s);
}

int main(void) {
  RUN(a_column_does_not_follow_its_equal);
  RUN(it_does_where_that_cannot_serve);
  RUN(with_a_ridge_part_equals_share);
  RUN(members_that_equal_others_are_noticed);
  RUN(equal_columns_are_found);
  RUN(equal_columns_are_found_by_their_products);
  RUN(a_constant_column_has_no_equal_products);
  RUN(nearly_equal_columns_are_told_apart);
  RUN(copies_of_columns_far_from_zero_are_found);
  RUN(what_curvature_hides_is_seen);
  return check_report();
}
