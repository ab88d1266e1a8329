# The table of a run: write_report(csv) turns the CSV file of run.R into Markdown beside it.

read_results <- function(csv) {
  lines <- readLines(csv)
  is_head <- startsWith(lines, "#")
  table <- utils::read.csv(text = lines[!is_head])
  list(head = sub("^# ", "", lines[is_head]), table = add_ratios(table))
}

# Times relative to sparsepath's in the same case, BLAS and arm. What ran into the time limit has
# the limit for a time: its ratio is a lower bound.
add_ratios <- function(table) {
  table$late <- table$failure %in% "time"
  table$seconds[table$late] <- table$limit[table$late]
  key <- paste(table$case, table$blas, table$arm)
  own <- table$package == "sparsepath"
  table$ratio <- table$seconds / table$seconds[own][match(key, key[own])]
  table$partial <- table$arm == "grid" & table$lambdas %in% 1:99
  table
}

# ---- Words --------------------------------------------------------------------------------------

# Two digits, or all before the decimal point.
number <- function(x) {
  few <- sub("\\.$", "", formatC(x, digits = 2, format = "g", flag = "#"))
  ifelse(is.na(x), "", ifelse(abs(x) < 100, few, sprintf("%.0f", x)))
}
gap <- function(x) ifelse(is.na(x), "", sprintf("%.0e", pmax(x, 1e-16)))
ratio <- function(row) {
  text <- paste0(ifelse(row$late, "> ", ""), number(row$ratio), ifelse(row$partial, "*", ""))
  ifelse(is.na(row$ratio), "", text)
}
geometric_mean <- function(x) exp(mean(log(x)))

# A table in Markdown; the columns named in `left` hold words.
markdown <- function(table, left) {
  row <- function(cells) paste0("| ", paste(cells, collapse = " | "), " |")
  rule <- ifelse(names(table) %in% left, "---", "---:")
  body <- do.call(paste, c(unname(as.list(table)), sep = " | "))
  c("", row(names(table)), row(rule), sprintf("| %s |", body), "")
}

# ---- Parts --------------------------------------------------------------------------------------

# The quickest peer of each case that answered every lambda.
best_peers <- function(part) {
  peers <- part[
    !part$package %in% c("sparsepath", "glmnet, tightened") & !part$partial & !is.na(part$ratio) &
      !part$late,
  ]
  peers <- peers[order(peers$ratio), ]
  peers[!duplicated(peers$case), ]
}

summarise <- function(part) {
  glmnet <- part[part$package == "glmnet" & !is.na(part$ratio), ]
  tight <- part[part$package == "glmnet, tightened" & !is.na(part$ratio), ]
  own <- part[part$package == "sparsepath", ]
  best <- best_peers(part)
  least <- function(rows, name) {
    row <- rows[which.min(rows$ratio), ]
    if (nrow(row) > 0) sprintf("%s (%s)", number(row$ratio), row[[name]]) else ""
  }
  data.frame(
    check.names = FALSE,
    BLAS = part$blas[1], arm = part$arm[1], cases = nrow(own),
    "glmnet, geometric mean" = if (nrow(glmnet) > 0) number(geometric_mean(glmnet$ratio)) else "",
    "glmnet, least" = least(glmnet, "case"),
    "best peer, least" = least(transform(best, who = sprintf("%s, %s", package, case)), "who"),
    "glmnet tightened, geometric mean" =
      if (nrow(tight) > 0) number(geometric_mean(tight$ratio)) else "",
    "sparsepath's largest gap" = gap(max(own$gap_max, na.rm = TRUE))
  )
}

# One line per case: sparsepath in seconds, every peer as a multiple of it.
case_table <- function(part) {
  own <- part[part$package == "sparsepath", ]
  table <- data.frame(
    check.names = FALSE, case = own$case,
    "sparsepath, s" = paste0(ifelse(own$late, "> ", ""), number(own$seconds)),
    gap = gap(own$gap_max), passes = number(own$seconds / own$pass),
    reads = number(own$seconds / own$read),
    "MB beyond X" = sprintf("%s of %s", number(own$peak_mb), number(own$x_mb))
  )
  for (package in setdiff(unique(part$package), "sparsepath")) {
    rows <- part[part$package == package, ]
    rows <- rows[match(own$case, rows$case), ]
    table[[package]] <- ifelse(
      is.na(rows$package), "", ifelse(is.na(rows$ratio), "failed", ratio(rows))
    )
  }
  best <- best_peers(part)
  table[["best peer"]] <- best$package[match(own$case, best$case)]
  table[is.na(table)] <- ""
  table
}

full_table <- function(part) {
  seconds <- ifelse(is.na(part$seconds), "", sprintf("%.4f", part$seconds))
  remark <- ifelse(
    part$late, "time limit", ifelse(is.na(part$failure), part$warning, part$failure)
  )
  remark <- ifelse(is.na(remark), "", substr(gsub("[|\n]", " ", remark), 1, 100))
  thresh <- ifelse(is.na(part$thresh), "", sprintf("thresh %.0e; ", part$thresh))
  data.frame(
    check.names = FALSE, case = part$case, package = part$package, seconds = seconds,
    ratio = ratio(part), lambdas = number(part$lambdas),
    "gap, median" = gap(part$gap_median), "gap, largest" = gap(part$gap_max),
    "MB beyond X" = number(part$peak_mb), remark = paste0(thresh, remark)
  )
}

arms <- c(
  grid = "One grid of 100 values for all, from the largest useful lambda on, no early stopping",
  default = "Default calls: the package's own grid, early stopping on"
)

explanation <- c(
  "",
  "- Seconds: median elapsed time of one whole call from R, standardisation included, one thread.",
  "- Ratio: the peer's seconds divided by sparsepath's in the same run, so that above 1 sparsepath",
  "  is faster. `>` marks a peer that ran into the time limit, `*` one that answered only a part",
  "  of the grid.",
  "- Gap: relative duality gap, recomputed from its definition by bench/certificate.R; the largest",
  "  of the path unless said otherwise. Every package runs at its default accuracy. \"glmnet,",
  "  tightened\" has the largest thresh, a power of ten, whose median gap is at most 1e-7.",
  "- Passes: sparsepath's time in units of one product X'r by the BLAS; reads: of one sum(X).",
  "- MB beyond X: growth of the process's peak memory during the call.",
  "- Default calls are compared with glmnet's only, as the other packages lay other grids.",
  "- Best peer: the quickest that answered the whole grid, at whatever accuracy."
)

versions <- function(table) {
  known <- unique(table[!is.na(table$version) & table$package != "glmnet, tightened",
                        c("package", "version")])
  c(
    sprintf("- %s", paste(known$package, known$version, collapse = ", ")),
    sprintf("- BLAS: %s", paste(stats::na.omit(unique(table$blas_file)), collapse = ", "))
  )
}

write_report <- function(csv) {
  results <- read_results(csv)
  table <- results$table
  parts <- split(table, factor(paste(table$arm, table$blas), unique(paste(table$arm, table$blas))))
  title <- function(part, what) {
    heading <- sprintf("## %s: %s, %s", what, part$arm[1], part$blas[1])
    c(heading, "", paste0(arms[[part$arm[1]]], "."))
  }
  lines <- c(
    sprintf("# Benchmark of %s", sub("\\.csv$", "", basename(csv))), "",
    sprintf("- %s", grep("^date", results$head, value = TRUE, invert = TRUE)), versions(table),
    explanation, "", "## Summary",
    markdown(do.call(rbind, lapply(parts, summarise)), c("BLAS", "arm")),
    unlist(lapply(parts, function(part) {
      c(title(part, "Ratios"), markdown(case_table(part), c("case", "best peer")))
    })),
    unlist(lapply(parts, function(part) {
      c(title(part, "Details"), markdown(full_table(part), c("case", "package", "remark")))
    }))
  )
  file <- sub("\\.csv$", ".md", csv)
  writeLines(lines, file)
  lines
}
