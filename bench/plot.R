# The picture of a run: draw_results(csv) draws time per case and package, and how exact each answer
# is, from the CSV file of run.R to a PNG file beside it.

# Letters stand for packages, colours for classes of the largest gap; the colours differ in
# lightness, too, and are told apart with any kind of colour vision.
letters_of <- c(
  sparsepath = "S", glmnet = "g", "glmnet, tightened" = "t", adelie = "a", biglasso = "b",
  gamlr = "m", gcdnet = "c", lars = "l", ncvreg = "n", oem = "o", picasso = "p", SLOPE = "s"
)
gap_limits <- c(0, 1e-7, 1e-4, 1e-2, Inf)
gap_names <- c("up to 1e-7: certified", "up to 1e-4", "up to 1e-2", "above 1e-2")
gap_fill <- c("#08306b", "#4a98c9", "#fdc46f", "#b03a00")
gap_text <- c("white", "black", "black", "white")

# Points of one line that would cover each other are moved apart, up and down in turn.
spread <- function(x, distance) {
  shift <- numeric(length(x))
  order <- order(x)
  for (k in seq_along(order)[-1]) {
    near <- order[seq_len(k - 1)][x[order[k]] - x[order[seq_len(k - 1)]] < distance]
    free <- setdiff(c(0, 0.26, -0.26), shift[near])
    shift[order[k]] <- c(free, 0)[1]
  }
  shift
}

draw_case <- function(rows, height) {
  x <- log10(rows$seconds)
  y <- height + spread(x, 0.075)
  class <- findInterval(rows$gap_max, gap_limits, left.open = TRUE)
  own <- rows$package == "sparsepath"
  partial <- rows$lambdas < 100
  graphics::points(
    x, y, pch = ifelse(own, 23, 21), cex = ifelse(own, 2.6, 2.1), lwd = ifelse(partial, 1.8, 0.6),
    bg = ifelse(partial, "white", gap_fill[class]), col = ifelse(partial, gap_fill[class], "grey25")
  )
  graphics::text(
    x, y, letters_of[rows$package], cex = 0.72, col = ifelse(partial, "black", gap_text[class])
  )
}

draw_axes <- function(names, range) {
  graphics::plot.window(range, c(0.4, length(names) + 0.6), xaxs = "i", yaxs = "i")
  ticks <- seq(floor(range[1]), ceiling(range[2]))
  graphics::abline(v = ticks, col = "grey88")
  graphics::abline(h = seq_along(names), col = "grey93")
  shown <- ticks[ticks >= range[1] & ticks <= range[2]]
  graphics::axis(1, shown, format(10^shown, scientific = FALSE, drop0trailing = TRUE, trim = TRUE))
  graphics::axis(2, seq_along(names), rev(names), las = 1, tick = FALSE, line = -0.5)
  graphics::mtext("seconds for 100 values of lambda, one thread", 1, line = 2.2, cex = 0.8)
}

# Those who ran into the time limit stand in the right margin.
draw_late <- function(names, late) {
  graphics::mtext("over time", 4, 0.4, at = length(names) + 0.75, las = 1, cex = 0.65)
  for (case in unique(late$case)) {
    letters <- paste(letters_of[late$package[late$case == case]], collapse = " ")
    at <- length(names) + 1 - match(case, names)
    graphics::mtext(letters, 4, 0.4, at = at, las = 1, cex = 0.65)
  }
}

draw_keys <- function(packages) {
  keys <- letters_of[names(letters_of) %in% packages]
  graphics::par(mar = c(0, 0, 0, 0))
  graphics::plot.new()
  graphics::plot.window(c(0, 1), c(0, 1))
  below <- graphics::legend(
    "topleft", paste(keys, names(keys), sep = "   "), title = "package", title.adj = 0, bty = "n",
    inset = c(0, 0.04)
  )$rect
  graphics::legend(
    below$left, below$top - below$h - 0.03, c(gap_names, "hollow: part of the grid"),
    title = "largest relative duality gap", title.adj = 0, bty = "n", pch = 21, pt.cex = 2,
    pt.bg = c(gap_fill, "white"), col = c(rep("grey25", 4), "black"), y.intersp = 1.2
  )
}

# The reference BLAS is what most users of R have.
draw_results <- function(csv) {
  table <- utils::read.csv(csv, comment.char = "#")
  blas <- intersect(c("reference", table$blas), table$blas)[1]
  table <- table[table$arm == "grid" & table$blas == blas, ]
  names <- unique(table$case)
  late <- table[table$failure %in% "time", ]
  table <- table[!is.na(table$gap_max), ]
  file <- sub("\\.csv$", ".png", csv)
  grDevices::png(file, 2200, max(900, 320 + 100 * length(names)), res = 200)
  on.exit(grDevices::dev.off())
  graphics::layout(matrix(1:2, 1), widths = c(4, 1.15))
  graphics::par(mar = c(3.6, 21, 2.2, 4), mgp = c(2, 0.6, 0), tcl = -0.3, cex = 0.8)
  graphics::plot.new()
  draw_axes(names, log10(range(table$seconds)) + c(-0.15, 0.15))
  for (case in names) {
    draw_case(table[table$case == case, ], length(names) + 1 - match(case, names))
  }
  if (nrow(late) > 0) draw_late(names, late)
  graphics::title(
    sprintf("Penalised regression paths, %s BLAS", blas), adj = 0, line = 0.8, cex.main = 1.1
  )
  draw_keys(c(table$package, late$package))
  invisible(file)
}
