library(testthat)
library(sparsepath)

test_check("sparsepath")
