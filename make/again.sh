#!/usr/bin/env bash
# Runs tests, and those that fail once more: again.sh go test …
set -euo pipefail
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$@" 2>&1 | tee "$log" && exit
# A package that does not compile, panics or takes too long has tests that did not run: running the failed ones again would hide that.
failed=$(awk '
	/^--- FAIL: / { names = names (names ? "|" : "") $3; told = 1 }
	/^panic: / || /^FAIL\t/ && !told { exit broken = 1 }
	/^(ok|FAIL|\?)[ \t]/ { told = 0 }
	END { if (!broken) print names }' "$log") || true
[ -n "$failed" ] || exit 1
echo "these tests failed and run once more: $failed"
packages=$(awk '/^FAIL\t/ { print $2 }' "$log")
command=()
for word; do
	case $word in
	github.com/*/* | ./*) ;; # the packages that held
	*) command+=("$word") ;;
	esac
done
# shellcheck disable=SC2086 # names of packages hold no spaces
"${command[@]}" -run "^($failed)\$" $packages
