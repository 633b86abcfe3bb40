"""The first name that is free: asked for in a loop, and taken by opening it."""
import itertools
import os
import tempfile
import uuid
from pathlib import Path

import aiofiles
import aiofiles.os
from fastapi import FastAPI, HTTPException, UploadFile

INBOX = Path("/srv/inbox")
app = FastAPI()


def unique_path(folder: Path, name: str) -> Path:
    path = folder / name
    n = 1
    while path.exists():
        path = folder / f"{path.stem}_{n}{path.suffix}"
        n += 1
    return path


@app.post("/scans")
async def add_scan(file: UploadFile):
    path = unique_path(INBOX / "scans", file.filename)
    with open(path, "wb") as out:  # want MB201 "."
        out.write(await file.read())


@app.post("/letters")
async def add_letter(file: UploadFile):
    target = os.path.join("/srv/letters", os.path.basename(file.filename))
    base, ext = os.path.splitext(target)
    counter = 0
    while os.path.exists(target):
        counter += 1
        target = f"{base}({counter}){ext}"
    async with aiofiles.open(target, "wb") as out:  # want MB201 "."
        await out.write(await file.read())


@app.post("/photos/{album}")
async def add_photo(album: str, file: UploadFile):
    for n in itertools.count(1):
        path = INBOX / album / f"{n:05}.jpg"
        if not path.exists():
            break
    path.write_bytes(await file.read())  # want MB201 "."


class Shelf:
    def __init__(self, root: Path) -> None:
        self.root = root

    def free(self, name: str) -> Path:
        n = 0
        while True:
            path = self.root / f"{n}-{name}"
            if not path.is_file():
                return path
            n += 1

    def put(self, name: str, data: bytes) -> None:
        self.free(name).write_bytes(data)  # want MB201 "."


@app.post("/books")
async def add_book(file: UploadFile):
    Shelf(Path("/srv/books")).put(file.filename, await file.read())


@app.post("/tapes")
async def add_tape(file: UploadFile):
    target = INBOX / "tapes" / file.filename
    number = 0
    while await aiofiles.os.path.exists(target):
        number += 1
        target = target.with_name(f"{number}-{file.filename}")
    target.write_bytes(await file.read())  # want MB201 "."


# Sound: the system refuses a name that is taken, and the next one is tried.


@app.post("/maps")
async def add_map(file: UploadFile):
    for n in range(1000):
        try:
            with open(f"/srv/maps/{n}-{file.filename}", "xb") as out:
                out.write(await file.read())
            return {"n": n}
        except FileExistsError:
            continue
    raise HTTPException(409)


@app.post("/plans")
async def add_plan(file: UploadFile):
    n = 0
    data = await file.read()
    while True:
        try:
            fd = os.open(f"/srv/plans/{n}-{file.filename}", os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        except FileExistsError:
            n += 1
            continue
        with os.fdopen(fd, "wb") as out:
            out.write(data)
        return {"n": n}


@app.post("/sketches")
async def add_sketch(file: UploadFile):
    path = INBOX / f"{uuid.uuid4()}.png"
    while path.exists():
        path = INBOX / f"{uuid.uuid4()}.png"
    path.write_bytes(await file.read())


@app.post("/notes")
async def add_note(file: UploadFile):
    with tempfile.NamedTemporaryFile(dir="/srv/notes", suffix=".txt", delete=False) as out:
        out.write(await file.read())
    return {"name": out.name}


@app.post("/casts")
async def add_cast(file: UploadFile):
    data = await file.read()
    n = 0
    while True:
        path = Path("/srv/casts") / f"{n}-{file.filename}"
        if path.exists():
            n += 1
            continue
        try:
            with path.open("xb") as out:
                out.write(data)
            return {"n": n}
        except FileExistsError:
            n += 1
