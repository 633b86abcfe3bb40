"""An archive that is written is a file like any other."""
import io
import tarfile
import tempfile
import zipfile
from pathlib import Path

from fastapi import FastAPI, Response

app = FastAPI()


@app.get("/bundles/{name}")
def bundle(name: str):
    path = Path(tempfile.gettempdir()) / f"bundle-{name}.zip"
    with zipfile.ZipFile(path, "w") as archive:  # want MB202 "bundle"
        archive.writestr("name.txt", name)
    return Response(path.read_bytes())


@app.get("/backups/{name}")
def backup(name: str):
    path = f"/tmp/backup-{name}.tgz"
    with tarfile.open(path, "w:gz") as archive:  # want MB202 "backup"
        archive.add("/srv/site")
    with open(path, "rb") as made:
        return Response(made.read())


@app.get("/private/{name}")
def private(name: str):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("name.txt", name)
        return Response(path.read_bytes())


@app.get("/inside/{name}")
def in_memory(name: str):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("name.txt", name)
    return Response(buffer.getvalue())
