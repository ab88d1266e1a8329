test_that("predictions are offset + intercept + x b, for every lambda", {
  x <- as.matrix(mtcars[-1])
  fit <- sparsereg(x, mtcars$mpg)
  new <- x[c(3, 30, 7), ]
  predicted <- predict(fit, new)
  expected <- rep(fit$intercept, each = 3) + new %*% as.matrix(fit$beta)
  expect_equal(unname(predicted), unname(expected), tolerance = 1e-13)
  expect_identical(dimnames(predicted), list(rownames(new), colnames(coef(fit))))
  expect_identical(dim(predict(fit, new[1, , drop = FALSE], lambda = 1)), c(1L, 1L))
})

test_that("a sparse matrix, a data frame and permuted columns give the same", {
  x <- as.matrix(mtcars[-1])
  fit <- sparsereg(x, mtcars$mpg)
  new <- x[5:8, ]
  expected <- predict(fit, new, lambda = c(1, 0.3))
  sparse <- Matrix::Matrix(new, sparse = TRUE)
  expect_equal(predict(fit, sparse, lambda = c(1, 0.3)), expected, tolerance = 1e-13)
  expect_equal(predict(fit, mtcars[5:8, 11:1], lambda = c(1, 0.3)), expected, tolerance = 1e-13)
  expect_equal(predict(fit, new[, 10:1], lambda = c(1, 0.3)), expected, tolerance = 1e-13)
})

test_that("a formula is replayed on new data", {
  fit <- sparsereg(mpg ~ poly(hp, 2) + factor(cyl), data = mtcars, lambda = c(0.5, 0.1))
  new <- mtcars[c(1, 5, 9), c("cyl", "hp")]
  p <- poly(mtcars$hp, 2)
  x <- cbind(predict(p, new$hp), outer(new$cyl, c(4, 6, 8), "=="))
  expected <- rep(fit$intercept, each = 3) + x %*% as.matrix(fit$beta)
  predicted <- predict(fit, new)
  expect_equal(unname(predicted), unname(expected), tolerance = 1e-12)
  expect_identical(rownames(predicted), rownames(new))
})

test_that("missing newdata gives the fitted values", {
  fit <- sparsereg(mpg ~ wt + hp, data = mtcars)
  expect_identical(predict(fit, lambda = 1), fitted(fit, lambda = 1))
  expect_identical(predict(fit, type = "link"), predict(fit))
})

test_that("a missing value gives a row of NA, whatever its coefficient", {
  x <- as.matrix(mtcars[-1])
  fit <- sparsereg(x, mtcars$mpg)
  top <- predict(fit, x[1:4, ], lambda = fit$lambda_max)
  x[2, "gear"] <- NA
  for (new in list(x[1:4, ], Matrix::Matrix(x[1:4, ], sparse = TRUE), as.data.frame(x[1:4, ]))) {
    expect_identical(
      unname(predict(fit, new, lambda = fit$lambda_max)[, 1]),
      replace(unname(top[, 1]), 2, NA)
    )
  }
  by_formula <- sparsereg(mpg ~ wt + factor(cyl), data = mtcars, lambda = c(1, 0.1))
  new <- mtcars[1:3, ]
  new$cyl[3] <- NA
  expect_identical(which(is.na(predict(by_formula, new))), c(3L, 6L))
})

test_that("na.action decides on new observations with missing values, as for lm()", {
  x <- as.matrix(mtcars[-1])
  new <- mtcars[1:4, ]
  new$cyl[3] <- NA
  as_x <- as.matrix(new[-1])
  sparse <- Matrix::Matrix(as_x, sparse = TRUE)
  by_formula <- sparsereg(mpg ~ wt + factor(cyl), mtcars, lambda = c(1, 0.1))
  by_matrix <- sparsereg(x, mtcars$mpg, lambda = c(1, 0.1))
  cases <- list(
    list(by_formula, new), list(sparsereg(mtcars[-1], mtcars$mpg, lambda = 1), new),
    list(by_matrix, as_x), list(by_matrix, sparse), list(by_matrix, new)
  )
  for (case in cases) {
    name <- if (identical(case[[1]], by_formula)) "factor(cyl)" else "cyl"
    all <- predict(case[[1]], case[[2]])
    expect_identical(which(is.na(all[, 1])), c("Datsun 710" = 3L))
    for (same in list(NULL, "na.pass", na.pass)) {
      expect_identical(predict(case[[1]], case[[2]], na.action = same), all)
    }
    for (omit in c("na.omit", "na.exclude")) {
      expect_message(
        left <- predict(case[[1]], case[[2]], na.action = omit),
        paste0("1 of 4 rows was left out because of missing values in `", name, "`."),
        fixed = TRUE, class = "sparsepath_message_omitted"
      )
      expect_identical(left, all[-3, , drop = FALSE])
    }
    expect_input_error(
      predict(case[[1]], case[[2]], na.action = na.fail), "sparsepath_error_missing_values", c(
        paste0(
          "`newdata` has missing values in `", name, "`, and `na.action` does not allow them."
        ),
        "Use na.action = na.omit to leave those rows out."
      )
    )
  }
  left <- suppressMessages(predict(by_matrix, unname(as_x), na.action = na.omit))
  expect_identical(rownames(left), c("1", "2", "4"))
})

test_that("offsets and cross-validated paths follow the observations that na.action leaves", {
  new <- transform(mtcars[1:3, ], wt = c(2, NA, 3))
  fit <- sparsereg(mpg ~ wt + offset(qsec), mtcars, lambda = 1)
  all <- predict(fit, new, newoffset = 1:3)
  left <- suppressMessages(predict(fit, new, newoffset = 1:3, na.action = na.omit))
  expect_identical(left, all[-2, , drop = FALSE])
  without <- transform(new, wt = 2:4, qsec = c(1, 2, NA))
  left <- suppressMessages(predict(fit, without, na.action = na.omit))
  expect_identical(left, predict(fit, without)[-3, , drop = FALSE])
  cv <- cv_sparsereg(mpg ~ wt, mtcars, lambda = 1, nfolds = 3)
  expect_identical(
    suppressMessages(predict(cv, new, na.action = na.omit)), predict(cv, new)[-2]
  )
  parts <- suppressMessages(predict(fit, new, type = "terms", na.action = na.omit))
  expect_identical(dim(parts), c(2L, 1L))
})

test_that("nonzero lists the names of the variables, coefficients are those of coef()", {
  fit <- sparsereg(mpg ~ ., data = mtcars, lambda = c(10, 2, 0.1))
  sets <- predict(fit, type = "nonzero")
  expect_identical(names(sets), c("10", "2", "0.1"))
  expect_identical(sets[[1]], character())
  b <- as.matrix(coef(fit))[-1, ]
  expect_identical(sets[[2]], rownames(b)[b[, 2] != 0])
  expect_identical(lengths(sets, use.names = FALSE), as.integer(fit$df))
  expect_identical(predict(fit, type = "coefficients", lambda = 2), coef(fit, lambda = 2))
})

test_that("the offset of a matrix fit has to be given anew", {
  x <- as.matrix(mtcars[c("wt", "hp")])
  offset <- mtcars$qsec
  fit <- sparsereg(x, mtcars$mpg, offset = offset, lambda = 0.1)
  bare <- predict(fit, x, newoffset = 0)
  expect_equal(predict(fit, x, newoffset = offset), bare + offset, tolerance = 1e-13)
  expect_equal(unname(predict(fit)), unname(bare + offset), tolerance = 1e-13)
  expect_condition_snapshot({
    predict(fit, x)
    predict(fit, x, newoffset = 1:3)
  })
})

test_that("the offset of a formula is evaluated in the new data", {
  in_formula <- sparsereg(mpg ~ wt + hp + offset(qsec), data = mtcars, lambda = 0.1)
  as_argument <- sparsereg(mpg ~ wt + hp, data = mtcars, offset = qsec, lambda = 0.1)
  new <- mtcars[4:6, ]
  b <- coef(in_formula)[, 1]
  expected <- unname(b[1] + b["wt"] * new$wt + b["hp"] * new$hp)
  expect_equal(unname(predict(in_formula, new)[, 1]), expected + new$qsec, tolerance = 1e-12)
  expect_equal(unname(predict(as_argument, new)[, 1]), expected + new$qsec, tolerance = 1e-12)
  replaced <- predict(in_formula, new, newoffset = 1:3)
  expect_equal(unname(replaced[, 1]), expected + 1:3, tolerance = 1e-12)
})

test_that("where `newoffset` is given, or none is added, the offset of the fit is not looked for", {
  exposure <- mtcars$qsec
  fits <- list(
    sparsereg(mpg ~ wt + hp + offset(qsec) + offset(log(drat)), mtcars, lambda = 0.1),
    sparsereg(mpg ~ wt + hp + offset(log(drat)), mtcars, offset = qsec, lambda = 0.1),
    sparsereg(mpg ~ wt + hp, mtcars, offset = mtcars$qsec, lambda = 0.1),
    sparsereg(mpg ~ wt + hp, mtcars, offset = exposure, lambda = 0.1)
  )
  new <- mtcars[4:6, c("wt", "hp")]
  for (fit in fits) {
    b <- coef(fit)[, 1]
    bare <- b[[1]] + b[["wt"]] * new$wt + b[["hp"]] * new$hp
    expect_equal(unname(predict(fit, new, newoffset = 1:3)[, 1]), bare + 1:3, tolerance = 1e-12)
    expect_equal(augment(fit, newdata = new, newoffset = 1:3)$.fitted, bare + 1:3,
      tolerance = 1e-12)
    parts <- predict(fit, new, type = "terms")
    expect_equal(unname(rowSums(parts)) + attr(parts, "constant"), bare, tolerance = 1e-12)
    expect_error(predict(fit, new), class = "sparsepath_error_missing_columns")
  }
  # A variable that is a predictor, too, is needed all the same, and its gaps count.
  both <- sparsereg(mpg ~ wt + offset(wt) + offset(qsec), mtcars, lambda = 0.1)
  expect_error(predict(both, new["hp"], newoffset = 0), "lacks variables of the fit: `wt`.")
  gappy <- transform(mtcars[1:3, ], wt = c(2, NA, 3), qsec = c(NA, 1, 1))
  left <- suppressMessages(predict(both, gappy, newoffset = 1:3, na.action = na.omit))
  expect_identical(rownames(left), rownames(gappy)[-2])
  constant <- sparsereg(mpg ~ wt, mtcars, offset = rep(1, 32), lambda = 0.1)
  expect_error(predict(constant, new), "`newoffset`", class = "sparsepath_error_input")
  expect_equal(predict(constant, new, newoffset = 1), predict(constant)[4:6, , drop = FALSE])
})

test_that("new levels are an error unless they are to count as zero", {
  data <- data.frame(y = c(1, 3, 2, 5, 4, 6), g = c("a", "a", "b", "b", "c", "c"))
  fit <- sparsereg(y ~ g, data = data, lambda = 0.1)
  new <- data.frame(g = c("a", "d"))
  expect_error(predict(fit, new), class = "sparsepath_error_new_levels")
  expect_equal(predict(fit, new, new_levels = "zero")[2, 1], fit$intercept, tolerance = 1e-14)
})

test_that("misspelt arguments, types and options are errors", {
  fit <- sparsereg(mpg ~ wt + hp, data = mtcars, lambda = 1)
  expect_condition_snapshot({
    predict(fit, newx = mtcars)
    predict(fit, mtcars, type = "class")
    predict(fit, mtcars, new_levels = "drop")
  })
  expect_error(predict(fit, mtcars["wt"]), class = "sparsepath_error_missing_columns")
})

test_that("an offset that turned out to be NULL asks for no new one", {
  x <- as.matrix(mtcars[-1])
  wrapper <- function(x, y, offset = NULL) sparsereg(x, y, offset = offset, lambda = 1)
  expect_identical(
    predict(wrapper(x, mtcars$mpg), x[1:3, ]),
    predict(sparsereg(x, mtcars$mpg, lambda = 1), x[1:3, ])
  )
})

test_that("rows are named as in a matrix of new data as well", {
  fit <- sparsereg(mpg ~ wt + hp, data = mtcars, lambda = 1)
  expect_identical(predict(fit, as.matrix(mtcars)[1:3, ]), predict(fit, mtcars[1:3, ]))
})

test_that("what is for new observations is an error without these, not ignored", {
  fit <- sparsereg(mpg ~ wt, mtcars, offset = qsec, lambda = 1)
  text <- c(
    "`newoffset` is for new observations, and there is no `newdata`.",
    "Give the observations as `newdata`, if they are those of the fit, too."
  )
  expect_input_error(predict(fit, newoffset = 0), "sparsepath_error_input", text)
  expect_input_error(augment(fit, newoffset = 0), "sparsepath_error_input", text)
  others <- list(new_levels = "zero", na.action = na.omit)
  for (name in names(others)) {
    expect_input_error(
      do.call(predict, c(list(fit), others[name])), "sparsepath_error_input",
      sub("newoffset", name, text, fixed = TRUE)
    )
  }
  expect_error(augment(fit, new_levels = "zero"), "^`new_levels` is for new observations")
})

test_that("new data without rows have predictions without rows, of every type", {
  fit <- sparsereg(factor(am) ~ wt + hp, mtcars, family = "binomial", lambda = 0.1)
  for (type in c("response", "link", "class")) {
    expect_identical(dim(predict(fit, mtcars[0, ], type = type)), c(0L, 1L))
  }
  parts <- predict(fit, mtcars[0, ], type = "terms")
  expect_identical(dim(parts), c(0L, 2L))
  expect_identical(colnames(parts), c("wt", "hp"))
})

test_that("arguments that a type has no use for are errors", {
  fit <- sparsereg(mpg ~ wt + hp, mtcars, lambda = 1)
  new <- mtcars[1:2, ]
  refused <- function(code, argument, type) {
    expect_input_error(code, "sparsepath_error_input", c(
      paste0("`", argument, "` does nothing for type = \"", type, "\"."), "Leave it out."
    ))
  }
  refused(predict(fit, new, terms = "wt"), "terms", "response")
  refused(predict(fit, new, type = "terms", newoffset = 1), "newoffset", "terms")
  refused(predict(fit, new, type = "nonzero"), "newdata", "nonzero")
  refused(predict(fit, type = "coefficients", na.action = na.omit), "na.action", "coefficients")
})
