# Gradient flow of a smooth function of two coefficients plus a separable penalty with bounds:
#
#   db_j/dt = pull_j - l1_j sign(b_j),   pull = -(gradient of the smooth part),
#
# read as a differential inclusion where sign(0) is all of [-1, 1]: a coefficient rests on zero, or
# on a bound, as long as the pull stays within the interval that balances it there. Between two
# such events a mode holds (which coefficients rest, which sign the others have), and for a
# quadratic the mode's linear equation is solved in closed form by the eigenvectors of its
# curvature: nothing is discretised but the points that are reported.
#
# A `surface` is a list of functions of b (length 2), pull(b) and curvature(b), and `quadratic`;
# a `penalty` a list of l1, lower and upper, two values each.

# A data frame of points: time, x, y, and whether each coefficient rests there.
flow <- function(surface, penalty, start, max_steps = 10000) {
  state <- flow_start(surface, penalty, start)
  points <- list(flow_point(state))
  for (step in seq_len(max_steps)) {
    if (flow_speed(state, penalty) <= 1e-11 * state$unit) {
      return(do.call(rbind, points))
    }
    moved <- flow_step(state, surface, penalty)
    points <- c(points, list(moved$points))
    state <- moved$state
  }
  abort("The flow did not come to rest.", class = "sparsepath_error_flow")
}

flow_start <- function(surface, penalty, start) {
  pull <- surface$pull(start)
  state <- list(time = 0, b = start, pull = pull, step = Inf)
  state$sign <- ifelse(start != 0, sign(start), sign(pull))
  edge <- (start == 0 & penalty$l1 > 0) | start == penalty$lower | start == penalty$upper
  state$rests <- edge & is_balanced(state, penalty)
  # Speeds and lengths are judged against these.
  state$size <- max(abs(start), .Machine$double.xmin)
  state$unit <- max(abs(pull), penalty$l1, max(abs(surface$curvature(start))) * max(abs(start)))
  state
}

flow_point <- function(state) {
  data.frame(
    time = state$time, x = state$b[1], y = state$b[2],
    x_rests = state$rests[1], y_rests = state$rests[2]
  )
}

flow_velocity <- function(state, penalty) {
  ifelse(state$rests, 0, state$pull - penalty$l1 * state$sign)
}

flow_speed <- function(state, penalty) max(abs(flow_velocity(state, penalty)))

# The pulls under which each coefficient stays where it is: the subdifferential of the L1 part, open
# on the side of a bound.
rest_interval <- function(b, penalty) {
  low <- ifelse(b > 0, penalty$l1, -penalty$l1)
  high <- ifelse(b < 0, -penalty$l1, penalty$l1)
  list(
    low = ifelse(b <= penalty$lower, -Inf, low), high = ifelse(b >= penalty$upper, Inf, high)
  )
}

is_balanced <- function(state, penalty) {
  interval <- rest_interval(state$b, penalty)
  slack <- 1e-12 * max(abs(state$pull), penalty$l1)
  state$pull >= interval$low - slack & state$pull <= interval$high + slack
}

# ---- One step -----------------------------------------------------------------------------------

# To the next event, or to rest; where the curvature changes, no further than it can be trusted.
flow_step <- function(state, surface, penalty) {
  motion <- flow_motion(state, surface$curvature(state$b), penalty)
  if (surface$quadratic) {
    leg <- leg_until_rest(motion, state)
    pull <- surface$pull(leg$b)
  } else {
    step <- min(state$step, 1e3 / max(motion$rate, state$unit / state$size))
    repeat {
      leg <- leg_until(motion, state, step)
      pull <- surface$pull(leg$b)
      predicted <- state$pull - drop(motion$curvature %*% (leg$b - state$b))
      error <- max(abs(pull - predicted)) * leg$time / (1e-6 * state$size)
      if (is.nan(error)) error <- Inf
      if (error <= 1) break
      step <- leg$time * next_share(error)
    }
    # An event says nothing about how far the curvature can be trusted.
    state$step <- if (leg$time < step) 2 * step else step * next_share(error)
  }
  points <- leg_points(motion, state, leg)
  state$time <- state$time + leg$time
  state$b <- leg$b
  state$pull <- pull
  state <- change_mode(state, leg, penalty)
  list(state = state, points = rbind(points, flow_point(state)))
}

# What a linear pull leaves out grows with the cube of the time.
next_share <- function(error) min(2, max(0.1, 0.9 / error^(1 / 3)))

# Every quantity that can cause an event moves as start + sum_k weight_k phi(rate_k, t): for a
# moving coefficient its value, for a resting one its pull.
flow_motion <- function(state, curvature, penalty) {
  free <- !state$rests
  mode <- eigen(curvature[free, free, drop = FALSE], symmetric = TRUE)
  rate <- pmax(mode$values, 0)
  rate[rate <= 1e-14 * max(rate)] <- 0
  velocity <- flow_velocity(state, penalty)[free]
  along <- mode$vectors %*% diag(drop(crossprod(mode$vectors, velocity)), nrow = sum(free))
  weight <- matrix(0, 2, sum(free))
  weight[free, ] <- along
  weight[!free, ] <- -curvature[!free, free, drop = FALSE] %*% along
  list(
    free = free, rate = rate, weight = weight, start = ifelse(free, state$b, state$pull),
    curvature = curvature, limits = motion_limits(state, penalty)
  )
}

# What ends the mode: a moving coefficient that reaches zero or a bound, a pull that leaves its
# interval.
motion_limits <- function(state, penalty) {
  interval <- rest_interval(state$b, penalty)
  kinked <- penalty$l1 > 0
  low <- ifelse(kinked & state$sign > 0, 0, penalty$lower)
  high <- ifelse(kinked & state$sign < 0, 0, penalty$upper)
  cbind(
    low = ifelse(state$rests, interval$low, low), high = ifelse(state$rests, interval$high, high)
  )
}

# The integral of exp(-rate s) over s from 0 to t.
phi <- function(rate, t) {
  ifelse(rate == 0, t, -expm1(-rate * t) / ifelse(rate == 0, 1, rate))
}

motion_at <- function(motion, t) {
  motion$start + drop(motion$weight %*% phi(motion$rate, t))
}

# The mode until its next event, but not beyond `horizon`.
leg_until <- function(motion, state, horizon) {
  unit <- ifelse(motion$free, state$size, state$unit)
  times <- matrix(Inf, 2, 2)
  for (j in 1:2) {
    for (side in 1:2) {
      direction <- c(-1, 1)[side]
      times[j, side] <- first_passage(
        direction * (motion$start[j] - motion$limits[j, side]), direction * motion$weight[j, ],
        motion$rate, horizon, 1e-14 * unit[j]
      )
    }
  }
  time <- min(times, horizon)
  b <- ifelse(motion$free, motion_at(motion, time), state$b)
  event <- which(times <= time, arr.ind = TRUE)
  for (row in seq_len(nrow(event))) {
    j <- event[row, 1]
    if (motion$free[j]) b[j] <- motion$limits[j, event[row, 2]]
  }
  list(time = time, b = b, event = event[, 1], side = c(-1, 1)[event[, 2]])
}

leg_until_rest <- function(motion, state) {
  horizon <- 1 / max(motion$rate, state$unit / state$size)
  repeat {
    leg <- leg_until(motion, state, horizon)
    slowed <- abs(motion$weight) %*% exp(-motion$rate * horizon)
    if (length(leg$event) > 0 || all(slowed <= 1e-13 * state$unit)) {
      return(leg)
    }
    horizon <- 2 * horizon
  }
}

# The first time up to `horizon` at which start + sum_k weight_k phi(rate_k, t) comes up to zero
# from below, Inf if it does not. Its derivative, a sum of two exponentials, has at most one zero,
# so that there are at most two monotone pieces.
first_passage <- function(start, weight, rate, horizon, tolerance) {
  if (is.infinite(start)) {
    return(Inf)
  }
  value <- function(t) start + sum(weight * phi(rate, t))
  ends <- c(0, turning_time(weight, rate, horizon), horizon)
  for (piece in seq_len(length(ends) - 1)) {
    from <- ends[piece]
    to <- ends[piece + 1]
    if (value(to) > tolerance) {
      if (value(from) >= 0) {
        return(from)
      }
      return(stats::uniroot(value, c(from, to), tol = .Machine$double.eps * to)$root)
    }
  }
  Inf
}

turning_time <- function(weight, rate, horizon) {
  if (length(weight) < 2 || weight[1] * weight[2] >= 0 || rate[1] == rate[2]) {
    return(NULL)
  }
  time <- log(-weight[1] / weight[2]) / (rate[1] - rate[2])
  if (time > 0 && time < horizon) time
}

# A coefficient that arrives rests if the pull is balanced there and passes otherwise; one whose
# pull has left the interval moves off in that direction.
change_mode <- function(state, leg, penalty) {
  balanced <- is_balanced(state, penalty)
  for (i in seq_along(leg$event)) {
    j <- leg$event[i]
    state$rests[j] <- !state$rests[j] && balanced[j]
    if (!state$rests[j]) {
      state$sign[j] <- if (state$b[j] != 0) sign(state$b[j]) else leg$side[i]
    }
  }
  state
}

# Points within a leg for a smooth line: spread over its time, and over the decay of each mode.
leg_points <- function(motion, state, leg) {
  share <- seq_len(39) / 40
  times <- c(leg$time * share, outer(-log(1 - share), 1 / motion$rate[motion$rate > 0]))
  times <- sort(unique(times[times < leg$time]))
  moved <- vapply(times, function(t) {
    ifelse(motion$free, motion_at(motion, t), state$b)
  }, numeric(2))
  data.frame(
    time = state$time + times, x = moved[1, ], y = moved[2, ],
    x_rests = rep(state$rests[1], length(times)), y_rests = rep(state$rests[2], length(times))
  )
}
