"""Names that are put among others and taken out again: what a decision is for tells whether it matters that it is old."""
import logging
import threading

import uvicorn
from fastapi import FastAPI, HTTPException

app = FastAPI()
log = logging.getLogger(__name__)
muted: set[str] = set()
hidden: set[str] = set()
claimed: set[str] = set()
started: set[str] = set()
open_doors: dict[str, str] = {}


def mute_bell(name: str) -> None:
    if name in muted:
        return
    muted.add(name)
    log.debug("bell %s is mute", name)


@app.post("/bells/{name}/mute")
def mute(name: str):
    mute_bell(name)  # the second one puts in what is there


@app.post("/bells/{name}/hide")
def hide(name: str):
    if name not in hidden:
        hidden.add(name)


@app.post("/bells/{name}/show")
def show(name: str):
    hidden.discard(name)


@app.post("/bells/{name}/claim")
def claim(name: str):
    if name in claimed:  # step MB404 check
        raise HTTPException(409)
    claimed.add(name)  # want MB404 "claimed"


def ring(name: str) -> None:
    log.info("%s rings", name)


@app.post("/bells/{name}/start")
def start(name: str):
    if name not in started:  # step MB404 check
        started.add(name)  # want MB404 "started"
        threading.Thread(target=ring, args=(name,)).start()


@app.post("/doors/{name}")
def open_door(name: str, by: str):
    if name in open_doors:  # step MB404 check
        raise HTTPException(409)
    try:
        log.info("%s opens %s", by, name)
        open_doors[name] = by  # want MB404 "open_doors"
    except OSError:
        open_doors.pop(name, None)
        raise


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
