"""Functions that are reached through a module's name."""
import importlib
import sys

from fastapi import FastAPI

app = FastAPI()


def records():
    return sys.modules["records"]


@app.post("/badges/{code}")
async def badge(code: str):
    return await records().issue(code)


@app.post("/v2/badges/{code}")
async def badge_kept_out(code: str):
    return await importlib.import_module("records").issue_once(code)
