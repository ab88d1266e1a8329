# Puts a function in the place of the package's fit_problem() for the rest of a test.
local_mocked_fit <- function(replacement, envir = parent.frame()) {
  space <- asNamespace("sparsepath")
  real <- get("fit_problem", space)
  put <- function(f) {
    unlockBinding("fit_problem", space)
    assign("fit_problem", f, space)
    lockBinding("fit_problem", space)
  }
  put(replacement)
  do.call("on.exit", list(as.call(list(put, real)), add = TRUE), envir = envir)
}
