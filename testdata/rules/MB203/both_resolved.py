"""A file below a folder into which archives with links are unpacked: path and root are both resolved before they are compared."""
import os
import tarfile

from fastapi import FastAPI, HTTPException, Response, UploadFile

ROOT = "/srv/kits"
app = FastAPI()


@app.put("/kits/{kit}")
def unpack(kit: int, archive: UploadFile):
    with tarfile.open(fileobj=archive.file) as tar:
        tar.extractall(os.path.join(ROOT, str(kit)), filter="fully_trusted")


@app.get("/kits/{kit}/{name}")
def part(kit: int, name: str):
    root = os.path.realpath(os.path.join(ROOT, str(kit)))
    real = os.path.realpath(os.path.join(root, name))
    if os.path.commonpath([root, real]) != root:  # step MB203 check
        raise HTTPException(403)
    with open(real, "rb") as f:  # want MB203 "kits"
        return Response(f.read())


@app.get("/kits/{kit}/{name}/safe")
def part_of_descriptor(kit: int, name: str):
    root = os.path.realpath(os.path.join(ROOT, str(kit)))
    with open(os.path.join(root, name), "rb") as f:
        real = os.readlink(f"/proc/self/fd/{f.fileno()}")
        if os.path.commonpath([root, real]) != root:
            raise HTTPException(403)
        return Response(f.read())
