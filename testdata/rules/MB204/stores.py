"""Files as databases, in several spellings, with locks over both ends and without."""
import fcntl
import json
import os
import tempfile
from pathlib import Path
from typing import Annotated

import aiofiles
import portalocker
import yaml
from fastapi import Depends, FastAPI
from filelock import FileLock

DATA = Path("/srv/data")
app = FastAPI()


class Notes:
    def __init__(self) -> None:
        self.path = DATA / "notes.json"
        self.lock = FileLock(str(self.path) + ".lock")

    def load(self) -> dict:
        with self.path.open() as source:  # step MB204 read
            return json.load(source)

    def save(self, notes: dict) -> None:
        with self.path.open("w") as out:  # want MB204 "notes"
            json.dump(notes, out)

    def add(self, name: str, text: str) -> None:
        notes = self.load()
        notes[name] = text
        self.save(notes)


@app.put("/notes/{name}")
def put_note(name: str, text: str, notes: Annotated[Notes, Depends(Notes)]):
    notes.add(name, text)


@app.put("/tags/{name}")
async def put_tag(name: str):
    async with aiofiles.open("/srv/data/tags.json") as source:  # step MB204 read
        tags = json.loads(await source.read())
    tags.append(name)
    async with aiofiles.open("/srv/data/tags.json", "w") as out:  # want MB204 "tags"
        await out.write(json.dumps(tags))


@app.post("/menu/{dish}")
def add_dish(dish: str, price: int):
    path = DATA / "menu.yaml"
    menu = yaml.safe_load(path.read_text())
    menu[dish] = price
    path.write_text(yaml.safe_dump(menu))  # want MB204 "menu"


@app.post("/visits")
def visit():
    path = DATA / "visits.txt"
    count = int(path.read_text())
    path.write_text(str(count + 1))  # want MB204 "visits"


@app.post("/profiles/{user}")
def set_profile(user: str, theme: str):
    path = DATA / f"{user}.json"
    profile = json.loads(path.read_bytes())
    profile["theme"] = theme
    fd, name = tempfile.mkstemp(dir=DATA)
    with os.fdopen(fd, "w") as out:
        json.dump(profile, out)
    os.replace(name, path)  # want MB204 "user"


@app.post("/log")
def log(line: str):
    with open(DATA / "log.txt", "a") as out:
        out.write(line)


@app.put("/motto")
def put_motto(text: str):
    (DATA / "motto.txt").write_text(text)
