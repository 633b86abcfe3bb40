"""A working copy into which the owner of a repository has something pulled: what was no link may be one when it is opened."""
import os
import subprocess
from pathlib import Path

from fastapi import FastAPI, HTTPException

COPIES = Path("/srv/copies")
app = FastAPI()


@app.post("/students/{student}/pull")
def pull(student: int):
    subprocess.run(["git", "-C", str(COPIES / str(student)), "pull", "--ff-only"], check=True)


@app.get("/students/{student}/files/{name}")
def source(student: int, name: str):
    if Path(name).name != name:
        raise HTTPException(404)
    path = COPIES / str(student) / name
    if path.is_symlink():  # step MB203 check
        raise HTTPException(404)
    with open(path, "rb") as file:  # want MB203 "copies"
        return file.read(100_000)


@app.get("/students/{student}/sources/{name}")
def source_by_descriptor(student: int, name: str):
    if Path(name).name != name:
        raise HTTPException(404)
    fd = os.open(COPIES / str(student) / name, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(fd, "rb") as file:
        return file.read(100_000)
