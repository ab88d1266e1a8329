test_that("the model frame is that of lm()", {
  data <- mtcars
  data$hp[3] <- NA
  data$cyl <- factor(data$cyl, levels = c(4, 6, 8, 10))
  fit_here <- function(method, ...) {
    method(log(mpg) ~ poly(wt, 2) + hp + cyl + offset(qsec / 10), data = data, weights = drat,
           subset = am == 0 | gear > 3, ...)
  }
  fit <- suppressMessages(fit_here(sparsereg, lambda = c(0.1, 0)))
  reference <- model.frame(fit_here(lm))
  expect_silent(frame <- model.frame(fit))
  expect_equal(as.list(frame), as.list(reference), ignore_attr = TRUE)
  expect_identical(names(frame), names(reference))
  expect_identical(rownames(frame), rownames(reference))
  expect_identical(levels(frame$cyl), c("4", "6", "8"))
  expect_equal(unname(model.weights(frame)), unname(weights(fit)))
  expect_identical(na.action(fit), na.action(frame))
})

test_that("the model matrix times the coefficients is the linear predictor", {
  x <- as.matrix(mtcars[c("wt", "hp")])
  sparse <- Matrix::Matrix(x * (x > 3), sparse = TRUE)
  bare <- unname(x)
  y <- mtcars$mpg
  fits <- list(
    sparsereg(mpg ~ wt * factor(cyl), mtcars, lambda = c(1, 0.1)), sparsereg(x, y, lambda = 1),
    sparsereg(sparse, y, lambda = 1), sparsereg(bare, y, lambda = 1),
    sparsereg(mtcars[c("wt", "hp")], y, lambda = 1)
  )
  for (fit in fits) {
    design <- model.matrix(fit)
    expect_identical(colnames(design), rownames(coef(fit)))
    expect_equal(as.matrix(design %*% coef(fit)), predict(fit, type = "link"))
  }
  expect_s4_class(model.matrix(fits[[3]]), "dgCMatrix")
  without <- sparsereg(x, y, lambda = 1, intercept = FALSE)
  expect_identical(model.matrix(without), x)
})

test_that("weights and names of the observations are those of the fit", {
  w <- rep(c(0, 1, 3, 2), 8)
  data <- mtcars
  data$hp[2] <- NA
  fit <- suppressMessages(
    sparsereg(mpg ~ hp, data, weights = w, lambda = 1, na.action = na.exclude)
  )
  reference <- lm(mpg ~ hp, data, weights = w, na.action = na.exclude)
  expect_equal(unname(weights(fit)), weights(reference))
  expect_identical(names(weights(fit)), rownames(data))
  expect_identical(case.names(fit), rownames(mtcars)[-2][w[-2] > 0])
  expect_identical(case.names(fit, full = TRUE), rownames(mtcars)[-2])
  trials <- sparsereg(cbind(gear, cyl) ~ wt, mtcars, family = "binomial", lambda = 0.1)
  expect_equal(unname(weights(trials)), mtcars$gear + mtcars$cyl)
  bare <- sparsereg(unname(as.matrix(mtcars[-1])), mtcars$mpg, lambda = 1)
  expect_identical(weights(bare), rep(1, 32))
  expect_identical(case.names(bare), as.character(1:32))
})

test_that("a cross-validated fit has the data of the fit inside", {
  run <- function() {
    training <- mtcars
    w <- rep(1:2, 16)
    cv <- cv_sparsereg(mpg ~ wt + hp, training, weights = w, nfolds = 3, seed = 1)
    list(
      weights = weights(cv), frame = model.frame(cv), design = model.matrix(cv),
      names = case.names(cv)
    )
  }
  found <- run()
  expect_equal(unname(found$weights), rep(1:2, 16))
  expect_equal(found$frame$wt, mtcars$wt)
  expect_identical(colnames(found$design), c("(Intercept)", "wt", "hp"))
  expect_identical(found$names, rownames(mtcars))
})

test_that("data that are gone are an error with a remedy, and `data` helps", {
  gone <- mtcars
  fit <- sparsereg(mpg ~ wt, gone, weights = hp, lambda = 1)
  rm(gone)
  expect_error(model.frame(fit), class = "sparsepath_error_data_missing")
  expect_error(model.matrix(fit, data = mtcars[1:3, ]), class = "sparsepath_error_data_changed")
  expect_identical(model.frame(fit, data = mtcars)$wt, mtcars$wt)
  expect_equal(unname(weights(fit, data = mtcars)), mtcars$hp)
  by_matrix <- sparsereg(as.matrix(mtcars[-1]), mtcars$mpg, lambda = 1)
  expect_error(model.frame(by_matrix), class = "sparsepath_error_no_formula")
  expect_error(model.matrix(fit, newdata = mtcars), class = "sparsepath_error_unknown_argument")
  expect_condition_snapshot(model.frame(by_matrix))
})

test_that("the model matrix times the coefficients is the linear predictor", {
  fit <- sparsereg(mpg ~ wt + factor(cyl) - 1, mtcars, lambda = 0.1)
  expect_equal(
    as.vector(model.matrix(fit) %*% coef(fit)[-1, ]), unname(predict(fit)[, 1]), tolerance = 1e-12
  )
})
