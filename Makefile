# Every check and every chore of the package, one target each: .ci/run only calls them.
# `make` alone lists them. What the machine lacks is installed by tools/setup, which every target
# calls for its own needs; the package itself goes into ./.lib, never into the user's library.

.DEFAULT_GOAL = help
.NOTPARALLEL:
.DELETE_ON_ERROR:

export R_LIBS := $(CURDIR)/.lib$(if $(R_LIBS),:$(R_LIBS))
export LC_ALL := C.UTF-8
export LANGUAGE := en

RSCRIPT = Rscript --no-init-file
JOBS = -j$(shell nproc 2>/dev/null || echo 2)
C_FILES = $(shell find src tests/c -name '*.[ch]')
SHELL_SCRIPTS = .ci/run tools/setup tools/sanitize tests/c/run

# What is installed, and all that goes into it. Folders count too: a file may have been removed.
INSTALLED = .lib/sparsepath/DESCRIPTION
CONTENTS = DESCRIPTION NAMESPACE \
  $(shell find R src data man inst demo ! -name '*.o' ! -name '*.so' -type f 2>/dev/null) \
  $(shell find R data man inst -type d 2>/dev/null)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{ printf "  make %-15s %s\n", $$1, $$2 }' Makefile

demo: install ## fit, cross-validate and plot real data; pictures in ./demo-output
	@$(RSCRIPT) tools/demo.R demo-output

test: setup-run setup-test install ## run the C and R suites (FILTER=regexp: only these R test files)
	@MAKEFLAGS=$(JOBS) $(RSCRIPT) tools/test.R $(if $(FILTER),'$(FILTER)')

install: $(INSTALLED) ## install the package into ./.lib

$(INSTALLED): $(CONTENTS) | setup-run
	@mkdir -p .lib
	@rm -rf .lib/00LOCK-*
	MAKEFLAGS=$(JOBS) R CMD INSTALL --no-multiarch --with-keep.source --library=.lib .
	@touch $@

# The check asks nothing of the network, and sets the manual in Times, which needs no large package
# of fonts. What it finds is judged by tools/check.R.
check: setup-run setup-test setup-check ## R CMD build and R CMD check --as-cran, strictly
	rm -rf .build/check
	mkdir -p .build/check
	cd .build/check && MAKEFLAGS=$(JOBS) R CMD build ../..
	cd .build/check && MAKEFLAGS=$(JOBS) R_RD4PDF=times,hyper _R_CHECK_CRAN_INCOMING_REMOTE_=false \
	  _R_CHECK_SYSTEM_CLOCK_=false _R_CHECK_XREFS_USE_ALIASES_FROM_CRAN_=false \
	  R CMD check --as-cran sparsepath_*.tar.gz || true
	@$(RSCRIPT) tools/check.R .build/check/sparsepath.Rcheck/00check.log

document: setup-run setup-document ## write NAMESPACE and man/ from the comments in R/
	@$(RSCRIPT) tools/document.R .

document-check: setup-run setup-document ## fail when `make document` would change anything
	@rm -rf .build/document
	@mkdir -p .build/document
	@cp -R DESCRIPTION NAMESPACE R data man .build/document
	@$(RSCRIPT) tools/document.R .build/document
	@for part in DESCRIPTION NAMESPACE man; do diff -r $$part .build/document/$$part || exit 1; done
	@echo "document-check: no difference"

lint: setup-run setup-lint ## lintr, clang-format and shellcheck, none may complain
	@$(RSCRIPT) tools/lint.R
	@echo "clang-format: layout of the C files, and their comments within 100 columns"
	@clang-format --dry-run -Werror $(C_FILES)
	@! grep -nE '^.{101,}' $(C_FILES)
	shellcheck $(SHELL_SCRIPTS)

format: setup-lint ## lay out the C files
	clang-format -i $(C_FILES)

sanitize: setup-run setup-test install ## the R suite on a build with AddressSanitizer and UBSan
	tools/sanitize

valgrind: setup-test setup-valgrind ## the C suite under valgrind
	@MAKEFLAGS=$(JOBS) $(MAKE) --no-print-directory -C tests/c valgrind

coverage: setup-run setup-test setup-coverage ## lines that the R suite runs
	@$(RSCRIPT) tools/coverage.R

bench: setup-run setup-bench install ## time sparsepath against its peers (CASES=, PEERS=regexp: some)
	@$(RSCRIPT) bench/run.R

bench-cv: setup-run setup-bench install ## time cross-validation beside cv.glmnet (CASES=, BLAS=regexp: some)
	@$(RSCRIPT) bench/cv.R

bench-kernels: setup-bench ## GFlop/s of the core's kernels beside OpenBLAS
	@mkdir -p .build/bench
	$(CC) -std=gnu11 -O2 -Isrc bench/kernels.c src/core/design/*.c src/core/kernels/*.c src/core/alloc.c \
	  src/core/status.c $(firstword $(wildcard .build/openblas/usr/lib/*/openblas-pthread/libopenblasp-*.so)) \
	  -lm -o .build/bench/kernels
	@LD_LIBRARY_PATH=$(dir $(firstword $(wildcard .build/openblas/usr/lib/*/openblas-pthread/libopenblasp-*.so))) \
	  OPENBLAS_NUM_THREADS=1 .build/bench/kernels

readme: setup-run setup-test install ## README.md and its picture, from README.Rmd
	@$(RSCRIPT) tools/readme.R

clean: ## remove everything that was made
	rm -rf .build .lib demo-output
	find src '(' -name '*.o' -o -name '*.so' ')' -exec rm -f {} +

setup-%:
	@tools/setup $*

.PHONY: help demo test install check document document-check lint format sanitize valgrind \
  coverage bench bench-cv bench-kernels readme clean
