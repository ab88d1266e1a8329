#' Choose lambda by a rule
#'
#' From a cross-validated path by its errors, from a fit by an information criterion, generalised
#' cross-validation or leave-one-out.
#'
#' @details Rules for a cross-validated path, of whichever `measure` it was made with:
#' - `"min"`: the smallest error;
#' - `"1se"`: the largest lambda whose error is within `times` standard errors of the smallest;
#' - `"percent"`: the largest lambda whose error is at most `percent` per cent above the smallest
#'   (of the absolute value, where more is better);
#' - `"df"`: the smallest error among the models with at most `df` nonzero coefficients (ridge:
#'   effective degrees of freedom).
#'
#' Ties go to the larger lambda. Rules for a fit: `"aic"`, `"aicc"`, `"bic"`, `"ebic"` and `"gcv"`
#' take the smallest value in [criteria()], `"loo"` the smallest error of [loo()]. Capitals will do
#' as well.
#'
#' @param object a cross-validated path by [cv_sparsereg()], or a fit by [sparsereg()].
#' @param rule see below.
#' @param measure the name of one of the measures of `object`; by default the first.
#' @param times,percent,df what the rules `"1se"`, `"percent"` and `"df"` need. With another rule
#'   they would do nothing and are an error, as are `ebic_gamma` and `data`.
#' @param ebic_gamma for `rule = "ebic"`, as in [criteria()].
#' @param data the data of the fit, for `rule = "loo"`, if its call can no longer find them: see
#'   [coef.sparsereg()].
#' @param ... not used: any other argument is an error.
#' @return A value of lambda.
#' @references Breiman L, Friedman J, Olshen R, Stone C (1984). *Classification and Regression
#'   Trees*. Wadsworth. Section 3.4.3.
#' @seealso [criteria()], [loo()].
#' @examples
#' cv <- cv_sparsereg(lpsa ~ . - train, prostate, measure = c("mse", "mae"), seed = 1)
#' select_lambda(cv, "percent", percent = 5)
#' coef(cv, lambda = select_lambda(cv, "df", df = 3))
#' select_lambda(cv, "1se", measure = "mae")
#'
#' fit <- sparsereg(lpsa ~ . - train, prostate)
#' select_lambda(fit, "bic")
#' @export
select_lambda <- function(object, ...) {
  UseMethod("select_lambda")
}

#' @export
select_lambda.default <- function(object, ...) reject_object(object)

#' @rdname select_lambda
#' @export
select_lambda.cv_sparsereg <- function(object, rule = c("1se", "min", "percent", "df"),
                                       measure = NULL, times = 1, percent = 5, df = NULL, ...) {
  check_dots(..., fun = "select_lambda()", known = names(formals()))
  rule <- match_choice(rule, rules_of_cv, "rule", remedy_for_rule(
    rule, rules_of_fit, "a fit: give the element `fit`."
  ))
  check_rule_uses(
    rule, c(times = "1se"[!missing(times)], percent = "percent"[!missing(percent)],
            df = "df"[!is.null(df)])
  )
  check_number(times, "times", min = 0)
  check_number(percent, "percent", min = 0)
  if (rule == "df") {
    check_number(df, "df", min = 0)
  }
  if (!is.null(measure) && !is_name_of(measure, object$measures)) {
    abort_input("measure", paste0(
      "must be one of ", quote_values(names(object$measures), 10), ", not ", describe(measure), "."
    ))
  }
  object$lambda[rule_index(object, rule, measure, times, percent, df)]
}

rules_of_cv <- c("1se", "min", "percent", "df")
rules_of_fit <- c("bic", "aic", "aicc", "ebic", "gcv", "loo")

# A rule of the other kind of object is sent there.
remedy_for_rule <- function(rule, others, home) {
  rule <- if (is.character(rule)) lower_case(rule[1])
  if (isTRUE(rule %in% others)) paste(quote_values(rule), "is a rule for", home)
}

# rule_of: for each argument that was given the rule that needs it.
check_rule_uses <- function(rule, rule_of) {
  unused <- names(rule_of)[rule_of != rule]
  if (length(unused) > 0) {
    needed <- paste0("`rule = ", quote_values(rule_of[[unused[1]]]), "`")
    abort_input(unused[1], paste0("is for ", needed, "."),
      remedy = paste0("Use ", needed, ", or leave it out.")
    )
  }
}

is_name_of <- function(name, list) {
  is.character(name) && length(name) == 1 && name %in% names(list)
}

# Errors of which less is better, Inf where a lambda may not be chosen: some counted fold has none.
signed_error <- function(cv, measure = NULL) {
  table <- cv$measures[[if (is.null(measure)) cv$measure else measure]]
  counted <- rowSums(!is.na(table$fold_error)) > 0
  complete <- colSums(is.na(table$fold_error[counted, , drop = FALSE])) == 0
  error <- if (isTRUE(table$maximize)) -table$error else table$error
  ifelse(complete & !is.na(error), error, Inf)
}

rule_index <- function(cv, rule, measure = NULL, times = 1, percent = 5, df = NULL) {
  error <- signed_error(cv, measure)
  se <- cv$measures[[if (is.null(measure)) cv$measure else measure]]$se
  if (all(error == Inf)) {
    label <- cv$measures[[if (is.null(measure)) cv$measure else measure]]$label
    abort(
      paste0("No lambda has a finite value of `measure`, ", label, ", in every fold."),
      class = "sparsepath_error_fold"
    )
  }
  if (rule == "df") {
    error[cv$df > df] <- Inf
    if (all(error == Inf)) {
      abort_input("df", paste0("= ", df, " leaves no model to choose from: the smallest has ",
        format_number(min(cv$df)), "."))
    }
  }
  best <- first_largest(cv$lambda, error <= min(error))
  slack <- switch(rule,
    "1se" = times * se[best], percent = percent / 100 * abs(error[best]), 0
  )
  limit <- error[best] + if (is.na(slack)) 0 else slack
  first_largest(cv$lambda, error <= limit)
}

# Place of the largest lambda among those that qualify; the values may be in any order.
first_largest <- function(lambda, qualifies) {
  candidates <- which(qualifies)
  candidates[which.max(lambda[candidates])]
}

# The two rules that coef() and predict() know by name.
mark_rules <- function(cv) {
  for (rule in c("min", "1se")) {
    index <- rule_index(cv, rule)
    cv[[paste0("index_", rule)]] <- index
    cv[[paste0("lambda_", rule)]] <- cv$lambda[index]
    cv[[paste0("gamma_", rule)]] <- cv$relaxed$gamma_at[index]
  }
  cv
}

#' @rdname select_lambda
#' @export
select_lambda.sparsereg <- function(object, rule = c("bic", "aic", "aicc", "ebic", "gcv", "loo"),
                                    ebic_gamma = 0.5, data = NULL, ...) {
  check_dots(..., fun = "select_lambda()", known = names(formals()))
  rule <- if (is.character(rule)) lower_case(rule) else rule
  rule <- match_choice(rule, rules_of_fit, "rule", remedy_for_rule(
    rule, rules_of_cv, "a path by cv_sparsereg()."
  ))
  check_rule_uses(
    rule, c(ebic_gamma = "ebic"[!missing(ebic_gamma)], data = "loo"[!is.null(data)])
  )
  value <- if (rule == "loo") {
    loo_problem(object, recover_problem(object, data, parent.frame()))$error
  } else {
    criteria(object, ebic_gamma = ebic_gamma)[[rule]]
  }
  if (all(is.na(value))) {
    abort_input("rule", paste0("= ", quote_values(rule), " has no value at any lambda of the fit."))
  }
  object$lambda[first_largest(object$lambda, value <= min(value, na.rm = TRUE))]
}
