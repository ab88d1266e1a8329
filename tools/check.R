# Reads the log of R CMD check and fails on every error, warning and note in it. The one thing let
# through is what CRAN says of any package it does not know yet.
#
#   Rscript tools/check.R .build/check/sparsepath.Rcheck/00check.log

log <- commandArgs(trailingOnly = TRUE)
if (!any(grepl("^Status: ", readLines(log)))) {
  stop("R CMD check did not run to its end: ", log)
}

entries <- tools::check_packages_in_dir_details(logs = log, drop_ok = TRUE)
entries <- as.data.frame(entries)[entries$Status %in% c("ERROR", "WARNING", "NOTE"), ]

is_new_submission <- function(check, output) {
  lines <- trimws(strsplit(output, "\n")[[1]])
  check == "CRAN incoming feasibility" && all(grepl("^(Maintainer: .*|New submission|)$", lines))
}

allowed <- as.logical(mapply(is_new_submission, entries$Check, entries$Output))
ours <- entries[!allowed, ]
writeLines(sprintf("\n%s in %s:\n%s", ours$Status, ours$Check, ours$Output))
count <- function(status) sum(ours$Status == status)
writeLines(sprintf(
  "check: %d errors, %d warnings, %d notes", count("ERROR"), count("WARNING"), count("NOTE")
))
quit(status = if (nrow(ours) > 0) 1 else 0)
