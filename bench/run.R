# Times sparsepath and those of its peers that are installed, and certifies every answer. Writes one
# line per case, BLAS, arm and package to a CSV file, of which report.R makes the table and plot.R
# the picture.
#
#   make bench                                          everything, to bench/results/<date>.*
#   make bench CASES=regexp PEERS=regexp BLAS=regexp    some, to .build/bench/<date>.*
#
# Every fit is a process of its own with one thread, and is ended after LIMIT seconds (120), or
# earlier when it has taken 100 times as long as sparsepath. The packages take turns in ROUNDS (5)
# rounds; of their times the median counts. What is slow gets fewer rounds.

options(warn = 1)
source("bench/process.R")
source("bench/cases.R")
source("bench/solvers.R")
source("bench/certificate.R")

limit <- as.numeric(option("LIMIT", "120"))
rounds <- as.numeric(option("ROUNDS", "5"))

# What is downloaded, and the results of a selection.
folder <- file.path(".build", "bench")
dir.create(folder, recursive = TRUE, showWarnings = FALSE)

# ---- One case -----------------------------------------------------------------------------------

# The problem goes into a file for the workers, with the standard deviations for the certificate.
prepare <- function(case) {
  problem <- cases[[case]]()
  if (is.null(problem$family)) problem$family <- "gaussian"
  problem$sd <- column_sds(problem$x)
  problem$file <- file.path(tempdir(), "problem.rds")
  saveRDS(problem, problem$file, compress = FALSE)
  ratio <- if (nrow(problem$x) >= ncol(problem$x)) 1e-4 else 1e-2
  problem$grid <- lambda_max(problem) * ratio^seq(0, 1, length.out = 100)
  problem
}

# How long to wait for anyone.
patience <- function(problem, libraries) {
  own <- work(make_job(problem, list(package = "sparsepath", arm = "grid")), libraries, limit)
  if (is.null(own$failure)) min(limit, max(20, 100 * own$seconds)) else limit
}

able <- function(solver, problem) {
  (is.matrix(problem$x) || solver$sparse) && (problem$alpha == 1 || solver$elastic) &&
    problem$family %in% solver$families
}

# What is to be timed: one row per BLAS, arm and package.
entries <- function(problem, packages, libraries) {
  packages <- Filter(function(name) able(solvers[[name]], problem), packages)
  table <- expand.grid(
    package = packages, arm = c("grid", "default"), blas = names(libraries),
    stringsAsFactors = FALSE
  )
  has_default <- vapply(solvers[table$package], function(s) s$default, NA)
  table[table$arm == "grid" | (has_default & table$package != "glmnet, tightened"), ]
}

make_job <- function(problem, entry, thresh = NULL, answer = FALSE) {
  list(
    problem = problem$file, solver = entry$package, answer = answer, thresh = thresh,
    lambda = if (entry$arm == "grid") problem$grid
  )
}

# glmnet's thresh: the largest power of ten between 1e-8 and 1e-15 with a median gap of at most
# 1e-7; its default, 1e-7, never has, and below there is nothing but rounding. An accuracy that is
# not reached within the time limit counts as enough: less is tried then.
tighten <- function(problem, libraries) {
  entry <- list(package = "glmnet, tightened", arm = "grid")
  enough <- function(power) {
    job <- make_job(problem, entry, 10^-power, answer = TRUE)
    result <- work(job, libraries, problem$limit)
    if (!is.null(result$failure)) return(TRUE)
    length(result$answer$lambda) == 100 &&
      stats::median(relative_gap(problem, result$answer)) <= 1e-7
  }
  too_little <- 7
  power <- 15
  while (power - too_little > 1) {
    middle <- (power + too_little) %/% 2
    if (enough(middle)) power <- middle else too_little <- middle
  }
  10^-power
}

# Of what takes long, fewer rounds.
rounds_for <- function(seconds) min(rounds, if (seconds > 20) 1 else if (seconds > 5) 2 else Inf)

failed <- function(entry, thresh, why) {
  data.frame(entry, seconds = NA, thresh = c(thresh, NA)[1], failure = why)
}

# The first round of an entry: everything but the final time.
first_round <- function(problem, entry, thresh, libraries) {
  result <- work(make_job(problem, entry, thresh, answer = TRUE), libraries, problem$limit)
  if (!is.null(result$failure)) return(failed(entry, thresh, result$failure))
  gap <- relative_gap(problem, result$answer)
  data.frame(
    entry, seconds = result$seconds, lambdas = length(gap), gap_median = stats::median(gap),
    gap_max = max(gap), peak_mb = result$peak, pass = c(result$pass, NA)[1],
    read = c(result$read, NA)[1], thresh = c(thresh, NA)[1], version = result$version,
    blas_file = result$blas, failure = NA, warning = paste(result$warning, collapse = "; ")
  )
}

columns <- c(
  "case", "family", "n", "p", "alpha", "x_mb", "limit", "blas", "arm", "package", "version",
  "seconds", "rounds", "lambdas", "gap_median", "gap_max", "peak_mb", "pass", "read", "thresh",
  "failure", "warning", "blas_file"
)

# Who has run into the time limit is not tried again under a slower BLAS.
bench_case <- function(case, packages, libraries) {
  message(format(Sys.time(), "%H:%M:%S "), case)
  problem <- prepare(case)
  problem$limit <- patience(problem, libraries[[1]])
  table <- entries(problem, packages, libraries)
  thresh <- if ("glmnet, tightened" %in% table$package) tighten(problem, libraries[[1]])
  rows <- split(table, seq_len(nrow(table)))
  times <- vector("list", length(rows))
  facts <- vector("list", length(rows))
  late <- character(0)
  for (round in seq_len(rounds)) {
    for (i in seq_along(rows)) {
      entry <- rows[[i]]
      own <- if (entry$package == "glmnet, tightened") thresh
      library <- libraries[[entry$blas]]
      who <- paste(entry$arm, entry$package)
      if (round == 1) {
        facts[[i]] <- if (who %in% late) failed(entry, own, "time") else
          first_round(problem, entry, own, library)
        times[[i]] <- facts[[i]]$seconds
        if (facts[[i]]$failure %in% "time") late <- c(late, who)
        progress(facts[[i]])
      } else if (!is.na(times[[i]][1]) && round <= rounds_for(times[[i]][1])) {
        again <- work(make_job(problem, entry, own), library, problem$limit)
        times[[i]] <- c(times[[i]], again$seconds)
      }
    }
  }
  finish(case, problem, facts, times)
}

progress <- function(row) {
  outcome <- row$failure
  if (!is.na(row$seconds)) {
    outcome <- sprintf("%8.4f s, largest gap %.0e", row$seconds, row$gap_max)
  }
  message(sprintf("  %-10s %-8s %-18s %s", row$blas, row$arm, row$package, outcome))
}

finish <- function(case, problem, facts, times) {
  rows <- lapply(seq_along(facts), function(i) {
    row <- facts[[i]]
    row[setdiff(columns, names(row))] <- NA
    row$seconds <- stats::median(times[[i]])
    row$rounds <- length(times[[i]])
    row
  })
  table <- do.call(rbind, rows)
  table[c("case", "family", "n", "p", "alpha")] <-
    list(case, problem$family, nrow(problem$x), ncol(problem$x), problem$alpha)
  table$limit <- problem$limit
  table$x_mb <- as.numeric(utils::object.size(problem$x)) / 2^20
  table[columns]
}

# ---- All cases ----------------------------------------------------------------------------------

is_installed <- vapply(solvers, function(s) nzchar(system.file(package = s$package)), NA)
chosen <- names(solvers)[is_installed]
chosen <- union("sparsepath", selected(chosen, "PEERS"))
libraries <- blas_libraries()
libraries <- libraries[selected(names(libraries), "BLAS")]

is_whole <- all(!nzchar(Sys.getenv(c("CASES", "PEERS", "BLAS"))))
results <- if (is_whole) file.path("bench", "results") else folder
dir.create(results, showWarnings = FALSE)
csv <- file.path(results, paste0(Sys.Date(), ".csv"))
writeLines(paste("#", machine(
  names(solvers)[!is_installed],
  sprintf("limit: %g seconds, or 100 times sparsepath's where that is less", limit)
)), csv)
for (case in selected(names(cases), "CASES")) {
  table <- bench_case(case, chosen, libraries)
  is_first <- !any(startsWith(readLines(csv), "\"case\""))
  suppressWarnings(utils::write.table(
    table, csv, sep = ",", row.names = FALSE, col.names = is_first, append = TRUE
  ))
}

source("bench/report.R")
source("bench/plot.R")
writeLines(write_report(csv))
draw_results(csv)
