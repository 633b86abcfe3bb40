"""Directories, moves and removals."""
import os
import shutil
from pathlib import Path

from fastapi import FastAPI, HTTPException

TREE = Path("/srv/tree")
app = FastAPI()


@app.post("/folders/{name}")
def make_folder(name: str):
    folder = TREE / os.path.basename(name)
    if not folder.exists():
        folder.mkdir()  # want MB201 "folder|tree"


@app.post("/v2/folders/{name}")
def make_folder_once(name: str):
    try:
        (TREE / os.path.basename(name)).mkdir()
    except FileExistsError:
        raise HTTPException(409) from None


@app.post("/folders/{name}/archive")
def archive(name: str):
    target = TREE / "archive" / os.path.basename(name)
    if target.exists():  # step MB201 check
        raise HTTPException(409)
    shutil.move(TREE / os.path.basename(name), target)  # want MB201 "target|archive"


@app.post("/v2/folders/{name}/thumbnail")
def thumbnail(name: str):
    path = TREE / os.path.basename(name) / "thumbnail.png"
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
