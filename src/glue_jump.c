#include "glue_jump.h"

#include <setjmp.h>

void glue_jump_init(glue_jump *jump, SEXP owner) {
  R_SetExternalPtrProtected(owner, R_MakeUnwindCont());
  jump->token = R_ExternalPtrProtected(owner);
  jump->held = 0;
}

/* Only frames of R lie between here and glue_jump_hold(). */
static void leave(void *back, Rboolean jumps) {
  if (jumps) longjmp(*(jmp_buf *)back, 1);
}

SEXP glue_jump_hold(glue_jump *jump, SEXP (*run)(void *), void *data) {
  jmp_buf back;
  if (jump->held) return NULL;
  if (setjmp(back)) {
    jump->held = 1;
    return NULL;
  }
  return R_UnwindProtect(run, data, leave, &back, jump->token);
}

void glue_jump_resume(const glue_jump *jump) {
  if (jump->held) R_ContinueUnwind(jump->token);
}
