men <- subset(prostate, select = -train)
fit <- sparsereg(lpsa ~ ., data = men, penalty = "l1")

test_that("the numbers that the application shows are those of refits", {
  skip_if_not_installed("shiny")
  shiny::testServer(explore(fit, nfolds = 3), {
    session$setInputs(
      position = 20, alpha = 0.5, variables = c("lcavol", "svi"), view = "constraint"
    )
    session$elapse(1000)
    model <- sparsereg(lpsa ~ ., data = men, alpha = 0.5)
    expect_equal(fit(), model, ignore_attr = TRUE, list_as_map = TRUE)
    expected <- exp(log(max(model$lambda)) + 0.2 * log(min(model$lambda) / max(model$lambda)))
    expect_equal(lambda(), expected, tolerance = 1e-12)
    b <- coef(model, lambda = expected, exact = TRUE)[-1, 1]
    shown <- stats::setNames(coefficients()$coefficient, coefficients()$variable)
    expect_equal(shown[names(b)[b != 0]], b[b != 0], tolerance = 1e-8)
    expect_match(output$state, paste(sum(b != 0), "of 8 coefficients are not zero"))
    expect_match(output$geometry$src, "^data:image/png")
    expect_match(output$error$src, "^data:image/png")
    session$setInputs(position = 0)
    session$elapse(1000)
    expect_match(output$state, ": 0 of 8 coefficients")
  })
})

test_that("every alpha is cross-validated on the same folds, the user's if there are any", {
  folds <- folds(97, 4, seed = 3)
  cv <- cv_sparsereg(lpsa ~ ., data = men, penalty = "l1", foldid = folds$foldid)
  explorer <- new_explorer(cv$fit, recover_problem(cv$fit, NULL, environment()), cv$folds)
  expect_equal(explorer$cv(1)$error, cv$error)
  ridge <- cv_sparsereg(lpsa ~ ., data = men, penalty = "l2", foldid = folds$foldid)
  expect_equal(explorer$cv(0)$error, ridge$error)
})

test_that("what is no fit is refused", {
  skip_if_not_installed("shiny")
  expect_error(explore(men), "`fit` must be a fit", class = "sparsepath_error_input")
})

# A page that holds the application in a frame, drags alpha once all is drawn, and reports what the
# application says before and after. Its clock is virtual and stands still while a request is
# pending: each round asks R for something, so that R has the time it needs.
driving_page <- '
<iframe id="app" src="/" width="1300" height="900"></iframe><pre id="report">waiting</pre>
<script>
async function drive() {
  const page = document.getElementById("app").contentWindow;
  const find = (what) => page.document.querySelector(what);
  let before = null;
  for (;;) {
    await new Promise((done) => setTimeout(done, 20));
    await fetch("/");
    const state = find("#state");
    if (!state || !state.textContent || !page.$) continue;
    const drawn = ["path", "geometry", "error"].every((id) => find("#" + id + " img"));
    if (before === null && drawn) {
      before = state.textContent;
      page.$("#alpha").data("ionRangeSlider").update({ from: 0 });
      page.$("#alpha").trigger("change");
    } else if (before !== null && state.textContent !== before && drawn) {
      document.getElementById("report").textContent = before + " / " + state.textContent;
      return;
    }
  }
}
drive();
</script>'

chromium <- function() {
  found <- Sys.which(c("chromium", "chromium-browser", "google-chrome"))
  unname(found[nzchar(found)][1])
}

# An R process of its own that runs the application; it tells where it listens and which it is.
start_application <- function(folder) {
  writeLines(driving_page, file.path(folder, "drive.html"))
  code <- bquote({
    .libPaths(.(.libPaths()))
    library(sparsepath)
    fit <- sparsereg(lpsa ~ . - train, data = prostate, penalty = "l1")
    shiny::addResourcePath("drive", .(folder))
    tell <- function(url) {
      writeLines(c(url, Sys.getpid()), .(file.path(folder, "started.part")))
      file.rename(.(file.path(folder, "started.part")), .(file.path(folder, "started")))
    }
    shiny::runApp(explore(fit), launch.browser = tell)
  })
  script <- file.path(folder, "run.R")
  writeLines(deparse(code), script)
  system2(
    file.path(R.home("bin"), "Rscript"), c("--no-init-file", shQuote(script)),
    wait = FALSE, stdout = file.path(folder, "log"), stderr = file.path(folder, "log")
  )
  for (attempt in 1:300) {
    if (file.exists(file.path(folder, "started"))) break
    Sys.sleep(0.1)
  }
  started <- readLines(file.path(folder, "started"))
  list(url = started[1], pid = as.integer(started[2]))
}

test_that("in a browser the pictures are drawn and follow alpha", {
  skip_on_cran()
  skip_if_not_installed("shiny")
  skip_if(is.na(chromium()), "there is no chromium")
  # A browser does not run under the sanitizers that tools/sanitize loads before R.
  skip_if(grepl("asan", Sys.getenv("LD_PRELOAD")), "the browser would be sanitized, too")
  folder <- tempfile("explore")
  dir.create(folder)
  on.exit(unlink(folder, recursive = TRUE))
  app <- start_application(folder)
  on.exit(tools::pskill(app$pid), add = TRUE, after = FALSE)
  page <- suppressWarnings(system2(
    chromium(), c(
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
      "--no-first-run", paste0("--user-data-dir=", shQuote(file.path(folder, "profile"))),
      "--virtual-time-budget=60000", "--dump-dom", paste0(app$url, "/drive/drive.html")
    ),
    stdout = TRUE, stderr = FALSE, timeout = 60
  ))
  report <- grep("<pre id=\"report\">", page, value = TRUE)
  expect_match(report, "alpha 1: 1 of 8 coefficients are not zero", fixed = TRUE)
  expect_match(report, "alpha 0: 8 of 8 coefficients are not zero", fixed = TRUE)
})

test_that("what draws folds is an error for a path that has them", {
  skip_if_not_installed("shiny")
  cv <- cv_sparsereg(lpsa ~ ., data = men, nfolds = 3, seed = 1)
  for (argument in c("nfolds", "seed")) {
    expect_input_error(
      do.call(explore, c(list(cv), stats::setNames(5, argument))), "sparsepath_error_input", c(
        paste0("`", argument, "` draws folds, and `fit` has them already."),
        paste0("Leave out `", argument, "`.")
      )
    )
  }
})
