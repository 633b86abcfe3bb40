"""A name among those that are at work keeps out whoever asks for it before he begins, until it is taken out again."""
import asyncio

import httpx
import uvicorn
from fastapi import FastAPI, HTTPException

app = FastAPI()
gate = asyncio.Lock()
turn = asyncio.Condition()


async def fetch(name: str) -> str:
    async with httpx.AsyncClient() as client:
        return (await client.get(f"https://prints.example/{name}")).text


prints: dict[str, str] = {}
printing: set[str] = set()


@app.post("/prints/{name}")
async def make_print(name: str):
    async with gate:
        if name in prints or name in printing:
            raise HTTPException(409)
        printing.add(name)
    try:
        prints[name] = await fetch(name)
    finally:
        async with gate:
            printing.discard(name)


etchings: dict[str, str] = {}
etching: set[str] = set()


@app.post("/etchings/{name}")
async def make_etching(name: str):
    async with turn:
        while name in etching:
            await turn.wait()
        if name in etchings:
            return etchings[name]
        etching.add(name)
    try:
        etchings[name] = await fetch(name)
        return etchings[name]
    finally:
        async with turn:
            etching.discard(name)
            turn.notify_all()


class Press:
    def __init__(self):
        self.busy = False
        self.plate: str | None = None

    async def load(self, name: str):
        if self.busy:
            raise HTTPException(423)
        self.busy = True
        try:
            if self.plate is not None:
                raise HTTPException(409)
            self.plate = await fetch(name)
        finally:
            self.busy = False


press = Press()


@app.post("/press/{name}")
async def load_press(name: str):
    await press.load(name)


# The look is older than the note.
casts: dict[str, str] = {}
casting: set[str] = set()


@app.post("/casts/{name}")
async def make_cast(name: str):
    if name in casts:  # step MB401 check
        raise HTTPException(409)
    mould = await fetch(f"mould-{name}")
    if name in casting:
        raise HTTPException(423)
    casting.add(name)
    try:
        casts[name] = mould + await fetch(name)  # want MB401 "casts"
    finally:
        casting.discard(name)


# The note is taken back before anything is done.
stamps: dict[str, str] = {}
stamping: set[str] = set()


@app.post("/stamps/{name}")
async def make_stamp(name: str):
    async with gate:
        if name in stamps or name in stamping:  # step MB401 check
            raise HTTPException(409)
        stamping.add(name)
    plan = await fetch(f"plan-{name}")
    stamping.discard(name)
    stamps[name] = plan  # want MB401 "stamps"


# Somebody else asks for no note.
maps: dict[str, str] = {}
mapping: set[str] = set()


@app.post("/maps/{name}")
async def make_map(name: str):
    if name in maps or name in mapping:  # step MB401 check
        raise HTTPException(409)
    mapping.add(name)
    try:
        maps[name] = await fetch(name)  # want MB401 "maps"
    finally:
        mapping.discard(name)


@app.put("/maps/{name}")
async def set_map(name: str, text: str):
    maps[name] = text


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
