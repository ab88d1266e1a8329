# Prints the share of lines, R and C, that the R suite runs, file by file, and those it never runs.

Sys.setenv(NOT_CRAN = "true")
coverage <- covr::package_coverage(type = "tests", quiet = FALSE)
print(coverage)
lines <- covr::tally_coverage(coverage, by = "line")
never <- lines[lines$value == 0, ]
writeLines(sprintf("%s:%d: never run", never$filename, never$line))
