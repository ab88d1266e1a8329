#' The geometry of a penalty
#'
#' Shows in two dimensions why some penalties set coefficients to exactly zero and others only
#' shrink them: with the user's own fit, or for a penalty alone.
#'
#' @param fit a fit by [sparsereg()], or a cross-validated path by [cv_sparsereg()]. It may be left
#'   out for `view = "penalty"`.
#' @param view what is drawn:
#'   * `"constraint"` (the default for a fit): contours of the loss, the set of all coefficients
#'     whose penalty is at most that of the solution at `lambda`, which the contour through the
#'     solution touches, and the path of solutions as that set grows from a point;
#'   * `"flow"`: contours of the full objective, loss plus penalty, and the curves along which
#'     coefficients move if they follow its steepest descent;
#'   * `"penalty"` (the default without a fit): the same for the penalty alone.
#' @param variables the names of two columns of the fit, at least one of them penalised. By default
#'   the two penalised ones whose standardised coefficients are largest at `lambda`, those that are
#'   zero ordered by the end of the path. All other coefficients are held at their fitted values at
#'   `lambda`; the intercept is not held.
#' @param lambda one value. By default the largest lambda of the fit that explains at least half of
#'   what the whole path explains; for `cv_sparsereg()` `"lambda_1se"` (default) or `"lambda_min"`,
#'   too. Values off the grid are fitted exactly.
#' @param alpha the share of the L1 penalty, between 0 and 1. By default that of the fit, or 1
#'   without a fit. With another alpha the two coefficients move under that penalty, while the
#'   others are still held at the values of the fit.
#' @param start where the flow starts: two numbers, or a matrix with two columns and one row for
#'   each start, in units of the axes. By default the solution without penalty (within the bounds
#'   of the fit; where none is finite, as with separated classes, that at a tenth of `lambda`), and
#'   for `view = "penalty"` twelve points on a circle.
#' @param data as in [coef.sparsereg()].
#' @param draw `FALSE` only computes; the result can be drawn by `plot()` later.
#' @param x,object the result of `plot_geometry()`.
#' @param digits number of significant digits.
#' @param main,xlab,ylab titles.
#' @param ... `plot_geometry()` and `plot()`: graphical parameters (see [graphics::par()]), in force
#'   for this plot only. `autoplot()`: not used, any other argument is an error.
#'
#' @details
#' The axes show coefficients as the penalty sees them: per standard deviation of the variable, or
#' unscaled if the model was fitted with `standardize = FALSE`. One unit is equally long on both.
#'
#' The loss is that of [sparsereg()]: for the gaussian family a quadratic, whose contours are
#' ellipses, for others half the mean deviance. Flow solves
#' \deqn{\frac{d b_j}{d t} \in -\frac{\partial f}{\partial b_j} - \lambda f_j
#'   \left[ (1 - \alpha) b_j + \alpha\, \partial |b_j| \right]}{
#'   db_j/dt = -df/db_j - lambda f_j [ (1 - alpha) b_j + alpha sign(b_j) ]}
#' where at \eqn{b_j = 0} the derivative of \eqn{|b_j|} is any value between -1 and 1: a coefficient
#' that reaches zero stays there as long as some such value balances the loss, and slides along the
#' axis with the other; it is let go when none does. Between such events the equation is linear
#' for a quadratic and solved in closed form, and by its local linearisation (an exponential
#' Rosenbrock method with control of the error) for other losses. Bounds of the fit hold
#' coefficients in the same way.
#'
#' Solutions, path, flow and the levels of the contours are computed from all observations. So are
#' the contours of a quadratic loss. Other losses are computed with their gradient at 11 x 11 (many
#' observations) to 25 x 25 nodes and interpolated in between (bicubic Hermite), which moves no
#' contour by more than the width of a line; they are coarse only where classes are separated and
#' lambda is very small. With 100000 observations that takes a few seconds; a fit with
#' `control = sparsereg_control(progress = TRUE)` shows its progress.
#'
#' @return Invisibly, an object of class `sparsepath_geometry`, a list with the components
#'   `view`, `variables`, `lambda`, `alpha`, `standardized` (with a fit: are the coefficients those
#'   of standardised columns?) and data frames of what is drawn: `contours` (`line`,
#'   `level`, `x`, `y`, and `touching`, the contour through the solution), `ball` (`x`, `y`), `path`
#'   (`lambda`, `x`, `y`), `flow` (`line`, `time`, `x`, `y`, and whether each coefficient rests on
#'   an axis or bound there, `x_rests` and `y_rests`) and `points` (`what`, `lambda`, `x`, `y`);
#'   those that a view does not have are `NULL`. `plot()` draws it, `autoplot()` makes a `ggplot`
#'   object of it.
#' @section Errors: `sparsepath_error_input` with the name of the argument for whatever does not
#'   fit; `sparsepath_error_data_missing` and `sparsepath_error_data_changed` when the data of the
#'   fit cannot be found again (pass `data`).
#' @references
#' Hastie, T., Tibshirani, R. and Friedman, J. (2009). *The Elements of Statistical Learning*, 2nd
#' edition. Springer. Section 3.4, figure 3.11.
#'
#' Hochbruck, M. and Ostermann, A. (2010). Exponential integrators. *Acta Numerica* 19, 209-286.
#' Section 2.4. \doi{10.1017/S0962492910000048}
#' @examples
#' # The penalties alone: L1 meets an axis, then slides; L2 runs straight to the origin.
#' plot_geometry(alpha = 1)
#' plot_geometry(alpha = 0)
#'
#' fit <- sparsereg(lpsa ~ . - train, data = prostate, penalty = "l1")
#' plot_geometry(fit, variables = c("lcavol", "lcp"), lambda = 0.2)
#' plot_geometry(fit, "flow", variables = c("lcavol", "lcp"), lambda = 0.2)
#'
#' # The same two coefficients under a ridge penalty.
#' plot_geometry(fit, variables = c("lcavol", "lcp"), lambda = 0.2, alpha = 0)
#' @order 1
#' @export
plot_geometry <- function(fit = NULL, view = c("constraint", "flow", "penalty"), variables = NULL,
                          lambda = NULL, alpha = NULL, start = NULL, data = NULL, draw = TRUE,
                          ...) {
  if (is.null(fit) && missing(view)) view <- "penalty"
  view <- match_choice(view, c("constraint", "flow", "penalty"), "view")
  check_flag(draw, "draw")
  if (!is.null(alpha)) check_number(alpha, "alpha", min = 0, max = 1)
  if (is.null(fit)) {
    geometry <- geometry_alone(view, variables, lambda, alpha, start)
  } else {
    if (inherits(fit, "cv_sparsereg")) {
      lambda <- chosen_lambda(fit, if (is.null(lambda)) "lambda_1se" else lambda)
      fit <- fit$fit
    }
    check_fit(fit)
    problem <- recover_problem(fit, data, parent.frame())
    geometry <- geometry_of(fit, problem, view, variables, lambda, alpha, start)
  }
  if (draw) plot(geometry, ...)
  invisible(geometry)
}

# ---- What is drawn ------------------------------------------------------------------------------

new_geometry <- function(view, variables, lambda, alpha, contours, points, ball = NULL,
                         path = NULL, flow = NULL, window = NULL) {
  structure(
    list(
      view = view, variables = variables, lambda = lambda, alpha = alpha, contours = contours,
      ball = ball, path = path, flow = flow, points = points, window = window
    ),
    class = "sparsepath_geometry"
  )
}

geometry_alone <- function(view, variables, lambda, alpha, start) {
  if (view != "penalty") {
    abort_input("fit", paste0("is needed for view = \"", view, "\"."))
  }
  given <- c(variables = !is.null(variables), lambda = !is.null(lambda))
  if (any(given)) {
    abort_input(names(which(given))[1], "needs a fit.")
  }
  alpha <- if (is.null(alpha)) 1 else alpha
  penalty_geometry(c("first coefficient", "second coefficient"), c(1, 1), 1, alpha, start)
}

geometry_of <- function(fit, problem, view, variables, lambda, alpha, start) {
  geometry <- geometry_in(fit, problem, view, variables, lambda, alpha, start)
  geometry$standardized <- fit$standardize
  geometry
}

geometry_in <- function(fit, problem, view, variables, lambda, alpha, start) {
  alpha <- if (is.null(alpha)) fit$alpha else alpha
  lambda <- if (is.null(lambda)) halfway_lambda(fit) else check_one_lambda(lambda)
  path <- path_at(fit, lambda, exact = TRUE, problem = problem)
  variables <- two_variables(fit, variables, path)
  if (view == "penalty") {
    factor <- unname(problem$penalty_factor[match(variables, colnames(problem$x))])
    return(penalty_geometry(variables, factor, lambda, alpha, start))
  }
  plane <- new_plane(fit, problem, variables, path, alpha)
  if (view == "flow") {
    flow_geometry(plane, lambda, alpha, start)
  } else if (is.null(start)) {
    constraint_geometry(plane, lambda, alpha)
  } else {
    abort_input("start", "belongs to the views \"flow\" and \"penalty\".")
  }
}

check_one_lambda <- function(lambda) {
  check_number(lambda, "lambda", min = 0)
  as.double(lambda)
}

halfway_lambda <- function(fit) {
  max(fit$lambda[fit$dev_ratio >= max(fit$dev_ratio) / 2])
}

two_variables <- function(fit, variables, path) {
  usable <- fit$scale > 0 & is_fitted(fit)
  if (sum(usable) < 2) {
    abort_input("fit", "must have two variables that can enter the model.")
  }
  if (is.null(variables)) {
    size <- abs(path$beta[, 1]) * fit$scale
    final <- abs(fit$beta[, which.min(fit$lambda)]) * fit$scale
    order <- order(!usable, fit$penalty_factor == 0, -size, -final)
    return(check_penalised(rownames(fit$beta)[sort(order[1:2])], fit, "fit"))
  }
  if (!is.character(variables) || length(variables) != 2 || anyDuplicated(variables)) {
    abort_input("variables", "must be the names of two columns of the fit.")
  }
  match_columns(variables, "variables", rownames(fit$beta), terms = NULL)
  barred <- variables[!usable[match(variables, rownames(fit$beta))]]
  if (length(barred) > 0) {
    abort_input("variables", paste0("must be able to enter the model: ", quote_names(barred),
      " cannot, being excluded or constant."), variable = barred)
  }
  check_penalised(variables, fit, "variables")
}

check_penalised <- function(variables, fit, argument) {
  if (all(fit$penalty_factor[match(variables, rownames(fit$beta))] == 0)) {
    abort_input(
      argument, "must have a penalised variable.", variable = variables,
      remedy = paste0("The `penalty_factor` of ", quote_names(variables), " is 0.")
    )
  }
  variables
}

# Starts as a matrix, one row each.
read_start <- function(start, penalty) {
  if (is.numeric(start) && length(dim(start)) < 2 && length(start) == 2) start <- rbind(start)
  if (!is.numeric(start) || !is.matrix(start) || ncol(start) != 2 || !all(is.finite(start))) {
    abort_input("start", "must be two numbers, or a numeric matrix with two columns.")
  }
  low <- rep(penalty$lower, each = nrow(start))
  high <- rep(penalty$upper, each = nrow(start))
  if (any(start < low | start > high)) {
    abort_input("start", "must lie within the bounds of the fit.")
  }
  unname(start)
}

penalty_geometry <- function(variables, factor, lambda, alpha, start) {
  penalty <- list(
    l1 = alpha * factor, l2 = (1 - alpha) * factor, lower = c(-Inf, -Inf), upper = c(Inf, Inf)
  )
  angle <- (seq_len(12) - 0.5) * pi / 6
  start <- read_start(if (is.null(start)) cbind(cos(angle), sin(angle)) else start, penalty)
  nothing <- list(
    pull = function(b) c(0, 0), curvature = function(b) matrix(0, 2, 2), quadratic = TRUE
  )
  window <- square_window(c(-start, start), 0.06)
  reach <- max(abs(start))
  levels <- vapply(seq(0.2, 1.4, 0.2), function(share) {
    max(penalty_value(penalty, share * reach * diag(2)))
  }, 0)
  heights <- heights_at(function(b) penalty_value(penalty, b), window, 201)
  new_geometry(
    "penalty", variables, lambda, alpha, contours_of(heights, window, unique(levels)),
    points = start_points(start),
    flow = flows_from(nothing, penalty, start, lambda), window = window
  )
}

constraint_geometry <- function(plane, lambda, alpha) {
  path <- plane_path(plane, lambda)
  points <- plane_points(path, lambda)
  solution <- as.matrix(points[points$what == "solution", c("x", "y")])
  level <- penalty_value(plane$penalty, solution)
  reach <- 4 * max(abs(path$x), abs(path$y), .Machine$double.xmin)
  # At level 0 the set is the origin, or the axis of a coefficient that is not penalised.
  ball <- penalty_ball(plane$penalty, level, reach)
  inside <- ball[abs(ball$x) < reach & abs(ball$y) < reach, ]
  window <- square_window(rbind(c(0, 0), path[c("x", "y")], inside), 0.1)
  best <- plane$value(as.matrix(points[points$what == "unpenalised", c("x", "y")]))
  touching <- plane$value(solution)
  rise <- max(touching - best, 1e-3 * (plane$value(cbind(0, 0)) - best))
  levels <- best + rise * (c(1, 2, 3, 4, 5, 6.5, 8, 10, 12, 15, 18, 22) / 3)^2
  contours <- contours_of(plane$heights(window), window, levels)
  contours$touching <- abs(contours$level - touching) <= 1e-9 * rise
  new_geometry(
    "constraint", plane$variables, lambda, alpha, contours, points, ball,
    path = rbind(data.frame(lambda = Inf, x = 0, y = 0)[alpha == 0, ], path), window = window
  )
}

flow_geometry <- function(plane, lambda, alpha, start) {
  path <- plane_path(plane, lambda)
  points <- plane_points(path, lambda)
  free <- as.matrix(points[points$what == "unpenalised", c("x", "y")])
  start <- read_start(if (is.null(start)) unname(free) else start, plane$penalty)
  flow <- flows_from(plane$surface, plane$penalty, start, lambda)
  solution <- as.matrix(points[points$what == "solution", c("x", "y")])
  cost <- function(b) lambda * penalty_value(plane$penalty, b)
  window <- square_window(rbind(c(0, 0), points[c("x", "y")], flow[c("x", "y")]), 0.15)
  heights <- plane$heights(window) + heights_at(cost, window)
  lowest <- plane$value(solution) + cost(solution)
  highest <- max(heights[c(1, 121), c(1, 121)], lowest, na.rm = TRUE)
  levels <- lowest + (highest - lowest) * (seq_len(12) / 12)^2
  new_geometry(
    "flow", plane$variables, lambda, alpha,
    contours_of(heights, window, unique(levels)),
    rbind(points, start_points(start)),
    flow = flow, window = window
  )
}

plane_points <- function(path, lambda) {
  solution <- path[match_lambda(lambda, path$lambda), ]
  free <- path[which.min(path$lambda), ]
  cbind(what = c("unpenalised", "solution"), rbind(free, solution))
}

start_points <- function(start) {
  data.frame(what = "start", lambda = NA_real_, x = start[, 1], y = start[, 2])
}

flows_from <- function(surface, penalty, start, lambda) {
  l2 <- lambda * penalty$l2
  whole <- list(
    pull = function(b) surface$pull(b) - l2 * b,
    curvature = function(b) surface$curvature(b) + diag(l2), quadratic = surface$quadratic
  )
  penalty$l1 <- lambda * penalty$l1
  lines <- lapply(seq_len(nrow(start)), function(i) {
    cbind(line = i, flow(whole, penalty, start[i, ]))
  })
  do.call(rbind, lines)
}

# As wide as high, with a margin of `share` of it.
square_window <- function(points, share) {
  points <- if (is.data.frame(points)) points else data.frame(x = points, y = points)
  half <- max(diff(range(points$x)), diff(range(points$y))) / 2
  half <- if (half > 0) half * (1 + 2 * share) else 1
  list(
    x = mean(range(points$x)) + c(-half, half), y = mean(range(points$y)) + c(-half, half)
  )
}

contours_of <- function(heights, window, levels) {
  axes <- window_axes(window, nrow(heights))
  lines <- grDevices::contourLines(axes$x, axes$y, heights, levels = levels)
  frames <- lapply(seq_along(lines), function(i) {
    data.frame(
      line = i, level = lines[[i]]$level, x = lines[[i]]$x, y = lines[[i]]$y, touching = FALSE
    )
  })
  none <- data.frame(
    line = integer(), level = numeric(), x = numeric(), y = numeric(), touching = logical()
  )
  do.call(rbind, c(list(none), frames))
}
