"""Files: what opens, makes or removes tells whether it was first."""
import os
from pathlib import Path

from fastapi import FastAPI, HTTPException

app = FastAPI()
ROOT = Path(os.environ.get("NOTES", "notes"))


@app.post("/notes/{name}")
def create(name: str, text: str):
    path = ROOT / name
    if path.exists():
        raise HTTPException(409, "there is one")
    with open(path, "w") as out:
        out.write(text)


@app.post("/folders/{name}")
def folder(name: str):
    path = Path("folders") / name
    if path.exists():
        raise HTTPException(409)
    os.mkdir(path)


@app.delete("/drafts/{name}")
def delete(name: str):
    path = Path("drafts") / name
    if not path.exists():
        raise HTTPException(404)
    os.remove(path)
    return {"gone": name}
