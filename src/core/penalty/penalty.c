#include "penalty.h"

int sp_penalty_is_excluded(const sp_penalty *h, ptrdiff_t j) {
  return h->lower[j] == 0 && h->upper[j] == 0;
}
