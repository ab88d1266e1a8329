#' Leave-one-out without refitting
#'
#' The error of predicting each observation from all others, at every lambda of a fit: exact for
#' ridge fits of the gaussian family without bounds, approximate for the others.
#'
#' @details **Ridge, gaussian** (`method = "exact"`). The prediction of \eqn{y_i} without row i is
#' \eqn{y_i - r_i / (1 - h_i)}{y_i - r_i / (1 - h_i)}, with residual and leverage of the ridge
#' regression at lambda \eqn{(1 - v_i)}{(1 - v_i)}: the weights of the others, scaled to sum to 1,
#' are \eqn{1 / (1 - v_i)} times larger. This is an identity, with intercept, weights, offset,
#' unpenalised and excluded columns, if the standard deviations \eqn{s_j} in the penalty stay those
#' of all observations. So with `standardize = FALSE` it equals [cv_sparsereg()] with n folds; with
#' `standardize = TRUE`, where that computes \eqn{s_j} anew without row i, the two differ by
#' something of the order of 1/n. One singular value decomposition serves all lambdas; x is made
#' dense for it.
#'
#' **L1, elastic net, bounds, and families other than gaussian** (`method = "alo"`). Row i is taken
#' out of the quadratic problem that the solution solves on its nonzero coefficients, as if their
#' set and the weights of the Newton step did not depend on row i (Rad and Maleki, 2020):
#' \deqn{\tilde\eta_i = \eta_i - \frac{h_i}{1 - h_i} \frac{y_i - \mu_i}{\mu'(\eta_i)},}{
#' eta_i - h_i / (1 - h_i) (y_i - mu_i) / mu'(eta_i),}
#' with the leverage \eqn{h_i} of the nonzero columns with weights
#' \eqn{v_i \mu'(\eta_i)^2 / V(\mu_i)}{v_i mu'(eta_i)^2 / V(mu_i)}, the ridge part of the penalty
#' included. Coefficients on a bound count as fixed. An observation that the model reproduces by
#' itself (leverage 1) has no such prediction: that lambda is `NA`. The nonzero columns are
#' decomposed anew for each lambda, which takes time in proportion to n and the square of their
#' number: for tens of thousands of rows [cv_sparsereg()] may well be faster.
#'
#' @param object a fit by [sparsereg()].
#' @param measure the name of a measure or a function, as in [cv_sparsereg()]. Each observation is a
#'   fold of its own, except for `"auc"` and for functions, which take all observations together and
#'   have no standard error.
#' @param data the data of the fit, if its call can no longer find them: see [coef.sparsereg()].
#' @param x an object by `loo()`.
#' @param digits number of significant digits.
#' @param col,bar_col,main,xlab,ylab,xlim,ylim as in [plot.cv_sparsereg()].
#' @param ... further graphical parameters for `plot()`; not used by `print()`.
#' @return An object of class `sparsepath_loo`, a list of `lambda`, `df`, `error` and `se` (L), the
#'   weighted mean over observations and its standard error as in [cv_sparsereg()]; `predictions`
#'   (n x L), the means predicted without the observation itself, `NA` in rows of weight zero, rows
#'   named as those of `fitted()`; `method`, `measure`, `label` and `maximize`, whether more of it
#'   is better; and the `alpha` of the fit. `plot()` draws the errors like those of [cv_sparsereg()]
#'   and returns invisibly what it draws.
#' @references Allen DM (1974). The relationship between variable selection and data augmentation
#' and a method for prediction. *Technometrics* 16, 125-127.
#'
#' Rad KR, Maleki A (2020). A scalable estimate of the out-of-sample prediction error via
#' approximate leave-one-out cross-validation. *Journal of the Royal Statistical Society B* 82,
#' 965-996.
#' @seealso [select_lambda()] with `rule = "loo"`.
#' @examples
#' loo(sparsereg(lpsa ~ . - train, prostate, penalty = "ridge"))
#' loo(sparsereg(lpsa ~ . - train, prostate, penalty = "l1"), measure = "mae")
#' @export
loo <- function(object, measure = NULL, data = NULL) {
  if (!inherits(object, "sparsereg")) {
    abort_no_path(object)
  }
  loo_problem(object, recover_problem(object, data, parent.frame()), measure)
}

loo_problem <- function(fit, problem, measure = NULL) {
  measures <- resolve_measures(measure, problem$family)
  if (length(measures) > 1) {
    abort_input("measure", paste0("must be one measure, not ", length(measures), "."))
  }
  weights <- problem_weights(problem)
  used <- which(weights > 0)
  columns <- which(is_fitted(fit))
  bounded <- any(is.finite(fit$lower[columns]) | is.finite(fit$upper[columns]))
  exact <- fit$alpha == 0 && fit$family == "gaussian" && !bounded
  left_out <- if (exact) ridge_loo(fit, problem, used) else alo(fit, problem, used)
  predictions <- matrix(NA_real_, length(weights), length(fit$lambda))
  predictions[used, ] <- left_out
  rownames(predictions) <- row_labels(problem)
  summary <- summarise_loo(measures[[1]], problem$y[used], left_out, weights[used])
  structure(
    c(list(lambda = fit$lambda, df = fit$df), summary, list(
      predictions = predictions, method = if (exact) "exact" else "alo",
      measure = names(measures)[1], label = measures[[1]]$label,
      maximize = measures[[1]]$maximize, alpha = fit$alpha
    )),
    class = "sparsepath_loo"
  )
}

summarise_loo <- function(measure, y, mu, weights) {
  if (is.null(measure$unit)) {
    error <- evaluate_measure(measure, y, mu, weights)
    return(list(error = error, se = rep(NA_real_, length(error))))
  }
  unit <- measure$unit(y, mu)
  share <- weights / sum(weights)
  error <- colSums(share * unit)
  spread <- colSums(share * (unit - rep(error, each = length(y)))^2)
  list(error = error, se = sqrt(spread / (length(y) - 1)))
}

# Square roots of weights times the columns in the metric of the penalty: `base` spans what is not
# penalised (intercept included), `z` has identity penalty. Rows of weight zero are left out.
whitened <- function(fit, problem, used, columns, curvature = 1) {
  v <- problem_weights(problem)[used]
  root <- sqrt(v / sum(v) * curvature)
  x <- as.matrix(problem$x[used, columns, drop = FALSE])
  scale <- if (fit$standardize) fit$scale[columns] else 1
  price <- fit$penalty_factor[columns] * scale^2
  free <- price == 0
  # Centring changes nothing where there is an intercept, and keeps digits.
  if (fit$has_intercept) x <- x - rep(fit$center[columns], each = nrow(x))
  base <- cbind(if (fit$has_intercept) root, root * x[, free, drop = FALSE])
  z <- root * x[, !free, drop = FALSE] / rep(sqrt(price[!free]), each = nrow(x))
  list(root = root, base = base, z = z)
}

orthonormal <- function(base) {
  if (ncol(base) == 0) {
    return(matrix(0, nrow(base), 0))
  }
  decomposition <- qr(base)
  qr.Q(decomposition)[, seq_len(decomposition$rank), drop = FALSE]
}

ridge_loo <- function(fit, problem, used) {
  offset <- if (is.null(problem$offset)) 0 else problem$offset[used]
  y <- problem$y[used] - offset
  columns <- which(is_fitted(fit))
  white <- whitened(fit, problem, used, columns)
  q <- orthonormal(white$base)
  z <- white$z - q %*% crossprod(q, white$z)
  parts <- if (ncol(z)) svd(z, nv = 0) else list(d = numeric(), u = matrix(0, nrow(z), 0))
  target <- white$root * y
  base_leverage <- rowSums(q^2)
  base_fit <- drop(q %*% crossprod(q, target))
  along <- drop(crossprod(parts$u, target))
  vapply(fit$lambda, function(lambda) {
    # The lambda of each row; a rank that is not there has no share even at lambda = 0.
    shrink <- outer(1 - white$root^2, parts$d, function(rest, d) d^2 / (d^2 + lambda * rest))
    shrink[, parts$d <= 1e-10 * max(parts$d, 0)] <- 0
    leverage <- base_leverage + rowSums(parts$u^2 * shrink)
    fitted <- base_fit + drop((parts$u * shrink) %*% along)
    residual <- y - fitted / white$root
    problem$y[used] - residual / positive_or_na(1 - leverage)
  }, numeric(length(used)))
}

positive_or_na <- function(x) ifelse(x > 1e-9, x, NA)

alo <- function(fit, problem, used) {
  family <- fit$loss$stats
  path <- fit[c("lambda", "intercept", "beta")]
  eta <- linear_predictor(path, problem$x, problem$offset, used)
  dimnames(eta) <- NULL
  for (l in seq_along(fit$lambda)) {
    mu <- family$linkinv(eta[, l])
    slope <- family$mu.eta(eta[, l])
    curvature <- slope^2 / family$variance(mu)
    leverage <- active_leverage(fit, problem, used, l, curvature)
    shift <- leverage / positive_or_na(1 - leverage) * (problem$y[used] - mu) / slope
    eta[, l] <- eta[, l] - shift
  }
  eta[] <- family$linkinv(eta)
  eta
}

# Diagonal of the hat matrix of the nonzero columns: of [base, z; 0, sqrt(lambda (1 - alpha)) I] the
# rows that belong to observations.
active_leverage <- function(fit, problem, used, l, curvature) {
  entries <- seq_len(diff(fit$beta@p[l + 0:1])) + fit$beta@p[l]
  value <- fit$beta@x[entries]
  column <- fit$beta@i[entries] + 1L
  loose <- value != 0 & value > fit$lower[column] & value < fit$upper[column]
  white <- whitened(fit, problem, used, column[loose], curvature)
  ridge <- sqrt(fit$lambda[l] * (1 - fit$alpha))
  stacked <- cbind(white$base, white$z)
  if (ridge > 0) {
    below <- cbind(matrix(0, ncol(white$z), ncol(white$base)), diag(ridge, ncol(white$z)))
    stacked <- rbind(stacked, below)
  }
  rowSums(orthonormal(stacked)[seq_along(used), , drop = FALSE]^2)
}

# The place of the smallest error, or of the largest value where that is better.
smallest_error <- function(x) {
  error <- if (x$maximize) -x$error else x$error
  first_largest(x$lambda, error <= min(error, na.rm = TRUE))
}

check_has_error <- function(x, arg) {
  if (all(is.na(x$error))) {
    abort_input(
      arg, "has no error to draw: at every lambda some observation has leverage 1.",
      remedy = "Fit fewer columns, or larger values of lambda."
    )
  }
}

#' @rdname loo
#' @method plot sparsepath_loo
#' @export
plot.sparsepath_loo <- function(x, col = "#D55E00", bar_col = "grey65", main = NULL, xlab = NULL,
                                ylab = NULL, xlim = NULL, ylim = NULL, ...) {
  check_has_error(x, "x")
  known <- names(formals())
  plot_error_curve(x, known, col, bar_col, main, xlab, ylab, xlim, ylim, ...)
}

#' @rdname loo
#' @method print sparsepath_loo
#' @export
print.sparsepath_loo <- function(x, digits = 3, ...) {
  check_digits(digits)
  how <- if (x$method == "exact") "exact" else "approximate"
  cat(wrap(paste0(
    "Leave-one-out (", how, ", ", x$label, ") of ",
    count_of(sum(rowSums(!is.na(x$predictions)) > 0), "observation"), " at ",
    count_of(length(x$lambda), "lambda"), if (all(is.na(x$error))) ": no lambda has a value", "."
  )), "\n", sep = "")
  if (all(is.na(x$error))) {
    return(invisible(x))
  }
  cat("\n")
  table <- data.frame(x[c("lambda", "error", "se", "df")])[smallest_error(x), ]
  table <- format_columns(table, digits)
  names(table)[c(2, 4)] <- c(value_name(x), size_name(x))
  print(`rownames<-`(table, if (x$maximize) "largest value" else "smallest error"))
  invisible(x)
}
