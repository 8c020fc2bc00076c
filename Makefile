# The verbs of this house; CI uses the same. Each prints what it does and does nothing twice.

PYTHON ?=
export PYTHON
tools = @sh tools/with-python.sh

.DEFAULT_GOAL := help
.PHONY: help run setup build test test-python test-web test-browser check fmt bench bench-retrieval chaos openapi pins clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-22s %s\n", $$1, $$2}'

run: ## start Medea on http://127.0.0.1:8000 (MEDEA_PORT), with everything it needs
	@sh tools/with-python.sh tools.setup run && exec .venv/bin/medea up

setup: ## make the environment with all development tools, build the web parts
	$(tools) tools.setup dev

build: setup ## the same; only what changed is built

test: setup ## run everything: checks, Python, TypeScript, browser
	$(tools) tools.test

test-python: setup ## run the Python tests but those in the browser
	$(tools) tools.test python

test-web: setup ## run the TypeScript tests and the size budgets
	$(tools) tools.test web

test-browser: setup ## run the tests in Chromium
	$(tools) tools.test browser

check: setup ## ruff, mypy, import-linter, biome, tsc
	$(tools) tools.test check

fmt: setup ## format everything, mend what can be mended
	@.venv/bin/ruff check --fix-only --quiet; .venv/bin/ruff format --quiet; cd web && npm run --silent format

bench: setup ## measure against a bare relay and print one table
	@.venv/bin/python -m benchmarks

chaos: setup ## kill everything under load, on own services, and print what was lost
	@.venv/bin/python -m tests.chaos

bench-retrieval: setup ## measure how well and how fast knowledge is searched (RETRIEVAL_BENCH: its data)
	@.venv/bin/python -m benchmarks.retrieval

openapi: setup ## write web/packages/api/openapi.json and the types made from it
	$(tools) tools.openapi

pins: ## compile requirements/*.in to pins with hashes (UPGRADE=1: newest versions)
	$(tools) tools.pins $(if $(UPGRADE),--upgrade)

clean: ## remove what was made here, but not the data in .medea
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .grimp_cache .medea-setup.log
	@rm -rf web/node_modules web/codegen/node_modules web/apps/*/dist web/packages/*/dist web/apps/*/node_modules web/packages/*/node_modules tests/counterparts/node_modules tests/counterparts/copilotkit/node_modules
	@find src tests tools migrations benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
