#include "glue.h"

#include <R_ext/Rdynload.h>
#include <R_ext/Visibility.h>

static const R_CallMethodDef call_entries[] = {
    {"sp_fit_path", (DL_FUNC)&sp_fit_path, 2},
    {"sp_fit_folds", (DL_FUNC)&sp_fit_folds, 5},
    {"sp_sum_folds", (DL_FUNC)&sp_sum_folds, 3},
    {NULL, NULL, 0},
};

void attribute_visible R_init_sparsepath(DllInfo *dll) {
  R_registerRoutines(dll, NULL, call_entries, NULL, NULL);
  R_useDynamicSymbols(dll, FALSE);
  R_forceSymbols(dll, TRUE);
}
