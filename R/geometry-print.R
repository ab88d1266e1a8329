# The geometry of a penalty in words.

#' @rdname plot_geometry
#' @method print sparsepath_geometry
#' @export
print.sparsepath_geometry <- function(x, digits = 3, ...) {
  check_digits(digits)
  cat(wrap(paste0(geometry_sentence(x), geometry_outcome(x))), "\n", sep = "")
  if (x$view != "penalty") {
    cat("\n")
    print(geometry_table(x, digits))
  }
  invisible(x)
}

geometry_sentence <- function(x) {
  lines <- if (!is.null(x$flow)) count_of(max(x$flow$line), "line")
  at <- paste0(
    " at ", if (!is.null(x$lambda)) paste0("lambda = ", format_number(x$lambda), ", "),
    "alpha = ", format_number(x$alpha)
  )
  of <- paste0(path_ylab(isTRUE(x$standardized)), "s of ", join_words(quote_each(x$variables)))
  switch(x$view,
    constraint = paste0(
      "The loss as a function of the ", of, at,
      ": its contours, the constraint set that touches one of them at the solution, and the path ",
      "of the solutions as the set grows. "
    ),
    flow = paste0(
      "Loss plus penalty as a function of the ", of, at, ": its contours, and ", lines,
      " of its steepest descent. "
    ),
    penalty = paste0(
      "The penalty of two coefficients", at, ": its contours, and ", lines,
      " of its steepest descent. "
    )
  )
}

quote_each <- function(names) {
  if (names[1] == "first coefficient") names else paste0("`", names, "`")
}

# What the picture is there to show: which coefficients are zero, and when they came there.
geometry_outcome <- function(x) {
  if (x$view == "penalty") {
    return(sliding_sentence(x$flow))
  }
  solution <- unlist(x$points[x$points$what == "solution", c("x", "y")])
  zero <- quote_each(x$variables)[solution == 0]
  if (length(zero) == 0) {
    return("Neither coefficient of the solution is zero.")
  }
  one <- length(zero) == 1
  of <- paste0("of ", join_words(zero), if (one) " is" else " are")
  if (is.null(x$flow) || max(x$flow$line) > 1) {
    return(paste("In the solution", if (one) "that" else "those", of, "exactly zero."))
  }
  since <- c(rest_since(x$flow, "x_rests"), rest_since(x$flow, "y_rests"))[solution == 0]
  paste0(
    if (one) "That " else "Those ", of, " held at zero from time ",
    join_words(format_number(since)), " on."
  )
}

rest_since <- function(flow, rests) {
  moving <- which(!flow[[rests]])
  flow$time[max(0, moving) + 1]
}

sliding_sentence <- function(flow) {
  slides <- vapply(split(flow, flow$line), function(line) {
    any(line$x_rests != line$y_rests & !(line$x == 0 & line$y == 0))
  }, NA)
  if (!any(slides)) {
    return("None meets an axis before the origin.")
  }
  if (all(slides)) {
    return("Every one meets an axis before the origin and slides along it.")
  }
  paste(sum(slides), "meet an axis before the origin and slide along it, the others do not.")
}

geometry_table <- function(x, digits) {
  points <- x$points[x$points$what != "start" | has_own_starts(x), ]
  table <- data.frame(format_shown(points$x, digits), format_shown(points$y, digits))
  names(table) <- shorten(x$variables, 30)
  what <- c(unpenalised = free_label(x), solution = "solution", start = "start")[points$what]
  start <- points$what == "start"
  if (sum(start) > 1) what[start] <- paste("start", seq_len(sum(start)))
  rownames(table) <- what
  table
}
