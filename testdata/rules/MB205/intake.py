"""Uploads that are examined by their name and used by their name, and those that are examined as they are."""
import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import magic
from fastapi import Depends, FastAPI, HTTPException, UploadFile
from fastapi.responses import FileResponse, Response
from PIL import Image

INTAKE = Path("/srv/intake")
SHELF = Path("/srv/shelf")
app = FastAPI()


@app.put("/intake/{name}")
def put(name: str, file: UploadFile):
    (INTAKE / name).write_bytes(file.file.read())


@app.post("/intake/{name}/type")
def by_type(name: str):
    path = INTAKE / name
    if magic.from_file(str(path), mime=True) != "application/pdf":  # step MB205 check
        raise HTTPException(415)
    return FileResponse(path)  # want MB205 "name"


@app.post("/intake/{name}/image")
def by_image(name: str):
    path = INTAKE / name
    with Image.open(path) as image:
        if image.width > 4000:  # step MB205 check
            raise HTTPException(413)
    shutil.move(path, SHELF / name)  # want MB205 "name"


@app.post("/intake/{name}/size")
def by_size(name: str):
    path = os.path.join("/srv/intake", name)
    if os.path.getsize(path) > 1_000_000:  # step MB205 check
        raise HTTPException(413)
    with open(path, "rb") as source:  # want MB205 "name"
        return Response(source.read())


@app.post("/intake/{name}/head")
def by_head(name: str):
    path = INTAKE / name
    if path.read_bytes()[:4] != b"%PDF":  # step MB205 check
        raise HTTPException(415)
    return FileResponse(path)  # want MB205 "name"


class Gate:
    def clean(self, path: Path) -> bool:
        return subprocess.run(["clamdscan", "--no-summary", str(path)]).returncode == 0

    def admit(self, name: str) -> None:
        path = INTAKE / name
        if not self.clean(path):  # step MB205 check
            raise HTTPException(422)
        os.replace(path, SHELF / name)  # want MB205 "name"


@app.post("/intake/{name}/scan")
def by_scan(name: str, gate: Annotated[Gate, Depends(Gate)]):
    gate.admit(name)


@app.post("/v2/intake/{name}/head")
def same_bytes(name: str):
    data = (INTAKE / name).read_bytes()
    if data[:4] != b"%PDF":
        raise HTTPException(415)
    return Response(data)


@app.post("/v2/intake/{name}/size")
def same_file(name: str):
    with open(INTAKE / name, "rb") as source:
        if os.fstat(source.fileno()).st_size > 1_000_000:
            raise HTTPException(413)
        return Response(source.read())


@app.post("/v2/intake/{name}/digest")
def same_digest(name: str, digest: str):
    data = (INTAKE / name).read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise HTTPException(422)
    (SHELF / digest).write_bytes(data)


@app.post("/uploads")
def own_name(file: UploadFile):
    path = INTAKE / f"{uuid4().hex}.bin"
    path.write_bytes(file.file.read())
    if magic.from_file(str(path), mime=True) != "application/pdf":
        raise HTTPException(415)
    shutil.move(path, SHELF / path.name)


@app.get("/shelf/{name}")
def missing(name: str):
    path = Path("/srv/manuals") / name
    if path.stat().st_size == 0:
        raise HTTPException(404)
    return FileResponse(path)
