#include "check.h"
#include "core/context.h"

typedef struct {
  int asked, stop;
  ptrdiff_t done, all;
} host;

static int ask(void *pointer) {
  host *h = (host *)pointer;
  h->asked++;
  return h->stop;
}

static void watch(void *pointer, ptrdiff_t done, ptrdiff_t all) {
  host *h = (host *)pointer;
  h->done = done;
  h->all = all;
}

static void poll_asks_the_host(void) {
  sp_error err = {{0}};
  host h = {0};
  const sp_context ctx = {.interrupted = ask, .host = &h};
  CHECK_EQUAL(sp_context_poll(&ctx, &err), SP_OK);
  CHECK_TEXT(err.message, "");
  h.stop = 1;
  CHECK_EQUAL(sp_context_poll(&ctx, &err), SP_ERR_INTERRUPTED);
  CHECK_TEXT(err.message, "interrupted");
  CHECK_EQUAL(h.asked, 2);
}

static void progress_reaches_the_host(void) {
  host h = {0};
  const sp_context ctx = {.progress = watch, .host = &h};
  sp_context_progress(&ctx, 3, 7);
  CHECK_EQUAL(h.done, 3);
  CHECK_EQUAL(h.all, 7);
}

static void everything_is_optional(void) {
  const sp_context empty = {0};
  CHECK_EQUAL(sp_context_poll(NULL, NULL), SP_OK);
  CHECK_EQUAL(sp_context_poll(&empty, NULL), SP_OK);
  sp_context_progress(NULL, 1, 2);
  sp_context_progress(&empty, 1, 2);
}

int main(void) {
  RUN(poll_asks_the_host);
  RUN(progress_reaches_the_host);
  RUN(everything_is_optional);
  return check_report();
}
