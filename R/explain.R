#' Why one variable is in or out
#'
#' A paragraph and a small plot on one variable at one lambda: what it would gain by being in the
#' model, how that changes along the path, which variables took its place, and the lambda that would
#' let it in.
#'
#' @details A variable is out while the slope of the loss along its standardised coefficient,
#' without regard to sign, stays below \eqn{\lambda \alpha f_j}{lambda alpha f_j}: see
#' [stationarity()]. For the gaussian family that slope is the covariance of the standardised
#' variable with the residual, and it splits exactly into what it was before
#' anything was fitted and what each coefficient \eqn{t_k} took from it:
#' \deqn{c_j = c_j^0 - \sum_k g_{jk} t_k,}{c_j = c_j(null) - sum_k g_jk t_k,}
#' with \eqn{g_{jk}} the correlation of the two variables (if `standardize = TRUE` and there is an
#' intercept; in general the mean product of the standardised columns), so that the variables that
#' took its place have names. \eqn{c_j^0} is at the null model: `lambda_max` and above, with
#' unpenalised columns fitted, and of their \eqn{t_k} the sum has what they changed since. For other
#' families there is no such split: the variables in the model with the largest correlations are
#' named instead.
#'
#' @param object a fit by [sparsereg()] or a cross-validated path by [cv_sparsereg()]; for
#'   `autoplot()` an object by `explain()`.
#' @param variable the name of one column: see `variable.names(object)`.
#' @param lambda one value; off the grid the model is refitted there. Can be left out if the fit has
#'   one lambda only; for `cv_sparsereg()` also `"lambda_1se"` (default) or `"lambda_min"`.
#' @param data the data of the fit, if its call can no longer find them: see [coef.sparsereg()].
#' @param x an object by `explain()`.
#' @param main,xlab,ylab as in [plot.default()].
#' @param ... `plot()`: further graphical parameters (see [graphics::par()]). Others: not used, any
#'   other argument is an error.
#' @return A list of class `sparsepath_explanation`, printed as a paragraph:
#'   - `variable`, `lambda`; `coefficient`, on the scale of the data; `standardized`;
#'   - `case`, as in [stationarity()]; `slope`: \eqn{c_j}, minus the gradient there; `limit`:
#'     \eqn{\lambda \alpha f_j}{lambda alpha f_j};
#'   - `null_slope`: \eqn{c_j^0}{c_j(null)}; `enters`, `leaves`: as in [thresholds()], always by
#'     root finding, for this variable alone; `events`: all of them, as in its attribute;
#'   - `taken`, a data frame of the other variables in the model, those that took most first:
#'     `variable`, `standardized`, `correlation` with the variable, and (gaussian) `taken`
#'     \eqn{= g_{jk} t_k} less the same at the null model: what they took from
#'     \eqn{c_j^0}{c_j(null)}; negative if they added to it;
#'   - `path`, a data frame of `lambda`, `slope`, `limit` and `coefficient` along the fit, filled up
#'     to about 100 lambdas from `lambda_max` on where it has fewer than 20.
#'
#'   `plot()`: its argument, invisibly. `autoplot()`: a `ggplot` object, if package ggplot2 is
#'   installed.
#' @examples
#' fit <- sparsereg(lpsa ~ . - train, prostate, penalty = "l1")
#' why <- explain(fit, "lcp", lambda = 0.1)
#' why
#' plot(why)
#' why$taken
#' @export
explain <- function(object, variable, lambda = NULL, ...) {
  UseMethod("explain")
}

#' @export
explain.default <- function(object, variable, lambda = NULL, ...) reject_object(object)

#' @rdname explain
#' @export
explain.cv_sparsereg <- function(object, variable, lambda = "lambda_1se", ...) {
  # Handed on, a missing one would be R's own error.
  find_variable(object$fit, variable)
  at_chosen(object, explain, lambda, parent.frame(), 1, variable = variable, ...)
}

#' @rdname explain
#' @export
explain.sparsereg <- function(object, variable, lambda = NULL, ..., data = NULL) {
  check_dots(..., fun = "explain()", known = names(formals()))
  j <- find_variable(object, variable)
  lambda <- single_lambda(object, lambda)
  problem <- recover_problem(object, data, parent.frame())
  table <- stationarity_table(object, problem, lambda, "sparsepath")
  row <- table[table$variable == variable, ]
  null <- null_state(object, problem)
  limits <- limits_of(object, problem, j)
  structure(
    list(
      variable = variable, lambda = lambda, coefficient = row$coefficient,
      standardized = row$standardized, case = row$case, slope = -row$gradient, limit = row$limit,
      null_slope = null$slope[j], enters = limits$enters, leaves = limits$leaves,
      events = attr(limits, "events"),
      taken = taken_by(object, problem, table, j, null), path = slope_path(object, problem, j),
      response = object$y_name, family = object$family, gaussian = object$loss$loss == "gaussian",
      alpha = object$alpha, end = min(object$lambda)
    ),
    class = "sparsepath_explanation"
  )
}

find_variable <- function(fit, variable) {
  known <- rownames(fit$beta)
  if (missing(variable)) {
    abort_input("variable", "is missing: which one is to be explained?",
      remedy = paste0("There are ", quote_names(known), ".")
    )
  }
  if (!is.character(variable) || length(variable) != 1 || !variable %in% known) {
    named <- is.character(variable) && length(variable) == 1
    abort_input(
      "variable", paste0("must be the name of a column, not ", describe(variable), "."),
      remedy = if (named) suggest_or_list(variable, known)
    )
  }
  match(variable, known)
}

# What thresholds() says of one variable, by root finding for that variable alone.
limits_of <- function(fit, problem, j) {
  problem$control$progress <- FALSE
  events <- find_events(fit, problem, min(fit$lambda), columns = j)
  found <- new_thresholds(fit, list(events = events), list())
  row <- found[found$variable == rownames(fit$beta)[j], ]
  structure(row, events = attr(found, "events"))
}

# Before anything penalised is in: lambda_max and above. Ridge has no such lambda; there it is the
# limit of strong penalties.
null_state <- function(fit, problem) {
  top <- max(fit$lambda_max, fit$lambda) * (if (fit$alpha > 0) 1.001 else 1e8)
  path <- refit_at(problem, top)
  list(
    slope = -loss_gradients(fit, problem, path)$gradient[, 1],
    t = unname(path$beta[, 1] * penalty_scale(fit))
  )
}

taken_by <- function(fit, problem, table, j, null) {
  table <- table[table$variable != "(Intercept)", ]
  inside <- setdiff(which(table$standardized != 0), j)
  gram <- standardized_products(fit, problem, j, inside)
  taken <- data.frame(
    variable = table$variable[inside], standardized = table$standardized[inside],
    correlation = gram$correlation
  )
  if (fit$loss$loss == "gaussian") {
    # A sign such that what is taken from the slope is positive.
    direction <- if (null$slope[j] < 0) -1 else 1
    taken$taken <- direction * gram$product * (taken$standardized - null$t[inside])
    return(`rownames<-`(taken[order(-taken$taken), ], NULL))
  }
  `rownames<-`(taken[order(-abs(taken$correlation)), ], NULL)
}

# Products of column j with others as the penalty sees them, and correlations.
standardized_products <- function(fit, problem, j, others) {
  v <- scaled_weights(problem)
  column <- problem$x[, j]
  if (fit$has_intercept) column <- column - fit$center[j]
  size <- penalty_scale(fit)
  x <- problem$x[, others, drop = FALSE]
  product <- as.vector(Matrix::crossprod(x, v * column))
  # A centred column needs no centring of the others.
  column <- problem$x[, j] - sum(v * problem$x[, j])
  covariance <- as.vector(Matrix::crossprod(x, v * column))
  deviation <- sqrt(sum(v * column^2)) * column_deviations(x, v)
  list(
    product = product / size[j] / size[others],
    correlation = covariance / ifelse(deviation > 0, deviation, 1)
  )
}

# Standard deviations of columns, whatever the fit centred and scaled.
column_deviations <- function(x, v) {
  mean <- as.vector(Matrix::crossprod(x, v))
  vapply(seq_along(mean), function(k) sqrt(sum(v * (x[, k] - mean[k])^2)), 0)
}

slope_path <- function(fit, problem, j) {
  path <- filled_path(fit, problem)
  slopes <- vapply(seq_along(path$lambda), function(l) {
    -loss_gradients(fit, problem, path_places(path, l), j)$gradient[1, 1]
  }, 0)
  f <- fit$penalty_factor[[j]]
  data.frame(
    lambda = path$lambda, slope = slopes,
    limit = if (is.finite(f)) path$lambda * fit$alpha * f else NA_real_,
    coefficient = path$beta[j, ]
  )
}

# A slope is no straight line between a few lambdas: they are filled up, from the null model on.
filled_path <- function(fit, problem) {
  top <- max(fit$lambda_max, fit$lambda)
  bottom <- min(fit$lambda[fit$lambda > 0], if (all(fit$lambda == 0)) 1e-4 * top)
  if (length(fit$lambda) >= 20 || top <= bottom) {
    return(fit[c("lambda", "intercept", "beta")])
  }
  problem$control$progress <- FALSE
  fill <- c(top, exp(seq(log(top), log(bottom), length.out = 100))[2:99])
  refit_at(problem, sort(unique(c(fit$lambda, fill)), decreasing = TRUE))
}

# ---- In words -----------------------------------------------------------------------------------

#' @rdname explain
#' @method print sparsepath_explanation
#' @export
print.sparsepath_explanation <- function(x, ...) {
  cat(wrap(paste(explanation_words(x), collapse = " ")), "\n", sep = "")
  invisible(x)
}

explanation_words <- function(x) {
  if (x$case %in% c("excluded", "constant")) {
    why <- if (x$case == "excluded") "it was excluded" else "it does not vary"
    return(paste0("`", x$variable, "` is out at every lambda: ", why, "."))
  }
  c(words_case(x), if (x$case != "unpenalised") words_taken(x), words_thresholds(x))
}

slope_name <- function(x) {
  if (x$gaussian) "covariance with the residual" else "score"
}

words_case <- function(x) {
  at <- paste0("At lambda = ", format_number(x$lambda), " `", x$variable, "` is ")
  slope <- format_number(abs(x$slope))
  in_model <- paste0("in, with coefficient ", format_number(x$coefficient), ": ")
  limit <- paste0(format_number(x$limit), " that the penalty asks for")
  switch(x$case,
    zero = if (x$limit == 0) paste0(at, "exactly uncorrelated with the residual.") else paste0(
      at, "out: its ", slope_name(x), " is ", slope, " (without sign), less than the ", limit, "."
    ),
    unpenalised = paste0(at, in_model, "it is not penalised."),
    "at bound" = paste0(at, "held at its bound ", format_number(x$coefficient), "."),
    if (x$alpha == 0) {
      paste0(at, in_model, "ridge keeps every variable, in proportion to its ", slope_name(x), ".")
    } else {
      paste0(
        at, in_model, "its ", slope_name(x), if (x$alpha == 1) {
          paste0(" (without sign) is held at just the ", limit)
        } else {
          paste0(", ", slope, " (without sign), exceeds the ", limit)
        }, "."
      )
    }
  )
}

words_taken <- function(x) {
  if (nrow(x$taken) == 0) {
    return("No other variable is in the model.")
  }
  if (!x$gaussian) {
    top <- utils::head(x$taken, 3)
    return(paste0(
      "Of the variables in the model it is most correlated with ",
      join_words(paste0("`", top$variable, "` (", format_number(top$correlation, 2), ")")), "."
    ))
  }
  start <- paste0("Before anything entered it was ", format_number(abs(x$null_slope)))
  if (max(abs(x$taken$taken)) > abs(x$null_slope)) {
    return(paste0(start, ". ", words_changed(x$taken)))
  }
  takers <- x$taken[x$taken$taken > 0.02 * abs(x$null_slope), ]
  if (nrow(takers) == 0) {
    return(paste0(start, "; none of the variables in the model took a large part of that."))
  }
  top <- utils::head(takers, 3)
  paste0(
    start, ", of which ", join_words(paste0(
      "`", top$variable, "` took ", format_number(top$taken),
      " (correlation ", format_number(top$correlation, 2), ")"
    )), "."
  )
}

# Where more than all of it was moved there is no talk of parts.
words_changed <- function(taken) {
  top <- utils::head(taken[order(-abs(taken$taken)), ], 3)
  paste0(
    "It is changed most by ", join_words(paste0(
      "`", top$variable, "` (by ", format_number(-top$taken), ", correlation ",
      format_number(top$correlation, 2), ")"
    )), "."
  )
}

# The visit to the model in which lambda falls; where it falls in none, the last and the next one.
words_thresholds <- function(x) {
  if (x$case == "unpenalised" || x$alpha == 0) {
    return(NULL)
  }
  enters <- x$events$lambda[x$events$event == "enters"]
  leaves <- c(x$events$lambda[x$events$event == "leaves"], NA)[seq_along(enters)]
  past <- sum(enters > x$lambda)
  gone <- past > 0 && !is.na(leaves[past]) && leaves[past] > x$lambda
  c(
    if (past > 0) {
      paste0(
        "It entered", if (past > 1) " again", " at lambda = ", format_number(enters[past], 4),
        if (gone) " and left at " else if (!is.na(leaves[past])) ", and will leave at ",
        if (!is.na(leaves[past])) format_number(leaves[past], 4), "."
      )
    },
    if (past == 0 || gone) words_next_entry(x, enters, leaves, past)
  )
}

words_next_entry <- function(x, enters, leaves, past) {
  again <- if (past > 0) " again"
  if (past == length(enters)) {
    return(paste0(
      "It does not enter", again, " down to lambda = ", format_number(x$end),
      ", the end of this path."
    ))
  }
  paste0(
    "It would enter", again, " at lambda = ", format_number(enters[past + 1], 4),
    if (!is.na(leaves[past + 1])) paste(", and leave at", format_number(leaves[past + 1], 4)), "."
  )
}

# ---- Drawn --------------------------------------------------------------------------------------

#' @rdname explain
#' @export
plot.sparsepath_explanation <- function(x, main = NULL, xlab = NULL, ylab = NULL, ...) {
  margins <- graphics::par("mar")
  old <- change_par(..., known = names(formals()))
  on.exit(restore_par(old, margins))
  graphics::par(mar = c(3.8, 3.8, if (is.null(main)) 2.4 else 4, 1))
  path <- explanation_frame(x)
  top <- explanation_top(x, path)
  graphics::plot.new()
  graphics::plot.window(range(path$x), c(0, 1.05 * top), xaxs = "i", yaxs = "i")
  style <- explanation_style()
  # The broken line on top: in the model both are the same, and both are to be seen.
  graphics::lines(path$x, abs(path$slope), col = style[["slope"]], lwd = 2)
  graphics::lines(path$x, path$limit, col = style[["limit"]], lty = "62", lwd = 2)
  at <- marks_of(x, path)
  graphics::abline(v = at$x, lty = "22", col = "grey40")
  graphics::mtext(
    at$label, 3, 0.3, at = at$x, adj = at$side, las = 0, cex = label_cex * graphics::par("cex")
  )
  draw_lambda_axis(path$lambda, path$x)
  draw_axis(2)
  graphics::legend("topright", explanation_labels(x),
    col = style, lty = c("solid", "62"), lwd = 2, bg = "#FFFFFFCC", box.col = NA, cex = label_cex)
  label_axes(
    if (is.null(xlab)) path_xlab("lambda") else xlab,
    if (is.null(ylab)) explanation_ylab(x) else ylab, line = 2.3
  )
  graphics::title(main = main, line = 2)
  graphics::box(bty = "l", col = "grey40")
  invisible(x)
}

explanation_style <- function() {
  c(slope = okabe_ito()[1], limit = okabe_ito()[2])
}

explanation_ylab <- function(x) paste0("|", slope_name(x), "|")

explanation_labels <- function(x) c(short_labels(x$variable), "what the penalty asks for")

# As high as the slope ever is, and the limit where something is marked.
explanation_top <- function(x, path) {
  marked <- c(x$lambda, x$enters[is.finite(x$enters)])
  near <- path$limit[path$lambda <= 1.2 * max(marked)]
  max(abs(path$slope), abs(x$null_slope), near, na.rm = TRUE)
}

explanation_frame <- function(x) {
  path <- x$path[order(x$path$lambda, decreasing = TRUE), ]
  path$x <- lambda_position(path$lambda)
  # A single lambda gives no line. Nothing has entered there, and nothing has at ten times it.
  if (nrow(path) == 1) {
    null <- data.frame(
      lambda = 10 * path$lambda, slope = x$null_slope, limit = 10 * path$limit, coefficient = 0
    )
    null$x <- path$x - 1
    path <- rbind(null, path)
  }
  path
}

marks_of <- function(x, path) {
  enters <- is.finite(x$enters) && x$alpha > 0
  marks <- data.frame(
    x = lambda_position(c(x$lambda, if (enters) x$enters)),
    label = c("here", if (enters) "enters")
  )
  if (x$lambda == 0) marks$x[1] <- max(path$x)
  marks <- marks[marks$x >= min(path$x) & marks$x <= max(path$x), ]
  # Two labels need room side by side: each goes to the outer side of its line.
  close <- nrow(marks) > 1 && abs(diff(marks$x)) < 0.12 * diff(range(path$x))
  marks$side <- if (close) order(order(-marks$x)) - 1 else rep(0.5, nrow(marks))
  marks
}

#' @rdname explain
#' @method autoplot sparsepath_explanation
#' @rawNamespace S3method(ggplot2::autoplot,sparsepath_explanation)
autoplot.sparsepath_explanation <- function(object, ...) {
  check_dots(..., fun = "autoplot()", known = names(formals()))
  path <- explanation_frame(object)
  lines <- data.frame(
    x = rep(path$x, 2), value = c(abs(path$slope), path$limit),
    line = rep(explanation_labels(object), each = nrow(path))
  )
  lines$line <- factor(lines$line, unique(lines$line))
  ticks <- lambda_ticks(path$lambda, path$x)
  top <- explanation_top(object, path) * 1.25
  marks <- marks_of(object, path)
  # On the side that has room, and one below the other: they cannot meet.
  marks$y <- top * (1 - 0.06 * (seq_len(nrow(marks)) - 1))
  marks$side <- ifelse(marks$x > mean(range(path$x)), 1.1, -0.1)
  ggplot2::ggplot(lines, ggplot2::aes(.data[["x"]], .data[["value"]])) +
    ggplot2::geom_vline(
      ggplot2::aes(xintercept = .data[["x"]]), marks, linetype = "22", colour = "grey40"
    ) +
    ggplot2::geom_line(
      ggplot2::aes(colour = .data[["line"]], linetype = .data[["line"]]), na.rm = TRUE
    ) +
    ggplot2::geom_text(
      ggplot2::aes(
        .data[["x"]], .data[["y"]], label = .data[["label"]], hjust = .data[["side"]]
      ), marks, vjust = 1, size = 3
    ) +
    ggplot2::coord_cartesian(ylim = c(0, top)) +
    ggplot2::scale_colour_manual(values = unname(explanation_style()), name = NULL) +
    ggplot2::scale_linetype_manual(values = c("solid", "62"), name = NULL) +
    ggplot2::scale_x_continuous(
      breaks = ticks$at, labels = ticks$label, guide = apart_guide()
    ) +
    ggplot2::labs(x = path_xlab("lambda"), y = explanation_ylab(object))
}
