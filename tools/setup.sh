#!/bin/sh
# Make .venv from the hashed requirements; do nothing when the lock and the interpreter are the ones of last time.
set -eu
cd "$(dirname "$0")/.."

lock=requirements/dev.txt
wanted=$(cat requirements/build.txt "$lock" pyproject.toml tools/setup.sh | cksum | tr ' ' -)
stamp=.venv/outreach-setup

if [ -x .venv/bin/outreach ] && [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted $PWD" ]; then
    exit 0
fi

suitable() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 14)))' >/dev/null 2>&1
}

# Microseconds for a little work of the kind that letters make.
pace() {
    "$1" -c 'from collections import namedtuple; from timeit import repeat; P, r = namedtuple("P", "a b"), range(500)
print(int(1e6 * min(repeat("list(map(P, r, r)); {str(n): [n] for n in r}", number=20, repeat=20, globals=globals()))))'
}

version() {
    "$1" -c 'import sys; print(*sys.version_info[:2])'
}

if [ ! -x .venv/bin/python ] || ! suitable .venv/bin/python; then
    python=
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.14 python3.11; do
        if suitable "$candidate"; then python=$candidate; break; fi
    done
    if [ -z "$python" ]; then
        echo "make setup: no Python from 3.11 to 3.14 with venv was found; install one (on Debian: apt-get install python3 python3-venv) or name it: make setup PYTHON=/path/to/python3." >&2
        exit 1
    fi
    # Builds of one version differ by a third and more, and letters are written as fast as Python runs.
    if [ -z "${PYTHON:-}" ]; then
        for candidate in /usr/bin/python3 /usr/local/bin/python3; do
            if suitable "$candidate" && [ "$(version "$candidate")" = "$(version "$python")" ] &&
                [ $(($(pace "$candidate") * 10)) -lt $(($(pace "$python") * 9)) ]; then python=$candidate; fi
        done
    fi
    echo "Making .venv with $("$python" --version) ($python)"
    "$python" -m venv --clear .venv
fi

echo "Installing the locked requirements"
install=".venv/bin/python -m pip install --quiet --disable-pip-version-check"
# The build tools come first, hashed like the rest, so that nothing is fetched behind pip's back for a source package.
$install --require-hashes --only-binary :all: -r requirements/build.txt
$install --require-hashes --prefer-binary --no-build-isolation -r "$lock"
$install --no-index --no-deps --no-build-isolation -e .
echo "$wanted $PWD" >"$stamp"
