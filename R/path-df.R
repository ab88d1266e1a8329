# From a model size to lambda.

lambda_at_df <- function(object, df, exact, problem) {
  if (!is.numeric(df) || length(df) == 0 || !all(is.finite(df)) || any(df < 0)) {
    abort_input("df", "must be one or more finite numbers that are not negative.")
  }
  if (object$alpha > 0) {
    return(vapply(df, function(size) lambda_at_size(object, size), 0))
  }
  table <- data.frame(lambda = object$lambda, df = object$df)
  if (anyNA(table$df)) {
    abort_input(
      "df", "needs effective degrees of freedom, which are NA for a large ridge fit with bounds.",
      remedy = "Ask for a value of `lambda`, or fit without bounds."
    )
  }
  if (exact) {
    vapply(df, function(size) solve_ridge_df(table, size, problem), 0)
  } else {
    vapply(df, function(size) interpolate_ridge_df(table, size), 0)
  }
}

# The first fit on the path, from large lambda to small, with `size` nonzero coefficients; if the
# path jumps over that size, the smallest larger model.
lambda_at_size <- function(object, size) {
  larger <- object$df[object$df >= size]
  if (length(larger) == 0) {
    abort_input(
      "df", paste0(
        "= ", size, " is more than the path holds: its largest fit has ",
        count_of(max(object$df), "nonzero coefficient"), "."
      ),
      remedy = "Refit with smaller values of `lambda`, or ask for a smaller `df`."
    )
  }
  nearest <- min(larger)
  lambda <- max(object$lambda[object$df == nearest])
  if (nearest != size) {
    inform(
      paste0(
        "No fit on the path has exactly ", count_of(size, "nonzero coefficient"), ": the one with ",
        nearest, " is used (lambda = ", format_number(lambda), ")."
      ),
      class = "sparsepath_message_df"
    )
  }
  lambda
}

# Effective degrees of freedom fall strictly with lambda, smoothly in log(lambda).
interpolate_ridge_df <- function(table, size) {
  on_grid <- which(abs(table$df - size) <= 1e-9 * pmax(1, size))
  if (length(on_grid) > 0) {
    return(table$lambda[on_grid[1]])
  }
  table <- table[table$lambda > 0, ]
  ends <- if (nrow(table) > 0) range(table$df) else c(NA, NA)
  if (!isTRUE(size > ends[1] && size < ends[2])) {
    abort_input(
      "df", paste0(
        "= ", format_number(size), " is outside the fitted range of effective degrees of freedom (",
        paste(unique(format_number(ends)), collapse = " to "), ")."
      ),
      remedy = "Use `exact = TRUE` to refit at the lambda that has them."
    )
  }
  exp(inverse_spline(table, size))
}

# Tables of fits may hold the same df twice where it is flat to machine precision.
inverse_spline <- function(table, size) {
  table <- table[!duplicated(table$df), ]
  stats::splinefun(table$df, log(table$lambda), method = "monoH.FC")(size)
}

# Refits around the bracket of `size` until the degrees of freedom agree to 1e-6. The closed form
# gives a whole batch of lambdas for the price of one.
solve_ridge_df <- function(table, size, problem) {
  for (attempt in seq_len(30)) {
    close <- which.min(abs(table$df - size))
    if (length(close) == 1 && abs(table$df[close] - size) <= 1e-6) {
      return(table$lambda[close])
    }
    batch <- ridge_df_batch(table, size)
    fit <- refit_at(problem, batch)
    table <- rbind(table, data.frame(lambda = fit$lambda, df = fit$df))
  }
  abort_input(
    "df", paste0(
      "= ", format_number(size), " cannot be reached: the degrees of freedom of these data lie ",
      "between ", format_number(min(table$df)), " and ", format_number(max(table$df)), "."
    ),
    remedy = "Ask for a value inside that range."
  )
}

# Inside the bracket: the spline's guess and an even division. Outside: the table is extended.
ridge_df_batch <- function(table, size) {
  table <- table[table$lambda > 0, ]
  below <- table$lambda[table$df < size]
  above <- table$lambda[table$df > size]
  if (length(below) == 0 || length(above) == 0) {
    start <- if (nrow(table) > 0) range(table$lambda) else c(1, 1)
    return(if (length(below) == 0) start[2] * 10^(1:6) else start[1] / 10^(1:6))
  }
  bracket <- log(c(max(above), min(below)))
  inner <- seq(bracket[1], bracket[2], length.out = 22)[2:21]
  exp(c(inverse_spline(table, size), inner))
}
