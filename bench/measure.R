# Time and memory of a call.

# Memory of this process in MB, as Linux tells it: VmRSS now, VmHWM the most there was.
memory <- function(field) {
  if (!file.exists("/proc/self/status")) return(NA_real_)
  line <- grep(paste0("^", field, ":"), readLines("/proc/self/status"), value = TRUE)
  as.numeric(gsub("[^0-9]", "", line)) / 1024
}

# From here on VmHWM starts anew.
forget_peak <- function() {
  gc(full = TRUE)
  try(silent = TRUE, suppressWarnings(cat("5", file = "/proc/self/clear_refs")))
}

elapsed <- function(run, times = 1) {
  system.time(for (i in seq_len(times)) run())[["elapsed"]]
}

# A first run takes R's lazy loading upon itself, so what is quick is run again, and of what is very
# quick the median of five batches of at least 50 ms.
seconds <- function(run, first = elapsed(run)) {
  if (first > 2) return(first)
  times <- 1
  while ((took <- elapsed(run, times)) < 0.05) times <- 4 * times
  if (took > 0.2) return(took / times)
  stats::median(c(took, vapply(1:4, function(batch) elapsed(run, times), 0))) / times
}
