#' Plot the error of cross-validation
#'
#' Draws the mean error over folds with bars of one standard error on either side, against lambda on
#' a log scale that decreases to the right. Dotted lines mark the choices of both rules. A choice
#' among several values of alpha has a panel for each.
#'
#' @param x a cross-validated path by [cv_sparsereg()].
#' @param measure the name of the measure to draw; by default the one that chose.
#' @param which for several values of alpha `"grid"`, all of them on the same scales, the one chosen
#'   marked by a frame, or `"chosen"`, that one alone.
#' @param col,bar_col colours of the points and of the bars.
#' @param xlim two values of lambda: the part of the path to draw.
#' @param main,xlab,ylab,ylim as in [plot.default()].
#' @param ... further graphical parameters, such as `cex.axis` or `las` (see [graphics::par()]).
#'   They are in force for this plot only. The margins are those that the labels need.
#' @details The numbers on the top axis are the numbers of nonzero coefficients of the fit of all
#'   observations; for ridge, the effective degrees of freedom, rounded.
#' @return Invisibly, a data frame of what is drawn: `lambda`, `x` (the position), `error`, `lower`,
#'   `upper`, and for a grid `alpha`.
#' @examples
#' cv <- cv_sparsereg(mpg ~ ., data = mtcars, penalty = "l1", nfolds = 5, seed = 1)
#' plot(cv)
#' plot(cv_sparsereg(mpg ~ ., mtcars, alpha = c(0.2, 0.6, 1), nfolds = 5, seed = 1))
#' @export
plot.cv_sparsereg <- function(x, measure = NULL, which = c("grid", "chosen"), col = "#D55E00",
                              bar_col = "grey65", main = NULL, xlab = NULL, ylab = NULL,
                              xlim = NULL, ylim = NULL, ...) {
  which <- match_choice(which, c("grid", "chosen"), "which")
  x <- with_measure(x, measure)
  if (!is.null(x$grid) && which == "grid") {
    return(plot_alpha_grid(x, col, bar_col, main, xlab, ylab, xlim, ylim, ...))
  }
  known <- names(formals())
  plot_error_curve(x, known, col, bar_col, main, xlab, ylab, xlim, ylim, ...)
}

# Of anything that has an error for each lambda: see rule_marks() and curve_ylab(). `known`: the
# arguments of the method, for misspelled ones.
plot_error_curve <- function(x, known, col, bar_col, main, xlab, ylab, xlim, ylim, ...) {
  curve <- error_curve(x)
  shown <- curve[within_limits(curve$lambda, xlim), ]
  margins <- graphics::par("mar")
  old <- change_par(..., known = known)
  on.exit(restore_par(old, margins))
  line <- graphics::par("csi")
  graphics::par(mai = c(4.2, 4.2, if (is.null(main)) 3.6 else 5, 1.2) * line)
  graphics::plot.new()
  graphics::plot.window(
    range(shown$x), if (is.null(ylim)) error_ylim(shown) else ylim
  )
  draw_bars(curve, bar_col)
  draw_rules(rule_marks(x), curve)
  graphics::points(curve$x, curve$error, pch = 19, cex = 0.7, col = col)
  draw_error_axes(x, curve, main, xlab, ylab)
  invisible(shown)
}

error_curve <- function(x) {
  data.frame(
    lambda = x$lambda, x = lambda_position(x$lambda), error = x$error,
    lower = x$error - x$se, upper = x$error + x$se
  )
}

# The places in the grid to mark: those of the rules of cross-validation, or the smallest error.
rule_marks <- function(x) {
  if (inherits(x, "cv_sparsereg")) {
    return(c(lambda_1se = x$index_1se, lambda_min = x$index_min))
  }
  c(lambda_min = smallest_error(x))
}

curve_ylab <- function(x) {
  if (inherits(x, "cv_sparsereg")) {
    return(paste0(x$measures[[x$measure]]$label, ", ", x$nfolds, " folds"))
  }
  paste0(x$label, ", leave-one-out")
}

# Head room for two rows of labels. An error may be missing or infinite, its bar as well.
error_ylim <- function(curve) {
  limits <- range(curve$error, curve$lower, curve$upper, finite = TRUE)
  limits + c(0, 0.14 * diff(limits))
}

# Caps are a third of the distance between neighbours, within reason.
draw_bars <- function(curve, col) {
  usr <- graphics::par("usr")
  cap <- min((usr[2] - usr[1]) / max(nrow(curve), 20), (usr[2] - usr[1]) / 60) / 3
  graphics::segments(curve$x, curve$lower, curve$x, curve$upper, col = col)
  graphics::segments(curve$x - cap, curve$lower, curve$x + cap, curve$lower, col = col)
  graphics::segments(curve$x - cap, curve$upper, curve$x + cap, curve$upper, col = col)
}

# `index`: named places. lambda_1se is never to the right of lambda_min, so their labels stand on
# the outer sides, or where the plot ends there on the side that has more room, smaller if need be.
# Each has its own row: they cannot meet.
draw_rules <- function(index, curve) {
  usr <- graphics::par("usr")
  text <- rule_text(index, curve)
  row <- usr[4] - c(1, 2.3)[seq_along(index)] * graphics::strheight("Xg")
  at <- curve$x[index]
  width <- graphics::strwidth(text, cex = rule_cex) + graphics::strwidth("m")
  room <- list(left = at - usr[1], right = usr[2] - at)
  outer <- seq_along(index) == 1
  left <- ifelse(ifelse(outer, room$left, room$right) > width, outer, room$left > room$right)
  cex <- rule_cex * pmin(1, ifelse(left, room$left, room$right) / width)
  # Each line ends at the row of its own label, so that none is struck through from below.
  top <- row + 0.45 * graphics::strheight("Xg")
  graphics::segments(at, usr[3], at, top, lty = "13", lwd = 1.3, col = "grey25")
  graphics::text(
    at, row, text,
    pos = ifelse(left, 2, 4), offset = 0.4, cex = cex, col = "grey15"
  )
}

rule_text <- function(index, curve) {
  paste0(names(index), " = ", format_number(curve$lambda[index]))
}

rule_cex <- 0.85

draw_error_axes <- function(x, curve, main, xlab, ylab) {
  graphics::box(bty = "l", col = "grey40")
  draw_lambda_axis(curve$lambda, curve$x)
  draw_axis(2)
  draw_size_axis(x, curve$x, x$df)
  label_axes(
    if (is.null(xlab)) path_xlab("lambda") else xlab, if (is.null(ylab)) curve_ylab(x) else ylab
  )
  graphics::title(main = main, line = 3.4)
}

# The same object as if the measure of that name had chosen.
with_measure <- function(cv, measure) {
  if (is.null(measure)) {
    return(cv)
  }
  select_lambda(cv, measure = measure)
  cv$measure <- measure
  cv[c("error", "se")] <- cv$measures[[measure]][c("error", "se")]
  if (!is.null(cv$grid)) cv$grid <- lapply(cv$grid, with_measure, measure)
  cv$relaxed <- NULL
  mark_rules(cv)
}
