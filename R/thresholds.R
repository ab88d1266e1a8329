#' Where variables enter and leave the model
#'
#' For every variable the lambda at which it first enters as lambda falls, at which it leaves, and
#' how often its sign changes. `knots()` returns all lambdas at which anything changes.
#'
#' @details A variable is in the model while its coefficient is not zero. With a single column, or
#' with orthonormal ones, the L1 coefficient enters at lambda \eqn{= 2 |x_j'y|} on the scale `"rss"`
#' of [convert_lambda()], and stays. In general it enters when the covariance of the standardised
#' variable with the residual reaches lambda (without regard to sign), and may leave again as others
#' take over.
#'
#' **Gaussian family, L1**: between knots the solution is linear in lambda. The knots are computed
#' exactly, one after the other, from the first (`lambda_max`) to the smallest lambda of the fit, as
#' by lars; what the fit says at the lambdas of its grid has to agree.
#'
#' **Elastic net and other families**: a change is seen between two lambdas of the grid (filled up
#' to 100 lambdas where it is coarser) and pinned down by root finding, with accurate refits, to
#' eleven digits. A variable that enters and leaves again between two neighbours is missed. The same
#' is done for L1 where columns are dependent or several knots coincide.
#'
#' Either way, lambdas at which a coefficient reaches or leaves a bound of the fit are knots, too,
#' and progress is shown if the control of the fit asks for it ([sparsereg_control()]).
#'
#' **Ridge and unpenalised columns**: they are in the model at every lambda: `enters` is `Inf`, and
#' only changes of sign are left to find.
#'
#' @param object,Fn a fit by [sparsereg()], or a cross-validated path by [cv_sparsereg()]. For
#'   `knots()` also an object by `thresholds()`.
#' @param scale `"sparsepath"`, the scale of [sparsereg()], or `"rss"`, that of textbooks.
#' @param data the data of the fit, if its call can no longer find them: see [coef.sparsereg()].
#' @param x an object by `thresholds()`.
#' @param digits number of significant digits.
#' @param max_rows the largest number of variables to print.
#' @param ... `knots()`: `scale` and `data`. Others: not used, any other argument is an error.
#' @return `thresholds()`: a data frame of class `sparsepath_thresholds` with one row for each
#'   variable, in the order of entry:
#'   - `variable`; `enters`: the largest lambda below which it is in the model, `NA` if it never is;
#'   - `sign` with which it enters (if `enters` is `Inf`, at the largest lambda of the fit);
#'   - `leaves`: the lambda at which it first leaves, `NA` if it does not;
#'   - `entries`: how often it enters; `sign_changes`: how often its sign differs from the last
#'     one that it had;
#'   - `at_end`: is it in the model at the smallest lambda?
#'
#'   Its attribute `events` is a data frame of all changes, `lambda` (decreasing), `variable`,
#'   `event` (`"enters"`, `"leaves"`, `"changes sign"`, `"reaches bound"`, `"leaves bound"`) and
#'   `sign` after it; `method` is `"exact"` or `"root finding"`.
#'
#'   `knots()`: the different lambdas of these events, decreasing.
#' @references Efron B, Hastie T, Johnstone I, Tibshirani R (2004). Least angle regression. *Annals
#' of Statistics* 32, 407-499.
#'
#' Osborne MR, Presnell B, Turlach BA (2000). A new approach to variable selection in least squares
#' problems. *IMA Journal of Numerical Analysis* 20, 389-403.
#' @seealso [plot.sparsepath_thresholds()], [explain()] for one variable.
#' @examples
#' fit <- sparsereg(y ~ ., diabetes, penalty = "l1", lambda = c(40, 0))
#' thresholds(fit)
#' knots(fit)
#' attr(thresholds(fit), "events")
#'
#' # Orthonormal columns: 2 |x'y|.
#' x <- qr.Q(qr(matrix(sin((1:40)^2), 10)))
#' y <- cos(1:10)
#' alone <- sparsereg(x, y, standardize = FALSE, intercept = FALSE, lambda = 0)
#' thresholds(alone, scale = "rss")$enters
#' sort(2 * abs(crossprod(x, y)), decreasing = TRUE)
#' @export
thresholds <- function(object, ...) {
  UseMethod("thresholds")
}

#' @export
thresholds.default <- function(object, ...) reject_object(object)

#' @rdname thresholds
#' @export
thresholds.sparsereg <- function(object, scale = c("sparsepath", "rss"), ..., data = NULL) {
  check_dots(..., fun = "thresholds()", known = names(formals()))
  scale <- match_choice(scale, c("sparsepath", "rss"), "scale")
  problem <- recover_problem(object, data, parent.frame())
  found <- path_events(object, problem)
  on_scale <- lambda_on_scale(object, problem, scale)
  found$events$lambda <- found$events$lambda * on_scale$factor
  new_thresholds(object, found, list(
    scale = scale, method = found$method, ends = rev(range(object$lambda)) * on_scale$factor
  ))
}

#' @rdname thresholds
#' @export
thresholds.cv_sparsereg <- function(object, ...) {
  do.call(thresholds, list(object$fit, ...), envir = parent.frame())
}

#' @rdname thresholds
#' @importFrom stats knots
#' @export
knots.sparsereg <- function(Fn, ...) {
  knots.sparsepath_thresholds(do.call(thresholds, list(Fn, ...), envir = parent.frame()))
}

#' @rdname thresholds
#' @export
knots.cv_sparsereg <- function(Fn, ...) {
  do.call(knots.sparsereg, list(Fn$fit, ...), envir = parent.frame())
}

#' @rdname thresholds
#' @export
knots.sparsepath_thresholds <- function(Fn, ...) {
  unique(attr(Fn, "events")$lambda)
}

path_events <- function(fit, problem) {
  end <- min(fit$lambda)
  if (fit$family == "gaussian" && fit$link == "identity" && fit$alpha == 1) {
    events <- walk_knots(fit, problem, end)
    if (!is.null(events) && events_match(events, fit)) {
      return(list(events = events, method = "exact"))
    }
  }
  list(events = find_events(fit, problem, end), method = "root finding")
}

# Do the events give the signs that the fit has at its own lambdas? Closer to an event than 1e-6
# either is right.
events_match <- function(events, fit) {
  penalised <- which(fit$penalty_factor > 0 & is.finite(fit$penalty_factor))
  for (l in seq_along(fit$lambda)) {
    lambda <- fit$lambda[l]
    passed <- events[events$lambda >= lambda & events$event != "reaches bound" &
      events$event != "leaves bound", ]
    sign <- numeric(nrow(fit$beta))
    sign[passed$column] <- passed$sign
    differs <- intersect(which(sign != sign(fit$beta[, l])), penalised)
    close <- events$column[abs(events$lambda - lambda) <= 1e-6 * lambda]
    if (length(setdiff(differs, close)) > 0) {
      return(FALSE)
    }
  }
  TRUE
}

new_thresholds <- function(fit, found, attributes) {
  events <- found$events
  variables <- rownames(fit$beta)
  smooth <- is_fitted(fit) & fit$alpha * fit$penalty_factor == 0
  first <- sign(fit$beta[, which.max(fit$lambda)])
  table <- data.frame(variable = variables, threshold_rows(events, smooth, first))
  table <- table[order(-table$enters, na.last = TRUE), ]
  events$variable <- variables[events$column]
  events <- events[c("lambda", "variable", "event", "sign")]
  rownames(events) <- NULL
  do.call(structure, c(
    list(table, row.names = seq_len(nrow(table)), events = events), attributes,
    list(class = c("sparsepath_thresholds", "data.frame"))
  ))
}

# One row for each column of the fit. Events come with lambda decreasing.
threshold_rows <- function(events, smooth, first_sign) {
  columns <- seq_along(smooth)
  enters <- events[events$event == "enters", ]
  leaves <- events[events$event == "leaves", ]
  first <- match(columns, enters$column)
  counted <- function(column) tabulate(column, length(columns))
  # Entries of one column next to each other, in their order.
  ordered <- enters[order(enters$column), ]
  last <- seq_len(nrow(ordered)) > 1
  last[last] <- diff(ordered$column) == 0 & diff(ordered$sign) != 0
  entries <- counted(enters$column)
  data.frame(
    enters = ifelse(smooth, Inf, enters$lambda[first]),
    sign = ifelse(smooth, first_sign, enters$sign[first]),
    leaves = leaves$lambda[match(columns, leaves$column)], entries = entries,
    sign_changes = counted(events$column[events$event == "changes sign"]) +
      counted(ordered$column[last]),
    at_end = smooth | entries > counted(leaves$column)
  )
}

#' @rdname thresholds
#' @method print sparsepath_thresholds
#' @export
print.sparsepath_thresholds <- function(x, digits = 4, max_rows = 20, ...) {
  check_digits(digits)
  # A selection of columns is a data frame like any other.
  if (is.null(attr(x, "method"))) {
    return(NextMethod())
  }
  check_count(max_rows, "max_rows")
  found <- if (attr(x, "method") == "exact") "computed exactly" else "found by root finding"
  cat(wrap(paste0(
    "Thresholds down to lambda = ", format_number(attr(x, "ends")[2]), ": ",
    count_of(length(knots.sparsepath_thresholds(x)), "knot"), ", ", found, "."
  )), "\n", sep = "")
  never <- is.na(x$enters)
  shown <- as.data.frame(unclass(x[utils::head(which(!never), max_rows), ]))
  table <- data.frame(
    enters = threshold_text(shown$enters, digits),
    sign = c("-", "", "+")[shown$sign + 2],
    leaves = threshold_text(shown$leaves, digits), entries = format(shown$entries),
    `sign changes` = format(shown$sign_changes), check.names = FALSE
  )
  if (nrow(table) > 0) {
    cat("\n")
    print(`rownames<-`(table, shorten(shown$variable, 30)))
  }
  rest <- sum(!never) - nrow(table)
  if (rest > 0) cat("and", rest, "more\n")
  print_names("Never in the model", x$variable[never])
  invisible(x)
}

threshold_text <- function(lambda, digits) {
  ifelse(is.na(lambda), "", format_number(lambda, digits))
}
