/* Jumps of R, as of interrupts and time limits, held back until the core has put all away. */
#ifndef SPARSEPATH_GLUE_JUMP_H
#define SPARSEPATH_GLUE_JUMP_H

#include "glue.h"

typedef struct {
  SEXP token; /* where R was going */
  int held;   /* is a jump held back? */
} glue_jump;

/* The pointer `owner` keeps the token from the garbage collector. */
void glue_jump_init(glue_jump *jump, SEXP owner);

/* run(data), or NULL if R jumps away from it, or has before. */
SEXP glue_jump_hold(glue_jump *jump, SEXP (*run)(void *), void *data);

/* Goes where the jump that is held was going; returns if none is. */
void glue_jump_resume(const glue_jump *jump);

#endif
