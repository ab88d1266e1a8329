#' Plot a path
#'
#' Draws every coefficient along the path, from the strongest penalty on the left to the weakest on
#' the right. The variables with the largest coefficients at the right end are drawn in colour and
#' labelled by name; the others are grey, and their number is stated.
#'
#' @param x a fit by [sparsereg()].
#' @param xvar what the horizontal axis shows: `"lambda"`, on a log scale that decreases to the
#'   right; `"norm"`, the L1 norm of the coefficients that are drawn; `"dev"`, the fraction of the
#'   null deviance explained. A lambda of 0 is drawn to the right of the others.
#' @param label which variables to label: `TRUE` for at most 12, a number for at most so many,
#'   `FALSE` for none. There are never more than fit without overlap.
#' @param standardized draw coefficients per standard deviation of the variables? See
#'   [coef.sparsereg()].
#' @param knots mark the knots of the path, those of [thresholds()]? The path is then drawn through
#'   them, so that an L1 path of the gaussian family is exact: straight between its knots over the
#'   `"norm"`. A dot marks where a variable enters, a circle where it leaves,
#'   a diamond where it changes sign, a square where it reaches a bound (open: where it leaves one).
#' @param data for `knots = TRUE`: the data of the fit, if its call can no longer find them (see
#'   [coef.sparsereg()]).
#' @param col,lty colours and line types of the labelled variables, recycled from the top label
#'   down. The default colours are told apart by the colour-blind (Okabe and Ito, 2008).
#' @param lwd line width of the labelled variables.
#' @param xlim the part of the path to draw: two values of lambda, or of what `xvar` says.
#' @param main,xlab,ylab,ylim as in [plot.default()].
#' @param ... further graphical parameters, such as `cex.axis` or `las` (see [graphics::par()]).
#'   They are in force for this plot only. The margins are those that the labels need.
#'
#' @details The numbers on the top axis are the numbers of nonzero coefficients; for ridge, the
#'   effective degrees of freedom, rounded. The path of a ridge fit without bounds, of 30 values of
#'   lambda or more, is smooth: it is drawn through them by a spline in log(lambda).
#' @return Invisibly, a data frame of what is drawn, with one row for each variable that is ever
#'   nonzero and each lambda: `variable`, `lambda`, `x` (the position), `coefficient`, `labelled`.
#'   With `knots = TRUE` its attribute `knots` is a data frame of the marks: `variable`, `event`,
#'   `x`, `coefficient`.
#' @references Okabe M, Ito K (2008). Color Universal Design.
#'   <https://jfly.uni-koeln.de/color/>
#' @examples
#' fit <- sparsereg(mpg ~ ., data = mtcars, penalty = "l1")
#' plot(fit, standardized = TRUE)
#' plot(fit, xvar = "dev", label = 4)
#' plot(fit, xvar = "norm", standardized = TRUE, knots = TRUE)
#' @export
plot.sparsereg <- function(x, xvar = c("lambda", "norm", "dev"), label = TRUE,
                           standardized = FALSE, col = NULL, lty = NULL, lwd = 2, main = NULL,
                           xlab = NULL, ylab = NULL, xlim = NULL, ylim = NULL, knots = FALSE,
                           data = NULL, ...) {
  xvar <- match_choice(xvar, c("lambda", "norm", "dev"), "xvar")
  check_flag(standardized, "standardized")
  check_flag(knots, "knots")
  if (knots) x <- add_knots(x, data, parent.frame())
  lines <- path_lines(x, xvar, standardized, xlim)
  marks <- if (knots) knot_marks(x$events, lines)
  margins <- graphics::par("mar")
  old <- change_par(..., known = names(formals()))
  on.exit(restore_par(old, margins))
  graphics::plot.new()
  labels <- choose_labels(lines, max_labels(label))
  graphics::par(mai = label_margins(labels, !is.null(main), knots), new = TRUE)
  graphics::plot.new()
  graphics::plot.window(
    range(lines$x), if (is.null(ylim)) path_ylim(lines) else ylim, xaxs = "i"
  )
  style <- label_style(labels, lines, col, lty)
  if (knots) draw_knots(marks)
  draw_path(lines, style, lwd)
  if (knots) draw_knot_marks(marks, style)
  draw_labels(style, lwd)
  draw_path_axes(x, lines, xvar, standardized, main, xlab, ylab)
  if (knots) draw_knot_key(marks)
  invisible(drawn_frame(lines, style, marks))
}

# The old values of the parameters that are changed. par() without any would return all of them,
# also those that cannot be set again. `known` are the arguments of the method that has the dots.
change_par <- function(..., known) {
  if (...length() == 0) {
    return(list())
  }
  wrong <- setdiff(names(list(...)), names(graphics::par(no.readonly = TRUE)))
  if (length(wrong) > 0) {
    abort_input(
      wrong[1], "is not an argument of plot() or par().",
      remedy = suggest_name(wrong[1], known), class = "sparsepath_error_unknown_argument"
    )
  }
  graphics::par(...)
}

# The margins last: they are counted in lines of text, whose height depends on the others.
restore_par <- function(old, margins) {
  graphics::par(old)
  graphics::par(mar = margins)
}

# ---- What is drawn ------------------------------------------------------------------------------

# Variables in rows, lambdas in columns from left to right.
path_lines <- function(fit, xvar, standardized, xlim = NULL) {
  path <- fit[c("lambda", "intercept", "beta")]
  if (standardized) {
    path <- standardize_path(path, fit)
  }
  x <- switch(xvar,
    lambda = lambda_position(fit$lambda),
    norm = Matrix::colSums(abs(path$beta)),
    dev = fit$dev_ratio
  )
  order <- order(fit$lambda, decreasing = TRUE)
  inside <- within_limits(if (xvar == "lambda") fit$lambda else x, xlim)[order]
  shown <- path$beta[, order[inside], drop = FALSE]
  drawn <- sort(unique(shown@i[shown@x != 0])) + 1L
  beta <- as.matrix(path$beta[drawn, order, drop = FALSE])
  lines <- list(
    x = x[order][inside], lambda = fit$lambda[order][inside], beta = beta[, inside, drop = FALSE],
    df = fit$df[order][inside], xvar = xvar
  )
  lines$curve <- if (is_smooth(fit) && sum(inside) > 1) {
    smooth_curve(x[order], fit$lambda[order], beta, range(lines$lambda))
  } else {
    lines[c("x", "lambda", "beta")]
  }
  lines
}

# A ridge path has no knots, and a grid over degrees of freedom is thin at its ends.
is_smooth <- function(fit) {
  fit$alpha == 0 && !any(is.finite(c(fit$lower, fit$upper))) && sum(fit$lambda > 0) >= 30
}

# Through the fits by a spline in log(lambda), off by less than the width of a line; the part of it
# from one to the other of two lambdas.
smooth_curve <- function(x, lambda, beta, limits, places = 200) {
  known <- lambda > 0 & !duplicated(lambda)
  at <- log(lambda[known])
  shown <- at[at >= log(limits[1]) & at <= log(limits[2])]
  fine <- seq(shown[1], shown[length(shown)], length.out = places)
  zero <- lambda == 0 & limits[1] == 0
  along <- function(values) c(stats::spline(at, values[known], xout = fine)$y, values[zero])
  list(x = along(x), lambda = c(exp(fine), lambda[zero]), beta = t(apply(beta, 1, along)))
}

within_limits <- function(values, xlim) {
  if (is.null(xlim)) {
    return(rep(TRUE, length(values)))
  }
  if (!is.numeric(xlim) || length(xlim) != 2 || anyNA(xlim)) {
    abort_input("xlim", paste0("must be two numbers, not ", describe(xlim), "."))
  }
  inside <- values >= min(xlim) & values <= max(xlim)
  if (!any(inside)) {
    abort_input("xlim", "leaves nothing of the path to draw.")
  }
  inside
}

# -log10(lambda), and zero a little to the right of the smallest other value.
lambda_position <- function(lambda) {
  position <- -log10(lambda)
  finite <- position[is.finite(position)]
  if (length(finite) == 0) {
    return(seq_along(lambda))
  }
  replace(position, lambda == 0, max(finite) + max(0.3, 0.08 * diff(range(finite))))
}

path_ylim <- function(lines) {
  range(0, lines$beta)
}

drawn_frame <- function(lines, style, marks = NULL) {
  n <- nrow(lines$beta)
  n_lambda <- length(lines$lambda)
  frame <- data.frame(
    variable = rep(as.character(rownames(lines$beta)), n_lambda),
    lambda = rep(lines$lambda, each = n),
    x = rep(unname(lines$x), each = n), coefficient = as.vector(lines$beta),
    labelled = rep(seq_len(n) %in% style$row, n_lambda)
  )
  if (!is.null(marks)) attr(frame, "knots") <- marks[names(marks) != "row"]
  frame
}

# ---- Labels -------------------------------------------------------------------------------------

max_labels <- function(label) {
  if (isTRUE(label)) {
    return(12)
  }
  if (isFALSE(label)) {
    return(0)
  }
  check_count(label, "label", min = 0)
  label
}

# The rows of the largest coefficients at the right end, as many as the height of the plot takes;
# ties, such as several zeros, go to the variable that was larger on the way.
choose_labels <- function(lines, max_labels) {
  room <- floor(graphics::par("pin")[2] / label_height() - 1)
  row <- largest_rows(lines, max(0, min(max_labels, room)))
  list(
    row = row, text = shorten(rownames(lines$beta)[row], 24),
    left_out = if (max_labels > 0) nrow(lines$beta) - length(row) else 0
  )
}

largest_rows <- function(lines, n) {
  last <- ncol(lines$beta)
  size <- order(abs(lines$beta[, last]), apply(abs(lines$beta), 1, max), decreasing = TRUE)
  size[seq_len(min(n, length(size)))]
}

# The middle goes: interactions and levels are told apart by their ends.
shorten <- function(names, max) {
  long <- which(nchar(names, allowNA = TRUE) > max)
  tail <- max %/% 2 - 1
  head <- substr(names[long], 1, max - tail - 2)
  names[long] <- paste0(head, "..", substring(names[long], nchar(names[long]) - tail + 1))
  names
}

# A factor to par("cex"), as in text() and strwidth().
label_cex <- 0.85

# In inches, like everything that has to be known before the margins are set.
label_height <- function() {
  1.5 * graphics::strheight("Xg", units = "inches", cex = label_cex)
}

# In inches.
leader_width <- 0.22

label_margins <- function(labels, has_title, has_key) {
  line <- graphics::par("csi")
  text <- c(labels$text, left_out_text(labels$left_out))
  width <- if (length(text) == 0) {
    0
  } else {
    max(graphics::strwidth(text, units = "inches", cex = label_cex))
  }
  right <- if (length(text) == 0) 1.2 * line else leader_width + width + 0.8 * line
  right <- min(right, 0.45 * graphics::par("fin")[1])
  c((if (has_key) 5.4 else 4.2) * line, 4.2 * line, (if (has_title) 5 else 3.6) * line, right)
}

left_out_text <- function(n) {
  if (n > 0) paste("+", n, "more")
}

# Colours in the order of the labels from top to bottom, so that neighbours differ.
label_style <- function(labels, lines, col, lty) {
  last <- ncol(lines$beta)
  end <- lines$beta[labels$row, last]
  order <- order(end, decreasing = TRUE)
  n <- length(order)
  palette <- if (is.null(col)) okabe_ito() else col
  types <- if (is.null(lty)) line_types(n, length(palette)) else lty
  list(
    row = labels$row[order], text = labels$text[order], end = unname(end[order]),
    col = rep_len(palette, n), lty = rep_len(types, n), left_out = labels$left_out
  )
}

# Without the yellow, which is too pale for lines on white.
okabe_ito <- function() {
  c("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
}

# The colours come round again with another type of line.
line_types <- function(n, n_colours = length(okabe_ito())) {
  rep_len(rep(c("solid", "62", "22"), each = n_colours), n)
}

# Positions at least `gap` apart, between lo and hi, with the least sum of squared distances from
# the targets (decreasing): after subtraction of the gaps this is a monotone regression, and
# clipping its solution to the bounds keeps it optimal.
spread_labels <- function(target, gap, lo, hi) {
  n <- length(target)
  if (n == 0) {
    return(numeric())
  }
  shift <- gap * (seq_len(n) - 1)
  position <- stats::isoreg(rev(target) - shift)$yf
  rev(pmin(pmax(position, lo), hi - shift[n]) + shift)
}

# ---- Drawing ------------------------------------------------------------------------------------

draw_path <- function(lines, style, lwd) {
  graphics::abline(h = 0, col = "grey60", lwd = 0.8)
  others <- setdiff(seq_len(nrow(lines$beta)), style$row)
  many <- length(others) > 100
  draw_lines(lines, others, if (many) "#99999955" else "grey75", 1, if (many) 0.7 else 1)
  draw_lines(lines, rev(style$row), rev(style$col), rev(style$lty), lwd)
  graphics::box(bty = "l", col = "grey40")
}

# A path of one lambda is a column of points. Zeros are not drawn over the zero line, except where a
# coefficient comes from or goes to.
draw_lines <- function(lines, rows, col, lty, lwd) {
  if (length(rows) == 0) {
    return(invisible())
  }
  curve <- lines$curve
  values <- t(curve$beta[rows, , drop = FALSE])
  values[within_zeros(values == 0)] <- NA
  if (length(lines$x) == 1) {
    graphics::matpoints(curve$x, values, pch = 19, col = col)
  } else {
    graphics::matlines(curve$x, values, col = col, lty = lty, lwd = lwd)
  }
}

# Zeros whose neighbours in the column are zero too; beyond the ends there is nothing to draw.
within_zeros <- function(zero) {
  n <- nrow(zero)
  padded <- rbind(rep(TRUE, ncol(zero)), zero, rep(TRUE, ncol(zero)))
  zero & padded[seq_len(n), , drop = FALSE] & padded[seq_len(n) + 2L, , drop = FALSE]
}

draw_labels <- function(style, lwd) {
  usr <- graphics::par("usr")
  per_inch <- c(usr[2] - usr[1], usr[4] - usr[3]) / graphics::par("pin")
  gap <- label_height() * per_inch[2]
  lowest <- usr[3] + gap * (0.5 + (style$left_out > 0))
  x <- usr[2] + leader_width * per_inch[1] * c(0.1, 0.85, 1)
  if (length(style$row) > 0) {
    end <- pmin(pmax(style$end, usr[3]), usr[4])
    at <- spread_labels(end, gap, lowest, usr[4])
    graphics::segments(x[1], end, x[2], at, col = style$col, lwd = lwd / 2, xpd = NA)
    margin_text(x[3], at, style$text, style$col)
  }
  if (style$left_out > 0) {
    margin_text(x[3], usr[3] + gap * 0.3, left_out_text(style$left_out), "grey45")
  }
}

margin_text <- function(x, y, text, col) {
  graphics::text(x, y, text, adj = c(0, 0.4), col = col, cex = label_cex, xpd = NA)
}

draw_path_axes <- function(fit, lines, xvar, standardized, main, xlab, ylab) {
  if (xvar == "lambda") {
    draw_lambda_axis(lines$lambda, lines$x)
  } else {
    draw_axis(1)
  }
  draw_axis(2)
  draw_size_axis(fit, lines$x, lines$df)
  label_axes(
    if (is.null(xlab)) path_xlab(xvar, standardized) else xlab,
    if (is.null(ylab)) path_ylab(standardized) else ylab
  )
  graphics::title(main = main, line = 3.4)
}

label_axes <- function(xlab, ylab, line = 2.4) {
  size <- graphics::par("cex.lab") * fitting_labels(xlab, ylab)
  graphics::title(xlab = xlab, ylab = ylab, line = line, cex.lab = size)
}

# One size for both labels, at which each fits into the figure: it is centred along its axis.
fitting_labels <- function(xlab, ylab) {
  place <- graphics::par("plt")
  room <- function(ends, size) 1.96 * min(mean(ends), 1 - mean(ends)) * size
  figure <- graphics::par("fin")
  min(
    fitting_cex(xlab, room(place[1:2], figure[1])), fitting_cex(ylab, room(place[3:4], figure[2]))
  )
}

path_xlab <- function(xvar, standardized = FALSE) {
  switch(xvar,
    lambda = "lambda (log scale, decreasing)",
    norm = paste0("L1 norm of the ", path_ylab(standardized), "s"),
    dev = "fraction of deviance explained"
  )
}

path_ylab <- function(standardized) {
  if (standardized) "standardised coefficient" else "coefficient"
}

draw_axis <- function(side, ...) {
  graphics::axis(side, ..., col = NA, col.ticks = "grey40", tcl = -0.3, mgp = c(2.4, 0.55, 0))
}

draw_lambda_axis <- function(lambda, position) {
  ticks <- lambda_ticks(lambda, position)
  draw_axis(1, at = ticks$at, labels = ticks$label)
}

# Ticks carry lambda itself, not its logarithm.
lambda_ticks <- function(lambda, position) {
  positive <- unique(lambda[lambda > 0])
  tick <- if (length(positive) > 1) {
    grDevices::axisTicks(range(log10(positive)), log = TRUE, nint = 6)
  } else {
    signif(positive, 3)
  }
  zero <- position[lambda == 0]
  list(
    at = c(-log10(tick), zero[seq_len(min(1, length(zero)))]),
    label = c(formatC(tick, format = "g", width = 1), if (length(zero) > 0) "0")
  )
}

# The sizes of the models at evenly spread grid values, which sit on the top axis.
draw_size_axis <- function(x, position, df) {
  at <- size_ticks(position, graphics::par("usr")[1:2])
  draw_axis(3, at = position[at], labels = round(df[at]))
  graphics::mtext(size_label(x), side = 3, line = 1.9, las = 0, cex = graphics::par("cex"))
}

# Places in the grid whose sizes are told.
size_ticks <- function(position, limits) {
  wanted <- seq(limits[1], limits[2], length.out = 9)
  nearest <- unique(vapply(wanted, function(x) which.min(abs(position - x)), 1L))
  nearest[position[nearest] >= limits[1] & position[nearest] <= limits[2]]
}

# Of a fit, of one that is cross-validated, or of leave-one-out errors.
size_label <- function(x) {
  alpha <- if (is.null(x$fit)) x$alpha else x$fit$alpha
  if (alpha > 0) "nonzero coefficients" else "effective degrees of freedom"
}
