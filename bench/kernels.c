/* Speed of the core's own kernels beside OpenBLAS, one thread:
 *
 *   make bench-kernels
 *
 * The Gram matrix X'X by sp_design_ops.cross, SP_BATCH columns at a time as the working set does,
 * against dsyrk; X'r by sp_design_ops.mul_t against dgemv. Best of some repetitions; GFlop/s count
 * a multiplication and an addition as two, and for the Gram matrix one triangle. */
#define _POSIX_C_SOURCE 199309L
#include "core/design/design.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void dsyrk_(const char *, const char *, const int *, const int *, const double *, const double *,
            const int *, const double *, double *, const int *);
void dgemv_(const char *, const int *, const int *, const double *, const double *, const int *,
            const double *, const int *, const double *, double *, const int *);

typedef struct {
  sp_design design;
  int n, p;
  double *x, *r, *gram, *products, *scratch, *zeros;
  ptrdiff_t *cols;
} problem;

static void gram_own(problem *m) {
  double sums[SP_BATCH];
  for (ptrdiff_t first = 0; first < m->p; first += SP_BATCH) {
    const ptrdiff_t count = m->p - first < SP_BATCH ? m->p - first : SP_BATCH;
    m->design.ops->cross(&m->design, m->cols, first + count, m->cols + first, count, m->zeros, NULL,
                         m->scratch, m->products, sums);
  }
}

static void gram_blas(problem *m) {
  const double one = 1, zero = 0;
  dsyrk_("L", "T", &m->p, &m->n, &one, m->x, &m->n, &zero, m->gram, &m->p);
}

static void pass_own(problem *m) {
  const double *u[1] = {m->r};
  m->design.ops->mul_t(&m->design, m->cols, m->p, u, 1, m->products);
}

static void pass_blas(problem *m) {
  const double one = 1, zero = 0;
  const int step = 1;
  dgemv_("T", &m->n, &m->p, &one, m->x, &m->n, m->r, &step, &zero, m->products, &step);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The best time of at least five runs and half a second. */
static double best_of(void (*run)(problem *), problem *m) {
  double best = 1e9, total = 0;
  for (int k = 0; k < 5 || total < 0.5; k++) {
    const double start = now();
    run(m);
    const double took = now() - start;
    best = took < best ? took : best;
    total += took;
  }
  return best;
}

static void compare(int n, int p) {
  problem m = {.n = n, .p = p};
  const size_t size = (size_t)n * (size_t)p;
  m.x = malloc(size * sizeof *m.x);
  m.r = malloc((size_t)n * sizeof *m.r);
  m.gram = malloc((size_t)p * (size_t)p * sizeof *m.gram);
  m.products = malloc(SP_BATCH * (size_t)p * sizeof *m.products);
  m.scratch = malloc(SP_CROSS_SCRATCH * sizeof *m.scratch);
  m.zeros = calloc(SP_BATCH, sizeof *m.zeros);
  m.cols = malloc((size_t)p * sizeof *m.cols);
  for (size_t e = 0; e < size; e++) m.x[e] = (double)(e * 2654435761u % 1000) / 1000 - 0.5;
  for (int i = 0; i < n; i++) m.r[i] = (double)(i % 7) - 3;
  for (int j = 0; j < p; j++) m.cols[j] = j;
  m.design = sp_design_dense(n, p, m.x);
  const double gram = (double)n * p * (p + 1.0) / 1e9, pass = 2.0 * n * p / 1e9;
  printf("| %d x %d | %.1f | %.1f | %.1f | %.1f |\n", n, p, gram / best_of(gram_own, &m),
         gram / best_of(gram_blas, &m), pass / best_of(pass_own, &m),
         pass / best_of(pass_blas, &m));
  free(m.x);
  free(m.r);
  free(m.gram);
  free(m.products);
  free(m.scratch);
  free(m.zeros);
  free(m.cols);
}

int main(void) {
  printf("| n x p | Gram, GFlop/s | dsyrk | X'r, GFlop/s | dgemv |\n|---|---:|---:|---:|---:|\n");
  compare(200, 1000);
  compare(2000, 2000);
  compare(10000, 500);
  compare(100000, 100);
  compare(200, 20000 / 4);
  return 0;
}
