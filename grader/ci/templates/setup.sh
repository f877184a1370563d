#!/usr/bin/env bash
# Written by `grader ci-init gradescope`. Runs once, when Gradescope builds the image.
set -euo pipefail
ROOT="${AUTOGRADER_ROOT:-/autograder}"
VENV="${AUTOGRADER_VENV:-/opt/grader}"

newest() {
    for name in python3.13 python3.12 python3.11; do
        command -v "$name" && return
    done
    return 1
}

apt-get update -y
for version in 3.12 3.11; do
    newest > /dev/null || apt-get install -y "python$version" "python$version-venv" || true
done
python=$(newest) || { echo "No Python 3.11 or newer: choose a newer base image." >&2; exit 1; }
apt-get install -y "$(basename "$python")-venv" || true

"$python" -m venv "$VENV"
cd "$ROOT/source"
# Torch, if there is any, comes first and on its own: whatever comes second finds it there.
"$VENV/bin/pip" install --no-cache-dir @TORCH@
"$VENV/bin/pip" install --no-cache-dir "@KIT@"
