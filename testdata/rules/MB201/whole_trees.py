"""A tree is copied to where nothing is, and the call fails where something is: who comes second is
refused, if not as told, unless the call was told not to mind."""
import os
import shutil

from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.post("/gardens/{name}")
def plant(name: str):
    path = f"gardens/{name}"
    if os.path.isdir(path):  # want MB201 "unhandled FileExistsError"
        raise HTTPException(409)
    shutil.copytree("example", path)


@app.post("/gardens/{name}/over")
def plant_over(name: str):
    path = f"plots/{name}"
    if os.path.isdir(path):  # step MB201 check
        raise HTTPException(409)
    shutil.copytree("example", path, dirs_exist_ok=True)  # want MB201 "free"
