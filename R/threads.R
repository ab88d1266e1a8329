# Threads are started in C: see src/core/path/crew.h.

# In a process that was forked from one that has used threads, GNU's OpenMP would wait for them for
# ever.
usable_threads <- function(threads) {
  if (Sys.getpid() == home_process$id) threads else 1
}

# The process that loaded the package.
home_process <- new.env(parent = emptyenv())

.onLoad <- function(libname, pkgname) {
  home_process$id <- Sys.getpid()
}
