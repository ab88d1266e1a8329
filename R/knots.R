# The knots of the gaussian L1 path, exactly: between two of them the solution is linear in lambda.
# Everything is along standardised columns z_j (centred where there is an intercept):
#
#   t_A(lambda) = a - lambda d,   a = G_AA^-1 z_A'V (y - z_B t_B),   d = G_AA^-1 f_A s_A,
#
# with A the free coefficients, B those held by a bound, s their signs (Efron, Hastie, Johnstone and
# Tibshirani, 2004; Osborne, Presnell and Turlach, 2000). The slope -df_j of any column is then
# p_j + lambda q_j, and the next knot is the largest root below lambda of any condition.

# A list: `events`, a data frame of lambda (decreasing), column, event and sign; NULL where the walk
# is not possible: dependent columns, or ties that it cannot break.
walk_knots <- function(fit, problem, lambda_end) {
  tell <- amount_progress(problem$control$progress, 100)
  on.exit(tell(NULL))
  problem$control$progress <- FALSE
  walk <- start_walk(fit, problem)
  way <- log(walk$lambda / max(lambda_end, 1e-4 * walk$lambda))
  events <- list()
  limit <- 50 * (min(fit$dim) + 10)
  while (length(events) < limit) {
    line <- walk_line(walk)
    step <- if (!is.null(line)) next_event(walk, line)
    if (is.null(step) || step$lambda > walk$lambda * (1 + 1e-7)) {
      return(NULL)
    }
    if (step$lambda < lambda_end || step$lambda <= 1e-12 * fit$lambda_max) {
      tell(100)
      return(bind_events(events))
    }
    tell(100 * log(fit$lambda_max / step$lambda) / way)
    walk$lambda <- min(step$lambda, walk$lambda)
    walk <- apply_event(walk, step)
    events[[length(events) + 1]] <- list(
      lambda = walk$lambda, column = step$column, event = step$event, sign = walk$sign[step$column]
    )
  }
  NULL
}

bind_events <- function(events) {
  pick <- function(name, like) vapply(events, `[[`, like, name)
  data.frame(
    lambda = pick("lambda", 0), column = pick("column", 1L), event = pick("event", ""),
    sign = pick("sign", 0)
  )
}

# Above lambda_max nothing that is penalised is in the model. A status is "zero", "free", "bound" or
# "shut".
start_walk <- function(fit, problem) {
  v <- scaled_weights(problem)
  size <- penalty_scale(fit)
  shut <- !is_fitted(fit)
  f <- unname(ifelse(shut, 0, fit$penalty_factor))
  top <- fit$lambda_max * 1.001
  b <- size * refit_at(problem, top)$beta[, 1]
  low <- unname(size * fit$lower)
  high <- unname(size * fit$upper)
  status <- ifelse(shut, "shut", "zero")
  loose <- !shut & f == 0
  status[loose] <- ifelse(b[loose] <= low[loose] | b[loose] >= high[loose], "bound", "free")
  sign <- ifelse(loose, ifelse(b != 0, sign(b), ifelse(high > 0, -1, 1)), 0)
  y <- problem$y - if (is.null(problem$offset)) 0 else problem$offset
  walk <- list(
    fit = fit, x = problem$x, v = v, y = if (fit$has_intercept) y - sum(v * y) else y,
    size = size, f = f, low = low, high = high, lambda = top, status = status, sign = unname(sign),
    held = unname(ifelse(status == "bound", b, 0))
  )
  factor_free(walk)
}

# Columns with the square roots of the weights.
walk_columns <- function(walk, columns) {
  z <- as.matrix(walk$x[, columns, drop = FALSE])
  if (walk$fit$has_intercept) z <- z - rep(walk$fit$center[columns], each = nrow(z))
  sqrt(walk$v) * z / rep(walk$size[columns], each = nrow(z))
}

# The free columns as q r, from the beginning; NULL instead of q where they are dependent.
factor_free <- function(walk) {
  walk$free <- which(walk$status == "free")
  qr <- qr(walk_columns(walk, walk$free), tol = 1e-9)
  full <- qr$rank == length(walk$free)
  walk["q"] <- list(if (full) qr.qy(qr, diag(1, length(walk$y), qr$rank)))
  walk$r <- qr.R(qr)[seq_len(qr$rank), , drop = FALSE]
  walk
}

# One more free column (Gram and Schmidt, twice, which is enough).
join_free <- function(walk, j) {
  z <- drop(walk_columns(walk, j))
  along <- drop(crossprod(walk$q, z))
  rest <- z - drop(walk$q %*% along)
  again <- drop(crossprod(walk$q, rest))
  rest <- rest - drop(walk$q %*% again)
  length <- sqrt(sum(rest^2))
  full <- length > 1e-9 * sqrt(sum(z^2))
  walk["q"] <- list(if (full) cbind(walk$q, rest / length))
  walk$r <- rbind(cbind(walk$r, along + again), c(numeric(length(along)), length))
  walk$free <- c(walk$free, j)
  walk
}

# One free column less: rotations make the rest of r triangular again.
drop_free <- function(walk, j) {
  k <- match(j, walk$free)
  q <- walk$q
  walk$q <- NULL
  r <- walk$r[, -k, drop = FALSE]
  m <- ncol(r)
  for (i in seq_len(m - k + 1) + k - 1) {
    pair <- c(i, i + 1)
    turn <- r[pair, i] / sqrt(sum(r[pair, i]^2))
    turn <- cbind(turn, c(-turn[2], turn[1]), deparse.level = 0)
    r[pair, i:m] <- crossprod(turn, r[pair, i:m])
    q[, pair] <- q[, pair] %*% turn
  }
  walk$q <- q[, seq_len(m), drop = FALSE]
  walk$r <- r[seq_len(m), , drop = FALSE]
  walk$free <- walk$free[-k]
  walk
}

# a and d for the free columns, p and q for all; NULL if the free columns are dependent.
walk_line <- function(walk) {
  if (is.null(walk$q)) {
    return(NULL)
  }
  root <- sqrt(walk$v)
  y <- root * walk$y
  bound <- which(walk$status == "bound")
  if (length(bound)) y <- y - drop(walk_columns(walk, bound) %*% walk$held[bound])
  free <- walk$free
  a <- drop(crossprod(walk$q, y))
  d <- if (length(free)) backsolve(walk$r, (walk$f * walk$sign)[free], transpose = TRUE)
  fitted <- walk$q %*% cbind(a, d, deparse.level = 0)
  residual <- root * cbind(y - fitted[, 1], if (length(free)) fitted[, 2] else 0)
  slope <- as.matrix(Matrix::crossprod(walk$x, residual))
  if (walk$fit$has_intercept) slope <- slope - walk$fit$center %o% colSums(residual)
  slope <- unname(slope / walk$size)
  solve <- function(b) if (length(free)) backsolve(walk$r, b) else numeric()
  list(free = free, a = solve(a), d = solve(d), p = slope[, 1], q = slope[, 2])
}

# Every condition that could end the line, by its root; only those that are approached as lambda
# falls count, so that the one that has just come true does not come again.
next_event <- function(walk, line) {
  roots <- c(
    list(roots_zero(walk, line, 1), roots_zero(walk, line, -1), roots_bound(walk, line)),
    roots_free(walk, line)
  )
  roots[[which.max(vapply(roots, `[[`, 0, "lambda"))]]
}

# s (p + lambda q) rises to lambda f.
roots_zero <- function(walk, line, s) {
  end <- if (s > 0) walk$high else walk$low
  j <- which(walk$status == "zero" & end != 0 & walk$f - s * line$q > 1e-9 * walk$f)
  event_roots(j, s * line$p[j] / (walk$f[j] - s * line$q[j]), "enters", s)
}

# A free coefficient comes to zero, which ends it if it is penalised, or to a bound.
roots_free <- function(walk, line) {
  s <- walk$sign[line$free]
  to_zero <- which(s * line$d < 0)
  j <- line$free[to_zero]
  end <- ifelse(line$d > 0, walk$high[line$free], walk$low[line$free])
  to_end <- which(is.finite(end) & line$d != 0 & end != 0)
  list(
    event_roots(
      j, line$a[to_zero] / line$d[to_zero], ifelse(walk$f[j] > 0, "leaves", "changes sign"),
      ifelse(walk$f[j] > 0, 0, -s[to_zero])
    ),
    event_roots(
      line$free[to_end], (line$a - end)[to_end] / line$d[to_end], "reaches bound", s[to_end]
    )
  )
}

# s (p + lambda q) falls to lambda f: the bound lets go.
roots_bound <- function(walk, line) {
  j <- which(walk$status == "bound")
  s <- walk$sign[j]
  falls <- s * line$q[j] - walk$f[j] > 1e-9 * walk$f[j]
  j <- j[falls]
  s <- s[falls]
  event_roots(j, s * line$p[j] / (walk$f[j] - s * line$q[j]), "leaves bound", s)
}

# The first of them to come, at lambda = 0 if there is none.
event_roots <- function(column, lambda, event, sign) {
  first <- which.max(lambda)
  if (length(first) == 0) {
    return(list(lambda = 0))
  }
  pick <- function(values) rep_len(values, length(column))[first]
  list(
    lambda = lambda[first], column = column[first], event = pick(event), sign = pick(sign)
  )
}

apply_event <- function(walk, step) {
  j <- step$column
  walk$status[j] <- switch(step$event,
    enters = "free", leaves = "zero", "changes sign" = "free", "reaches bound" = "bound",
    "leaves bound" = "free"
  )
  walk$sign[j] <- step$sign
  walk$held[j] <- if (step$event == "reaches bound") {
    if (step$sign > 0) walk$high[j] else walk$low[j]
  } else {
    0
  }
  switch(step$event,
    enters = , "leaves bound" = join_free(walk, j), leaves = , "reaches bound" = drop_free(walk, j),
    walk
  )
}
