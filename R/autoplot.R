# Methods for a generic of a package that may not be installed: the help shows them as methods by
# @method, beside which @exportS3Method writes nothing, so each states its line of NAMESPACE.

#' Paths and errors of cross-validation as ggplot objects
#'
#' Methods for [ggplot2::autoplot()], if package ggplot2 is installed. They draw what
#' [plot.sparsereg()], [plot.cv_sparsereg()], [plot.cv_nested_sparsereg()] and the method for
#' [loo()] draw, as an object to add to.
#'
#' @inheritParams plot.sparsereg
#' @param object a fit by [sparsereg()], a cross-validated path by [cv_sparsereg()], a nested
#'   cross-validation by [cv_nested()], or the errors by [loo()].
#' @param label how many variables to colour and to name in the legend: `TRUE` for at most 12, a
#'   number for at most so many, `FALSE` for none.
#' @param measure,which as in [plot.cv_sparsereg()] and [plot.cv_nested_sparsereg()].
#' @param ... not used: any other argument is an error.
#' @return A `ggplot` object.
#' @examplesIf requireNamespace("ggplot2", quietly = TRUE)
#' fit <- sparsereg(mpg ~ ., data = mtcars, penalty = "l1")
#' ggplot2::autoplot(fit, standardized = TRUE)
#' @name autoplot.sparsereg
#' @method autoplot sparsereg
#' @rawNamespace S3method(ggplot2::autoplot,sparsereg)
autoplot.sparsereg <- function(object, xvar = c("lambda", "norm", "dev"), label = TRUE,
                               standardized = FALSE, knots = FALSE, data = NULL, ...) {
  check_dots(..., fun = "autoplot()", known = names(formals()))
  xvar <- match_choice(xvar, c("lambda", "norm", "dev"), "xvar")
  check_flag(standardized, "standardized")
  check_flag(knots, "knots")
  if (knots) object <- add_knots(object, data, parent.frame())
  lines <- path_lines(object, xvar, standardized)
  row <- largest_rows(lines, max_labels(label))
  frame <- drawn_frame(lines, list(row = row))
  shown <- drawn_frame(lines$curve, list(row = row))
  shown$coefficient[t(within_zeros(t(lines$curve$beta) == 0))] <- NA
  named <- shown[shown$labelled, ]
  named$variable <- factor(named$variable, rownames(lines$beta)[row])
  aes <- ggplot2::aes(.data[["x"]], .data[["coefficient"]], group = .data[["variable"]])
  marks <- if (knots) autoplot_knots(knot_marks(object$events, lines), levels(named$variable))
  ggplot2::ggplot(frame, aes) +
    marks$below +
    ggplot2::geom_hline(yintercept = 0, colour = "grey60") +
    autoplot_lines(shown[!shown$labelled, ], named, length(lines$x) == 1) +
    ggplot2::scale_colour_manual(
      values = rep_len(okabe_ito(), length(row)), name = NULL, labels = short_labels
    ) +
    marks$above +
    ggplot2::scale_linetype_manual(
      values = line_types(length(row)), name = NULL, labels = short_labels
    ) +
    autoplot_x_axis(xvar, lines$lambda, lines$x) +
    (if (nrow(frame) == 0) ggplot2::expand_limits(x = lines$x, y = c(-1, 1))) +
    ggplot2::labs(x = path_xlab(xvar, standardized), y = path_ylab(standardized))
}

# A path of one lambda is a column of points.
autoplot_lines <- function(others, named, single) {
  if (single) {
    colour <- ggplot2::aes(colour = .data[["variable"]])
    return(list(
      ggplot2::geom_point(data = others, colour = "grey75", na.rm = TRUE),
      ggplot2::geom_point(colour, data = named, na.rm = TRUE)
    ))
  }
  style <- ggplot2::aes(colour = .data[["variable"]], linetype = .data[["variable"]])
  list(
    ggplot2::geom_line(data = others, colour = "grey75", na.rm = TRUE),
    ggplot2::geom_line(style, data = named, na.rm = TRUE)
  )
}

short_labels <- function(names) shorten(names, 24)

#' @rdname autoplot.sparsereg
#' @method autoplot cv_sparsereg
#' @rawNamespace S3method(ggplot2::autoplot,cv_sparsereg)
autoplot.cv_sparsereg <- function(object, measure = NULL, which = c("grid", "chosen"), ...) {
  check_dots(..., fun = "autoplot()", known = names(formals()))
  which <- match_choice(which, c("grid", "chosen"), "which")
  object <- with_measure(object, measure)
  if (is.null(object$grid) || which == "chosen") {
    return(autoplot_error_curve(object))
  }
  autoplot_alpha_grid(object)
}

#' @rdname autoplot.sparsereg
#' @method autoplot sparsepath_loo
#' @rawNamespace S3method(ggplot2::autoplot,sparsepath_loo)
autoplot.sparsepath_loo <- function(object, ...) {
  check_dots(..., fun = "autoplot()", known = names(formals()))
  check_has_error(object, "object")
  autoplot_error_curve(object)
}

#' @rdname autoplot.sparsereg
#' @method autoplot cv_nested_sparsereg
#' @rawNamespace S3method(ggplot2::autoplot,cv_nested_sparsereg)
autoplot.cv_nested_sparsereg <- function(object, measure = NULL, ...) {
  check_dots(..., fun = "autoplot()", known = names(formals()))
  name <- nested_measure(object, measure)
  shown <- nested_points(object, name)
  ggplot2::ggplot(shown, ggplot2::aes(.data[["fold"]])) +
    autoplot_band(object$error[[name]], object$se[[name]]) +
    autoplot_promises(shown) +
    ggplot2::scale_colour_manual(values = c("#D55E00", "#0072B2"), name = NULL) +
    ggplot2::scale_shape_manual(values = c(19, 1), name = NULL) +
    ggplot2::scale_x_continuous(
      breaks = shown$fold, guide = apart_guide(), sec.axis = ggplot2::dup_axis(
        name = nested_size_label(object), labels = round(object$chosen$df)
      )
    ) +
    ggplot2::labs(x = "outer fold", y = object$labels[[name]]) +
    ggplot2::theme(legend.position = "bottom")
}

# The mean error, and one standard error on either side if there is one.
autoplot_band <- function(error, se) {
  list(
    if (!is.na(se)) ggplot2::annotate(
      "rect", xmin = -Inf, xmax = Inf, ymin = error - se, ymax = error + se,
      fill = "grey80", alpha = 0.5
    ),
    ggplot2::geom_hline(yintercept = error, colour = "grey40")
  )
}

autoplot_promises <- function(shown) {
  error <- ggplot2::aes(y = .data[["error"]])
  if (all(is.na(shown$promised))) {
    return(ggplot2::geom_point(error, colour = "#D55E00", na.rm = TRUE))
  }
  points <- data.frame(
    fold = shown$fold, error = c(shown$promised, shown$error),
    what = factor(rep(rev(nested_legend), each = nrow(shown)), nested_legend)
  )
  list(
    ggplot2::geom_segment(
      ggplot2::aes(
        y = .data[["promised"]], xend = .data[["fold"]], yend = .data[["error"]]
      ), colour = "grey60", na.rm = TRUE
    ),
    ggplot2::geom_point(
      ggplot2::aes(y = .data[["error"]], colour = .data[["what"]], shape = .data[["what"]]),
      data = points, na.rm = TRUE
    )
  )
}

autoplot_error_curve <- function(x) {
  curve <- error_curve(x)
  autoplot_curve(curve, x) + autoplot_rules(rule_marks(x), curve) +
    autoplot_x_axis("lambda", curve$lambda, curve$x, x)
}

autoplot_curve <- function(curve, cv, size = 1.5) {
  ggplot2::ggplot(curve, ggplot2::aes(.data[["x"]], .data[["error"]])) +
    ggplot2::geom_errorbar(
      ggplot2::aes(ymin = .data[["lower"]], ymax = .data[["upper"]]),
      colour = "grey65", width = 0
    ) +
    ggplot2::geom_point(colour = "#D55E00", size = size, na.rm = TRUE) +
    ggplot2::labs(x = path_xlab("lambda"), y = curve_ylab(cv))
}

# A panel for each alpha; the sizes of its models are inside, along the top.
autoplot_alpha_grid <- function(cv) {
  curves <- lapply(cv$grid, error_curve)
  xlim <- range(vapply(curves, function(curve) range(curve$x), c(0, 0)))
  alphas <- vapply(cv$grid, function(one) one$fit$alpha, 0)
  titles <- paste0(
    "alpha = ", lambda_labels(alphas, getOption("OutDec")),
    ifelse(alphas == cv$fit$alpha, " (chosen)", "")
  )
  of_panels <- function(what) {
    do.call(rbind, Map(function(one, curve, title) {
      cbind(what(one, curve), panel = factor(title, levels = titles[order(alphas)]))
    }, cv$grid, curves, titles))
  }
  curve <- of_panels(function(one, curve) curve)
  rules <- of_panels(function(one, curve) data.frame(x = curve$x[c(one$index_1se, one$index_min)]))
  sizes <- of_panels(function(one, curve) panel_sizes(one, curve, xlim))
  limits <- error_ylim(curve)
  top <- limits[2] + 0.06 * diff(limits)
  ticks <- pretty_decades(xlim, whole = TRUE)
  autoplot_curve(curve, cv, size = 0.8) +
    ggplot2::geom_segment(
      ggplot2::aes(.data[["x"]], -Inf, xend = .data[["x"]], yend = limits[2]), rules,
      linetype = "dotted"
    ) +
    ggplot2::geom_text(
      ggplot2::aes(y = top, label = .data[["size"]]), sizes, size = 3, colour = "grey30"
    ) +
    ggplot2::facet_wrap("panel") +
    ggplot2::scale_x_continuous(breaks = ticks$at, labels = ticks$label) +
    ggplot2::labs(x = sub("; ", ";\n", grid_xlab(cv)))
}

# As draw_rules(): each label has its own row, in which its line ends.
autoplot_rules <- function(index, curve) {
  limits <- error_ylim(curve)
  share <- (curve$x[index] - min(curve$x)) / max(diff(range(curve$x)), 1e-8)
  rules <- data.frame(
    x = curve$x[index], y = limits[2] - c(0, 0.06)[seq_along(index)] * diff(limits),
    label = rule_text(index, curve),
    side = ifelse(share > c(0.35, 0.7)[seq_along(index)], 1.05, -0.05)
  )
  list(
    ggplot2::geom_segment(
      ggplot2::aes(.data[["x"]], -Inf, xend = .data[["x"]], yend = .data[["y"]]), rules,
      linetype = "dotted"
    ),
    ggplot2::geom_text(
      ggplot2::aes(y = .data[["y"]], label = .data[["label"]], hjust = .data[["side"]]), rules,
      size = 3.2
    )
  )
}

# With the sizes of the models of an error curve on top.
autoplot_x_axis <- function(xvar, lambda, position, sized = NULL) {
  if (xvar != "lambda") {
    return(NULL)
  }
  ticks <- lambda_ticks(lambda, position)
  at <- if (!is.null(sized)) size_ticks(position, range(position))
  ggplot2::scale_x_continuous(
    breaks = ticks$at, labels = ticks$label, guide = apart_guide(),
    sec.axis = if (is.null(sized)) ggplot2::waiver() else ggplot2::dup_axis(
      name = size_label(sized), breaks = position[at], labels = round(sized$df[at])
    )
  )
}

# As axis() does, an axis leaves out labels that would overlap.
apart_guide <- function() ggplot2::guide_axis(check.overlap = TRUE)

utils::globalVariables(".data")
