#include "check_fault.h"
#include "core/design/coarse.h"
#include "core/kernels.h"
#include "core/path/model.h"
#include "sample.h"

#include <math.h>
#include <stdlib.h>

enum { N = 70, P = 12 };

typedef struct {
  sample s;
  sp_model m;
  sp_coarse coarse;
  sp_coarse_vector vector;
} setup;

/* Columns of many kinds: binary, constant, far from zero, huge, tiny, with an outlier. */
static void spoil(sample *s, rng *g) {
  for (ptrdiff_t i = 0; i < N; i++) {
    s->x[i] = rng_uniform(g) < 0.3;
    s->x[i + N] = 3;
    s->x[i + 2 * N] += 1e6;
    s->x[i + 3 * N] *= 1e140;
    s->x[i + 4 * N] *= 1e-140;
    s->x[i + 5 * N] = i == 7 ? 1e4 : s->x[i + 5 * N];
  }
}

static setup *set_up(int variant) {
  setup *u = calloc(1, sizeof *u);
  rng g = rng_seeded((uint64_t)variant);
  u->s = sample_new(N, P, (uint64_t)variant);
  spoil(&u->s, &g);
  if (variant & 1) sample_add_weights(&u->s, &g);
  u->s.intercept = (variant & 2) == 0;
  u->s.standardize = (variant & 4) != 0;
  const sp_model_spec spec = sample_spec(&u->s, sample_dense(&u->s));
  CHECK_EQUAL(sp_model_init(&u->m, &spec, NULL), SP_OK);
  CHECK_EQUAL(sp_coarse_init(&u->coarse, u->m.design.x, NULL), SP_OK);
  CHECK_EQUAL(sp_coarse_vector_init(&u->vector, &u->coarse, NULL), SP_OK);
  for (ptrdiff_t j = 0; j < P; j++)
    sp_coarse_round(&u->coarse, u->m.design.x, j, u->m.design.mean[j]);
  return u;
}

static void tear_down(setup *u) {
  sp_coarse_clear(&u->coarse);
  sp_coarse_vector_clear(&u->vector);
  sp_model_clear(&u->m);
  sample_free(&u->s);
  free(u);
}

/* ||x_j - middle - unit digit|| from the definition. */
static double miss(const setup *u, ptrdiff_t j) {
  const sp_coarse *c = &u->coarse;
  long double square = 0;
  for (ptrdiff_t i = 0; i < N; i++) {
    const long double rounded =
        (long double)c->middle[j] + (long double)c->unit[j] * c->digit[i + j * c->stride];
    square += (u->s.x[i + j * N] - rounded) * (u->s.x[i + j * N] - rounded);
  }
  return (double)sqrtl(square);
}

static void the_copy_is_off_by_half_a_unit_at_most(void) {
  for (int variant = 0; variant < 8; variant++) {
    setup *u = set_up(variant);
    const sp_coarse *c = &u->coarse;
    CHECK_EQUAL(c->stride, 2 * SP_BYTES);
    for (ptrdiff_t j = 0; j < P; j++) {
      const double half = c->unit[j] / 2 * (1 + 1e-9) + 1e-9 * fabs(c->middle[j]);
      int largest = 0;
      for (ptrdiff_t i = 0; i < N; i++) {
        const int digit = c->digit[i + j * c->stride];
        CHECK(fabs(u->s.x[i + j * N] - c->middle[j] - c->unit[j] * digit) <= half);
        largest = abs(digit) > largest ? abs(digit) : largest;
      }
      CHECK_EQUAL(largest, c->unit[j] > 0 ? 127 : 0);
      for (ptrdiff_t i = N; i < c->stride; i++) CHECK_EQUAL(c->digit[i + j * c->stride], 0);
      const double quarter = c->unit[j] * sqrt(N) / 4, off = miss(u, j);
      CHECK(c->miss[j] >= off * (1 - 1e-12) && c->miss[j] >= quarter);
      CHECK(c->miss[j] <= fmax(off, quarter) * (1 + 1e-6) + 1e-300);
    }
    tear_down(u);
  }
}

/* |digit_ij| <= 127 meets what rounding took from g: unit_j 127 sqrt(n) ||f||, in quarters of
   unit_j sqrt(n). */
static void check_vector(const sp_coarse_vector *v, const double *values) {
  long double square = 0;
  for (ptrdiff_t i = 0; i < N; i++) {
    const long double f = values[i] - (long double)v->unit * v->digit[i];
    CHECK(fabsl(f) <= v->unit / 2 * (1 + 1e-9));
    square += f * f;
  }
  CHECK(v->blur >= 4 * 127 * sqrtl(square) * (1 - 1e-12));
}

/* Products against the definition, with vectors that are smooth, spiky and zero. */
static void products_are_within_their_bound(void) {
  double closest = 0;
  for (int variant = 0; variant < 24; variant++) {
    setup *u = set_up(variant % 8);
    rng g = rng_seeded((uint64_t)variant);
    double values[N], out[P];
    long double square = 0;
    sp_rowvec vector = {.values = values};
    ptrdiff_t cols[P];
    for (ptrdiff_t i = 0; i < N; i++) {
      values[i] = variant < 8 ? rng_normal(&g) : variant < 16 ? pow(rng_normal(&g), 9) : 0;
      vector.sum += values[i];
      square += (long double)values[i] * values[i];
    }
    for (ptrdiff_t j = 0; j < P; j++) cols[j] = P - 1 - j;
    sp_coarse_vector_set(&u->vector, &u->coarse, &vector);
    check_vector(&u->vector, values);
    sp_coarse_products(&u->coarse, &u->m.design, cols, P, &u->vector, out);
    for (ptrdiff_t a = 0; a < P; a++) {
      const ptrdiff_t j = cols[a];
      const sp_std *z = &u->m.design;
      long double sum = 0;
      for (ptrdiff_t i = 0; i < N; i++)
        sum += ((long double)u->s.x[i + j * N] - z->center[j]) * values[i] / z->scale[j];
      const double off = fabs(out[a] - (double)sum), length = (double)sqrtl(square);
      const double bound = u->coarse.miss[j] / z->scale[j] * (length + u->vector.blur);
      const double rounding = 1e-14 * (fabs(z->mean[j]) / z->scale[j] + sqrt(N * z->sqnorm[j]));
      CHECK(off <= bound + rounding * length);
      if (bound > 100 * rounding * length) closest = fmax(closest, off / bound);
    }
    tear_down(u);
  }
  CHECK(closest > 0.2);
}

/* Nothing is then known of the products. */
static void what_is_no_number_blurs_everything(void) {
  const double bad[] = {NAN, INFINITY, -INFINITY};
  for (int k = 0; k < 3; k++) {
    setup *u = set_up(0);
    double values[N] = {1, 2, 3};
    const sp_rowvec vector = {.values = values};
    values[5] = bad[k];
    sp_coarse_vector_set(&u->vector, &u->coarse, &vector);
    CHECK(!isfinite(u->vector.blur));
    tear_down(u);
  }
}

static sp_status use(sp_coarse *c, sp_coarse_vector *v, const sp_design *x) {
  SP_TRY(sp_coarse_init(c, x, NULL));
  return sp_coarse_vector_init(v, c, NULL);
}

static void exhaustion_is_reported_and_leaves_nothing_behind(void) {
  setup *u = set_up(0);
  for (faults f = {0}; faults_next(&f);) {
    sp_coarse c;
    sp_coarse_vector v = {0};
    const sp_status status = use(&c, &v, u->m.design.x);
    faults_check(&f, status);
    sp_coarse_clear(&c);
    sp_coarse_vector_clear(&v);
  }
  tear_down(u);
}

int main(void) {
  RUN(the_copy_is_off_by_half_a_unit_at_most);
  RUN(products_are_within_their_bound);
  RUN(what_is_no_number_blurs_everything);
  RUN(exhaustion_is_reported_and_leaves_nothing_behind);
  return check_report();
}
