# Two commands matter: `make demo` and `make test`. Each sets up what it needs, on a bare clone.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

VENV := .venv
BIN := $(VENV)/bin
# One stamp per lock: setting up runs again only when the lock, or what the project declares, has changed.
RUNTIME := $(VENV)/.runtime-ready
READY := $(VENV)/.dev-ready
SPARK_READY := $(VENV)/.spark-ready
ASSETS := shouwang/web/static/vendor/.ready
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet
PROCESSES ?= 2
HOUSEHOLDS ?= 5000
LOCK := uv pip compile pyproject.toml --no-config --universal --python-version 3.11 --generate-hashes --quiet \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

.PHONY: help setup assets test check lint types contracts packs reference demo bench bench-pages soak spark lock clean

help:  ## what each command does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS=$$'\t' read -r name text; do \
		printf '  make %-10s %s\n' "$$name" "$$text"; done

# Looks for the newest suitable Python by itself; PYTHON=/path/to/python overrides.
$(BIN)/python:
	@found=""; \
	for each in $${PYTHON:-} python3.14 python3.13 python3.12 python3.11 python3 python; do \
		if "$$each" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then found="$$each"; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "没有找到 Python 3.11–3.14(含 venv 和 ensurepip)。请先安装,或用 make PYTHON=/路径/python3 指定。" >&2; \
		echo "No Python 3.11-3.14 with venv and ensurepip was found: install one, or name it with make PYTHON=/path/to/python3." >&2; \
		exit 3; \
	fi; \
	"$$found" -m venv $(VENV)

$(RUNTIME): requirements-runtime.lock pyproject.toml CHANGELOG.md | $(BIN)/python
	@echo "setting up: what shouwang needs to run"
	@$(PIP) --require-hashes -r requirements-runtime.lock
	@$(PIP) --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(READY): requirements.lock $(RUNTIME)
	@echo "setting up: what its tests and benchmarks need"
	@$(PIP) --require-hashes -r requirements.lock
	@touch $@

$(SPARK_READY): requirements-spark.lock $(READY)
	@echo "setting up: Spark (400 MB)"
	@$(PIP) --no-build-isolation --require-hashes -r requirements-spark.lock
	@touch $@

$(ASSETS): package-lock.json tools/icons.txt tools/copy_assets.py | $(BIN)/python
	@if ! command -v npm >/dev/null; then \
		echo "没有找到 Node.js 20 或更新的版本(含 npm),网页的样式和图标要用它取得,请先安装。" >&2; exit 3; fi
	@echo "setting up: the styles and icons of the pages"
	@npm ci --ignore-scripts --no-audit --no-fund --silent
	@$(BIN)/python -m tools.copy_assets
	@touch $@

setup: $(READY)  ## the virtual environment .venv, from the hashed locks

assets: $(ASSETS)  ## the styles, scripts and icons of the pages, from the npm lock

test: setup assets lint types contracts packs  ## set up, check, and run all tests
	$(BIN)/python -m pytest -n $(PROCESSES)

check: setup lint types contracts packs  ## format, lint, types, import contracts and policy packs, without the tests

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

contracts: $(READY)
	$(BIN)/lint-imports --no-cache

packs: $(READY)
	$(BIN)/shouwang policy check

reference: $(READY)  ## write the generated pages of docs/reference
	$(BIN)/python -m tools.write_reference

demo: $(RUNTIME) $(ASSETS)  ## a synthetic county, screened and at work in the browser (HOUSEHOLDS=20000, SERVE=no)
	@$(BIN)/python -m shouwang.cli.demo --households $(HOUSEHOLDS) $(if $(filter no,$(SERVE)),--no-serve)

bench: setup  ## measure screening and import, and write docs/reference/benchmarks.md
	$(BIN)/python -m tests.bench.run

bench-pages: setup assets  ## measure the pages at 300,000 households; writes its part of the same page
	$(BIN)/python -m tests.bench.pages

soak: setup assets  ## the randomised tests, many more samples and three orders; takes long
	for seed in 1 2 3; do HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest -n $(PROCESSES) --randomly-seed=$$seed; done

spark: $(SPARK_READY)  ## the Spark tests too (needs Java)
	$(BIN)/python -m pytest -m spark

lock:  ## renew the three locks (needs uv on the path); every platform, Python 3.11-3.14
	$(LOCK) --extra dev --extra bench --extra build --output-file requirements.lock
	$(LOCK) --extra build --constraint requirements.lock --output-file requirements-runtime.lock
	$(LOCK) --extra build --extra spark --constraint requirements.lock --output-file requirements-spark.lock

clean:  ## remove what the commands above made, except .venv and var/
	rm -rf build dist .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	find shouwang tests -name __pycache__ -type d -prune -exec rm -rf {} +
