# Every target brings up .venv by itself; `make demo ARGS="--no-serve --json"`.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --require-virtualenv
.PHONY: setup demo test check bench serve docs
setup: .venv/dev
.venv/run: pyproject.toml requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what lianfang needs into .venv (the first time takes a minute)" >&2
	@$(PIP) --require-hashes -r requirements.txt && $(PIP) --no-deps --editable . && touch $@
.venv/dev: .venv/run requirements-dev.txt requirements-data.txt
	@$(PIP) --require-hashes -r requirements-dev.txt
	@$(PIP) --require-hashes --no-deps -r requirements-data.txt && touch $@
demo: .venv/run
	@$(BIN)/lianfang demo $(ARGS)
serve: .venv/run
	@$(BIN)/lianfang serve $(ARGS)
test: .venv/dev
	@$(BIN)/pytest $(ARGS)
check: .venv/dev
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports --no-logo
.venv/bench: .venv/dev requirements-bench.txt
	@$(PIP) --require-hashes -r requirements-bench.txt && touch $@
bench: .venv/bench
	@$(BIN)/python -m benchmarks $(ARGS)
docs: .venv/dev
	@$(BIN)/python tools/docs.py $(ARGS)
