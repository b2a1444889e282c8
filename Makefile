# Two commands do everything on a fresh machine: `make serve` and `make test`. `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
STATIC := backend/normscope/server/static
FRONTEND := $(shell find frontend/src frontend/index.html frontend/standalone.html frontend/public -type f 2>/dev/null)
# `make test REQUIRE=1` fails where it would skip for a missing browser.
REQUIRE ?=
# Processes of pytest. Files stay whole: their servers, browsers and runs are shared.
PROCESSES ?= 2
PYTEST = NORMSCOPE_REQUIRE_ALL=$(REQUIRE) $(BIN)/pytest

.DELETE_ON_ERROR:
.PHONY: serve test lint types unit frontend-checks docker-checks browser help install static clean bench screenshots verdicts

help:  ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

serve: install static  ## Install what is needed, build the frontend, start the app and print its address
	$(BIN)/normscope serve

install: $(VENV)/.runtime
static: $(STATIC)/index.html

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), f"NormScope needs Python 3.11 or newer, got {sys.version.split()[0]}; try: make PYTHON=python3.12 serve"'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.runtime

frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json
	@node -e 'if (+process.versions.node.split(".")[0] < 20) { console.error("NormScope needs Node 20 or newer, got " + process.version); process.exit(1) }'
	cd frontend && npm ci --no-audit --no-fund
	@touch $@

$(STATIC)/index.html: frontend/node_modules/.installed $(FRONTEND) frontend/vite.config.ts frontend/standalone.config.ts frontend/build.ts
	cd frontend && npm run --silent build
	@touch $@

test: lint types docker-checks frontend-checks unit  ## Lint, types, unit, contract, golden, fault and browser tests

lint: $(VENV)/.dev  ## ruff and the layers of imports
	$(BIN)/ruff check backend tests
	$(BIN)/ruff format --check backend tests
	$(BIN)/lint-imports

types: $(VENV)/.dev  ## mypy --strict
	$(BIN)/mypy

docker-checks: $(VENV)/.dev  ## hadolint and the compose schema
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

frontend-checks: frontend/node_modules/.installed  ## eslint, svelte-check, vitest
	cd frontend && npm run --silent lint && npm run --silent check && npm run --silent test

unit: $(VENV)/.dev static browser  ## pytest: unit, contract, golden, fault, browser
	$(PYTEST) -m 'not alone' -n $(PROCESSES) --dist loadfile --no-loadscope-reorder
	$(PYTEST) -m alone

browser:  ## Debian's Chromium, where it is missing and can be installed
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null \
	  || { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq chromium; } \
	  || echo "No Chromium here: browser tests are skipped (REQUIRE=1 makes that an error)."

bench: install static  ## The benchmarks of speed (docs/performance.md has all of them)
	$(BIN)/python -m tests.benchmarks

verdicts: install  ## All claims anew: the recordings that ship with the package, and the README's table
	rm -rf data/verdicts
	$(BIN)/normscope claim run all --data-dir data/verdicts
	$(BIN)/normscope claim record --data-dir data/verdicts
	$(BIN)/normscope claim table --into README.md

clean:  ## Remove what was built; data stay
	rm -rf $(VENV) frontend/node_modules $(STATIC)
