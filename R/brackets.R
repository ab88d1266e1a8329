# Where coefficients enter, leave and change sign along any path: seen between neighbouring lambdas,
# and pinned down by root finding. Each round fits the probes of all open brackets in one call.

find_events <- function(fit, problem, lambda_end) {
  problem$control$tol <- min(problem$control$tol, 1e-14)
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

# For all brackets at once, with one call for the probes of a round.
solve_brackets <- function(brackets, problem, fit, accuracy = 1e-11) {
  evaluate <- function(rows, probe) {
    rows$probe <- probe
    # Largest first, as a path is fitted.
    lambda <- sort(unique(probe), decreasing = TRUE)
    bracket_values(rows, path_states(refit_at(problem, lambda), problem), fit)
  }
  if (nrow(brackets) == 0) {
    return(numeric())
  }
  brackets$last <- 0
  brackets$at_high <- evaluate(brackets, brackets$high)
  brackets$at_low <- evaluate(brackets, brackets$low)
  for (round in seq_len(100)) {
    open <- which(brackets$high - brackets$low > accuracy * brackets$high)
    if (length(open) == 0) break
    some <- brackets[open, ]
    probe <- choose_probe(some, accuracy, halve = round %% 4 == 0)
    brackets[open, ] <- narrow_brackets(some, probe, evaluate(some, probe))
  }
  brackets$low
}

# The secant, at least a little inside, so that both ends come close to the root.
choose_probe <- function(rows, accuracy, halve) {
  middle <- (rows$high + rows$low) / 2
  if (halve) {
    return(middle)
  }
  secant <- (rows$at_high * rows$low - rows$at_low * rows$high) / (rows$at_high - rows$at_low)
  inside <- accuracy * rows$high / 3
  ifelse(is.finite(secant), pmin(pmax(secant, rows$low + inside), rows$high - inside), middle)
}

# The Illinois rule (Dowell and Jarratt, 1971): the value at an end that stays put twice is halved.
narrow_brackets <- function(rows, probe, value) {
  high <- sign(value) == sign(rows$at_high)
  again_high <- high & rows$last == 1
  again_low <- !high & rows$last == -1
  rows$at_low[again_high] <- rows$at_low[again_high] / 2
  rows$at_high[again_low] <- rows$at_high[again_low] / 2
  rows$high[high] <- probe[high]
  rows$at_high[high] <- value[high]
  rows$low[!high] <- probe[!high]
  rows$at_low[!high] <- value[!high]
  rows$last <- ifelse(high, 1, -1)
  rows
}
