# Puts a function in the place of the package's engine_fit_folds() for the rest of a test.
local_mocked_folds <- function(replacement, envir = parent.frame()) {
  space <- asNamespace("sparsepath")
  real <- get("engine_fit_folds", space)
  put <- function(f) {
    unlockBinding("engine_fit_folds", space)
    assign("engine_fit_folds", f, space)
    lockBinding("engine_fit_folds", space)
  }
  put(replacement)
  do.call("on.exit", list(as.call(list(put, real)), add = TRUE), envir = envir)
}
