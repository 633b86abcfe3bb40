"""A lock that is only asked whether somebody has it, and locks that are thrown away while somebody has them."""
import asyncio
import weakref
from collections import defaultdict

import httpx
import uvicorn
from fastapi import Depends, FastAPI, HTTPException

app = FastAPI()
gate = asyncio.Lock()
desk_gate = asyncio.Lock()
turn = asyncio.Lock()
free_gate = asyncio.Lock()
one: set[int] = set()
two: set[int] = set()
three: dict[int, int] = {}
four: set[int] = set()
five: set[int] = set()
six: set[int] = set()
seven: set[int] = set()
locks: dict[int, asyncio.Lock] = {}
kept: dict[int, asyncio.Lock] = {}
by_default: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

counted_locks: dict[int, asyncio.Lock] = {}
users: dict[int, int] = {}
eight: set[int] = set()
nine: set[int] = set()
weak: weakref.WeakValueDictionary[int, asyncio.Lock] = weakref.WeakValueDictionary()


def weak_lock(key: int) -> asyncio.Lock:
    lock = weak.get(key)
    if lock is None:
        lock = weak[key] = asyncio.Lock()
    return lock


async def confirm(path: str) -> None:
    async with httpx.AsyncClient() as client:
        await client.post("https://halls.example" + path)


@app.post("/one/{key}")
async def book_one(key: int):
    if gate.locked():
        raise HTTPException(423)
    if key in one:  # step MB408 check
        raise HTTPException(409)
    await confirm(f"/one/{key}")
    one.add(key)  # want MB408 "one"


def not_busy() -> None:
    if desk_gate.locked():
        raise HTTPException(423)


@app.post("/two/{key}", dependencies=[Depends(not_busy)])
async def book_two(key: int):
    if key in two:  # step MB408 check
        raise HTTPException(409)
    await confirm(f"/two/{key}")
    two.add(key)  # want MB408 "two"


class Hall:
    busy = asyncio.Lock()

    async def take(self, key: int) -> None:
        while self.busy.locked():
            await asyncio.sleep(0.1)
        left = three.get(key, 10)
        await confirm(f"/three/{key}")
        three[key] = left - 1  # want MB408 "three"


@app.post("/three/{key}")
async def book_three(key: int):
    await Hall().take(key)


@app.post("/four/{key}")
async def book_four(key: int):
    lock = locks.setdefault(key, asyncio.Lock())
    async with lock:
        if key in four:  # step MB408 check
            raise HTTPException(409)
        await confirm(f"/four/{key}")
        four.add(key)  # want MB408 "four"
    locks.pop(key, None)


@app.post("/five/{key}")
async def book_five(key: int):
    try:
        async with by_default[key]:
            if key in five:  # step MB408 check
                raise HTTPException(409)
            await confirm(f"/five/{key}")
            five.add(key)  # want MB408 "five"
    finally:
        del by_default[key]


# Sound: asked to answer early, and taken all the same; a dictionary that keeps its locks, or drops those that nobody waits for.


@app.post("/six/{key}")
async def book_six(key: int):
    if turn.locked():
        raise HTTPException(423)
    async with turn:
        if key in six:
            raise HTTPException(409)
        await confirm(f"/six/{key}")
        six.add(key)


@app.post("/seven/{key}")
async def book_seven(key: int):
    async with kept.setdefault(key, asyncio.Lock()):
        if key in seven:
            raise HTTPException(409)
        await confirm(f"/seven/{key}")
        seven.add(key)


@app.post("/eight/{key}")
async def book_eight(key: int):
    lock = counted_locks.setdefault(key, asyncio.Lock())
    users[key] = users.get(key, 0) + 1
    try:
        async with lock:
            if key in eight:
                raise HTTPException(409)
            await confirm(f"/eight/{key}")
            eight.add(key)
    finally:
        users[key] -= 1
        if users[key] == 0:
            del users[key], counted_locks[key]


@app.post("/nine/{key}")
async def book_nine(key: int):
    async with weak_lock(key):
        if key in nine:
            raise HTTPException(409)
        await confirm(f"/nine/{key}")
        nine.add(key)


@app.get("/state")
async def state():
    return {"busy": gate.locked()}


if __name__ == "__main__":
    uvicorn.run(app, workers=1)


class Reader:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.at = 0

    async def lines(self, after: int) -> list[str]:
        async with httpx.AsyncClient() as client:
            return (await client.get(f"https://halls.example/lines/{after}")).json()

    # Two find the lock free and read the same place; that each then takes it keeps nobody from reading it.
    async def read(self) -> None:
        if self.lock.locked():
            raise HTTPException(409)
        found = await self.lines(self.at)
        async with self.lock:
            self.at += len(found)  # want MB408 "at"

    async def read_alone(self) -> None:
        if self.lock.locked():
            raise HTTPException(409)
        async with self.lock:
            self.at += len(await self.lines(self.at))


reader, alone = Reader(), Reader()


@app.post("/lines")
async def read_lines():
    await reader.read()


@app.post("/lines/alone")
async def read_lines_alone():
    await alone.read_alone()
