# Times sparsepath and those of its peers that are installed, on one grid of lambdas per case, and
# computes the accuracy of each answer anew. Prints the table and writes it to
# bench/results/<date>.md.
#
#   make bench

options(warn = 1)
source("bench/cases.R")
source("bench/solvers.R")
source("bench/certificate.R")

# Median over five rounds; a round repeats a quick fit until it takes a fifth of a second.
seconds <- function(run) {
  once <- max(system.time(run())[["elapsed"]], 1e-3)
  times <- if (once > 5) 1 else ceiling(0.2 / once)
  rounds <- if (once > 5) 1 else 5
  round <- function(...) {
    gc(FALSE)
    system.time(for (i in seq_len(times)) run())[["elapsed"]] / times
  }
  stats::median(vapply(seq_len(rounds), round, 0))
}

bench_one <- function(case, solver, problem, lambda) {
  solution <- solvers[[solver]](problem$x, problem$y, lambda)
  gap <- relative_gap(problem$x, problem$y, solution)
  row <- data.frame(
    case = case, package = solver,
    seconds = seconds(function() solvers[[solver]](problem$x, problem$y, lambda)),
    lambdas = length(solution$lambda), gap_median = stats::median(gap), gap_max = max(gap)
  )
  message(sprintf("%-30s %-12s %.4f s, gap %.0e", case, solver, row$seconds, row$gap_max))
  row
}

bench_case <- function(case) {
  problem <- cases[[case]]()
  lambda <- sparsepath::sparsereg(problem$x, problem$y, penalty = "l1")$lambda
  rows <- lapply(names(solvers), function(s) bench_one(case, s, problem, lambda))
  do.call(rbind, rows)
}

processor <- function() {
  if (!file.exists("/proc/cpuinfo")) {
    return(Sys.info()[["machine"]])
  }
  model <- grep("^model name", readLines("/proc/cpuinfo"), value = TRUE)[1]
  sprintf("%s, %d cores", sub(".*: ", "", model), parallel::detectCores())
}

# The folder tells which BLAS the file is.
blas <- function() {
  file <- normalizePath(extSoftVersion()[["BLAS"]])
  file.path(basename(dirname(file)), basename(file))
}

report <- function(table) {
  versions <- vapply(names(solvers), function(s) format(utils::packageVersion(s)), "")
  c(
    sprintf("# Benchmark of %s", Sys.Date()),
    "",
    sprintf("- processor: %s", processor()),
    sprintf("- %s, BLAS %s", R.version.string, blas()),
    sprintf("- %s", paste(names(versions), versions, collapse = ", ")),
    "",
    "Lasso, the lambdas of sparsepath's own grid, every package at its default accuracy. Seconds:",
    "median elapsed time of one call. Lambdas: those that the package gave an answer for. Gap:",
    "relative duality gap, recomputed from the answer.",
    "",
    "| case | package | lambdas | seconds | gap, median | gap, largest |",
    "|---|---|---:|---:|---:|---:|",
    sprintf(
      "| %s | %s | %d | %.4f | %.0e | %.0e |",
      table$case, table$package, table$lambdas, table$seconds, table$gap_median, table$gap_max
    )
  )
}

lines <- report(do.call(rbind, lapply(names(cases), bench_case)))
file <- file.path("bench", "results", paste0(Sys.Date(), ".md"))
dir.create(dirname(file), showWarnings = FALSE)
writeLines(lines, file)
writeLines(c(lines, "", paste("Written to", file)))
