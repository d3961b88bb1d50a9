# Needs only python >= 3.11 with venv, make and git. Every target sets itself up first.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-slow check fix golden docs site bench reliability

help: ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /|/' | awk -F'|' '{printf "  make %-11s %s\n", $$1, $$2}'

# The exact, hashed versions, all of them (pip need not choose, and with hashes it could not); then this checkout in place; then
# bytecode and the reader's compiled loops, so that the first run starts fast.
# touch comes last, so an interrupted setup is done again.
$(READY): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; try: make $(MAKECMDGOALS) PYTHON=python3.11" >&2; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	-$(BIN)/python -m compileall -qq -j 2 .venv/lib >/dev/null 2>&1
	$(BIN)/python -c 'from transforms.x12 import read'
	touch $(READY)

setup: $(READY) ## install into .venv

demo: $(READY) ## a synthetic practice, audited and reported, in demo/
	$(BIN)/altbenefit demo --out demo

test: $(READY) ## the tests, in under five minutes
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist worksteal

test-slow: $(READY) ## the tests that take longer; CI runs them after the others
	$(BIN)/python -m pytest -m slow -n 2 --dist worksteal

check: $(READY) ## style, types and stale generated docs; changes nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	@mkdir -p build && $(BIN)/altbenefit dictionary > build/tables.md && $(BIN)/python -m expectations.catalogue > build/checks.md
	@for page in tables checks; do cmp -s build/$$page.md docs/$$page.md || { echo "docs/$$page.md is stale: make docs" >&2; exit 1; }; done

fix: $(READY) ## what ruff can put right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

golden: $(READY) ## rewrite the expected files of the golden tests; review the diff like code
	ALTBENEFIT_GOLDEN=rewrite $(BIN)/python -m pytest -m "not slow" -k golden

docs: $(READY) ## rewrite the docs that come from the code, and build the site
	$(BIN)/altbenefit dictionary > docs/tables.md
	$(BIN)/python -m expectations.catalogue > docs/checks.md
	$(BIN)/python -m tests.docs.commands_page > docs/commands.md
	$(BIN)/python -m tests.spec.document
	$(BIN)/python -m tests.docs.recipes
	$(BIN)/altbenefit demo --out build/demo --no-prefect >/dev/null
	test ! -x /usr/bin/chromium || $(BIN)/python -m tests.report.picture build/demo
	@$(MAKE) --no-print-directory site

site: $(READY) ## the docs as a site, in build/site; offline
	$(BIN)/sphinx-build -q -W --keep-going -b html docs build/site
	@echo "build/site/index.html"

bench: $(READY) ## this project beside other readers, on this machine; rewrites docs/performance.md (half an hour)
	$(BIN)/python -m benchmarks

reliability: $(READY) ## spoilt files, kills, two runs at once; rewrites docs/reliability.md (an hour)
	$(BIN)/python -m benchmarks.reliability --date $(shell date +%F)
