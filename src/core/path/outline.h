/* What a least-squares model knows of the columns of X, for several weightings of the rows at once:
 * one reading of X serves all. */
#ifndef SP_OUTLINE_H
#define SP_OUTLINE_H

#include "crew.h"
#include "model.h"

enum { SP_OUTLINES = 16 /* at most at once */ };

typedef struct {
  sp_std z;
  double *products; /* p; with the residual of the null model */
  sp_known known;   /* of the null model; its gradient: `products` */
} sp_outline;

/* Of `count` specs that differ in their weights only. Results do not depend on `threads`. `ctx` is
   that of a crew, which once stopped remains so. Clear also after a failure. */
sp_status sp_outlines_init(sp_outline *outlines, const sp_model_spec *specs, ptrdiff_t count,
                           int threads, const sp_context *ctx, sp_error *err);
void sp_outlines_clear(sp_outline *outlines, ptrdiff_t count);

#endif
