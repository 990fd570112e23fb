# Everything that is done with fazhi, by name. Needs Python 3.11 or newer and make, nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# A file's tests stay together, in order; no more files at a time than four, however many cores there are.
TEST := $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile
RELOCK := $(BIN)/python -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet

.PHONY: help dataset env dev test quick check kill fuzz accuracy weights bench bench-harvest compare lock clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*##/ {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

dataset: env  ## Make the environment and a release of all reports in data/releases
	$(BIN)/fazhi run

env: $(VENV)/.runtime  ## Make the environment that runs fazhi

dev: $(VENV)/.dev  ## Add what tests and checks need

test: dev  ## Run all tests
	$(TEST)

quick: dev  ## Run the tests that take no longer than a few seconds
	$(TEST) -m "not slow"

check: dev  ## Run linter, types, rooms and tests
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(TEST)

kill: dev  ## Kill import, build, release, withdraw and publish at 200 moments and more (minutes)
	FAZHI_KILLS=200 $(BIN)/python -m pytest -s -k killed tests/flows/test_killed.py tests/flows/test_publish_faults.py \
		tests/flows/test_withdraw_everywhere.py

fuzz: dev  ## Take 100,000 random strings and 10,000 mangled reports through (minutes; FAZHI_FUZZ_SEED=1)
	FAZHI_FUZZ_STRINGS=100000 FAZHI_FUZZ_REPORTS=10000 $(BIN)/python -m pytest -s tests/transforms/test_any_text.py -k anything

accuracy: dev  ## Measure what the release's card states of accuracy
	$(BIN)/python -m flows.accuracy tests/gold

weights: dev  ## Learn anew what the classifier of codes weighs (some ten minutes)
	$(BIN)/python -m flows.learn tests/gold

bench: dev  ## Measure speed (benchmarks/)
	$(BIN)/python -m benchmarks

compare: dev $(VENV)/.compare  ## Score other tools on our gold beside fazhi (benchmarks/compare/)
	$(BIN)/python -m benchmarks.compare $(VENV)/compare/bin/python

bench-harvest: dev  ## Measure what a harvest keeps going against a server on loopback (some minutes)
	$(BIN)/python -m benchmarks.harvest

lock: dev  ## Resolve all dependencies anew, with hashes
	$(RELOCK) --upgrade --extra checkout --output-file requirements.lock
	$(RELOCK) --all-extras --constraint requirements.lock --output-file requirements-dev.lock

clean:  ## Remove the environment and all caches; data stay
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "fazhi needs Python 3.11 or newer; give one with make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)

# Without looking for dependencies: the lists are whole, and older pips take no hash for a package asked for with extras.
$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --no-deps --require-hashes --requirement requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(PIP) install --no-deps --require-hashes --requirement requirements-dev.lock
	touch $@

$(VENV)/.compare: benchmarks/compare/requirements.txt | $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)/compare
	$(VENV)/compare/bin/python -m pip --disable-pip-version-check --quiet install --requirement $<
	touch $@
