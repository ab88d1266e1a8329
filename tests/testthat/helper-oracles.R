# Oracles in plain R: everything here is computed from the definition of the objective,
#
#   sum_i v_i (y_i - eta_i)^2 / 2 + sum_j h_j(beta_j),  eta = offset + b0 + X b,  beta_j = s_j b_j,
#   h_j(t) = lambda f_j [alpha |t| + (1 - alpha)/2 t^2]  on  [s_j lower_j, s_j upper_j],
#
# and shares no code with the package. A case is a list like the ones of helper-problems.R, of
# which x and y are needed and the rest has the defaults of `complete_case()`.

complete_case <- function(case) {
  n <- NROW(case$y)
  x <- as.matrix(case$x)
  default <- list(
    weights = rep(1, n), offset = numeric(n), intercept = TRUE, standardize = TRUE, alpha = 1,
    penalty_factor = rep(1, ncol(x)), lower = rep(-Inf, ncol(x)), upper = rep(Inf, ncol(x))
  )
  for (name in names(default)) {
    if (is.null(case[[name]])) case[[name]] <- default[[name]]
  }
  case$lower <- rep_len(case$lower, ncol(x))
  case$upper <- rep_len(case$upper, ncol(x))
  case
}

# What does not depend on the coefficients: v, s_j, the columns z_j, the null objective. Rows of
# weight zero are dropped. Columns without variation cannot be used (unless they act as a column of
# their own in a model without intercept on the original scale); together with the excluded ones
# they are `shut`.
oracle <- function(case) {
  case <- drop_unweighted(complete_case(case))
  x <- as.matrix(case$x)
  storage.mode(x) <- "double"
  columns <- seq_len(ncol(x))
  v <- case$weights / sum(case$weights)
  constant <- apply(x, 2, function(col) max(col) == min(col))
  usable_constant <- (!case$intercept && !case$standardize) & apply(x != 0, 2, any)
  mean <- vapply(columns, function(j) weighted_mean_of(x[, j], v), 0)
  sd <- vapply(columns, function(j) length_of(x[, j] - mean[j], v), 0)
  s <- if (case$standardize) ifelse(constant, 1, sd) else rep(1, ncol(x))
  z <- sweep(sweep(x, 2, if (case$intercept) mean else 0), 2, s, "/")
  y <- case$y - case$offset
  b0 <- if (case$intercept) sum(v * y) else 0
  # Below the rounding of y itself there is nothing to explain.
  noise <- 8 * .Machine$double.eps * max(abs(case$y), abs(case$offset))
  null <- sum(v * (y - b0)^2) / 2
  list(
    case = case, x = x, z = z, v = v, s = s, y = y, null = if (null <= noise^2) 0 else null,
    shut = is.infinite(case$penalty_factor) | (constant & !usable_constant),
    low = s * case$lower, high = s * case$upper,
    norm = vapply(columns, function(j) length_of(z[, j], v), 0),
    raw_norm = vapply(columns, function(j) length_of(x[, j], v), 0) / s
  )
}

drop_unweighted <- function(case) {
  rows <- case$weights > 0
  case$x <- case$x[rows, , drop = FALSE]
  for (name in c("y", "weights", "offset")) case[[name]] <- case[[name]][rows]
  case
}

# Sums without overflow or underflow of the squares.
scale_of <- function(col) max(abs(col), .Machine$double.xmin)

weighted_mean_of <- function(col, v) scale_of(col) * sum(v * (col / scale_of(col)))

length_of <- function(col, v) scale_of(col) * sqrt(sum(v * (col / scale_of(col))^2))

# The two parts of the penalty per coefficient: `l1` |t| + `l2` / 2 t^2.
penalty_weights <- function(o, lambda) {
  f <- ifelse(o$shut, 0, o$case$penalty_factor)
  list(l1 = lambda * f * o$case$alpha, l2 = lambda * f * (1 - o$case$alpha))
}

# h_j at beta, h_j* at u, the interval that is the subdifferential of h_j at beta: vectors over j.
h_value <- function(o, beta, lambda) {
  w <- penalty_weights(o, lambda)
  # The square alone could leave the range of doubles.
  w$l1 * abs(beta) + (w$l2 * beta) * beta / 2
}

h_conjugate <- function(o, u, lambda) {
  w <- penalty_weights(o, lambda)
  # Scaling u down to its limit l1 may miss it by a rounding.
  pull <- ifelse(abs(u) > w$l1 * (1 + 1e-15), sign(u) * (abs(u) - w$l1), 0)
  end <- ifelse(pull > 0, o$high, o$low)
  t <- pmin(pmax(pull / w$l2, o$low), o$high)
  out <- ifelse(w$l2 == 0, pull * end, (pull - w$l2 * t / 2) * t)
  ifelse(o$shut | pull == 0 | end == 0, 0, out)
}

h_subdifferential <- function(o, b, lambda) {
  w <- penalty_weights(o, lambda)
  smooth <- w$l2 * o$s * b
  low <- smooth + ifelse(b > 0, w$l1, -w$l1)
  high <- smooth + ifelse(b < 0, -w$l1, w$l1)
  low[o$shut | b <= o$case$lower] <- -Inf
  high[o$shut | b >= o$case$upper] <- Inf
  list(low = low, high = high)
}

objective <- function(o, b0, b, lambda) {
  r <- o$y - b0 - drop(o$x %*% b)
  sum(o$v * r^2) / 2 + sum(h_value(o, o$s * b, lambda))
}

# The largest factor <= 1 that brings every u_j to where h_j* is finite. A coefficient has a hard
# limit l1 in the direction of u_j if neither a bound nor a ridge part holds it.
dual_scale <- function(o, u, lambda, free) {
  w <- penalty_weights(o, lambda)
  hard <- w$l2 == 0 & is.infinite(ifelse(u > 0, o$high, o$low)) & !o$shut & !free
  limit <- w$l1[hard] / abs(u[hard])
  min(1, limit[abs(u[hard]) > w$l1[hard]])
}

# Coefficients without any limit need z_j'v theta = 0: theta is projected on their complement.
# A column with a bound on one side and no penalty counts where it is off its bound, or on it with
# the gradient pointing inwards.
dual_residual <- function(o, r, b, lambda) {
  w <- penalty_weights(o, lambda)
  root <- sqrt(o$v)
  candidate <- w$l1 == 0 & w$l2 == 0 & !o$shut
  free <- candidate & o$case$lower < b & b < o$case$upper & is.infinite(o$high - o$low)
  for (round in seq_len(sum(candidate) + 1)) {
    basis <- o$z[, free, drop = FALSE]
    basis <- sweep(basis, 2, o$norm[free], "/")
    if (o$case$intercept) basis <- cbind(1, basis)
    theta <- r
    if (ncol(basis) > 0) theta <- qr.resid(qr(root * basis, tol = 1e-12), root * r) / root
    u <- drop(crossprod(o$z, o$v * theta))
    more <- candidate & !free & is.infinite(ifelse(u > 0, o$high, o$low)) & u != 0
    if (!any(more)) break
    free <- free | more
  }
  list(theta = theta, free = free)
}

# The whole certificate of (b0, b) at lambda. `violation` is per coefficient, in units of the
# gradient; `gap` is relative to the null objective, `gap_textbook` the same from primal and dual
# value. `rounding` bounds what the rounding of b0 and b to doubles can add to gap, and
# `rounding_gradient` what it can add to each gradient.
certificate <- function(o, b0, b, lambda) {
  r <- o$y - b0 - drop(o$x %*% b)
  gradient <- drop(crossprod(o$z, o$v * r))
  interval <- h_subdifferential(o, b, lambda)
  violation <- pmax(0, interval$low - gradient, gradient - interval$high)
  dual <- dual_residual(o, r, b, lambda)
  u <- drop(crossprod(o$z, o$v * dual$theta))
  s <- dual_scale(o, u, lambda, dual$free)
  proof <- proof_at(o, b0, b, r, dual, u, s, lambda)
  cautious <- min(s, cut_scale(o, u, lambda, dual$free))
  if (cautious < s) {
    other <- proof_at(o, b0, b, r, dual, u, cautious, lambda)
    if (other$gap < proof$gap) proof <- other
  }
  c(
    list(
      feasible = all(b >= o$case$lower & b <= o$case$upper & (!o$shut | b == 0)),
      gradient = gradient, violation = violation, intercept = abs(sum(o$v * r)),
      kkt = max(violation, 0) / kkt_unit(o, lambda), objective = objective(o, b0, b, lambda)
    ),
    proof[c("gap", "gap_textbook")],
    rounding_of(o, b0, b, r, proof$u, lambda, null_unit(o))
  )
}

null_unit <- function(o) if (o$null > 0) o$null else 1

# Any dual feasible point proves a gap: here the residual (relieved of the free columns) times s.
proof_at <- function(o, b0, b, r, dual, u, s, lambda) {
  beta <- o$s * b
  theta <- s * dual$theta
  u <- ifelse(dual$free, 0, s * u)
  conjugate <- h_conjugate(o, u, lambda)
  terms <- h_value(o, beta, lambda) + conjugate - u * beta
  dual_value <- sum(o$v * theta * o$y) - sum(o$v * theta^2) / 2 - sum(conjugate)
  list(
    u = u,
    gap = (sum(o$v * (r - theta)^2) / 2 + sum(terms)) / null_unit(o),
    gap_textbook = (objective(o, b0, b, lambda) - dual_value) / null_unit(o)
  )
}

# With a weak ridge part it can prove more to stay below the L1 part as well, as in the pure lasso.
cut_scale <- function(o, u, lambda, free) {
  l1 <- penalty_weights(o, lambda)$l1
  over <- !free & !o$shut & abs(u) > l1
  min(1, l1[over] / abs(u[over]))
}

# Violations are measured in lambda, and without a lambda in the largest gradient of the null model.
kkt_unit <- function(o, lambda) {
  if (lambda > 0) return(lambda)
  r <- o$y - if (o$case$intercept) sum(o$v * o$y) else 0
  gradient <- abs(crossprod(o$z[, !o$shut, drop = FALSE], o$v * r))
  if (any(gradient > 0)) max(gradient) else 1
}

# An error of length `slip` in the residual moves gradient j by at most norm_j * slip; a gradient
# that is computed from uncentred columns has the rounding of their length besides. Both move the
# gap through the nonzero coefficients and through the dual scale, which the worst hard limit sets.
rounding_of <- function(o, b0, b, r, u, lambda, unit) {
  w <- penalty_weights(o, lambda)
  size <- abs(o$case$y) + abs(o$case$offset) + abs(b0) + drop(abs(o$x) %*% abs(b))
  slip <- 16 * .Machine$double.eps * sqrt(sum(o$v * size^2))
  reach <- o$norm * slip + 16 * .Machine$double.eps * o$raw_norm * sqrt(sum(o$v * r^2))
  hard <- w$l1 > 0 & w$l2 == 0 & !o$shut
  relative <- max(0, reach[hard] / w$l1[hard])
  beta <- abs(o$s * b)
  soft <- w$l2 > 0
  gap <- sum(beta * reach) + sum(abs(u) * beta) * relative + relative^2 * o$null + slip^2 +
    sum(reach[soft] / w$l2[soft] * reach[soft])
  list(rounding = gap / unit, rounding_gradient = reach, slip = slip)
}

# The smallest lambda at which every penalised coefficient is zero, from the fit of the others.
oracle_lambda_max <- function(case, alpha = max(case$alpha, 1e-3)) {
  o <- oracle(case)
  f <- o$case$penalty_factor
  alone <- o$case
  alone$penalty_factor <- ifelse(f > 0, Inf, 0)
  null_fit <- reference_solve(alone, 1)
  r <- o$y - null_fit$intercept - drop(o$x %*% null_fit$beta)
  gradient <- drop(crossprod(o$z, o$v * r))
  reachable <- f > 0 & !o$shut & ifelse(gradient > 0, o$high, o$low) != 0
  max(0, abs(gradient[reachable]) / (alpha * f[reachable]))
}

# A slow and sure solver: Lawson and Hanson's active-set method in the space of coefficients with
# signs and bounds. One coordinate at a time is let go, the one whose gradient points most strongly
# out of its place; the least-squares problem of the loose ones is solved by QR of the stacked
# matrix, and a step stops where the first of them meets zero or a bound.
reference_solve <- function(case, lambda, max_steps = 200 * (ncol(case$x) + 1)) {
  o <- oracle(case)
  p <- ncol(o$x)
  unit <- ifelse(o$shut | o$norm == 0, 1, o$norm)
  root <- sqrt(o$v)
  y <- if (o$case$intercept) o$y - sum(o$v * o$y) else o$y
  q <- list(
    a = sweep(o$z, 2, unit, "/") * root, y = y * root,
    l1 = penalty_weights(o, lambda)$l1 / unit, l2 = penalty_weights(o, lambda)$l2 / unit^2,
    low = o$low * unit, high = o$high * unit, open = !o$shut & o$norm > 0
  )
  state <- list(t = numeric(p), loose = rep(FALSE, p), sign = numeric(p))
  state$loose <- q$open & q$l1 == 0 & is.infinite(q$low) & is.infinite(q$high)
  if (any(state$loose)) state <- settle(q, state)
  noise <- 1e-13 * sqrt(sum(q$y^2))
  barred <- integer(0)
  for (step in seq_len(max_steps)) {
    gradient <- drop(crossprod(q$a, q$y - q$a %*% state$t)) - q$l2 * state$t
    push <- outward_push(q, state, gradient)
    push[barred] <- 0
    j <- which.max(abs(push))
    if (abs(push[j]) <= noise) break
    before <- state$t
    state$loose[j] <- TRUE
    state$sign[j] <- if (state$t[j] == 0) sign(push[j]) else sign(state$t[j])
    state <- settle(q, state)
    # A coordinate that falls straight back (rounding) would be let go forever.
    barred <- if (identical(before, state$t)) c(barred, j) else integer(0)
  }
  b <- state$t / unit / o$s
  b <- ifelse(state$t == q$low, o$case$lower, ifelse(state$t == q$high, o$case$upper, b))
  b[o$shut] <- 0
  list(beta = b, intercept = if (o$case$intercept) sum(o$v * (o$y - drop(o$x %*% b))) else 0)
}

# How strongly the gradient pulls a coordinate that is held at zero or at a bound out of its place.
outward_push <- function(q, state, gradient) {
  t <- state$t
  up <- ifelse(t < 0, gradient + q$l1, gradient - q$l1)
  down <- ifelse(t > 0, gradient - q$l1, gradient + q$l1)
  push <- ifelse(up > 0 & t < q$high, up, ifelse(down < 0 & t > q$low, down, 0))
  ifelse(q$open & !state$loose, push, 0)
}

# Minimises over the loose coordinates, each within its sign and bounds; those that meet the end of
# their range are held there.
settle <- function(q, state) {
  while (any(state$loose)) {
    k <- which(state$loose)
    slope <- q$l1[k] * state$sign[k]
    step <- loose_step(q$a[, k, drop = FALSE], q$y - q$a %*% state$t, q$l2[k], state$t[k], slope)
    from <- q$low[k]
    to <- q$high[k]
    from[q$l1[k] > 0 & state$sign[k] > 0] <- 0
    to[q$l1[k] > 0 & state$sign[k] < 0] <- 0
    room <- (ifelse(step$move > 0, to, from) - state$t[k]) / step$move
    room[step$move == 0] <- Inf
    if (all(room >= step$length)) {
      if (is.finite(step$length)) state$t[k] <- state$t[k] + step$length * step$move
      return(state)
    }
    first <- which.min(room)
    state$t[k] <- state$t[k] + max(room[first], 0) * step$move
    state$t[k[first]] <- (if (step$move[first] > 0) to else from)[first]
    state$loose[k[first]] <- FALSE
  }
  state
}

# From t towards the minimum of |A (t + d) - y|^2 / 2 + l2 / 2 (t + d)^2 + slope't, of length 1. If
# the columns are dependent, there may be a direction along which only the last term changes: it
# is followed without end.
loose_step <- function(a, residual, l2, t, slope) {
  k <- ncol(a)
  # The rows of the ridge part may be the longest by far; only on top do they do no harm.
  decomposition <- qr(rbind(diag(sqrt(l2), k), a), tol = 1e-12)
  rank <- decomposition$rank
  keep <- decomposition$pivot[seq_len(rank)]
  upper <- qr.R(decomposition)
  square <- upper[seq_len(rank), seq_len(rank), drop = FALSE]
  for (extra in seq_len(k - rank) + rank) {
    move <- numeric(k)
    move[decomposition$pivot[extra]] <- 1
    if (rank > 0) move[keep] <- -backsolve(square, upper[seq_len(rank), extra])
    descent <- sum(slope * move)
    if (abs(descent) > 1e-9 * max(abs(slope)) * max(abs(move))) {
      return(list(move = -sign(descent) * move, length = Inf))
    }
  }
  move <- numeric(k)
  right <- qr.qty(decomposition, c(-sqrt(l2) * t, residual))[seq_len(rank)]
  tilt <- backsolve(square, slope[keep], transpose = TRUE)
  move[keep] <- backsolve(square, right - tilt)
  list(move = move, length = 1)
}

# Equal up to `tolerance` relative to the largest expected value, with a short message if not.
expect_close <- function(actual, expected, tolerance, label = "result") {
  actual <- as.matrix(actual)
  expected <- as.matrix(expected)
  expect_identical(unname(dim(actual)), unname(dim(expected)), label = paste("size of", label))
  difference <- max(abs(actual - expected)) / max(abs(expected), .Machine$double.xmin)
  expect_lte(difference, tolerance, label = paste("relative difference of", label))
}
