# Builds data/prostate.rda and data/diabetes.rda from the CSV files beside this script.
# Run from the root of the package: Rscript data-raw/build-data.R
#
# prostate.csv: the table of Stamey et al. (1989) as used in The Elements of Statistical Learning,
#   with the weight of the prostate of man 32 corrected as in the second edition.
# diabetes.csv: the table of Efron et al. (2004) in its original units.
# Neither step needs the network; where the values come from is told in R/data.R.

prostate <- utils::read.csv(
  file.path("data-raw", "prostate.csv"),
  colClasses = c(
    lcavol = "numeric", lweight = "numeric", age = "integer", lbph = "numeric", svi = "integer",
    lcp = "numeric", gleason = "integer", pgg45 = "integer", lpsa = "numeric", train = "logical"
  )
)
stopifnot(
  identical(dim(prostate), c(97L, 10L)),
  !anyNA(prostate),
  sum(prostate$train) == 67L,
  prostate$lweight[32] == 3.804438
)

diabetes <- utils::read.csv(file.path("data-raw", "diabetes.csv"), colClasses = "numeric")
stopifnot(
  identical(dim(diabetes), c(442L, 11L)),
  !anyNA(diabetes),
  identical(range(diabetes$y), c(25, 346))
)

save(prostate, file = file.path("data", "prostate.rda"), version = 2, compress = "xz")
save(diabetes, file = file.path("data", "diabetes.rda"), version = 2, compress = "xz")
