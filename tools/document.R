# Writes NAMESPACE and man/ from the comments in R/ of the package in the directory given. A
# warning, of a tag that does not exist for one, is a failure.

options(warn = 1)

# The R code is sourced, so nothing is compiled. S3 generics are looked up in generics and in R's
# default packages; Matrix is not attached, because it turns print() and summary() into S4 generics.
load_package <- function(path) {
  env <- new.env(parent = asNamespace("generics"))
  for (file in list.files(file.path(path, "R"), "\\.R$", full.names = TRUE)) {
    sys.source(file, envir = env, keep.source = TRUE)
  }
  for (file in list.files(file.path(path, "data"), "\\.rda$", full.names = TRUE)) {
    load(file, envir = env)
  }
  env
}

warned <- FALSE
withCallingHandlers(
  roxygen2::roxygenise(commandArgs(trailingOnly = TRUE), load_code = load_package),
  warning = function(condition) warned <<- TRUE
)
quit(status = as.integer(warned))
