# Two commands matter: `make app` and `make test`. Both set up everything that they need.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
STAMP := $(VENV)/.installed

.PHONY: app test lint front front-check demo clean lock

app: $(STAMP)
	@$(BIN)/gisapp serve . --port $(PORT)

test: $(STAMP)
	@$(BIN)/python -m pytest

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

$(STAMP): requirements.lock pyproject.toml tools/setup_venv.py
	@$(PYTHON) tools/setup_venv.py $(VENV)
	@touch $@

demo: $(STAMP)
	@$(BIN)/python tools/make_demo.py

front:
	@cd gisapp/ui/components/frontend && npm ci --no-audit --no-fund && npm run build

front-check:
	@tools/check_front.sh

lock:
	@uv pip compile pyproject.toml --group build --group test --group lint --group bench --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements.lock
	@uv pip compile --group mcda -c requirements.lock --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements-mcda.lock

clean:
	@rm -rf $(VENV) .gisapp .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
