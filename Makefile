# The two commands of a newcomer: `make demo` and `make test`. `make` alone lists all.
# The system's own Python, where it is new enough and whole: distributions build theirs with the optimisations that one
# built by hand often lacks, and the portal then needs a fifth less time. Else whatever is called python3.
PYTHON ?= $(shell for each in /usr/bin/python3 python3; do \
	$$each -c 'import ensurepip, ssl, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && exit; done; echo python3)
PORT ?= 8000
BIN := .venv/bin
SUDO := $(if $(filter 0,$(shell id -u)),,sudo )
APT := $(SUDO)apt-get
export UV_PROJECT_ENVIRONMENT := .venv

help: ## list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

# Python may come without venv (Debian packs it apart), so one failure is answered by installing it.
.venv/bin/uv:
	@$(PYTHON) -m venv .venv || { $(APT) update -qq && $(APT) install -y -qq python3-venv && $(PYTHON) -m venv .venv; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

.venv/.synced: .venv/bin/uv pyproject.toml uv.lock
	@$(BIN)/uv sync --frozen --quiet --inexact --python $(BIN)/python
	@touch $@

# The fonts of official papers (仿宋, 楷体, 黑体, 宋体) lie in a Debian package of which nothing else is wanted.
FANDOL := /usr/local/share/fonts/fandol
fonts: ## install the free fonts that bulletins are printed in
	@if [ -f $(FANDOL)/FandolFang-Regular.otf ]; then exit 0; fi; \
	work=$$(mktemp -d) && trap 'rm -rf "$$work"' EXIT; \
	if command -v apt-get >/dev/null && { [ -n "$$(apt-cache show texlive-lang-chinese 2>/dev/null)" ] || $(APT) update -qq; } && \
	   (cd $$work && apt-get download -qq texlive-lang-chinese 2>/dev/null && \
	    dpkg-deb --fsys-tarfile *.deb | tar -x --wildcards --strip-components=9 '*/fandol/Fandol[FHKS]*.otf') && \
	   $(SUDO)install -D -m 644 -t $(FANDOL) $$work/*.otf; then exit 0; fi; \
	if [ -n "$$CI" ]; then echo "Could not install the fonts of bulletins"; exit 1; fi; \
	echo "Could not install the fonts of bulletins: PDF will say so."

system: fonts ## install what the tests need from the system, where apt can
	@missing=""; \
	command -v redis-server >/dev/null || missing="$$missing redis-server"; \
	command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing="$$missing chromium"; \
	fc-list 2>/dev/null | grep -qi 'noto.*cjk' || missing="$$missing fontconfig fonts-noto-cjk"; \
	ldconfig -p 2>/dev/null | grep -q libpangoft2 || missing="$$missing libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	echo "Installing$$missing"; \
	if command -v apt-get >/dev/null && $(APT) update -qq && \
	   DEBIAN_FRONTEND=noninteractive $(APT) install -y -qq --no-install-recommends $$missing >/dev/null; then exit 0; fi; \
	if [ -n "$$CI" ]; then echo "Could not install$$missing"; exit 1; fi; \
	echo "Could not install$$missing: the tests that need them will be skipped, and will say so."

demo: .venv/.synced ## set up and serve the demo city on 127.0.0.1:8000 (PORT=8001, ONLY_SETUP=1)
	@$(BIN)/python manage.py demo --port $(PORT) $(if $(ONLY_SETUP),--only-setup)

up: .venv/.synced ## run web, worker and beat against local PostgreSQL and Redis (DATABASE_URL, REDIS_URL)
	@mkdir -p $${PORTAL_DATA_DIR:-.data}
	@$(BIN)/honcho start --port $(PORT)

test: system .venv/.synced ## set up and run the whole suite (ARGS="-k queue")
	@$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

check: .venv/.synced ## read the code: lint, format, types, layers, migrations, deployment, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	@# The example is complete: with a key of its own it is a production environment.
	set -a; . ./.env.example; SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(48))"); \
	$(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/djade --check --target-version 5.2 $$(git ls-files 'templates/*.html')

fix: .venv/.synced ## format, and mend what a machine can mend
	-$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .
	-$(BIN)/djade --target-version 5.2 $$(git ls-files 'templates/*.html')

bench: .venv/.synced ## measure speed: medians, and ratios to a floor taken in the same run
	@$(BIN)/python -m pytest -p no:randomly -m bench tests/bench -s

.PHONY: help fonts system demo up test check fix bench
.DEFAULT_GOAL := help
