/* The fitted path: a growing record of solutions, and the loop that fills it. */
#ifndef SP_PATH_H
#define SP_PATH_H

#include "../solver/solver.h"

typedef enum {
  SP_STOP_GRID_DONE = 0, /* every lambda of the grid was fitted */
  SP_STOP_EXPLAINED,     /* the explained deviance passed its limit */
  SP_STOP_STALLED,       /* the explained deviance no longer grows */
  SP_STOP_NOTHING,       /* y is constant or nothing can enter: one solution says it all */
  SP_STOP_SATURATED,     /* y is explained altogether: no finite solution further on */
  SP_STOP_EDGE,          /* solutions further on lie where the loss is not defined */
  SP_STOP_ENDLESS        /* without a penalty some coefficients run to infinity */
} sp_stop;

/* Rows whose loss is wanted at every lambda, whether or not the fit gives them weight. Where they
   are, gap and kkt of a generalised linear model may be those of a dual point other than its
   residual. */
typedef struct {
  ptrdiff_t count;
  const int *rows;
  const double *v;   /* count; their weights */
  double *error_sum; /* one for each lambda: filled where the solver can tell */
} sp_held_out;

typedef struct {
  const double *lambda;        /* the user's grid, decreasing; NULL for an automatic one */
  ptrdiff_t count;             /* its length, or that of the automatic grid */
  double ratio;                /* automatic grid: smallest over largest lambda */
  double dev_ratio_max;        /* automatic grid: stop once this much deviance is explained */
  double dev_ratio_change;     /* ... or it grows by less than this share per step */
  const sp_held_out *held_out; /* NULL: none */
} sp_path_options;

/* Solutions l = 0 .. size - 1; coefficients on the original scale in compressed columns. */
typedef struct {
  ptrdiff_t size, capacity;
  double *lambda, *intercept, *df, *dev_ratio, *gap, *kkt; /* size; df of a fold: NaN */
  ptrdiff_t *iterations;                                   /* size */
  int *converged;                                          /* size */
  ptrdiff_t *colptr;                                       /* size + 1 */
  int *rowidx;                                             /* colptr[size] */
  double *values;                                          /* colptr[size] */
  ptrdiff_t values_capacity;
  /* Columns whose coefficients run to infinity: they end the path, or leave no null model; none
     where they cannot be told. */
  ptrdiff_t n_endless, *endless;
  double null_deviance; /* sum_i v_i (y_i - null fit)^2, or twice sum_i v_i loss_i */
  double lambda_max;
  sp_stop stop;
} sp_path;

void sp_path_clear(sp_path *path);

/* Room for `capacity` solutions. Clear also after a failure. */
sp_status sp_path_init(sp_path *path, ptrdiff_t capacity, sp_error *err);

/* Records the solver's present solution. */
sp_status sp_path_append(sp_path *path, const sp_solver *s, double lambda, double df,
                         const sp_solution *solution, sp_error *err);

/* A solution as it is recorded; beta on the standardised scale. */
typedef struct {
  const sp_std *design;
  const double *beta;
  double lambda, intercept, df, dev_ratio;
} sp_point;

sp_status sp_path_record(sp_path *path, const sp_point *point, const sp_solution *solution,
                         sp_error *err);

/* What walks along a path: a solver with its operations. */
typedef struct {
  void *solver;
  const sp_context *ctx;
  sp_status (*move)(void *solver, double lambda, double previous, sp_solution *out, sp_error *err);
  sp_status (*record)(void *solver, sp_path *path, double lambda, const sp_solution *solution,
                      sp_error *err);
  /* Why where it stands is no solution, and there is none further on; SP_STOP_GRID_DONE: it is one.
     May be NULL. */
  sp_stop (*obstacle)(const void *solver, double lambda);
} sp_walker;

/* Where to go next on the way from `previous` to `lambda`, given the lambda_max of the path: to
   lambda itself, unless the jump is too long for screening and warm starts. */
double sp_path_next(double lambda, double previous, double lambda_max);

/* Fills `path`, whose null_deviance and lambda_max are known, over the user's grid or its own. */
sp_status sp_path_walk(sp_path *path, const sp_walker *walker, const sp_path_options *options,
                       sp_error *err);

/* Fits the path by coordinate descent into an empty `path`. */
sp_status sp_path_fit(sp_path *path, const sp_problem *problem, const sp_path_options *options,
                      sp_tolerance tolerance, const sp_context *ctx, sp_error *err);

#endif
