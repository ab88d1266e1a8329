test_that("autoplot() draws the lines of plot()", {
  skip_if_not_installed("ggplot2")
  fit <- sparsereg(lpsa ~ . - train, data = prostate)
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  p <- ggplot2::autoplot(fit, label = 3, standardized = TRUE)
  expect_identical(p$data, plot(fit, label = 3, standardized = TRUE))
  built <- ggplot2::ggplot_build(p)
  expect_identical(length(unique(built$data[[3]]$colour)), 3L)
  expect_identical(nrow(built$data[[2]]) + nrow(built$data[[3]]), nrow(p$data))
  expect_identical(p$labels$y, "standardised coefficient")
  expect_error(ggplot2::autoplot(fit, lable = 2), class = "sparsepath_error_unknown_argument")
})

test_that("autoplot() of a cross-validated path draws its errors", {
  skip_if_not_installed("ggplot2")
  cv <- cv_sparsereg(lpsa ~ . - train, data = prostate, nfolds = 3, seed = 1)
  built <- ggplot2::ggplot_build(ggplot2::autoplot(cv))
  expect_equal(built$data[[2]]$y, cv$error)
  expect_equal(built$data[[1]]$ymax - built$data[[1]]$ymin, 2 * cv$se)
  expect_equal(built$data[[3]]$x, -log10(c(cv$lambda_1se, cv$lambda_min)))
  expect_match(built$data[[4]]$label, "^lambda_(1se|min) = ")
  top <- built$layout$panel_params[[1]]$x.sec
  at <- match(top$get_breaks(), lambda_position(cv$lambda))
  expect_gt(sum(!is.na(at)), 5)
  expect_identical(as.character(top$get_labels()), as.character(cv$df[at]))
})

test_that("autoplot() shows a single lambda as points, and a path on which nothing enters", {
  skip_if_not_installed("ggplot2")
  one <- sparsereg(lpsa ~ . - train, prostate, lambda = 0.1)
  p <- ggplot2::autoplot(one, label = 2)
  kinds <- vapply(p$layers, function(layer) class(layer$geom)[1], "")
  expect_identical(sum(kinds == "GeomPoint"), 2L)
  expect_no_message(built <- ggplot2::ggplot_build(p))
  expect_identical(nrow(built$data[[3]]), 2L)
  for (knots in c(FALSE, TRUE)) {
    p <- ggplot2::autoplot(sparsereg(lpsa ~ . - train, prostate, lambda = c(9, 5)), knots = knots)
    expect_no_warning(built <- ggplot2::ggplot_build(p))
    expect_identical(nrow(p$data), 0L)
    expect_true(all(c("9", "5") %in% built$layout$panel_params[[1]]$x$get_labels()))
  }
})

test_that("autoplot() shortens long names like plot(), and leaves out labels that would overlap", {
  skip_if_not_installed("ggplot2")
  men <- prostate
  names(men)[1:2] <- paste0(strrep("long", 12), 1:2)
  fit <- sparsereg(lpsa ~ . - train, men)
  p <- ggplot2::autoplot(fit)
  built <- ggplot2::ggplot_build(p)
  for (aesthetic in c("colour", "linetype")) {
    names <- built$plot$scales$get_scales(aesthetic)$get_labels()
    expect_lte(max(nchar(names)), 24)
    expect_identical(length(unique(names)), 8L)
  }
  rows <- ggplot2::ggplot_build(ggplot2::autoplot(thresholds(fit)))$layout$panel_params[[1]]$y
  expect_lte(max(nchar(rows$get_labels())), 24)
  drawn <- list(p, ggplot2::autoplot(thresholds(fit)), ggplot2::autoplot(explain(fit, "svi", 0.1)))
  scales <- lapply(drawn, function(plot) plot$scales$get_scales("x"))
  for (scale in c(scales, drawn[[2]]$scales$get_scales("y"))) {
    expect_true(isTRUE(scale$guide$check.overlap) || isTRUE(scale$guide$params$check.overlap))
  }
})

test_that("panels say which alpha is chosen, also one that prints in fewer digits", {
  skip_if_not_installed("ggplot2")
  cv <- cv_sparsereg(lpsa ~ . - train, prostate, alpha = c(2, 1) / 3, seed = 1, nlambda = 10)
  titles <- function() {
    layout <- ggplot2::ggplot_build(ggplot2::autoplot(cv))$layout
    label <- layout$facet$params$labeller(layout$layout[names(layout$facet$params$facets)])
    unname(unlist(label))
  }
  chosen <- ifelse(c(1, 2) / 3 == cv$fit$alpha, " (chosen)", "")
  expect_identical(titles(), paste0("alpha = ", c("0.3333", "0.6667"), chosen))
  old <- options(OutDec = ",")
  on.exit(options(old))
  expect_no_warning(with_comma <- titles())
  expect_identical(with_comma, paste0("alpha = ", c("0,3333", "0,6667"), chosen))
})

test_that("labels of autoplot() fit into the usual sizes", {
  skip_if_not_installed("ggplot2")
  grDevices::pdf(NULL, 5, 5)
  on.exit(grDevices::dev.off())
  # The title of an axis is set in 11 points, text of base graphics in 12.
  wide <- function(label) {
    max(graphics::strwidth(strsplit(label, "\n")[[1]], "inches", cex = 11 / 12))
  }
  cv <- cv_sparsereg(lpsa ~ . - train, prostate, alpha = c(0.5, 1), seed = 1, nlambda = 10)
  expect_lt(wide(ggplot2::autoplot(cv)$labels$x), 4.8)
  men <- prostate
  names(men)[1:2] <- paste0(strrep("long", 12), 1:2)
  fit <- sparsereg(lpsa ~ . - train, men)
  drawn <- plot_geometry(fit, variables = names(men)[1:2], draw = FALSE)
  # Beside the legend a panel of equal units is about half as wide as the plot.
  expect_lt(wide(ggplot2::autoplot(drawn)$labels$x), 2.5)
})
