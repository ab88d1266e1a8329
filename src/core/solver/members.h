/* The members of a solver's working set: who joins, who leaves, and the problem on them alone. */
#ifndef SP_MEMBERS_H
#define SP_MEMBERS_H

#include "solver.h"

/* k columns join. */
sp_status sp_members_admit(sp_solver *s, const ptrdiff_t *cols, ptrdiff_t k, sp_error *err);

/* How many may join at once. */
ptrdiff_t sp_members_welcome(const sp_solver *s);

/* Members at zero and far from their cut leave when they are the most of W. */
void sp_members_prune(sp_solver *s, double lambda);

/* The Gram matrix is given up where passes over X_W have become cheaper, but not that of a lasso
   with equal columns among its members. */
sp_status sp_members_relieve(sp_solver *s, sp_error *err);

/* All columns of a narrow sparse X join, once many have. */
sp_status sp_members_complete(sp_solver *s, sp_error *err);

/* The problem on W, which is to have its Gram matrix. Good until W changes. */
sp_gram sp_members_gram(const sp_solver *s, double lambda);

/* Solves on W, as far as rounding and the iterations left allow. */
sp_status sp_members_solve(sp_solver *s, double lambda, ptrdiff_t *iterations, sp_error *err);

/* Largest violation of stationarity within W, in units of its slack: at most 1 when solved. */
double sp_members_violation(const sp_solver *s, double lambda);

#endif
