"""Locks that exclude nobody."""
import asyncio

import httpx
import uvicorn
from fastapi import Depends, FastAPI, HTTPException

app = FastAPI()
rooms: set[int] = set()
halls: set[int] = set()
flats: set[int] = set()
sites: set[int] = set()
hall_lock = asyncio.Lock()


def new_lock() -> asyncio.Lock:
    return asyncio.Lock()


async def confirm(path: str) -> None:
    async with httpx.AsyncClient() as client:
        await client.post("https://bookings.example" + path)


@app.post("/rooms/{room}")
async def book_room(room: int, lock: asyncio.Lock = Depends(new_lock)):
    async with lock:
        if room in rooms:
            raise HTTPException(409)
        await confirm(f"/rooms/{room}")
        rooms.add(room)  # want MB408 "rooms|lock"


@app.post("/halls/{hall}")
async def book_hall(hall: int):
    if hall_lock.locked():
        raise HTTPException(503)
    if hall in halls:
        raise HTTPException(409)
    await confirm(f"/halls/{hall}")
    halls.add(hall)  # want MB408|MB401 "halls|lock"


async def gate() -> None:
    return None


@app.post("/flats/{flat}", dependencies=[Depends(gate, max_concurrency=1)])
async def book_flat(flat: int):
    if flat in flats:
        raise HTTPException(409)
    await confirm(f"/flats/{flat}")
    flats.add(flat)  # want MB408 "flats|gate|max_concurrency"


async def one_at_a_time():
    yield


@app.post("/sites/{site}", dependencies=[Depends(one_at_a_time, max_concurrency=1)])
async def book_site(site: int):
    if site in sites:
        raise HTTPException(409)
    await confirm(f"/sites/{site}")
    sites.add(site)


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
