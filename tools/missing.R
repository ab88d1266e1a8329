# Prints those of the packages named that are not installed, one a line. An argument that is a field
# of DESCRIPTION (Imports, Suggests, ...) stands for the packages it lists; there a package older
# than the field asks for counts as missing.

description <- read.dcf("DESCRIPTION")

# One row per package: its name and the least version that will do.
wanted <- function(argument) {
  if (!argument %in% colnames(description)) {
    return(data.frame(package = argument, version = "0"))
  }
  entries <- trimws(strsplit(description[, argument], ",")[[1]])
  entries <- entries[nzchar(entries)]
  pattern <- "^([[:alnum:].]+)\\s*(\\(>=\\s*([0-9.-]+)\\))?$"
  version <- sub(pattern, "\\3", entries)
  version[!nzchar(version)] <- "0"
  data.frame(package = sub(pattern, "\\1", entries), version = version)
}

is_missing <- function(package, version) {
  found <- tryCatch(utils::packageVersion(package), error = function(e) NULL)
  is.null(found) || found < version
}

packages <- do.call(rbind, lapply(commandArgs(trailingOnly = TRUE), wanted))
packages <- packages[packages$package != "R", ]
missing <- mapply(is_missing, packages$package, packages$version)
writeLines(unique(packages$package[as.logical(missing)]))
