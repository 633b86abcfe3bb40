"""Where process memory hides: default values, closures, cached factories, the state that start-up fills, attributes of services."""
import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated

import httpx
import uvicorn
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, WebSocket


class Desk:
    """One object for all requests."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.open_calls = 0
        self.names: set[str] = set()

    async def announce(self, name: str) -> None:
        async with httpx.AsyncClient() as client:
            await client.post("https://board.example/", json={"name": name})

    async def seat(self, name: str) -> None:
        if name in self.names:  # step MB401 check
            raise HTTPException(409)
        await self.announce(name)
        self.names.add(name)  # want MB401 "names"

    async def seat_first(self, name: str) -> None:
        if name in self.names:
            raise HTTPException(409)
        self.names.add(name)
        try:
            await self.announce(name)
        except httpx.HTTPError:
            self.names.discard(name)
            raise


@dataclass
class Slots:
    free: int = 8
    holders: dict[str, int] = field(default_factory=dict)


@asynccontextmanager
async def lifespan(app: FastAPI):
    slots = Slots()
    app.state.slots = slots
    app.state.late = Desk(3)
    yield


app = FastAPI(lifespan=lifespan)
router = APIRouter()


@lru_cache
def get_desk() -> Desk:
    return Desk(10)


def get_slots(request: Request) -> Slots:
    return request.app.state.slots


async def ping() -> None:
    async with httpx.AsyncClient() as client:
        await client.get("https://ping.example/")


@router.post("/desk/{name}")
async def sit(name: str, desk: Annotated[Desk, Depends(get_desk)]):
    await desk.seat(name)


@router.post("/slots/{name}")
async def hold(name: str, slots: Annotated[Slots, Depends(get_slots)]):
    if slots.free <= 0:  # step MB401 check
        raise HTTPException(409)
    await ping()
    slots.free -= 1  # want MB401 "free"


@router.post("/slots/{name}/holder")
async def register_holder(name: str, slots: Annotated[Slots, Depends(get_slots)]):
    if name not in slots.holders:  # step MB401 check
        await ping()
        slots.holders[name] = 1  # want MB401 "holders"


async def once(key: str, seen: set[str] = set()) -> bool:
    if key in seen:  # step MB401 check
        return False
    await ping()
    seen.add(key)  # want MB401 "seen"
    return True


@router.post("/once/{key}")
async def post_once(key: str):
    if not await once(key):
        raise HTTPException(409)


def make_gate(limit: int):
    inside = 0
    guests: list[str] = []

    async def gate(guest: str):
        nonlocal inside
        if inside >= limit:  # step MB401 check
            raise HTTPException(503)
        await ping()
        inside += 1  # want MB401 "inside"
        guests.append(guest)

    return gate


gate = make_gate(4)


@router.post("/gate", dependencies=[Depends(gate)])
async def through_gate():
    return {"ok": True}


@router.websocket("/calls/{name}")
async def call(socket: WebSocket, name: str):
    desk = get_desk()
    if desk.open_calls >= desk.limit:  # step MB401 check
        await socket.close(1013)
        return
    await socket.accept()
    desk.open_calls += 1  # want MB401 "open_calls"


own: dict[str, Desk] = defaultdict(lambda: Desk(1))


@router.post("/private/{name}")
async def private(name: str):
    desk = Desk(2)  # belongs to this request
    if name in desk.names:
        raise HTTPException(409)
    await ping()
    desk.names.add(name)


@router.post("/late/{name}")
async def late(name: str, request: Request):
    desk: Desk = request.app.state.late
    await desk.seat_first(name)


async def shout(name: str) -> str:
    return name.upper()


shouted: set[str] = set()


@router.post("/shout/{name}")
async def shout_once(name: str):
    if name in shouted:
        raise HTTPException(409)
    text = await shout(name)  # never gives way to another request
    shouted.add(name)
    return text


table_lock = asyncio.Lock()
tables: dict[int, str] = {}


@router.post("/tables/{number}")
async def take_table(number: int, name: str):
    await table_lock.acquire()
    try:
        if number in tables:
            raise HTTPException(409)
        await ping()
        tables[number] = name
    finally:
        table_lock.release()


app.include_router(router)

if __name__ == "__main__":
    uvicorn.run(app, workers=1)
