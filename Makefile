# certhub: make demo | test | check | bench. Everything is installed into .venv, nothing elsewhere.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed-from
INSTALLED_FROM := pyproject.toml constraints.txt hatch_build.py $(shell find resolvers/graphiql/front -type f -not -path '*/node_modules/*' 2>/dev/null | sort)
# Tests wait more than they reckon: twice as many at once as there are cores.
WORKERS ?= 4
KILLS ?= 200
MINUTES ?= 10
COVERAGE ?=
# In the order of tests/conftest.py, long files first.
TESTS = $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(if $(COVERAGE),--cov --cov-report=)
FACED := tests/face tests/transports tests/documents tests/issuing tests/commitment/test_face.py \
  tests/tracing/test_collector.py tests/tracing/test_passing_on.py tests/audit
WHOLE_BRANCHES := hub/routing/*,hub/catalogue/admission.py,hub/trail/*,hub/workdays/*,hub/desk/clocks.py,hub/desk/lifecycle.py,hub/desk/objections.py,hub/desk/watching.py,hub/desk/steps/*

# Sources and tests are compiled once, not anew by each of some five hundred processes.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo test slow chaos check gate style types imports schema thresholds faults bench bench-peers outage soak pins clean

help:
	@echo "make demo    sandbox platforms and the hub, at http://127.0.0.1:8080/graphiql"
	@echo "make test    every test; what speaks GraphQL once more without plans (CERTHUB_PLAN=off)"
	@echo "make slow    processes killed a few times under load, short soak and outage, the benchmarks"
	@echo "make chaos   desk and hub killed two hundred times under load (KILLS=200), with figures"
	@echo "make check   the gate: style, types, imports, schema, every test with coverage"
	@echo "make faults  what becomes of a lookup when a platform fails, as one table"
	@echo "make bench   what a lookup costs, in under five minutes: benchmark.json, .md and .html"
	@echo "make bench-peers  the same beside other servers, in under twenty"
	@echo "make outage  two hundred callers while the provincial platform hangs for a minute"
	@echo "make soak    ten minutes under load with faults coming and going (MINUTES=10)"
	@echo "make setup   only install into $(VENV); the others do it when they need it"
	@echo "make pins    write constraints.txt from what is installed"
	@echo "make clean   remove $(VENV) and everything that was made"

# By content, not by time: a fresh checkout of the same sources needs no network.
setup:
	@wanted=$$(cat $(INSTALLED_FROM) | sha256sum); \
	if [ "$$wanted" = "$$(cat $(STAMP) 2>/dev/null)" ]; then exit 0; fi; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "certhub needs Python 3.11 or newer. Name one: make setup PYTHON=python3.11"; exit 1; }; \
	echo "setup: installing certhub and its tools into $(VENV); takes about a minute the first time"; \
	[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV) || { \
	  echo "No virtual environment could be made. On Debian: apt-get install python3-venv"; exit 1; }; \
	$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev]' || { \
	  echo "The installation failed, see above. It needs a Python package index the first time."; exit 1; }; \
	[ -f resolvers/graphiql/dist/index.html ] || echo "setup: GraphiQL could not be built (is npm's" \
	  "registry in reach?); /graphiql is a plain query page until it is"; \
	echo "$$wanted" > $(STAMP); \
	echo "setup: done"

demo: setup
	@$(BIN)/certhub demo

# All with plans, then what opens the face in its own process once more without; both are run.
test: setup
	@$(TESTS); with=$$?; \
	echo "once more without plans:"; CERTHUB_TEST_PLAN=off $(TESTS) $(if $(COVERAGE),--cov-append) $(FACED); \
	without=$$?; [ $$with -eq 0 ] && [ $$without -eq 0 ]

# Also on PostgreSQL where CERTHUB_TEST_POSTGRES names one.
slow: setup
	$(BIN)/pytest -n 2 --dist loadfile -m slow

chaos: setup
	CERTHUB_KILLS=$(KILLS) $(BIN)/pytest -q -s -m slow tests/desk_platform/test_kill.py
	CERTHUB_HUB_KILLS=$(KILLS) $(BIN)/pytest -q -s -m slow tests/kills

check: gate
	$(MAKE) --no-print-directory test COVERAGE=yes
	$(MAKE) --no-print-directory thresholds

gate: style types imports schema

style: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

# Breaking changes since the last release, or since the commit before where there is none yet.
schema: setup
	$(BIN)/certhub schema check
	@since=$$(git describe --tags --abbrev=0 2>/dev/null || git rev-parse --quiet --verify HEAD~1); \
	old=$$(mktemp); trap 'rm -f "$$old"' EXIT; \
	if [ -n "$$since" ] && git show "$$since:schema.graphql" > "$$old" 2>/dev/null; \
	then $(BIN)/certhub schema breaking "$$old"; \
	else echo "no earlier schema.graphql here to compare with"; fi

thresholds: setup
	$(BIN)/coverage report --skip-covered --include='$(WHOLE_BRANCHES)' --fail-under=100
	$(BIN)/coverage report --skip-covered --fail-under=95

faults: setup
	$(BIN)/python -m tests.faults

bench: setup
	$(BIN)/python -m benchmarks --json benchmark.json --markdown benchmark.md --html benchmark.html

# Node and PyPI are needed the first time; what can't be had is left out, and the report says why.
bench-peers: setup
	$(BIN)/python -m benchmarks --peers --json benchmark.json --markdown benchmark.md \
	  --html benchmark.html

outage: setup
	$(BIN)/python -m benchmarks.outage

soak: setup
	$(BIN)/python -m benchmarks.soak --minutes $(MINUTES)

pins:
	@{ echo "# Versions that were tested together; \`make pins\` writes them anew."; \
	$(BIN)/python -m pip freeze --exclude-editable --exclude certhub; } > constraints.txt

clean:
	rm -rf $(VENV) benchmark.json benchmark.md benchmark.html .certhub .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache \
	  .pytest_cache .ruff_cache resolvers/graphiql/dist *.egg-info
