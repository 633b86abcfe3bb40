"""What a coroutine hands to a thread of the pool runs beside every other such thread."""
import asyncio
import threading

from fastapi import FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool

app = FastAPI()


class Lockers:
    def __init__(self, free: int):
        self.free = free
        self.by_name: dict[str, int] = {}
        self.given: dict[str, int] = {}
        self.noted: dict[str, int] = {}
        self.keys: dict[str, list[int]] = {}
        self.mutex = threading.Lock()

    def take(self, name: str) -> int:
        if self.free < 1:  # want MB404 "free"
            raise HTTPException(409)
        self.free -= 1
        return self.free

    def rename(self, name: str, number: int) -> int:
        if name in self.by_name:  # want MB404 "by_name"
            raise HTTPException(409)
        self.by_name[name] = number
        return number

    def give(self, name: str, number: int) -> int:
        with self.mutex:
            if name in self.given:
                raise HTTPException(409)
            self.given[name] = number
        return number

    def key_of(self, name: str) -> list[int]:
        found = self.keys.get(name)
        if found is None:
            found = self.keys.setdefault(name, [])  # whoever was first
        return found

    def note(self, name: str) -> bool:
        return self.noted.setdefault(name, 0) == 0


app.state.lockers = Lockers(40)
seats: dict[str, str] = {}


@app.post("/lockers")
async def locker(name: str, request: Request):
    return await run_in_threadpool(request.app.state.lockers.take, name)


@app.post("/lockers/{number}/name")
async def name_locker(number: int, name: str, request: Request):
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, request.app.state.lockers.rename, name, number)


@app.post("/lockers/{number}")
async def given_locker(number: int, name: str, request: Request):
    return await asyncio.to_thread(request.app.state.lockers.give, name, number)


@app.post("/keys/{name}")
async def key(name: str, request: Request):
    return await asyncio.to_thread(request.app.state.lockers.key_of, name)


@app.post("/lockers/{number}/note")
async def noted(number: int, name: str, request: Request):
    return await asyncio.to_thread(request.app.state.lockers.note, name)


# On the event loop nobody gets a turn in between.
@app.post("/seats/{seat}")
async def sit(seat: str, name: str):
    if seat in seats:
        raise HTTPException(409)
    seats[seat] = name
    await asyncio.to_thread(print, name)
    return seat
