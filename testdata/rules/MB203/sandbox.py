"""Users have a shell-like workspace in which they may make links."""
import os
from pathlib import Path

from fastapi import FastAPI, HTTPException
from fastapi.responses import FileResponse

HOME = Path("/srv/home")
app = FastAPI()


@app.post("/home/{user}/links")
def make_link(user: str, name: str, target: str):
    os.symlink(target, HOME / os.path.basename(user) / os.path.basename(name))


@app.get("/home/{user}/{name:path}")
def read(user: str, name: str):
    root = HOME / os.path.basename(user)
    path = os.path.realpath(root / name)
    if os.path.commonpath([path, root]) != str(root):  # step MB203 check
        raise HTTPException(400)
    return FileResponse(path)  # want MB203 "path|name"
