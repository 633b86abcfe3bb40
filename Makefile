# Targets are named by what they make. `make test` installs what the tests need into .cache and runs them all.

GO            ?= go
REVIEWDOG     := github.com/reviewdog/reviewdog/cmd/reviewdog@v0.21.0
STATICCHECK   := honnef.co/go/tools/cmd/staticcheck@v0.7.0
MULTITOOL     := 5.7.0
FUZZTIME      ?= 20s
BENCHTIME     ?= 1s
TESTFLAGS     ?=
TREES         ?= testdata/apps
CHANGES       ?= 500
SEED          ?= 1

export CGO_ENABLED = 0
# Paths are trimmed as in what is shipped, so that vet, the tests and the tests that build the program compile every package once.
export GOFLAGS := $(strip $(GOFLAGS) -trimpath)

.PHONY: all build test test-tools lint bench scaling fuzz metamorphic clean help

all: build

## build: the binary, ./middlebrick
build:
	$(GO) build -trimpath -ldflags '-s -w' -o middlebrick .

## test: lint, then all tests with everything they need
# What vet says is known by then. Tests that run beside others wait for servers, hence more of them than processors. The prober is tested
# alone: what it measures is who comes first. Whether real servers start in time is chance on a busy machine, so tests that fail run once more.
test: test-tools lint
	bash make/again.sh $(GO) test -vet off -parallel 4 -timeout 20m $(TESTFLAGS) $$($(GO) list ./... | grep -v /scanner/probe)
	bash make/again.sh $(GO) test -vet off -timeout 25m -p 1 $(TESTFLAGS) ./scanner/probe/...

## test-tools: what the tests run beside Go, pinned, in .cache
test-tools: venv .cache/multitool-$(MULTITOOL)/installed .cache/bin/reviewdog

# FastAPI, the drivers and PostgreSQL itself, as wheels; the script does nothing when they are there.
.PHONY: venv
venv:
	bash testdata/apps/venv.sh

# Microsoft's SARIF validator carries the OASIS schema. Its absence fails no test: the tests that want it say so.
# It has a directory of its own, because npm removes from a directory what it did not just install.
.cache/multitool-$(MULTITOOL)/installed:
	@mkdir -p $(@D)
	@if command -v npm >/dev/null && npm install --prefix $(@D) --no-audit --no-fund --no-save --ignore-scripts --loglevel=error \
		@microsoft/sarif-multitool-$$(uname -s | tr A-Z a-z)@$(MULTITOOL) && \
		chmod u+x $(@D)/node_modules/@microsoft/sarif-multitool-*/Sarif.Multitool; \
	then touch $@; else echo "make: the SARIF multitool $(MULTITOOL) could not be installed with npm: SARIF is tested without it" >&2; fi

# reviewdog reads what we write for it. Its absence fails no test either.
.cache/bin/reviewdog:
	@GOBIN=$(CURDIR)/.cache/bin $(GO) install $(REVIEWDOG) || echo "make: reviewdog could not be installed: its form is tested without it" >&2

## lint: gofmt, go vet and staticcheck
lint:
	@unformatted=$$(gofmt -l $$(git ls-files -co --exclude-standard -- '*.go')); \
	if [ -n "$$unformatted" ]; then echo "gofmt -w would change:" >&2; echo "$$unformatted" >&2; exit 1; fi
	$(GO) vet ./...
	$(GO) vet -tags lean,nethttpomithttp2 ./...
	$(GO) run $(STATICCHECK) ./...

## bench: the benchmarks, with allocations
bench:
	$(GO) test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) ./...

## scaling: processor time against lines, drawn into docs/scaling.svg
scaling:
	$(GO) test ./scanner -run '^TestScaling$$' -v -timeout 0 -scaling $(CURDIR)/docs/scaling.svg

## fuzz: every fuzz target for FUZZTIME
fuzz:
	@for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
		done; \
	done

## metamorphic: change the projects in the directory TREES, CHANGES times, in ways that must not change their verdicts
# KEEP names a directory for the changed projects of which that was not so.
metamorphic:
	$(GO) test ./internal/fixture -run '^TestMetamorphicTrees$$' -v -timeout 0 \
		-trees $(abspath $(TREES)) -changes $(CHANGES) -seed $(SEED) $(if $(KEEP),-keep $(abspath $(KEEP)))

## clean: remove what was built and installed here
clean:
	rm -rf middlebrick dist .cache

## help: this list
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

include $(wildcard make/*.mk)

