#include "penalty.h"

#include <math.h>

int sp_penalty_is_free(const sp_penalty *h, ptrdiff_t j) {
  return h->factor[j] == 0 && isinf(h->lower[j]) && isinf(h->upper[j]);
}

int sp_penalty_is_excluded(const sp_penalty *h, ptrdiff_t j) {
  return h->lower[j] == 0 && h->upper[j] == 0;
}
