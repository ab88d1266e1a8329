# Runs the demo of the installed package with its plots going into PNG files.
#
#   Rscript tools/demo.R DIRECTORY

pictures <- c("prostate-lasso", "prostate-cv", "diabetes-lasso", "diabetes-cv", "diabetes-ridge")

directory <- commandArgs(trailingOnly = TRUE)
dir.create(directory, showWarnings = FALSE)
unlink(list.files(directory, "\\.png$", full.names = TRUE))

grDevices::png(
  file.path(directory, "page-%d.png"),
  width = 1600, height = 1100, res = 180, type = "cairo"
)
options(width = 100)
utils::demo("path", package = "sparsepath", ask = FALSE, echo = TRUE)
invisible(grDevices::dev.off())

pages <- list.files(directory, "^page-[0-9]+\\.png$")
if (length(pages) != length(pictures)) {
  stop("the demo draws ", length(pages), " plots; tools/demo.R names ", length(pictures))
}
files <- file.path(directory, paste0(pictures, ".png"))
invisible(file.rename(file.path(directory, sprintf("page-%d.png", seq_along(pictures))), files))
writeLines(c("", "Pictures:", paste0("  ", normalizePath(files))))
