# The application of explore(), which provides `model` (see new_explorer() in R/explore.R).

lambda_of <- function(position, fit) {
  ends <- range(fit$lambda[fit$lambda > 0])
  exp(log(ends[2]) + (log(ends[1]) - log(ends[2])) * position / 100)
}

position_of <- function(lambda, fit) {
  ends <- range(fit$lambda[fit$lambda > 0])
  100 * (log(ends[2]) - log(lambda)) / (log(ends[2]) - log(ends[1]))
}

pair <- model$pair()

ui <- shiny::fluidPage(
  shiny::titlePanel(paste("Penalised regression of", model$response)),
  shiny::sidebarLayout(
    shiny::sidebarPanel(
      width = 3,
      shiny::sliderInput(
        "position", "Strength of the penalty: strong to weak",
        min = 0, max = 100, step = 0.5, ticks = FALSE, post = " %",
        value = round(2 * position_of(model$start(), model$path(model$alpha))) / 2
      ),
      shiny::sliderInput(
        "alpha", "alpha: 0 is ridge, 1 is the lasso",
        min = 0, max = 1, step = 0.05, value = model$alpha
      ),
      shiny::selectizeInput(
        "variables", "Two variables of the geometry", choices = pair, selected = pair,
        multiple = TRUE, options = list(maxItems = 2)
      ),
      shiny::radioButtons(
        "view", "Geometry",
        c("set that touches the loss" = "constraint", "steepest descent" = "flow")
      ),
      shiny::textOutput("state")
    ),
    shiny::mainPanel(
      width = 9,
      shiny::fluidRow(
        shiny::column(6, shiny::plotOutput("path", height = "370px")),
        shiny::column(6, shiny::plotOutput("geometry", height = "370px"))
      ),
      shiny::fluidRow(
        shiny::column(6, shiny::plotOutput("error", height = "370px")),
        shiny::column(6, shiny::tableOutput("coefficients"))
      )
    )
  )
)

mark_lambda <- function(lambda) {
  graphics::abline(v = model$position(lambda), lwd = 2, lty = "22")
}

server <- function(input, output, session) {
  shiny::updateSelectizeInput(
    session, "variables", choices = model$columns, selected = pair, server = TRUE
  )
  position <- shiny::debounce(shiny::reactive(input$position), 150)
  alpha <- shiny::debounce(shiny::reactive(input$alpha), 150)
  fit <- shiny::reactive(model$path(alpha()))
  lambda <- shiny::reactive(lambda_of(position(), fit()))
  coefficients <- shiny::reactive(model$coefficients(lambda(), alpha()))

  output$state <- shiny::renderText({
    paste0(
      "lambda ", format(lambda(), digits = 3), ", alpha ", format(alpha()), ": ",
      nrow(coefficients()), " of ", length(model$columns), " coefficients are not zero."
    )
  })
  output$path <- shiny::renderPlot({
    plot(fit(), standardized = TRUE, label = 6)
    mark_lambda(lambda())
  }, res = 80)
  output$geometry <- shiny::renderPlot({
    shiny::validate(shiny::need(length(input$variables) == 2, "Choose two variables."))
    plot(model$geometry(input$view, input$variables, lambda(), alpha()))
  }, res = 80)
  output$error <- shiny::renderPlot({
    plot(model$cv(alpha()))
    mark_lambda(lambda())
  }, res = 80)
  output$coefficients <- shiny::renderTable(
    utils::head(coefficients(), 15), digits = 4, caption = "Coefficients that are not zero",
    caption.placement = "top"
  )
}

shiny::shinyApp(ui, server)
