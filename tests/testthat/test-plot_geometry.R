men <- subset(prostate, select = -train)
fit <- sparsereg(lpsa ~ ., data = men, penalty = "l1")
pair <- c("lcavol", "lcp")

# Plain R: columns per standard deviation with divisor n, response and columns centred.
standard <- function(x) {
  centred <- sweep(x, 2, colMeans(x))
  sweep(centred, 2, sqrt(colMeans(centred^2)), "/")
}
z <- standard(as.matrix(men[setdiff(names(men), "lpsa")]))
y <- men$lpsa - mean(men$lpsa)

test_that("the solution in the plane is that of the fit", {
  for (alpha in c(1, 0.5, 0)) {
    model <- sparsereg(lpsa ~ ., data = men, alpha = alpha)
    geometry <- plot_geometry(model, variables = pair, lambda = 0.17, draw = FALSE)
    solution <- geometry$points[geometry$points$what == "solution", c("x", "y")]
    expected <- coef(model, lambda = 0.17, exact = TRUE, standardized = TRUE)[pair, 1]
    expect_equal(unlist(solution, use.names = FALSE), unname(expected), tolerance = 1e-6)
    onpath <- geometry$path[geometry$path$lambda == 0.17, c("x", "y")]
    expect_equal(unlist(onpath), unlist(solution), tolerance = 1e-12)
  }
})

test_that("contours are those of the loss with the other coefficients held", {
  geometry <- plot_geometry(fit, variables = pair, lambda = 0.1, draw = FALSE)
  b <- coef(fit, lambda = 0.1, exact = TRUE, standardized = TRUE)[-1, 1]
  loss <- function(x, y2) {
    b[pair] <- c(x, y2)
    mean((y - z[, names(b)] %*% b)^2) / 2
  }
  rows <- geometry$contours[seq(1, nrow(geometry$contours), length.out = 40), ]
  values <- mapply(loss, rows$x, rows$y)
  # contourLines() interpolates on its grid.
  expect_equal(values, rows$level, tolerance = 2e-3)
  touching <- unique(geometry$contours$level[geometry$contours$touching])
  expect_equal(touching, loss(b[["lcavol"]], b[["lcp"]]), tolerance = 1e-7)
})

test_that("the set touches the contour: no point of it has less loss than the solution", {
  for (alpha in c(1, 0.5, 0)) {
    geometry <- plot_geometry(fit, variables = pair, lambda = 0.2, alpha = alpha, draw = FALSE)
    solution <- geometry$points[geometry$points$what == "solution", ]
    weigh <- function(x, y) alpha * (abs(x) + abs(y)) + (1 - alpha) / 2 * (x^2 + y^2)
    outline <- weigh(geometry$ball$x, geometry$ball$y)
    expect_equal(outline, rep(weigh(solution$x, solution$y), 361), tolerance = 1e-10)
    rest <- coef(fit, lambda = 0.2, exact = TRUE, standardized = TRUE)[-1, 1]
    rest[pair] <- 0
    r <- y - drop(z[, names(rest)] %*% rest)
    loss <- function(x, y2) colMeans((r - outer(z[, pair[1]], x) - outer(z[, pair[2]], y2))^2) / 2
    expect_gte(min(loss(geometry$ball$x, geometry$ball$y)), loss(solution$x, solution$y) - 1e-9)
  }
})

test_that("the path in the plane is what lars-type conditions say at each lambda", {
  geometry <- plot_geometry(fit, variables = pair, lambda = 0.2, draw = FALSE)
  rest <- coef(fit, lambda = 0.2, exact = TRUE, standardized = TRUE)[-1, 1]
  rest[pair] <- 0
  r <- y - drop(z[, names(rest)] %*% rest)
  for (row in seq(1, nrow(geometry$path), length.out = 15)) {
    at <- geometry$path[row, ]
    b <- c(at$x, at$y)
    pull <- drop(crossprod(z[, pair], r - z[, pair] %*% b)) / nrow(z)
    violation <- ifelse(b == 0, pmax(abs(pull) - at$lambda, 0), abs(pull - at$lambda * sign(b)))
    expect_lt(max(violation), 1e-5)
  }
})

test_that("the flow of the objective goes from least squares to the solution of the fit", {
  geometry <- plot_geometry(fit, "flow", variables = pair, lambda = 0.2, draw = FALSE)
  rest <- coef(fit, lambda = 0.2, exact = TRUE, standardized = TRUE)[-1, 1]
  kept <- drop(z[, setdiff(names(rest), pair)] %*% rest[setdiff(names(rest), pair)])
  free <- unname(stats::coef(stats::lm(y - kept ~ z[, pair] - 1)))
  line <- geometry$flow
  expect_equal(unlist(line[1, c("x", "y")], use.names = FALSE), free, tolerance = 1e-6)
  expect_equal(
    unlist(line[nrow(line), c("x", "y")], use.names = FALSE), unname(rest[pair]), tolerance = 1e-6
  )
  expect_true(rest[["lcp"]] == 0 && utils::tail(line$y, 1) == 0)
  objective <- mapply(function(x, y2) {
    mean((y - kept - z[, pair] %*% c(x, y2))^2) / 2 + 0.2 * (abs(x) + abs(y2))
  }, line$x, line$y)
  expect_lt(max(diff(objective)), 1e-12)
})

test_that("for other families the loss is half the mean deviance at the best intercept", {
  cars <- mtcars[c("am", "wt", "hp", "qsec")]
  for (case in list(
    list(am ~ wt + hp + qsec, "binomial"), list(hp ~ wt + am + qsec, "poisson"),
    list(hp ~ wt + am + qsec, Gamma("log"))
  )) {
    model <- sparsereg(case[[1]], data = cars, family = case[[2]], penalty = "l1")
    two <- c("wt", "qsec")
    lambda <- model$lambda[25]
    geometry <- plot_geometry(model, "flow", two, lambda, start = c(-0.4, 0.5), draw = FALSE)
    end <- unlist(utils::tail(geometry$flow, 1)[c("x", "y")], use.names = FALSE)
    expected <- unname(coef(model, lambda = lambda, standardized = TRUE)[two, 1])
    expect_equal(end, expected, tolerance = 1e-4)
    expect_identical(end == 0, expected == 0)
    # glm() with an offset finds the intercept anew.
    w <- standard(as.matrix(cars[two]))
    held <- setdiff(rownames(model$beta), two)
    rest <- cars[[held]] * coef(model, lambda = lambda)[held, 1]
    response <- cars[[all.vars(case[[1]])[1]]]
    objective <- function(b) {
      shift <- rest + drop(w %*% b)
      stats::deviance(suppressWarnings(stats::glm(
        response ~ 1, family = case[[2]], offset = shift, control = list(epsilon = 1e-12)
      ))) / 2 / nrow(cars) + lambda * sum(abs(b))
    }
    problem <- recover_problem(model, NULL, environment())
    at <- path_at(model, lambda, TRUE, problem = problem)
    plane <- new_plane(model, problem, two, at, 1)
    points <- rbind(c(0, 0), c(0.5, -0.3), c(-2, 1), c(1, 1.5))
    values <- plane$value(points) + lambda * rowSums(abs(points))
    expect_equal(values, apply(points, 1, objective), tolerance = 1e-7)
    level <- geometry$contours$level[1]
    near <- which(geometry$contours$level == level)[1]
    on <- plane$value(as.matrix(geometry$contours[near, c("x", "y")]))
    expect_equal(
      on + lambda * sum(abs(geometry$contours[near, c("x", "y")])), level, tolerance = 0.1
    )
  }
})

test_that("contours are those of the loss where it is computed at the fewest nodes", {
  set.seed(8)
  n <- 2000
  local_mocked("node_count", function(rows) 11)
  x <- matrix(rnorm(3 * n), n, dimnames = list(NULL, c("a", "b", "c")))
  for (family in c("binomial", "poisson")) {
    eta <- x[, 1] - x[, 2] / 2 + 0.3
    y <- if (family == "binomial") stats::rbinom(n, 1, stats::plogis(eta)) else
      stats::rpois(n, exp(eta))
    model <- sparsereg(x, y, family = family)
    geometry <- plot_geometry(model, variables = c("a", "b"), draw = FALSE)
    b <- coef(model, lambda = geometry$lambda, standardized = TRUE)[-1, 1]
    w <- standard(x)
    loss <- function(pair) {
      shift <- drop(w %*% c(pair, b[["c"]]))
      stats::deviance(stats::glm.fit(
        cbind(rep(1, n)), y, offset = shift, family = get(family)(), intercept = TRUE
      )) / 2 / n
    }
    lowest <- loss(unlist(geometry$points[geometry$points$what == "unpenalised", c("x", "y")]))
    rows <- geometry$contours[round(seq(1, nrow(geometry$contours), length.out = 12)), ]
    values <- apply(as.matrix(rows[c("x", "y")]), 1, loss)
    expect_lt(max(abs(values - rows$level) / (rows$level - lowest)), 0.01)
  }
})

test_that("separated classes: the picture ends at a tenth of lambda, and says so", {
  model <- sparsereg(am ~ wt + hp + qsec, mtcars, family = "binomial")
  problem <- recover_problem(model, NULL, environment())
  for (alpha in c(1, 0)) {
    geometry <- plot_geometry(model, variables = c("wt", "qsec"), alpha = alpha, draw = FALSE)
    free <- geometry$points[geometry$points$what == "unpenalised", ]
    expect_equal(free$lambda, geometry$lambda / 10)
    expect_equal(unlist(utils::tail(geometry$path, 1)), unlist(free[names(geometry$path)]))
    # The set is to be seen, and contours are off by less than half a hundredth of the window.
    expect_gt(diff(range(geometry$ball$x)), 0.1 * diff(geometry$window$x))
    at <- path_at(model, geometry$lambda, TRUE, problem = problem)
    plane <- new_plane(model, problem, c("wt", "qsec"), at, alpha)
    rows <- geometry$contours[round(seq(1, nrow(geometry$contours), length.out = 60)), ]
    off <- apply(as.matrix(rows[c("level", "x", "y")]), 1, function(row) {
      abs(plane$value(rbind(row[-1])) - row[1]) / sqrt(sum(plane$surface$pull(row[-1])^2))
    })
    expect_lt(max(off), 0.005 * diff(geometry$window$x))
    expect_output(print(geometry), paste("at lambda =", format_number(free$lambda)))
    expect_true(paste("at lambda =", format_number(free$lambda)) %in% geometry_key(geometry)$label)
  }
  start <- plot_geometry(model, "flow", c("wt", "qsec"), draw = FALSE)$flow[1, c("x", "y")]
  expect_equal(unlist(start), unlist(plane_points(
    plane_path(new_plane(model, problem, c("wt", "qsec"), at, 1), geometry$lambda),
    geometry$lambda
  )[1, c("x", "y")]))
})

test_that("weights, an offset, factors and bounds are those of the fit", {
  men$w <- rep(c(1, 2, 0.5), length.out = nrow(men))
  model <- sparsereg(
    lpsa ~ lcavol + lcp + svi + offset(lweight / 5), data = men, weights = w,
    penalty_factor = c(lcp = 0.5), upper = c(lcavol = 0.3)
  )
  geometry <- plot_geometry(model, "flow", pair, lambda = 0.05, draw = FALSE)
  expected <- unname(coef(model, lambda = 0.05, exact = TRUE, standardized = TRUE)[pair, 1])
  solution <- unlist(geometry$points[geometry$points$what == "solution", c("x", "y")])
  expect_equal(unname(solution), expected, tolerance = 1e-6)
  end <- unlist(utils::tail(geometry$flow, 1)[c("x", "y")], use.names = FALSE)
  expect_equal(end, expected, tolerance = 1e-6)
  expect_identical(end[1], unname(0.3 * model$scale["lcavol"]))
  alone <- plot_geometry(model, "penalty", pair, lambda = 1, start = c(1, 1), draw = FALSE)
  expect_equal(max(alone$flow$time), 2, tolerance = 1e-12)
})

test_that("a set of level 0 is the origin, or the axis that is free of charge", {
  null <- sparsereg(lpsa ~ ., data = men, lambda = 5)
  expect_identical(range(plot_geometry(null, draw = FALSE)$ball[c("x", "y")]), c(0, 0))
  loose <- sparsereg(lpsa ~ ., data = men, penalty_factor = c(lcavol = 0))
  ball <- plot_geometry(loose, variables = pair, lambda = 0.6, draw = FALSE)$ball
  expect_identical(range(ball$y), c(0, 0))
  expect_lt(min(ball$x), -1)
})

test_that("without a fit the penalty is drawn alone", {
  geometry <- plot_geometry(alpha = 1, start = rbind(c(1, 0.25), c(-0.5, 2)), draw = FALSE)
  expect_identical(geometry$view, "penalty")
  ends <- vapply(split(geometry$flow$time, geometry$flow$line), max, 0)
  expect_equal(unname(ends), c(1, 2), tolerance = 1e-12)
  expect_null(geometry$ball)
})

test_that("the defaults are those that the help page names", {
  geometry <- plot_geometry(fit, draw = FALSE)
  enough <- fit$dev_ratio >= max(fit$dev_ratio) / 2
  expect_identical(geometry$lambda, max(fit$lambda[enough]))
  size <- abs(coef(fit, lambda = geometry$lambda, standardized = TRUE)[-1, 1])
  final <- abs(coef(fit, lambda = min(fit$lambda), standardized = TRUE)[-1, 1])
  expect_setequal(geometry$variables, names(size)[order(-size, -final)[1:2]])
  cv <- cv_sparsereg(lpsa ~ ., data = men, nfolds = 3, seed = 1)
  expect_identical(plot_geometry(cv, draw = FALSE)$lambda, cv$lambda_1se)
  expect_identical(plot_geometry(cv, lambda = "lambda_min", draw = FALSE)$lambda, cv$lambda_min)
  expect_error(plot_geometry(cv, lambda = "lambda_max"), class = "sparsepath_error_input")
})

test_that("what does not fit is named", {
  expect_named <- function(code, pattern, class = "sparsepath_error_input") {
    expect_error(code, pattern, class = class, fixed = TRUE)
  }
  expect_named(plot_geometry(view = "flow"), "`fit` is needed for view = \"flow\"")
  expect_named(plot_geometry(lambda = 1), "`lambda` needs a fit")
  expect_named(plot_geometry(men), "`fit` must be a fit")
  expect_named(
    plot_geometry(fit, variables = c("lcavol", "lcpp")), "Did you mean `lcp`?",
    "sparsepath_error_unknown_column"
  )
  expect_named(plot_geometry(fit, variables = "lcp"), "`variables` must be the names of two")
  expect_named(plot_geometry(fit, lambda = 1:2), "`lambda` must be a number")
  expect_named(plot_geometry(fit, start = c(1, 1)), "`start` belongs to the views")
  expect_named(plot_geometry(fit, "flow", start = 1:3), "`start` must be two numbers")
  expect_named(plot_geometry(fit, alpha = 2), "`alpha` must be a number between 0 and 1")
  shut <- sparsereg(lpsa ~ ., data = men, exclude = "lcp", upper = c(lcavol = 0.1))
  expect_named(plot_geometry(shut, variables = pair), "`lcp` cannot, being excluded")
  expect_named(
    plot_geometry(shut, "flow", c("lcavol", "svi"), start = c(5, 0)),
    "`start` must lie within the bounds"
  )
  one <- sparsereg(lpsa ~ lcavol, data = men)
  expect_named(plot_geometry(one), "`fit` must have two variables")
})

test_that("a penalty alone descends at the speed that its lambda gives it", {
  model <- sparsereg(lpsa ~ ., data = men)
  for (lambda in c(0.2, 4)) {
    alone <- plot_geometry(model, "penalty", pair, lambda, start = c(1, 0.5), draw = FALSE)
    expect_equal(max(alone$flow$time), 1 / lambda, tolerance = 1e-12)
  }
})

test_that("variables without a penalty have no geometry, and are not chosen", {
  model <- sparsereg(lpsa ~ ., data = men, penalty_factor = c(lcavol = 0, svi = 0))
  expect_identical(two_variables(model, NULL, path_at(model, 0.05)), c("lweight", "lbph"))
  for (view in c("constraint", "flow", "penalty")) {
    error <- expect_error(
      plot_geometry(model, view, c("lcavol", "svi"), draw = FALSE), class = "sparsepath_error_input"
    )
    expect_match(conditionMessage(error), "`variables`.*`lcavol` and `svi`")
  }
  expect_s3_class(plot_geometry(model, "flow", c("lcavol", "lcp"), draw = FALSE),
    "sparsepath_geometry")
  free <- sparsereg(lpsa ~ ., data = men, penalty_factor = rep(0, 8))
  expect_error(plot_geometry(free, draw = FALSE), class = "sparsepath_error_input")
})

test_that("a flow that starts at its end, up to rounding, is at rest", {
  counts <- sparsereg(carb ~ wt + hp + qsec, mtcars, family = "poisson")
  geometry <- plot_geometry(counts, "flow", c("wt", "hp"), lambda = 0, draw = FALSE)
  expect_lt(max(abs(diff(geometry$flow$x)), 0), 1e-8)
})

test_that("a response that is constant has a geometry in which nothing moves", {
  flat <- suppressWarnings(sparsereg(mpg ~ wt + hp, transform(mtcars, mpg = 3)))
  for (view in c("constraint", "flow")) {
    geometry <- plot_geometry(flat, view, draw = FALSE)
    expect_identical(range(geometry$points[c("x", "y")]), c(0, 0))
  }
})
