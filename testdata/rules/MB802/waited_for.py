"""A request waits until the key of whoever is before it is gone, and then puts its own there: two that waited both find it gone."""
import asyncio
import secrets
from contextlib import asynccontextmanager

from fastapi import FastAPI
from redis.asyncio import Redis

redis = Redis.from_url("redis://redis", decode_responses=True)
app = FastAPI()
RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end"


@asynccontextmanager
async def alone(name: str):
    while await redis.exists(f"busy:{name}"):  # want MB802 "busy"
        await asyncio.sleep(0.1)
    await redis.set(f"busy:{name}", "1", ex=30)
    try:
        yield
    finally:
        await redis.delete(f"busy:{name}")


@asynccontextmanager
async def really_alone(name: str):
    mine = secrets.token_hex(8)
    while not await redis.set(f"taken:{name}", mine, nx=True, ex=30):
        await asyncio.sleep(0.1)
    try:
        yield
    finally:
        await redis.eval(RELEASE, 1, f"taken:{name}", mine)


@app.post("/kilns/{kiln}/firings")
async def fire(kiln: str, pots: int):
    async with alone(kiln):
        await redis.hset(f"firing:{kiln}", mapping={"pots": pots})


@app.post("/ovens/{oven}/loaves")
async def bake_ok(oven: str, loaves: int):
    async with really_alone(oven):
        await redis.hset(f"baking:{oven}", mapping={"loaves": loaves})
