# Conditions signalled by sparsepath. Every error, warning and message carries a class of the
# package, so that callers can tell them apart without reading their text:
#   sparsepath_error_<kind>   > sparsepath_error   > error   > condition
#   sparsepath_warning_<kind> > sparsepath_warning > warning > condition
#   sparsepath_message_<kind> > sparsepath_message > message > condition

new_condition <- function(message, class, call = NULL, ...) {
  structure(class = c(class, "condition"), list(message = message, call = call, ...))
}

abort <- function(message, class = NULL, ...) {
  stop(new_condition(message, c(class, "sparsepath_error", "error"), ...))
}

warn <- function(message, class = NULL, ...) {
  warning(new_condition(message, c(class, "sparsepath_warning", "warning"), ...))
}

# The newline is what message() adds; without it the next output would follow on the same line.
inform <- function(message, class = NULL, ...) {
  text <- paste0(message, "\n")
  message(new_condition(text, c(class, "sparsepath_message", "message"), ...))
}

# For tryCatch(error = ): a time limit of the user's is no fault of what was running, and is raised
# again. R has no class for it.
pass_time_limit <- function(error) {
  limits <- c(
    "reached elapsed time limit", "reached CPU time limit",
    "reached session elapsed time limit", "reached session CPU time limit"
  )
  if (conditionMessage(error) %in% gettext(limits, domain = "R")) stop(error)
  error
}

# An error in what the user handed over. `message` continues the sentence that starts with the
# name of the argument; `variable` are the columns concerned; `remedy` says what to do about it.
abort_input <- function(argument, message, variable = NULL, remedy = NULL, class = NULL, ...) {
  text <- paste(c(paste0("`", argument, "` ", message), remedy), collapse = "\n")
  abort(
    text, c(class, "sparsepath_error_input"),
    argument = argument, variable = variable, remedy = remedy, ...
  )
}

# "`a`, `b` and `c`"; long lists are cut: "`a`, `b`, `c`, `d`, `e` and 12 more".
quote_names <- function(x, max = 5) {
  join_words(paste0("`", x, "`"), max = max)
}

# The same for values, which are shown in double quotes: "\"North\" and \"South\"".
quote_values <- function(x, max = 5) {
  join_words(paste0("\"", x, "\""), max = max)
}

join_words <- function(words, max = Inf, last = " and ") {
  n <- length(words)
  if (n > max) {
    return(paste0(paste(words[seq_len(max)], collapse = ", "), " and ", n - max, " more"))
  }
  if (n < 2) {
    return(paste0(words))
  }
  paste0(paste(words[-n], collapse = ", "), last, words[n])
}

# "1 row", "3 rows", "1 200 rows" is never written: numbers are given in full, without exponent.
count_of <- function(n, noun, plural = paste0(noun, "s")) {
  paste(format(n, scientific = FALSE), if (n == 1) noun else plural)
}

# "Did you mean `lambda`?" for the candidate nearest to a misspelt name, or NULL when none is near.
suggest_name <- function(name, candidates, quote = "`") {
  near <- nearest_name(name, candidates)
  if (is.null(near)) {
    return(NULL)
  }
  paste0("Did you mean ", quote, near, quote, "?")
}

# Nearest by edit distance, which may be one, or a third of the length of the name, but must leave
# something of it: a wrong suggestion is worse than none. A name that is the beginning of one
# candidate is near as well.
nearest_name <- function(name, candidates) {
  candidates <- unique(candidates[nzchar(candidates) & validEnc(candidates)])
  if (length(candidates) == 0 || is.na(name) || !nzchar(name) || !validEnc(name)) {
    return(NULL)
  }
  distance <- utils::adist(name, candidates, ignore.case = TRUE)[1, ]
  starts <- which(startsWith(tolower(candidates), tolower(name)))
  if (length(starts) == 1) {
    return(candidates[starts])
  }
  best <- which.min(distance)
  if (distance[best] > max(1, nchar(name) %/% 3) || distance[best] >= nchar(name)) {
    return(NULL)
  }
  candidates[best]
}
