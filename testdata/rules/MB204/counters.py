"""A JSON file as a database, with a lock of its own and without."""
import fcntl
import json
import os
import tempfile
from contextlib import contextmanager

from fastapi import FastAPI

VISITS = "/srv/site/visits.json"
LIKES = "/srv/site/likes.json"
app = FastAPI()


@contextmanager
def exclusive(name: str):
    with open(name + ".lock", "a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@app.post("/visits/{page}")
def visit(page: str):
    with open(VISITS) as source:  # step MB204 read
        visits = json.load(source)
    visits[page] = visits.get(page, 0) + 1
    with tempfile.NamedTemporaryFile("w", dir="/srv/site", delete=False) as out:
        json.dump(visits, out)
    os.replace(out.name, VISITS)  # want MB204 "visits"


@app.post("/likes/{page}")
def like(page: str):
    with exclusive(LIKES):
        with open(LIKES) as source:
            likes = json.load(source)
        likes[page] = likes.get(page, 0) + 1
        with open(LIKES, "w") as out:
            json.dump(likes, out)
