#include "design.h"

#include "../alloc.h"

#include <math.h>
#include <string.h>

void sp_rows_clear(sp_rows *rows) {
  sp_free(rows->rowptr);
  sp_free(rows->colidx);
  sp_free(rows->values);
  memset(rows, 0, sizeof *rows);
}

void sp_moments_see(sp_moments *m, double value, int counts) {
  const double size = fabs(value);
  if (!isfinite(value))
    m->largest = NAN;
  else if (counts && size > m->largest)
    m->largest = size;
}

double sp_scaled_norm(ptrdiff_t n, const double *values, const int *rowidx, const double *v,
                      double shift, double largest) {
  if (n == 0 || largest == 0) return 0;
  const double unit = (largest < 1e-100 || largest > 1e100) ? largest : 1;
  double sum = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double weight = v ? v[rowidx ? rowidx[i] : i] : 1;
    const double d = (values[i] - shift) / unit;
    if (weight > 0) sum += weight * (d * d);
  }
  return unit * sqrt(v ? sum : sum / (double)n);
}

ptrdiff_t sp_design_batch(const sp_design *x) {
  return x->ops->cross ? SP_BATCH : SP_FEW;
}

static const sp_design_ops rowless_ops = {.name = "rowless"};

sp_design sp_design_rowless(ptrdiff_t p) {
  return (sp_design){.ops = &rowless_ops, .n = 0, .p = p, .entries = 0, .data = NULL};
}
