#!/bin/sh
# Compile requirements/*.in to lock files with hashes and without any download address.
set -eu
cd "$(dirname "$0")/.."
compile=".venv/bin/uv pip compile --universal --generate-hashes --no-header --python-version 3.11 --quiet"
$compile requirements/build.in -o requirements/build.txt
$compile requirements/base.in -o requirements/base.txt
$compile requirements/classifier.in -c requirements/base.txt -o requirements/classifier.txt
$compile requirements/dev.in -c requirements/base.txt -c requirements/classifier.txt -o requirements/dev.txt
$compile requirements/audit.in -o requirements/audit.txt
