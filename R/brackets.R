# Where coefficients enter, leave and change sign along any path: seen between neighbouring lambdas,
# and pinned down by root finding. Each round fits the probes of all open brackets in one call.

find_events <- function(fit, problem, lambda_end) {
  problem$control$tol <- min(problem$control$tol, 1e-12)
  grid <- bracket_grid(fit, lambda_end)
  path <- path_states(refit_at(problem, grid), problem)
  brackets <- find_brackets(path, fit)
  root <- solve_brackets(brackets, problem, fit)
  events <- data.frame(
    lambda = root, column = brackets$column, event = brackets$event, sign = brackets$sign
  )
  # Through zero an L1 coefficient leaves before it enters with the other sign.
  events[order(-events$lambda, events$event != "leaves"), ]
}

# The grid of the fit, from where the path is null, and not coarser than 100 lambdas.
bracket_grid <- function(fit, lambda_end) {
  top <- if (fit$alpha > 0) fit$lambda_max * (1 + 1e-6) else max(fit$lambda)
  positive <- fit$lambda[fit$lambda > 0]
  bottom <- min(positive, if (lambda_end == 0) 1e-4 * top)
  fill <- if (length(fit$lambda) < 100 && bottom < top) {
    exp(seq(log(top), log(bottom), length.out = 100))
  }
  grid <- c(top, fit$lambda, fill)
  sort(unique(grid[grid <= top]), decreasing = TRUE)
}

# Standardised coefficients and slopes of minus the loss, p x L.
path_states <- function(path, problem) {
  list(
    lambda = path$lambda, t = as.matrix(path$beta) * penalty_scale(path),
    slope = -loss_gradients(path, problem, path)$gradient
  )
}

find_brackets <- function(path, fit) {
  sign <- sign(path$t)
  upper <- seq_len(ncol(sign) - 1)
  from <- sign[, upper, drop = FALSE]
  to <- sign[, upper + 1, drop = FALSE]
  smooth <- fit$alpha * fit$penalty_factor == 0
  crosses <- which(from * to == -1 & smooth, arr.ind = TRUE)
  leaves <- which(from != 0 & to != from & !smooth, arr.ind = TRUE)
  enters <- which(to != 0 & to != from & !smooth, arr.ind = TRUE)
  rbind(
    bracket_rows(crosses, "changes sign", to, path$lambda),
    bracket_rows(leaves, "leaves", from, path$lambda),
    bracket_rows(enters, "enters", to, path$lambda)
  )
}

bracket_rows <- function(at, event, sign, lambda) {
  data.frame(
    column = unname(at[, 1]), event = rep_len(event, nrow(at)), watched = sign[at],
    sign = if (event == "leaves") rep(0, nrow(at)) else sign[at],
    high = lambda[at[, 2]], low = lambda[at[, 2] + 1]
  )
}

# What changes sign at the event, continuous in lambda: the coefficient where it has the watched
# sign, the missing slope where it has not.
bracket_values <- function(brackets, path, fit) {
  at <- cbind(brackets$column, match(brackets$probe, path$lambda))
  t <- brackets$watched * path$t[at]
  limit <- brackets$probe * fit$alpha * unname(fit$penalty_factor[brackets$column])
  ifelse(t > 0 | brackets$event == "changes sign", t, brackets$watched * path$slope[at] - limit)
}

# The Illinois rule (Dowell and Jarratt, 1971) for all brackets at once: the secant, with the value
# at an end that stays put halved.
solve_brackets <- function(brackets, problem, fit, accuracy = 1e-11) {
  if (nrow(brackets) == 0) {
    return(numeric())
  }
  evaluate <- function(rows, probe) {
    rows$probe <- probe
    # Largest first, as a path is fitted.
    lambda <- sort(unique(probe), decreasing = TRUE)
    bracket_values(rows, path_states(refit_at(problem, lambda), problem), fit)
  }
  ends <- list(high = brackets$high, low = brackets$low)
  value <- list(high = evaluate(brackets, ends$high), low = evaluate(brackets, ends$low))
  root <- ends$low
  open <- value$low != 0
  last <- numeric(nrow(brackets))
  for (round in seq_len(60)) {
    i <- which(open)
    if (length(i) == 0) break
    secant <- (value$high[i] * ends$low[i] - value$low[i] * ends$high[i]) /
      (value$high[i] - value$low[i])
    middle <- (ends$high[i] + ends$low[i]) / 2
    # What is straight needs no halving of the bracket; what is not gets it every third round.
    probe <- if (round %% 4 == 0) middle else ifelse(is.finite(secant), secant, middle)
    new <- evaluate(brackets[i, ], probe)
    near_high <- sign(new) == sign(value$high[i])
    again_high <- near_high & last[i] == 1
    again_low <- !near_high & last[i] == -1
    value$low[i][again_high] <- value$low[i][again_high] / 2
    value$high[i][again_low] <- value$high[i][again_low] / 2
    ends$high[i][near_high] <- probe[near_high]
    value$high[i][near_high] <- new[near_high]
    ends$low[i][!near_high] <- probe[!near_high]
    value$low[i][!near_high] <- new[!near_high]
    last[i] <- ifelse(near_high, 1, -1)
    moved <- abs(probe - root[i])
    root[i] <- probe
    open[i] <- new != 0 & moved > accuracy * probe &
      ends$high[i] - ends$low[i] > accuracy * probe
  }
  root
}
