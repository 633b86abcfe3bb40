#!/usr/bin/env bash
# Builds the binary twice as the Dockerfile does, in two directories and with two caches, and compares the bytes.
set -euo pipefail
go=${1:-go}
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
git ls-files -z -- ':!testdata' | tar --null -cf "$work/tree.tar" -T - # once: the tree may change meanwhile
for n in 1 22; do
	mkdir -p "$work/$n/src"
	tar -xf "$work/tree.tar" -C "$work/$n/src"
	(cd "$work/$n/src" && CGO_ENABLED=0 GOCACHE=$work/$n/cache $go build -trimpath -buildvcs=false -ldflags '-s -w -buildid=' -o "$work/$n/middlebrick" .)
done
cmp "$work/1/middlebrick" "$work/22/middlebrick"
echo "reproducible: $(sha256sum <"$work/1/middlebrick" | cut -c1-64), $(stat -c %s "$work/1/middlebrick") bytes"
