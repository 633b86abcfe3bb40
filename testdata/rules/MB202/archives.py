"""An archive that is written is a file like any other."""
import io
import shutil
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


@app.get("/folders/{name}")
def folder(name: str):
    made = shutil.make_archive(f"/tmp/folder-{name}", "gztar", root_dir="/srv/site")  # want MB202 "folder"
    with open(made, "rb") as archive:
        return Response(archive.read())


@app.get("/private/folders/{name}")
def private_folder(name: str):
    with tempfile.TemporaryDirectory() as scratch:
        made = shutil.make_archive(f"{scratch}/{name}", "zip", "/srv/site")
        with open(made, "rb") as archive:
            return Response(archive.read())
