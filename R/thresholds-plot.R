#' Plot where variables are in the model
#'
#' One line for each variable, drawn while it is in the model, from the strongest penalty on the
#' left to the weakest on the right: blue while its coefficient is positive, orange and broken while
#' it is negative. A dot marks where it enters, a circle where it leaves. Ticks on the upper axis
#' are the knots.
#'
#' @param x,object an object by [thresholds()].
#' @param max_rows the largest number of variables to draw, those that enter first. There are never
#'   more than fit; `autoplot()`, which does not know its height, leaves out names that would touch.
#' @param main,xlab as in [plot.default()].
#' @param ... `plot()`: further graphical parameters (see [graphics::par()]). `autoplot()`: not
#'   used, any other argument is an error.
#' @return `plot()`: invisibly, a data frame of the lines that are drawn: `variable`, `from`, `to`
#'   (lambda), `sign`.
#'   `autoplot()`: a `ggplot` object, if package ggplot2 is installed.
#' @examples
#' fit <- sparsereg(y ~ ., diabetes, penalty = "l1")
#' plot(thresholds(fit))
#' @export
plot.sparsepath_thresholds <- function(x, max_rows = 40, main = NULL, xlab = NULL, ...) {
  check_drawable(x)
  check_count(max_rows, "max_rows")
  margins <- graphics::par("mar")
  old <- change_par(..., known = names(formals()))
  on.exit(restore_par(old, margins))
  graphics::plot.new()
  line <- graphics::par("csi")
  room <- floor(graphics::par("pin")[2] / label_height())
  spans <- threshold_spans(x, min(max_rows, max(room, 1)))
  names <- shorten(levels(spans$variable), 24)
  width <- max(0, graphics::strwidth(names, "inches", cex = label_cex))
  width <- min(width, 0.45 * graphics::par("fin")[1])
  graphics::par(
    mai = c(5.4 * line, width + 1.2 * line, (if (is.null(main)) 3 else 4.5) * line, line),
    new = TRUE
  )
  graphics::plot.new()
  graphics::plot.window(threshold_limits(x), c(length(names) + 0.5, 0.5), xaxs = "i")
  draw_spans(spans, x)
  draw_threshold_axes(x, names, main, xlab)
  draw_span_key(spans)
  invisible(plain_spans(spans))
}

#' @rdname plot.sparsepath_thresholds
#' @method autoplot sparsepath_thresholds
#' @rawNamespace S3method(ggplot2::autoplot,sparsepath_thresholds)
autoplot.sparsepath_thresholds <- function(object, max_rows = 40, ...) {
  check_dots(..., fun = "autoplot()", known = names(formals()))
  check_drawable(object)
  check_count(max_rows, "max_rows")
  spans <- threshold_spans(object, max_rows)
  spans$coefficient <- factor(
    ifelse(spans$sign > 0, "positive", "negative"), c("positive", "negative")
  )
  marks <- rbind(
    data.frame(variable = spans$variable, x = spans$x0, mark = spans$starts)[spans$starts != "", ],
    data.frame(variable = spans$variable, x = spans$x1, mark = spans$ends)[spans$ends != "", ]
  )
  ticks <- lambda_ticks(10^-threshold_limits(object), threshold_limits(object))
  ggplot2::ggplot(spans, ggplot2::aes(y = .data[["variable"]])) +
    ggplot_knots(-log10(drawn_knots(object))) +
    ggplot2::geom_segment(
      ggplot2::aes(
        x = .data[["x0"]], xend = .data[["x1"]], yend = .data[["variable"]],
        colour = .data[["coefficient"]], linetype = .data[["coefficient"]]
      )
    ) +
    ggplot2::geom_point(ggplot2::aes(.data[["x"]], shape = .data[["mark"]]), marks) +
    scale_marks(marks, c(enters = 19, leaves = 1)) +
    ggplot2::scale_colour_manual(values = span_colours(), name = NULL) +
    ggplot2::scale_linetype_manual(
      values = c(positive = "solid", negative = "62"), name = NULL
    ) +
    ggplot2::scale_y_discrete(
      limits = rev(levels(spans$variable)), expand = ggplot2::expansion(add = 1),
      labels = short_labels, guide = apart_guide()
    ) +
    ggplot2::scale_x_continuous(
      breaks = ticks$at, labels = ticks$label, guide = apart_guide()
    ) +
    ggplot2::labs(x = path_xlab("lambda"), y = NULL)
}

span_colours <- function() {
  c(positive = okabe_ito()[1], negative = okabe_ito()[2])
}

check_drawable <- function(x) {
  if (is.null(attr(x, "events"))) {
    abort_input("x", "must have all columns that thresholds() returned.")
  }
  if (all(is.na(x$enters))) {
    abort_input("x", "has nothing to draw: no variable is in the model.",
      remedy = "Fit again with smaller values of `lambda`."
    )
  }
}

# The path from a little above the first knot to its end. Lambda = 0 is drawn at a tenth of the
# last knot.
threshold_limits <- function(x) {
  knots <- knots.sparsepath_thresholds(x)
  ends <- attr(x, "ends")
  positive <- c(knots, ends)[c(knots, ends) > 0]
  last <- if (ends[2] > 0) ends[2] else min(positive, if (length(positive) == 0) 1) / 10
  first <- max(knots, if (length(knots) == 0) ends[1], last)
  limits <- -log10(c(first, last))
  limits + c(-0.03, 0.01) * max(diff(limits), 0.1)
}

drawn_knots <- function(x) {
  knots <- knots.sparsepath_thresholds(x)
  knots[-log10(knots) <= threshold_limits(x)[2]]
}

# A span for every stretch in the model with one sign.
threshold_spans <- function(x, max_rows) {
  rows <- utils::head(which(!is.na(x$enters)), max_rows)
  events <- attr(x, "events")
  limits <- threshold_limits(x)
  spans <- lapply(rows, function(row) {
    variable_spans(x[["variable"]][row], x[["enters"]][row], x[["sign"]][row], events)
  })
  spans <- do.call(rbind, spans)
  spans$variable <- factor(spans$variable, x[["variable"]][rows])
  spans$x0 <- pmax(-log10(spans$from), limits[1])
  spans$to <- pmax(spans$to, attr(x, "ends")[2])
  spans$x1 <- pmin(-log10(spans$to), limits[2])
  spans
}

variable_spans <- function(variable, enters, first, events) {
  mine <- events[events$variable == variable & !grepl("bound", events$event), ]
  from <- mine$lambda
  sign <- mine$sign
  starts <- ifelse(mine$event == "enters", "enters", "")
  to <- c(from[-1], 0)
  ends <- c(ifelse(mine$event[-1] == "leaves", "leaves", ""), "")
  if (is.infinite(enters)) {
    to <- c(if (length(from)) from[1] else 0, if (length(from)) to)
    from <- c(Inf, from)
    sign <- c(first, sign)
    starts <- c("", starts)
    ends <- if (length(mine$lambda)) c("", ends) else ""
  }
  inside <- sign != 0
  data.frame(variable = variable, from, to, sign, starts, ends)[inside, ]
}

plain_spans <- function(spans) {
  spans$variable <- as.character(spans$variable)
  `rownames<-`(spans[c("variable", "from", "to", "sign")], NULL)
}

draw_spans <- function(spans, x) {
  usr <- graphics::par("usr")
  knots <- drawn_knots(x)
  if (length(knots) <= many_knots) graphics::abline(v = -log10(knots), col = "grey90", lwd = 0.8)
  at <- as.integer(spans$variable)
  kind <- ifelse(spans$sign > 0, 1, 2)
  col <- span_colours()[kind]
  lty <- c("solid", "62")[kind]
  graphics::segments(spans$x0, at, pmin(spans$x1, usr[2]), at, col = col, lty = lty, lwd = 2.5)
  entry <- spans$starts == "enters"
  graphics::points(spans$x0[entry], at[entry], pch = 19, col = col[entry], xpd = NA)
  exit <- spans$ends == "leaves"
  graphics::points(spans$x1[exit], at[exit], pch = 21, col = col[exit], bg = "white", xpd = NA)
}

draw_threshold_axes <- function(x, names, main, xlab) {
  limits <- threshold_limits(x)
  draw_lambda_axis(10^-limits, limits)
  graphics::axis(3, -log10(drawn_knots(x)), FALSE, col = NA, col.ticks = "grey40", tcl = -0.3)
  entered <- sum(!is.na(x$enters))
  graphics::mtext(paste0(
    count_of(length(knots.sparsepath_thresholds(x)), "knot"),
    if (entered > length(names)) paste0(", ", length(names), " of ", entered, " variables")
  ), 3, 0.8, cex = graphics::par("cex"))
  graphics::axis(
    2, seq_along(names), names, las = 1, tick = FALSE, cex.axis = label_cex, mgp = c(2.4, 0.2, 0),
    gap.axis = 0
  )
  graphics::title(main = main, line = 2.4)
  graphics::title(xlab = if (is.null(xlab)) path_xlab("lambda") else xlab, line = 2.4)
  graphics::box(bty = "l", col = "grey40")
}

draw_span_key <- function(spans) {
  kinds <- c(
    any(spans$sign > 0), any(spans$sign < 0), any(spans$starts == "enters"),
    any(spans$ends == "leaves")
  )
  draw_key_below(
    c("positive", "negative", "enters", "leaves")[kinds], pch = c(NA, NA, 19, 21)[kinds],
    lty = c("solid", "62", NA, NA)[kinds], col = c(span_colours(), "black", "black")[kinds]
  )
}
