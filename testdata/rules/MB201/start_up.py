"""Start-up code is alone: nothing here is a race of requests."""
import json
import os
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

SETTINGS = Path("/etc/app/settings.json")


@asynccontextmanager
async def lifespan(app: FastAPI):
    if not SETTINGS.exists():
        SETTINGS.write_text("{}")
    app.state.settings = json.loads(SETTINGS.read_text())
    if not os.path.isdir("/var/lib/app"):
        os.mkdir("/var/lib/app")
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/settings")
async def settings() -> dict:
    return app.state.settings
