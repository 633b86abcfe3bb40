"""Idempotency keys: looked up first, stored first."""
from typing import Annotated

import httpx
import redis.asyncio as redis
from fastapi import FastAPI, Header

store = redis.Redis()
app = FastAPI()
Key = Annotated[str, Header(alias="Idempotency-Key")]


async def book_flight(seat: str) -> str:
    async with httpx.AsyncClient() as client:
        return (await client.post("https://air.example/bookings", json={"seat": seat})).text


@app.post("/bookings")
async def book(seat: str, key: Key):
    known = await store.get(f"idem:{key}")  # step MB504 read
    if known is not None:  # step MB504 check
        return {"booking": known.decode()}
    booking = await book_flight(seat)
    await store.set(f"idem:{key}", booking, ex=86400)  # want MB504 "idem|key"
    return {"booking": booking}


@app.post("/v2/bookings")
async def book_once(seat: str, key: Key):
    if not await store.set(f"idem2:{key}", "pending", nx=True, ex=86400):
        return {"booking": None}
    return {"booking": await book_flight(seat)}
