#include "status.h"

#include <stdarg.h>
#include <stdio.h>

sp_status sp_fail(sp_error *err, sp_status code, const char *format, ...) {
  if (err) {
    va_list args;
    va_start(args, format);
    vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
  }
  return code;
}
