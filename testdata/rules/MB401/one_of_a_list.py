"""An object in a shared list is found by what it holds, and others find the same one until that is changed."""
from dataclasses import dataclass

import httpx
from fastapi import FastAPI, HTTPException

app = FastAPI()
lifts = httpx.AsyncClient(base_url="https://lifts.example")


@dataclass
class Cabin:
    number: int
    called: bool = False


north: list[Cabin] = [Cabin(n) for n in range(4)]
south: list[Cabin] = [Cabin(n) for n in range(4)]


@app.post("/north")
async def call():
    cabin = next((c for c in north if not c.called), None)
    if cabin is None:  # want MB401 "called"
        raise HTTPException(409)
    await lifts.post(f"/{cabin.number}")
    cabin.called = True
    return cabin.number


@app.post("/south")
async def call_at_once_ok():
    cabin = next((c for c in south if not c.called), None)
    if cabin is None:
        raise HTTPException(409)
    cabin.called = True
    await lifts.post(f"/{cabin.number}")
    return cabin.number
