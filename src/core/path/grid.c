#include "grid.h"

#include <math.h>

void sp_grid_log(double largest, double ratio, ptrdiff_t count, double *lambda) {
  for (ptrdiff_t l = 0; l < count; l++)
    lambda[l] = largest * pow(ratio, count > 1 ? (double)l / (double)(count - 1) : 0);
}

double sp_ridge_df(ptrdiff_t rank, const double *eigenvalues, double lambda) {
  double df = 0;
  for (ptrdiff_t k = 0; k < rank; k++)
    if (eigenvalues[k] > 0) df += eigenvalues[k] / (eigenvalues[k] + lambda);
  return df;
}

/* df falls from rank at lambda = 0 to 0 at infinity; bisection on the log scale, between limits
   that follow from all eigenvalues lying between the smallest and the largest. */
static double lambda_at_df(ptrdiff_t rank, const double *eigenvalues, double df) {
  double smallest = INFINITY, largest = 0;
  for (ptrdiff_t k = 0; k < rank; k++) {
    smallest = fmin(smallest, eigenvalues[k]);
    largest = fmax(largest, eigenvalues[k]);
  }
  const double odds = (double)rank / df - 1;
  double low = log(smallest * odds), high = log(largest * odds);
  for (int halving = 0; halving < 100; halving++) {
    const double middle = low + (high - low) / 2;
    if (sp_ridge_df(rank, eigenvalues, exp(middle)) > df)
      low = middle;
    else
      high = middle;
  }
  return exp(low + (high - low) / 2);
}

void sp_grid_df(ptrdiff_t rank, const double *eigenvalues, ptrdiff_t count, double *lambda) {
  for (ptrdiff_t l = 0; l < count; l++)
    lambda[l] = lambda_at_df(rank, eigenvalues, (double)rank * ((double)l + 0.5) / (double)count);
}
