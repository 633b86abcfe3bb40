"""A lock for each key: the same object for the same key, made without a wait; and locks that are not the same."""
import asyncio
import threading
from collections import defaultdict
from functools import lru_cache

import httpx
import uvicorn
from fastapi import FastAPI, HTTPException

app = FastAPI()
locks: dict[int, asyncio.Lock] = {}
by_default: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
a_lock, b_lock = asyncio.Lock(), asyncio.Lock()
one: set[int] = set()
two: set[int] = set()
three: set[int] = set()
four: set[int] = set()
five: set[int] = set()
six: set[int] = set()


async def confirm(path: str) -> None:
    async with httpx.AsyncClient() as client:
        await client.post("https://bookings.example" + path)


def lock_for(key: int) -> asyncio.Lock:
    if key not in locks:
        locks[key] = asyncio.Lock()
    return locks[key]


@lru_cache(maxsize=None)
def cached_lock(key: int) -> asyncio.Lock:
    return asyncio.Lock()


@app.post("/one/{key}")
async def book_one(key: int):
    async with lock_for(key):
        if key in one:
            raise HTTPException(409)
        await confirm(f"/one/{key}")
        one.add(key)


@app.post("/two/{key}")
async def book_two(key: int):
    async with by_default[key]:
        if key in two:
            raise HTTPException(409)
        await confirm(f"/two/{key}")
        two.add(key)


@app.post("/three/{key}")
async def book_three(key: int):
    lock = locks.setdefault(key, asyncio.Lock())
    async with lock:
        if key in three:
            raise HTTPException(409)
        await confirm(f"/three/{key}")
        three.add(key)


@app.post("/four/{key}")
async def book_four(key: int):
    async with cached_lock(key):
        if key in four:
            raise HTTPException(409)
        await confirm(f"/four/{key}")
        four.add(key)


@app.post("/five/{key}")
async def book_five(key: int):
    async with a_lock:
        if key in five:  # step MB408 check
            raise HTTPException(409)
        await confirm(f"/five/{key}")
        five.add(key)  # want MB408 "five"


@app.post("/five/{key}/cheap")
async def book_five_cheap(key: int):
    async with b_lock:
        if key in five:
            raise HTTPException(409)
        await confirm(f"/five/{key}")
        five.add(key)  # want MB408 "five"


class Desk:
    async def book(self, key: int) -> None:
        lock = asyncio.Lock()
        await lock.acquire()
        try:
            if key in six:  # step MB408 check
                raise HTTPException(409)
            await confirm(f"/six/{key}")
            six.add(key)  # want MB408 "six"
        finally:
            lock.release()


@app.post("/six/{key}")
async def book_six(key: int):
    await Desk().book(key)


seven: dict[str, int] = {}


@app.post("/seven/{key}")
def book_seven(key: str):
    with threading.Lock():
        if seven.get(key, 0) >= 3:  # step MB408 check
            raise HTTPException(409)
        seven[key] = seven.get(key, 0) + 1  # want MB408 "seven"


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
