"""Contained paths where nobody can make a link: refused by a filter, unpacked from zip, or elsewhere."""
import os
import tarfile
import zipfile
from pathlib import Path

from fastapi import FastAPI, HTTPException, UploadFile
from fastapi.responses import FileResponse, Response

SITES = Path("/srv/sites")
MIRROR = Path("/srv/mirror")
app = FastAPI()


@app.post("/sites/{site}")
def publish(site: str, archive: UploadFile):
    with tarfile.open(fileobj=archive.file) as tar:
        tar.extractall(SITES / site, filter="data")


@app.post("/v2/sites/{site}")
def publish_zip(site: str, archive: UploadFile):
    with zipfile.ZipFile(archive.file) as box:
        box.extractall(SITES / site)


@app.post("/mirror/{name}")
def mirror(name: str, target: str):
    os.symlink(target, MIRROR / name)


@app.get("/sites/{site}/{name:path}")
def page(site: str, name: str):
    path = (SITES / site / name).resolve()
    if not path.is_relative_to(SITES):
        raise HTTPException(404)
    return FileResponse(path)


@app.get("/v2/sites/{site}/{name:path}")
def page_bytes(site: str, name: str):
    path = os.path.realpath(SITES / site / name)
    if os.path.commonpath([path, SITES]) != str(SITES):
        raise HTTPException(404)
    with open(path, "rb") as source:
        return Response(source.read())


@app.get("/v3/sites/{site}/{name}")
def page_lexical(site: str, name: str):
    if os.path.basename(name) != name:
        raise HTTPException(404)
    return FileResponse(SITES / site / name)
