# Needs git, make and Python 3.11 or newer with venv. Another Python: make demo PY=python3.12
PY   ?= python3
ARGS ?=
BIN  := .venv/bin
PIP  := $(BIN)/pip --disable-pip-version-check --quiet
LOCK := .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(ARGS)

.PHONY: help demo serve test check bench soak fuzz lock assets docs texts spark
.DELETE_ON_ERROR:

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile

demo: .venv/run.ok ## both worked cases in a throw-away node, then the site; ARGS=--no-serve prints only
	@$(BIN)/tearline demo $(ARGS)

serve: .venv/run.ok ## run the node in ./tearline-data
	@$(BIN)/tearline serve $(ARGS)

test: .venv/test.ok ## all tests, on all cores; ARGS=tests/ledger for some
	@$(BIN)/pytest -q --numprocesses auto --maxprocesses 8 --dist loadscope --no-loadscope-reorder $(ARGS)

check: .venv/test.ok ## format, lint, types, layers, lock files
	$(BIN)/ruff format --quiet --check .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-logo
	for pack in src/tearline/protocol/packs/*.yaml; do $(BIN)/tearline protocol check $$pack || exit 1; done
	$(BIN)/python .ci/locks.py check

bench: .venv/bench.ok ## measurements beside their peers
	@$(BIN)/python -m bench $(ARGS)

soak: .venv/test.ok ## kill writers and servers, 200 rounds on each database; ARGS="--rounds 2000 --seed 7"
	@$(BIN)/python -m tests.ledger.killing $(ARGS)

fuzz: .venv/fuzz.ok ## every reader of foreign bytes under atheris and the API under schemathesis, a minute each; ARGS="--seconds 600 note"
	@$(BIN)/python -m tests.fuzz $(ARGS)
	@$(if $(ARGS),,$(BIN)/python -m tests.api.fuzz)

docs: .venv/run.ok ## pages derived from the code
	$(BIN)/tearline docs facts > docs/facts.md.new || { rm -f docs/facts.md.new; exit 1; }
	mv docs/facts.md.new docs/facts.md
	$(BIN)/tearline docs dossier > docs/dossier.md.new || { rm -f docs/dossier.md.new; exit 1; }
	mv docs/dossier.md.new docs/dossier.md
	$(BIN)/tearline docs protocols > docs/protocols.md.new || { rm -f docs/protocols.md.new; exit 1; }
	mv docs/protocols.md.new docs/protocols.md
	$(BIN)/tearline docs routes > docs/security/routes.md.new || { rm -f docs/security/routes.md.new; exit 1; }
	mv docs/security/routes.md.new docs/security/routes.md

spark: .venv/spark.ok ## what `protocol replay --engine spark` and Parquet need beside Java; the tests then use it too

assets: ## styles, fonts and scripts in src/, from frontend/ (the one target that needs Node)
	npm --prefix frontend ci
	npm --prefix frontend run build

texts: .venv/test.ok ## the site's Spanish catalogue, from its pages; then fill in what is open
	$(BIN)/pybabel --quiet extract -F babel.cfg -k say -k many:1,2 --no-location --sort-output -o .texts.pot src
	$(BIN)/pybabel --quiet update -l es -i .texts.pot -o src/tearline/web/locale/es.po -w 110 \
	  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --omit-header
	rm .texts.pot

lock: .venv-lock/uv.ok ## lock files from pyproject.toml; ARGS=--upgrade for newer versions
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) --group build -c requirements.lock -o requirements-build.lock
	$(LOCK) --group fuzz -o requirements-fuzz.lock
	$(LOCK) pyproject.toml --group bench -c requirements.lock -o requirements-bench.lock
	$(LOCK) pyproject.toml --extra spark -c requirements.lock -o requirements-spark.lock
	$(LOCK) pyproject.toml --group test -c requirements.lock -o requirements-test.lock
	$(PY) .ci/locks.py stamp

# Everything installed is hashed in a lock file, the build backend included; hence no build isolation.
.venv/run.ok: requirements.lock requirements-build.lock pyproject.toml | .venv/bin/pip
	@echo "Installing Tearline into .venv (once, less than a minute)" >&2
	@$(PIP) install --require-hashes -r requirements-build.lock -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/test.ok: .venv/run.ok requirements-test.lock
	@echo "Installing what the tests need (once, less than a minute)" >&2
	@$(PIP) install --require-hashes -r requirements-test.lock
	@touch $@

.venv/spark.ok: .venv/run.ok requirements-spark.lock
	@echo "Installing Spark (once, 700 MB on disk)" >&2
	@$(PIP) install --require-hashes -r requirements-spark.lock
	@touch $@

.venv/bench.ok: .venv/test.ok requirements-bench.lock
	@$(PIP) install --require-hashes -r requirements-bench.lock
	@touch $@

.venv/fuzz.ok: .venv/test.ok requirements-fuzz.lock
	@$(PIP) install --require-hashes -r requirements-fuzz.lock
	@touch $@

.venv/bin/pip:
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tearline needs Python 3.11 or newer: make PY=python3.12")'
	@$(PY) -m venv .venv

# uv stands apart: only whoever changes a dependency needs it.
.venv-lock/uv.ok: Makefile
	@$(PY) -m venv .venv-lock
	@.venv-lock/bin/pip --disable-pip-version-check --quiet install uv==0.13.9
	@touch $@
