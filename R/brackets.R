# Where coefficients enter, leave, change sign and meet their bounds along any path: seen between
# neighbouring lambdas, and pinned down by root finding. Each round fits the probes of all open
# brackets in one call.

# For some columns of the fit, or for all. A change between two lambdas shows in the coefficients
# at one of them.
find_events <- function(fit, problem, lambda_end, columns = NULL) {
  problem$control$tol <- min(problem$control$tol, 1e-14)
  progress <- problem$control$progress
  problem$control$progress <- FALSE
  path <- refit_at(problem, bracket_grid(fit, lambda_end))
  moving <- sort(unique(path$beta@i)) + 1L
  if (!is.null(columns)) moving <- intersect(moving, columns)
  brackets <- find_brackets(path, fit, moving)
  root <- solve_brackets(brackets, problem, fit, path, progress)
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

find_brackets <- function(path, fit, columns) {
  beta <- as.matrix(path$beta[columns, , drop = FALSE])
  sign <- sign(beta)
  hold <- bound_held(beta, fit, columns)
  smooth <- fit$alpha * fit$penalty_factor[columns] == 0
  changes <- function(event, state, where) {
    lambdas <- seq_len(ncol(beta) - 1)
    from <- state[, lambdas, drop = FALSE]
    to <- state[, lambdas + 1, drop = FALSE]
    at <- which(where(from, to), arr.ind = TRUE)
    before <- grepl("leaves", event)
    data.frame(
      column = columns[at[, 1]], event = rep_len(event, nrow(at)),
      watched = if (before) from[at] else to[at],
      sign = sign[cbind(at[, 1], at[, 2] + (event != "leaves bound"))],
      high = path$lambda[at[, 2]], low = path$lambda[at[, 2] + 1]
    )
  }
  left <- function(from, to) from != 0 & to != from
  come <- function(from, to) to != 0 & to != from
  brackets <- rbind(
    changes("changes sign", sign, function(from, to) from * to == -1 & smooth),
    changes("leaves", sign, function(from, to) left(from, to) & !smooth),
    changes("enters", sign, function(from, to) come(from, to) & !smooth),
    changes("leaves bound", hold, left), changes("reaches bound", hold, come)
  )
  brackets$sign[brackets$event == "leaves"] <- 0
  brackets
}

# 1 where the upper bound holds a coefficient, -1 where the lower one does. A bound of zero does
# not count: there the coefficient is out of the model.
bound_held <- function(beta, fit, columns) {
  low <- fit$lower[columns]
  high <- fit$upper[columns]
  (high != 0 & beta >= high) - (low != 0 & beta <= low)
}

# What changes sign at the event, continuous in lambda: the coefficient where it has the watched
# sign, and the missing slope where it has not; at a bound the slope that the bound withstands, and
# what is missing to the bound away from it.
bracket_values <- function(brackets, path, problem, fit) {
  j <- brackets$column
  columns <- sort(unique(j))
  at <- cbind(match(j, columns), match(brackets$probe, path$lambda))
  size <- penalty_scale(fit)[j]
  beta <- as.matrix(path$beta[columns, , drop = FALSE])
  gradient <- loss_gradients(fit, problem, path, columns)$gradient[at]
  l1 <- brackets$probe * fit$alpha * unname(fit$penalty_factor[j])
  l2 <- brackets$probe * (1 - fit$alpha) * unname(fit$penalty_factor[j])
  beyond <- -brackets$watched * gradient - l1
  to_bound <- grepl("bound", brackets$event)
  held <- bound_held(beta, fit, columns)[at] == brackets$watched
  end <- abs(ifelse(brackets$watched > 0, fit$upper[j], fit$lower[j])) * size
  t <- brackets$watched * beta[at] * size
  inside <- t > 0 | brackets$event == "changes sign"
  ifelse(to_bound, ifelse(held, beyond - l2 * end, t - end), ifelse(inside, t, beyond))
}

# For all brackets at once, with one call for the probes of a round. Other lambdas lead down to
# them: a few where there are more rows than columns, all that there are where a fit from nothing
# takes long.
solve_brackets <- function(brackets, problem, fit, path, progress, accuracy = 1e-11) {
  if (nrow(brackets) == 0) {
    return(numeric())
  }
  tell <- amount_progress(progress, nrow(brackets))
  on.exit(tell(NULL))
  evaluate <- function(rows, probe) {
    rows$probe <- probe
    above <- path$lambda[path$lambda > min(probe)]
    steps <- if (nrow(problem$x) > ncol(problem$x)) min(5, length(above)) else length(above)
    lead <- above[unique(round(seq(1, length(above), length.out = steps)))]
    again <- refit_at(problem, sort(unique(c(lead, probe)), decreasing = TRUE))
    bracket_values(rows, at_lambdas(again, probe), problem, fit)
  }
  ends <- function(probe) {
    bracket_values(cbind(brackets, probe), at_lambdas(path, probe), problem, fit)
  }
  brackets[c("at_high", "at_low")] <- list(ends(brackets$high), ends(brackets$low))
  brackets[c("high2", "at_high2", "low2", "at_low2", "width")] <- Inf
  for (round in seq_len(100)) {
    open <- which(brackets$high - brackets$low > accuracy * brackets$high)
    tell(nrow(brackets) - length(open))
    if (length(open) == 0) break
    some <- brackets[open, ]
    probe <- choose_probe(some, accuracy, round)
    if (round %% 4 == 0) some$width <- some$high - some$low
    brackets[open, ] <- narrow_brackets(some, probe, evaluate(some, probe))
  }
  brackets$low
}

at_lambdas <- function(path, lambda) {
  path_places(path, match(unique(lambda), path$lambda))
}

# At an event the value has a kink, so that the last two points of one side say where it is, better
# than one of each side; the sides take turns. Every fourth round halves what has not come down to a
# quarter, and each probe is at least a little inside, so that both ends come close to the root.
choose_probe <- function(rows, accuracy, round) {
  high <- rows$high
  low <- rows$low
  probe <- if (round %% 2) {
    secant(high, rows$at_high, rows$high2, rows$at_high2)
  } else {
    secant(low, rows$at_low, rows$low2, rows$at_low2)
  }
  across <- secant(high, rows$at_high, low, rows$at_low)
  probe <- ifelse(is.finite(probe) & probe >= low & probe <= high, probe, across)
  slow <- !is.finite(probe) | (round %% 4 == 0 & high - low > rows$width / 4)
  probe[slow] <- ((high + low) / 2)[slow]
  inside <- accuracy * high / 3
  pmin(pmax(probe, low + inside), high - inside)
}

secant <- function(a, at_a, b, at_b) a - at_a * (a - b) / (at_a - at_b)

# The probe takes the place of the end whose sign it has.
narrow_brackets <- function(rows, probe, value) {
  upper <- sign(value) == sign(rows$at_high)
  rows[upper, c("high2", "at_high2")] <- rows[upper, c("high", "at_high")]
  rows[!upper, c("low2", "at_low2")] <- rows[!upper, c("low", "at_low")]
  rows$high[upper] <- probe[upper]
  rows$at_high[upper] <- value[upper]
  rows$low[!upper] <- probe[!upper]
  rows$at_low[!upper] <- value[!upper]
  rows
}
