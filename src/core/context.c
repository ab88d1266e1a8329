#include "context.h"

sp_status sp_context_poll(const sp_context *ctx, sp_error *err) {
  if (ctx && ctx->interrupted && ctx->interrupted(ctx->host))
    return sp_fail(err, SP_ERR_INTERRUPTED, "interrupted");
  return SP_OK;
}

void sp_context_progress(const sp_context *ctx, ptrdiff_t done, ptrdiff_t all) {
  if (ctx && ctx->progress) ctx->progress(ctx->host, done, all);
}
