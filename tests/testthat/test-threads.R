test_that("a forked process does not wait for the threads of the one it comes from", {
  skip_on_os("windows")
  cv <- function() cv_sparsereg(mpg ~ ., mtcars, seed = 1, threads = 2)$error
  here <- cv()
  child <- parallel::mcparallel(cv())
  there <- parallel::mccollect(child, wait = FALSE, timeout = 20)
  if (is.null(there)) tools::pskill(child$pid, tools::SIGKILL)
  expect_identical(unname(there), list(here))
})

test_that("numbers of threads and seeds that are no integers of R are errors", {
  expect_error(cv_sparsereg(mpg ~ wt, mtcars, threads = 3e9), "^`threads` must be a whole number",
    class = "sparsepath_error_input"
  )
  expect_error(folds(20, 4, seed = -3e9), "^`seed` must be a whole number",
    class = "sparsepath_error_input"
  )
})
