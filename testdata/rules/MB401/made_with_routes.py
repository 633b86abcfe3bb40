"""What a function makes beside the routes that it defines lives as long as they do: one set for all requests, and a lock that
is one lock."""
import asyncio

import httpx
from fastapi import APIRouter, FastAPI, HTTPException
from pydantic import BaseModel


class Trip(BaseModel):
    bus: str
    day: str


async def timetable(bus: str) -> dict:
    async with httpx.AsyncClient() as client:
        return (await client.get(f"https://timetable.example/{bus}")).json()


def bookings() -> APIRouter:
    router = APIRouter(prefix="/trips")
    taken: set[tuple[str, str]] = set()
    one_at_a_time = asyncio.Lock()
    held = {}

    @router.post("/late")
    async def late(trip: Trip):
        key = (trip.bus, trip.day)
        if key in taken:  # want MB401 "bookings.taken"
            raise HTTPException(409)
        plan = await timetable(trip.bus)
        taken.add(key)
        return plan

    @router.post("/early")
    async def early(trip: Trip):
        key = (trip.bus, trip.day)
        if key in taken:
            raise HTTPException(409)
        taken.add(key)
        try:
            return await timetable(trip.bus)
        except httpx.HTTPError:
            taken.discard(key)
            raise HTTPException(503) from None

    @router.post("/alone")
    async def alone(trip: Trip):
        async with one_at_a_time:
            if (trip.bus, trip.day) in held:
                raise HTTPException(409)
            held[trip.bus, trip.day] = await timetable(trip.bus)
        return {"bus": trip.bus}

    return router


def count_up() -> list[str]:
    seen: list[str] = []
    seen.append("own")  # of this call alone
    return seen


app = FastAPI()
app.include_router(bookings())


@app.get("/own")
async def own():
    seen = count_up()
    if "own" not in seen:
        await asyncio.sleep(1)
        seen.append("own")
    return seen
