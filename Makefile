# make run · make check · make test · make bench. Each makes what it needs; nothing is installed outside .venv.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help run check test lint fast full bench pictures lock clean

help:  ## What there is to make
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/runtime  ## Serve on http://127.0.0.1:$(PORT) with demo data (PORT, DATA_DIR)
	@DEMO=$${DEMO:-1} PORT=$(PORT) $(BIN)/python manage.py serve --port $(PORT)

check: lint fast  ## The loop of every commit: format, lint, types, import law, fast tests

test: lint full  ## Everything: each test on SQLite and PostgreSQL, servers, browsers, fuzzing

lint: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python manage.py makemigrations --check --dry-run

fast: .venv/dev
	$(BIN)/python -m pytest -q -n 2 -m "not slow"

full: .venv/dev
	$(BIN)/python -m tests.everything

bench: .venv/dev  ## Measure; prints ratios against a floor of the same run
	$(BIN)/python -m tests.bench

pictures: .venv/dev  ## Make the README's pictures anew (needs Chromium)
	$(BIN)/python -m tests.e2e.pictures

lock: .venv/dev  ## Pin requirements.in and requirements-dev.in, transitively
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --upgrade requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --upgrade requirements-dev.in -o requirements-dev.txt

clean:  ## Remove .venv, data and caches
	rm -rf .venv data .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/runtime: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.12 run")'
	@echo "Installing packages into .venv (about a minute the first time) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install -q -r requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt .venv/runtime
	@echo "Installing developers' packages into .venv …"
	@$(BIN)/pip install -q -r requirements-dev.txt
	@touch $@
