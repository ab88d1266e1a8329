# The data of a fit. A fit holds no copy of them: methods that need them evaluate its call again.

# Looks where the formula was written and where the method was called, in this order, and takes
# the first data that are those the model was fitted to. `data` stands in for the call's own. The
# problem says in `place` where its call was evaluated. Only data are looked for: the settings are
# those of the fit, whatever the variables of its call are by now.
recover_problem <- function(object, data = NULL, envir) {
  if (!is.null(object$penalised_fit)) object <- object$penalised_fit
  call <- if (is.null(data)) object$call else call_with_data(object$call, data)
  missing <- changed <- NULL
  for (place in recovery_places(object, envir)) {
    problem <- tryCatch(
      quietly(evaluate_problem(call_with_settings(call, object, place), place)),
      error = pass_time_limit
    )
    if (inherits(problem, "error")) {
      missing <- c(missing, conditionMessage(problem))
      next
    }
    difference <- data_difference(object, problem)
    if (is.null(difference)) {
      problem$place <- place
      problem$call <- call
      return(with_settings(problem, object))
    }
    changed <- c(changed, difference)
  }
  if (length(changed) > 0) abort_data_changed(changed[1]) else abort_data_missing(missing[1], call)
}

# What data are read by comes from the fit. The rest is left out: it may name columns that the data
# do not have. The fit does not keep the two that shape an automatic grid.
call_with_settings <- function(call, object, place) {
  grid <- list(
    nlambda = function(value) check_count(value, "nlambda"),
    lambda_min_ratio = function(value) check_number(value, "lambda_min_ratio", above = 0, below = 1)
  )
  call[intersect(names(call), setdiff(setting_names, names(grid)))] <- NULL
  for (name in intersect(names(call), names(grid))) {
    call[[name]] <- tryCatch(grid[[name]](eval(call[[name]], place)), error = function(e) NULL)
  }
  if ("formula" %in% names(call) && !"na.action" %in% names(call)) {
    call$na.action <- rule_of_fit(object)
  }
  call$family <- object$loss
  call$intercept <- object$has_intercept
  call$control <- object$control
  call
}

# What to do with missing values where the call leaves it to options(), by what was done.
rule_of_fit <- function(object) {
  if (is.null(object$na_action)) {
    return(getOption("na.action"))
  }
  if (inherits(object$na_action, "exclude")) stats::na.exclude else stats::na.omit
}

with_settings <- function(problem, object) {
  fields <- c("penalty", "alpha", "standardize", "penalty_factor", "lower", "upper")
  problem[fields] <- object[fields]
  problem
}

# What the fit had to say (which variables it took for the dot, ...) was said when it was made.
quietly <- function(expr) {
  withCallingHandlers(
    expr,
    sparsepath_message = function(m) invokeRestart("muffleMessage"),
    sparsepath_warning = function(w) invokeRestart("muffleWarning")
  )
}

# The problem that a call of sparsereg() states, without its solution. `mentioned` are expressions
# whose variables a `.` in the formula does not stand for, like those of the call itself.
evaluate_problem <- function(call, envir, mentioned = NULL) {
  again <- call
  again[[1]] <- sparsereg
  control <- if (is.null(call$control)) sparsereg_control() else call$control
  again$control <- as.call(c(list(without_fit, control), mentioned))
  problem <- eval(again, envir)
  problem$control$fit <- TRUE
  problem$call$control <- call$control
  problem
}

recovery_places <- function(object, envir) {
  written <- environment(formula_of(object))
  if (is.null(written) || identical(written, envir)) list(envir) else list(written, envir)
}

call_with_data <- function(call, data) {
  if ("formula" %in% names(call)) {
    call$data <- data
    return(call)
  }
  if (!is.list(data) || !all(c("x", "y") %in% names(data))) {
    abort_input(
      "data", "must hold the `x` and `y` of a fit that was made without a formula.",
      remedy = "Pass `data = list(x = x, y = y)`."
    )
  }
  for (argument in names(data)) {
    call[[argument]] <- data[[argument]]
  }
  call
}

# One sentence on what differs from the data of the fit, NULL when nothing does. Column means and
# the deviance of the largest model are compared: that takes two passes over x at most, and no
# change is likely to keep both.
data_difference <- function(object, problem) {
  if (!identical(as.integer(dim(problem$x)), as.integer(object$dim))) {
    return(paste0(
      "they have ", count_of(nrow(problem$x), "row"), " and ", count_of(ncol(problem$x), "column"),
      " where the fit had ", object$dim[1], " and ", object$dim[2], "."
    ))
  }
  other <- which(colnames(problem$x) != rownames(object$beta))
  if (length(other) > 0) {
    return(paste0("they lack ", quote_names(rownames(object$beta)[other]), "."))
  }
  moved <- abs(column_means(problem) - object$center) > 1e-8 * (abs(object$center) + object$scale)
  if (any(moved)) {
    return(paste0(
      if (sum(moved) == 1) "the mean of " else "the means of ",
      quote_names(rownames(object$beta)[moved]), " differ", if (sum(moved) == 1) "s", "."
    ))
  }
  if (!same_deviance(object, problem)) {
    return(paste0(quote_names(object$y_name), " differs, or the weights or offset do."))
  }
}

same_deviance <- function(object, problem) {
  best <- which.max(object$dev_ratio)
  eta <- linear_predictor(path_places(object, best), problem$x, problem$offset)
  mu <- family_mean(object$loss, eta)
  unit <- family_unit_deviance(object$loss, problem$y, mu)
  weights <- problem_weights(problem)
  deviance <- sum((weights * unit)[weights > 0])
  expected <- (1 - object$dev_ratio[best]) * object$null_deviance
  abs(deviance - expected) <= 1e-6 * max(object$null_deviance, deviance)
}

column_means <- function(problem) {
  as.vector(Matrix::crossprod(problem$x, scaled_weights(problem)))
}

abort_data_changed <- function(difference) {
  abort(
    paste0(
      "The data found by evaluating the fit's call are not those it was fitted to: ", difference,
      "\nFit again, or pass the original data as `data`."
    ),
    class = "sparsepath_error_data_changed"
  )
}

abort_data_missing <- function(reason, call) {
  parts <- intersect(c("x", "y", "weights", "offset"), names(call))
  remedy <- if ("formula" %in% names(call)) {
    "`data`"
  } else {
    paste0("`data = list(", paste(parts, "=", parts, collapse = ", "), ")`")
  }
  abort(
    paste0(
      "The data of the fit could not be found by evaluating its call: ", sub("[.]?$", ".", reason),
      "\nPass them as ", remedy, "."
    ),
    class = "sparsepath_error_data_missing"
  )
}
