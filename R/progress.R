# Progress of work that is told by how much is done, not by one step after the other.

# A function of the amount done, up to `total`; NULL ends it, also after an interrupt.
amount_progress <- function(progress, total) {
  tick <- fold_progress(progress, total)
  done <- 0
  function(amount) {
    if (is.null(amount)) {
      return(tick(NULL))
    }
    while (done < min(floor(amount), total)) {
      done <<- done + 1
      tick(done)
    }
  }
}
