# The everyday words, each a thin cover over cmake, ctest and tools/. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help build check format format-fix tidy golden doors bench bench-collect bench-query fuzz soak demo test man package

DEV := build/dev
PRESET := $(if $(shell command -v ccache),-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
CXX_FILES := $(shell find src apps tests -name '*.cpp' -o -name '*.h')
# What `make tidy` looks at: the sources that differ from BASE (any commit; everything: BASE=all).
BASE ?= HEAD

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(DEV)/build.ninja:
	@cmake --preset dev $(PRESET) >/dev/null

build: $(DEV)/build.ninja ## the program and its tests, in build/dev
	@cmake --build --preset dev

check: format build tidy ## before every commit: format, tidy, layers, doors, unit, golden, fuzz replay
	@ctest --preset dev --no-label-summary -L 'unit|golden|fuzz|layers|doors'

format: ## refuse what clang-format would change
	@clang-format --dry-run --Werror $(CXX_FILES)

format-fix: ## let clang-format change it
	@clang-format -i $(CXX_FILES)

tidy: $(DEV)/build.ninja ## clang-tidy over the sources that differ from BASE (default HEAD)
	@tools/tidy.sh $(DEV) $(BASE)

golden: build ## rewrite the golden outputs; read the difference before you commit it
	@for program in tests/golden/test_*.py; do \
	   [ -e "$$program" ] || { echo 'no golden tests'; break; }; \
	   NOROSHI_REWRITE_GOLDEN=1 NOROSHI=$(DEV)/noroshi PYTHONPATH=tests python3 $$program || exit 1; \
	 done; git status --short tests/golden

doors: build ## rewrite docs/reference/doors.md; a door without a guard is refused
	@python3 tests/doors/check_doors.py . $(DEV) --write

bench: ## decode speed beside nfdump on this machine; rewrites docs/reference/performance.md
	@tools/bench-decode.sh

bench-collect: ## collecting beside nfcapd on the same datagrams, one core each
	@tools/bench-collect.sh

bench-query: ## ten questions on the same 10 M flows in Noroshi and nfdump
	@tools/bench-query.sh

fuzz: ## each fuzz target for 20 seconds
	@tools/soak.sh --seconds 20

soak: ## each fuzz target for 10 minutes, then the long tests; the log is docs/reference/soak.log
	@tools/soak.sh --seconds 600 --log docs/reference/soak.log

demo: ## build and run the main job on a recording made here
	@tools/demo.sh

test: ## all that CI does
	@tools/test.sh

man: build ## the manual pages, in build/man
	@mkdir -p build/man && $(DEV)/noroshi --write-man-pages build/man && ls build/man

package: ## the Debian package, in build/release (tools/test-package.sh tries it)
	@cmake --preset release $(PRESET) >/dev/null && cmake --build build/release --target noroshi man
	@cd build/release && cpack -G DEB && ls -l *.deb
