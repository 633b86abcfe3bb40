"""Names that nobody else can have, and files that are only read."""
import secrets
from pathlib import Path
from uuid import uuid4

from fastapi import FastAPI, HTTPException, UploadFile
from fastapi.responses import Response

ROOT = Path("/srv/uploads")
app = FastAPI()


@app.post("/uploads")
async def upload(file: UploadFile):
    name = f"{uuid4().hex}.bin"
    path = ROOT / name
    while path.exists():
        path = ROOT / f"{secrets.token_hex(16)}.bin"
    path.write_bytes(await file.read())
    return {"name": path.name}


@app.get("/uploads/{name}")
async def download(name: str):
    path = ROOT / Path(name).name
    if not path.is_file():
        raise HTTPException(404)
    try:
        return Response(path.read_bytes())
    except FileNotFoundError:
        raise HTTPException(404) from None
