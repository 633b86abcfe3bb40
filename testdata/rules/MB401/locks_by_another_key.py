"""Locks that are kept under a key: whoever locks under something else than the list is kept under has another lock than the next guest."""
import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException

app = FastAPI()
bath: dict[tuple[str, int], list[str]] = {}
pool: dict[tuple[str, int], list[str]] = {}


class Mutexes:
    def __init__(self):
        self._locks = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def hold(self, *key):
        lock = self._locks[key]
        await lock.acquire()
        try:
            yield
        finally:
            lock.release()


mutexes = Mutexes()


async def heat():
    await asyncio.sleep(1)


@app.post("/bath")
async def enter_bath(day: str, hour: int, guest: str):
    async with mutexes.hold(guest):
        booked = bath.setdefault((day, hour), [])
        if len(booked) >= 6:  # want MB401 "bath"
            raise HTTPException(409)
        await heat()
        booked.append(guest)


@app.post("/pool")
async def enter_pool(day: str, hour: int, guest: str):
    async with mutexes.hold(day, hour):
        booked = pool.setdefault((day, hour), [])
        if len(booked) >= 6:
            raise HTTPException(409)
        await heat()
        booked.append(guest)
