# Panels of error curves, one for each alpha, on the same scales.

plot_alpha_grid <- function(cv, col, bar_col, main, xlab, ylab, xlim, ylim, ...) {
  curves <- lapply(cv$grid, function(one) {
    curve <- cbind(alpha = one$fit$alpha, error_curve(one))
    curve[within_limits(curve$lambda, xlim), ]
  })
  shown <- do.call(rbind, curves)
  old <- change_par(..., known = names(formals(plot.cv_sparsereg)))
  before <- graphics::par("mar", "oma", "mfrow", "cex")
  on.exit({
    graphics::par(before[c("oma", "mfrow")])
    graphics::par(before["cex"])
    restore_par(old, before$mar)
  })
  layout <- panel_layout(length(curves))
  graphics::par(mfrow = layout, oma = c(3, 3.4, if (is.null(main)) 0.6 else 2.6, 0.6),
                mar = c(1.4, 1.4, 3.6, 0.6), cex = 1)
  limits <- if (is.null(ylim)) error_ylim(shown) else ylim
  for (i in seq_along(curves)) {
    draw_alpha_panel(cv$grid[[i]], curves[[i]], range(shown$x), limits, col, bar_col,
                     chosen = cv$grid[[i]]$fit$alpha == cv$fit$alpha)
  }
  if (is.null(xlab)) xlab <- grid_xlab(cv)
  outer_text(xlab, 1, 1.4)
  outer_text(if (is.null(ylab)) curve_ylab(cv) else ylab, 2, 2)
  outer_text(main, 3, 1, font = 2)
  invisible(shown)
}

grid_xlab <- function(cv) {
  sparse <- all(vapply(cv$grid, function(one) one$fit$alpha > 0, NA))
  paste0(
    path_xlab("lambda"), "; dotted: lambda_1se and lambda_min; on top: ",
    if (sparse) "nonzero coefficients" else "size"
  )
}

# Along the side whatever `las` is, and within the device: the text is centred between the margins.
outer_text <- function(text, side, line, font = 1) {
  if (is.null(text)) {
    return(invisible())
  }
  ends <- if (side == 2) c(1, 3) else c(2, 4)
  size <- graphics::par("din")[if (side == 2) 2 else 1]
  room <- size - abs(diff(graphics::par("omi")[ends]))
  graphics::mtext(text, side, line,
    outer = TRUE, las = 0, font = font, cex = fitting_cex(text, 0.96 * room, font)
  )
}

# As large as the others if there is room.
fitting_cex <- function(text, inches, font = 1) {
  min(1, inches / graphics::strwidth(text, "inches", font = font))
}

# Rows and columns: as near to a square as can be, wider than high.
panel_layout <- function(n) {
  columns <- ceiling(sqrt(n))
  c(ceiling(n / columns), columns)
}

draw_alpha_panel <- function(cv, curve, xlim, ylim, col, bar_col, chosen) {
  graphics::plot.new()
  graphics::plot.window(xlim, ylim)
  draw_bars(curve, bar_col)
  at <- lambda_position(cv$lambda)[c(cv$index_1se, cv$index_min)]
  graphics::abline(v = at, lty = "13", lwd = 1.3, col = "grey25")
  graphics::points(curve$x, curve$error, pch = 19, cex = 0.5, col = col)
  graphics::box(bty = if (chosen) "o" else "l", col = if (chosen) "grey10" else "grey40",
                lwd = if (chosen) 2 else 1)
  # Ticks for the common scale, sizes of the models of this panel.
  ticks <- pretty_decades(xlim)
  draw_axis(1, at = ticks$at, labels = ticks$label)
  draw_axis(2)
  sizes <- panel_sizes(cv, curve, xlim)
  draw_axis(3, at = sizes$x, labels = sizes$size)
  main <- paste0("alpha = ", format_number(cv$fit$alpha), if (chosen) " (chosen)")
  font <- if (chosen) 2 else 1
  graphics::title(
    main = main, line = 2, font.main = font,
    cex.main = fitting_cex(main, 0.96 * graphics::par("pin")[1], font)
  )
}

# The sizes of the models at up to six places of a panel.
panel_sizes <- function(cv, curve, xlim) {
  wanted <- seq(xlim[1], xlim[2], length.out = 6)
  wanted <- wanted[wanted >= min(curve$x) & wanted <= max(curve$x)]
  nearest <- unique(vapply(wanted, function(x) which.min(abs(curve$x - x)), 1L))
  data.frame(
    x = curve$x[nearest], size = round(cv$df[match(curve$lambda[nearest], cv$lambda)])
  )
}

# `whole` takes powers of ten alone, if there are two of them: ggplot2 draws labels that overlap.
pretty_decades <- function(xlim, whole = FALSE) {
  tick <- grDevices::axisTicks(-rev(xlim), log = TRUE, nint = 4)
  power <- 10^seq(ceiling(-xlim[2]), floor(-xlim[1]))
  if (whole && length(power) > 1) tick <- power
  list(at = -log10(tick), label = formatC(tick, format = "g", width = 1))
}
