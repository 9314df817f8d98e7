# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The Python that builds build/venv: 3.11 or newer. Node.js 20+ is taken from PATH, else from PyPI.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := build/venv/bin/python
DATA ?=
export DATA
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPATH := tests

.PHONY: help setup test test-long rehearsal lab benchmark clean

help:
	@echo "make test                    all tests and linters (20 minutes)"
	@echo "make test-long               the oldest SDKs, and a million spoilt inputs for each family of parsers (half an hour)"
	@echo "make rehearsal [DATA=/dir]   one seed from a server into the vault, on this machine (2 minutes)"
	@echo "make lab                     the same laboratory, left up for use by hand"
	@echo "make benchmark               measures, and whether their aims are reached"
	@echo "make clean                   removes build/"

setup:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer found; say: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) tests/setup

test: setup
	@$(VENV) -m gates

test-long: setup
	@$(VENV) -m gates.long

rehearsal: setup
	@$(VENV) -m lab.rehearsal $(if $(DATA),--data "$$DATA")

lab: setup
	@$(VENV) -m lab.by_hand $(if $(DATA),--data "$$DATA")

benchmark: setup
	@$(VENV) -m benchmark

clean:
	rm -rf build
