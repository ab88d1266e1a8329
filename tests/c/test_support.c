#include "check.h"
#include "core/solver/support.h"
#include "sample.h"

enum { SIZE = 12 };

/* A penalised quadratic whose members are in the factor, with a step to its minimum that some of
   them leave their pieces on. */
typedef struct {
  double factor[SIZE], lower[SIZE], upper[SIZE];
  double beta[SIZE], gradient[SIZE], gram[SIZE * SIZE], norm[SIZE];
  ptrdiff_t index[SIZE];
  sp_penalty penalty;
  sp_gram g;
  sp_support support;
} bench;

static void draw_gram(bench *b, rng *g) {
  double z[2 * SIZE * SIZE];
  for (int i = 0; i < 2 * SIZE * SIZE; i++) z[i] = rng_normal(g);
  for (int a = 0; a < SIZE; a++)
    for (int c = 0; c < SIZE; c++) {
      double sum = 0;
      for (int i = 0; i < 2 * SIZE; i++) sum += z[i + 2 * a * SIZE] * z[i + 2 * c * SIZE];
      b->gram[a + c * SIZE] = sum / (2 * SIZE);
      if (a == c) b->norm[a] = sqrt(b->gram[a + a * SIZE]);
    }
}

static void start(bench *b, int trial, rng *g) {
  memset(b, 0, sizeof *b);
  draw_gram(b, g);
  for (int k = 0; k < SIZE; k++) {
    b->index[k] = k;
    b->factor[k] = k == 3 ? 0 : 1 + 0.5 * rng_uniform(g);
    b->beta[k] = 0.4 * rng_normal(g);
    b->lower[k] = k % 4 == 1 ? -0.05 - fabs(b->beta[k]) : -INFINITY;
    b->upper[k] = k % 4 == 2 ? 0.05 + fabs(b->beta[k]) : INFINITY;
    b->gradient[k] = (trial % 3 ? 1 : 0.02) * rng_normal(g);
    if (trial % 3 == 0) b->gradient[k] += copysign(0.1 * b->factor[k], b->beta[k]);
  }
  b->penalty = sp_penalty_elastic_net(trial & 1 ? 0.5 : 1, b->factor, b->lower, b->upper);
  b->g = (sp_gram){.penalty = &b->penalty,
                   .lambda = 0.1,
                   .size = SIZE,
                   .index = b->index,
                   .beta = b->beta,
                   .gradient = b->gradient,
                   .norm = b->norm,
                   .alike = b->index,
                   .entries = b->gram,
                   .stride = SIZE};
  b->support.damping = trial & 2 ? 0.1 : 0;
  CHECK_EQUAL(sp_support_reserve(&b->support, SIZE, NULL), SP_OK);
  CHECK_EQUAL(sp_support_follow(&b->support, &b->g, NULL), SP_OK);
  sp_support_load(&b->support, &b->g);
  sp_support_solve(&b->support, &b->g);
}

/* Where the member of a row is after a share of the step; *met: at the end of its piece. */
static double position(const bench *b, ptrdiff_t row, double share, int *met) {
  sp_piece piece;
  const double d = b->support.step[row], from = b->beta[b->support.factor.label[row]];
  sp_gram_piece(&b->g, b->support.factor.label[row], &piece);
  const double end = sp_piece_end(&piece, d);
  *met = isfinite(end) && fabs(share * d) >= fabs(end - from);
  return *met ? end : from + share * d;
}

/* The objective there, up to a constant, with the damping as part of it. */
static double objective(const bench *b, double share) {
  const sp_support *s = &b->support;
  double moved[SIZE] = {0}, sum = 0;
  for (ptrdiff_t row = 0; row < s->factor.size; row++) {
    const ptrdiff_t k = s->factor.label[row];
    int met;
    const double at = position(b, row, share, &met);
    moved[k] = at - b->beta[k];
    sum += b->penalty.ops->value(&b->penalty, k, at, b->g.lambda);
  }
  for (int k = 0; k < SIZE; k++) {
    sum += moved[k] * (s->damping * b->gram[k + k * SIZE] * moved[k] / 2 - b->gradient[k]);
    for (int m = 0; m < SIZE; m++) sum += moved[k] * b->gram[k + m * SIZE] * moved[m] / 2;
  }
  return sum;
}

static ptrdiff_t meetings_until(const bench *b, double share) {
  ptrdiff_t count = 0;
  for (ptrdiff_t row = 0; row < b->support.factor.size; row++) {
    int met;
    position(b, row, share, &met);
    count += met;
  }
  return count;
}

static void check_meetings(const bench *b, ptrdiff_t met, double share) {
  for (ptrdiff_t m = 0; m < met; m++) {
    int is_met;
    const sp_meeting *meeting = &b->support.meetings[m];
    CHECK(m == 0 || meeting[-1].row > meeting->row);
    CHECK_NEAR(meeting->end, position(b, meeting->row, share * (1 + 1e-12), &is_met), 0);
    CHECK(is_met);
  }
}

/* Where, of so many points up to there, the objective has risen; none: the last. */
static int first_rise(const bench *b, double share, int points) {
  double last = objective(b, 0);
  for (int i = 1; i <= points; i++) {
    const double here = objective(b, share * i / points);
    if (here > last + 1e-13) return i;
    last = here;
  }
  return points;
}

/* The bent line falls up to where the search stops, and rises from there. */
static void the_search_stops_where_the_bent_line_first_rises(void) {
  enum { POINTS = 200 };
  int short_of_the_end = 0, several = 0, none = 0;
  rng g = rng_seeded(1);
  for (int trial = 0; trial < 400; trial++) {
    bench b;
    start(&b, trial, &g);
    ptrdiff_t met;
    const double share = sp_support_search(&b.support, &b.g, &met);
    CHECK(share > 0 && share <= 1);
    CHECK_EQUAL(met, meetings_until(&b, share < 1 ? share * (1 + 1e-12) : 1));
    CHECK(met > 0 || meetings_until(&b, 1) == 0);
    check_meetings(&b, met, share);
    CHECK_EQUAL(first_rise(&b, share, POINTS), POINTS);
    if (share < 1) CHECK(objective(&b, share + 1e-6) > objective(&b, share) - 1e-14);
    short_of_the_end += share < 1;
    several += met > 1;
    none += met == 0;
    sp_support_clear(&b.support);
  }
  CHECK(short_of_the_end > 100 && several > 100 && none > 20);
}

/* Two members in the same place meet their ends at once: none is left behind at its kink, although
   the objective rises from there on if but one of them stays. */
static void members_that_meet_their_ends_together_settle_together(void) {
  const double gram[3][3] = {{1, 0, 0.7}, {0, 1, 0.7}, {0.7, 0.7, 1}}, step[3] = {-2, -2, 1.5};
  bench b;
  rng g = rng_seeded(1);
  start(&b, 1, &g);
  sp_support_clear(&b.support);
  for (int k = 0; k < 3; k++) {
    b.factor[k] = 1;
    b.beta[k] = 1;
    b.lower[k] = -INFINITY;
    b.upper[k] = INFINITY;
    b.gradient[k] = 0.1;
    for (int m = 0; m < 3; m++) {
      b.gram[k + m * SIZE] = gram[k][m];
      b.gradient[k] += gram[k][m] * step[m];
    }
  }
  b.penalty = sp_penalty_elastic_net(1, b.factor, b.lower, b.upper);
  b.g.size = 3;
  CHECK_EQUAL(sp_support_reserve(&b.support, SIZE, NULL), SP_OK);
  CHECK_EQUAL(sp_support_follow(&b.support, &b.g, NULL), SP_OK);
  sp_support_load(&b.support, &b.g);
  sp_support_solve(&b.support, &b.g);
  for (int row = 0; row < 3; row++) {
    CHECK_NEAR(b.support.step[row], step[b.support.factor.label[row]], 1e-12);
    b.support.step[row] = step[b.support.factor.label[row]];
  }
  ptrdiff_t met;
  CHECK_NEAR(sp_support_search(&b.support, &b.g, &met), 0.5, 1e-15);
  CHECK_EQUAL(met, 2);
  sp_support_clear(&b.support);
}

/* What is left of the pull after a share of the step, and of L^-1 pull. */
static void a_share_of_the_step_leaves_the_rest(void) {
  rng g = rng_seeded(2);
  for (int trial = 0; trial < 40; trial++) {
    bench b;
    start(&b, trial, &g);
    const sp_support *s = &b.support;
    const double share = rng_uniform(&g);
    double beta[SIZE], step[SIZE], image[SIZE], left[SIZE];
    const ptrdiff_t size = s->factor.size;
    memcpy(step, s->step, sizeof step);
    memcpy(image, s->image, sizeof image);
    memcpy(beta, b.beta, sizeof beta);
    for (ptrdiff_t row = 0; row < size; row++) left[row] = (1 - share) * s->pull[row];
    sp_factor_solve_lower(&s->factor, left);
    CHECK(s->halfway);
    sp_support_go(&b.support, &b.g, share);
    for (ptrdiff_t row = 0; row < size; row++) {
      const ptrdiff_t k = s->factor.label[row];
      CHECK_NEAR(b.beta[k], beta[k] + share * step[row], 0);
      CHECK_NEAR(s->step[row], share * step[row], 0);
      CHECK_NEAR(s->image[row], share * image[row], 0);
      if (s->halfway) CHECK_NEAR(s->half[row], left[row], 1e-13);
    }
    CHECK_EQUAL(s->halfway, s->damping == 0);
    sp_support_clear(&b.support);
  }
}

/* Whoever is at rest stays out of the factor. */
static void lay_to_rest(bench *b, int share) {
  for (int k = 0; k < SIZE; k++)
    if (k % share != 0 && b->factor[k] > 0 && b->lower[k] < 0 && b->upper[k] > 0) {
      b->beta[k] = 0;
      b->gradient[k] *= 0.01;
    }
  CHECK_EQUAL(sp_support_follow(&b->support, &b->g, NULL), SP_OK);
}

/* After several steps, on which members leave the factor, all gradients are what the moves have
   made of them, be most members in the factor or few. */
static void gradients_arrive_together(void) {
  int few = 0, many = 0, left = 0;
  rng g = rng_seeded(3);
  for (int trial = 0; trial < 200; trial++) {
    bench b;
    sp_support *s = &b.support;
    start(&b, trial, &g);
    lay_to_rest(&b, 1 + trial / 4 % 4);
    double beta[SIZE], gradient[SIZE];
    const ptrdiff_t size = s->factor.size;
    memcpy(beta, b.beta, sizeof beta);
    memcpy(gradient, b.gradient, sizeof gradient);
    few += 2 * size < SIZE;
    many += 2 * size > SIZE;
    sp_support_depart(s, &b.g);
    for (int step = 0; step < trial % 5; step++) {
      ptrdiff_t met;
      sp_support_load(s, &b.g);
      sp_support_solve(s, &b.g);
      sp_support_go(s, &b.g, sp_support_search(s, &b.g, &met));
      sp_support_relieve(s, &b.g);
      for (ptrdiff_t m = 0; m < met; m++) sp_support_settle(s, &b.g, &s->meetings[m]);
    }
    sp_support_arrive(s, &b.g);
    left += s->factor.size < size;
    for (int k = 0; k < SIZE; k++) {
      double expected = gradient[k];
      for (int m = 0; m < SIZE; m++) expected -= b.gram[k + m * SIZE] * (b.beta[m] - beta[m]);
      CHECK_NEAR(b.gradient[k], expected, 1e-12);
    }
    sp_support_clear(s);
  }
  CHECK(few > 50 && many > 50 && left > 50);
}

/* Whoever joins brings half of the solution along, whether others were there before or not. */
static void half_of_the_solution_comes_with_those_who_join(void) {
  int later = 0;
  rng g = rng_seeded(4);
  for (int trial = 0; trial < 200; trial++) {
    bench b;
    sp_support *s = &b.support;
    start(&b, trial, &g);
    double beta[SIZE], gradient[SIZE], half[SIZE];
    memcpy(beta, b.beta, sizeof beta);
    memcpy(gradient, b.gradient, sizeof gradient);
    lay_to_rest(&b, 1 + trial / 4 % 4);
    const ptrdiff_t before = s->factor.size;
    memcpy(b.beta, beta, sizeof beta);
    for (int k = 0; k < SIZE; k++) b.gradient[k] = gradient[k] * (1 + rng_uniform(&g));
    CHECK_EQUAL(sp_support_follow(s, &b.g, NULL), SP_OK);
    CHECK_EQUAL(s->halfway, s->factor.size > before);
    later += before > 0 && s->factor.size > before;
    sp_support_load(s, &b.g);
    memcpy(half, s->pull, sizeof half);
    sp_factor_solve_lower(&s->factor, half);
    for (ptrdiff_t row = 0; row < s->factor.size && s->halfway; row++)
      CHECK_NEAR(s->half[row], half[row], 1e-12);
    sp_support_clear(s);
  }
  CHECK(later > 50);
}

int main(void) {
  RUN(the_search_stops_where_the_bent_line_first_rises);
  RUN(members_that_meet_their_ends_together_settle_together);
  RUN(a_share_of_the_step_leaves_the_rest);
  RUN(gradients_arrive_together);
  RUN(half_of_the_solution_comes_with_those_who_join);
  return check_report();
}
