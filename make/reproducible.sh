#!/usr/bin/env bash
# Builds the binary twice as the Dockerfile does, here and in another directory with an empty cache, and compares the
# bytes. The binary must leave room for the certificates, 220 KB, in an image below 15 MB.
set -euo pipefail
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
git ls-files -z -- ':!testdata' | tar --null -cf "$work/tree.tar" -T - # once: the tree may change meanwhile
for n in 1 22; do
	mkdir -p "$work/$n/src"
	tar -xf "$work/tree.tar" -C "$work/$n/src"
	(
		cd "$work/$n/src"
		[ "$n" = 1 ] || export GOCACHE=$work/cache
		make/lean.sh "$work/$n/middlebrick"
	)
done
cmp "$work/1/middlebrick" "$work/22/middlebrick"
size=$(stat -c %s "$work/1/middlebrick")
echo "reproducible: $(sha256sum <"$work/1/middlebrick" | cut -c1-64), $size bytes"
[ "$size" -lt 14760000 ] || { echo "the binary of the image has $size bytes, too many for an image below 15 MB" >&2; exit 1; }
