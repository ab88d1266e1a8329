# One process of cv.R: one problem, one way to cross-validate it.
#
#   Rscript bench/cv_worker.R JOB RESULT
#
# JOB is a file with list(problem = file, way = one of the names of `ways`).

source("bench/measure.R")
# First: nobody else knows the dimensions of a sparse x.
loadNamespace("sparsepath")
loadNamespace("glmnet")
files <- commandArgs(trailingOnly = TRUE)
job <- readRDS(files[1])
problem <- readRDS(job$problem)
x <- problem$x
y <- problem$y
family <- if (is.null(problem$family)) "gaussian" else problem$family
set.seed(1)
foldid <- sample(rep_len(1:10, nrow(x)))

ours <- function(fit, ...) fit(x, y, alpha = problem$alpha, family = family, ...)
ways <- list(
  path = function() ours(sparsepath::sparsereg),
  cv = function() ours(sparsepath::cv_sparsereg, foldid = foldid),
  "cv, two threads" = function() ours(sparsepath::cv_sparsereg, foldid = foldid, threads = 2),
  "glmnet path" = function() ours(glmnet::glmnet),
  "cv.glmnet" = function() ours(glmnet::cv.glmnet, foldid = foldid)
)
run <- ways[[job$way]]

forget_peak()
before <- memory("VmRSS")
first <- system.time(found <- run())[["elapsed"]]
peak <- memory("VmHWM") - before
error <- if (inherits(found, "cv_sparsereg")) min(found$error, na.rm = TRUE) else
  if (inherits(found, "cv.glmnet")) min(found$cvm) else NA
rm(found)
saveRDS(list(
  seconds = seconds(run, first), peak = peak, error = error,
  blas = normalizePath(extSoftVersion()[["BLAS"]])
), files[2])
