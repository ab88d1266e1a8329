#include "fault.h"

#include <stddef.h>

void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *pointer, size_t size);
void __real_free(void *pointer);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *pointer, size_t size);
void __wrap_free(void *pointer);

static long alive, until_failure;
static int happened;

void fault_arm(long k) {
  until_failure = k;
  happened = 0;
}

int fault_happened(void) {
  return happened;
}

long fault_alive(void) {
  return alive;
}

/* One failure only: code that overlooks it goes on, and is found out. */
static int must_fail(void) {
  if (until_failure == 0 || --until_failure > 0) return 0;
  happened = 1;
  return 1;
}

void *__wrap_calloc(size_t count, size_t size) {
  if (must_fail()) return NULL;
  void *pointer = __real_calloc(count, size);
  alive += pointer != NULL;
  return pointer;
}

void *__wrap_realloc(void *pointer, size_t size) {
  if (must_fail()) return NULL;
  void *moved = __real_realloc(pointer, size);
  alive += pointer == NULL && moved != NULL;
  return moved;
}

void __wrap_free(void *pointer) {
  alive -= pointer != NULL;
  __real_free(pointer);
}
