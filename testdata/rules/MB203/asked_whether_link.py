"""To ask whether a name is a link is to ask where it leads to: who opens the name afterwards may be led elsewhere."""
import os
import tarfile
from pathlib import Path

from fastapi import FastAPI, HTTPException, UploadFile

app = FastAPI()
ROOT = Path("/srv/themes")


@app.post("/{owner}/themes")
def bring(owner: str, bundle: UploadFile):
    with tarfile.open(fileobj=bundle.file) as tar:
        tar.extractall(ROOT / owner, filter="tar")


@app.get("/{owner}/pages/{page}")
def page(owner: str, page: str):
    path = ROOT / owner / os.path.basename(page)
    if path.is_symlink():  # want MB203 "themes"
        raise HTTPException(404)
    return path.read_bytes()


@app.get("/{owner}/safe/{page}")
def page_ok(owner: str, page: str):
    folder = os.open(ROOT / owner, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fd = os.open(os.path.basename(page), os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder)
    except OSError:
        raise HTTPException(404)
    finally:
        os.close(folder)
    with os.fdopen(fd, "rb") as f:
        return f.read()
