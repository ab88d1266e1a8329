# The objective of a fit as a function of two of its coefficients. The intercept is at its best for
# each pair, all other coefficients keep their fitted values. Coefficients are those that the
# penalty sees: per standard deviation of the variable, unless the fit does not standardise.

# A list: the `surface` of the loss and the `penalty` parts per unit of lambda (see R/flow.R),
# `value`, a function that gives the loss for each row of a two-column matrix, and `problem`, the
# problem that is left for the two.
new_plane <- function(fit, problem, variables, path, alpha) {
  two <- match(variables, colnames(problem$x))
  scale <- fit$scale[two]
  problem <- plane_problem(fit, problem, two, path, alpha)
  v <- problem_weights(problem)
  z <- as.matrix(problem$x)
  z <- sweep(sweep(z, 2, if (fit$has_intercept) fit$center[two] else 0), 2, scale, "/")
  loss <- if (problem$family$loss == "gaussian") {
    quadratic_loss(z, problem$y - problem$offset, v / sum(v), fit$has_intercept)
  } else {
    general_loss(z, problem, v / sum(v), fit$has_intercept)
  }
  c(loss, list(
    variables = variables, scale = scale, problem = problem, rows = nrow(z),
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
  list(
    surface = list(
      pull = function(b) target - drop(curvature %*% b), curvature = function(b) curvature,
      quadratic = TRUE
    ),
    value = function(b) {
      sum(v * y^2) / 2 - drop(b %*% target) + rowSums((b %*% curvature) * b) / 2
    }
  )
}

# Half the deviance, with the intercept profiled out. The derivatives in b of the minimum over the
# intercept are those at that intercept; its curvature is that of the columns less their means,
# both weighted by the curvature of the observations.
general_loss <- function(z, problem, v, has_intercept) {
  z <- unname(z)
  profile <- function(b) profiled(z, b, problem, v, has_intercept)
  list(
    surface = list(
      pull = function(b) drop(crossprod(z, v * profile(rbind(b))$score)),
      curvature = function(b) {
        curve <- v * as.vector(profile(rbind(b))$curvature)
        mean <- if (has_intercept) colSums(curve * z) / sum(curve) else 0
        centred <- sweep(z, 2, mean)
        crossprod(centred, curve * centred)
      },
      quadratic = FALSE
    ),
    value = function(b) {
      block <- max(1, floor(1e6 / nrow(z)))
      rows <- split(seq_len(nrow(b)), (seq_len(nrow(b)) - 1) %/% block)
      unlist(lapply(rows, function(i) {
        unit <- profile(b[i, , drop = FALSE])$unit
        colSums(v * unit) / 2
      }), use.names = FALSE)
    }
  )
}

# Score, curvature and unit deviance (n x m each) at the best intercept for each of m rows of b,
# found by Fisher scoring with steps of at most 2.
profiled <- function(z, b, problem, v, has_intercept, max_iter = 200) {
  stats <- problem$family$stats
  fixed <- problem$offset + tcrossprod(z, b)
  intercept <- numeric(nrow(b))
  if (has_intercept) {
    intercept <- stats$linkfun(sum(v * problem$y)) - colSums(v * fixed)
  }
  for (iter in seq_len(max_iter)) {
    eta <- fixed + rep(intercept, each = nrow(z))
    mu <- family_mean(problem$family, eta)
    slope <- in_shape(stats$mu.eta(as.vector(eta)), mu)
    variance <- in_shape(stats$variance(as.vector(mu)), mu)
    score <- (problem$y - mu) * slope / variance
    curvature <- slope^2 / variance
    step <- if (has_intercept) colSums(v * score) / colSums(v * curvature) else 0
    if (all(abs(step) <= 1e-12 * (1 + abs(intercept)), na.rm = TRUE)) break
    intercept <- intercept + pmin(pmax(step, -2), 2)
  }
  unit <- suppressWarnings(family_unit_deviance(problem$family, problem$y, mu))
  list(score = score, curvature = curvature, unit = unit)
}

# The solutions in the plane along its own grid, at `lambda`, and without a penalty where there is
# such a solution: a data frame from the largest lambda down.
plane_path <- function(plane, lambda) {
  problem <- plane$problem
  problem["lambda"] <- list(NULL)
  problem$control$dev_ratio_max <- 1
  problem$control$dev_ratio_change <- 0
  grid <- muffle_constant(engine_fit(problem))$lambda
  problem$lambda <- sort(unique(c(grid, lambda, 0)), decreasing = TRUE)
  path <- muffle_constant(engine_fit(problem))
  beta <- as.matrix(path$beta * plane$scale)
  data.frame(lambda = path$lambda, x = unname(beta[1, ]), y = unname(beta[2, ]))
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
