# Two commands on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test bench lint format pictures lock clean

demo: $(VENV)/run.stamp ## an invented district, console, clockwork and stand-in gateways; Ctrl-C stops all
	$(BIN)/pusher demo

test: $(VENV)/dev.stamp ## everything, in parallel
	$(BIN)/python -m pytest

bench: $(VENV)/dev.stamp ## side by side with what one would pick instead, as ratios of one run
	$(BIN)/python -m bench

lint: $(VENV)/dev.stamp ## formatting, ruff, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

pictures: $(VENV)/dev.stamp ## the README's pictures anew, from the demo
	$(BIN)/python docs/pictures.py

$(VENV)/run.stamp: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "需要 Python 3.11 或更高版本 (Python 3.11 or newer is needed)")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	touch $@

# hatchling builds the editable install and is pinned like everything else.
lock: ## resolve anew; writes no registry addresses
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --group build --custom-compile-command 'make lock' -o requirements.lock pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --group build --group dev --custom-compile-command 'make lock' -c requirements.lock -o requirements-dev.lock pyproject.toml

clean:
	rm -rf $(VENV) build dist
