# predict(type = "terms"): what each term adds to the linear predictor.

# Centred at the column means of the training rows, each row counting once, as by predict.lm(). The
# blueprint has them where weights make the means of the fit others.
predicted_terms <- function(object, path, x, terms) {
  labels <- object$blueprint$terms_of
  chosen <- check_terms(terms, unique(labels))
  if (length(path$lambda) != 1) {
    abort_input("lambda", "must be one value for type = \"terms\".",
      remedy = "For instance: predict(fit, type = \"terms\", lambda = fit$lambda[5])."
    )
  }
  beta <- path$beta[, 1]
  shift <- if (object$has_intercept) term_centers(object) * beta else 0 * beta
  parts <- vapply(chosen, function(label) {
    columns <- which(labels == label)
    as.vector(x[, columns, drop = FALSE] %*% beta[columns]) - sum(shift[columns])
  }, numeric(nrow(x)))
  structure(
    matrix(parts, nrow(x), length(chosen), dimnames = list(rownames(x), chosen)),
    constant = path$intercept + sum(shift)
  )
}

term_centers <- function(object) {
  means <- object$blueprint$means
  if (is.null(means)) object$center else means
}

check_terms <- function(terms, labels) {
  if (is.null(terms)) {
    return(labels)
  }
  if (!is.character(terms) || anyNA(terms)) {
    abort_input("terms", paste0("must be names of terms, not ", describe(terms), "."))
  }
  unknown <- setdiff(terms, labels)
  if (length(unknown) > 0) {
    abort_input("terms", paste0("are not in the model: ", quote_names(unknown), "."),
      variable = unknown, remedy = suggest_or_list(unknown[1], labels)
    )
  }
  terms
}

check_terms_type <- function(object, type) {
  if (type == "terms" && is.null(object$blueprint$terms_of)) {
    abort_input("type", paste0(
      "= \"terms\" is for fits by formula or from a data frame: ",
      "the columns of a matrix are no terms."
    ))
  }
}
