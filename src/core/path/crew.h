/* Threads for jobs that do not depend on each other. Without OpenMP they run one after the
   other. */
#ifndef SP_CREW_H
#define SP_CREW_H

#include "../context.h"

/* One context for all threads: the host is asked by the thread that called only, the others hear of
   it. */
typedef struct {
  const sp_context *host;
  _Atomic int stop;
  _Atomic ptrdiff_t done;
  sp_context context;
} sp_crew_context;

void sp_crew_context_init(sp_crew_context *crew, const sp_context *host);

/* One more of `all` is done: the host is told by the thread that called. */
void sp_crew_progress(sp_crew_context *crew, ptrdiff_t all);

/* Calls run(job, data) for jobs 0 .. count - 1 on up to `threads` threads, in any order. A job may
   do so itself with one thread: its own. */
void sp_crew_run(int threads, ptrdiff_t count, void (*run)(ptrdiff_t job, void *data), void *data);

#endif
