/* What code does when memory runs out, tried at each of its allocations in turn:
 *
 *   for (faults f = {0}; faults_next(&f);) {
 *     const sp_status status = ...;
 *     faults_check(&f, status);
 *     ... clear what it left ...
 *   }
 *
 * A round in which an allocation fails has to tell so, the last one has to succeed, and none may
 * leave anything behind. */
#ifndef CHECK_FAULT_H
#define CHECK_FAULT_H

#include "check.h"
#include "core/status.h"
#include "fault.h"

typedef struct {
  long least; /* allocations expected; 0: some */
  long round, alive;
  int succeeded;
} faults;

static inline int faults_next(faults *f) {
  if (f->round > 0) CHECK_EQUAL(fault_alive(), f->alive);
  if (f->succeeded) {
    CHECK(f->round > 1 && f->round > f->least);
    return 0;
  }
  f->alive = fault_alive();
  fault_arm(++f->round);
  return 1;
}

static inline void faults_check(faults *f, sp_status status) {
  f->succeeded = !fault_happened();
  fault_arm(0);
  CHECK_EQUAL(status, f->succeeded ? SP_OK : SP_ERR_MEMORY);
}

#endif
