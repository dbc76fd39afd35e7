.DEFAULT_GOAL := help
PYTHON ?= python3.11
BIN := .venv/bin
STAMP := .venv/.installed

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --constraint constraints.txt torch
	$(BIN)/python -m pip install --constraint constraints.txt --editable . --group dev
	@touch $@

install: $(STAMP) ## create the environment in .venv

serve: $(STAMP) ## load the starter library and serve http://127.0.0.1:8000
	$(BIN)/kb serve

test: check ## lint, types, layers and all tests
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile

check: $(STAMP) ## lint, types and layers only
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright
	$(BIN)/lint-imports

fix: $(STAMP) ## mend style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(STAMP) ## measure speed and quality beside other tools
	$(BIN)/python -m tests.bench.run

bench-scale: $(STAMP) ## measure how search grows: 10,000 to a million passages (hours)
	$(BIN)/python -m tests.bench.scale

bench-brief: $(STAMP) ## measure lessons briefs on judged charters
	$(BIN)/python -m tests.bench.briefs

clean: ## remove the environment; your data folder stays
	rm -rf .venv

.PHONY: help install serve test check fix bench bench-scale bench-brief clean
