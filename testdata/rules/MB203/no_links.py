"""Nobody can make links here: the uploads are plain files with names of our own."""
import uuid
from pathlib import Path

from fastapi import FastAPI, HTTPException, UploadFile
from fastapi.responses import FileResponse

ROOT = Path("/srv/files")
app = FastAPI()


@app.post("/files")
def upload(file: UploadFile):
    name = f"{uuid.uuid4()}.bin"
    with (ROOT / name).open("xb") as out:
        out.write(file.file.read())
    return {"name": name}


@app.get("/files/{name}")
def download(name: str):
    path = (ROOT / name).resolve()
    if not path.is_relative_to(ROOT):
        raise HTTPException(400)
    return FileResponse(path)
