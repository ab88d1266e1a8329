# Puts a function in the place of one of the package's for the rest of a test.
local_mocked <- function(name, replacement, envir = parent.frame()) {
  space <- asNamespace("sparsepath")
  real <- get(name, space)
  put <- function(f) {
    unlockBinding(name, space)
    assign(name, f, space)
    lockBinding(name, space)
  }
  put(replacement)
  do.call("on.exit", list(as.call(list(put, real)), add = TRUE), envir = envir)
}
