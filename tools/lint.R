# Prints what lintr finds in every R file of the tree, and fails when there is anything.

files <- list.files(
  c("R", "inst", "tests", "demo", "tools", "bench", "data-raw"),
  pattern = "\\.R$", recursive = TRUE, full.names = TRUE
)
found <- parallel::mclapply(files, lintr::lint, mc.cores = parallel::detectCores())
for (lints in found[lengths(found) > 0]) {
  print(lints)
}
count <- sum(lengths(found))
writeLines(sprintf("lint: %d files, %d lints", length(files), count))
quit(status = if (count > 0) 1 else 0)
