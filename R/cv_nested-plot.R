#' Plot a nested cross-validation
#'
#' Draws for each outer fold the error of predicting it, and the error that the cross-validation
#' without it had promised at the lambda it chose. The line is the error of the whole procedure,
#' the band one standard error on either side.
#'
#' @param x a nested cross-validation by [cv_nested()].
#' @param measure the name of the measure to draw; by default the first, the only one of which there
#'   is a promise.
#' @param col colours of the errors and of the promises.
#' @param band_col colour of the band.
#' @param main,xlab,ylab,ylim as in [plot.default()].
#' @param ... further graphical parameters, such as `cex.axis` or `las` (see [graphics::par()]).
#'   They are in force for this plot only. The margins are those that the labels need.
#' @details The numbers on the top axis are the sizes of the models chosen: nonzero coefficients, or
#'   for ridge effective degrees of freedom, rounded. Folds that do not count have no points.
#' @return Invisibly, a data frame of what is drawn: `fold`, `error` and `promised` (`NA` for a
#'   measure other than the first).
#' @examples
#' plot(cv_nested(mpg ~ ., data = mtcars, outer = 8, nfolds = 5, seed = 1))
#' @export
plot.cv_nested_sparsereg <- function(x, measure = NULL, col = c("#D55E00", "#0072B2"),
                                     band_col = "grey90", main = NULL, xlab = NULL, ylab = NULL,
                                     ylim = NULL, ...) {
  name <- nested_measure(x, measure)
  shown <- nested_points(x, name)
  limits <- if (is.null(ylim)) nested_ylim(x, shown, name) else ylim
  margins <- graphics::par("mar")
  old <- change_par(..., known = names(formals()))
  on.exit(restore_par(old, margins))
  graphics::par(mai = c(4.2, 4.2, if (is.null(main)) 3.6 else 5, 1.2) * graphics::par("csi"))
  graphics::plot.new()
  graphics::plot.window(c(0.5, nrow(x$fold_error) + 0.5), limits)
  draw_nested(x, shown, name, rep_len(col, 2), band_col)
  draw_nested_axes(x, main, xlab, if (is.null(ylab)) x$labels[[name]] else ylab)
  invisible(shown)
}

nested_measure <- function(nested, measure) {
  known <- names(nested$labels)
  if (is.null(measure)) {
    return(known[1])
  }
  if (!is_name_of(measure, nested$labels)) {
    abort_input("measure", paste0(
      "must be one of ", quote_values(known, 10), ", not ", describe(measure), "."
    ))
  }
  measure
}

# The folds that count.
nested_points <- function(nested, name) {
  fold <- nested$chosen$fold
  promised <- if (name == names(nested$labels)[1]) nested$chosen$inner else NA_real_
  data.frame(fold = fold, error = unname(nested$fold_error[fold, name]), promised = promised)
}

# Head room for the legend.
nested_ylim <- function(nested, shown, name) {
  band <- nested$error[[name]] + c(-1, 0, 1) * nested$se[[name]]
  limits <- range(shown$error, shown$promised, band, finite = TRUE)
  width <- if (diff(limits) > 0) diff(limits) else max(abs(limits), 1)
  limits + c(0, 0.14 * width)
}

draw_nested <- function(nested, shown, name, col, band_col) {
  usr <- graphics::par("usr")
  error <- nested$error[[name]]
  if (!is.na(nested$se[[name]])) {
    graphics::rect(
      usr[1], error - nested$se[[name]], usr[2], error + nested$se[[name]],
      col = band_col, border = NA
    )
  }
  graphics::segments(usr[1], error, usr[2], error, col = "grey40")
  graphics::segments(shown$fold, shown$promised, shown$fold, shown$error, col = "grey60")
  graphics::points(shown$fold, shown$promised, pch = 21, col = col[2], bg = "white")
  graphics::points(shown$fold, shown$error, pch = 19, col = col[1])
  if (!all(is.na(shown$promised))) draw_nested_legend(col)
}

nested_legend <- c("error in the fold", "promised without it")

# In one line along the top, as large as there is room for.
draw_nested_legend <- function(col) {
  wanted <- sum(graphics::strwidth(nested_legend, "inches")) + 1
  graphics::legend(
    "top", nested_legend,
    horiz = TRUE, bty = "n", pch = c(19, 21), col = col, pt.bg = "white",
    cex = rule_cex * min(1, graphics::par("pin")[1] / wanted)
  )
}

draw_nested_axes <- function(nested, main, xlab, ylab) {
  graphics::box(bty = "l", col = "grey40")
  folds <- seq_len(nrow(nested$fold_error))
  ticks <- pretty(folds, 10)
  draw_axis(1, at = if (length(folds) <= 12) folds else ticks[ticks %in% folds])
  draw_axis(2)
  draw_axis(3, at = nested$chosen$fold, labels = round(nested$chosen$df))
  graphics::mtext(
    nested_size_label(nested), side = 3, line = 1.9, las = 0, cex = graphics::par("cex")
  )
  label_axes(if (is.null(xlab)) "outer fold" else xlab, ylab)
  graphics::title(main = main, line = 3.4)
}

nested_size_label <- function(nested) {
  ridge <- nested$chosen$alpha == 0
  if (all(ridge)) return("effective degrees of freedom")
  if (any(ridge)) "size of the model" else "nonzero coefficients"
}
