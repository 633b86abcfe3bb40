"""The list of an archive is examined, and then the archive is opened again."""
import zipfile
from pathlib import Path

from fastapi import FastAPI, HTTPException, UploadFile

BOX = Path("/srv/box")
app = FastAPI()


@app.put("/box/{name}")
def put(name: str, file: UploadFile):
    (BOX / name).write_bytes(file.file.read())


@app.post("/box/{name}/unpack")
def unpack(name: str):
    path = BOX / name
    with zipfile.ZipFile(path) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > 10_000_000:  # step MB205 check
        raise HTTPException(413)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(BOX / "out")  # want MB205 "path|box|name"


@app.post("/v2/box/{name}/unpack")
def unpack_once(name: str):
    with zipfile.ZipFile(BOX / name) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > 10_000_000:
            raise HTTPException(413)
        archive.extractall(BOX / "out")
