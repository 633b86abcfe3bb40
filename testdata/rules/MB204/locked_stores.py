"""One lock over load and store."""
import fcntl
import json
from contextlib import contextmanager
from pathlib import Path

import portalocker
from fastapi import FastAPI
from filelock import FileLock

DATA = Path("/srv/data")
app = FastAPI()


@app.put("/a/{name}")
def filelock_each(name: str, value: str):
    path = DATA / "a.json"
    with FileLock(f"{path}.lock"):
        found = json.loads(path.read_text())
        found[name] = value
        path.write_text(json.dumps(found))


@app.put("/b/{name}")
def flock_in_place(name: str, value: str):
    with open(DATA / "b.json", "r+") as both:
        fcntl.flock(both, fcntl.LOCK_EX)
        found = json.load(both)
        found[name] = value
        both.seek(0)
        both.truncate()
        json.dump(found, both)


@app.put("/c/{name}")
def portalocked(name: str, value: str):
    path = DATA / "c.json"
    with portalocker.Lock("/srv/data/c.lock"):
        found = json.loads(path.read_text())
        found[name] = value
        path.write_text(json.dumps(found))


class Guarded:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = FileLock(f"{path}.lock")

    @contextmanager
    def changing(self):
        with self.lock:
            found = json.loads(self.path.read_text())
            yield found
            self.path.write_text(json.dumps(found))


guarded = Guarded(DATA / "d.json")


@app.put("/d/{name}")
def context(name: str, value: str):
    with guarded.changing() as found:
        found[name] = value


@app.put("/e/{name}")
def acquired(name: str, value: str):
    lock = FileLock("/srv/data/e.lock")
    lock.acquire()
    try:
        with open("/srv/data/e.json") as source:
            found = json.load(source)
        found[name] = value
        with open("/srv/data/e.json", "w") as out:
            json.dump(found, out)
    finally:
        lock.release()
