# Two commands are all that a newcomer needs: `make run` and `make test`.
.DEFAULT_GOAL := help
.PHONY: help setup run test check bench chaos lock audit sbom

BIN := .venv/bin

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv and install the locked requirements (skipped when nothing changed)
	@sh tools/setup.sh

run: setup ## set up what is missing and run everything; Ctrl-C stops it
	@exec $(BIN)/outreach up --follow-parent

test: setup ## set up what is missing and pass all tests, on real engines
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: setup ## style, types, import floors, migrations up and down, clean lock files
	@$(BIN)/python tools/check.py

bench: setup ## measure: form to accepted mail, letters a second
	@$(BIN)/python -m bench

chaos: setup ## kill -9 while letters go out: senders (10 rounds of 1,000 letters), then everything (200 kills); count what was lost or twice
	@$(BIN)/python -m bench.kill
	@$(BIN)/python -m bench.chaos

lock: setup ## compile requirements/*.in to hashed lock files
	@sh tools/lock.sh

audit: setup ## look up whether a pinned package has a known hole (asks a service on the network)
	@$(BIN)/python tools/audit.py

sbom: setup ## write what an installation is made of to build/sbom.cdx.json (CycloneDX)
	@$(BIN)/python tools/audit.py sbom
