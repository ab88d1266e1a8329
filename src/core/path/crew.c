#include "crew.h"

#ifdef _OPENMP
#include <omp.h>
#endif

static int is_caller(void) {
#ifdef _OPENMP
  return omp_get_thread_num() == 0;
#else
  return 1;
#endif
}

static int is_stopped(void *crew) {
  sp_crew_context *c = (sp_crew_context *)crew;
  if (is_caller() && sp_context_poll(c->host, NULL) != SP_OK) c->stop = 1;
  return c->stop;
}

void sp_crew_context_init(sp_crew_context *crew, const sp_context *host) {
  crew->host = host;
  crew->stop = 0;
  crew->done = 0;
  crew->context = (sp_context){.interrupted = is_stopped, .host = crew};
}

void sp_crew_progress(sp_crew_context *crew, ptrdiff_t all) {
  const ptrdiff_t done = ++crew->done;
  if (is_caller()) sp_context_progress(crew->host, done, all);
}

void sp_crew_run(int threads, ptrdiff_t count, void (*run)(ptrdiff_t job, void *data), void *data) {
  if (threads > count) threads = (int)count;
#ifdef _OPENMP
  if (threads > 1) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (ptrdiff_t job = 0; job < count; job++) run(job, data);
    return;
  }
#endif
  for (ptrdiff_t job = 0; job < count; job++) run(job, data);
}
