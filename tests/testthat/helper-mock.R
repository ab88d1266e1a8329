# Puts a function in the place of one of the package's, by default fit_problem(), for the rest of a
# test.
local_mocked_fit <- function(replacement, envir = parent.frame(), name = "fit_problem") {
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
