# The family says which loss is minimised. A family is a list of class "sparsepath_family" with
#   name     "gaussian"
#   link     "identity"
#   check_y  function(y, argument): y as the loss wants it, or an error
# A new one is one constructor and one line in `families()`.

families <- function() {
  list(gaussian = family_gaussian())
}

new_family <- function(name, link, check_y) {
  structure(list(name = name, link = link, check_y = check_y), class = "sparsepath_family")
}

family_gaussian <- function() {
  new_family("gaussian", "identity", check_y = check_y_gaussian)
}

# Accepts what glm() accepts: a name, a function that makes a family, or a family.
as_family <- function(family) {
  if (inherits(family, "sparsepath_family")) {
    return(family)
  }
  if (is.function(family)) {
    family <- tryCatch(family(), error = function(e) NULL)
  }
  if (inherits(family, "family")) {
    return(match_family(family$family, family$link))
  }
  if (is.character(family) && length(family) == 1 && !is.na(family)) {
    return(match_family(family))
  }
  abort_family("must be the name of a family.")
}

match_family <- function(name, link = NULL) {
  known <- families()
  index <- pmatch(name, names(known))
  if (is.na(index)) {
    abort_family(paste0("must not be ", quote_values(name), ": it is not available."))
  }
  found <- known[[index]]
  if (!is.null(link) && link != found$link) {
    abort_family(paste0(
      "must have the ", found$link, " link, not the ", link, " link, when it is ", found$name, "."
    ))
  }
  found
}

abort_family <- function(message) {
  remedy <- paste0("Available: ", quote_values(names(families())), ".")
  abort_input("family", message, remedy = remedy, class = "sparsepath_error_family")
}

check_y_gaussian <- function(y, argument) {
  if (is.numeric(y)) {
    return(as.double(y))
  }
  remedy <- if (is.logical(y)) {
    paste0("Write as.numeric(", argument, ") to fit the share of TRUE by least squares.")
  } else {
    paste0("If its values are numbers, write as.numeric(as.character(", argument, ")).")
  }
  abort_input(
    argument, paste0("must be numeric for family \"gaussian\", not ", describe_type(y), "."),
    variable = argument, remedy = remedy, class = "sparsepath_error_response"
  )
}
