# make run    serves the whole site from a fresh clone         make test   runs every test
# make dev    reloading development server                     make check  linters, migrations, deploy check
# make backup saves database and uploads                   make restore FILE=… brings them back
# make mirror writes the published site as files (FOLDER=mirror)
# make faults load, crashes, full disks, at length           make audit  known weaknesses of the packages
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin

# The newest Python from 3.11 up that really starts and can build a virtual environment.
PYTHON ?= $(shell for v in 3.15 3.14 3.13 3.12 3.11; do \
	"python$$v" -c 'import ensurepip, venv' >/dev/null 2>&1 && { echo "python$$v"; exit; }; done; \
	python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo python3)

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

# Where `make mirror` writes.
FOLDER ?= mirror

.PHONY: run dev mirror backup restore test faults check figures bench lock upgrade audit format clean

run: $(VENV)/.runtime
	@$(BIN)/python -m backpain_site.start

dev: $(VENV)/.dev
	@DEBUG=1 $(BIN)/python -m backpain_site.start --develop

mirror: $(VENV)/.runtime
	@$(BIN)/python manage.py mirror $(FOLDER)

# Where to, and how many stay: `make backup TO=/mnt/backups KEEP=14`.
backup: $(VENV)/.runtime
	@$(BIN)/python manage.py backup $(if $(TO),"$(TO)") $(if $(KEEP),--keep $(KEEP))

# `make restore FILE=…` asks before it replaces a site; YES=1 answers.
restore: $(VENV)/.runtime
	@test -n "$(FILE)" || { echo "Name the backup: make restore FILE=…"; exit 1; }
	@$(BIN)/python manage.py restore "$(FILE)" $(if $(filter 1 yes true,$(YES)),--yes)

test: $(VENV)/.dev
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

# Minutes of load, crashes, full disks and hostile requests; what it prints are the figures.
faults: $(VENV)/.dev
	@$(BIN)/python -m pytest -m long -s

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python manage.py makemigrations --check --dry-run
	DEBUG=0 SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))') \
		SITE_URL=https://example.org ALLOWED_HOSTS=example.org \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

# Draw the figures, place the markers and lay all points out on docs/point-figures.png.
figures: $(VENV)/.dev
	@$(BIN)/python points/figures/src/make_figures.py
	@$(BIN)/python points/figures/src/marks.py
	@$(BIN)/python -m tests.contact_sheet

bench: $(VENV)/.dev
	@$(BIN)/python -m tests.bench

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Pin everything: `make lock` what pyproject.toml newly names, `make upgrade` the newest of all.
# Needs uv.
COMPILE = uv pip compile --universal --no-annotate --no-header --generate-hashes \
	--python-version 3.11 pyproject.toml $(UPGRADE)
upgrade: UPGRADE = --upgrade
lock upgrade:
	$(COMPILE) -o requirements.txt
	$(COMPILE) --extra s3 -o requirements-s3.txt
	$(COMPILE) --extra sentry -o requirements-sentry.txt
	$(COMPILE) --group dev -o requirements-dev.txt

# Ask for known weaknesses of what is pinned. Without network it says so, and that is no failure.
audit: $(VENV)/.dev
	@$(BIN)/python -m tests.audit

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache staticfiles

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed; name one with PYTHON=…"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(VENV)/bin/python
	@echo "Installing the pinned packages…"
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	@$(PIP) -r requirements-dev.txt
	@touch $@
