#include "alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int overflows(ptrdiff_t count, size_t size) {
  return count < 0 || (size > 0 && (size_t)count > PTRDIFF_MAX / size);
}

/* `out` points to a pointer of some object type; memcpy stores through it without aliasing. */
static void store(void *out, const void *pointer) {
  memcpy(out, &pointer, sizeof pointer);
}

sp_status sp_alloc(void *out, ptrdiff_t count, size_t size, sp_error *err) {
  void *pointer = NULL;
  if (!overflows(count, size)) pointer = calloc(count > 0 ? (size_t)count : 1, size);
  store(out, pointer);
  if (!pointer)
    return sp_fail(err, SP_ERR_MEMORY, "cannot allocate %td elements of %zu bytes", count, size);
  return SP_OK;
}

sp_status sp_resize(void *inout, ptrdiff_t count, size_t size, sp_error *err) {
  void *old;
  memcpy(&old, inout, sizeof old);
  void *pointer = NULL;
  if (!overflows(count, size)) pointer = realloc(old, (count > 0 ? (size_t)count : 1) * size);
  if (!pointer)
    return sp_fail(err, SP_ERR_MEMORY, "cannot allocate %td elements of %zu bytes", count, size);
  store(inout, pointer);
  return SP_OK;
}

void sp_free(void *pointer) {
  free(pointer);
}
