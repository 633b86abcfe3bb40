#!/usr/bin/env bash
# Runs the action as a step of a workflow with act, from a copy of this tree: a pull request that adds the example application
# to an empty directory. So action.yml itself is exercised: its inputs, its outputs and the image that it names. Needs a Docker engine.
set -euo pipefail
act=$1
image=$(sed -n 's/^ARG GO_IMAGE=//p' Dockerfile)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/tree"
git ls-files -z | tar --null -cf - -T - | tar -xf - -C "$work/tree"
if ! docker image inspect "$image" >/dev/null 2>&1 && ! docker pull --quiet "$image" >/dev/null 2>&1; then
	docker image inspect "${image%@*}" >/dev/null 2>&1 || { echo "act: $image is not here and cannot be pulled: the action is not run" >&2; exit 0; }
	echo "act: built with the local ${image%@*}: the pinned one cannot be pulled"
	sed -i "s|^ARG GO_IMAGE=.*|ARG GO_IMAGE=${image%@*}|" "$work/tree/Dockerfile"
fi
cd "$work/tree"
rm -rf .github/workflows/*
cat >.github/workflows/races.yml <<'YML'
on: pull_request
permissions: {}
jobs:
  races:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: ./
        id: races
        with: { working-directory: testdata/apps/shop, upload: never, token: "" }
      - if: always()
        run: echo "gate=${{ steps.races.outputs.gate }} new=${{ steps.races.outputs.new }} fixed=${{ steps.races.outputs.fixed }} upload=${{ steps.races.outputs.upload-status }} analysis=${{ steps.races.outputs.analysis }} $(ls middlebrick.sarif)"
YML
commit() { git add -fA . && git -c user.name=test -c user.email=test@example.com commit -qm "$1"; }
git init -q . && git remote add origin https://github.com/octo/shop
mv testdata/apps/shop "$work/shop" && mkdir testdata/apps/shop && echo "import fastapi" >testdata/apps/shop/app.py && commit base
rm -rf testdata/apps/shop && mv "$work/shop" testdata/apps/shop && commit head
side() { echo "{\"sha\": \"$(git rev-parse "$1")\", \"repo\": {\"full_name\": \"octo/shop\"}}"; }
echo "{\"pull_request\": {\"number\": 1, \"user\": {\"login\": \"octocat\"}, \"head\": $(side HEAD), \"base\": $(side HEAD~1)}}" >"$work/event.json"
# act runs the job on this machine, and the container of the step beside it: the directory that it works in must be mounted.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/act
$act pull_request -P ubuntu-latest=-self-hosted -e "$work/event.json" --no-cache-server --pull=false --container-options "-v $cache:$cache" >"$work/log" 2>&1 || true
grep -E 'middlebrick: (compared|gate)|gate=' "$work/log" || true
grep -q 'gate=fail new=[1-9][0-9]* fixed=0 upload=off analysis=complete middlebrick.sarif' "$work/log" || { cat "$work/log"; echo "act: the outputs of the step are not those of a failed gate" >&2; exit 1; }
