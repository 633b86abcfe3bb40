"""Project folders into which users clone and unpack."""
import os
import subprocess
import tarfile
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, UploadFile
from fastapi.responses import FileResponse, Response

PROJECTS = Path("/srv/projects")
app = FastAPI()


@app.post("/projects/{project}/clone")
def clone(project: str, url: str):
    subprocess.run(["git", "clone", url, str(PROJECTS / project)], check=True)


@app.post("/projects/{project}/unpack")
def unpack(project: str, archive: UploadFile):
    with tarfile.open(fileobj=archive.file) as tar:
        tar.extractall(PROJECTS / project)


class Tree:
    def locate(self, project: str, name: str) -> Path:
        root = PROJECTS / project
        path = (root / name).resolve()
        if not str(path).startswith(str(root)):  # step MB203 check
            raise HTTPException(400)
        return path


@app.get("/projects/{project}/raw/{name:path}")
def raw(project: str, name: str, tree: Annotated[Tree, Depends(Tree)]):
    return Response(tree.locate(project, name).read_bytes())  # want MB203 "project|name"


@app.get("/projects/{project}/file/{name:path}")
def file(project: str, name: str):
    root = PROJECTS / project
    path = Path(os.path.realpath(root / name))
    try:
        path.relative_to(root)  # step MB203 check
    except ValueError:
        raise HTTPException(400) from None
    return FileResponse(path)  # want MB203 "project|name"


@app.get("/projects/{project}/view/{name:path}")
def view(project: str, name: str):
    root = PROJECTS / project
    path = (root / name).resolve()
    if root not in path.parents:  # step MB203 check
        raise HTTPException(400)
    with path.open("rb") as source:  # want MB203 "project|name"
        return Response(source.read())


@app.put("/projects/{project}/file/{name:path}")
def put(project: str, name: str, text: str):
    root = PROJECTS / project
    path = (root / name).resolve()
    if not path.is_relative_to(root):  # step MB203 check
        raise HTTPException(400)
    path.write_text(text)  # want MB203 "project|name"


@app.get("/projects/{project}/safe/{name}")
def safe(project: str, name: str):
    folder = os.open(PROJECTS / project, os.O_RDONLY | os.O_DIRECTORY)
    fd = os.open(os.path.basename(name), os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder)
    with os.fdopen(fd, "rb") as source:
        return Response(source.read())
