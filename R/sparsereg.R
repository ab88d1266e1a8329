#' Paths of penalised linear and generalised linear models
#'
#' Fits a linear or generalised linear model with an L1 (lasso), L2 (ridge) or elastic net penalty
#' for a whole sequence of penalty strengths `lambda`. Every solution comes with a proof of its
#' accuracy.
#'
#' @section What is minimised:
#' For each value of lambda, over the intercept \eqn{b_0} and the coefficients \eqn{b},
#' \deqn{\sum_i v_i \frac{(y_i - \eta_i)^2}{2} + \lambda \sum_j f_j
#'   \left[ \alpha |s_j b_j| + \frac{1 - \alpha}{2} (s_j b_j)^2 \right]}{
#'   sum_i v_i (y_i - eta_i)^2 / 2 +
#'   lambda sum_j f_j [ alpha |s_j b_j| + (1 - alpha)/2 (s_j b_j)^2 ]}
#' subject to `lower` \eqn{\le b_j \le}{<= b_j <=} `upper`, where
#' * \eqn{\eta = }{eta = }`offset`\eqn{ + b_0 + X b};
#' * \eqn{v_i = w_i / \sum_k w_k}{v_i = w_i / sum(w)} are the `weights`, scaled to sum to 1;
#' * \eqn{s_j} is the standard deviation of column j, with weights \eqn{v_i} and denominator 1 (not
#'   n - 1); \eqn{s_j = 1} for all columns if `standardize = FALSE`;
#' * \eqn{f_j} are the values of `penalty_factor`, used as given, and \eqn{\alpha} is `alpha`.
#'
#' That is the loss of the gaussian family. For the others it is half the unit deviance: minus the
#' log-likelihood of one observation (dispersion 1), less the smallest value it can have for that
#' observation, which moves no solution. See the section on families.
#'
#' Coefficients are returned on the scale of the data. A column that does not vary over the rows of
#' positive weight (or by less than 1e-150) gets coefficient 0 and is named in a warning of class
#' `sparsepath_warning_constant`. If the response (less the offset) is the same in all rows, the
#' intercept explains it and all penalised coefficients are zero; for the gaussian family a warning
#' of class `sparsepath_warning_constant_y` says so.
#'
#' @section Families:
#' `family` is a name, a function or a family object, as in [stats::glm()]:
#' * `"gaussian"`: least squares; with log link: `gaussian("log")`;
#' * `"binomial"`: the response is 0/1, logical, a factor or text with two levels (the first is
#'   failure), a matrix with the numbers of successes and failures in two columns, or shares of
#'   successes with the numbers of trials as `weights`;
#' * `"poisson"` (log link); `"Gamma"`: the name means the log link, while `Gamma()` has the inverse
#'   link as everywhere in R; [family_negative_binomial()] and `MASS::negative.binomial(theta)`;
#' * any other family object, such as `binomial("probit")`, through its R functions, which are
#'   called on whole vectors: slower. Quasi-families with a canonical link are those of that name.
#'
#' They are fitted by proximal Newton (Lee, Sun and Saunders, 2014). Binomial (logit), poisson,
#' Gamma and negative binomial (log link) have a duality gap, relative to half the null deviance
#' over the sum of weights. The others are not convex or have no dual in closed form: their `gap` is
#' `NaN`, and `converged` says that `kkt` is at most 1e-6 (where lambda is above the largest slope
#' of the loss at the null model, the violation is at most 1e-6 of that). A response of one class
#' only, or of zeros only, is an error of class `sparsepath_error_one_class`. Where the predictors
#' explain the response altogether, as with separated classes, there is no finite solution for
#' lambda = 0: the path ends before and `stopped` says why, or, if nothing is left of it, there is
#' an error of class `sparsepath_error_saturated`. So it is where they explain a part of it
#' (quasi-separation: a category with one class or zero counts only), with the columns named in
#' `stopped` or an error of class `sparsepath_error_endless`.
#'
#' @section The sequence of lambda:
#' By default `nlambda` values, equally spaced on the log scale, run from `lambda_max`, the
#' smallest lambda for which all penalised coefficients are zero, down to `lambda_min_ratio` times
#' it. The path ends before that where the share of explained deviance passes 0.999, or has risen
#' over five steps by less than 5e-5 of itself; the field `stopped` says why it ended, and
#' [sparsereg_control()] changes the rules. For the ridge penalty no lambda makes all coefficients
#' zero: there the grid is laid over the effective degrees of freedom, from nearly 0 to nearly the
#' rank of X. A sequence given as `lambda` is fitted as it is, to its end and in its order.
#'
#' @section The certificate:
#' For each lambda the fit reports
#' * `gap`, the relative duality gap (primal - dual) / null objective: the objective of the answer
#'   is above the smallest possible one by at most this share of the objective of the null model;
#' * `kkt`, the largest distance of the gradient of the loss to the subdifferential of the penalty,
#'   divided by lambda (at lambda = 0 by the largest slope of the loss at the null model);
#' * `converged`, whether the gap is at most `tol` of [sparsereg_control()]. An answer that misses
#'   it is kept and flagged.
#'
#' @section Formulas and factors:
#' A factor or character variable is coded with all its levels: one 0/1 column for each, named as
#' in [stats::model.matrix()] (`regionNorth`), and no level as a reference, because a penalty on
#' differences from a reference would depend on its choice. Levels without rows are dropped. A
#' logical variable is one 0/1 column (`smokerTRUE`). `contrasts`, or contrasts attached to a
#' factor, for instance by [stats::C()], replace the coding of that factor. Ordered factors are
#' coded like others. Dates and times count as numbers; new data must have them in the same class,
#' and differences of times are converted to the unit of the fit. Interactions multiply these
#' columns. Names that are not syntactic get no backticks.
#'
#' `-1` or `+0` removes the intercept and changes nothing else. Terms with [offset()] are added to
#' the argument `offset`. Functions such as [poly()], [scale()], [splines::ns()] and
#' [splines::bs()] keep their parameters for prediction. A numeric matrix in a formula stands for
#' all its columns. Factors with many levels give a sparse matrix (more than 30 one-hot columns,
#' and less than a quarter of all entries expected to differ from zero).
#'
#' Without `data`, a `.` stands for all other numeric or factor variables and numeric matrices in
#' the environment of the formula (the workspace, the function or the [with()] in which it is
#' written, but not what lies behind these) that have as many rows as the response; variables used
#' on the left-hand side or in other arguments of the call are left out. They are taken in
#' alphabetical order, a message of class `sparsepath_message_dot` lists them, and the `call` of
#' the fit has them in place of the dot. With a data frame, `.` stands for its other columns, as in
#' [stats::lm()].
#'
#' @section Missing values:
#' In the formula interface `na.action` decides, as for [stats::lm()]: by default, rows with a
#' missing value in a variable of the formula, the weights or the offset are left out. A message of
#' class `sparsepath_message_omitted` counts them and names the variables. In the other interfaces
#' missing values are errors. Infinite values are always errors, and so are those beyond 1e150,
#' whose squares would be infinite.
#'
#' @section Matrices and data frames as x:
#' A matrix of doubles and a `dgCMatrix` are used as they are, without a copy. Integer and logical
#' matrices are converted to double; a numeric vector is one column. Any other matrix of the Matrix
#' package is converted, and what is sparse stays sparse. Columns without name are
#' called `V<j>` by their position j; names must be unique. The columns of a data frame are coded
#' as in a formula.
#'
#' @section Errors:
#' All errors have the class `sparsepath_error`. Those that lie in the input also have the class
#' `sparsepath_error_input` with the fields `argument`, `variable` and `remedy`. More special
#' classes are
#' * `sparsepath_error_unknown_argument`: an argument that sparsereg() does not have;
#' * `sparsepath_error_formula`, `_missing_variable`, `_contrasts`: a formula that cannot be
#'   evaluated, a variable that is not there, contrasts that do not fit;
#' * `sparsepath_error_no_predictors`, `_no_rows`: nothing to fit;
#' * `sparsepath_error_nonfinite`, `_missing_values`: missing or infinite values, missing values
#'   that `na.action` forbids;
#' * `sparsepath_error_length`, `_response`, `_x`, `_variable`: a wrong length or type of an
#'   argument, of the response, of x or of one variable;
#' * `sparsepath_error_duplicate_columns`, `_unknown_column`: names that do not tell columns apart,
#'   or that no column has;
#' * `sparsepath_error_family`: a family that is not available.
#'
#' @param x A matrix with one row for each observation and one column for each predictor (n x p):
#'   numeric, or of the Matrix package; or a data frame with the predictors.
#' @param formula A formula: response on the left, predictors on the right.
#' @param data A data frame with the variables of the formula. Variables that it does not have, or
#'   all without it, are looked up in the environment of the formula. A list or an environment will
#'   do as well.
#' @param y The response: n numbers, as a vector or as a matrix with one column; for the binomial
#'   family see the section on families.
#' @param penalty `"l1"` (also `"lasso"`), `"l2"` (also `"ridge"`) or `"elasticnet"` (also
#'   `"enet"`), or an unambiguous abbreviation. If it is not given, `alpha` decides.
#' @param family The distribution: a name, a function or a family object; see the section on
#'   families.
#' @param alpha Share of the L1 penalty in the elastic net, a number between 0 and 1. 1 is the
#'   lasso, 0 the ridge penalty. `penalty = "elasticnet"` alone means 0.5. An `alpha` that
#'   contradicts `penalty` is an error.
#' @param lambda One or more non-negative numbers, in any order; `NULL` for an automatic sequence.
#'   See [convert_lambda()] for lambdas of other programs.
#' @param nlambda Length of the automatic sequence.
#' @param lambda_min_ratio Smallest lambda of the automatic sequence as a fraction of the largest,
#'   between 0 and 1. By default 1e-4 if n >= p, else 1e-2. Not used for the ridge penalty.
#' @param weights n non-negative, finite numbers, not all zero; by default all rows count the same.
#'   A weight of 2 is the same as having a row twice. In the formula interface they are looked up
#'   in `data`, then in the environment of the formula, as `offset` and `subset` are.
#' @param offset n numbers that are part of eta with coefficient 1. In the formula interface, as for
#'   [stats::lm()], predictions for new data evaluate this argument in the new data: variables
#'   that it uses must be there, unless [predict.sparsereg()] is given a `newoffset`, as it must be
#'   after a fit from `x` and `y`.
#' @param subset Rows to use, as for [stats::lm()]. Rows that are not there, logical values that are
#'   not as many as the rows, and a factor are errors.
#' @param na.action What to do with missing values: a function such as [stats::na.omit()],
#'   [stats::na.exclude()] or [stats::na.fail()], its name, or `NULL` for nothing.
#' @param contrasts A list with contrasts for some factors, by their names, as for [stats::lm()].
#' @param standardize Measure the columns in units of their standard deviations in the penalty? The
#'   coefficients are on the scale of the data either way.
#' @param intercept Fit an intercept? It is never penalised.
#' @param penalty_factor Factors \eqn{f_j \ge 0}{f_j >= 0} of the penalty: one number for all
#'   columns, p numbers, or numbers with names for some columns (the others have 1). A name is that
#'   of a column or of a term of the formula, for instance of a factor, which means all its columns.
#'   0 leaves a column unpenalised, `Inf` excludes it.
#' @param lower,upper Bounds of the coefficients on the scale of the data, with
#'   `lower` \eqn{\le 0 \le}{<= 0 <=} `upper`, in the same forms as `penalty_factor` (columns that
#'   are not named have no bounds).
#' @param exclude Columns to leave out: names (as for `penalty_factor`) or positions.
#' @param control Settings of the solver, made by [sparsereg_control()].
#' @param ... Not used: an unknown argument is an error.
#'
#' @return An object of class `"sparsereg"`, a list with the following elements, for L values of
#'   lambda and p columns. It has no copy of the data.
#'   \item{lambda}{the L values: those given in their order, or a decreasing sequence.}
#'   \item{intercept}{L intercepts; 0 if there is none.}
#'   \item{beta}{p x L sparse matrix (`dgCMatrix`) of coefficients on the scale of the data, with
#'     the names of the columns as row names.}
#'   \item{df}{number of nonzero coefficients, less those without penalty whose columns others make
#'     up (one level of an unpenalised factor): the rank of their columns, as in [stats::lm()] at
#'     `lambda = 0` (Tibshirani and Taylor, 2012); for the ridge penalty the effective degrees of
#'     freedom, without the intercept and columns held at zero by a bound (`NA` for a gaussian fit
#'     with bounds and more than 1000 rows and columns, where they take longer than the fit).}
#'   \item{dev_ratio}{share of `null_deviance` that is explained.}
#'   \item{null_deviance}{deviance of the model with nothing but intercept and offset, with the
#'     weights as given: for the gaussian family
#'     \eqn{\sum_i w_i (y_i - \hat y_i)^2}{sum_i w_i (y_i - yhat_i)^2}.}
#'   \item{gap, kkt, iterations, converged}{the certificate for each lambda, and the passes needed.}
#'   \item{stopped}{why the path ended, in words.}
#'   \item{lambda_max}{the smallest lambda for which all penalised coefficients are zero; `Inf` for
#'     the ridge penalty.}
#'   \item{center, scale}{weighted means of the columns, and their \eqn{s_j}: the weighted standard
#'     deviations, or 1 if `standardize = FALSE` or the column does not vary.}
#'   \item{constant}{names of the columns that do not vary.}
#'   \item{solver}{`"coordinate descent"`, `"closed form"` or `"proximal Newton"`.}
#'   \item{penalty, alpha, family, link, standardize, has_intercept}{what was fitted.}
#'   \item{loss}{the family with its functions; `classes`: names of failure and success.}
#'   \item{penalty_factor, lower, upper}{one value for each column, with names.}
#'   \item{nobs, dim}{number of rows of positive weight; rows and columns of x.}
#'   \item{total_weight, log_lik_constant}{what [logLik.sparsereg()] needs of the data.}
#'   \item{blueprint}{how new data are coded.}
#'   \item{na_action}{rows that were left out, or `NULL`.}
#'   \item{y_name, call, control, version}{name of the response, call, settings and version of the
#'     package.}
#'
#' @references
#' Hoerl, A. E. and Kennard, R. W. (1970). Ridge regression: biased estimation for nonorthogonal
#' problems. *Technometrics* 12, 55-67.
#'
#' Tibshirani, R. (1996). Regression shrinkage and selection via the lasso. *Journal of the Royal
#' Statistical Society B* 58, 267-288.
#'
#' Lee, J. D., Sun, Y. and Saunders, M. A. (2014). Proximal Newton-type methods for minimizing
#' composite functions. *SIAM Journal on Optimization* 24, 1420-1443.
#'
#' Zou, H. and Hastie, T. (2005). Regularization and variable selection via the elastic net.
#' *Journal of the Royal Statistical Society B* 67, 301-320.
#'
#' Friedman, J., Hastie, T. and Tibshirani, R. (2010). Regularization paths for generalized linear
#' models via coordinate descent. *Journal of Statistical Software* 33(1), 1-22.
#'
#' Tibshirani, R. J. and Taylor, J. (2012). Degrees of freedom in lasso problems. *Annals of
#' Statistics* 40, 1198-1232.
#'
#' Tibshirani, R., Bien, J., Friedman, J., Hastie, T., Simon, N., Taylor, J. and Tibshirani, R. J.
#' (2012). Strong rules for discarding predictors in lasso-type problems. *Journal of the Royal
#' Statistical Society B* 74, 245-266.
#'
#' @seealso [cv_sparsereg()] to choose lambda, [coef.sparsereg()], [predict.sparsereg()],
#'   [plot.sparsereg()], [convert_lambda()].
#' @examples
#' # The lasso path for prostate cancer data, with the indicator of the training set as subset
#' fit <- sparsereg(lpsa ~ . - train, prostate, subset = train)
#' fit
#' coef(fit, lambda = 0.1)
#' predict(fit, prostate[!prostate$train, ][1:3, ], lambda = 0.1)
#'
#' # Ridge regression; a factor with all its levels; an unpenalised column
#' sparsereg(lpsa ~ lcavol + lweight + factor(gleason), prostate,
#'   penalty = "ridge", penalty_factor = c(lcavol = 0)
#' )
#'
#' # Classification, and counts with an exposure
#' sparsereg(factor(am) ~ ., mtcars, family = "binomial", lambda = c(0.1, 0.05))
#' sparsereg(carb ~ wt + hp + offset(log(cyl)), mtcars, family = "poisson", lambda = 0.1)
#'
#' # A matrix and a response, one lambda, non-negative coefficients
#' x <- as.matrix(prostate[, 1:8])
#' sparsereg(x, prostate$lpsa, lambda = 0.05, lower = 0)
#'
#' # Without data, the dot stands for the variables at hand
#' with(diabetes, sparsereg(y ~ ., penalty = "elasticnet", alpha = 0.9))
#' @export
sparsereg <- function(x, ...) {
  formula <- named_formula(...)
  UseMethod("sparsereg", if (missing(x) || !is.null(formula)) formula else x)
}

# So that sparsereg(data = d, formula = y ~ x), also with d first and not named, works as with lm().
named_formula <- function(...) {
  place <- match("formula", names(substitute(list(...))))
  if (is.na(place)) NULL else ...elt(place - 1L)
}

#' @rdname sparsereg
#' @export
sparsereg.formula <- function(formula, data = NULL, penalty = "l1", family = "gaussian",
                              alpha = NULL, lambda = NULL, nlambda = 100, lambda_min_ratio = NULL,
                              weights, offset, subset,
                              na.action = getOption("na.action"), # nolint: object_name_linter.
                              contrasts = NULL, standardize = TRUE, intercept = TRUE,
                              penalty_factor = 1, lower = -Inf, upper = Inf, exclude = NULL,
                              control = sparsereg_control(), ...) {
  call <- match.call()
  call[[1]] <- called_name(sys.call(-1), quote(sparsereg))
  check_dots(..., fun = "sparsereg()", known = names(formals()), elsewhere = formula_remedies())
  settings <- collect_settings(environment())
  design <- design_from_formula(formula, data, na.action, contrasts, call)
  solve_or_return(new_problem(design, settings))
}

#' @rdname sparsereg
#' @export
sparsereg.default <- function(x, y, penalty = "l1", family = "gaussian",
                              alpha = NULL, lambda = NULL, nlambda = 100, lambda_min_ratio = NULL,
                              weights = NULL, offset = NULL, standardize = TRUE, intercept = TRUE,
                              penalty_factor = 1, lower = -Inf, upper = Inf, exclude = NULL,
                              control = sparsereg_control(), ...) {
  call <- match.call()
  call[[1]] <- called_name(sys.call(-1), quote(sparsereg))
  check_dots(..., fun = "sparsereg()", known = names(formals()), elsewhere = matrix_remedies())
  settings <- collect_settings(environment())
  design <- design_from_xy(x, y, weights, offset, call)
  solve_or_return(new_problem(design, settings))
}

# What x may be is known to design_from_xy(): the methods for its classes are one.

#' @rdname sparsereg
#' @usage NULL
#' @export
sparsereg.matrix <- sparsereg.default

#' @rdname sparsereg
#' @usage NULL
#' @export
sparsereg.data.frame <- sparsereg.default

#' @rdname sparsereg
#' @usage NULL
#' @export
sparsereg.Matrix <- sparsereg.default

# Remedies for arguments that belong elsewhere.
formula_remedies <- function() {
  remedy <- "Give a formula and data, or `x` and `y`, but not a mixture."
  c(control_remedies(), list(x = remedy, y = remedy))
}

matrix_remedies <- function() {
  arguments <- c("formula", "data", "subset", "na.action", "contrasts")
  remedy <- "It belongs to the formula interface: sparsereg(formula, data)."
  c(control_remedies(), stats::setNames(as.list(rep(remedy, length(arguments))), arguments))
}

control_remedies <- function() {
  settings <- names(formals(sparsereg_control))
  remedies <- paste0("Write control = sparsereg_control(", settings, " = ...).")
  c(as.list(stats::setNames(remedies, settings)), list(
    thresh = "Write control = sparsereg_control(tol = ...).",
    maxit = "Write control = sparsereg_control(max_iter = ...).",
    lower.limits = suggest_name("lower", "lower"), upper.limits = suggest_name("upper", "upper")
  ))
}
