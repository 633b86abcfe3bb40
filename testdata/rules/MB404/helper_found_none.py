"""A helper tells what lies in a place or None. Who goes on because nothing lay there, and then takes it out, takes nothing."""
import time

from fastapi import FastAPI, HTTPException

barred: dict[str, float] = {}
tries: dict[str, int] = {}
app = FastAPI()


def barred_until(name: str) -> float | None:
    until = barred.get(name)
    if not until:
        return None
    return until


@app.post("/enter/{name}")
def enter(name: str):
    if barred_until(name) is not None:
        raise HTTPException(429)
    barred.pop(name, None)
    return {"entered": name}


@app.post("/bar/{name}")
def bar(name: str):
    barred[name] = time.time() + 60


@app.post("/pardon/{name}")
def pardon(name: str):
    barred.pop(name, None)


@app.post("/try/{name}")
def attempt(name: str):
    if tries.get(name, 0) >= 3:  # step MB404 check
        raise HTTPException(429)
    tries[name] = tries.get(name, 0) + 1  # want MB404 "tries"


@app.post("/forget/{name}")
def forget(name: str):
    tries.pop(name, None)
