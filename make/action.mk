# What belongs to the GitHub Action.

ACTIONLINT       := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
ACTION_VALIDATOR := 0.6.0
ACT              := github.com/nektos/act@v0.2.89
ZIZMOR           := 1.32.0
CHECK_JSONSCHEMA := 0.39.0
WORKFLOWS        := $(wildcard .github/workflows/*.yml)

.PHONY: lint-workflows reproducible image act

## lint-workflows: actionlint, action-validator and zizmor over action.yml, every workflow and those in the pages; what they show for other CI against its schemas
lint-workflows: .cache/npm/action-validator-$(ACTION_VALIDATOR) .cache/zizmor-$(ZIZMOR)/bin/zizmor .cache/check-jsonschema-$(CHECK_JSONSCHEMA)/bin/check-jsonschema
	python3 make/lint_ci.py .cache/check-jsonschema-$(CHECK_JSONSCHEMA)/bin/check-jsonschema
	bash make/lint_workflows.sh "$(GO) run $(ACTIONLINT)" .cache/npm/node_modules/.bin/action-validator .cache/zizmor-$(ZIZMOR)/bin/zizmor

.cache/npm/action-validator-$(ACTION_VALIDATOR):
	@mkdir -p .cache/npm
	npm install --prefix .cache/npm --no-audit --no-fund --no-save --ignore-scripts --loglevel=error \
		@action-validator/core@$(ACTION_VALIDATOR) @action-validator/cli@$(ACTION_VALIDATOR)
	touch $@

.cache/zizmor-$(ZIZMOR)/bin/zizmor:
	python3 -m venv .cache/zizmor-$(ZIZMOR)
	.cache/zizmor-$(ZIZMOR)/bin/pip install --quiet --disable-pip-version-check zizmor==$(ZIZMOR)

.cache/check-jsonschema-$(CHECK_JSONSCHEMA)/bin/check-jsonschema:
	python3 -m venv .cache/check-jsonschema-$(CHECK_JSONSCHEMA)
	.cache/check-jsonschema-$(CHECK_JSONSCHEMA)/bin/pip install --quiet --disable-pip-version-check check-jsonschema==$(CHECK_JSONSCHEMA)

## reproducible: build the binary of the image twice, in two directories and with two caches, and compare
reproducible:
	bash make/reproducible.sh

## image: build the image of the action and run it against a stand-in for the API (needs a Docker engine)
image:
	MIDDLEBRICK_IMAGE=1 $(GO) test -count 1 -run '^TestImage' -v ./internal/action

## act: run the action as a step of a workflow with act (needs a Docker engine)
act:
	bash make/act.sh "$(GO) run $(ACT)"
