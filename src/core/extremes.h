/* The larger and the smaller of two numbers, in an instruction where fmax() and fmin() are calls.
   Where `a` is not a number it is b. */
#ifndef SP_EXTREMES_H
#define SP_EXTREMES_H

static inline double sp_larger(double a, double b) {
  return a > b ? a : b;
}

static inline double sp_smaller(double a, double b) {
  return a < b ? a : b;
}

static inline double sp_clamp(double b, double low, double high) {
  return sp_smaller(high, sp_larger(low, b));
}

#endif
