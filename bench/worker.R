# One process of the benchmark: fits one problem with one package, times it and writes the answer.
#
#   Rscript bench/worker.R JOB RESULT
#
# JOB is a file with list(problem = file, solver, lambda, thresh, answer = TRUE to keep the answer);
# RESULT gets a list, see the end.

source("bench/measure.R")
source("bench/solvers.R")
files <- commandArgs(trailingOnly = TRUE)
job <- readRDS(files[1])
problem <- readRDS(job$problem)
solver <- solvers[[job$solver]]
loadNamespace(solver$package)

x <- problem$x
y <- problem$y
alpha <- problem$alpha
extra <- if (problem$family != "gaussian") list(family = problem$family)
# A path of glmnet ends where the passes over all its lambdas have reached maxit.
if (!is.null(job$thresh)) extra <- c(extra, thresh = job$thresh, maxit = 1e8)
fit <- function() do.call(solver$fit, c(list(x, y, alpha, job$lambda), extra))

forget_peak()
before <- memory("VmRSS")
warned <- character(0)
first <- system.time(withCallingHandlers(found <- fit(), warning = function(w) {
  warned <<- c(warned, conditionMessage(w))
  invokeRestart("muffleWarning")
}))[["elapsed"]]
peak <- memory("VmHWM") - before
answer <- if (job$answer) solver$answer(found, lambda = job$lambda, x = x, y = y, alpha = alpha)
rm(found)

result <- list(
  seconds = suppressWarnings(seconds(fit, first)), peak = peak, answer = answer,
  warning = unique(warned), version = format(utils::packageVersion(solver$package)),
  blas = normalizePath(extSoftVersion()[["BLAS"]])
)

# What reading x once costs: the product x'r with R's BLAS, and a plain sum.
if (job$solver == "sparsepath") {
  options(matprod = "blas")
  r <- y - mean(y)
  result$pass <- seconds(function() Matrix::crossprod(x, r))
  result$read <- seconds(function() if (is.matrix(x)) sum(x) else sum(x@x))
}
saveRDS(result, files[2])
