# Installs packages from CRAN: Rscript tools/install.R LIBRARY PACKAGE...

arguments <- commandArgs(trailingOnly = TRUE)
if (getOption("repos")[["CRAN"]] == "@CRAN@") {
  utils::chooseCRANmirror(graphics = FALSE, ind = 1)
}
utils::install.packages(arguments[-1], lib = arguments[1], Ncpus = parallel::detectCores())
