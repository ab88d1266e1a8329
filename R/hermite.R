# A function of two variables on a fine grid, from its values and gradients at a few nodes: bicubic
# Hermite interpolation. It is local, so that a loss that explodes in one corner spoils no other.

# `value`, `dx`, `dy` are m x m on equally spaced nodes, derivatives in units of the spacing; the
# answer is size x size over the same square. Around nodes that are not finite it is NA.
hermite_heights <- function(value, dx, dy, size) {
  twist <- (node_slopes(dy) + t(node_slopes(t(dx)))) / 2
  bad <- !is.finite(value + dx + dy + twist)
  value[bad] <- dx[bad] <- dy[bad] <- twist[bad] <- 0
  basis <- hermite_basis(nrow(value), size)
  surface <- function(left, nodes, right) left %*% nodes %*% t(right)
  heights <- surface(basis$value, value, basis$value) + surface(basis$slope, dx, basis$value) +
    surface(basis$value, dy, basis$slope) + surface(basis$slope, twist, basis$slope)
  heights[surface(basis$value, bad + 0, basis$value) != 0] <- NA
  heights
}

# Derivatives along the first index, of second order at the ends, too.
node_slopes <- function(values) {
  m <- nrow(values)
  inner <- (values[-(1:2), , drop = FALSE] - values[-(m - 0:1), , drop = FALSE]) / 2
  end <- function(a, b, c) -1.5 * values[a, ] + 2 * values[b, ] - 0.5 * values[c, ]
  rbind(end(1, 2, 3), inner, -end(m, m - 1, m - 2), deparse.level = 0)
}

# What each of `size` places takes from the values and slopes of its two nodes.
hermite_basis <- function(nodes, size) {
  at <- seq(0, nodes - 1, length.out = size)
  left <- pmin(floor(at), nodes - 2)
  u <- at - left
  place <- function(first, second) {
    basis <- matrix(0, size, nodes)
    basis[cbind(seq_len(size), left + 1)] <- first
    basis[cbind(seq_len(size), left + 2)] <- second
    basis
  }
  list(
    value = place((1 + 2 * u) * (1 - u)^2, u^2 * (3 - 2 * u)),
    slope = place(u * (1 - u)^2, u^2 * (u - 1))
  )
}
