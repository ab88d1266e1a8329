# Who is timed. A solver is a list:
#   package  its name;
#   fit      function(x, y, alpha, lambda) -> whatever the package returns. This is timed: the whole
#            call, from x and y as they are, at the package's default accuracy. Columns are
#            standardised and there is an intercept. `lambda` is a decreasing grid;
#   answer   function(fit, lambda, x, y, alpha) -> list(lambda, intercept, beta): what was answered,
#            on the scale of sparsepath's objective, beta p x L for the columns as they are;
#   sparse, elastic  does it take sparse x, and alpha < 1?
#   families  what it fits; for other than gaussian, `fit` is also given `family`;
#   default  has it the same default grid as sparsepath, so that default calls (lambda = NULL, early
#            stopping on) can be compared?
solver <- function(package, fit, answer, sparse = FALSE, elastic = FALSE, default = FALSE,
                   families = "gaussian") {
  list(
    package = package, fit = fit, answer = answer, sparse = sparse, elastic = elastic,
    default = default, families = families
  )
}

all_families <- c("gaussian", "binomial", "poisson")

# glmnet, and oem likewise, divides the ridge part by the standard deviation of y; see the help of
# convert_lambda(). With this factor, lambda times it and alpha over it mean the same there.
ridge_factor <- function(y, alpha) alpha + (1 - alpha) * sqrt(mean((y - mean(y))^2))

glmnet_solver <- solver(
  "glmnet", sparse = TRUE, elastic = TRUE, default = TRUE, families = all_families,
  fit = function(x, y, alpha, lambda, ...) {
    factor <- ridge_factor(y, alpha)
    if (!is.null(lambda)) lambda <- lambda * factor
    glmnet::glmnet(x, y, alpha = alpha / factor, lambda = lambda, ...)
  },
  answer = function(fit, lambda, x, y, alpha) {
    list(lambda = fit$lambda / ridge_factor(y, alpha), intercept = fit$a0, beta = fit$beta)
  }
)

# Coefficients with the intercept in their first row.
split_intercept <- function(lambda, coefficients) {
  list(
    lambda = lambda, intercept = as.vector(coefficients[1, ]),
    beta = coefficients[-1, , drop = FALSE]
  )
}

solvers <- list(
  sparsepath = solver(
    "sparsepath", sparse = TRUE, elastic = TRUE, default = TRUE, families = all_families,
    fit = function(x, y, alpha, lambda, ...) {
      penalty <- if (alpha < 1) "elasticnet" else "l1"
      sparsepath::sparsereg(x, y, penalty, alpha = if (alpha < 1) alpha, lambda = lambda, ...)
    },
    answer = function(fit, ...) fit[c("lambda", "intercept", "beta")]
  ),
  glmnet = glmnet_solver,
  # The accuracy is set by run.R.
  "glmnet, tightened" = glmnet_solver,
  adelie = solver(
    "adelie", sparse = TRUE, elastic = TRUE, families = all_families,
    fit = function(x, y, alpha, lambda, family = "gaussian") {
      if (!is.matrix(x)) x <- adelie::matrix.sparse(x)
      glm <- getExportedValue("adelie", paste0("glm.", family))
      adelie::grpnet(
        x, glm(y), alpha = alpha, lambda = lambda, early_exit = FALSE,
        progress_bar = FALSE
      )
    },
    answer = function(fit, ...) {
      path <- stats::coef(fit)
      list(lambda = path$lambda, intercept = path$intercepts, beta = Matrix::t(path$betas))
    }
  ),
  # Its matrices are kept outside R: making one is part of the call.
  biglasso = solver(
    "biglasso", elastic = TRUE, families = c("gaussian", "binomial"),
    fit = function(x, y, alpha, lambda, ...) {
      penalty <- if (alpha < 1) "enet" else "lasso"
      biglasso::biglasso(
        bigmemory::as.big.matrix(x), y, penalty = penalty, alpha = alpha, lambda = lambda, ...
      )
    },
    answer = function(fit, ...) split_intercept(fit$lambda, fit$beta)
  ),
  # Has a ridge part, but with one weight for the whole path.
  gcdnet = solver(
    "gcdnet",
    fit = function(x, y, alpha, lambda) {
      gcdnet::gcdnet(x, y, method = "ls", lambda = lambda, standardize = TRUE)
    },
    answer = function(fit, ...) list(lambda = fit$lambda, intercept = fit$b0, beta = fit$beta)
  ),
  # Takes the ends of a logarithmic grid only, and keeps x as a sparse matrix always.
  gamlr = solver(
    "gamlr", sparse = TRUE, families = all_families,
    fit = function(x, y, alpha, lambda, ...) {
      gamlr::gamlr(
        x, y, nlambda = length(lambda), lambda.start = lambda[1],
        lambda.min.ratio = lambda[length(lambda)] / lambda[1], ...
      )
    },
    answer = function(fit, ...) {
      list(lambda = fit$lambda, intercept = fit$alpha, beta = fit$beta)
    }
  ),
  # Computes the knots of the whole path; its columns have length 1 instead of sqrt(n).
  lars = solver(
    "lars",
    fit = function(x, y, alpha, lambda) {
      lars::lars(x, y, type = "lasso", use.Gram = nrow(x) > ncol(x))
    },
    answer = function(fit, lambda, x, ...) {
      beta <- t(stats::coef(fit, s = lambda * sqrt(nrow(x)), mode = "lambda"))
      list(lambda = lambda, intercept = fit$mu - drop(fit$meanx %*% beta), beta = beta)
    }
  ),
  ncvreg = solver(
    "ncvreg", elastic = TRUE, families = all_families,
    fit = function(x, y, alpha, lambda, ...) {
      ncvreg::ncvreg(x, y, penalty = "lasso", alpha = alpha, lambda = lambda, ...)
    },
    answer = function(fit, ...) split_intercept(fit$lambda, fit$beta)
  ),
  # Takes sparse x, too, but does not standardise it like dense x.
  oem = solver(
    "oem", elastic = TRUE,
    fit = function(x, y, alpha, lambda) {
      penalty <- if (alpha < 1) "elastic.net" else "lasso"
      factor <- ridge_factor(y, alpha)
      oem::oem(x, y, penalty = penalty, alpha = alpha / factor, lambda = lambda * factor)
    },
    answer = function(fit, lambda, ...) split_intercept(lambda, fit$beta[[1]])
  ),
  picasso = solver(
    "picasso",
    fit = function(x, y, alpha, lambda) picasso::picasso(x, y, lambda = lambda),
    answer = function(fit, ...) fit[c("lambda", "intercept", "beta")]
  ),
  SLOPE = solver(
    "SLOPE", sparse = TRUE,
    fit = function(x, y, alpha, lambda) {
      SLOPE::SLOPE(x, y, lambda = "lasso", alpha = lambda)
    },
    answer = function(fit, ...) split_intercept(fit$alpha, stats::coef(fit))
  )
)
