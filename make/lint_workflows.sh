#!/usr/bin/env bash
# Lints action.yml, the workflows, and every workflow that README.md and docs/*.md show, with the three tools given.
set -euo pipefail
actionlint=$1 validator=$2 zizmor=$3
shown=$(mktemp -d)
trap 'rm -rf "$shown"' EXIT
mkdir -p "$shown/.github/workflows"
# A fenced yaml block with jobs is a workflow, unless it is CircleCI's, which begins with its version. FULL_HASH_OF_A_RELEASE stands for a hash there.
for page in README.md docs/*.md; do
	[ -f "$page" ] || continue
	awk -v out="$shown/.github/workflows/$(basename "$page" .md)" '
		/^```ya?ml$/ { n++; on = 1; text = ""; next }
		/^```$/ && on { on = 0; if (text ~ /(^|\n)jobs:/ && text !~ /^version:/) printf "%s", text > (out "-" n ".yml"); next }
		on { sub(/FULL_HASH_OF_A_RELEASE/, "0123456789abcdef0123456789abcdef01234567"); text = text $0 "\n" }' "$page"
done
mapfile -t workflows < <(ls .github/workflows/*.yml "$shown"/.github/workflows/*.yml 2>/dev/null)
echo "linting action.yml and ${#workflows[@]} workflows"
$actionlint -no-color -shellcheck= "${workflows[@]}"
"$validator" action.yml
for w in "${workflows[@]}"; do
	# The schema inside action-validator 0.6.0 is older than the permission "attestations".
	if grep -q '^ *attestations:' "$w"; then echo "action-validator skips $w: it does not know the permission attestations"; continue; fi
	"$validator" "$w"
done
"$zizmor" --offline --no-progress --persona=regular action.yml "${workflows[@]}"
