/* Memory: sizes are checked for overflow, freeing NULL is allowed, nothing is ever half-owned. */
#ifndef SP_ALLOC_H
#define SP_ALLOC_H

#include "status.h"

#include <stddef.h>

/* Sets *out to `count` zeroed elements of `size` bytes, which the caller owns (sp_free); on failure
   to NULL. */
sp_status sp_alloc(void *out, ptrdiff_t count, size_t size, sp_error *err);

/* Resizes *inout to `count` elements, keeping what fits; what is new is not zeroed. On
   failure *inout is unchanged. */
sp_status sp_resize(void *inout, ptrdiff_t count, size_t size, sp_error *err);

void sp_free(void *pointer);

/* SP_ALLOC(&x->beta, p, err): the element size comes from the pointer's type. */
#define SP_ALLOC(out, count, err) sp_alloc((out), (count), sizeof **(out), (err))
#define SP_RESIZE(inout, count, err) sp_resize((inout), (count), sizeof **(inout), (err))

#endif
