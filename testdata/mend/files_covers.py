"""engine: files. The file system decides."""
import os
from pathlib import Path
from uuid import uuid4

from fastapi import FastAPI, HTTPException

app = FastAPI()
ROOT = Path(os.environ.get("STORE_DB", "covers"))
ROOT.mkdir(exist_ok=True)


@app.post("/albums", status_code=201)
def create_album():
    album = uuid4().hex
    (ROOT / album).mkdir()
    return {"id": album, "covered": False}


@app.get("/albums/{album_id}")
def read_album(album_id: str):
    cover = ROOT / album_id / "cover"
    return {"id": album_id, "covered": cover.exists(), "text": cover.read_text() if cover.exists() else ""}


@app.post("/albums/{album_id}/cover")
def cover_album(album_id: str):
    cover = ROOT / album_id / "cover"
    if cover.exists():
        raise HTTPException(409, "there is one")
    with open(cover, "w") as out:
        out.write(uuid4().hex)
    return {"ok": True}
