# The path with its knots: drawn through them, and marked where a variable enters or leaves the
# model, changes sign, or meets a bound.

# The fit with its knots among the lambdas, `events` as thresholds() has them.
add_knots <- function(fit, data, envir) {
  problem <- recover_problem(fit, data, envir)
  events <- attr(new_thresholds(fit, path_events(fit, problem), list()), "events")
  again <- refit_at(problem, sort(unique(c(fit$lambda, events$lambda)), decreasing = TRUE))
  again$events <- events
  again
}

# One row for each event within the lines that are drawn.
knot_marks <- function(events, lines) {
  row <- match(events$variable, rownames(lines$beta))
  column <- match(events$lambda, lines$lambda)
  marks <- data.frame(
    variable = events$variable, event = factor(events$event, names(knot_shapes)), row = row,
    x = lines$x[column], coefficient = lines$beta[cbind(row, column)]
  )
  marks$coefficient[marks$event %in% c("enters", "leaves", "changes sign")] <- 0
  marks[!is.na(row) & !is.na(column), ]
}

knot_shapes <- c(
  enters = 19, leaves = 21, "changes sign" = 23, "reaches bound" = 15, "leaves bound" = 22
)

many_knots <- 60

# Too many lines would grey the plot: then the knots are ticks.
draw_knots <- function(marks) {
  at <- unique(marks$x)
  if (length(at) <= many_knots) {
    graphics::abline(v = at, col = "grey88", lwd = 0.8)
  } else {
    graphics::rug(at, 0.015, lwd = 0.5, col = "grey40", quiet = TRUE)
  }
}

draw_knot_marks <- function(marks, style) {
  named <- match(marks$row, style$row)
  col <- ifelse(is.na(named), "grey60", style$col[named])
  first <- order(!is.na(named))
  graphics::points(
    marks$x[first], marks$coefficient[first], pch = knot_shapes[as.character(marks$event)][first],
    col = col[first], bg = "white", cex = ifelse(is.na(named), 0.5, 0.9)[first], xpd = NA
  )
}

draw_knot_key <- function(marks) {
  shown <- levels(droplevels(marks$event))
  draw_key_below(
    c(count_of(length(unique(marks$x)), "knot"), shown), pch = c(NA, knot_shapes[shown])
  )
}

# A legend in one row in the margin, below the title of the axis.
draw_key_below <- function(labels, pch = NA, lty = NA, col = "black") {
  usr <- graphics::par("usr")
  line <- graphics::par("csi") * (usr[4] - usr[3]) / graphics::par("pin")[2]
  key <- function(cex, plot = TRUE) {
    graphics::legend(
      usr[1], usr[3] - 4.2 * line, labels, pch = pch, lty = lty, col = col, lwd = 2, pt.lwd = 1,
      pt.bg = "white", horiz = TRUE, bty = "n", cex = cex, xpd = NA, xjust = 0, yjust = 0.5,
      seg.len = 1.6, x.intersp = 0.6, adj = c(0, 0.4),
      text.width = 1.2 * max(graphics::strwidth(labels, cex = cex)), plot = plot
    )
  }
  room <- (graphics::par("fin")[1] - graphics::par("mai")[2]) * (usr[2] - usr[1]) /
    graphics::par("pin")[1]
  key(label_cex * min(1, room / key(label_cex, plot = FALSE)$rect$w))
}

# Layers for ggplot2, those below the lines and those above.
autoplot_knots <- function(marks, named) {
  marks$name <- factor(marks$variable, named)
  aes <- ggplot2::aes(shape = .data[["event"]], group = NULL)
  list(
    below = ggplot_knots(unique(marks$x)),
    above = list(
      ggplot2::geom_point(
        aes, marks[is.na(marks$name), ], colour = "grey60", fill = "white", size = 0.8
      ),
      ggplot2::geom_point(
        ggplot2::aes(shape = .data[["event"]], group = NULL, colour = .data[["name"]]),
        marks[!is.na(marks$name), ], fill = "white"
      ),
      scale_marks(marks, knot_shapes)
    )
  )
}

# No scale where there are no marks: ggplot2 4.0 warns of one that meets none of its values.
scale_marks <- function(marks, shapes) {
  if (nrow(marks) > 0) ggplot2::scale_shape_manual(values = shapes, name = NULL)
}

ggplot_knots <- function(x) {
  if (length(x) <= many_knots) {
    return(ggplot2::geom_vline(xintercept = x, colour = "grey80"))
  }
  ggplot2::geom_rug(
    ggplot2::aes(.data[["x"]], y = NULL, group = NULL), data.frame(x = x), sides = "b",
    linewidth = 0.1, length = ggplot2::unit(0.015, "npc")
  )
}
