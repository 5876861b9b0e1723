# Needs python3 (3.11 or newer) and make; everything else is installed into .venv.
.PHONY: setup demo test test-core attack bench bench-large check format lock clean
BIN := .venv/bin

setup:
	@scripts/setup dev

demo:
	@scripts/setup main
	@exec $(BIN)/python -m hakakses demo

test: setup
	@$(BIN)/python -m pytest tests

test-core: setup
	@$(BIN)/python -m pytest tests/core

# The tables of docs/explanation/what-a-guesser-learns.md; the same in every run.
attack: setup
	@PYTHONPATH=src:. $(BIN)/python -m tests.attack

# Needs the load generator wrk (Debian and Ubuntu have it); bench-large adds ten million residents.
bench: setup
	@$(BIN)/python -m bench 1000000

bench-large: setup
	@$(BIN)/python -m bench 1000000 10000000

check: setup
	@$(BIN)/ruff format --check --quiet src tests bench
	@$(BIN)/ruff check --quiet src tests bench
	@$(BIN)/mypy src bench
	@$(BIN)/lint-imports

format: setup
	@$(BIN)/ruff format src tests bench
	@$(BIN)/ruff check --fix src tests bench

lock:
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-emit-index-url pyproject.toml -o requirements/main.txt
	@$(BIN)/uv pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-emit-index-url --extra dev pyproject.toml -c requirements/main.txt -o requirements/dev.txt

clean:
	@rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
