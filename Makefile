# Python 3.11 or newer and make are all that is needed; every target makes .venv by itself, from the hashed lock files.
# Another Python: make demo PY=python3.12

PY ?= $(firstword $(foreach name,python3 python3.11 python3.12 python3.13,$(if $(shell $(name) -c 'import sys; sys.version_info < (3, 11) or print(1)' 2>/dev/null),$(name))))
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install -q --require-hashes -r

# A .venv that is there already is kept, whoever made it; what the lock names is installed into it.
define make_venv
	@test -n "$(PY)" || { echo "Keepwarm needs Python 3.11 or newer; none was found. Say where: make $@ PY=/path/to/python3"; exit 1; }
	@test -x $(BIN)/python || { echo "Making .venv (once, about half a minute)"; $(PY) -m venv .venv; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip -q
endef

.DEFAULT_GOAL := help
.PHONY: help demo run migrate test lint smoke fuzz torture bench lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.run ## Show the product in a browser with sample customers; your own: make demo CSV=customers.csv PORT=3000
	@$(BIN)/python -m bot demo $(if $(CSV),--csv "$(CSV)") $(if $(PORT),--port $(PORT)) $(if $(NO_BROWSER),--no-browser)

run: .venv/.run ## Run the bot with the settings of .env
	@$(BIN)/python -m bot run

migrate: .venv/.run ## Bring the database to this version's schema
	@$(BIN)/python -m bot migrate

test: .venv/.dev ## Run the tests on SQLite and PostgreSQL; one: make test T=tests/domain
	@$(BIN)/python -m pytest -n auto --dist worksteal $(T)

lint: .venv/.dev ## Check style, types, layers and dependencies
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports
	$(BIN)/python -m deptry .

smoke: .venv/.dev ## Drive one journey through a running demo, over HTTP and in a browser if there is one
	@$(BIN)/python -m tests.smoke

fuzz: .venv/.dev ## Throw 100,000 spoilt requests and many spoilt texts and files at the bot (minutes)
	@$(BIN)/python -m tests.fuzz

torture: .venv/.dev ## Kill the bot hundreds of times while Slack misbehaves, and count; shorter: make torture KILLS=30
	@$(BIN)/python -m tests.torture $(if $(KILLS),--kills $(KILLS))

bench: .venv/.dev ## Measure against limits of the same run
	@$(BIN)/python -m bench

lock: ## For maintainers: choose versions anew and write the hashed lock files (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv on the PATH"; exit 1; }
	uv lock -q --upgrade
	uv export -q --no-emit-project --all-extras --no-dev --no-header --no-annotate -o requirements.lock
	uv export -q --no-emit-project --all-extras --all-groups --no-header --no-annotate -o requirements-dev.lock

clean: ## Remove .venv and caches; databases and .env stay
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.run: requirements.lock
	$(make_venv)
	@$(PIP) requirements.lock
	@touch $@

# The developers' lock holds everything of the other one, so it serves for both.
.venv/.dev: requirements-dev.lock
	$(make_venv)
	@$(PIP) requirements-dev.lock
	@touch .venv/.run $@
