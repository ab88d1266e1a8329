# A seeded generator of nasty problems, and what is needed to hand them to the package.

# Evaluates with the random numbers of `seed`, leaving the session's stream as it was.
with_seed <- function(seed, code) {
  old <- get0(".Random.seed", globalenv(), inherits = FALSE)
  on.exit({
    if (is.null(old)) rm(".Random.seed", envir = globalenv())
    else assign(".Random.seed", old, envir = globalenv())
  })
  set.seed(seed, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
  code
}

# A few hundred seeds by default; SPARSEPATH_TEST_SEEDS asks for more (or fewer).
test_seeds <- function(default = 300) {
  seq_len(as.integer(Sys.getenv("SPARSEPATH_TEST_SEEDS", default)))
}

# Every feature is drawn on its own, so that pairs and triples of them meet over a few hundred
# seeds. `tags` names what was drawn, for the message when a test fails.
nasty_problem <- function(seed) {
  with_seed(seed, {
    size <- draw_size()
    case <- list(seed = seed, tags = size$tag, x = draw_columns(size$n, size$p))
    case <- spoil_columns(case)
    case <- draw_sparse(case)
    case$y <- draw_response(case)
    case$alpha <- sample(c(1, 1, 1, 0, 0.5, 0.95, 0.01), 1)
    case$standardize <- stats::runif(1) < 0.7
    case$intercept <- stats::runif(1) < 0.8
    case <- draw_rows(case)
    case <- draw_penalty(case)
    draw_lambda(case)
  })
}

draw_size <- function() {
  tag <- sample(
    c("n = 1", "p = 1", "n < p", "n > p", "n = p", "n = 2"), 1,
    prob = c(0.05, 0.1, 0.3, 0.35, 0.1, 0.1)
  )
  n <- sample(5:40, 1)
  switch(tag,
    "n = 1" = list(n = 1, p = sample(1:4, 1), tag = tag),
    "p = 1" = list(n = n, p = 1, tag = tag),
    "n < p" = list(n = n, p = n + sample(1:30, 1), tag = tag),
    "n > p" = list(n = n + 2, p = sample(2:n, 1), tag = tag),
    "n = p" = list(n = n, p = n, tag = tag),
    "n = 2" = list(n = 2, p = sample(1:5, 1), tag = tag)
  )
}

draw_columns <- function(n, p) {
  x <- matrix(stats::rnorm(n * p), n, p)
  shared <- sample(c(0, 0.5, 3), 1)
  x <- x + shared * stats::rnorm(n)
  dimnames(x) <- list(NULL, paste0("x", seq_len(p)))
  x
}

# Each trouble visits one column with its own probability, and no column is visited twice: a shift
# by 1e6 in units of 1e8 would leave too few digits for any answer.
# Those that depend on other columns come first, while these are still ordinary.
column_troubles <- list(
  duplicate = function(x, j) x[, 1],
  mirrored = function(x, j) -x[, 1],
  collinear = function(x, j) x[, 1] + 1e-4 * x[, j],
  sum = function(x, j) rowSums(x),
  constant = function(x, j) rep(sample(c(0, 1, 0.1, -1e6), 1), nrow(x)),
  shifted = function(x, j) 1e6 + sign(x[, j]),
  large = function(x, j) 1e8 * x[, j],
  small = function(x, j) 1e-8 * x[, j],
  binary = function(x, j) as.numeric(x[, j] > 0.5),
  spike = function(x, j) replace(numeric(nrow(x)), 1, 1)
)

# Astronomical units, alone or beside ordinary columns.
extreme_units <- c(huge = 1e145, tiny = 1e-145)

spoil_columns <- function(case) {
  p <- ncol(case$x)
  drawn <- names(column_troubles)[stats::runif(length(column_troubles)) < 0.15]
  drawn <- utils::head(drawn, p)
  visited <- sample(p, length(drawn))
  for (k in seq_along(drawn)) {
    case$x[, visited[k]] <- column_troubles[[drawn[k]]](case$x, visited[k])
  }
  if (stats::runif(1) < 0.08) {
    unit <- sample(names(extreme_units), 1)
    size <- apply(abs(case$x), 2, max)
    scaled <- size < 1e3 & size > 1e-3
    if (stats::runif(1) < 0.5) scaled <- scaled & seq_len(p) == sample(p, 1)
    case$x[, scaled] <- extreme_units[[unit]] * case$x[, scaled]
    drawn <- c(drawn, unit)
  }
  case$tags <- c(case$tags, drawn)
  case
}

draw_sparse <- function(case) {
  if (stats::runif(1) >= 0.25) return(case)
  x <- case$x
  x[stats::runif(length(x)) < sample(c(0.5, 0.9), 1)] <- 0
  if (stats::runif(1) < 0.5) x[, sample(ncol(x), 1)] <- 0
  case$x <- Matrix::Matrix(x, sparse = TRUE, doDiag = FALSE)
  case$x <- methods::as(methods::as(case$x, "generalMatrix"), "CsparseMatrix")
  case$tags <- c(case$tags, "sparse")
  case
}

draw_response <- function(case) {
  x <- as.matrix(case$x)
  n <- nrow(x)
  active <- sample(ncol(x), min(ncol(x), 3))
  unit <- apply(abs(x[, active, drop = FALSE]), 2, max)
  signal <- drop(x[, active, drop = FALSE] %*% (stats::rnorm(length(active)) / pmax(unit, 1e-300)))
  kind <- sample(c("noisy", "exact", "equal", "offset from zero", "large", "small"), 1,
    prob = c(0.6, 0.05, 0.05, 0.1, 0.1, 0.1)
  )
  noise <- stats::rnorm(n)
  switch(kind,
    noisy = signal + noise, exact = signal, equal = rep(0.1, n),
    "offset from zero" = 1e4 + signal + noise,
    large = 1e8 * (signal + noise), small = 1e-8 * (signal + noise)
  )
}

draw_rows <- function(case) {
  n <- length(case$y)
  kind <- sample(c("none", "random", "counts", "some zero"), 1, prob = c(0.5, 0.2, 0.15, 0.15))
  case$weights <- switch(kind,
    none = NULL,
    random = stats::rexp(n) + 0.01,
    counts = sample(1:4, n, replace = TRUE),
    "some zero" = replace(stats::runif(n, 0.5, 2), sample(n, max(0, min(3, n - 2))), 0)
  )
  if (stats::runif(1) < 0.2) case$offset <- max(abs(case$y)) * stats::rnorm(n)
  case$tags <- c(
    case$tags, if (kind != "none") paste("weights", kind), if (!is.null(case$offset)) "offset"
  )
  case
}

draw_penalty <- function(case) {
  p <- ncol(case$x)
  some <- function(size) sample(p, min(size, p))
  if (stats::runif(1) < 0.3) {
    case$penalty_factor <- stats::rexp(p) + 0.1
    if (stats::runif(1) < 0.5) case$penalty_factor[some(2)] <- 0
    if (stats::runif(1) < 0.4) case$penalty_factor[some(2)] <- Inf
    case$tags <- c(case$tags, "penalty_factor")
  }
  if (stats::runif(1) < 0.25) {
    case$lower <- rep(-Inf, p)
    case$upper <- rep(Inf, p)
    case$lower[some(p %/% 2 + 1)] <- 0
    size <- stats::sd(case$y) / pmax(apply(abs(as.matrix(case$x)), 2, max), 1e-300)
    narrow <- some(p %/% 2 + 1)
    case$upper[narrow] <- 0.1 * replace(size, is.na(size), 1)[narrow]
    case$tags <- c(case$tags, "bounds")
  }
  case
}

# No grid (the package lays its own), or one in any order that may include 0 where the model
# without a penalty has full rank.
draw_lambda <- function(case) {
  kind <- sample(c("none", "one", "shuffled", "zero"), 1, prob = c(0.4, 0.2, 0.2, 0.2))
  case$tags <- c(case$tags, paste("lambda", kind))
  if (kind == "none") return(case)
  top <- oracle_lambda_max(case)
  if (top == 0) top <- 1
  case$lambda <- switch(kind,
    one = top * 10^stats::runif(1, -3, 0.1),
    top * sample(c(1.5, 1, 10^stats::runif(8, -4, 0)))
  )
  if (kind == "zero" && has_full_rank(case)) case$lambda <- c(0, case$lambda)[sample(11)]
  case
}

has_full_rank <- function(case) {
  o <- oracle(case)
  z <- sqrt(o$v) * cbind(if (o$case$intercept) 1, o$z[, !o$shut, drop = FALSE])
  if (ncol(z) == 0 || ncol(z) >= nrow(z)) return(FALSE)
  z <- sweep(z, 2, apply(abs(z), 2, max), "/")
  min(svd(sweep(z, 2, sqrt(colSums(z^2)), "/"))$d) > 1e-6
}

describe_case <- function(case) {
  paste0(
    "nasty_problem(", case$seed, "): ", nrow(case$x), " x ", ncol(case$x), ", alpha = ", case$alpha,
    if (!case$standardize) ", not standardised", if (!case$intercept) ", no intercept", ", ",
    paste(case$tags, collapse = ", ")
  )
}

# Fits a case with sparsereg(). Columns and responses without variation are part of the game: their
# warnings are silenced, every other one is let through.
fit_case <- function(case, ...) {
  penalty <- if (case$alpha == 1) "l1" else if (case$alpha == 0) "l2" else "elasticnet"
  arguments <- case[c(
    "x", "y", "weights", "offset", "penalty_factor", "lower", "upper", "standardize", "intercept",
    "lambda"
  )]
  arguments <- utils::modifyList(arguments[!vapply(arguments, is.null, TRUE)], list(...))
  if (penalty == "elasticnet") arguments$alpha <- case$alpha
  withCallingHandlers(
    do.call(sparsereg, c(arguments, penalty = penalty)),
    sparsepath_warning_constant = function(w) invokeRestart("muffleWarning"),
    sparsepath_warning_constant_y = function(w) invokeRestart("muffleWarning")
  )
}
