# `make help` lists the targets. All that is needed is Python 3.11 or newer, with venv, and make.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
BUILT := ohms_graphql/static/.built
WEB_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*')
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WITH_NODE := PATH="$(CURDIR)/$(BIN):$$PATH"

# What a Python must be able to do to be chosen.
FITS := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
FIND_PYTHON := for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	if $$python -c '$(FITS)' 2>/dev/null; then echo $$python; break; fi; done

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check lint format schema bench bench-subscribers bench-slots bench-scale soak web lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-17s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(INSTALLED) $(BUILT) ## Serve the demo clinic on http://127.0.0.1:8000, with everything it needs
	@$(BIN)/ohms serve --demo-if-empty || [ $$? -eq 130 ]

test: $(INSTALLED) $(BUILT) ## Run all tests; PYTEST="-k name" chooses
	$(BIN)/python -m pytest -n 2 $(PYTEST)

check: lint ## Everything that CI checks: lint, types, import rules, schema.graphql up to date, web types, tests
	$(BIN)/ohms export-schema --check
	$(BIN)/ohms export-permissions --check
	cd web && $(WITH_NODE) npm run --silent check
	$(MAKE) --no-print-directory test

lint: $(INSTALLED) $(BUILT) ## Lint, formatting, types and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(INSTALLED) ## Format the code and repair what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schema: $(INSTALLED) ## Write schema.graphql and docs/permissions.md anew
	$(BIN)/ohms export-schema
	$(BIN)/ohms export-permissions

bench: $(INSTALLED) ## Every target beside its figure: both pages, a small query, 1,000 rows, latencies, memory
	$(BIN)/python -m benchmarks

bench-subscribers: $(INSTALLED) ## 5,000 sockets follow a schedule: memory, and how long a change takes to reach all
	$(BIN)/python -m benchmarks.subscribers

bench-slots: $(INSTALLED) ## Free slots of 200 providers over 30 days
	$(BIN)/python -m benchmarks.slots

bench-scale: $(INSTALLED) ## What size costs: pages on the demo clinic and beside a million visits, and each query's plan; SCALE=0.01
	$(BIN)/python -m benchmarks.scale --scale $(or $(SCALE),1)

soak: $(INSTALLED) ## History checker, kill tests, zone conformance and FHIR round trip at full size; takes about half an hour
	OHMS_SOAK=1 $(BIN)/python -m pytest --timeout 3600 tests/soak tests/schema/inline_execution tests/resolvers/scheduling tests/ohms_graphql/fhir_export tests/ohms_graphql/card_payments $(PYTEST)

web: $(BUILT) ## Build the web assets

lock: $(INSTALLED) ## Write requirements/*.lock anew from pyproject.toml; UPGRADE=--upgrade takes newer versions
	$(BIN)/uv $(LOCK) --output-file requirements/production.lock --extra aws --extra google --extra vault pyproject.toml
	$(BIN)/uv $(LOCK) --output-file requirements/development.lock --extra embedded --extra aws --extra vault --group dev pyproject.toml

LOCK = pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate $(UPGRADE)

clean: ## Remove what was installed and built; the data in .ohms stay
	@if [ -x $(BIN)/ohms ]; then $(BIN)/ohms database stop || true; fi
	rm -rf $(VENV) web/node_modules ohms_graphql/static dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(INSTALLED): requirements/development.lock pyproject.toml
	@if ! $(BIN)/python -c '$(FITS)' 2>/dev/null; then \
		python=$$($(FIND_PYTHON)); \
		if [ -z "$$python" ]; then \
			echo 'OHMS needs Python 3.11 or newer with its venv module (on Debian and Ubuntu: apt-get install python3-venv).' >&2; exit 1; \
		fi; \
		echo "Making $(VENV) with $$python"; $$python -m venv --clear $(VENV); \
	fi
	@echo 'Installing what requirements/development.lock lists'
	@$(PIP) install --require-hashes --requirement requirements/development.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(BUILT): $(INSTALLED) $(WEB_SOURCES)
	@echo 'Building the web assets'
	@cd web && $(WITH_NODE) npm ci --no-audit --no-fund --loglevel=error && $(WITH_NODE) npm run --silent build -- --logLevel warn
	@touch $@
