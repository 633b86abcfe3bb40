#!/usr/bin/env python3
"""Lints what docs/ci.md and docs/scale.md show for other CI systems against the schemas that check-jsonschema carries."""

import pathlib
import re
import subprocess
import sys
import tempfile

# The heading under which a block stands, and whose schema it must follow.
PLATFORMS = {
    "GitLab": "vendor.gitlab-ci",
    "Azure Pipelines": "vendor.azure-pipelines",
    "Bitbucket": "vendor.bitbucket-pipelines",
    "CircleCI": "vendor.circle-ci",
}


def shown(page):
    """The YAML of a page with the heading above it."""
    heading = ""
    for part in re.split(r"(?m)^(?=## |```)", page.read_text(encoding="utf-8")):
        if part.startswith("## "):
            heading = part[3:].splitlines()[0].strip()
        elif part.startswith("```yaml\n"):
            yield heading, part.removeprefix("```yaml\n")


def main():
    linted, failed = set(), False
    with tempfile.TemporaryDirectory() as work:
        for page in map(pathlib.Path, ("docs/ci.md", "docs/scale.md")):
            for number, (heading, text) in enumerate(shown(page)):
                schema = PLATFORMS.get(heading)
                if not schema:
                    continue
                file = pathlib.Path(work) / f"{page.stem}-{number}.yml"
                file.write_text(text, encoding="utf-8")
                run = subprocess.run([sys.argv[1], "--builtin-schema", schema, str(file)], capture_output=True, text=True)
                print(f"{page}: {heading}: {(run.stdout + run.stderr).strip()}")
                failed |= run.returncode != 0
                linted.add(heading)
    if missing := PLATFORMS.keys() - linted:
        sys.exit(f"nothing is shown for {', '.join(sorted(missing))}")
    sys.exit(failed)


main()
