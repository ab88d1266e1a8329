#include "check.h"
#include "core/solver/gram.h"
#include "sample.h"

enum { SIZE = 4 };

/* Members 0 and 2 are one column in other units, 2 of the opposite sign; 1 and 3 stand alone. */
typedef struct {
  double factor[SIZE], lower[SIZE], upper[SIZE], beta[SIZE], gradient[SIZE], diagonal[SIZE];
  double entries[SIZE * SIZE];
  ptrdiff_t index[SIZE], alike[SIZE];
  sp_penalty penalty;
  sp_gram g;
} bench;

static void start(bench *b, double alpha) {
  *b = (bench){.factor = {1, 1, 1.5, 1},
               .beta = {0.2, 0, 0, 0},
               .gradient = {0.1, 0.05, -0.15 - 1e-7, 0.3},
               .diagonal = {1, 1, 2.25, 1},
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
                   .diagonal = b->diagonal,
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

static void equal_columns_are_found(void) {
  bench b;
  start(&b, 1);
  CHECK_EQUAL(sp_gram_find_equal(b.entries + 2 * SIZE, b.diagonal, 2), 0);
  CHECK_EQUAL(sp_gram_find_equal(b.entries + 1 * SIZE, b.diagonal, 1), 1);
  CHECK_EQUAL(sp_gram_find_equal(b.entries + 3 * SIZE, b.diagonal, 3), 3);
  CHECK(sp_gram_has_equals(&b.g));
  b.entries[2 * SIZE] *= 1 - 1e-12;
  CHECK_EQUAL(sp_gram_find_equal(b.entries + 2 * SIZE, b.diagonal, 2), 2);
  b.alike[2] = 2;
  CHECK(!sp_gram_has_equals(&b.g));
  /* Columns that do not vary are not equal to anything. */
  memset(b.entries, 0, sizeof b.entries);
  b.diagonal[0] = 0;
  CHECK_EQUAL(sp_gram_find_equal(b.entries + SIZE, b.diagonal, 1), 1);
  b.diagonal[1] = 0;
  CHECK_EQUAL(sp_gram_find_equal(b.entries + SIZE, b.diagonal, 1), 1);
}

int main(void) {
  RUN(a_column_does_not_follow_its_equal);
  RUN(it_does_where_that_cannot_serve);
  RUN(with_a_ridge_part_equals_share);
  RUN(equal_columns_are_found);
  return check_report();
}
