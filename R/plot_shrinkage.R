#' What a penalty makes of a least-squares estimate
#'
#' Draws the penalised estimate against the least-squares estimate of one standardised variable:
#' L1 moves it towards zero by lambda and stops there (soft threshold), L2 divides it by 1 + lambda
#' (proportional shrinkage), the elastic net does both. The coefficients of a fit are placed on its
#' curve.
#'
#' @details With one column of variance 1, or several that are orthogonal, the solution at the
#' least-squares estimate z is
#' \deqn{S(z, \lambda \alpha) / (1 + \lambda (1 - \alpha)), \quad
#'   S(z, c) = \mathrm{sign}(z) \max(|z| - c, 0).}{
#'   S(z, lambda alpha) / (1 + lambda (1 - alpha)),  S(z, c) = sign(z) max(|z| - c, 0).}
#' Columns of mean square v have \eqn{\lambda / v}{lambda / v} in the place of lambda: for
#' orthonormal ones, of sum of squares 1, that is n lambda. In any other design each coefficient of
#' the solution obeys the same formula, with z the least-squares estimate of that variable alone
#' once the others are held at their solution. So the coefficients of a gaussian fit can always be
#' placed if all columns have the same length (as with `standardize = TRUE`); the axis says which z
#' it is. Those with a penalty factor other than 1,
#' and those on a bound, lie off the curve and are not drawn. For other families and lengths,
#' no points are drawn and a message of class `sparsepath_message_no_points` says so.
#'
#' @param object a fit by [sparsereg()], a cross-validated path by [cv_sparsereg()], or `NULL`
#'   for curves alone; or an object that `plot_shrinkage()` returned.
#' @param lambda one value; off the grid the model is refitted there. For `cv_sparsereg()` also
#'   `"lambda_1se"` (default) or `"lambda_min"`. By default the one of the fit, if there is just
#'   one, or 1 without a fit.
#' @param alpha the alpha of the elastic net that is drawn for comparison.
#' @param draw `FALSE` only computes.
#' @param data the data of the fit, if its call can no longer find them: see [coef.sparsereg()].
#' @param x an object by `plot_shrinkage()`.
#' @param label how many points to name: `TRUE` for at most 12, a number for at most so many,
#'   `FALSE` for none. `autoplot()` leaves out names that would touch.
#' @param main,xlab,ylab as in [plot.default()].
#' @param ... `plot()`: further graphical parameters (see [graphics::par()]). Others: not used, any
#'   other argument is an error.
#' @return Invisibly, a list of class `sparsepath_shrinkage`: `curves`, a data frame of `penalty`,
#'   `least_squares`, `estimate`; `points`, one of `variable`, `least_squares`, `estimate` (no rows
#'   if none can be placed); `lambda`; `alpha`, of the fit; `orthonormal`, is z plain least squares?
#'   `autoplot()`: a `ggplot` object, if package ggplot2 is installed.
#' @references Tibshirani R (1996). Regression shrinkage and selection via the lasso. *Journal of
#' the Royal Statistical Society B* 58, 267-288: section 2.2.
#'
#' Friedman J, Hastie T, Tibshirani R (2010). Regularization paths for generalized linear models via
#' coordinate descent. *Journal of Statistical Software* 33(1): equation (5).
#' @examples
#' plot_shrinkage(lambda = 1)
#' fit <- sparsereg(lpsa ~ . - train, prostate, penalty = "l1")
#' plot_shrinkage(fit, lambda = 0.1)
#' @export
plot_shrinkage <- function(object = NULL, lambda = NULL, alpha = 0.5, draw = TRUE, data = NULL) {
  check_number(alpha, "alpha", min = 0, max = 1)
  check_flag(draw, "draw")
  if (inherits(object, "cv_sparsereg")) {
    lambda <- chosen_lambda(object, if (is.null(lambda)) "lambda_1se" else lambda)
    object <- object$fit
  }
  if (is.null(object)) {
    lambda <- if (is.null(lambda)) 1 else lambda
    check_number(lambda, "lambda", min = 0)
    placed <- no_points()
  } else {
    check_fit(object, "object")
    lambda <- single_lambda(object, lambda)
    placed <- shrinkage_points(object, recover_problem(object, data, parent.frame()), lambda)
  }
  shown <- new_shrinkage(placed, lambda, if (is.null(object)) alpha else object$alpha, alpha)
  if (draw) plot.sparsepath_shrinkage(shown)
  invisible(shown)
}

no_points <- function() {
  empty <- data.frame(variable = character(), least_squares = numeric(), estimate = numeric())
  list(points = empty, strength = 1, orthonormal = NA)
}

# `strength` is what lambda amounts to for columns of another length than 1.
shrinkage_points <- function(fit, problem, lambda) {
  lengths <- column_variances(fit, problem)
  used <- is_fitted(fit)
  length <- mean(lengths[used])
  if (!identical(fit$loss$loss, "gaussian") || any(abs(lengths[used] / length - 1) > 1e-8)) {
    inform(
      "No coefficients are placed: that takes the gaussian family and columns of one length.",
      class = "sparsepath_message_no_points"
    )
    return(no_points())
  }
  path <- path_at(fit, lambda, exact = TRUE, problem = problem)
  b <- path$beta[, 1]
  estimate <- penalty_scale(fit) * b
  alone <- estimate - loss_gradients(fit, problem, path)$gradient[, 1] / length
  bounded <- (fit$lower < 0 & b <= fit$lower) | (fit$upper > 0 & b >= fit$upper)
  cut <- b == 0 & (fit$lower == 0 & alone < 0 | fit$upper == 0 & alone > 0)
  on_curve <- which(used & fit$penalty_factor == 1 & !bounded & !cut)
  list(
    points = data.frame(
      variable = rownames(fit$beta)[on_curve], least_squares = unname(alone)[on_curve],
      estimate = unname(estimate)[on_curve]
    ),
    strength = 1 / length, orthonormal = is_orthogonal(fit, problem, which(used), length)
  )
}

# Mean squares of the columns that the penalty sees.
column_variances <- function(fit, problem) {
  v <- scaled_weights(problem)
  square <- as.vector(Matrix::crossprod(problem$x^2, v))
  if (fit$has_intercept) square <- square - fit$center^2
  square / penalty_scale(fit)^2
}

# More columns than rows cannot be orthogonal; the products of fewer are affordable.
is_orthogonal <- function(fit, problem, used, length) {
  if (length(used) > nrow(problem$x)) {
    return(FALSE)
  }
  v <- scaled_weights(problem)
  size <- penalty_scale(fit)[used]
  x <- problem$x[, used, drop = FALSE]
  gram <- as.matrix(Matrix::crossprod(x, x * v)) / outer(size, size)
  if (fit$has_intercept) gram <- gram - outer(fit$center[used] / size, fit$center[used] / size)
  all(abs(gram[upper.tri(gram)]) <= 1e-8 * length)
}

soft_threshold <- function(z, lambda, alpha) {
  sign(z) * pmax(abs(z) - lambda * alpha, 0) / (1 + lambda * (1 - alpha))
}

new_shrinkage <- function(placed, lambda, alpha, compared) {
  strength <- lambda * placed$strength
  reach <- 1.08 * max(abs(placed$points$least_squares), 2.5 * strength * max(alpha, 0.4), 1e-8)
  z <- sort(unique(c(seq(-reach, reach, length.out = 201), strength * c(-1, 1), 0)))
  alphas <- c(1, if (compared > 0 && compared < 1) compared, 0)
  # The penalty of the fit is one of the curves.
  if (alpha > 0 && alpha < 1) alphas <- c(1, alpha, 0)
  curves <- lapply(alphas, function(share) {
    data.frame(
      penalty = shrinkage_name(share), least_squares = z,
      estimate = soft_threshold(z, strength, share)
    )
  })
  structure(
    list(
      curves = do.call(rbind, curves), points = placed$points, lambda = lambda, alpha = alpha,
      orthonormal = placed$orthonormal
    ),
    class = "sparsepath_shrinkage"
  )
}

shrinkage_name <- function(alpha) {
  if (alpha == 1) "L1" else if (alpha == 0) "L2" else paste0("elastic net, alpha = ", alpha)
}

#' @rdname plot_shrinkage
#' @export
plot.sparsepath_shrinkage <- function(x, label = TRUE, main = NULL, xlab = NULL, ylab = NULL, ...) {
  margins <- graphics::par("mar")
  old <- change_par(..., known = names(formals()))
  on.exit(restore_par(old, margins))
  graphics::par(mar = c(3.8, 3.8, if (is.null(main)) 0.8 else 2.4, 0.8))
  reach <- range(x$curves$least_squares)
  graphics::plot.new()
  named <- named_points(x$points, max_labels(label))
  graphics::plot.window(reach * label_room(named), reach, xaxs = "i", yaxs = "i")
  graphics::abline(h = 0, v = 0, col = "grey85")
  graphics::lines(reach, reach, col = "grey60", lty = "22")
  style <- shrinkage_style(x)
  for (k in seq_along(style$penalty)) {
    curve <- x$curves[x$curves$penalty == style$penalty[k], ]
    graphics::lines(curve$least_squares, curve$estimate, col = style$col[k], lty = style$lty[k],
      lwd = 2)
  }
  graphics::points(x$points$least_squares, x$points$estimate, pch = 21, bg = "white", cex = 1.1)
  name_points(named, reach)
  draw_axis(1)
  draw_axis(2)
  graphics::legend(
    "topleft", c("least squares", style$penalty), col = c("grey60", style$col),
    lty = c("22", style$lty), lwd = c(1, rep(2, length(style$penalty))), bty = "n", cex = label_cex
  )
  label_axes(
    if (is.null(xlab)) shrinkage_xlab(x) else xlab,
    if (is.null(ylab)) "penalised estimate" else ylab, line = 2.3
  )
  graphics::title(main = main, line = 1)
  graphics::box(bty = "l", col = "grey40")
  invisible(x)
}

shrinkage_style <- function(x) {
  penalty <- unique(x$curves$penalty)
  list(
    penalty = penalty, col = okabe_ito()[seq_along(penalty)],
    lty = c("solid", "62", "4212")[seq_along(penalty)]
  )
}

shrinkage_xlab <- function(x) {
  if (nrow(x$points) == 0 || isTRUE(x$orthonormal)) {
    return("least-squares estimate")
  }
  "least-squares estimate given the other coefficients"
}

# The largest of them.
named_points <- function(points, max_labels, longest = 20) {
  size <- order(abs(points$least_squares), decreasing = TRUE)
  named <- points[utils::head(size, max_labels), ]
  named$variable <- shorten(named$variable, longest)
  named
}

# Those off zero whose names do not touch if they stand beside the points.
apart_points <- function(named) {
  gap <- 0.07 * diff(range(named$estimate, 0))
  kept <- integer()
  for (row in which(named$estimate != 0)) {
    if (all(abs(named$estimate[kept] - named$estimate[row]) >= gap)) kept <- c(kept, row)
  }
  named[kept, ]
}

# By what the axis has to be longer than the curves for their names to fit beside them.
label_room <- function(named) {
  if (nrow(named) == 0) {
    return(1)
  }
  width <- max(graphics::strwidth(named$variable, "inches", cex = label_cex)) + 0.1
  max(1.2, 1.07 / (1 - 2 * min(0.3, width / graphics::par("pin")[1])))
}

# Beside the end of the curves, with a line from the point.
name_points <- function(points, reach) {
  gap <- label_height() * diff(reach) / graphics::par("pin")[2]
  for (side in c(1, -1)) {
    here <- points[(points$least_squares >= 0) == (side > 0), ]
    if (nrow(here) == 0) next
    here <- here[order(here$estimate, side * here$least_squares, decreasing = TRUE), ]
    y <- here$estimate
    at <- spread_labels(y, gap, reach[1] + gap / 2, reach[2] - gap / 2)
    # The legend has the upper left corner.
    if (side < 0) at <- spread_labels(y, gap, reach[1] + gap / 2, reach[2] / 2)
    edge <- side * reach[2] * c(1.02, 1.07)
    graphics::segments(here$least_squares, y, rep(edge[1], nrow(here)), at, col = "grey70",
      lwd = 0.8)
    graphics::text(rep(edge[2], nrow(here)), at, here$variable,
      adj = c(if (side > 0) 0 else 1, 0.4), cex = label_cex, xpd = NA)
  }
}

#' @rdname plot_shrinkage
#' @method autoplot sparsepath_shrinkage
#' @rawNamespace S3method(ggplot2::autoplot,sparsepath_shrinkage)
autoplot.sparsepath_shrinkage <- function(object, label = TRUE, ...) {
  check_dots(..., fun = "autoplot()", known = names(formals()))
  named <- apart_points(named_points(object$points, max_labels(label), longest = 14))
  style <- shrinkage_style(object)
  curves <- object$curves
  curves$penalty <- factor(curves$penalty, style$penalty)
  ggplot2::ggplot(
    curves, ggplot2::aes(.data[["least_squares"]], .data[["estimate"]])
  ) +
    ggplot2::geom_abline(slope = 1, intercept = 0, colour = "grey60", linetype = "22") +
    ggplot2::geom_line(
      ggplot2::aes(colour = .data[["penalty"]], linetype = .data[["penalty"]])
    ) +
    ggplot2::geom_point(data = object$points, shape = 21, fill = "white") +
    ggplot2::scale_colour_manual(values = style$col, name = NULL) +
    ggplot2::scale_linetype_manual(values = style$lty, name = NULL) +
    # Outwards of the point the label is clear of the curves.
    ggplot2::geom_text(
      ggplot2::aes(label = .data[["variable"]]), named, size = 3,
      hjust = ifelse(named$least_squares < 0, 1, 0),
      nudge_x = ifelse(named$least_squares < 0, -0.03, 0.03) * diff(range(curves$least_squares))
    ) +
    ggplot2::scale_x_continuous(
      expand = ggplot2::expansion(0.05 + 0.025 * max(nchar(named$variable), 0))
    ) +
    ggplot2::labs(x = shrinkage_xlab(object), y = "penalised estimate")
}
