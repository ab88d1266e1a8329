# What the benchmarks have in common: options, R's BLAS, processes of their own, the machine.

option <- function(name, default) {
  value <- Sys.getenv(name)
  if (nzchar(value)) value else default
}
selected <- function(names, option_name) {
  pattern <- option(option_name, "")
  if (nzchar(pattern)) grep(pattern, names, value = TRUE) else names
}

# ---- BLAS ---------------------------------------------------------------------------------------

# R's BLAS is changed for one process by loading another before it: OpenBLAS where tools/setup has
# unpacked it, the reference BLAS where Debian keeps it, R's own when they are not there. The quick
# one comes first: see bench_case().
blas_libraries <- function() {
  place <- function(..., root = "") Sys.glob(file.path(root, "usr/lib/*-linux-gnu*", ...))
  unpacked <- normalizePath(file.path(".build", "openblas"), mustWork = FALSE)
  openblas <- function(file) place("openblas-pthread", file, root = unpacked)
  found <- list(
    # The first two load the third, which must be found.
    OpenBLAS = c(
      openblas("libopenblasp-r0.*.so"), openblas("libblas.so.3"), openblas("liblapack.so.3")
    ),
    reference = c(place("blas", "libblas.so.3"), place("lapack", "liblapack.so.3"))
  )
  found <- found[lengths(found) >= 2]
  if (length(found) > 0) found else list("R's own" = character(0))
}

# ---- Processes ----------------------------------------------------------------------------------

threads <- c("OMP", "OPENBLAS", "MKL", "BLIS", "VECLIB", "RCPP_PARALLEL")

# The result of a worker, or list(failure = why there is none). Reading the problem takes its time,
# too: 10 seconds are added to the limit.
work <- function(job, libraries, limit, worker = "bench/worker.R") {
  job_file <- file.path(tempdir(), "job.rds")
  result_file <- file.path(tempdir(), "result.rds")
  log_file <- file.path(tempdir(), "log.txt")
  unlink(result_file)
  saveRDS(job, job_file)
  environment <- c(
    sprintf("%s_NUM_THREADS=1", threads),
    sprintf("LD_PRELOAD=%s", paste(libraries, collapse = ":"))[length(libraries) > 0]
  )
  # A kill: some code in C hears nothing else, some hands back half an answer when interrupted.
  took <- system.time(suppressWarnings(system2(
    "timeout", c(
      "--signal=KILL", limit + 10, file.path(R.home("bin"), "Rscript"), "--no-init-file",
      worker, job_file, result_file
    ),
    env = environment, stdout = log_file, stderr = log_file
  )))[["elapsed"]]
  # What was killed may have written half of its result.
  if (took >= limit + 10) return(list(failure = "time"))
  if (file.exists(result_file)) return(readRDS(result_file))
  message <- grep("^Error|^ +", readLines(log_file, warn = FALSE), value = TRUE)
  if (length(message) == 0) message <- "no result"
  list(failure = trimws(paste(utils::head(message, 2), collapse = " ")))
}

# ---- The machine --------------------------------------------------------------------------------

processor <- function() {
  if (!file.exists("/proc/cpuinfo")) return(Sys.info()[["machine"]])
  lines <- readLines("/proc/cpuinfo")
  value <- function(field) sub(".*: ", "", grep(paste0("^", field), lines, value = TRUE)[1])
  sprintf(
    "%s (family %s, model %s), %d cores", value("model name"), value("cpu family"),
    value("model\t"), parallel::detectCores()
  )
}

# Lines at the head of the CSV file.
machine <- function(missing, limit) {
  core <- Sys.getenv("OPENBLAS_CORETYPE")
  commit <- if (nzchar(Sys.which("git"))) suppressWarnings(
    system2("git", c("describe", "--always", "--dirty"), stdout = TRUE, stderr = FALSE)
  )
  c(
    sprintf("date: %s", Sys.Date()),
    sprintf("processor: %s", processor()),
    sprintf("system: %s, %s", utils::sessionInfo()$running, R.version.string),
    if (nzchar(core)) sprintf("OPENBLAS_CORETYPE: %s", core),
    if (length(commit) > 0) sprintf("commit: %s", commit),
    limit,
    if (length(missing) > 0) sprintf("not installed: %s", paste(missing, collapse = ", "))
  )
}
