#include "check_fault.h"
#include "core/path/outline.h"
#include "sample.h"

#include <stdlib.h>
#include <string.h>

enum { N = 24, P = 300 /* more than a job has */, COUNT = 5 };

typedef struct {
  sample s;
  double v[COUNT][N];
  sp_model_spec specs[COUNT];
} weightings;

/* Each leaves a fifth of the rows out, and the others have weights of their own. */
static weightings *weightings_new(int intercept, int standardize) {
  weightings *w = malloc(sizeof *w);
  rng g = rng_seeded(5);
  w->s = sample_new(N, P, 3);
  w->s.intercept = intercept;
  w->s.standardize = standardize;
  sample_add_offset(&w->s, &g);
  for (ptrdiff_t i = 0; i < N; i++)
    w->s.x[i + 7 * N] = i == 2 ? 4 : 0.5; /* constant without row 2 */
  for (int m = 0; m < COUNT; m++) {
    double sum = 0;
    for (int i = 0; i < N; i++) sum += w->v[m][i] = i % COUNT == m ? 0 : 0.1 + rng_uniform(&g);
    for (int i = 0; i < N; i++) w->v[m][i] /= sum;
    w->specs[m] = sample_spec(&w->s, sample_dense(&w->s));
    w->specs[m].v = w->v[m];
  }
  return w;
}

static void weightings_free(weightings *w) {
  sample_free(&w->s);
  free(w);
}

static void check_outline(const sp_outline *o, const sp_model *alone) {
  const sp_std *z = &alone->design;
  for (ptrdiff_t j = 0; j < P; j++) {
    CHECK_NEAR(o->z.mean[j], z->mean[j], 0);
    CHECK_NEAR(o->z.center[j], z->center[j], 0);
    CHECK_NEAR(o->z.scale[j], z->scale[j], 0);
    CHECK_NEAR(o->z.sqnorm[j], z->sqnorm[j], 0);
    CHECK_EQUAL(o->z.constant[j], z->constant[j]);
    CHECK_NEAR(o->products[j], alone->products[j], 1e-13 * fmax(1, fabs(alone->products[j])));
  }
}

static void each_outline_is_that_of_a_model_alone(void) {
  for (int kind = 0; kind < 8; kind++) {
    weightings *w = weightings_new(kind & 1, (kind >> 1) & 1);
    sp_outline outlines[COUNT];
    CHECK_EQUAL(sp_outlines_init(outlines, w->specs, COUNT, 1 + (kind >> 2), NULL, NULL), SP_OK);
    for (int m = 0; m < COUNT; m++) {
      sp_model alone;
      CHECK_EQUAL(sp_model_init(&alone, &w->specs[m], NULL), SP_OK);
      check_outline(&outlines[m], &alone);
      sp_model_clear(&alone);
    }
    sp_outlines_clear(outlines, COUNT);
    weightings_free(w);
  }
}

/* Told to stop at the k-th question and not again. */
static int stop_once(void *host) {
  long *left = (long *)host;
  return --*left == 0;
}

static void an_interrupt_is_told(void) {
  weightings *w = weightings_new(1, 1);
  long k = 1;
  for (int interrupted = 1; interrupted; k++) {
    long left = k;
    const sp_context host = {.interrupted = stop_once, .host = &left};
    sp_crew_context crew;
    sp_outline outlines[COUNT];
    sp_crew_context_init(&crew, &host);
    const sp_status status = sp_outlines_init(outlines, w->specs, COUNT, 1, &crew.context, NULL);
    interrupted = left <= 0;
    CHECK_EQUAL(status, interrupted ? SP_ERR_INTERRUPTED : SP_OK);
    sp_outlines_clear(outlines, COUNT);
  }
  CHECK(k > 3);
  weightings_free(w);
}

static void exhaustion_leaves_nothing_behind(void) {
  weightings *w = weightings_new(1, 1);
  for (faults f = {.least = 7 * COUNT}; faults_next(&f);) {
    sp_outline outlines[COUNT];
    memset(outlines, 1, sizeof outlines);
    const sp_status status = sp_outlines_init(outlines, w->specs, COUNT, 1, NULL, NULL);
    faults_check(&f, status);
    sp_outlines_clear(outlines, COUNT);
    sp_outlines_clear(outlines, COUNT);
  }
  weightings_free(w);
}

int main(void) {
  RUN(each_outline_is_that_of_a_model_alone);
  RUN(an_interrupt_is_told);
  RUN(exhaustion_leaves_nothing_behind);
  return check_report();
}
