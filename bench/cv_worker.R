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
family <- if (is.null(problem$family)) "gaussian" else problem$family
set.seed(1)
whole <- list(x = problem$x, y = problem$y, foldid = sample(rep_len(1:10, nrow(problem$x))))

ours <- function(fit, data, ...) {
  fit(data$x, data$y, alpha = problem$alpha, family = family, ...)
}
ways <- list(
  path = function(data) ours(sparsepath::sparsereg, data),
  cv = function(data) ours(sparsepath::cv_sparsereg, data, foldid = data$foldid),
  "cv, two threads" = function(data) {
    ours(sparsepath::cv_sparsereg, data, foldid = data$foldid, threads = 2)
  },
  "glmnet path" = function(data) ours(glmnet::glmnet, data),
  "cv.glmnet" = function(data) ours(glmnet::cv.glmnet, data, foldid = data$foldid)
)
run <- function() ways[[job$way]](whole)

# What R loads and compiles in a first call is nothing that folds need.
some <- seq_len(min(100, nrow(problem$x)))
small <- list(
  x = problem$x[some, seq_len(min(20, ncol(problem$x)))], y = problem$y[some],
  foldid = rep_len(1:10, length(some))
)
invisible(try(suppressWarnings(ways[[job$way]](small)), silent = TRUE))

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
