#!/usr/bin/env bash
# Installs the pinned packages of the laboratory applications into .cache/venv and prints the interpreter's path.
# A stamp of the pins makes the second call cheap; flock lets parallel test packages share one installation.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
venv=${MIDDLEBRICK_VENV:-$here/../../.cache/venv}
mkdir -p "$(dirname "$venv")"
exec 9>"$venv.lock"
flock 9
stamp=$(sha256sum "$here/requirements.txt" | cut -d' ' -f1)
if [ "$(cat "$venv/.apps-stamp" 2>/dev/null || true)" != "$stamp" ]; then
	[ -x "$venv/bin/python" ] || "${PYTHON:-python3}" -m venv "$venv" >&2
	"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input -r "$here/requirements.txt" >&2
	echo "$stamp" >"$venv/.apps-stamp"
fi
echo "$venv/bin/python"
