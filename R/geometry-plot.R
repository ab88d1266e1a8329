# Drawing the geometry of a penalty: base graphics and ggplot2 from the same data frames.

#' @rdname plot_geometry
#' @export
plot.sparsepath_geometry <- function(x, main = NULL, xlab = NULL, ylab = NULL, ...) {
  before <- graphics::par("mar", "pty")
  old <- change_par(..., known = names(formals()))
  on.exit({
    graphics::par(pty = before$pty)
    restore_par(old, before$mar)
  })
  key <- geometry_key(x)
  graphics::plot.new()
  columns <- key_columns(key)
  above <- 0.9 * ceiling(nrow(key) / columns) + 0.9
  # In this order: only new margins make the device lay out the plot again.
  graphics::par(pty = "s")
  graphics::par(mar = c(4.2, 4.2, above + if (is.null(main)) 0 else 1.6, 1.2), new = TRUE)
  graphics::plot.new()
  graphics::plot.window(x$window$x, x$window$y, xaxs = "i", yaxs = "i")
  draw_surface(x)
  draw_flow(x$flow)
  draw_geometry_points(x, key)
  draw_axis(1)
  draw_axis(2)
  graphics::box(col = "grey60")
  draw_geometry_key(key, columns)
  labels <- geometry_labels(x)
  if (is.null(xlab)) xlab <- labels[1]
  if (is.null(ylab)) ylab <- labels[2]
  label_axes(xlab, ylab)
  graphics::title(main = main, line = above + 0.1)
  invisible(x)
}

geometry_colours <- c(
  loss = "#0072B2", ball = "#E69F00", path = "#D55E00", flow = "#009E73", rests = "#D55E00"
)

geometry_labels <- function(x) {
  if (is.null(x$standardized)) {
    return(x$variables)
  }
  paste(path_ylab(x$standardized), "of", shorten(x$variables, 24))
}

# One row for each entry of the legend: how it is drawn, and what it is called.
geometry_key <- function(x) {
  row <- function(label, colour, lwd = NA, pch = NA, lty = "solid") {
    data.frame(label = label, colour = colour, lwd = lwd, pch = pch, lty = lty)
  }
  colours <- as.list(geometry_colours)
  at <- if (is.null(x$lambda)) "" else paste(" at lambda =", format_number(x$lambda))
  surface <- switch(x$view,
    constraint = "loss", flow = "loss + penalty", penalty = "penalty"
  )
  rbind(
    row(surface, if (x$view == "penalty") "grey55" else colours$loss, 1),
    if (!is.null(x$ball)) row("constraint set", colours$ball, 6),
    if (!is.null(x$path)) row("solutions as it grows", colours$path, 2.5),
    if (!is.null(x$flow)) row("steepest descent", colours$flow, 2),
    if (any(resting(x$flow))) row("held at zero or a bound", colours$rests, 3),
    if (x$view != "penalty") row(free_label(x), "black", pch = 4),
    if (x$view != "penalty") row(paste0("solution", at), "black", pch = 19),
    if (x$view == "penalty" || has_own_starts(x)) row("start", "black", pch = 21)
  )
}

# Where no solution without penalty is finite, another stands for it.
free_label <- function(x) {
  lambda <- x$points$lambda[x$points$what == "unpenalised"]
  if (lambda == 0) "without penalty" else paste("at lambda =", format_number(lambda))
}

has_own_starts <- function(x) {
  start <- x$points[x$points$what == "start", c("x", "y")]
  free <- x$points[x$points$what == "unpenalised", c("x", "y")]
  nrow(start) > 0 && !(nrow(start) == 1 && all(abs(start - free) == 0))
}

resting <- function(flow) flow$x_rests | flow$y_rests

draw_surface <- function(x) {
  if (!is.null(x$ball)) {
    # Without a width only the border shows, and an axis lies on it.
    flat <- min(diff(range(x$ball$x)), diff(range(x$ball$y))) == 0
    graphics::polygon(
      x$ball$x, x$ball$y, col = "#E69F0055", border = geometry_colours["ball"],
      lwd = if (flat) 5 else 1
    )
  }
  colour <- if (x$view == "penalty") "grey65" else geometry_colours["loss"]
  for (line in split(x$contours, x$contours$line)) {
    touching <- line$touching[1]
    graphics::lines(line$x, line$y, col = colour, lwd = if (touching) 2 else 0.8)
  }
  graphics::abline(h = 0, v = 0, col = "grey40", lwd = 0.8)
  if (!is.null(x$path)) {
    graphics::lines(x$path$x, x$path$y, col = geometry_colours["path"], lwd = 2.5)
  }
}

draw_flow <- function(flow) {
  if (is.null(flow)) {
    return(invisible())
  }
  for (line in split(flow, flow$line)) {
    graphics::lines(line$x, line$y, col = geometry_colours["flow"], lwd = 2)
  }
  for (line in sliding_pieces(flow)) {
    graphics::lines(line$x, line$y, col = geometry_colours["rests"], lwd = 3)
  }
  heads <- flow_arrows(flow)
  if (!is.null(heads)) {
    graphics::arrows(
      heads$x, heads$y, heads$xend, heads$yend,
      length = 0.08, lwd = 2, col = geometry_colours["flow"]
    )
  }
}

# Stretches of flow lines along which a coefficient rests while the other moves.
sliding_pieces <- function(flow) {
  if (is.null(flow)) {
    return(NULL)
  }
  piece <- cumsum(c(TRUE, diff(resting(flow)) != 0 | diff(flow$line) != 0))
  split(flow, piece)[tapply(resting(flow), piece, all)]
}

# An arrow for each line, up to half the length of what is travelled before the last rest.
flow_arrows <- function(flow) {
  heads <- lapply(split(flow, flow$line), function(line) {
    length <- c(0, cumsum(sqrt(diff(line$x)^2 + diff(line$y)^2)))
    total <- max(0, length[!resting(line)])
    # Rounding is no way.
    if (total <= 1e-9 * max(abs(c(line$x, line$y)))) {
      return(NULL)
    }
    at <- function(value) {
      stats::approx(length, value, c(0.45, 0.5) * total, ties = "ordered")$y
    }
    x <- at(line$x)
    y <- at(line$y)
    data.frame(x = x[1], y = y[1], xend = x[2], yend = y[2])
  })
  do.call(rbind, heads)
}

draw_geometry_points <- function(x, key) {
  shape <- c(unpenalised = 4, solution = 19, start = 21)
  points <- x$points[x$points$what != "start" | "start" %in% key$label, ]
  graphics::points(
    points$x, points$y,
    pch = shape[points$what], bg = "white", lwd = 2, cex = 1.3, xpd = NA
  )
}

# As many as fit side by side, evenly filled.
key_columns <- function(key) {
  width <- max(graphics::strwidth(key$label, units = "inches", cex = label_cex)) + 0.5
  columns <- max(1, min(nrow(key), floor(graphics::par("fin")[1] * 0.95 / width)))
  ceiling(nrow(key) / ceiling(nrow(key) / columns))
}

draw_geometry_key <- function(key, columns) {
  usr <- graphics::par("usr")
  line <- graphics::par("csi") * diff(usr[3:4]) / graphics::par("pin")[2]
  graphics::legend(
    mean(usr[1:2]), usr[4] + 0.3 * line,
    legend = key$label, col = key$colour, lwd = key$lwd, pch = key$pch, lty = key$lty,
    pt.lwd = 2, ncol = columns, bty = "n", cex = label_cex, xpd = NA, xjust = 0.5, yjust = 0,
    seg.len = 1.4, x.intersp = 0.7, pt.bg = "white"
  )
}

# ---- ggplot2 ------------------------------------------------------------------------------------

#' @rdname plot_geometry
#' @method autoplot sparsepath_geometry
#' @rawNamespace S3method(ggplot2::autoplot,sparsepath_geometry)
autoplot.sparsepath_geometry <- function(object, ...) {
  check_dots(..., fun = "autoplot()", known = names(formals()))
  key <- geometry_key(object)
  lines <- rbind(
    layer_lines(object$contours, key$label[1], object$contours$line),
    layer_lines(object$path, "solutions as it grows", 1),
    layer_lines(object$flow, "steepest descent", object$flow$line),
    do.call(rbind, lapply(seq_along(sliding_pieces(object$flow)), function(i) {
      layer_lines(sliding_pieces(object$flow)[[i]], "held at zero or a bound", i)
    }))
  )
  drawn <- key[key$label %in% lines$what, ]
  lines$what <- factor(lines$what, drawn$label)
  # In two lines: the legend leaves a narrow panel.
  labels <- sub(" of ", "\nof ", geometry_labels(object))
  aes <- ggplot2::aes(.data[["x"]], .data[["y"]])
  plot <- ggplot2::ggplot(lines, aes) +
    ggplot2::geom_hline(yintercept = 0, colour = "grey40", linewidth = 0.3) +
    ggplot2::geom_vline(xintercept = 0, colour = "grey40", linewidth = 0.3)
  if (!is.null(object$ball)) {
    plot <- plot +
      ggplot2::geom_polygon(
        ggplot2::aes(fill = "constraint set"), object$ball, colour = geometry_colours["ball"]
      ) +
      ggplot2::scale_fill_manual(name = NULL, values = "#E69F0055")
  }
  plot +
    ggplot2::geom_path(ggplot2::aes(
      colour = .data[["what"]], linewidth = .data[["what"]],
      group = interaction(.data[["what"]], .data[["line"]])
    )) +
    ggplot2::geom_path(
      ggplot2::aes(group = .data[["line"]]), object$contours[object$contours$touching, ],
      colour = geometry_colours["loss"], linewidth = 0.9
    ) +
    ggplot_arrows(object$flow) +
    ggplot_points(object, key) +
    ggplot2::scale_colour_manual(name = NULL, values = drawn$colour) +
    ggplot2::scale_linewidth_manual(name = NULL, values = drawn$lwd * 0.45) +
    ggplot2::coord_fixed(xlim = object$window$x, ylim = object$window$y, expand = FALSE) +
    ggplot2::labs(x = labels[1], y = labels[2])
}

layer_lines <- function(frame, what, line) {
  if (!is.null(frame) && nrow(frame) > 0) {
    data.frame(x = frame$x, y = frame$y, what = what, line = line)
  }
}

ggplot_arrows <- function(flow) {
  heads <- if (!is.null(flow)) flow_arrows(flow)
  if (!is.null(heads)) {
    ggplot2::geom_segment(
      ggplot2::aes(xend = .data[["xend"]], yend = .data[["yend"]]), heads,
      colour = geometry_colours["flow"], linewidth = 0.9,
      arrow = ggplot2::arrow(length = ggplot2::unit(0.08, "inches"))
    )
  }
}

ggplot_points <- function(object, key) {
  label <- c(
    unpenalised = if (object$view != "penalty") free_label(object), start = "start",
    solution = key$label[startsWith(key$label, "solution at")]
  )
  points <- object$points
  points$what <- label[points$what]
  points <- points[points$what %in% key$label, ]
  drawn <- key[key$label %in% points$what, ]
  points$what <- factor(points$what, drawn$label)
  list(
    ggplot2::geom_point(
      ggplot2::aes(shape = .data[["what"]]), points,
      size = 2.5, stroke = 1, fill = "white"
    ),
    ggplot2::scale_shape_manual(name = NULL, values = drawn$pch)
  )
}
