# Runs the C suite, then the R suite against the package installed in .lib, and ends in one line
# for both: N passed, N failed, N skipped. Expectations are counted; a stray warning is a failure,
# and so is a suite that ran nothing.
#
#   Rscript tools/test.R            everything
#   Rscript tools/test.R FILTER     only R test files whose name matches the regular expression
#   Rscript tools/test.R --only-r   everything in R

suppressPackageStartupMessages(library(testthat))

# Shows the output while the programs run. The last line of counts is the sum over all programs.
run_c <- function() {
  output <- pipe("make --no-print-directory -C tests/c test 2>&1", open = "r")
  pattern <- "^c: ([0-9]+) passed, ([0-9]+) failed$"
  counts <- c(0, 0)
  while (length(line <- readLines(output, n = 1))) {
    writeLines(line)
    if (grepl(pattern, line)) {
      counts <- as.numeric(c(sub(pattern, "\\1", line), sub(pattern, "\\2", line)))
    }
  }
  status <- close(output)
  if (sum(counts) == 0 || (!is.null(status) && status != 0 && counts[2] == 0)) {
    writeLines("The C suite did not run to its end.")
    counts[2] <- 1
  }
  c(passed = counts[1], failed = counts[2], skipped = 0)
}

run_r <- function(filter) {
  # Snapshots are compared everywhere but on CRAN.
  Sys.setenv(NOT_CRAN = "true")
  reporter <- ProgressReporter$new(
    show_praise = FALSE, max_failures = Inf, update_interval = Inf
  )
  results <- as.data.frame(test_dir(
    "tests/testthat",
    filter = filter, reporter = reporter, package = "sparsepath", load_package = "installed",
    stop_on_failure = FALSE
  ))
  counts <- c(
    passed = sum(results$passed),
    failed = sum(results$failed) + sum(results$error) + sum(results$warning),
    skipped = sum(results$skipped)
  )
  if (sum(counts) == 0) {
    writeLines("The R suite ran no test.")
    counts[["failed"]] <- 1
  }
  counts
}

arguments <- commandArgs(trailingOnly = TRUE)
only_r <- "--only-r" %in% arguments
filter <- if (length(setdiff(arguments, "--only-r"))) setdiff(arguments, "--only-r")
counts <- c(passed = 0, failed = 0, skipped = 0)
if (!only_r && is.null(filter)) {
  counts <- counts + run_c()
}
counts <- counts + run_r(filter)
writeLines(sprintf(
  "%d passed, %d failed, %d skipped", counts[["passed"]], counts[["failed"]], counts[["skipped"]]
))
quit(status = if (counts[["failed"]] > 0) 1 else 0)
