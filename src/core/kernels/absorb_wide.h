/* Bodies of absorb.c. */

/* UP(k): lanes k places up, zeros below; TOP: the highest lane everywhere. Of two vectors, none and
   v. */
#if LANES == 8
#define UP_1 0, 8, 9, 10, 11, 12, 13, 14
#define UP_2 0, 0, 8, 9, 10, 11, 12, 13
#define UP_4 0, 0, 0, 0, 8, 9, 10, 11
#define TOP 15, 15, 15, 15, 15, 15, 15, 15
#elif LANES == 4
#define UP_1 0, 4, 5, 6
#define UP_2 0, 0, 4, 5
#define TOP 7, 7, 7, 7
#else
#define UP_1 0, 2
#define TOP 3, 3
#endif

/* The sums of the first lanes, of the first two, and so on. */
SP_INLINE void BODY(sums_up_to_lane)(wide *v) {
  const wide none = {0};
  *v += SHUFFLE(none, *v, UP_1);
#if LANES > 2
  *v += SHUFFLE(none, *v, UP_2);
#endif
#if LANES > 4
  *v += SHUFFLE(none, *v, UP_4);
#endif
}

SP_INLINE void BODY(absorb_lanes)(double *x, const double *p, const double *stretch,
                                  const double *shear, wide *carried) {
  const wide none = {0}, next = LOAD(wide, x + 1);
  wide sums = LOAD(wide, p) * next;
  BODY(sums_up_to_lane)(&sums);
  *carried -= sums;
  STORE(wide, x, LOAD(wide, stretch) * next + LOAD(wide, shear) * *carried);
  *carried = SHUFFLE(none, *carried, TOP);
}

SP_INLINE void BODY(absorb_4)(ptrdiff_t n, double *const *x, const double *p, const double *stretch,
                              const double *shear, double *carried) {
  double *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3];
  wide c0 = (wide){0} + carried[0], c1 = (wide){0} + carried[1];
  wide c2 = (wide){0} + carried[2], c3 = (wide){0} + carried[3];
  ptrdiff_t k = 0;
  for (; k + LANES <= n; k += LANES) {
    BODY(absorb_lanes)(x0 + k, p + k, stretch + k, shear + k, &c0);
    BODY(absorb_lanes)(x1 + k, p + k, stretch + k, shear + k, &c1);
    BODY(absorb_lanes)(x2 + k, p + k, stretch + k, shear + k, &c2);
    BODY(absorb_lanes)(x3 + k, p + k, stretch + k, shear + k, &c3);
  }
  double *rest[4] = {x0 + k, x1 + k, x2 + k, x3 + k};
  carried[0] = c0[0];
  carried[1] = c1[0];
  carried[2] = c2[0];
  carried[3] = c3[0];
  absorb_4_1(n - k, rest, p + k, stretch + k, shear + k, carried);
}

#undef UP_1
#undef UP_2
#undef UP_4
#undef TOP
