"""Cuts the operations that the action uses out of GitHub's description of its API.

    python3 extract.py node_modules/@octokit/openapi/generated/api.github.com.json > openapi.json

The description is published by GitHub under the MIT licence (package @octokit/openapi). Prose and examples are left out.
"""
import json
import sys

OPERATIONS = [
    ("/repos/{owner}/{repo}/code-scanning/sarifs", "post"),
    ("/repos/{owner}/{repo}/code-scanning/sarifs/{sarif_id}", "get"),
    ("/repos/{owner}/{repo}/tarball/{ref}", "get"),
    ("/repos/{owner}/{repo}/git/commits/{commit_sha}", "get"),
    ("/repos/{owner}/{repo}/compare/{basehead}", "get"),
    ("/repos/{owner}/{repo}/check-runs", "post"),
    ("/repos/{owner}/{repo}/check-runs/{check_run_id}", "patch"),
    ("/repos/{owner}/{repo}/pulls/{pull_number}/files", "get"),
    ("/repos/{owner}/{repo}/pulls/{pull_number}/comments", "get"),
    ("/repos/{owner}/{repo}/pulls/{pull_number}/reviews", "post"),
    ("/repos/{owner}/{repo}/pulls/comments/{comment_id}", "patch"),
]
PROSE = {"description", "example", "examples", "x-github", "externalDocs", "x-multi-segment", "tags", "summary"}

api = json.load(open(sys.argv[1]))


def resolve(node, schema=False):
    """Copies a node with its references put in place. Below "properties" every key is a name, not prose."""
    if isinstance(node, list):
        return [resolve(n, schema) for n in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = api
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        return resolve(target, schema)
    out = {}
    for key, value in node.items():
        if key == "properties":
            out[key] = {name: resolve(v) for name, v in value.items()}
        elif key not in PROSE:
            out[key] = resolve(value)
    if out.pop("nullable", False) and isinstance(out.get("type"), str):
        out["type"] = [out["type"], "null"]
    return out


def operation(path, method):
    node = api["paths"][path][method]
    out = {"operationId": node["operationId"], "parameters": resolve(node.get("parameters", []))}
    if "requestBody" in node:
        out["requestBody"] = resolve(node["requestBody"]["content"]["application/json"]["schema"])
    out["responses"] = sorted(node["responses"])
    for code in ("200", "202"):
        answer = node["responses"].get(code, {}).get("content", {}).get("application/json")
        if answer and "code-scanning" in path:
            out["answer"] = resolve(answer["schema"])
    return out


paths = {}
for path, method in OPERATIONS:
    paths.setdefault(path, {})[method] = operation(path, method)
json.dump({
    "comment": "Extract of GitHub's REST API description, MIT licence, made by extract.py",
    "version": api["info"].get("x-github-api-version", api["info"].get("version")),
    "paths": paths,
}, sys.stdout, indent=1, sort_keys=True)
print()
