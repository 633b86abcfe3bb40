"""A file that has to be there to be changed, and a folder that is made by who does not find it."""
import os

from fastapi import FastAPI, HTTPException

app = FastAPI()
TARGET = "/srv/shared/rules.txt"
FOLDER = "/srv/shared/rules"
SHELF = "/srv/shared/shelf"


@app.post("/patch")
def patch():
    if not os.path.exists(TARGET):
        return {"patched": False}
    with open(TARGET) as f:
        text = f.read()
    if "patched" in text:
        return {"patched": False}
    changed = text.replace("old", "patched")
    with open(TARGET, "w") as f:
        f.write(changed)
    return {"patched": True}


@app.post("/folder")
def folder():
    if not os.path.isdir(FOLDER):
        os.makedirs(FOLDER)
        return {"made": True}
    return {"made": False}


@app.post("/folder/new")
def new_folder():
    if os.path.isdir(SHELF):
        raise HTTPException(409)
    os.makedirs(SHELF)
    return {"made": True}
