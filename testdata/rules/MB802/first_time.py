"""The first one wins: asked and then noted, or noted and the answer looked at; waited for in a loop."""
import asyncio

import redis.asyncio as aioredis
from fastapi import FastAPI, HTTPException

client: aioredis.Redis | None = None
app = FastAPI()


@app.on_event("startup")
async def connect() -> None:
    global client
    client = aioredis.from_url("redis://localhost", decode_responses=True)


async def seen(event_id: str) -> bool:
    return bool(await client.exists(f"seen:{event_id}"))


async def note(event_id: str) -> None:
    await client.setex(f"seen:{event_id}", 3600, "1")  # want MB802 "seen"


@app.post("/events/{event_id}")
async def take(event_id: str, account: str):
    if not await seen(event_id):  # step MB802 check
        await note(event_id)
        await client.incr(f"events:{account}")


@app.post("/tickets/{event_id}")
async def take_member(event_id: str, account: str):
    if await client.sismember("tickets", event_id):  # step MB802 check
        raise HTTPException(409)
    await client.sadd("tickets", event_id)  # want MB802 "tickets"
    await client.incr(f"tickets:{account}")


@app.post("/v2/events/{event_id}")
async def take_once(event_id: str, account: str):
    if await client.set(f"once:{event_id}", "1", nx=True, ex=3600):
        await client.incr(f"events:{account}")


@app.post("/v3/events/{event_id}")
async def take_added(event_id: str, account: str):
    if await client.sadd("taken", event_id) == 0:
        return
    await client.incr(f"events:{account}")


@app.post("/wait/{name}")
async def wait_for_it(name: str, token: str):
    while not await client.set(f"slot:{name}", token, nx=True, ex=30):
        await asyncio.sleep(0.1)
    value = int(await client.get(f"value:{name}") or 0)
    await client.set(f"value:{name}", value + 1)


@app.post("/v2/wait/{name}")
async def wait_in_a_loop(name: str, token: str):
    while True:
        if await client.set(f"place:{name}", token, nx=True, ex=30):
            break
        await asyncio.sleep(0.1)
    value = int(await client.get(f"total:{name}") or 0)
    await client.set(f"total:{name}", value + 1)
