# The family says which loss is minimised. A family is a list of class "sparsepath_family" with
#   name     of the distribution, as in stats::family objects
#   link     name of the link
#   loss     name of the loss in src/core/loss; "gaussian" for least squares, "host" when it is
#            computed in R
#   theta    parameter of the negative binomial, or NA; `estimate`: is it to be estimated?
#   stats    a stats::family object: linkinv, mu.eta, variance, dev.resids, ...
#   read_y   function(y, argument): list(y, trials, classes), as the loss wants them, or an error;
#            trials multiply the weights (NULL: 1 each), classes are names of failure and success
# A new one is one constructor and one line in `families()`.

families <- function() {
  list(
    gaussian = family_gaussian, binomial = family_binomial, poisson = family_poisson,
    Gamma = family_gamma, negative.binomial = family_negative_binomial
  )
}

new_family <- function(stats, loss, read_y, name = stats$family, theta = NA_real_,
                       estimate = FALSE) {
  structure(
    list(
      name = name, link = stats$link, loss = loss, theta = theta, estimate = estimate,
      stats = stats, read_y = read_y
    ),
    class = "sparsepath_family"
  )
}

family_gaussian <- function(stats = stats::gaussian()) {
  new_family(stats, if (stats$link == "log") "gaussian log" else "gaussian", read_y_gaussian)
}

family_binomial <- function(stats = stats::binomial()) {
  new_family(stats, "binomial", read_y_binomial)
}

family_poisson <- function(stats = stats::poisson()) {
  new_family(stats, "poisson", read_y_count)
}

family_gamma <- function(stats = stats::Gamma("log")) {
  new_family(stats, "Gamma", read_y_positive)
}

#' Negative binomial family
#'
#' For counts whose variance is larger than their mean:
#' \eqn{\mu + \mu^2 / \theta}{mu + mu^2 / theta}, with log link. The loss is minus the
#' log-likelihood with theta held fixed; its deviance is that of `glm.nb()` and of the family
#' `negative.binomial(theta)` of package MASS, the latter of which [sparsereg()] takes as well.
#'
#' @param theta a positive number, or `NULL` to have it estimated by maximum likelihood in turn
#'   with the path: theta is that of the fitted means at the lambda with the smallest BIC
#'   (deviance plus `log(n)` times the number of nonzero coefficients), or at the one lambda of the
#'   call; all lambdas share it. Small theta means strong overdispersion, large theta nearly none:
#'   above 1e6 the counts vary no more than Poisson's would. `print()` shows it.
#' @return a family for the argument `family` of [sparsereg()].
#' @references Venables, W. N. and Ripley, B. D. (2002). *Modern Applied Statistics with S*, 4th
#'   edition, section 7.4. Springer.
#' @examples
#' set.seed(1)
#' x <- matrix(rnorm(2000), 200, 10)
#' y <- rnbinom(200, size = 2, mu = exp(1 + x[, 1]))
#' fit <- sparsereg(x, y, family = family_negative_binomial(theta = 2))
#' family(fit)
#' sparsereg(x, y, family = family_negative_binomial())$loss$theta
#' @export
family_negative_binomial <- function(theta = NULL) {
  if (!is.null(theta)) {
    check_number(theta, "theta", above = 0)
  }
  start <- if (is.null(theta)) 1 else as.double(theta)
  new_family(stats_negative_binomial(start), "negative binomial", read_y_count,
    name = "negative binomial", theta = start, estimate = is.null(theta)
  )
}

with_theta <- function(family, theta) {
  family$theta <- theta
  family$stats <- stats_negative_binomial(theta)
  family
}

stats_negative_binomial <- function(theta) {
  log_link <- stats::make.link("log")
  force(theta)
  structure(
    c(list(family = paste0("Negative Binomial(", format(theta, digits = 4), ")")), list(
      link = "log", linkfun = log_link$linkfun, linkinv = log_link$linkinv,
      variance = function(mu) mu + mu^2 / theta,
      dev.resids = function(y, mu, wt) {
        2 * wt * (y * log(pmax(1, y) / mu) - (y + theta) * log((y + theta) / (mu + theta)))
      },
      aic = function(y, n, mu, wt, dev) {
        -2 * sum(wt * stats::dnbinom(y, size = theta, mu = mu, log = TRUE))
      },
      mu.eta = log_link$mu.eta, validmu = function(mu) all(mu > 0), valideta = log_link$valideta,
      initialize = expression({
        n <- rep(1, nobs)
        mustart <- y + (y == 0) / 6
      })
    )),
    class = "family"
  )
}

# ---- What a user may hand over ------------------------------------------------------------------

# Accepts what glm() accepts: a name, a function that makes a family, or a family.
as_family <- function(family) {
  if (inherits(family, "sparsepath_family")) {
    return(family)
  }
  if (is.function(family)) {
    family <- tryCatch(family(), error = function(e) NULL)
  }
  if (inherits(family, c("family", "sparsepath_family"))) {
    return(if (inherits(family, "family")) adopt_family(family) else family)
  }
  if (is.character(family) && length(family) == 1 && !is.na(family)) {
    return(match_family(family))
  }
  abort_family("must be the name of a family, or a family.")
}

match_family <- function(name) {
  known <- families()
  index <- pmatch(name, names(known))
  if (!is.na(index)) {
    return(known[[index]]())
  }
  other <- tryCatch(getExportedValue("stats", name), error = function(e) NULL)
  if (is.function(other)) {
    other <- tryCatch(other(), error = function(e) NULL)
  }
  if (inherits(other, "family")) {
    return(adopt_family(other))
  }
  abort_family(
    paste0("must not be ", quote_values(name), ": it is not available."),
    suggest_name(gsub("_", ".", name, fixed = TRUE), names(known), quote = "\"")
  )
}

# What is asked of a family of the user's own.
check_family_parts <- function(stats) {
  needed <- c("linkfun", "linkinv", "mu.eta", "variance", "dev.resids")
  there <- vapply(stats[needed], is.function, NA)
  if (!all(there)) {
    abort_input("family", paste0("lacks functions: ", quote_names(needed[!there]), "."),
      remedy = "See ?family for what a family object holds.", class = "sparsepath_error_family"
    )
  }
  if (!is.character(stats$family) || !is.character(stats$link)) {
    abort_input("family", "must have `family` and `link`, the names of both.",
      class = "sparsepath_error_family"
    )
  }
}

# The losses of the core where they are the same, R's own functions for all others.
adopt_family <- function(stats) {
  check_family_parts(stats)
  kind <- paste(sub("^quasi(binomial|poisson)$", "\\1", stats$family), stats$link)
  if (grepl("^Negative Binomial", stats$family) && stats$link == "log") {
    theta <- get0(".Theta", environment(stats$variance), ifnotfound = NULL)
    if (is.numeric(theta) && length(theta) == 1) {
      return(family_negative_binomial(theta))
    }
  }
  known <- switch(kind,
    "gaussian identity" = , "gaussian log" = family_gaussian,
    "binomial logit" = family_binomial,
    "poisson log" = family_poisson,
    "Gamma log" = family_gamma
  )
  name <- sub(" .*", "", kind)
  if (is.null(known) || !is_as_named(stats, getExportedValue("stats", name)(stats$link))) {
    return(new_family(stats, "host", reader_of(stats)))
  }
  known(stats)
}

# Has nobody put functions of his own into a family of that name?
is_as_named <- function(stats, reference) {
  eta <- c(-1.3, 0.4)
  values <- function(family) {
    mu <- reference$linkinv(eta)
    list(
      family$linkinv(eta), family$mu.eta(eta), family$variance(mu),
      family$dev.resids(c(0.2, 0.7), mu, c(1, 1))
    )
  }
  isTRUE(tryCatch(all.equal(values(stats), values(reference)), error = function(e) FALSE))
}

reader_of <- function(stats) {
  switch(sub("^quasi", "", stats$family),
    binomial = read_y_binomial, poisson = read_y_count,
    Gamma = , inverse.gaussian = read_y_positive,
    read_y_gaussian
  )
}

abort_family <- function(message, suggestion = NULL) {
  remedy <- paste(c(suggestion, paste0(
    "Available: ", quote_values(names(families()), max = 10), ", and all families of glm()."
  )), collapse = " ")
  abort_input("family", message, remedy = remedy, class = "sparsepath_error_family")
}

# ---- The response -------------------------------------------------------------------------------

read_y_gaussian <- function(y, argument) {
  list(y = numeric_y(y, argument, "gaussian", paste0(
    "Write as.numeric(", argument, ") to fit the share of TRUE by least squares."
  )))
}

read_y_count <- function(y, argument) {
  y <- numeric_y(y, argument, "poisson")
  reject_y(argument, "must not be negative for a family of counts", y < 0)
  list(y = y)
}

read_y_positive <- function(y, argument) {
  y <- numeric_y(y, argument, "Gamma")
  reject_y(argument, "must not be zero or negative for this family", y <= 0)
  list(y = y)
}

# 0 and 1, FALSE and TRUE, a factor whose first level is failure, numbers of successes and failures
# in two columns, or shares of successes, for which weights are the numbers of trials.
read_y_binomial <- function(y, argument) {
  if (length(dim(y)) == 2 && ncol(y) == 2) {
    return(read_counts(y, argument))
  }
  if (length(dim(y)) == 2 && ncol(y) > 2) {
    abort_input(
      argument, paste0("must be a vector or have two columns (successes and failures), not ",
        ncol(y), "."),
      remedy = "Merge classes, or compare one with all others.",
      class = "sparsepath_error_length"
    )
  }
  y <- as_one_column(y, argument)
  if (is.character(y)) {
    y <- factor(y)
  }
  if (is.factor(y)) {
    return(read_classes(y, argument))
  }
  if (is.logical(y)) {
    return(list(y = as.double(y), classes = c("FALSE", "TRUE")))
  }
  y <- numeric_y(y, argument, "binomial")
  two <- length(unique(y[!is.na(y)])) == 2
  reject_y(argument, "must not be outside 0 to 1 for family \"binomial\"", y < 0 | y > 1,
    remedy = if (two) paste0("If its two values are classes, write factor(", argument, ").")
  )
  list(y = y)
}

read_classes <- function(y, argument) {
  y <- droplevels(y)
  if (nlevels(y) != 2) {
    abort_input(
      argument, paste0(
        "must have two levels for family \"binomial\", not ", nlevels(y),
        if (nlevels(y) > 0) paste0(": ", quote_values(levels(y))), "."
      ),
      variable = argument, class = "sparsepath_error_response",
      remedy = if (nlevels(y) > 2) "Merge levels, or compare one with all others: y == \"level\"."
    )
  }
  list(y = as.double(y) - 1, classes = levels(y))
}

read_counts <- function(y, argument) {
  y <- as.matrix(y)
  if (!is.numeric(y)) {
    abort_input(argument, "must have numbers of successes and failures in its two columns.",
      class = "sparsepath_error_response"
    )
  }
  reject_y(argument, "must not be negative", y[, 1] < 0 | y[, 2] < 0)
  trials <- as.vector(y[, 1] + y[, 2])
  list(y = ifelse(trials > 0, as.vector(y[, 1]) / trials, 0), trials = trials)
}

numeric_y <- function(y, argument, family, remedy_logical = NULL) {
  y <- as_one_column(y, argument)
  if (is.numeric(y) && !is.factor(y)) {
    return(as.double(y))
  }
  remedy <- if (is.logical(y)) {
    remedy_logical
  } else if (is.factor(y) || is.character(y)) {
    paste0("If its values are numbers, write as.numeric(as.character(", argument, ")).")
  } else if (inherits(y, c("Date", "POSIXct", "difftime"))) {
    paste0("Write as.numeric(", argument, ") to fit it as a number.")
  }
  if (family == "gaussian" && are_two_classes(y)) {
    remedy <- paste0("Two classes are for family = \"binomial\".\n", remedy)
  }
  abort_input(
    argument, paste0(
      "must be numeric for family \"", family, "\", not ", describe_type(y), "."
    ),
    variable = argument, remedy = remedy, class = "sparsepath_error_response"
  )
}

are_two_classes <- function(y) {
  (is.factor(y) || is.character(y) || is.logical(y)) && length(unique(y[!is.na(y)])) == 2
}

# Missing values are reported elsewhere.
reject_y <- function(argument, rule, bad, remedy = NULL) {
  bad <- bad %in% TRUE
  if (any(bad)) {
    abort_values(argument, rule, bad, NULL, remedy = remedy, class = "sparsepath_error_response")
  }
}

# What no finite model can reach, whatever the link: one class only, or counts of zero only.
check_attainable <- function(y, weights, intercept, family, argument) {
  y <- if (is.null(weights)) y else y[weights > 0]
  if (!intercept || any(y != y[1]) || !any(is.infinite(link_of(family, y[1])))) {
    return(invisible())
  }
  value <- if (identical(family$read_y, read_y_binomial)) "the same class" else format_number(y[1])
  abort_input(
    argument, paste0("is ", value, " in all rows: the intercept has no finite value."),
    remedy = "There is nothing to learn from these rows.",
    class = c("sparsepath_error_one_class", "sparsepath_error_response")
  )
}

# Of (y - exp(intercept + offset))^2 the intercept has a minimum only if y goes with exp(offset).
check_positive_mean <- function(y, weights, offset, argument) {
  size <- if (is.null(offset)) 1 else exp(offset - max(offset))
  if (sum((if (is.null(weights)) 1 else weights) * y * size) > 0) {
    return(invisible())
  }
  abort_input(
    argument, paste0(
      "must have a positive mean", if (!is.null(offset)) " (weighted by exp(offset))",
      " with log link: the intercept has no finite value."
    ),
    remedy = "Choose another link.", class = "sparsepath_error_response"
  )
}

# Means that differ by more than a double can hold.
check_offset_range <- function(offset, weights, family) {
  if (is.null(offset) || family$link != "log") {
    return(invisible())
  }
  span <- diff(range(if (is.null(weights)) offset else offset[weights > 0]))
  if (span > 700) {
    abort_input("offset",
      paste0(
        "must not span ", format_number(span), " with log link: means would differ by a factor of ",
        "exp(", format_number(span), ")."
      ),
      remedy = "If it is an exposure, give its logarithm."
    )
  }
}

# ---- Numbers of a family ------------------------------------------------------------------------

# The mean for linear predictors, in the shape of eta. The logit of R takes no empty vector.
family_mean <- function(family, eta) {
  if (length(eta) > 0) eta[] <- family$stats$linkinv(as.vector(eta))
  eta
}

# The unit deviance of y (n) under means mu (n, or n x L), in the shape of mu, without weights.
family_unit_deviance <- function(family, y, mu) {
  values <- as.vector(mu)
  mu[] <- family$stats$dev.resids(rep_len(as.double(y), length(values)), values,
    rep(1, length(values)))
  mu[] <- pmax(mu, 0)
  mu
}

# Residuals of y (n) at linear predictors eta (n x L); weights only enter where glm() has them.
family_residuals <- function(family, y, eta, weights, type) {
  mu <- family_mean(family, eta)
  switch(type,
    response = y - mu,
    deviance = sign(y - mu) * sqrt(weights * family_unit_deviance(family, y, mu)),
    pearson = (y - mu) * sqrt(weights / in_shape(family$stats$variance(as.vector(mu)), mu)),
    working = (y - mu) / in_shape(family$stats$mu.eta(as.vector(eta)), mu)
  )
}

in_shape <- function(values, like) {
  like[] <- values
  like
}

# What the core asks of a loss that lives in R: for eta, half unit deviances, residuals and expected
# curvatures. Where the family does not allow eta or its mean there are no numbers.
family_evaluator <- function(family, y) {
  if (family$loss != "host") {
    return(NULL)
  }
  stats <- family$stats
  one <- rep(1, length(y))
  allowed <- function(test, x) is.null(test) || isTRUE(test(x))
  evaluate <- function(eta) {
    if (!allowed(stats$valideta, eta)) {
      return(matrix(NaN, length(y), 3))
    }
    mu <- stats$linkinv(eta)
    if (length(mu) != length(y)) {
      return(mu)
    }
    if (!allowed(stats$validmu, mu)) {
      return(matrix(NaN, length(y), 3))
    }
    slope <- stats$mu.eta(eta)
    variance <- stats$variance(mu)
    cbind(stats$dev.resids(y, mu, one) / 2, (y - mu) * slope / variance, slope^2 / variance)
  }
  # What is no matrix tells the core that the family failed.
  function(eta) tryCatch(evaluate(eta), error = pass_time_limit)
}

# Where the search for the intercept of the null model begins: with log link where it ends, or
# nearly so, as the offset may be anything.
family_start <- function(family, y, weights, offset) {
  weights <- if (is.null(weights)) rep(1, length(y)) else weights
  mean <- sum(weights * y) / sum(weights)
  offset <- if (is.null(offset)) rep(0, length(y)) else offset
  start <- if (family$link != "log") {
    link_of(family, mean) - sum(weights * offset) / sum(weights)
  } else if (family$name == "Gamma") {
    log_mean_exp(log(y) - offset, weights)
  } else {
    log(max(mean, 0)) - log_mean_exp(offset, weights)
  }
  if (is.finite(start)) start else 0
}

# The linear predictor of a mean: infinite where none reaches it, NaN where the link fails.
link_of <- function(family, mean) {
  tryCatch(suppressWarnings(family$stats$linkfun(mean)), error = function(e) NaN)
}

log_mean_exp <- function(x, weights) {
  largest <- max(x[weights > 0])
  largest + log(sum(weights * exp(x - largest)) / sum(weights))
}
