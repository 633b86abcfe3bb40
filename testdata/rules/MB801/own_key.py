"""A request that writes two keys is its own rival at the key that it looked at; to write another one is no harm to it."""
import redis.asyncio as redis
from fastapi import FastAPI, HTTPException

app = FastAPI()
client = redis.Redis()


@app.post("/knock/{who}")
async def knock(who: str):
    await client.delete(f"greeting:{who}")
    count = await client.get(f"knocks:{who}")
    await client.set(f"knocks:{who}", int(count or 0) + 1)  # want MB801 "knocks"
    return {}


@app.post("/greet/{who}")
async def greet(who: str):
    await client.delete(f"waiting:{who}")
    name = await client.get(f"name:{who}")
    if name is None:
        raise HTTPException(404)
    await client.set(f"greeted:{who}", name)
    return {}
