"""Threads and coroutines in one process: what lets the other one in, and what takes nothing from it."""
import asyncio
import time

import httpx
import uvicorn
from fastapi import FastAPI

app = FastAPI()
post = httpx.AsyncClient(base_url="https://post.example")
turns = {"left": 0}
rung = {"times": 0}
wished = {"times": 0}
heard: dict[str, float] = {}
sizes: dict[str, tuple[float, int]] = {}


@app.post("/doors/left")
async def left():
    turns["left"] += 1  # want MB404 "turns"
    return turns


@app.post("/doors/left/by-hand")
def left_by_hand():
    turns["left"] += 1  # want MB404 "turns"
    return turns


@app.post("/bells")
async def ring():
    rung["times"] += 1  # one coroutine after the other
    await post.post("/rung")
    return rung


def ring_by_hand() -> dict:
    """Called by nobody who is known, and then perhaps by a coroutine."""
    rung["times"] += 1  # want MB404 "rung"
    return rung


@app.post("/wishes")
async def wish():
    times = wished["times"]
    await post.post("/wished")
    wished["times"] = times + 1  # want MB402 "wished"
    return wished


def forget_old() -> None:
    """Takes out what is too old; what another thread took out meanwhile is gone as well."""
    now = time.monotonic()
    for name in [n for n, at in heard.items() if at < now - 60]:
        heard.pop(name, None)


@app.get("/heard")
def listened():
    forget_old()
    return {"heard": 1}


@app.post("/heard/{name}")
def hear(name: str):
    heard[name] = time.monotonic()
    return {}


if __name__ == "__main__":
    uvicorn.run(app)
