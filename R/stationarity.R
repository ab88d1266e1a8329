#' Why every coefficient is what it is
#'
#' At a solution no coefficient can move without loss: the slope of the loss along it and the pull
#' of the penalty cancel. `stationarity()` shows both for every coefficient, and says which case
#' holds. Printed, it explains; as a data frame, it can be computed with.
#'
#' @details Write f for the loss (without penalty) of [sparsereg()] and df for its slope along the
#' standardised coefficient \eqn{t = s_j b_j}. With \eqn{\lambda_j = \lambda \alpha f_j} and
#' \eqn{\rho_j = \lambda (1 - \alpha) f_j} the solution has
#' * `"positive"`: \eqn{df = -\lambda_j - \rho_j t}{df = -lambda_j - rho_j t};
#' * `"negative"`: \eqn{df = \lambda_j - \rho_j t}{df = lambda_j - rho_j t};
#' * `"zero"`: \eqn{|df| \le \lambda_j}{|df| <= lambda_j}: the loss does not slope enough to pay for
#'   leaving zero. The slack is \eqn{\lambda_j - |df|}{lambda_j - |df|};
#' * `"unpenalised"` (the intercept too): df = 0;
#' * `"at bound"`: the loss pulls on, but `lower` or `upper` holds the coefficient;
#' * `"excluded"` and `"constant"`: not in the model, nothing is asked of them.
#'
#' For ridge the first two say \eqn{t = -df / (\lambda f_j)}{t = -df / (lambda f_j)}: in proportion
#' to the slope, and zero only if that is.
#'
#' With `scale = "rss"` the loss is the residual sum of squares (for other families the deviance)
#' and the penalty \eqn{\lambda \sum |t|}{lambda sum |t|} or
#' \eqn{\lambda \sum t^2}{lambda sum t^2}, as in textbooks: gradients are multiplied by 2n, with n
#' the sum of the weights, lambda is that of
#' [convert_lambda()], and ridge has \eqn{t = -df / (2 \lambda f_j)}{t = -df / (2 lambda f_j)}.
#'
#' @param object a fit by [sparsereg()] or a cross-validated path by [cv_sparsereg()].
#' @param lambda one value, on the scale of the fit. Off the grid the model is refitted there. Can
#'   be left out if the fit has one lambda only; for `cv_sparsereg()` also `"lambda_1se"` (default)
#'   or `"lambda_min"`.
#' @param scale `"sparsepath"`, the scale of [sparsereg()], or `"rss"`, that of textbooks.
#' @param data the data of the fit, if its call can no longer find them: see [coef.sparsereg()].
#' @param x an object by `stationarity()`.
#' @param digits number of significant digits.
#' @param max_rows the largest number of variables to print in each case.
#' @param ... not used: any other argument is an error.
#' @return A data frame of class `sparsepath_stationarity` with one row for each coefficient,
#'   `"(Intercept)"` first if there is one:
#'   - `variable`; `coefficient`, on the scale of the data; `standardized`, the t above;
#'   - `gradient`: df; `limit`: \eqn{\lambda_j}{lambda_j}, the largest slope withstood at zero;
#'   - `pull`: the slope of the penalty, which at zero is what cancels the gradient, up to `limit`;
#'   - `case`, as above; `slack`: `limit - |gradient|` of a zero, `NA` for others;
#'   - `residual`: how far the gradient is from where the case wants it. 0 up to the accuracy of the
#'     fit, which `fit$kkt` states for the same lambda as a share of lambda.
#'
#'   Attributes `lambda` and `alpha` are on the chosen scale.
#' @references Tibshirani RJ (2013). The lasso problem and uniqueness. *Electronic Journal of
#' Statistics* 7, 1456-1490: equations (2) and (3).
#' @seealso [thresholds()] for the lambdas at which the case changes.
#' @examples
#' fit <- sparsereg(lpsa ~ . - train, prostate, penalty = "l1")
#' at <- stationarity(fit, lambda = 0.2)
#' at
#' at[at$case == "zero", c("variable", "gradient", "slack")]
#'
#' # The textbook's ridge: each coefficient is -df / (2 lambda).
#' ridge <- sparsereg(lpsa ~ . - train, prostate, penalty = "l2", lambda = 0.5)
#' s <- stationarity(ridge, scale = "rss")
#' cbind(s$standardized, -s$gradient / (2 * attr(s, "lambda")))
#' @export
stationarity <- function(object, lambda = NULL, ...) {
  UseMethod("stationarity")
}

#' @export
stationarity.default <- function(object, lambda = NULL, ...) reject_object(object)

#' @rdname stationarity
#' @export
stationarity.sparsereg <- function(object, lambda = NULL, scale = c("sparsepath", "rss"), ...,
                                   data = NULL) {
  check_dots(..., fun = "stationarity()", known = names(formals()))
  scale <- match_choice(scale, c("sparsepath", "rss"), "scale")
  lambda <- single_lambda(object, lambda)
  stationarity_table(object, recover_problem(object, data, parent.frame()), lambda, scale)
}

#' @rdname stationarity
#' @export
stationarity.cv_sparsereg <- function(object, lambda = "lambda_1se", ...) {
  at_chosen(object, stationarity, lambda, parent.frame(), 1, ...)
}

single_lambda <- function(object, lambda) {
  if (is.null(lambda) && length(object$lambda) == 1) {
    return(object$lambda)
  }
  if (!is.numeric(lambda) || length(lambda) != 1) {
    abort_input("lambda", "must be one value.",
      remedy = paste0(
        "The fit has ", length(object$lambda), " between ",
        join_words(format_number(range(object$lambda))), "."
      )
    )
  }
  check_lambda(lambda)
  lambda
}

stationarity_table <- function(fit, problem, lambda, scale) {
  path <- path_at(fit, lambda, exact = TRUE, problem = problem)
  coefficient <- as.vector(path$beta[, 1])
  size <- penalty_scale(fit)
  pull_of_loss <- loss_gradients(fit, problem, path)
  table <- rbind(
    if (fit$has_intercept) stationarity_intercept(path$intercept, pull_of_loss$intercept[1]),
    stationarity_rows(fit, coefficient, size, pull_of_loss$gradient[, 1], lambda)
  )
  factor <- if (scale == "rss") 2 * sum(problem_weights(problem)) else 1
  scaled <- c("gradient", "limit", "pull", "slack", "residual")
  table[scaled] <- table[scaled] * factor
  on_scale <- lambda_on_scale(fit, problem, scale)
  structure(
    table, row.names = seq_len(nrow(table)), class = c("sparsepath_stationarity", "data.frame"),
    lambda = lambda * on_scale$factor, alpha = on_scale$alpha, scale = scale,
    family = fit$family, standardized = fit$standardize,
    factors = any(!fit$penalty_factor %in% c(0, 1, Inf))
  )
}

# What turns the lambda of a fit into that of a scale, and the share of the L1 part there.
lambda_on_scale <- function(fit, problem, scale) {
  alpha <- fit$alpha
  if (scale == "sparsepath") {
    return(list(factor = 1, alpha = alpha))
  }
  n <- sum(problem_weights(problem))
  list(factor = n * (1 + alpha), alpha = 2 * alpha / (1 + alpha))
}

# The s_j of the penalty; columns that do not vary are left alone.
penalty_scale <- function(fit) {
  if (!fit$standardize) {
    return(rep(1, fit$dim[2]))
  }
  ifelse(fit$scale > 0, fit$scale, 1)
}

# Slopes of the loss along the standardised coefficients (p x L, or of some columns) and the
# intercept (L).
loss_gradients <- function(fit, problem, path, columns = NULL) {
  eta <- linear_predictor(path, problem$x, problem$offset)
  stats <- fit$loss$stats
  v <- scaled_weights(problem)
  mu <- stats$linkinv(as.vector(eta))
  score <- (problem$y - mu) * stats$mu.eta(as.vector(eta)) / stats$variance(mu)
  score <- matrix(v * score, nrow(eta))
  score[v == 0, ] <- 0
  total <- colSums(score)
  x <- if (is.null(columns)) problem$x else problem$x[, columns, drop = FALSE]
  if (is.null(columns)) columns <- TRUE
  slope <- as.matrix(Matrix::crossprod(x, score))
  # The intercept takes care of the means; without one there is no centring.
  if (fit$has_intercept) slope <- slope - fit$center[columns] %o% total
  list(gradient = -unname(slope) / penalty_scale(fit)[columns], intercept = -total)
}

stationarity_intercept <- function(value, gradient) {
  data.frame(
    variable = "(Intercept)", coefficient = value, standardized = NA_real_, gradient = gradient,
    limit = 0, pull = 0, case = "unpenalised", slack = NA_real_, residual = abs(gradient)
  )
}

stationarity_rows <- function(fit, b, size, gradient, lambda) {
  shut <- !is_fitted(fit)
  f <- ifelse(shut, 0, fit$penalty_factor)
  limit <- unname(lambda * fit$alpha * f)
  smooth <- unname(lambda * (1 - fit$alpha) * f) * size * b
  low <- smooth + ifelse(b > 0, limit, -limit)
  high <- smooth + ifelse(b < 0, -limit, limit)
  excess <- ifelse(-gradient > high, 1, ifelse(-gradient < low, -1, 0))
  residual <- pmax(0, low + gradient, -gradient - high)
  held <- (excess > 0 & b >= fit$upper) | (excess < 0 & b <= fit$lower)
  residual[shut | held] <- 0
  case <- ifelse(b > 0, "positive", ifelse(b < 0, "negative", "zero"))
  case[lambda * f == 0] <- "unpenalised"
  case[held & !shut] <- "at bound"
  case[shut] <- ifelse(is.infinite(fit$penalty_factor[shut]), "excluded", "constant")
  data.frame(
    variable = rownames(fit$beta), coefficient = b, standardized = size * b, gradient = gradient,
    limit = ifelse(shut, NA, limit), pull = ifelse(shut, NA, pmin(pmax(-gradient, low), high)),
    case = unname(case), slack = ifelse(case == "zero", limit - abs(gradient), NA),
    residual = residual
  )
}

# ---- In words -----------------------------------------------------------------------------------

#' @rdname stationarity
#' @method print sparsepath_stationarity
#' @export
print.sparsepath_stationarity <- function(x, digits = 3, max_rows = 10, ...) {
  check_digits(digits)
  lambda <- attr(x, "lambda")
  # A selection of columns is a data frame like any other, and so are no rows or several tables.
  if (is.null(lambda) || nrow(x) == 0 || anyDuplicated(x$variable)) {
    return(NextMethod())
  }
  check_count(max_rows, "max_rows")
  printed <- x
  alpha <- attr(x, "alpha")
  cat(wrap(paste0(
    "Stationarity at lambda = ", format_number(lambda),
    if (alpha < 1 && alpha > 0) paste0(", alpha = ", format_number(alpha)),
    ". df is the slope of the loss f along a ",
    if (!isFALSE(attr(x, "standardized"))) "standardised ", "coefficient t; f is ",
    stationarity_loss(attr(x, "family"), attr(x, "scale")), "."
  )), "\n", sep = "")
  words <- stationarity_words(alpha, attr(x, "scale"), attr(x, "factors"))
  # Rounding of what is zero is no number to look at.
  size <- max(abs(x$gradient), x$limit, abs(x$standardized), na.rm = TRUE)
  small <- abs(x$gradient) <= 1e-9 * ifelse(x$case == "unpenalised", size, x$limit)
  x$gradient[small & x$case %in% c("unpenalised", "zero")] <- 0
  x$slack[abs(x$slack) <= 1e-9 * x$limit] <- 0
  for (case in intersect(names(words), x$case)) {
    print_case(x[x$case == case, ], words[[case]], digits, max_rows)
  }
  cat("\n", wrap(paste0(
    "Largest departure from these conditions: ", describe_departure(max(x$residual), lambda), "."
  )), "\n", sep = "")
  invisible(printed)
}

describe_departure <- function(residual, lambda) {
  if (lambda == 0) {
    return(format_number(residual, 1))
  }
  if (residual < 1e-8 * lambda) {
    return("less than 1e-8 of lambda")
  }
  paste0(format_number(residual / lambda, 1), " of lambda")
}

stationarity_loss <- function(family, scale) {
  if (family == "gaussian") {
    return(if (scale == "rss") "the residual sum of squares" else "half the mean squared residual")
  }
  if (scale == "rss") "the deviance" else "half the mean deviance"
}

# The penalty factor is only spoken of where some coefficient has one.
stationarity_words <- function(alpha, scale, factors) {
  lambda <- if (factors) "lambda penalty_factor" else "lambda"
  ridge <- paste0(if (scale == "rss") "2 ", lambda, if (alpha > 0) " (1 - alpha)", " t")
  l1 <- if (alpha == 1) lambda else if (alpha > 0) paste(lambda, "alpha")
  pays <- function(sign) {
    if (is.null(l1)) {
      return(paste0("df = -", ridge, ": in proportion to the slope of the loss"))
    }
    paste0(
      "df = ", if (sign > 0) "-", l1, if (alpha < 1) paste0(" - ", ridge),
      ": the loss still slopes as steeply as the penalty"
    )
  }
  zero <- paste0(
    "|df| <= ", l1, ": no slope of the loss pays for leaving zero; slack is what is missing"
  )
  if (is.null(l1)) zero <- "df = 0"
  list(
    positive = paste0("Positive, ", pays(1)), negative = paste0("Negative, ", pays(-1)),
    zero = paste0("Zero, ", zero),
    unpenalised = "Unpenalised, df = 0: the loss alone decides",
    "at bound" = "At a bound: the loss would go on, the bound does not let it",
    excluded = "Excluded (penalty_factor = Inf)", constant = "Constant columns"
  )
}

# Those nearest to a change come first: small coefficients do not, small slack does.
print_case <- function(rows, words, digits, max_rows) {
  case <- rows$case[1]
  order <- if (case == "zero") order(rows$slack) else order(abs(rows$standardized),
    decreasing = TRUE, na.last = FALSE)
  shown <- rows[utils::head(order, max_rows), ]
  shown <- as.data.frame(unclass(shown))
  columns <- switch(case,
    zero = c("gradient", "limit", "slack"), excluded = , constant = "coefficient",
    c("coefficient", "standardized", "gradient", "limit")
  )
  if (length(unique(rows$limit)) == 1) columns <- setdiff(columns, "limit")
  table <- as.data.frame(lapply(shown[columns], function(value) format_shown(value, digits)))
  names(table) <- c(
    coefficient = "coefficient", standardized = "t", gradient = "df", limit = "limit",
    slack = "slack"
  )[columns]
  rownames(table) <- shorten(shown$variable, 30)
  cat("\n", wrap(paste0(words, " (", count_of(nrow(rows), "coefficient"), ").")), "\n", sep = "")
  print(table)
  if (nrow(rows) > nrow(shown)) cat("and", nrow(rows) - nrow(shown), "more\n")
}

format_shown <- function(value, digits) {
  ifelse(is.na(value), "", ifelse(value == 0, "0", format_column(value, digits)))
}
