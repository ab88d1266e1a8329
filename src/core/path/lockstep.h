/* Paths of penalised least squares on the same X and grid that make their passes over X together: one
 * reading serves all that wait for one. */
#ifndef SP_LOCKSTEP_H
#define SP_LOCKSTEP_H

#include "crew.h"
#include "model.h"

enum { SP_RUNNERS = 16 /* at most */ };

/* What is asked for, and what came of it. */
typedef struct {
  const sp_model_spec *spec; /* borrowed; with weights of its own */
  const int *held_out;       /* borrowed; `held_out_count` rows */
  ptrdiff_t held_out_count;
  sp_path *path;     /* empty */
  double *error_sum; /* as of sp_fold_fit; options->count */
  sp_status status;
  sp_error *error;
} sp_runner;

/* The specs differ from `whole`, that of all rows, in their weights only; the penalty must not have a closed form. options->lambda is the
   grid. Returns what ended the whole. Peak memory: that of `count` solvers. */
sp_status sp_lockstep_run(sp_runner *runners, ptrdiff_t count, const sp_model_spec *whole,
                          const sp_path_options *options, sp_tolerance tolerance, int threads,
                          sp_crew_context *crew, ptrdiff_t progress_all, sp_error *err);

#endif
