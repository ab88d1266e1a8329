#include "loss.h"

#include <string.h>

static const sp_loss_ops *const registry[] = {
    &sp_loss_gaussian,
};

const sp_loss_ops *sp_loss_find(const char *name) {
  for (size_t k = 0; k < sizeof registry / sizeof *registry; k++)
    if (strcmp(registry[k]->name, name) == 0) return registry[k];
  return NULL;
}
