/* Cholesky factor of a growing and shrinking symmetric positive definite matrix. Members are known
   by the caller's labels; the factor keeps their order. */
#ifndef SP_FACTOR_H
#define SP_FACTOR_H

#include "../status.h"

#include <stddef.h>

enum { SP_FACTOR_GROUP = 23 /* members that join together share their reading of the factor */ };

typedef struct {
  ptrdiff_t size, capacity;
  ptrdiff_t *label; /* size; what each row stands for */
  double *pool;     /* capacity * capacity; holds the rows */
  double **row;     /* capacity; row i of L, its first i + 1 entries used, lies at row[i] */
  double *scratch;  /* a panel of `capacity`, and SP_BESIDE */
  double least;     /* share of its diagonal that must be left of a member; 0: 1e-10 */
} sp_factor;

/* The `least` of factors that prove something: what is less is rounding of the Gram matrix. */
#define SP_FACTOR_FINEST 1e-13

void sp_factor_clear(sp_factor *f);

/* Appends up to SP_FACTOR_GROUP members. cross[a][i], i < size: the matrix entry of new member a
   with the member in row i; cross[a][size + b], b <= a: with new member b, the diagonal at b = a.
   cross is overwritten: its first `size` entries by L^-1 of them. dependent[a] is set to 1, and the
   member left out, when less than a share `least` of its diagonal remains after elimination. If not
   NULL, `b` holds a right-hand side of the rows that there are, and becomes L^-1 b by the same
   reading of them. Cost: count * size^2 / 2 multiplications. */
sp_status sp_factor_append(sp_factor *f, int count, const ptrdiff_t *label, double *const *cross,
                           double *b, int *dependent, sp_error *err);

/* Deletes row `row` (Gill, Golub, Murray and Saunders 1974, Mathematics of Computation 28, 505-535,
   method C1). Cost: O(size^2). */
void sp_factor_delete(sp_factor *f, ptrdiff_t row);

/* The same, with the unknown of that row known to be `value`: half, which is L^-1 b with the factor
   as it is, becomes that of the others, whose right-hand side is b less what the known one
   contributes. Saves the forward substitution. */
void sp_factor_fix(sp_factor *f, ptrdiff_t row, double value, double *half);

/* L L' becomes L L' + up up' - down down', both by row and overwritten (Golub and Van Loan, section
   6.5.4). Where that is not positive definite the factor is emptied. Cost: O(size^2). */
void sp_factor_modify(sp_factor *f, double *up, double *down);

/* Solves L L' x = b in place (length size), or its two halves L h = b and L' x = h. */
void sp_factor_solve(const sp_factor *f, double *b);
void sp_factor_solve_lower(const sp_factor *f, double *b);
void sp_factor_solve_upper(const sp_factor *f, double *b);

#endif
