test_that("what a penalised fit does not have is an error with a remedy", {
  fit <- sparsereg(mpg ~ wt + hp, mtcars, lambda = 1)
  cv <- cv_sparsereg(mpg ~ wt + hp, mtcars, nfolds = 3, seed = 1)
  for (object in list(fit, cv)) {
    for (generic in list(vcov, confint, anova, extractAIC, drop1, step)) {
      expect_error(generic(object), class = "sparsepath_error_no_inference")
    }
    expect_error(anova(object, object), class = "sparsepath_error_no_inference")
    expect_error(confint(object, "wt", 0.9), class = "sparsepath_error_no_inference")
    expect_error(add1(object, ~ . + qsec), class = "sparsepath_error_no_inference")
  }
  expect_condition_snapshot({
    vcov(fit)
    confint(fit)
    anova(fit)
    step(fit)
  })
})
