fit <- sparsereg(lpsa ~ . - train, data = prostate)
views <- c("constraint", "flow", "penalty")

# The size of the plot region while lines are drawn.
local_watched_region <- function(envir = parent.frame()) {
  seen <- new.env()
  space <- asNamespace("sparsepath")
  suppressMessages(trace("draw_flow", where = space, print = FALSE, tracer = function() {
    seen$pin <- par("pin")
  }))
  do.call("on.exit", list(quote(suppressMessages(
    untrace("draw_flow", where = asNamespace("sparsepath"))
  )), add = TRUE), envir = envir)
  seen
}

test_that("every view is drawn, one unit equally long on both axes", {
  seen <- local_watched_region()
  for (view in views) {
    with_device({
      before <- par(no.readonly = TRUE)[c("mar", "pty", "las", "xpd")]
      geometry <- plot_geometry(fit, view, las = 1, main = "title")
      usr <- par("usr")
      expect_equal(seen$pin[1], seen$pin[2])
      expect_equal(usr, c(geometry$window$x, geometry$window$y))
      expect_equal(diff(usr[1:2]), diff(usr[3:4]))
      expect_identical(par(no.readonly = TRUE)[names(before)], before)
      expect_error(plot(geometry, mian = "x"), class = "sparsepath_error_unknown_argument")
    })
  }
})

test_that("where coefficients slide is told apart, in pieces of one line each", {
  geometry <- plot_geometry(start = rbind(c(1, 0.5), c(-0.2, 1), c(1, 1)), draw = FALSE)
  pieces <- sliding_pieces(geometry$flow)
  expect_length(pieces, 3)
  expect_identical(range(pieces[[1]]$y), c(0, 0))
  expect_equal(range(pieces[[1]]$x), c(0, 0.5), tolerance = 1e-12)
  expect_identical(range(pieces[[2]]$x), c(0, 0))
  expect_identical(nrow(pieces[[3]]), 1L)
})

test_that("autoplot() has the same lines and points", {
  skip_if_not_installed("ggplot2")
  for (view in views) {
    geometry <- plot_geometry(fit, view, draw = FALSE)
    plot <- ggplot2::autoplot(geometry)
    built <- ggplot2::ggplot_build(plot)
    rows <- nrow(geometry$contours) + sum(nrow(geometry$path), nrow(geometry$flow)) +
      sum(vapply(sliding_pieces(geometry$flow), nrow, 1L))
    expect_identical(nrow(plot$data), as.integer(rows))
    expect_error(ggplot2::autoplot(geometry, view = 1), class = "sparsepath_error_unknown_argument")
    expect_gt(nrow(built$data[[length(built$data)]]), 0)
    kinds <- vapply(plot$layers, function(layer) class(layer$geom)[1], "")
    expect_identical("GeomSegment" %in% kinds, view != "constraint")
    expect_identical("GeomPolygon" %in% kinds, view == "constraint")
    if (view == "constraint") {
      fill <- built$plot$scales$get_scales("fill")
      expect_identical(fill$get_labels(), "constraint set")
    }
  }
})

test_that("the axes say what their coefficients are scaled by", {
  fit <- function(standardize = TRUE) {
    sparsereg(lpsa ~ lcavol + svi, prostate, standardize = standardize)
  }
  expect_identical(
    geometry_labels(plot_geometry(fit(), draw = FALSE)),
    paste("standardised coefficient of", c("lcavol", "svi"))
  )
  expect_identical(
    geometry_labels(plot_geometry(fit(standardize = FALSE), draw = FALSE)),
    paste("coefficient of", c("lcavol", "svi"))
  )
  men <- prostate
  names(men)[1:2] <- strrep(c("a", "b"), 60)
  long <- plot_geometry(sparsereg(lpsa ~ . - train, men), variables = names(men)[1:2], draw = FALSE)
  expect_true(all(nchar(geometry_labels(long)) < 60))
  explored <- recover_problem(fit(), NULL, environment())
  geometry <- geometry_of(fit(), explored, "penalty", NULL, NULL, NULL, NULL)
  expect_match(geometry_labels(geometry), "^standardised coefficient of ")
})

test_that("a flow that does not move, or only along an axis, has no arrow", {
  free <- sparsereg(lpsa ~ . - train, data = prostate, penalty = "l2", lambda = c(1, 0))
  held <- sparsereg(lpsa ~ . - train, data = prostate, upper = c(lcp = 0))
  for (geometry in list(
    plot_geometry(free, "flow", lambda = 0, draw = FALSE),
    plot_geometry(held, "flow", variables = c("lcp", "lbph"), lambda = 0.3, draw = FALSE),
    plot_geometry(fit, "flow", lambda = 5, start = c(0, 0), draw = FALSE)
  )) {
    expect_no_warning(with_device(plot(geometry)))
    expect_null(flow_arrows(geometry$flow))
  }
})
