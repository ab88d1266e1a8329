# The objective of a fit as a function of two of its coefficients. The intercept is at its best for
# each pair, all other coefficients keep their fitted values. Coefficients are those that the
# penalty sees: per standard deviation of the variable, unless the fit does not standardise.

# A list: the `surface` of the loss and the `penalty` parts per unit of lambda (see R/flow.R),
# `value`, a function that gives the loss for each row of a two-column matrix, `heights`, one that
# gives it on a fine grid over a window, and `problem`, the problem that is left for the two.
new_plane <- function(fit, problem, variables, path, alpha) {
  two <- match(variables, colnames(problem$x))
  scale <- fit$scale[two]
  problem <- plane_problem(fit, problem, two, path, alpha)
  v <- scaled_weights(problem)
  z <- as.matrix(problem$x)
  z <- sweep(sweep(z, 2, if (fit$has_intercept) fit$center[two] else 0), 2, scale, "/")
  loss <- if (problem$family$loss == "gaussian") {
    quadratic_loss(z, problem$y - problem$offset, v, fit$has_intercept)
  } else {
    general_loss(z, problem, v, fit$has_intercept)
  }
  c(loss, list(
    variables = variables, scale = scale, problem = problem,
    penalty = list(
      l1 = alpha * unname(problem$penalty_factor),
      l2 = (1 - alpha) * unname(problem$penalty_factor),
      lower = unname(problem$lower * scale), upper = unname(problem$upper * scale)
    )
  ))
}

plane_problem <- function(fit, problem, two, path, alpha) {
  rest <- path
  rest$beta[two, ] <- 0
  rest$intercept <- 0
  problem$offset <- linear_predictor(rest, problem$x, problem$offset)[, 1]
  problem$x <- problem$x[, two, drop = FALSE]
  for (name in c("penalty_factor", "lower", "upper")) problem[[name]] <- problem[[name]][two]
  problem$family <- fit$loss
  at_alpha(problem, alpha)
}

quadratic_loss <- function(z, y, v, has_intercept) {
  y <- if (has_intercept) y - sum(v * y) else y
  curvature <- unname(crossprod(z, v * z))
  target <- drop(unname(crossprod(z, v * y)))
  value <- function(b) {
    sum(v * y^2) / 2 - drop(b %*% target) + rowSums((b %*% curvature) * b) / 2
  }
  list(
    surface = list(
      pull = function(b) target - drop(curvature %*% b), curvature = function(b) curvature,
      quadratic = TRUE
    ),
    value = value, heights = function(window) heights_at(value, window)
  )
}

# Half the deviance, with the intercept profiled out. The derivatives in b of the minimum over the
# intercept are those at that intercept; its curvature is that of the columns less their means,
# both weighted by the curvature of the observations. Each point starts from the intercept of the
# one before, and the last one is remembered: the flow asks for its pull, then for its curvature.
general_loss <- function(z, problem, v, has_intercept) {
  z <- unname(z)
  last <- NULL
  profile <- function(b, accuracy = 1e-12) {
    if (!identical(last$b, b) || last$accuracy > accuracy) {
      last <<- profiled(z, b, problem, v, has_intercept, last$intercept, accuracy)
    }
    last
  }
  pull <- function(b, accuracy = 1e-12) drop(crossprod(z, v * profile(b, accuracy)$score))
  half_deviance <- function(b, accuracy = 1e-12) {
    mu <- profile(b, accuracy)$mu
    sum(v * suppressWarnings(family_unit_deviance(problem$family, problem$y, mu))) / 2
  }
  curvature <- function(b) {
    curve <- v * profile(b)$curvature
    mean <- if (has_intercept) colSums(curve * z) / sum(curve) else c(0, 0)
    crossprod(z, curve * z) - sum(curve) * tcrossprod(mean)
  }
  list(
    surface = list(pull = pull, curvature = curvature, quadratic = FALSE),
    value = function(b) vapply(seq_len(nrow(b)), function(i) half_deviance(b[i, ]), 0),
    heights = function(window) {
      tick <- fold_progress(problem$control$progress, node_count(nrow(z)))
      at_nodes(window, node_count(nrow(z)), tick, function(b) {
        c(half_deviance(b, 1e-8), -pull(b, 1e-8))
      })
    }
  )
}

# Score, curvature and mean of each observation at the best intercept for b, found by Fisher scoring
# with steps of at most 2.
profiled <- function(z, b, problem, v, has_intercept, start, accuracy, max_iter = 200) {
  stats <- problem$family$stats
  fixed <- problem$offset + drop(z %*% b)
  intercept <- if (!has_intercept) 0 else if (is.null(start)) {
    stats$linkfun(sum(v * problem$y)) - sum(v * fixed)
  } else {
    start
  }
  for (iter in seq_len(max_iter)) {
    eta <- fixed + intercept
    mu <- stats$linkinv(eta)
    slope <- stats$mu.eta(eta)
    ratio <- slope / stats$variance(mu)
    score <- (problem$y - mu) * ratio
    curvature <- slope * ratio
    step <- if (has_intercept) sum(v * score) / sum(v * curvature) else 0
    found <- is.finite(step) && abs(step) <= accuracy * (1 + abs(intercept))
    if (found || !is.finite(step)) break
    intercept <- intercept + min(max(step, -2), 2)
  }
  list(
    b = b, accuracy = accuracy, score = score, curvature = curvature, mu = mu,
    intercept = if (found) intercept
  )
}

# ---- Heights over a window, for contours --------------------------------------------------------

heights_at <- function(value, window, size = 121) {
  matrix(value(as.matrix(expand.grid(window_axes(window, size)))), size)
}

window_axes <- function(window, size) {
  list(
    x = seq(window$x[1], window$x[2], length.out = size),
    y = seq(window$y[1], window$y[2], length.out = size)
  )
}

# A loss that has to be computed from all observations is computed, with its gradient, at fewer
# nodes the more observations there are: what lies between is interpolated.
node_count <- function(rows) {
  min(25, max(11, floor(sqrt(1.5e7 / rows))))
}

# `compute` gives value and gradient. To and fro, so that every node is next to the one before.
at_nodes <- function(window, count, tick, compute, size = 121) {
  on.exit(tick(NULL))
  axes <- window_axes(window, count)
  found <- array(dim = c(3, count, count))
  for (column in seq_len(count)) {
    rows <- seq_len(count)
    for (row in if (column %% 2) rows else rev(rows)) {
      found[, row, column] <- compute(c(axes$x[row], axes$y[column]))
    }
    tick(column)
  }
  spacing <- axes$x[2] - axes$x[1]
  hermite_heights(found[1, , ], spacing * found[2, , ], spacing * found[3, , ], size)
}

# The solutions in the plane along its own grid, at `lambda`, and without a penalty: a data frame
# from the largest lambda down. Where there is no solution without a penalty, as with separated
# classes, the path runs far away, and is followed to a tenth of lambda only.
plane_path <- function(plane, lambda) {
  problem <- plane$problem
  problem$control$dev_ratio_max <- 1
  problem$control$dev_ratio_change <- 0
  grid <- plane_grid(problem)
  solve <- function(lambda) {
    problem$lambda <- sort(unique(lambda), decreasing = TRUE)
    path <- muffle_constant(engine_fit(problem))
    beta <- as.matrix(path$beta * plane$scale)
    data.frame(lambda = path$lambda, x = unname(beta[1, ]), y = unname(beta[2, ]))
  }
  path <- solve(c(grid, lambda, 0))
  if (min(path$lambda) > 0) {
    end <- min(lambda, grid[1], na.rm = TRUE) / 10
    path <- solve(c(grid[grid > end], lambda, end))
  }
  between <- corner_lambdas(path)
  if (length(between) > 0) path <- rbind(path, solve(between))
  path[order(-path$lambda), ]
}

# Twenty more between any two neighbours where a coefficient leaves zero: the corner is there.
corner_lambdas <- function(path) {
  zero <- path[c("x", "y")] == 0
  above <- which(rowSums(zero[-1, , drop = FALSE] != zero[-nrow(zero), , drop = FALSE]) > 0)
  unlist(lapply(above, function(k) {
    seq(path$lambda[k], path$lambda[k + 1], length.out = 22)[2:21]
  }))
}

# The default grid, of which two lambdas need to be fitted to know the others. It is empty where no
# lambda changes anything: neither coefficient is penalised, or nothing is to be explained.
plane_grid <- function(problem) {
  nlambda <- problem$nlambda
  problem["lambda"] <- list(NULL)
  problem$nlambda <- 2L
  ends <- log(range(muffle_constant(engine_fit(problem))$lambda))
  if (!all(is.finite(ends))) {
    return(numeric())
  }
  exp(seq(ends[2], ends[1], length.out = nlambda))
}

penalty_value <- function(penalty, b) {
  drop(abs(b) %*% penalty$l1 + b^2 %*% penalty$l2 / 2)
}

# The outline of the set where the penalty is at most `level`: in each direction the penalty is
# slope r + bend r^2 / 2. Where it costs nothing the outline is `far` away.
penalty_ball <- function(penalty, level, far) {
  angle <- seq(0, 2 * pi, length.out = 361)
  direction <- cbind(cos(angle), sin(angle))
  direction[abs(direction) < 1e-12] <- 0
  slope <- drop(abs(direction) %*% penalty$l1)
  bend <- drop(direction^2 %*% penalty$l2)
  radius <- 2 * level / (slope + sqrt(slope^2 + 2 * bend * level))
  radius[!is.finite(radius)] <- far
  data.frame(x = direction[, 1], y = direction[, 2]) * pmin(radius, far)
}
