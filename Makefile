# DeepSkel: `make run` opens it, `make test` checks everything. Both create what they need on the first call.
SHELL := /bin/bash
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help run test lint types pytest env env-test system system-test lock benchmark figures clean

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

run: env system ## open DeepSkel on a photo; without a display, drive it and leave the results in out/
	@$(BIN)/python -m app.demo

test: lint types pytest ## every check

lint: env-test ## style, spelling, and who may import whom
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/typos
	@$(BIN)/lint-imports --no-logo

types: env-test ## static types
	@$(BIN)/mypy

pytest: env-test system-test ## the tests alone
	@scripts/with-screen $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4

benchmark: env ## speed and memory of a click, a skeleton, a pose, and a project of 25,000 people
	@for part in click skeleton pose project; do echo "== $$part"; $(BIN)/python -m benchmarks.$$part || exit; done

figures: env ## write the figures on the cards into README.md
	@$(BIN)/python scripts/figures.py

env: ## the environment that running and training need (CPU=1: CPU-only wheels)
	@scripts/env requirements.lock

env-test: # the environment with the test tools
	@scripts/env requirements-test.lock

system: # libraries for a window; a virtual screen only where there is no display
	@scripts/system-libraries

system-test: # the tests always use a virtual screen
	@env -u DISPLAY -u WAYLAND_DISPLAY scripts/system-libraries

LOCK := .cache/lock/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --no-annotate --no-header
lock: ## resolve pyproject.toml into the two lock files again
	@python3 -m venv --without-pip .cache/lock && python3 -m pip --python .cache/lock/bin/python install --quiet uv
	@$(LOCK) --extra train --extra heic -o requirements.lock
	@$(LOCK) --extra train --extra heic --extra test -c requirements.lock -o requirements-test.lock

clean: ## remove the environment and every cache
	rm -rf .venv .cache/lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist *.egg-info
