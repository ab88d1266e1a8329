/* What the host lends to a long computation: a way to stop it and a way to watch it. */
#ifndef SP_CONTEXT_H
#define SP_CONTEXT_H

#include "status.h"

#include <stddef.h>

typedef struct {
  int (*interrupted)(void *host);                              /* nonzero: stop; may be NULL */
  void (*progress)(void *host, ptrdiff_t done, ptrdiff_t all); /* may be NULL */
  void *host;
} sp_context;

/* SP_ERR_INTERRUPTED once the host asks to stop. `ctx` may be NULL. */
sp_status sp_context_poll(const sp_context *ctx, sp_error *err);

void sp_context_progress(const sp_context *ctx, ptrdiff_t done, ptrdiff_t all);

#endif
