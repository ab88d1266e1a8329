#' Paths and errors of cross-validation as ggplot objects
#'
#' Methods for [ggplot2::autoplot()], if package ggplot2 is installed. They draw what
#' [plot.sparsereg()] and [plot.cv_sparsereg()] draw, as an object to add to.
#'
#' @inheritParams plot.sparsereg
#' @param object a fit by [sparsereg()], or a cross-validated path by [cv_sparsereg()].
#' @param label how many variables to colour and to name in the legend: `TRUE` for at most 12, a
#'   number for at most so many, `FALSE` for none.
#' @param measure,which as in [plot.cv_sparsereg()].
#' @param ... not used: any other argument is an error.
#' @return A `ggplot` object.
#' @examplesIf requireNamespace("ggplot2", quietly = TRUE)
#' fit <- sparsereg(mpg ~ ., data = mtcars, penalty = "l1")
#' ggplot2::autoplot(fit, standardized = TRUE)
#' @name autoplot.sparsereg
#' @exportS3Method ggplot2::autoplot
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
  shown <- frame
  shown$coefficient[t(within_zeros(t(lines$beta) == 0))] <- NA
  named <- shown[shown$labelled, ]
  named$variable <- factor(named$variable, rownames(lines$beta)[row])
  aes <- ggplot2::aes(.data[["x"]], .data[["coefficient"]], group = .data[["variable"]])
  marks <- if (knots) autoplot_knots(knot_marks(object$events, lines), levels(named$variable))
  ggplot2::ggplot(frame, aes) +
    marks$below +
    ggplot2::geom_hline(yintercept = 0, colour = "grey60") +
    ggplot2::geom_line(data = shown[!shown$labelled, ], colour = "grey75", na.rm = TRUE) +
    ggplot2::geom_line(
      ggplot2::aes(colour = .data[["variable"]], linetype = .data[["variable"]]),
      data = named, na.rm = TRUE
    ) +
    ggplot2::scale_colour_manual(values = rep_len(okabe_ito(), length(row)), name = NULL) +
    marks$above +
    ggplot2::scale_linetype_manual(values = line_types(length(row)), name = NULL) +
    autoplot_x_axis(xvar, lines$lambda, lines$x) +
    ggplot2::labs(x = path_xlab(xvar, standardized), y = path_ylab(standardized))
}

#' @rdname autoplot.sparsereg
#' @exportS3Method ggplot2::autoplot
autoplot.cv_sparsereg <- function(object, measure = NULL, which = c("grid", "chosen"), ...) {
  check_dots(..., fun = "autoplot()", known = names(formals()))
  which <- match_choice(which, c("grid", "chosen"), "which")
  object <- with_measure(object, measure)
  panels <- if (is.null(object$grid) || which == "chosen") list(object) else object$grid
  curve <- do.call(rbind, lapply(panels, function(cv) cbind(cv_curve(cv), alpha = cv$fit$alpha)))
  rules <- do.call(rbind, lapply(panels, function(cv) {
    data.frame(x = lambda_position(cv$lambda)[c(cv$index_1se, cv$index_min)], alpha = cv$fit$alpha)
  }))
  single <- length(panels) == 1
  plot <- ggplot2::ggplot(curve, ggplot2::aes(.data[["x"]], .data[["error"]])) +
    ggplot2::geom_errorbar(
      ggplot2::aes(ymin = .data[["lower"]], ymax = .data[["upper"]]),
      colour = "grey65", width = 0
    ) +
    ggplot2::geom_point(colour = "#D55E00", size = if (single) 1.5 else 0.8) +
    (if (single) {
      autoplot_rules(object, curve)
    } else {
      ggplot2::geom_vline(ggplot2::aes(xintercept = .data[["x"]]), rules, linetype = "dotted")
    }) +
    ggplot2::labs(x = path_xlab("lambda"), y = cv_ylab(object))
  if (single) {
    return(plot + autoplot_x_axis("lambda", curve$lambda, curve$x, object))
  }
  ticks <- pretty_decades(range(curve$x), whole = TRUE)
  label <- function(alpha) {
    chosen <- as.numeric(alpha) == object$fit$alpha
    paste0("alpha = ", alpha, ifelse(chosen, " (chosen)", ""))
  }
  plot + ggplot2::facet_wrap("alpha", labeller = ggplot2::as_labeller(label)) +
    ggplot2::scale_x_continuous(breaks = ticks$at, labels = ticks$label)
}

# As draw_rules(): each label has its own row, in which its line ends.
autoplot_rules <- function(cv, curve) {
  index <- c(lambda_1se = cv$index_1se, lambda_min = cv$index_min)
  limits <- cv_ylim(curve)
  share <- (curve$x[index] - min(curve$x)) / max(diff(range(curve$x)), 1e-8)
  rules <- data.frame(
    x = curve$x[index], y = limits[2] - c(0, 0.06) * diff(limits),
    label = paste0(names(index), " = ", format_number(cv$lambda[index])),
    side = ifelse(share > c(0.35, 0.7), 1.05, -0.05)
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

# With the sizes of the models of a cross-validated path on top.
autoplot_x_axis <- function(xvar, lambda, position, cv = NULL) {
  if (xvar != "lambda") {
    return(NULL)
  }
  ticks <- lambda_ticks(lambda, position)
  at <- if (!is.null(cv)) size_ticks(position, range(position))
  ggplot2::scale_x_continuous(
    breaks = ticks$at, labels = ticks$label,
    sec.axis = if (is.null(cv)) ggplot2::waiver() else ggplot2::dup_axis(
      name = size_label(cv$fit), breaks = position[at], labels = round(cv$df[at])
    )
  )
}

utils::globalVariables(".data")
