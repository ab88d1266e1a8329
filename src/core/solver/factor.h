/* Cholesky factor of a growing and shrinking symmetric positive definite matrix. Members are known
   by the caller's labels; the factor keeps their order. */
#ifndef SP_FACTOR_H
#define SP_FACTOR_H

#include "../status.h"

#include <stddef.h>

typedef struct {
  ptrdiff_t size, capacity;
  ptrdiff_t *label; /* size; what each row stands for */
  double *rows;     /* L in rows of length `capacity`, lower triangle used */
} sp_factor;

void sp_factor_clear(sp_factor *f);

/* Appends a member. cross[i]: its entry with the member in row i (length size; overwritten);
   diagonal: its own entry. *dependent is set to 1, and nothing appended, when what remains of the
   diagonal after elimination is below a relative 1e-10. Cost: size^2 / 2 multiplications. */
sp_status sp_factor_append(sp_factor *f, ptrdiff_t label, double *cross, double diagonal,
                           int *dependent, sp_error *err);

/* Deletes row `row` by Givens rotations (Golub and Van Loan, section 6.5.4). Cost: O(size^2). */
void sp_factor_delete(sp_factor *f, ptrdiff_t row);

/* Solves L L' x = b in place (length size). */
void sp_factor_solve(const sp_factor *f, double *b);

#endif
