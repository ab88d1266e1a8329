#include "check.h"
#include "core/solver/factor.h"
#include "fault.h"
#include "sample.h"

#include <stdlib.h>
#include <string.h>

enum { MEMBERS = 90 };

/* Gram matrix of random vectors, plus `ridge`; members 7k + 6 are sums of earlier ones. */
static double *gram_matrix(uint64_t seed, double ridge) {
  rng g = rng_seeded(seed);
  double *z = calloc(MEMBERS * MEMBERS, sizeof *z), *gram = calloc(MEMBERS * MEMBERS, sizeof *gram);
  for (int j = 0; j < MEMBERS; j++)
    for (int i = 0; i < MEMBERS; i++) {
      double *column = z + j * MEMBERS;
      column[i] = rng_normal(&g);
      if (j % 7 == 6) column[i] = column[i - MEMBERS] - 2 * column[i - 3 * MEMBERS];
    }
  for (int a = 0; a < MEMBERS; a++)
    for (int b = 0; b < MEMBERS; b++) {
      long double sum = a == b ? ridge : 0;
      for (int i = 0; i < MEMBERS; i++) sum += (long double)z[i + a * MEMBERS] * z[i + b * MEMBERS];
      gram[a + b * MEMBERS] = (double)sum;
    }
  free(z);
  return gram;
}

/* What is left of the diagonal of `label` after elimination of the members, from scratch. */
static double naive_rest(const double *gram, const ptrdiff_t *members, ptrdiff_t m,
                         ptrdiff_t label) {
  long double *a = calloc((size_t)(m * m) + 1, sizeof *a), rhs[MEMBERS], rest;
  for (ptrdiff_t i = 0; i < m; i++) {
    rhs[i] = gram[members[i] + label * MEMBERS];
    for (ptrdiff_t k = 0; k < m; k++) a[i + k * m] = gram[members[i] + members[k] * MEMBERS];
  }
  solve_naively(m, a, rhs);
  rest = gram[label + label * MEMBERS];
  for (ptrdiff_t i = 0; i < m; i++) rest -= rhs[i] * gram[members[i] + label * MEMBERS];
  free(a);
  return (double)rest;
}

static sp_status append_group(sp_factor *f, const double *gram, int count, const ptrdiff_t *labels,
                              double *b, int *dependent) {
  double cross[SP_FACTOR_GROUP][MEMBERS + SP_FACTOR_GROUP], *rows[SP_FACTOR_GROUP] = {0};
  for (int a = 0; a < count; a++) {
    const double *column = gram + labels[a] * MEMBERS;
    rows[a] = cross[a];
    for (ptrdiff_t i = 0; i < f->size; i++) cross[a][i] = column[f->label[i]];
    for (int e = 0; e <= a; e++) cross[a][f->size + e] = column[labels[e]];
  }
  return sp_factor_append(f, count, labels, rows, b, dependent, NULL);
}

static sp_status append(sp_factor *f, const double *gram, ptrdiff_t label, int *dependent) {
  return append_group(f, gram, 1, &label, NULL, dependent);
}

/* L L' is the matrix of the members in their order, and the labels are those expected. */
static void check_factor(const sp_factor *f, const double *gram, const ptrdiff_t *members,
                         ptrdiff_t m) {
  CHECK_EQUAL(f->size, m);
  double worst = 0;
  for (ptrdiff_t i = 0; i < m; i++) {
    CHECK_EQUAL(f->label[i], members[i]);
    CHECK(f->row[i][i] > 0);
    for (ptrdiff_t k = 0; k <= i; k++) {
      double sum = 0;
      for (ptrdiff_t l = 0; l <= k; l++) sum += f->row[i][l] * f->row[k][l];
      worst = fmax(worst, fabs(sum - gram[members[i] + members[k] * MEMBERS]));
    }
  }
  CHECK_NEAR(worst, 0, 1e-10);
}

static void check_solve(const sp_factor *f, const double *gram, rng *g) {
  double b[MEMBERS], rhs[MEMBERS];
  for (ptrdiff_t i = 0; i < f->size; i++) b[i] = rhs[i] = rng_normal(g);
  sp_factor_solve(f, b);
  double worst = 0;
  for (ptrdiff_t i = 0; i < f->size; i++) {
    double sum = -rhs[i];
    for (ptrdiff_t k = 0; k < f->size; k++) sum += gram[f->label[i] + f->label[k] * MEMBERS] * b[k];
    worst = fmax(worst, fabs(sum));
  }
  CHECK_NEAR(worst, 0, 1e-8);
}

static ptrdiff_t find(const ptrdiff_t *members, ptrdiff_t m, ptrdiff_t label) {
  for (ptrdiff_t i = 0; i < m; i++)
    if (members[i] == label) return i;
  return -1;
}

/* Up to a group of members that are not in yet; returns their number. */
static int draw_group(rng *g, const ptrdiff_t *members, ptrdiff_t m, ptrdiff_t *labels) {
  const int wanted = 1 + (int)rng_below(g, SP_FACTOR_GROUP);
  int count = 0;
  for (int trial = 0; trial < 50 && count < wanted; trial++) {
    const ptrdiff_t label = rng_below(g, MEMBERS);
    if (find(members, m, label) < 0 && find(labels, count, label) < 0) labels[count++] = label;
  }
  return count;
}

/* Appends a group and checks which of it were refused; returns the new number of members. */
static ptrdiff_t walk_in(sp_factor *f, const double *gram, rng *g, ptrdiff_t *members, ptrdiff_t m,
                         int *refused) {
  ptrdiff_t labels[SP_FACTOR_GROUP];
  int dependent[SP_FACTOR_GROUP];
  const int count = draw_group(g, members, m, labels);
  double b[MEMBERS], expected[MEMBERS];
  for (ptrdiff_t i = 0; i < m; i++) b[i] = expected[i] = rng_normal(g);
  sp_factor_solve_lower(f, expected);
  CHECK_EQUAL(append_group(f, gram, count, labels, count % 3 ? b : NULL, dependent), SP_OK);
  for (ptrdiff_t i = 0; i < m && count % 3; i++) CHECK_NEAR(b[i], expected[i], 1e-9);
  for (int a = 0; a < count; a++) {
    const double diagonal = gram[labels[a] + labels[a] * MEMBERS];
    CHECK_EQUAL(dependent[a], naive_rest(gram, members, m, labels[a]) < 1e-10 * diagonal);
    *refused += dependent[a];
    if (!dependent[a]) members[m++] = labels[a];
  }
  return m;
}

/* Groups come and single members go, more of either from time to time. */
static void random_walk(uint64_t seed, double ridge, int steps) {
  rng g = rng_seeded(seed);
  double *gram = gram_matrix(seed, ridge);
  sp_factor f = {0};
  ptrdiff_t members[MEMBERS], m = 0;
  int refused = 0;
  for (int step = 0; step < steps; step++) {
    if (m > 0 && rng_uniform(&g) < (step / 60 % 2 ? 0.9 : 0.5)) {
      const ptrdiff_t at = rng_below(&g, m);
      sp_factor_delete(&f, at);
      memmove(members + at, members + at + 1, (size_t)(--m - at) * sizeof *members);
    } else {
      m = walk_in(&f, gram, &g, members, m, &refused);
    }
    if (step % 10 == 0) check_factor(&f, gram, members, m);
    if (step % 10 == 0) check_solve(&f, gram, &g);
  }
  CHECK(ridge > 0 || refused > 0);
  sp_factor_clear(&f);
  free(gram);
}

static void the_factor_follows_its_members(void) {
  random_walk(1, 0, 600);
  random_walk(2, 0.5, 600);
  random_walk(3, 0, 200);
}

static void a_factor_can_be_emptied_and_filled_again(void) {
  double *gram = gram_matrix(4, 1);
  ptrdiff_t members[40];
  sp_factor f = {0};
  int dependent;
  rng g = rng_seeded(4);
  for (int round = 0; round < 2; round++) {
    for (ptrdiff_t k = 0; k < 40; k++) append(&f, gram, members[k] = k, &dependent);
    check_factor(&f, gram, members, 40);
    check_solve(&f, gram, &g);
    for (ptrdiff_t k = 0; k < 40; k++) sp_factor_delete(&f, round ? 0 : f.size - 1);
    CHECK_EQUAL(f.size, 0);
  }
  sp_factor_clear(&f);
  CHECK(f.label == NULL && f.row == NULL && f.pool == NULL && f.capacity == 0);
  sp_factor_clear(&f);
  free(gram);
}

/* One unknown after the other is fixed; the others solve what is left, from a forward substitution
   that is done once. */
static void fixing_unknowns_needs_no_forward_substitution(void) {
  double *gram = gram_matrix(6, 1), b[MEMBERS], half[MEMBERS], rest[MEMBERS];
  sp_factor f = {0};
  ptrdiff_t members[40], m = 40;
  int dependent;
  rng g = rng_seeded(6);
  for (ptrdiff_t k = 0; k < m; k++) append(&f, gram, members[k] = 2 * k, &dependent);
  for (ptrdiff_t k = 0; k < m; k++) half[k] = b[k] = rng_normal(&g);
  sp_factor_solve_lower(&f, half);
  while (m > 0) {
    const ptrdiff_t at = m % 5 == 0 ? m - 1 : rng_below(&g, m), label = members[at];
    const double value = rng_normal(&g);
    sp_factor_fix(&f, at, value, half);
    memmove(members + at, members + at + 1, (size_t)(--m - at) * sizeof *members);
    memmove(b + at, b + at + 1, (size_t)(m - at) * sizeof *b);
    for (ptrdiff_t i = 0; i < m; i++) b[i] -= value * gram[members[i] + label * MEMBERS];
    memcpy(rest, b, sizeof b);
    sp_factor_solve_lower(&f, rest);
    for (ptrdiff_t i = 0; i < m; i++) CHECK_NEAR(half[i], rest[i], 1e-10);
    check_factor(&f, gram, members, m);
  }
  sp_factor_clear(&f);
  free(gram);
}

/* The threshold itself: relative to the diagonal, whatever the scale. */
static void dependence_is_relative_to_the_diagonal(void) {
  const double scales[] = {1e-8, 1, 1e8}, rests[] = {0.5e-10, 2e-10};
  for (int s = 0; s < 3; s++)
    for (int r = 0; r < 2; r++) {
      sp_factor f = {0};
      const ptrdiff_t labels[] = {5, 6};
      int dependent[] = {-1, -1};
      double first[] = {4}, second[] = {2 * sqrt(scales[s] * (1 - rests[r])), scales[s]};
      double *const cross[] = {first, second};
      CHECK_EQUAL(sp_factor_append(&f, 2, labels, cross, NULL, dependent, NULL), SP_OK);
      CHECK_EQUAL(dependent[0], 0);
      CHECK_EQUAL(dependent[1], r == 0);
      CHECK_EQUAL(f.size, r == 0 ? 1 : 2);
      sp_factor_clear(&f);
    }
}

static void a_member_without_length_is_dependent(void) {
  const double lengths[] = {0, NAN};
  const ptrdiff_t label = 0;
  sp_factor f = {0};
  for (int k = 0; k < 2; k++) {
    double diagonal[] = {lengths[k]}, *const cross[] = {diagonal};
    int dependent = 0;
    CHECK_EQUAL(sp_factor_append(&f, 1, &label, cross, NULL, &dependent, NULL), SP_OK);
    CHECK_EQUAL(dependent, 1);
    CHECK_EQUAL(f.size, 0);
  }
  sp_factor_clear(&f);
}

/* At the first growth and at the next, at each of the allocations; what was there still stands. */
static void append_reports_exhaustion(void) {
  double *gram = gram_matrix(5, 1);
  ptrdiff_t members[33];
  rng g = rng_seeded(5);
  for (int start = 0; start <= 32; start += 32)
    for (long k = 1; k <= 4; k++) {
      const long alive = fault_alive();
      sp_factor f = {0};
      int dependent = 0;
      for (ptrdiff_t j = 0; j < start; j++) append(&f, gram, members[j] = j, &dependent);
      fault_arm(k);
      CHECK_EQUAL(append(&f, gram, start, &dependent), SP_ERR_MEMORY);
      fault_arm(0);
      check_factor(&f, gram, members, start);
      check_solve(&f, gram, &g);
      CHECK_EQUAL(append(&f, gram, members[start] = start, &dependent), SP_OK);
      check_factor(&f, gram, members, start + 1);
      sp_factor_clear(&f);
      CHECK_EQUAL(fault_alive(), alive);
    }
  free(gram);
}

/* up up' - down down', with `down` so short that something is left. */
static void a_change_of_rank_two_is_that_of_the_matrix(void) {
  double *gram = gram_matrix(6, 0.5);
  ptrdiff_t members[MEMBERS];
  rng g = rng_seeded(6);
  for (ptrdiff_t size = 1; size < 60; size += 1 + size / 6) {
    sp_factor f = {0};
    int dependent;
    double up[MEMBERS], down[MEMBERS], length = 0;
    for (ptrdiff_t k = 0; k < size; k++) append(&f, gram, members[k] = (7 * k) % 60, &dependent);
    for (ptrdiff_t k = 0; k < size; k++) {
      up[k] = rng_normal(&g);
      down[k] = rng_normal(&g);
    }
    double solved[MEMBERS];
    memcpy(solved, down, sizeof down);
    sp_factor_solve(&f, solved);
    for (ptrdiff_t k = 0; k < size; k++) length += solved[k] * down[k];
    for (ptrdiff_t k = 0; k < size; k++) down[k] *= sqrt(0.9 / length);
    double *changed = calloc(MEMBERS * MEMBERS, sizeof *changed);
    for (ptrdiff_t a = 0; a < size; a++)
      for (ptrdiff_t b = 0; b < size; b++)
        changed[members[a] + members[b] * MEMBERS] =
            gram[members[a] + members[b] * MEMBERS] + up[a] * up[b] - down[a] * down[b];
    sp_factor_modify(&f, up, down);
    check_factor(&f, changed, members, size);
    sp_factor_clear(&f);
    free(changed);
  }
  free(gram);
}

static void what_is_not_positive_definite_empties_the_factor(void) {
  const double shares[] = {0.999, 1, 1.5};
  for (int k = 0; k < 3; k++) {
    sp_factor f = {0};
    const ptrdiff_t label = 3;
    double diagonal[] = {4}, up[] = {0},
           down[] = {2 * sqrt(shares[k])}, *const cross[] = {diagonal};
    int dependent;
    CHECK_EQUAL(sp_factor_append(&f, 1, &label, cross, NULL, &dependent, NULL), SP_OK);
    sp_factor_modify(&f, up, down);
    CHECK_EQUAL(f.size, k == 0);
    sp_factor_clear(&f);
  }
}

int main(void) {
  RUN(the_factor_follows_its_members);
  RUN(a_factor_can_be_emptied_and_filled_again);
  RUN(fixing_unknowns_needs_no_forward_substitution);
  RUN(dependence_is_relative_to_the_diagonal);
  RUN(a_member_without_length_is_dependent);
  RUN(append_reports_exhaustion);
  RUN(a_change_of_rank_two_is_that_of_the_matrix);
  RUN(what_is_not_positive_definite_empties_the_factor);
  return check_report();
}
