# The commands of the project. Each installs what it needs first, if its lock file changed.
ARGS ?=
PYTHON = .venv/bin/python
EMBEDDED = $(PYTHON) -m msp_portal.embedded
# Applies and checks that no two branches add the same migration; only development has it.
MANAGE = EXTRA_APPS=django_linear_migrations $(EMBEDDED) with $(PYTHON) manage.py
COMPILE = .venv/bin/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes \
  --no-emit-index-url --no-header $(ARGS)
CODE = msp_portal portals alerts support onboarding services licensing devices tenants rules audit accounts mail

.DEFAULT_GOAL := help
.PHONY: help run manage audit test bench faults upgrade screenshots mutate proof check fix lock migrations style imports types templates migrated installed

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: export DEBUG ?= 1
run: ## start the portal at http://127.0.0.1:8000 (PORT=8001 for another port); Ctrl-C stops it
	@./bootstrap run
	@exec $(EMBEDDED) run

manage: export DEBUG ?= 1
manage: installed ## a command of manage.py beside `make run` (ARGS="samsung_admin kim@samsung.example Kim Seo")
	@$(EMBEDDED) manage $(ARGS)

mutate: installed ## remove one guard at a time and see whether the tests notice (ARGS="--sample 40 --seed 1")
	@$(EMBEDDED) with $(PYTHON) -m mutation $(ARGS)

upgrade: installed ## how long migrations keep people waiting in a large world (ARGS="--devices 2000000")
	@DJANGO_SETTINGS_MODULE=msp_portal.settings $(EMBEDDED) with $(PYTHON) -m tests.proof.upgrade $(ARGS)

proof: installed ## try many more orders of acts than the tests do (STEPS=50000 SEED=7)
	@PROOF_STEPS=$(or $(STEPS),20000) PROOF_SEED=$(or $(SEED),1) $(EMBEDDED) with $(PYTHON) -m pytest -q -s tests/proof/test_any_order.py $(ARGS)

test: installed ## run every test (ARGS="tests/faq -k approve" for some)
	@$(EMBEDDED) with $(PYTHON) -m pytest $(ARGS)

bench: ## measure speed and memory against the goals (ARGS=upload for one bench)
	@./bootstrap bench
	@$(EMBEDDED) with $(PYTHON) -m bench $(ARGS)

faults: installed ## kill everything under load, and count what was lost or doubled (ARGS="--kills 5", ARGS=rolling, SEED=1)
	@exec $(PYTHON) -m faults $(ARGS)

screenshots: installed ## take the pictures of docs/pictures anew, from the demo in a real browser
	@$(EMBEDDED) with $(PYTHON) -m tests.browser.pictures

check: style imports types templates migrated ## lint, types, imports, templates, migrations; changes nothing

fix: installed ## format, and correct what can be corrected
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .
	@.venv/bin/djlint --quiet --reformat templates

migrations: installed ## write the migrations that are missing (ARGS="tenants --name add_region")
	@$(MANAGE) makemigrations $(ARGS)

lock: installed ## write the lock files anew (ARGS=--upgrade for newer versions)
	@$(COMPILE) pyproject.toml --output-file requirements/production.txt >/dev/null
	@$(COMPILE) pyproject.toml --group run --constraint requirements/production.txt --output-file requirements/run.txt >/dev/null
	@$(COMPILE) pyproject.toml --group dev --constraint requirements/run.txt --output-file requirements/dev.txt >/dev/null
	@$(COMPILE) --group bench --constraint requirements/dev.txt --output-file requirements/bench.txt >/dev/null
	@$(COMPILE) --group node --output-file requirements/node.txt >/dev/null
	@echo uv | $(COMPILE) - --output-file requirements/uv.txt >/dev/null
	@./bootstrap lock-vendor

style: installed
	@.venv/bin/ruff format --check --quiet . || { echo 'Not formatted: make fix'; exit 1; }
	@.venv/bin/ruff check .

imports: installed
	@.venv/bin/lint-imports --no-logo

types: installed
	@$(EMBEDDED) with $(PYTHON) -m mypy $(CODE)

templates: installed
	@.venv/bin/djlint --check --lint templates

audit: installed ## ask the registries for known holes in what is installed (AUDIT=1 .ci/run does so, too)
	@.venv/bin/uv tool run pip-audit --strict --disable-pip --progress-spinner off --requirement requirements/production.txt
	@npm audit --omit=dev

migrated: installed
	@$(MANAGE) makemigrations --check --dry-run
	@$(MANAGE) check

installed:
	@./bootstrap dev
