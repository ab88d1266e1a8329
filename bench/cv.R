# Times ten-fold cross-validation beside a single path and beside cv.glmnet(), on the same folds,
# with default calls.
#
#   make bench-cv                             everything, to bench/results/<date>-cv.*
#   make bench-cv CASES=regexp BLAS=regexp    some, to .build/bench/<date>-cv.*
#
# Every call is a process of its own, with one thread unless it says otherwise; the ways take turns
# in ROUNDS (3) rounds and of their times the median counts.

options(warn = 1)
source("bench/process.R")
source("bench/cases.R")
source("bench/report.R")

rounds <- as.numeric(option("ROUNDS", "3"))
limit <- as.numeric(option("LIMIT", "300"))
ways <- c("path", "cv", "cv, two threads", "glmnet path", "cv.glmnet")

# The threads of OpenMP are the call's own affair.
threads <- setdiff(threads, "OMP")

bench_case <- function(case, libraries) {
  message(format(Sys.time(), "%H:%M:%S "), case)
  problem <- cases[[case]]()
  file <- file.path(tempdir(), "problem.rds")
  saveRDS(problem, file, compress = FALSE)
  facts <- expand.grid(way = ways, blas = names(libraries), stringsAsFactors = FALSE)
  runs <- lapply(seq_len(rounds), function(round) {
    lapply(seq_len(nrow(facts)), function(i) {
      job <- list(problem = file, way = facts$way[i])
      work(job, libraries[[facts$blas[i]]], limit, "bench/cv_worker.R")
    })
  })
  field <- function(i, name) {
    vapply(runs, function(round) c(round[[i]][[name]], NA_real_)[1], 0)
  }
  rows <- seq_len(nrow(facts))
  cbind(
    case = case, family = if (is.null(problem$family)) "gaussian" else problem$family,
    n = nrow(problem$x), p = ncol(problem$x),
    x_mb = as.numeric(utils::object.size(problem$x)) / 2^20, facts,
    seconds = vapply(rows, function(i) stats::median(field(i, "seconds")), 0),
    peak_mb = vapply(rows, function(i) stats::median(field(i, "peak")), 0),
    error = vapply(rows, function(i) field(i, "error")[1], 0)
  )
}

# One line per case and BLAS.
cv_table <- function(table) {
  key <- paste(table$case, table$blas)
  seconds <- function(way) {
    rows <- table[table$way == way, ]
    rows$seconds[match(unique(key), paste(rows$case, rows$blas))]
  }
  first <- table[!duplicated(key), ]
  own <- table[table$way == "cv", ]
  own <- own[match(unique(key), paste(own$case, own$blas)), ]
  data.frame(
    check.names = FALSE, case = first$case, family = first$family, BLAS = first$blas,
    shape = ifelse(first$n >= 20 * first$p, "tall", ifelse(first$p > first$n, "wide", "")),
    "cv, s" = seconds("cv"), "cv / path" = seconds("cv") / seconds("path"),
    "cv.glmnet / cv" = seconds("cv.glmnet") / seconds("cv"),
    "cv.glmnet / glmnet" = seconds("cv.glmnet") / seconds("glmnet path"),
    "one / two threads" = seconds("cv") / seconds("cv, two threads"),
    "MB beyond X" = own$peak_mb, "MB of X" = own$x_mb
  )
}

means <- function(lines) {
  groups <- split(lines, paste(ifelse(lines$family == "gaussian", "gaussian", "other"), lines$BLAS))
  do.call(rbind, lapply(groups, function(group) {
    ratio <- group[["cv.glmnet / cv"]]
    data.frame(
      check.names = FALSE, cases = nrow(group),
      family = paste(unique(group$family), collapse = ", "), BLAS = group$BLAS[1],
      "cv.glmnet / cv, geometric mean" = number(geometric_mean(ratio)),
      least = number(min(ratio))
    )
  }))
}

write_cv <- function(csv, head) {
  lines <- cv_table(utils::read.csv(csv, comment.char = "#"))
  shown <- lines
  numeric <- vapply(shown, is.numeric, NA)
  shown[numeric] <- lapply(shown[numeric], number)
  text <- c(
    sprintf("# Cross-validation, benchmark of %s", Sys.Date()), "", paste("-", head), "",
    "- Ten folds, the same for both; default calls, median elapsed time, one thread.",
    "- cv / path: what cross-validation costs in units of our own single path.",
    "- MB beyond X: growth of the process's peak memory during the call, after one on a few rows.",
    markdown(means(lines), c("family", "BLAS")),
    markdown(shown, c("case", "family", "BLAS", "shape"))
  )
  writeLines(text, sub("\\.csv$", ".md", csv))
  text
}

libraries <- blas_libraries()
libraries <- libraries[selected(names(libraries), "BLAS")]
is_whole <- all(!nzchar(Sys.getenv(c("CASES", "BLAS"))))
results <- if (is_whole) file.path("bench", "results") else file.path(".build", "bench")
dir.create(results, showWarnings = FALSE, recursive = TRUE)
csv <- file.path(results, paste0(Sys.Date(), "-cv.csv"))
head <- machine(character(0), sprintf("limit: %g seconds", limit))
writeLines(paste("#", head), csv)
for (case in selected(names(cases), "CASES")) {
  table <- bench_case(case, libraries)
  suppressWarnings(utils::write.table(
    table, csv, sep = ",", row.names = FALSE, append = TRUE,
    col.names = !any(startsWith(readLines(csv), "\"case\""))
  ))
}
writeLines(write_cv(csv, head))
