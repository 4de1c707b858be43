# Everything works from a clean clone with nothing but make and Python 3.11 or newer.
# Paths are relative throughout, so the checkout may live in a folder with a space in its name.

OLD_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))
CANDIDATES = .venv/bin/python python3 python3.14 python3.13 python3.12 python3.11
ifndef PYTHON
PYTHON := $(shell for python in $(CANDIDATES); do \
	"$$python" -c "$(OLD_ENOUGH)" 2>/dev/null && echo "$$python" && break; done)
endif

IN_VENV = .venv/bin/python -m
LOCK = $(IN_VENV) uv --system-certs pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --no-header
# A site is many processes; each would compile every library anew.
unexport PYTHONDONTWRITEBYTECODE
# The tests bring their own servers, whatever the shell has set.
ALONE = unset DATABASE_URL REDIS_URL;

.PHONY: help run test test-services test-browser sure check words bench speed screenshots lock install-run install-dev python

help:
	@echo "make run            the site on http://127.0.0.1:8000 (PORT=… another port, ARGS=… more options)"
	@echo "make test           all tests, on servers of their own"
	@echo "make test-services  the same on the PostgreSQL and Redis of DATABASE_URL and REDIS_URL"
	@echo "make test-browser   the pages in headless Chromium"
	@echo "make sure           all that a change must pass"
	@echo "make check          of these, what needs no servers: format, lint, types, import rules"
	@echo "make words         the catalogues of sentences brought up to date"
	@echo "make bench          the benchmarks"
	@echo "make speed          how fast pages are on a slow telephone, to build/speed.md"
	@echo "make screenshots    pictures of every page and mail, to screenshots/"
	@echo "make lock           the locked lists in requirements/ anew"

run: install-run
	@exec $(IN_VENV) campaign up --demo $(ARGS)

test: install-dev
	$(ALONE) $(IN_VENV) pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not services and not browser" $(ARGS)

test-services: install-dev
	@test -n "$$DATABASE_URL" && test -n "$$REDIS_URL" || \
		{ echo "make test-services needs DATABASE_URL and REDIS_URL in the environment." >&2; exit 1; }
	$(IN_VENV) pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not browser" $(ARGS)

test-browser: install-dev
	$(ALONE) $(IN_VENV) pytest -n 2 --dist loadfile -m browser $(ARGS)

sure: check test

check: install-dev
	$(IN_VENV) ruff format --check .
	$(IN_VENV) ruff check .
	$(IN_VENV) mypy
	.venv/bin/lint-imports
	$(IN_VENV) bandit --quiet --configfile pyproject.toml --recursive campaign worker

# New and changed sentences, put into the catalogues for somebody to translate.
WORDS = --no-wrap --no-location --omit-header
words: install-dev
	@mkdir -p build
	@.venv/bin/pybabel -q extract $(WORDS) --sort-output --mapping translations/extract.ini \
		--output build/messages.pot .
	@for language in es fr ar; do .venv/bin/pybabel -q update --no-wrap --no-fuzzy-matching --omit-header \
		--ignore-obsolete --init-missing --input-file build/messages.pot \
		--output-dir translations --locale $$language; done

bench: install-dev
	@$(ALONE) $(IN_VENV) bench $(ARGS)

speed screenshots: install-dev
	@$(ALONE) $(IN_VENV) tests.browser.$(if $(filter speed,$@),speed,photographs) $(ARGS)

lock: install-dev
	$(LOCK) --output-file requirements/run.txt pyproject.toml
	$(LOCK) --output-file requirements/dev.txt --extra dev pyproject.toml
	echo uv | $(LOCK) --output-file requirements/uv.txt -

install-run install-dev: install-%: python
	@"$(PYTHON)" requirements/install.py $*

python:
	@test -n "$(PYTHON)" || { echo "Groundswell needs Python 3.11 or newer, and none of these is: \
	$(CANDIDATES). Install one, or name it: make run PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c "$(OLD_ENOUGH)" || { echo "Groundswell needs Python 3.11 or newer, but \
	$(PYTHON) is $$("$(PYTHON)" --version 2>&1 | head -n 1)." >&2; exit 1; }
