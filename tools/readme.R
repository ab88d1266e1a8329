# Writes README.md from README.Rmd: runs its code, puts in what the code prints, and keeps the
# picture as man/figures/path.png.

suppressPackageStartupMessages(library(sparsepath))

drop_number <- function(path) {
  picture <- sub("-1\\.png$", ".png", path)
  file.rename(path, picture)
  picture
}

options(width = 80)
knitr::opts_chunk$set(
  collapse = TRUE, comment = "#>", dev = "png", dev.args = list(type = "cairo"), dpi = 160,
  fig.path = "man/figures/", fig.process = drop_number
)
invisible(knitr::knit("README.Rmd", "README.md", quiet = TRUE))
