#include "kernels.h"

#include <math.h>
#include <stdint.h>

/* Each kernel is written once, on vectors of a fixed number of doubles, and compiled for several
   instruction sets; the one to run is chosen by the processor at hand. The accumulators are
   separate variables because compilers keep those, and not arrays of them, in registers. */

#if defined(__GNUC__) && defined(__x86_64__)
#define SP_CLONES 1
#endif

#if defined(__GNUC__)
#define SP_INLINE static inline __attribute__((always_inline))
typedef double wide __attribute__((vector_size(64), aligned(8), may_alias)); /* 8 doubles */
typedef uint64_t wide_bits __attribute__((vector_size(64), aligned(8), may_alias));
typedef int8_t octet __attribute__((vector_size(8), aligned(1), may_alias));   /* 8 bytes */
typedef double narrow __attribute__((vector_size(32), aligned(8), may_alias)); /* 4 doubles */
#define LOAD(type, pointer) (*(const type *)(pointer))
#define STORE(type, pointer, value) (*(type *)(pointer) = (value))
#else
#define SP_INLINE static inline
#endif

SP_INLINE double sum_of_8(const double *v) {
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

/* Loops of a fixed length become vectors at -O2, too. 512 products at most fit into 32 bits. */
SP_INLINE int64_t dot_bytes_body(ptrdiff_t n, const int8_t *x, const int16_t *u) {
  int64_t sum = 0;
  for (ptrdiff_t i = 0; i < n;) {
    const ptrdiff_t end = n - i < 8 * SP_BYTES ? n : i + 8 * SP_BYTES;
    int32_t part = 0;
    for (; i < end; i += SP_BYTES) {
      int32_t block = 0;
      for (int l = 0; l < SP_BYTES; l++) block += (int16_t)x[i + l] * u[i + l];
      part += block;
    }
    sum += part;
  }
  return sum;
}

/* Adding and subtracting it rounds to a whole number. */
static const double shifter = 0x1.8p52;

/* The first where the second is no number. */
SP_INLINE double larger_of(double a, double b) {
  return b > a ? b : a;
}

/* What is missed is judged by the byte as it is, not by the rounding. */
SP_INLINE double round_to_byte(double x, double center, double unit, double per_unit,
                               int8_t *digit) {
  *digit = (int8_t)((x - center) * per_unit + shifter - shifter);
  const double miss = x - center - unit * *digit;
  return miss * miss;
}

/* A chain of operations that wait for one another: four of them side by side keep a processor busy. */
SP_INLINE void absorb_4_body(ptrdiff_t n, double *const *x, const double *p, const double *stretch,
                             const double *shear, double *carried) {
  double *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3];
  double c0 = carried[0], c1 = carried[1], c2 = carried[2], c3 = carried[3];
  for (ptrdiff_t k = 0; k < n; k++) {
    c0 -= p[k] * x0[k + 1];
    c1 -= p[k] * x1[k + 1];
    c2 -= p[k] * x2[k + 1];
    c3 -= p[k] * x3[k + 1];
    x0[k] = stretch[k] * x0[k + 1] + shear[k] * c0;
    x1[k] = stretch[k] * x1[k + 1] + shear[k] * c1;
    x2[k] = stretch[k] * x2[k + 1] + shear[k] * c2;
    x3[k] = stretch[k] * x3[k + 1] + shear[k] * c3;
  }
  carried[0] = c0;
  carried[1] = c1;
  carried[2] = c2;
  carried[3] = c3;
}

#if defined(__GNUC__)

/* By address: how vectors are passed by value depends on the instruction set. */
SP_INLINE double total(const wide *v) {
  double lanes[8];
  STORE(wide, lanes, *v);
  return sum_of_8(lanes);
}

SP_INLINE double total_narrow(const narrow *v) {
  return ((*v)[0] + (*v)[2]) + ((*v)[1] + (*v)[3]);
}

SP_INLINE double dot_body(ptrdiff_t n, const double *x, const double *y) {
  wide s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
  ptrdiff_t i = 0;
  for (; i + 32 <= n; i += 32) {
    s0 += LOAD(wide, x + i) * LOAD(wide, y + i);
    s1 += LOAD(wide, x + i + 8) * LOAD(wide, y + i + 8);
    s2 += LOAD(wide, x + i + 16) * LOAD(wide, y + i + 16);
    s3 += LOAD(wide, x + i + 24) * LOAD(wide, y + i + 24);
  }
  for (; i + 8 <= n; i += 8) s0 += LOAD(wide, x + i) * LOAD(wide, y + i);
  double tail = 0;
  for (; i < n; i++) tail += x[i] * y[i];
  s0 = (s0 + s1) + (s2 + s3);
  return total(&s0) + tail;
}

SP_INLINE double sum_body(ptrdiff_t n, const double *x) {
  wide s0 = {0}, s1 = {0};
  ptrdiff_t i = 0;
  for (; i + 16 <= n; i += 16) {
    s0 += LOAD(wide, x + i);
    s1 += LOAD(wide, x + i + 8);
  }
  double tail = 0;
  for (; i < n; i++) tail += x[i];
  s0 += s1;
  return total(&s0) + tail;
}

SP_INLINE double sqdev_body(ptrdiff_t n, const double *w, const double *x, double center) {
  wide s0 = {0}, s1 = {0};
  ptrdiff_t i = 0;
  for (; i + 16 <= n; i += 16) {
    const wide d0 = LOAD(wide, x + i) - center, d1 = LOAD(wide, x + i + 8) - center;
    s0 += w ? LOAD(wide, w + i) * d0 * d0 : d0 * d0;
    s1 += w ? LOAD(wide, w + i + 8) * d1 * d1 : d1 * d1;
  }
  double tail = 0;
  for (; i < n; i++) tail += (w ? w[i] : 1) * (x[i] - center) * (x[i] - center);
  s0 += s1;
  return total(&s0) + tail;
}

SP_INLINE void keep_larger(wide *most, const wide *value) {
  const wide_bits sign = (wide_bits){0} + (UINT64_C(1) << 63);
  const wide size = (wide)((wide_bits)*value & ~sign);
  const wide_bits larger = (wide_bits)(size > *most);
  *most = (wide)((larger & (wide_bits)size) | (~larger & (wide_bits)*most));
}

SP_INLINE double farthest_body(ptrdiff_t n, const double *x, double center) {
  wide most[3] = {{0}};
  ptrdiff_t i = 0;
  for (; i + 24 <= n; i += 24)
    for (int a = 0; a < 3; a++) {
      const wide deviation = LOAD(wide, x + i + 8 * a) - center;
      keep_larger(most + a, &deviation);
    }
  double farthest = 0;
  for (int l = 0; l < 8; l++)
    for (int a = 0; a < 3; a++) farthest = larger_of(farthest, most[a][l]);
  for (; i < n; i++) farthest = larger_of(farthest, fabs(x[i] - center));
  return farthest;
}

SP_INLINE void store_low_bytes(const wide_bits *bits, int8_t *bytes) {
#if defined(__clang__) || __GNUC__ >= 9
  STORE(octet, bytes, __builtin_convertvector(*bits, octet));
#else
  for (int l = 0; l < 8; l++) bytes[l] = (int8_t)(*bits)[l];
#endif
}

SP_INLINE double round_body(ptrdiff_t n, const double *x, double center, double unit,
                            int8_t *digit) {
  const double per_unit = 1 / unit;
  wide sum = {0};
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const wide deviation = LOAD(wide, x + i) - center, shifted = deviation * per_unit + shifter;
    const wide miss = deviation - unit * (shifted - shifter);
    sum += miss * miss;
    store_low_bytes((const wide_bits *)&shifted, digit + i);
  }
  double tail = 0;
  for (; i < n; i++) tail += round_to_byte(x[i], center, unit, per_unit, digit + i);
  return total(&sum) + tail;
}

SP_INLINE void axpy_body(ptrdiff_t n, double a, const double *x, double *y) {
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8) STORE(wide, y + i, LOAD(wide, y + i) + a * LOAD(wide, x + i));
  for (; i < n; i++) y[i] += a * x[i];
}

SP_INLINE void deviations_body(ptrdiff_t n, const double *x, double center, const double *w,
                               double *d) {
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8) {
    wide deviation = LOAD(wide, x + i) - center;
    if (w) deviation *= LOAD(wide, w + i);
    STORE(wide, d + i, deviation);
  }
  for (; i < n; i++) d[i] = (w ? w[i] : 1) * (x[i] - center);
}

SP_INLINE void axpy_4_body(ptrdiff_t n, const double *a, const double *const *x, double *y) {
  const double a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3];
  const double *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3];
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8)
    STORE(wide, y + i,
          LOAD(wide, y + i) + ((a0 * LOAD(wide, x0 + i) + a1 * LOAD(wide, x1 + i)) +
                               (a2 * LOAD(wide, x2 + i) + a3 * LOAD(wide, x3 + i))));
  for (; i < n; i++) y[i] += (a0 * x0[i] + a1 * x1[i]) + (a2 * x2[i] + a3 * x3[i]);
}

SP_INLINE void axpy_weighted_body(ptrdiff_t n, double a, const double *w, const double *x,
                                  double *y) {
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8)
    STORE(wide, y + i, LOAD(wide, y + i) + a * (LOAD(wide, w + i) * LOAD(wide, x + i)));
  for (; i < n; i++) y[i] += a * (w[i] * x[i]);
}

/* 2^k exp(r) with |r| <= log(2) / 2 by Cody and Waite, whose log(2) in two parts makes r exact, and
   Taylor's polynomial, short of exp(r) by r^14 / 14! < 4.2e-18. Adding `shifter` rounds to a whole
   number, which then is the low bits. 2^k is taken in two parts: what is too large becomes Inf. */
SP_INLINE void exp_8(const double *from, double *to) {
  const double high = 0x1.62e42fefa0000p-1, low = 0x1.cf79abc9e3b3ap-40;
  const wide given = LOAD(wide, from);
  const wide_bits is_large = (wide_bits)(given > 710.0), usable = (wide_bits)(given >= -707.0);
  const wide_bits is_nan = (wide_bits)(given != given);
  const wide limit = (wide){0} + 710;
  const wide x = (wide)((is_large & (wide_bits)limit) | (~is_large & (wide_bits)given));
  const wide t = x * 0x1.71547652b82fep0 + shifter, k = t - shifter;
  const wide r = (x - k * high) - k * low, r2 = r * r, r4 = r2 * r2;
  const wide a = (1.0 / 2 + r * (1.0 / 6)) + r2 * (1.0 / 24 + r * (1.0 / 120));
  const wide b = (1.0 / 720 + r * (1.0 / 5040)) + r2 * (1.0 / 40320 + r * (1.0 / 362880));
  const wide c =
      (1.0 / 3628800 + r * (1.0 / 39916800)) + r2 * (1.0 / 479001600 + r * (1.0 / 6227020800));
  const wide p = 1 + (r + r2 * (a + r4 * (b + r4 * c)));
  const wide half = (wide)((wide_bits)p + (((wide_bits)t - 1) << 52)), whole = half + half;
  STORE(wide, to, (wide)(((wide_bits)whole & usable) | ((wide_bits)given & is_nan)));
}

/* With x = eta where y is 0, -eta where it is 1, and e = exp(-|x|): log(1 + exp(x)) is max(x, 0) and
   log(1 + e), which is 2 artanh(s), s = e / (2 + e), whose series is short of it by s^35 / 35 < 1e-18. */
SP_INLINE void class_loss_8(const double *y, const double *eta, double *unit, double *r,
                            double *h) {
  double e[8];
  const wide towards = 1 - 2 * LOAD(wide, y), x = towards * LOAD(wide, eta);
  const wide_bits positive = (wide_bits)(x > 0.0), sign = (wide_bits){0} + (UINT64_C(1) << 63);
  STORE(wide, e, (wide)((wide_bits)x | sign));
  exp_8(e, e);
  const wide small = LOAD(wide, e), large = 1 / (1 + small);
  const wide miss =
      (wide)((positive & (wide_bits)large) | (~positive & (wide_bits)(small * large)));
  const wide s = small / (2 + small), s2 = s * s, s4 = s2 * s2, s8 = s4 * s4;
  const wide p0 = (1 + s2 * (1.0 / 3)) + s4 * (1.0 / 5 + s2 * (1.0 / 7));
  const wide p1 = (1.0 / 9 + s2 * (1.0 / 11)) + s4 * (1.0 / 13 + s2 * (1.0 / 15));
  const wide p2 = (1.0 / 17 + s2 * (1.0 / 19)) + s4 * (1.0 / 21 + s2 * (1.0 / 23));
  const wide p3 = (1.0 / 25 + s2 * (1.0 / 27)) + s4 * (1.0 / 29 + s2 * (1.0 / 31));
  const wide sum = (p0 + s8 * p1) + (s8 * s8) * (p2 + s8 * (p3 + s8 * (1.0 / 33)));
  STORE(wide, unit, (wide)(positive & (wide_bits)x) + 2 * s * sum);
  STORE(wide, r, -towards * miss);
  STORE(wide, h, small * large * large);
}

SP_INLINE void class_loss_body(ptrdiff_t n, const double *y, const double *eta, double *unit,
                               double *r, double *h) {
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8) class_loss_8(y + i, eta + i, unit + i, r + i, h + i);
  double rest[5][8] = {{0}};
  for (ptrdiff_t l = 0; l < n - i; l++) {
    rest[0][l] = y[i + l];
    rest[1][l] = eta[i + l];
  }
  class_loss_8(rest[0], rest[1], rest[2], rest[3], rest[4]);
  for (ptrdiff_t l = 0; l < n - i; l++) {
    unit[i + l] = rest[2][l];
    r[i + l] = rest[3][l];
    h[i + l] = rest[4][l];
  }
}

SP_INLINE void exp_body(ptrdiff_t n, const double *x, double *y) {
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8) exp_8(x + i, y + i);
  if (i == n) return;
  double rest[8] = {0};
  for (ptrdiff_t l = 0; l < n - i; l++) rest[l] = x[i + l];
  exp_8(rest, rest);
  for (ptrdiff_t l = 0; l < n - i; l++) y[i + l] = rest[l];
}

/* Few places count. 64 at a time leave a bit each: lane l of the vector g has bit 8 g + l. */
enum { STRIDE = 64 };

SP_INLINE uint64_t bits_of(const wide_bits *octets) {
  const wide_bits lane = {0, 1, 2, 3, 4, 5, 6, 7}, bits = *octets << lane;
  uint64_t all = 0;
  for (int l = 0; l < 8; l++) all |= bits[l];
  return all;
}

SP_INLINE ptrdiff_t list_bits(uint64_t bits, ptrdiff_t first, ptrdiff_t *places) {
  ptrdiff_t count = 0;
  for (; bits; bits &= bits - 1) places[count++] = first + __builtin_ctzll(bits);
  return count;
}

SP_INLINE ptrdiff_t nonzeros_body(ptrdiff_t n, const double *x, ptrdiff_t *places) {
  ptrdiff_t count = 0, i = 0;
  for (; i + STRIDE <= n; i += STRIDE) {
    wide_bits octets = {0};
    for (int g = 0; g < 8; g++) {
      const wide_bits size = LOAD(wide_bits, x + i + 8 * g) << 1;
      octets |= (size | -size) >> 63 << 8 * g;
    }
    count += list_bits(bits_of(&octets), i, places + count);
  }
  for (; i < n; i++)
    if (x[i] != 0) places[count++] = i;
  return count;
}

/* A slack that is no number counts, whatever its sign. */
SP_INLINE ptrdiff_t exceeding_body(ptrdiff_t n, const double *c, double a, const double *x,
                                   double b, const double *y, double limit, const double *z,
                                   ptrdiff_t *places) {
  ptrdiff_t count = 0, i = 0;
  for (; i + STRIDE <= n; i += STRIDE) {
    wide_bits octets = {0};
    wide sum = {0};
    for (int g = 0; g < 8; g++) {
      const ptrdiff_t e = i + 8 * g;
      const wide_bits size = LOAD(wide_bits, c + e) << 1 >> 1;
      const wide slack =
          limit * LOAD(wide, z + e) - a * LOAD(wide, x + e) - b * LOAD(wide, y + e) - (wide)size;
      sum += slack;
      octets |= (wide_bits)slack >> 63 << 8 * g;
    }
    const double check = total(&sum);
    count += list_bits(check != check ? ~UINT64_C(0) : bits_of(&octets), i, places + count);
  }
  for (; i < n; i++)
    if (!(fabs(c[i]) + a * x[i] + b * y[i] <= limit * z[i])) places[count++] = i;
  return count;
}

#if defined(__clang__)
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (wide_bits){__VA_ARGS__})
#endif

/* The sums of the first lanes, of the first two, and so on. */
SP_INLINE void sums_up_to_lane(wide *v) {
  const wide none = {0};
  *v += SHUFFLE(none, *v, 0, 8, 9, 10, 11, 12, 13, 14);
  *v += SHUFFLE(none, *v, 0, 0, 8, 9, 10, 11, 12, 13);
  *v += SHUFFLE(none, *v, 0, 0, 0, 0, 8, 9, 10, 11);
}

SP_INLINE void absorb_8(double *x, const double *p, const double *stretch, const double *shear,
                        wide *carried) {
  const wide next = LOAD(wide, x + 1);
  wide sums = LOAD(wide, p) * next;
  sums_up_to_lane(&sums);
  *carried -= sums;
  STORE(wide, x, LOAD(wide, stretch) * next + LOAD(wide, shear) * *carried);
  *carried = SHUFFLE(*carried, *carried, 7, 7, 7, 7, 7, 7, 7, 7);
}

SP_INLINE void absorb_4_wide(ptrdiff_t n, double *const *x, const double *p, const double *stretch,
                             const double *shear, double *carried) {
  double *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3];
  wide c0 = (wide){0} + carried[0], c1 = (wide){0} + carried[1];
  wide c2 = (wide){0} + carried[2], c3 = (wide){0} + carried[3];
  ptrdiff_t k = 0;
  for (; k + 8 <= n; k += 8) {
    absorb_8(x0 + k, p + k, stretch + k, shear + k, &c0);
    absorb_8(x1 + k, p + k, stretch + k, shear + k, &c1);
    absorb_8(x2 + k, p + k, stretch + k, shear + k, &c2);
    absorb_8(x3 + k, p + k, stretch + k, shear + k, &c3);
  }
  double *rest[4] = {x0 + k, x1 + k, x2 + k, x3 + k};
  carried[0] = c0[0];
  carried[1] = c1[0];
  carried[2] = c2[0];
  carried[3] = c3[0];
  absorb_4_body(n - k, rest, p + k, stretch + k, shear + k, carried);
}

SP_INLINE void dots_4x1_body(ptrdiff_t n, const double *const *x, const double *u, double *out) {
  const double *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3];
  wide s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
  double t0 = 0, t1 = 0, t2 = 0, t3 = 0;
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const wide b = LOAD(wide, u + i);
    s0 += LOAD(wide, x0 + i) * b;
    s1 += LOAD(wide, x1 + i) * b;
    s2 += LOAD(wide, x2 + i) * b;
    s3 += LOAD(wide, x3 + i) * b;
  }
  for (; i < n; i++) {
    t0 += x0[i] * u[i];
    t1 += x1[i] * u[i];
    t2 += x2[i] * u[i];
    t3 += x3[i] * u[i];
  }
  out[0] += total(&s0) + t0;
  out[1] += total(&s1) + t1;
  out[2] += total(&s2) + t2;
  out[3] += total(&s3) + t3;
}

/* Sixteen accumulators, five operands: made for 32 registers of 8 doubles. */
SP_INLINE void dots_4x4_body(ptrdiff_t n, const double *const *x, const double *const *u,
                             double *out) {
#define ROW(c)                                                                                     \
  a = LOAD(wide, x##c + i);                                                                        \
  s##c##0 += a * b0;                                                                               \
  s##c##1 += a * b1;                                                                               \
  s##c##2 += a * b2;                                                                               \
  s##c##3 += a * b3
#define SUMS(c)                                                                                    \
  out[4 * c] += total(&s##c##0);                                                                   \
  out[4 * c + 1] += total(&s##c##1);                                                               \
  out[4 * c + 2] += total(&s##c##2);                                                               \
  out[4 * c + 3] += total(&s##c##3)
  const double *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3];
  const double *u0 = u[0], *u1 = u[1], *u2 = u[2], *u3 = u[3];
  wide s00 = {0}, s01 = {0}, s02 = {0}, s03 = {0}, s10 = {0}, s11 = {0}, s12 = {0}, s13 = {0};
  wide s20 = {0}, s21 = {0}, s22 = {0}, s23 = {0}, s30 = {0}, s31 = {0}, s32 = {0}, s33 = {0};
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const wide b0 = LOAD(wide, u0 + i), b1 = LOAD(wide, u1 + i);
    const wide b2 = LOAD(wide, u2 + i), b3 = LOAD(wide, u3 + i);
    wide a;
    ROW(0);
    ROW(1);
    ROW(2);
    ROW(3);
  }
  SUMS(0);
  SUMS(1);
  SUMS(2);
  SUMS(3);
  for (; i < n; i++) {
    for (int c = 0; c < 4; c++) {
      for (int r = 0; r < 4; r++) out[4 * c + r] += x[c][i] * u[r][i];
    }
  }
#undef ROW
#undef SUMS
}

/* The same in two halves of eight accumulators, for 16 registers of 4 doubles or fewer. */
SP_INLINE void dots_4x2(ptrdiff_t n, const double *const *x, const double *u0, const double *u1,
                        double *out) {
#define ROW(c)                                                                                     \
  a = LOAD(narrow, x##c + i);                                                                      \
  s##c##0 += a * b0;                                                                               \
  s##c##1 += a * b1
  const double *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3];
  narrow s00 = {0}, s01 = {0}, s10 = {0}, s11 = {0}, s20 = {0}, s21 = {0}, s30 = {0}, s31 = {0};
  ptrdiff_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const narrow b0 = LOAD(narrow, u0 + i), b1 = LOAD(narrow, u1 + i);
    narrow a;
    ROW(0);
    ROW(1);
    ROW(2);
    ROW(3);
  }
  const double sums[8] = {total_narrow(&s00), total_narrow(&s01), total_narrow(&s10),
                          total_narrow(&s11), total_narrow(&s20), total_narrow(&s21),
                          total_narrow(&s30), total_narrow(&s31)};
  for (int c = 0; c < 4; c++) {
    double t0 = sums[2 * c], t1 = sums[2 * c + 1];
    for (ptrdiff_t k = i; k < n; k++) {
      t0 += x[c][k] * u0[k];
      t1 += x[c][k] * u1[k];
    }
    out[4 * c] += t0;
    out[4 * c + 1] += t1;
  }
#undef ROW
}

SP_INLINE void dots_4x4_halves(ptrdiff_t n, const double *const *x, const double *const *u,
                               double *out) {
  dots_4x2(n, x, u[0], u[1], out);
  dots_4x2(n, x, u[2], u[3], out + 2);
}

#else /* any C11 compiler */

/* Independent partial sums hide the latency of the addition and keep rounding errors low. */
SP_INLINE double dot_body(ptrdiff_t n, const double *x, const double *y) {
  double lane[8] = {0}, tail = 0;
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (int l = 0; l < 8; l++) lane[l] += x[i + l] * y[i + l];
  for (; i < n; i++) tail += x[i] * y[i];
  return sum_of_8(lane) + tail;
}

SP_INLINE double sum_body(ptrdiff_t n, const double *x) {
  double lane[8] = {0}, tail = 0;
  ptrdiff_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (int l = 0; l < 8; l++) lane[l] += x[i + l];
  for (; i < n; i++) tail += x[i];
  return sum_of_8(lane) + tail;
}

SP_INLINE double sqdev_body(ptrdiff_t n, const double *w, const double *x, double center) {
  double lane[8] = {0};
  for (ptrdiff_t i = 0; i < n; i++)
    lane[i % 8] += (w ? w[i] : 1) * (x[i] - center) * (x[i] - center);
  return sum_of_8(lane);
}

SP_INLINE double farthest_body(ptrdiff_t n, const double *x, double center) {
  double farthest = 0;
  for (ptrdiff_t i = 0; i < n; i++) farthest = larger_of(farthest, fabs(x[i] - center));
  return farthest;
}

SP_INLINE double round_body(ptrdiff_t n, const double *x, double center, double unit,
                            int8_t *digit) {
  double sum = 0;
  for (ptrdiff_t i = 0; i < n; i++) sum += round_to_byte(x[i], center, unit, 1 / unit, digit + i);
  return sum;
}

SP_INLINE void axpy_body(ptrdiff_t n, double a, const double *x, double *y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] += a * x[i];
}

SP_INLINE void deviations_body(ptrdiff_t n, const double *x, double center, const double *w,
                               double *d) {
  for (ptrdiff_t i = 0; i < n; i++) d[i] = (w ? w[i] : 1) * (x[i] - center);
}

SP_INLINE void axpy_4_body(ptrdiff_t n, const double *a, const double *const *x, double *y) {
  for (ptrdiff_t i = 0; i < n; i++)
    y[i] += (a[0] * x[0][i] + a[1] * x[1][i]) + (a[2] * x[2][i] + a[3] * x[3][i]);
}

SP_INLINE void axpy_weighted_body(ptrdiff_t n, double a, const double *w, const double *x,
                                  double *y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] += a * (w[i] * x[i]);
}

SP_INLINE void class_loss_body(ptrdiff_t n, const double *y, const double *eta, double *unit,
                               double *r, double *h) {
  for (ptrdiff_t i = 0; i < n; i++) {
    const double towards = 1 - 2 * y[i], x = towards * eta[i];
    const double small = exp(-fabs(x)), large = 1 / (1 + small);
    unit[i] = (x > 0 ? x : 0) + log1p(small);
    r[i] = -towards * (x > 0 ? large : small * large);
    h[i] = small * large * large;
  }
}

SP_INLINE void exp_body(ptrdiff_t n, const double *x, double *y) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = x[i] < -707 ? 0 : exp(x[i]);
}

SP_INLINE void dots_4x1_body(ptrdiff_t n, const double *const *x, const double *u, double *out) {
  for (int c = 0; c < 4; c++) out[c] += dot_body(n, x[c], u);
}

SP_INLINE void dots_4x4_halves(ptrdiff_t n, const double *const *x, const double *const *u,
                               double *out) {
  for (int c = 0; c < 4; c++)
    for (int r = 0; r < 4; r++) out[4 * c + r] += dot_body(n, x[c], u[r]);
}

SP_INLINE ptrdiff_t nonzeros_body(ptrdiff_t n, const double *x, ptrdiff_t *places) {
  ptrdiff_t count = 0;
  for (ptrdiff_t i = 0; i < n; i++)
    if (x[i] != 0) places[count++] = i;
  return count;
}

SP_INLINE ptrdiff_t exceeding_body(ptrdiff_t n, const double *c, double a, const double *x,
                                   double b, const double *y, double limit, const double *z,
                                   ptrdiff_t *places) {
  ptrdiff_t count = 0;
  for (ptrdiff_t i = 0; i < n; i++)
    if (!(fabs(c[i]) + a * x[i] + b * y[i] <= limit * z[i])) places[count++] = i;
  return count;
}

#endif

/* One public function out of its bodies. `give` is `return` or nothing. */
#ifdef SP_CLONES
#define SP_KERNEL(type, give, name, body_512, body, parameters, arguments)                         \
  __attribute__((target("avx512f"))) static type name##_avx512 parameters {                        \
    give body_512 arguments;                                                                       \
  }                                                                                                \
  __attribute__((target("avx2,fma"))) static type name##_avx2 parameters {                         \
    give body arguments;                                                                           \
  }                                                                                                \
  static type name##_any parameters {                                                              \
    give body arguments;                                                                           \
  }                                                                                                \
  type name parameters {                                                                           \
    if (__builtin_cpu_supports("avx512f"))                                                         \
      give name##_avx512 arguments;                                                                \
    else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))                      \
      give name##_avx2 arguments;                                                                  \
    else                                                                                           \
      give name##_any arguments;                                                                   \
  }
#else
#define SP_KERNEL(type, give, name, body_512, body, parameters, arguments)                         \
  type name parameters {                                                                           \
    give body arguments;                                                                           \
  }
#endif

SP_KERNEL(double, return, sp_dot, dot_body, dot_body,
          (ptrdiff_t n, const double *x, const double *y), (n, x, y))
SP_KERNEL(double, return, sp_sum, sum_body, sum_body, (ptrdiff_t n, const double *x), (n, x))
SP_KERNEL(double, return, sp_sqdev, sqdev_body, sqdev_body,
          (ptrdiff_t n, const double *w, const double *x, double center), (n, w, x, center))
SP_KERNEL(void, , sp_axpy, axpy_body, axpy_body,
          (ptrdiff_t n, double a, const double *x, double *y), (n, a, x, y))
SP_KERNEL(void, , sp_axpy_4, axpy_4_body, axpy_4_body,
          (ptrdiff_t n, const double *a, const double *const *x, double *y), (n, a, x, y))
SP_KERNEL(void, , sp_axpy_weighted, axpy_weighted_body, axpy_weighted_body,
          (ptrdiff_t n, double a, const double *w, const double *x, double *y), (n, a, w, x, y))
SP_KERNEL(void, , sp_deviations, deviations_body, deviations_body,
          (ptrdiff_t n, const double *x, double center, const double *w, double *d),
          (n, x, center, w, d))
SP_KERNEL(double, return, sp_farthest, farthest_body, farthest_body,
          (ptrdiff_t n, const double *x, double center), (n, x, center))
SP_KERNEL(double, return, sp_round_to_bytes, round_body, round_body,
          (ptrdiff_t n, const double *x, double center, double unit, int8_t *digit),
          (n, x, center, unit, digit))
SP_KERNEL(int64_t, return, sp_dot_bytes, dot_bytes_body, dot_bytes_body,
          (ptrdiff_t n, const int8_t *x, const int16_t *u), (n, x, u))
SP_KERNEL(void, , sp_exp, exp_body, exp_body, (ptrdiff_t n, const double *x, double *y), (n, x, y))
SP_KERNEL(void, , sp_class_loss, class_loss_body, class_loss_body,
          (ptrdiff_t n, const double *y, const double *eta, double *unit, double *r, double *h),
          (n, y, eta, unit, r, h))
SP_KERNEL(ptrdiff_t, return, sp_nonzeros, nonzeros_body, nonzeros_body,
          (ptrdiff_t n, const double *x, ptrdiff_t *places), (n, x, places))
SP_KERNEL(ptrdiff_t, return, sp_exceeding, exceeding_body, exceeding_body,
          (ptrdiff_t n, const double *c, double a, const double *x, double b, const double *y,
           double limit, const double *z, ptrdiff_t *places),
          (n, c, a, x, b, y, limit, z, places))
SP_KERNEL(void, , sp_absorb_4, absorb_4_wide, absorb_4_body,
          (ptrdiff_t n, double *const *x, const double *p, const double *stretch,
           const double *shear, double *carried),
          (n, x, p, stretch, shear, carried))
SP_KERNEL(void, , sp_dots_4x1, dots_4x1_body, dots_4x1_body,
          (ptrdiff_t n, const double *const *x, const double *u, double *out), (n, x, u, out))
SP_KERNEL(void, , sp_dots_4x4, dots_4x4_body, dots_4x4_halves,
          (ptrdiff_t n, const double *const *x, const double *const *u, double *out),
          (n, x, u, out))
