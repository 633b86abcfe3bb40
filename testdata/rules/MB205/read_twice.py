"""A list is read to see whether it may be taken in, and read again by its name to take it in."""
import csv
import os
import sqlite3
import tempfile
from pathlib import Path

from fastapi import FastAPI, HTTPException

BOX = Path("/srv/lists")
FIELDS = ["plant", "count"]
app = FastAPI()


@app.put("/lists/{name}")
def put(name: str, body: bytes):
    fd, tmp = tempfile.mkstemp(dir=BOX)
    with os.fdopen(fd, "wb") as out:
        out.write(body)
    os.replace(tmp, BOX / f"{name}.csv")


def take_in(rows) -> None:
    with sqlite3.connect("plants.db") as db:
        for row in rows:
            db.execute("INSERT INTO plants (plant, count) VALUES (?, ?)", (row["plant"], row["count"]))
        db.commit()


@app.post("/lists/{name}/load")
def load(name: str):
    path = BOX / f"{name}.csv"
    with open(path, newline="") as fh:
        if next(csv.reader(fh)) != FIELDS:  # step MB205 check
            raise HTTPException(422)
    with open(path, newline="") as fh:  # want MB205 "path|lists|name"
        take_in(csv.DictReader(fh))


@app.post("/v2/lists/{name}/load")
def load_once(name: str):
    with open(BOX / f"{name}.csv", newline="") as fh:
        if next(csv.reader(fh)) != FIELDS:
            raise HTTPException(422)
        fh.seek(0)
        take_in(csv.DictReader(fh))


@app.post("/v3/lists/{name}/load")
def load_if_named(name: str):
    """Whether something is in it is no examination of the rest."""
    path = BOX / f"{name}.csv"
    if "plant" not in path.read_text():
        raise HTTPException(422)
    with open(path, newline="") as fh:
        take_in(csv.DictReader(fh))


@app.post("/v4/lists/{name}/run")
def run_what_was_read(name: str):
    """A name that the source is given for its messages opens nothing."""
    path = BOX / f"{name}.csv"
    code = path.read_bytes()
    if hash(code) != 17:
        raise HTTPException(422)
    exec(compile(code, str(path), "exec"), {})
